#include <imapxx/error.hpp>
#include <imapxx/result.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace {

using imapxx::errc;
using imapxx::error;
using imapxx::phase;
using imapxx::result;

static_assert(std::is_nothrow_copy_constructible_v<error> && std::is_nothrow_copy_assignable_v<error>);
static_assert(std::is_nothrow_default_constructible_v<error>);
static_assert(sizeof(error) <= 4 * sizeof(void*));

TEST(error, every_code_has_a_name_and_words_of_its_own) {
  std::set<std::string> names;
  std::set<std::string> words;
  const int count = static_cast<int>(errc::internal_error) + 1;
  for (int i = 0; i < count; ++i) {
    const auto e = static_cast<errc>(i);
    names.emplace(to_string(e));
    words.insert(make_error_code(e).message());
    for (char c : to_string(e)) EXPECT_TRUE((c >= 'a' && c <= 'z') || c == '_') << to_string(e);
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(words.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(to_string(static_cast<errc>(250)), "unknown");
}

TEST(error, names_stand_at_their_codes) {
  EXPECT_EQ(to_string(errc::success), "success");
  EXPECT_EQ(to_string(errc::no_mechanism), "no_mechanism");
  EXPECT_EQ(to_string(errc::bad), "bad");
  EXPECT_EQ(to_string(errc::aborted_by_caller), "aborted_by_caller");
  EXPECT_EQ(to_string(errc::cancelled), "cancelled");
  EXPECT_EQ(to_string(errc::tls_certificate), "tls_certificate");
  EXPECT_EQ(to_string(errc::limit_exceeded), "limit_exceeded");
  EXPECT_EQ(to_string(errc::internal_error), "internal_error");
}

TEST(error, every_phase_has_a_name) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(phase::logout); ++i) names.insert(to_string(static_cast<phase>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(phase::logout) + 1);
  EXPECT_EQ(to_string(phase::authenticate), "authenticate");
  EXPECT_EQ(to_string(static_cast<phase>(99)), "unknown");
}

TEST(error, is_a_std_error_code) {
  const std::error_code ec = errc::timeout;
  EXPECT_EQ(ec, error(errc::timeout).error_code());
  EXPECT_STREQ(ec.category().name(), "imapxx");
  EXPECT_FALSE(std::error_code(errc::success));
}

TEST(error, success_by_default) {
  const error e;
  EXPECT_FALSE(e);
  EXPECT_EQ(e.code(), errc::success);
  EXPECT_FALSE(e.is_fatal());
  EXPECT_FALSE(e.is_safe_to_retry());
  EXPECT_EQ(e.server_text(), "");
  EXPECT_EQ(e.where(), phase::none);
}

TEST(error, only_the_third_group_is_fatal) {
  for (auto e : {errc::invalid_argument, errc::wrong_state, errc::busy, errc::no, errc::bad, errc::unparsed,
                 errc::incomplete_result, errc::aborted_by_caller}) {
    EXPECT_FALSE(error(e).is_fatal()) << to_string(e);
  }
  for (auto e : {errc::cancelled, errc::timeout, errc::bye, errc::closed, errc::tls_certificate, errc::framing_lost,
                 errc::limit_exceeded, errc::out_of_memory}) {
    EXPECT_TRUE(error(e).is_fatal()) << to_string(e);
  }
  EXPECT_FALSE(error(errc::cancelled).set_fatal(false).is_fatal());
  EXPECT_TRUE(error(errc::aborted_by_caller).set_fatal(true).is_fatal());
}

TEST(error, retry_is_safe_only_when_nothing_can_have_happened) {
  EXPECT_TRUE(error(errc::wrong_state).is_safe_to_retry());
  EXPECT_TRUE(error(errc::connect).is_safe_to_retry());
  EXPECT_FALSE(error(errc::timeout).is_safe_to_retry());
  EXPECT_FALSE(error(errc::closed).is_safe_to_retry());
  EXPECT_TRUE(error(errc::timeout).set_safe_to_retry(true).is_safe_to_retry());
  EXPECT_FALSE(error(errc::connect).set_safe_to_retry(false).is_safe_to_retry());
  for (auto e : {errc::no, errc::cancelled, errc::io, errc::framing_lost, errc::internal_error})
    EXPECT_FALSE(error(e).is_safe_to_retry()) << to_string(e);
}

TEST(error, before_the_log_in_a_retry_is_safe_whatever_happened) {
  for (auto p : {phase::resolve, phase::connect, phase::tls, phase::greeting, phase::capability, phase::starttls})
    EXPECT_TRUE(error(errc::closed).set_phase(p).is_safe_to_retry()) << to_string(p);
  for (auto p : {phase::none, phase::authenticate, phase::command, phase::idle, phase::logout})
    EXPECT_FALSE(error(errc::closed).set_phase(p).is_safe_to_retry()) << to_string(p);
}

TEST(error, what_tells_all_in_one_harmless_line) {
  error e(errc::no);
  EXPECT_STREQ(e.what(), "the server refused the command");
  e.set_phase(phase::command).set_host("imap.example.org").set_command("UID FETCH");
  e.set_status("A1", "NONEXISTENT", "no such\x1b[2J \"box\"\r\n");
  EXPECT_STREQ(
      e.what(),
      "imap.example.org: UID FETCH: the server refused the command: [NONEXISTENT]: no such\\x1b[2J \"box\"\\r\\n");
  EXPECT_EQ(e.server_text(), "no such\x1b[2J \"box\"\r\n");
  EXPECT_EQ(e.tag(), "A1");
  EXPECT_EQ(e.response_code(), "NONEXISTENT");
  EXPECT_EQ(e.command(), "UID FETCH");
  EXPECT_EQ(e.host(), "imap.example.org");
}

TEST(error, what_names_phase_limit_offset_and_system_error) {
  EXPECT_STREQ(error(errc::limit_exceeded, "a response is too long").set_limit("line_octets", 99).what(),
               "a response is too long: line_octets = 99");
  EXPECT_STREQ(error(errc::unparsed, "expected number").set_offset(0).what(), "expected number: at octet 0");
  const error e = error(errc::connect).set_phase(phase::connect).set_system_error(ECONNREFUSED);
  EXPECT_EQ(std::string(e.what()), "connect: could not connect: " + std::generic_category().message(ECONNREFUSED));
  EXPECT_EQ(e.system_error(), ECONNREFUSED);
}

TEST(error, what_is_not_known_is_empty_or_zero) {
  for (const auto& e : {error(errc::io), error(errc::io).set_fatal(false)}) {  // without details and with some
    EXPECT_EQ(e.message(), "input or output failed");
    EXPECT_EQ(e.where(), phase::none);
    EXPECT_EQ(e.host(), "");
    EXPECT_EQ(e.command(), "");
    EXPECT_EQ(e.tag(), "");
    EXPECT_EQ(e.response_code(), "");
    EXPECT_EQ(e.server_text(), "");
    EXPECT_EQ(e.offset(), 0U);
    EXPECT_EQ(e.limit_name(), "");
    EXPECT_EQ(e.limit_value(), 0U);
    EXPECT_EQ(e.system_error(), 0);
    EXPECT_STREQ(e.what(), "input or output failed");
  }
  const auto limited = error(errc::limit_exceeded).set_limit("line_octets", 99);
  EXPECT_EQ(limited.limit_name(), "line_octets");
  EXPECT_EQ(limited.limit_value(), 99U);
  EXPECT_EQ(error(errc::unparsed).set_offset(7).offset(), 7U);
}

TEST(error, words_for_numbers_that_are_no_code) {
  for (const int value : {-1, 200, 0xFF, 0x100, 0x100 + static_cast<int>(errc::no)})
    EXPECT_EQ(imapxx::error_category().message(value), "unknown error") << value;
}

TEST(error, copies_are_independent) {
  error a(errc::no, "one");
  error b = a;
  b.set_host("h").set_fatal(true);
  EXPECT_EQ(a.host(), "");
  EXPECT_FALSE(a.is_fatal());
  EXPECT_STREQ(a.what(), "one");
  EXPECT_STREQ(b.what(), "h: one");
  a = b;
  b = error();
  EXPECT_EQ(a.host(), "h");
  EXPECT_EQ(a.message(), "one");
}

TEST(error, refusals_are_thrown_as_status_error) {
  EXPECT_THROW(imapxx::throw_error(error(errc::no)), imapxx::status_error);
  EXPECT_THROW(imapxx::throw_error(error(errc::bad)), imapxx::status_error);
  try {
    imapxx::throw_error(error(errc::timeout, "slow"));
  } catch (const imapxx::status_error&) {
    FAIL();
  } catch (const std::exception& e) {
    EXPECT_STREQ(e.what(), "slow");
  }
}

TEST(result, value_or_error) {
  result<std::string> good = std::string("x");
  EXPECT_TRUE(good);
  EXPECT_EQ(*good, "x");
  EXPECT_EQ(good->size(), 1U);
  EXPECT_EQ(good.error().code(), errc::success);
  result<std::string> bad = errc::busy;
  EXPECT_FALSE(bad);
  EXPECT_EQ(bad.error().code(), errc::busy);
  EXPECT_THROW((void)bad.value(), error);
  std::string out = "old";
  EXPECT_EQ(std::move(bad).get(out).code(), errc::busy);
  EXPECT_EQ(out, "old");
  EXPECT_FALSE(std::move(good).get(out));
  EXPECT_EQ(out, "x");
}

TEST(result, of_nothing) {
  result<void> good;
  EXPECT_TRUE(good);
  EXPECT_NO_THROW(good.value());
  const result<void> bad = error(errc::bad, "b");
  EXPECT_FALSE(bad);
  EXPECT_THROW(bad.value(), imapxx::status_error);
}

TEST(error, knows_how_long_a_throttling_server_asks_to_wait) {
  const auto waits = [](std::string_view text) { return error(errc::bad).set_status("A1", "", text).retry_after(); };
  EXPECT_EQ(waits("Request is throttled. Suggested Backoff Time: 81250 milliseconds"),
            std::chrono::milliseconds(81250));
  EXPECT_EQ(waits("Suggested Backoff Time: 99999999999999999999 milliseconds"), std::chrono::hours(24));
  EXPECT_FALSE(waits("Suggested Backoff Time: soon"));
  EXPECT_FALSE(waits("Command Error. 12"));
  EXPECT_FALSE(error().retry_after());
}

TEST(error, temporary_refusals) {
  const auto refused = [](std::string_view code, std::string_view text) {
    return error(errc::no).set_status("A1", code, text).is_temporary();
  };
  for (const auto* code : {"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"}) EXPECT_TRUE(refused(code, "no")) << code;
  EXPECT_TRUE(refused("", "Request is throttled. Suggested Backoff Time: 5 milliseconds"));
  EXPECT_TRUE(refused("AUTHENTICATIONFAILED", "Temporary failure"));
  EXPECT_TRUE(refused("", "the mailbox is TEMPORARILY closed"));
  for (const auto* code : {"", "AUTHENTICATIONFAILED", "NONEXISTENT", "LIMITED"})
    EXPECT_FALSE(refused(code, "no")) << code;
  EXPECT_FALSE(refused("", "temporal"));
  EXPECT_FALSE(error(errc::closed).is_temporary());
}

}  // namespace
