// The embedded server is believed in tests, so it must answer as a real one does: 500 random searches and fetches over
// the same messages, with Dovecot as the judge.
#include "interop/live.hpp"
#include "support/password.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace imapxx::interop {
namespace {

using engine = std::mt19937;

std::size_t pick(engine& e, std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(e); }

template <class T, std::size_t N>
const T& one_of(engine& e, const T (&all)[N]) {
  return all[pick(e, N)];
}

const char* const words[] = {"apple", "Banana",      "cherry tree", "DATE",  "elder",
                             "fig",   "gr\xC3\xBCn", "k\xC3\xB6ln", "lemon", "x-ray"};
const char* const ascii_words[] = {"apple", "Banana", "cherry tree", "DATE",   "elder",
                                   "fig",   "lemon",  "x-ray",       "report", "example"};
const char* const people[] = {"ann@example.org",
                              "Bob <bob@example.com>",
                              "\"Carol C.\" <carol@example.net>",
                              "dave@example.net (Dave)",
                              "team: ann@example.org, bob@example.com;",
                              "=?utf-8?q?J=C3=BCrgen?= <jurgen@example.org>"};
const char* const subjects[] = {"apple report",
                                "=?utf-8?b?R3LDvG4gaW4gS8O2bG4=?=",
                                "=?iso-8859-1?q?caf=E9?= date",
                                "fig",
                                "",
                                "Re: banana\r\n folded lemon",
                                "x-ray \"quoted\" \\ back"};

std::string text_body(engine& e) {
  std::string body;
  for (std::size_t lines = 1 + pick(e, 6); lines > 0; --lines)
    body += std::string(one_of(e, ascii_words)) + " and " + one_of(e, ascii_words) + ".\r\n";
  return body;
}

std::string part(engine& e, int depth);

std::string multipart(engine& e, int depth) {
  const std::string boundary = "b" + std::to_string(depth) + "-" + std::to_string(pick(e, 1000));
  std::string out = "Content-Type: multipart/" + std::string(pick(e, 2) == 0 ? "mixed" : "alternative") +
                    "; boundary=\"" + boundary + "\"\r\n\r\n";
  if (pick(e, 2) == 0) out += "a preamble\r\n";
  for (std::size_t n = 1 + pick(e, 3); n > 0; --n) out += "--" + boundary + "\r\n" + part(e, depth + 1) + "\r\n";
  return out + "--" + boundary + "--\r\n";
}

std::string message(engine& e, int number, int depth);

// Header fields about the content, an empty line, the content.
std::string part(engine& e, int depth) {
  const auto kind = pick(e, depth < 2 ? 6 : 4);
  switch (kind) {
    case 0: return "\r\n" + text_body(e);
    case 1:
      return "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
             std::string(one_of(e, words)) + "\r\n" + text_body(e);
    case 2:
      return "Content-Type: text/html; charset=us-ascii\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-ID: "
             "<id@example.org>\r\n\r\n<p>" +
             std::string(one_of(e, ascii_words)) + "=3D</p>=\r\n more\r\n";
    case 3:
      return "Content-Type: application/octet-stream; name=\"file " + std::to_string(pick(e, 9)) +
             ".bin\"\r\nContent-Transfer-Encoding: base64\r\n"
             "Content-Disposition: attachment; filename=file.bin; size=12\r\nContent-Description: some "
             "file\r\nContent-Language: en, de\r\n\r\nYXBwbGUgcmVwb3J0\r\n";
    case 4: return "Content-Type: message/rfc822\r\n\r\n" + message(e, 900, depth + 1);
    default: return multipart(e, depth);
  }
}

std::string message(engine& e, int number, int depth) {
  std::string m;
  if (pick(e, 10) != 0)
    m += "Date: " + std::string(number % 2 == 0 ? "Mon, 2" : "Tue, 3") + " Feb 2026 " +
         std::to_string(10 + number % 10) + ":00:00 +0" + std::to_string(pick(e, 3)) + "00\r\n";
  if (pick(e, 12) != 0) m += "From: " + std::string(one_of(e, people)) + "\r\n";
  if (pick(e, 4) == 0) m += "Sender: " + std::string(people[pick(e, 4)]) + "\r\n";
  if (pick(e, 4) == 0) m += "Reply-To: " + std::string(people[pick(e, 4)]) + "\r\n";
  if (pick(e, 5) != 0)
    m += "To: " + std::string(one_of(e, people)) +
         (pick(e, 2) == 0 ? ",\r\n  " + std::string(people[pick(e, 4)]) : std::string()) + "\r\n";
  if (pick(e, 3) == 0) m += "Cc: " + std::string(one_of(e, people)) + "\r\n";
  if (pick(e, 6) == 0) m += "Bcc: " + std::string(people[pick(e, 3)]) + "\r\n";
  if (pick(e, 12) != 0) m += "Subject: " + std::string(one_of(e, subjects)) + "\r\n";
  if (pick(e, 3) != 0) m += "Message-ID: <m" + std::to_string(number) + "@example.org>\r\n";
  if (pick(e, 4) == 0) m += "In-Reply-To: <m" + std::to_string(number / 2) + "@example.org>\r\n";
  if (pick(e, 3) == 0) m += "X-Fruit: " + std::string(one_of(e, ascii_words)) + "\r\n";
  m += "MIME-Version: 1.0\r\n";
  return m + part(e, depth);
}

search_key random_key(engine& e, std::size_t messages, int depth) {
  const auto day = [&] { return date(2026, 2, 1 + static_cast<unsigned>(pick(e, 5))); };
  const auto seqs = [&] {
    return seq_set::range(1 + static_cast<std::uint32_t>(pick(e, messages)),
                          1 + static_cast<std::uint32_t>(pick(e, messages)));
  };
  switch (pick(e, depth < 3 ? 30 : 26)) {
    case 0: return search_key::all();
    case 1: return search_key::seen();
    case 2: return search_key::unseen();
    case 3: return search_key::answered();
    case 4: return search_key::unflagged();
    case 5: return search_key::deleted();
    case 6: return search_key::undraft();
    case 7: return search_key::keyword("$Work");
    case 8: return search_key::unkeyword("$Work");
    case 9: return search_key::from(one_of(e, ascii_words));
    case 10: return search_key::from("ann@example.org");
    case 11: return search_key::to("example.com");
    case 12: return search_key::cc("carol");
    case 13: return search_key::bcc("bob");
    case 14: return search_key::subject(one_of(e, words));
    case 15: return search_key::body(one_of(e, words));
    case 16: return search_key::text(one_of(e, words));
    case 17: return search_key::header("X-Fruit", one_of(e, ascii_words));
    case 18: return search_key::header("Message-ID", "@example.org");
    case 19: return search_key::larger(pick(e, 2000));
    case 20: return search_key::smaller(pick(e, 2000));
    case 21: return pick(e, 2) == 0 ? search_key::before(day()) : search_key::since(day());
    case 22: return search_key::on(day());
    case 23: return pick(e, 2) == 0 ? search_key::sent_before(day()) : search_key::sent_since(day());
    case 24: return search_key::sent_on(day());
    case 25: return search_key::seq(seqs());
    case 26: return random_key(e, messages, depth + 1) && random_key(e, messages, depth + 1);
    case 27: return random_key(e, messages, depth + 1) || random_key(e, messages, depth + 1);
    case 28: return !random_key(e, messages, depth + 1);
    default:
      return random_key(e, messages, depth + 1) ||
             (random_key(e, messages, depth + 1) && !random_key(e, messages, depth + 1));
  }
}

void lower(std::string& s) {
  for (char& c : s) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Case means nothing in types, encodings and parameter names.
void normalise(body_structure& b) {
  lower(b.type);
  lower(b.subtype);
  lower(b.encoding);
  for (auto& [name, value] : b.parameters.items) lower(name);
  if (b.disposition) {
    lower(b.disposition->type);
    for (auto& [name, value] : b.disposition->parameters.items) lower(name);
  }
  for (auto& child : b.children) normalise(child);
}

class comparison : public ::testing::Test {
 protected:
  static constexpr int count = 60;

  void SetUp() override {
    if (live_server::get().name() != "dovecot") GTEST_SKIP() << "Dovecot is the judge";
    testserver::server_options o;
    o.user("user1", test::password()).security(testserver::tls_mode::implicit);
    embedded_ = std::make_unique<testserver::server>(std::move(o));
    embedded_->start();
    tls_options tls;
    tls.ca_pem(embedded_->ca_pem());
    ours_ = std::make_unique<client>(connect_options("localhost", security::tls, embedded_->port()).tls(tls),
                                     live_server::user());
    theirs_ = std::make_unique<client>(live_server::get().options(), live_server::user());
    engine e(20260202);
    for (auto* c : {ours_.get(), theirs_.get()}) {
      (void)c->try_run(delete_mailbox("compared"));
      c->create("compared");
    }
    for (int i = 0; i < count; ++i) {
      const auto text = message(e, i, 0);
      flag_list marks;
      for (const char* f : {flags::seen, flags::answered, flags::flagged, flags::deleted, flags::draft, "$Work"}) {
        if (pick(e, 3) == 0) marks.insert(f);
      }
      const date_time when(std::chrono::sys_days(std::chrono::year(2026) / 2 / (1 + i % 5)) + std::chrono::hours(12));
      for (auto* c : {ours_.get(), theirs_.get()}) c->run(append("compared", text).flags(marks).date(when));
    }
    for (auto* c : {ours_.get(), theirs_.get()}) c->select("compared");
  }
  void TearDown() override {
    if (!theirs_) return;
    theirs_->close_mailbox();
    (void)theirs_->try_run(delete_mailbox("compared"));
  }

  std::unique_ptr<testserver::server> embedded_;
  std::unique_ptr<client> ours_, theirs_;
};

TEST_F(comparison, three_hundred_random_searches) {
  engine e(1);
  for (int i = 0; i < 300; ++i) {
    const auto key = random_key(e, count, 0);
    EXPECT_EQ(ours_->search(key).to_string(), theirs_->search(key).to_string()) << "SEARCH " << key.to_string();
  }
}

TEST_F(comparison, two_hundred_random_fetches) {
  engine e(2);
  for (int i = 0; i < 200; ++i) {
    const auto n = 1 + static_cast<std::uint32_t>(pick(e, count));
    const auto both = [&](const fetch_items& items) {
      return std::pair(ours_->fetch(seq_set(n), items)[0].to_data(), theirs_->fetch(seq_set(n), items)[0].to_data());
    };
    switch (pick(e, 6)) {
      case 0: {
        const auto [a, b] = both(fetch_items().envelope());
        EXPECT_TRUE(a.envelope == b.envelope)
            << "ENVELOPE of " << n << ": " << ours_->fetch(seq_set(n), fetch_items().envelope())[0].text() << "\n"
            << theirs_->fetch(seq_set(n), fetch_items().envelope())[0].text();
        break;
      }
      case 1: {
        auto [a, b] = both(fetch_items().bodystructure());
        ASSERT_TRUE(a.bodystructure && b.bodystructure);
        normalise(*a.bodystructure);
        normalise(*b.bodystructure);
        EXPECT_TRUE(a.bodystructure == b.bodystructure)
            << "BODYSTRUCTURE of " << n << ": " << ours_->fetch(seq_set(n), fetch_items().bodystructure())[0].text()
            << "\n"
            << theirs_->fetch(seq_set(n), fetch_items().bodystructure())[0].text();
        break;
      }
      case 2: {
        const auto [a, b] = both(fetch_items().flags().internaldate().rfc822_size());
        EXPECT_EQ(a.rfc822_size, b.rfc822_size);
        EXPECT_EQ(a.internaldate->utc(), b.internaldate->utc());
        for (const auto& f : *b.flags) EXPECT_TRUE(a.flags->contains(f) || f == flag("\\Recent")) << f.name();
        break;
      }
      case 3: {
        const auto structure = theirs_->fetch(seq_set(n), fetch_items().bodystructure())[0].bodystructure();
        const auto parts = walk(*structure);
        const auto number = parts[pick(e, parts.size())].number;
        const char* const suffixes[] = {"", ".MIME"};
        const auto name =
            number.empty() ? std::string(pick(e, 2) == 0 ? "HEADER" : "TEXT") : number + one_of(e, suffixes);
        const auto [a, b] = both(fetch_items().body_peek(name));
        EXPECT_EQ(a.find(section::parse(name))->data, b.find(section::parse(name))->data)
            << "BODY[" << name << "] of " << n;
        break;
      }
      case 4: {
        const auto [a, b] = both(fetch_items().body_peek("", pick(e, 300), 1 + pick(e, 200)));
        ASSERT_FALSE(a.sections.empty() || b.sections.empty());
        EXPECT_EQ(a.sections[0].data, b.sections[0].data) << "partial of " << n;
        break;
      }
      default: {
        const auto [a, b] = both(fetch_items().header_fields("Subject", "X-Fruit", "To"));
        ASSERT_FALSE(a.sections.empty() || b.sections.empty());
        EXPECT_EQ(a.sections[0].data, b.sections[0].data) << "header fields of " << n;
        break;
      }
    }
  }
}

}  // namespace
}  // namespace imapxx::interop
