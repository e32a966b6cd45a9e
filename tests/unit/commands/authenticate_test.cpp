#include <imapxx/commands/authenticate.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<login>);
static_assert(typed_command<authenticate> && !std::is_aggregate_v<authenticate> &&
              std::is_move_constructible_v<authenticate>);

// What the scripted mechanism was told, and what it does.
struct script {
  bool client_first = true;
  bool sends_secret = false;
  std::deque<result<secret>> answers;
  std::vector<std::string> challenges;
  result<void> finish;
  std::string told;
};

class scripted final : public sasl_mechanism {
 public:
  explicit scripted(std::shared_ptr<script> s) : s_(std::move(s)) {}
  [[nodiscard]] std::string_view name() const override { return "X-TEST"; }
  [[nodiscard]] bool client_first() const override { return s_->client_first; }
  [[nodiscard]] bool sends_secret() const override { return s_->sends_secret; }
  result<secret> step(std::string_view challenge) override {
    s_->challenges.emplace_back(challenge);
    if (s_->answers.empty()) return secret();
    auto a = s_->answers.front();
    s_->answers.pop_front();
    return a;
  }
  result<void> finish() override { return s_->finish; }
  [[nodiscard]] std::string server_error() const override { return s_->told; }

 private:
  std::shared_ptr<script> s_;
};

std::shared_ptr<script> answering(std::initializer_list<const char*> answers) {
  auto s = std::make_shared<script>();
  for (const auto* a : answers) s->answers.emplace_back(secret(a));
  return s;
}

authenticate with(const std::shared_ptr<script>& s) { return authenticate(std::make_unique<scripted>(s)); }

// The line that answers a challenge; "-" when nothing is sent.
std::string reply(authenticate& c, std::string_view challenge) {
  auto r = c.on_continuation(challenge);
  if (!r) return "!" + std::string(to_string(r.error().code()));
  return r->has_value() ? std::string((*r)->expose()) : "-";
}

TEST(login, quotes_its_arguments) {  // RFC 9051 section 6.2.3; quirk A-05
  probe p;
  login c("SMITH", secret("SESAME"));
  EXPECT_EQ(p.wire(c), "LOGIN \"SMITH\" \"SESAME\"");
  login odd("a\"b\\c", secret("x y"));
  EXPECT_EQ(p.wire(odd), "LOGIN \"a\\\"b\\\\c\" \"x y\"");
}

TEST(login, eight_bit_and_line_breaks_need_literals) {  // quirk A-14, threat 20
  probe p;
  p.context.utf8 = true;
  login c("u", secret("p\xC3\xA4\r\nA2 X"));
  EXPECT_EQ(p.wire(c), "LOGIN \"u\" {9}\r\np\xC3\xA4\r\nA2 X");
}

TEST(login, arguments_are_secret_segments) {  // threat 18
  login c("SMITH", secret("SESAME"));
  wire::encoder out;
  c.encode(out);
  for (const auto& s : out.segments()) {
    const auto text = out.text().substr(s.begin, s.end - s.begin);
    if (text.find("SESAME") == std::string_view::npos && text.find("SMITH") == std::string_view::npos) continue;
    EXPECT_TRUE(s.secret) << text;
  }
}

TEST(login, refused_before_sending) {
  probe p("IMAP4rev1 LOGINDISABLED");
  EXPECT_EQ(p.checked(login("u", secret("p"))), errc::login_disabled);
  probe clear;
  clear.info.tls = false;
  EXPECT_EQ(clear.checked(login("u", secret("p"))), errc::plaintext_refused);
  EXPECT_EQ(clear.checked(login("u", secret("p")).allow_plaintext()), errc::success);
  EXPECT_EQ(probe().checked(login("u", secret(std::string_view("p\0", 2)))), errc::invalid_argument);
  EXPECT_EQ(probe().checked(login("u", secret("p"))), errc::success);
}

TEST(authenticate, initial_response_where_offered) {  // RFC 4959 section 4
  probe p("IMAP4rev1 SASL-IR");
  auto s = answering({"hello"});
  auto c = with(s);
  EXPECT_EQ(p.wire(c), "AUTHENTICATE X-TEST aGVsbG8=");
  EXPECT_EQ(s->challenges, std::vector<std::string>{""});
  EXPECT_FALSE(p.complete(c, "A1 OK Success (tls protection)"));
}

TEST(authenticate, empty_initial_response_is_an_equals_sign) {  // RFC 4959 section 3
  probe p("IMAP4rev2");
  auto c = with(answering({""}));
  EXPECT_EQ(p.wire(c), "AUTHENTICATE X-TEST =");
}

TEST(authenticate, without_sasl_ir_the_first_message_answers_an_empty_challenge) {
  probe p;
  auto s = answering({"hello", "again"});
  auto c = with(s);
  EXPECT_EQ(p.wire(c), "AUTHENTICATE X-TEST");
  EXPECT_EQ(reply(c, "go ahead!"), "aGVsbG8=");
  EXPECT_EQ(reply(c, "Zm9v"), "YWdhaW4=");
  EXPECT_EQ(s->challenges, (std::vector<std::string>{"", "foo"}));
  EXPECT_FALSE(p.complete(c, "A1 OK done"));
}

TEST(authenticate, initial_response_can_be_switched_off) {  // quirk A-08
  probe p("SASL-IR");
  auto c = with(answering({"x"}));
  c.initial_response(false);
  EXPECT_EQ(p.wire(c), "AUTHENTICATE X-TEST");
}

TEST(authenticate, server_first_mechanism_waits_for_its_challenge) {
  probe p("SASL-IR");
  auto s = answering({""});
  s->client_first = false;
  auto c = with(s);
  EXPECT_EQ(p.wire(c), "AUTHENTICATE X-TEST");
  EXPECT_EQ(reply(c, "PDEyMz4="), "");  // an empty answer is an empty line, no equals sign
  EXPECT_EQ(s->challenges, std::vector<std::string>{"<123>"});
}

TEST(authenticate, bad_base64_cancels) {  // threat 16
  for (const auto* challenge : {"no base64!", "Zm9", "Zm9v=", "Zm9v\tYg==", "Zm9vY"}) {
    probe p;
    auto s = answering({"x"});
    s->client_first = false;
    auto c = with(s);
    p.wire(c);
    EXPECT_EQ(reply(c, challenge), "*") << challenge;
    EXPECT_TRUE(s->challenges.empty());
    const auto why = p.complete(c, "A1 BAD cancelled");
    EXPECT_EQ(why.code(), errc::authentication_failed);
    EXPECT_FALSE(why.is_fatal());
  }
}

TEST(authenticate, a_mechanisms_refusal_cancels) {
  probe p;
  auto s = std::make_shared<script>();
  s->answers.emplace_back(error(errc::protocol_error, "wrong nonce"));
  auto c = with(s);
  p.wire(c);
  EXPECT_EQ(reply(c, ""), "*");
  EXPECT_EQ(reply(c, "Zm9v"), "!protocol_error");
  const auto why = p.complete(c, "A1 BAD x");
  EXPECT_EQ(why.code(), errc::authentication_failed);
  EXPECT_EQ(why.message(), "wrong nonce");
}

TEST(authenticate, ok_after_cancelling_is_no_success) {  // threat 15
  probe p;
  auto s = std::make_shared<script>();
  s->answers.emplace_back(errc::authentication_failed);
  auto c = with(s);
  p.wire(c);
  EXPECT_EQ(reply(c, ""), "*");
  const auto why = p.complete(c, "A1 OK welcome all the same");
  EXPECT_EQ(why.code(), errc::authentication_failed);
  EXPECT_TRUE(why.is_fatal());
}

TEST(authenticate, steps_are_bounded) {  // threat 17
  probe p;
  p.bounds.sasl_steps = 3;
  auto c = with(std::make_shared<script>());
  p.wire(c);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(reply(c, ""), "");
  EXPECT_EQ(reply(c, ""), "*");
  const auto why = p.complete(c, "A1 NO x");
  EXPECT_EQ(why.code(), errc::limit_exceeded);
  EXPECT_EQ(why.limit_name(), "sasl_steps");
  EXPECT_FALSE(why.is_fatal());
}

TEST(authenticate, mechanism_must_be_satisfied) {  // threat 15
  probe p("SASL-IR");
  auto s = answering({"x"});
  s->finish = error(errc::authentication_failed, "the server proved nothing");
  auto c = with(s);
  p.wire(c);
  const auto why = p.complete(c, "A1 OK trust me");
  EXPECT_EQ(why.code(), errc::authentication_failed);
  EXPECT_TRUE(why.is_fatal());
}

TEST(authenticate, ok_before_the_exchange_is_no_success) {
  probe p;
  auto c = with(answering({"x"}));
  p.wire(c);
  EXPECT_EQ(p.complete(c, "A1 OK already").code(), errc::authentication_failed);
}

TEST(authenticate, failure_carries_what_the_server_told_inside) {  // RFC 7628 section 3.2.2
  probe p("SASL-IR");
  auto s = answering({"token", ""});
  auto c = with(s);
  p.wire(c);
  EXPECT_EQ(reply(c, "eyJzdGF0dXMiOiI0MDAifQ=="), "");
  s->told = R"({"status":"400"})";
  const auto why = p.complete(c, "A1 NO SASL authentication failed");
  EXPECT_EQ(why.code(), errc::no);
  EXPECT_NE(why.server_text().find(R"({"status":"400"})"), std::string_view::npos);
  EXPECT_EQ(c.server_error(), R"({"status":"400"})");
}

TEST(authenticate, refused_before_sending) {
  probe p;
  EXPECT_EQ(p.checked(authenticate(nullptr)), errc::no_mechanism);
  auto s = answering({"x"});
  s->sends_secret = true;
  EXPECT_EQ(p.checked(with(s)), errc::success);
  p.info.tls = false;
  EXPECT_EQ(p.checked(with(s)), errc::plaintext_refused);
  auto allowed = with(s);
  allowed.allow_plaintext();
  EXPECT_EQ(p.checked(allowed), errc::success);
  s->sends_secret = false;
  EXPECT_EQ(p.checked(with(s)), errc::success);
}

}  // namespace
}  // namespace imapxx::test
