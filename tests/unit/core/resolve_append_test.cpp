// APPEND: whether the message arrived, told by its Message-ID, its size and, where these do not decide, its octets.
#include "core/resolve_append.hpp"

#include "unit/core/aftermath.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace imapxx::core {
namespace {

using kind = reconnect_event::kind;

constexpr std::string_view named = "Message-ID: <1@x>\r\n\r\nhello\r\nworld\r\n";
constexpr std::string_view nameless = "Subject: s\r\n\r\nhello\r\nworld\r\n";

/// A message in memory, with the faults of one that is not.
class faulty_source final : public literal_source {
 public:
  explicit faulty_source(std::string_view octets, int rewinds = 1000) : octets_(octets), rewinds_(rewinds) {}
  [[nodiscard]] std::uint64_t size() const override { return octets_.size(); }
  result<std::size_t> read(std::span<char> out) override {
    if (at_ >= breaks_at) return error(errc::io, "the disk is gone");
    const auto n = std::min({out.size(), octets_.size() - at_, breaks_at - at_});
    std::copy_n(octets_.begin() + static_cast<std::ptrdiff_t>(at_), n, out.begin());
    at_ += n;
    return n;
  }
  bool rewind() override {
    if (rewinds_-- <= 0) return false;
    at_ = 0;
    return true;
  }
  std::size_t breaks_at = SIZE_MAX;

 private:
  std::string octets_;
  int rewinds_;
  std::size_t at_ = 0;
};

/// A message on its way to `a`, whose next UID is 4; no mailbox is selected.
class appended {
 public:
  explicit appended(append cmd) : t(plain_policy()), id(t.submit(std::move(cmd))) {
    t.answer(numbers_of_a, numbers(4));
    sent = t.output();
  }
  explicit appended(std::string_view message) : appended(append("a", std::string(message))) {}
  void come_back() {
    t.lose();
    t.wait();
    t.connect();
  }
  /// `rows` came into the target since; what they hold is asked for next, or nothing is.
  void target_holds(int uidnext, const std::string& rows) {
    t.answer(numbers_of_a, numbers(uidnext));
    t.answer("EXAMINE a", "* 2 EXISTS\r\n$ OK\r\n");
    answer_fetch(t, "4:*", rows + "$ OK\r\n");
  }
  /// The caller had no mailbox open (RFC 9051 section 6.4.1: after EXAMINE, CLOSE removes nothing).
  void leaves() { t.answer("CLOSE", "$ OK\r\n"); }
  void shows(int uid, std::string_view body) {
    answer_fetch(t, std::to_string(uid),
                 "* 1 FETCH (UID " + std::to_string(uid) + " BODY[] {" + std::to_string(body.size()) + "}\r\n" +
                     std::string(body) + ")\r\n$ OK\r\n");
  }
  void expect_arrived_as(std::uint32_t uid) {
    ASSERT_FALSE(t.outcome_of(id)) << t.last->failure.what();
    EXPECT_TRUE(t.heard(kind::resolved));
    auto& done = static_cast<append&>(*t.last->finished);
    const auto result = done.take_result();
    EXPECT_EQ(result.uidvalidity, 9U);
    EXPECT_EQ(result.uid(), uid);
    EXPECT_EQ(t.output(), "");
  }
  void expect_unknown(std::string_view why) {
    EXPECT_EQ(t.outcome_of(id).code(), errc::outcome_unknown);
    EXPECT_NE(t.last->failure.message().find(why), std::string_view::npos) << t.last->failure.message();
    EXPECT_EQ(t.output(), "");
  }
  lossy t;
  command_id id = 0;
  std::string sent;
};

int size_of(std::string_view message) { return static_cast<int>(message.size()); }

/// FETCH data of a message without a Message-ID.
std::string nameless_row(int number, int uid, int size) {
  return "* " + std::to_string(number) + " FETCH (UID " + std::to_string(uid) + " RFC822.SIZE " + std::to_string(size) +
         " BODY[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)] {14}\r\nSubject: s\r\n\r\n)\r\n";
}

TEST(resolve_append,
     the_same_message_id_and_size_are_the_message) {  // RFC 4315 section 3: as APPENDUID would have told
  appended a(named);
  EXPECT_TRUE(a.sent.starts_with("$ APPEND a {" + std::to_string(named.size()) + "+}\n")) << a.sent;
  a.come_back();
  a.target_holds(6, message(1, 4, 99, "other@x") + message(2, 5, size_of(named), "1@x"));
  a.leaves();
  a.expect_arrived_as(5);
}

TEST(resolve_append, two_that_are_the_same_are_one_too_many) {
  appended a(named);
  a.come_back();
  a.target_holds(6, message(1, 4, size_of(named), "1@x") + message(2, 5, size_of(named), "1@x"));
  a.leaves();
  a.expect_unknown("4:5");
}

TEST(resolve_append, without_a_message_id_the_octets_decide) {
  appended a(nameless);
  a.come_back();
  a.target_holds(6, nameless_row(1, 4, size_of(nameless)) + nameless_row(2, 5, 7));  // of another size: another message
  a.shows(4, nameless);
  a.leaves();
  a.expect_arrived_as(4);
}

// Servers may store other line ends; then the size differs, and the octets but CR are the same.
TEST(resolve_append, other_line_ends_are_no_other_message) {
  std::string stored(named);
  std::erase(stored, '\r');
  appended a(named);
  a.come_back();
  a.target_holds(5, message(1, 4, size_of(stored), "1@x"));
  a.shows(4, stored);
  a.leaves();
  a.expect_arrived_as(4);
}

TEST(resolve_append, of_two_that_are_alike_the_octets_tell_which) {
  auto other = std::string(nameless);
  other[other.size() - 3] = '!';
  appended a(nameless);
  a.come_back();
  a.target_holds(6, nameless_row(1, 4, size_of(nameless)) + nameless_row(2, 5, size_of(nameless)));
  a.shows(5, nameless);
  a.shows(4, other);
  a.leaves();
  a.expect_arrived_as(5);
}

TEST(resolve_append, one_that_differs_in_its_octets_leaves_it_unknown) {
  const std::string whole(named);
  for (const auto& stored : {whole + "x", whole.substr(0, whole.size() - 3), "X" + whole.substr(1), std::string()}) {
    SCOPED_TRACE(stored);
    appended a(named);
    a.come_back();
    a.target_holds(5, message(1, 4, 7, "1@x"));
    a.shows(4, stored);
    a.leaves();
    a.expect_unknown("content differs");
  }
}

TEST(resolve_append, one_that_cannot_be_read_leaves_it_unknown) {
  for (const std::string_view reply : {"$ NO [SERVERBUG] no\r\n", "$ OK\r\n"}) {
    appended a(named);
    a.come_back();
    a.target_holds(5, message(1, 4, 7, "1@x"));
    answer_fetch(a.t, "4", std::string(reply));
    a.leaves();
    a.expect_unknown("content differs");
  }
}

TEST(resolve_append, what_did_not_arrive_is_sent_again) {
  appended a(named);
  a.come_back();
  a.t.answer(numbers_of_a, numbers(4));
  EXPECT_TRUE(a.t.heard(kind::not_done));
  a.t.answer(numbers_of_a, numbers(4));
  EXPECT_EQ(a.t.output(), a.sent);
  a.t.feed("$ OK [APPENDUID 9 4] done\r\n");
  ASSERT_FALSE(a.t.outcome_of(a.id));
  EXPECT_EQ(static_cast<append&>(*a.t.last->finished).take_result().uid(), 4U);
}

TEST(resolve_append, only_messages_of_others_arrived_and_it_is_sent_again) {
  appended a(named);
  a.come_back();
  a.target_holds(6, message(1, 4, size_of(named), "2@x") + nameless_row(2, 5, size_of(named)));
  a.leaves();
  a.t.answer(numbers_of_a, numbers(6));
  EXPECT_EQ(a.t.output(), a.sent);
}

// The mailbox that the caller had open is opened again before it is sent once more.
TEST(resolve_append, the_callers_mailbox_is_the_selected_one_again) {
  lossy t(plain_policy());
  t.selected();
  const auto id = t.submit(append("a", std::string(named)));
  t.answer(numbers_of_a, numbers(4));
  (void)t.output();
  come_back(t);
  t.answer(numbers_of_a, numbers(5));
  t.answer("EXAMINE a", "* 2 EXISTS\r\n$ OK\r\n");
  answer_fetch(t, "4:*", message(1, 4, size_of(named), "1@x") + "$ OK\r\n");
  t.answer("SELECT INBOX", lossy::mailbox("7"));
  EXPECT_FALSE(t.outcome_of(id));
}

// What the server asks for a go-ahead, and is not given, has left nothing behind: there is nothing to look for.
TEST(resolve_append, a_message_of_which_not_all_has_left_is_not_looked_for) {
  constexpr std::string_view no_literal_plus = "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n";
  appended a(named);  // all of it has left
  a.t.lose();
  a.t.wait();
  a.t.connect(no_literal_plus);
  a.t.answer(numbers_of_a, numbers(4));  // it is looked for
  a.t.answer(numbers_of_a, numbers(4));  // and sent again
  a.t.answer("APPEND a {" + std::to_string(named.size()) + "}", "");
  a.t.lose();
  a.t.wait();
  a.t.connect(no_literal_plus);
  a.t.answer(numbers_of_a, numbers(4));  // no look: the numbers are those of the next attempt
  a.t.answer("APPEND a {" + std::to_string(named.size()) + "}", "+ go on\r\n");
  EXPECT_NE(a.t.output(), "");
  a.t.feed("$ OK done\r\n");
  EXPECT_FALSE(a.t.outcome_of(a.id));
}

TEST(resolve_append, a_message_that_can_be_read_only_once) {
  {
    appended a(append("a", std::make_shared<faulty_source>(named, 0)));
    a.come_back();
    a.target_holds(5, message(1, 4, size_of(named), "1@x"));
    a.leaves();
    a.expect_unknown("cannot be read again");
  }
  appended a(append("a", std::make_shared<faulty_source>(named, 0)));
  a.come_back();
  a.t.answer(numbers_of_a, numbers(4));  // nothing arrived
  const auto why = a.t.outcome_of(a.id);
  EXPECT_EQ(why.code(), errc::closed);
  EXPECT_TRUE(why.is_safe_to_retry());
  EXPECT_EQ(why.command(), "APPEND");
  EXPECT_EQ(a.t.output(), "");
}

TEST(resolve_append, one_that_cannot_be_read_again_when_its_turn_comes_is_not_sent) {
  const auto source = std::make_shared<faulty_source>(named, 1);
  lossy t(plain_policy());
  t.selected();
  const auto id = t.submit(append("a", source));
  t.answer(numbers_of_a, numbers(4));
  (void)t.output();
  come_back(t);
  t.answer(numbers_of_a, numbers(4));  // looked for, and rewound
  t.answer(numbers_of_a, numbers(4));
  const auto out = t.output();
  if (out.empty()) {
    EXPECT_EQ(t.outcome_of(id).code(), errc::closed);
  } else {
    EXPECT_TRUE(out.starts_with("$ APPEND")) << out;
  }
}

TEST(resolve_append, a_source_that_breaks_ends_it_without_another_attempt) {
  const auto source = std::make_shared<faulty_source>(named);
  source->breaks_at = 10;
  lossy t(plain_policy());
  t.selected();
  const auto id = t.submit(append("a", source));
  t.answer(numbers_of_a, numbers(4));
  (void)t.output();
  const auto why = t.outcome_of(id);
  EXPECT_EQ(why.code(), errc::io) << why.what();
  EXPECT_EQ(t.of().wakeup(), std::nullopt);  // no connection is made for it
}

TEST(message_id, is_found_in_any_header) {
  struct row {
    std::string_view header;
    std::string_view id;
  };
  for (const auto& [header, id] :
       {row{"Message-ID: <1@x>\r\n\r\n", "<1@x>"}, row{"subject: a\r\nMESSAGE-id:<1@x>\r\nTo: b\r\n\r\n", "<1@x>"},
        row{"Message-ID:\r\n <1@\r\n\tx>\r\nTo: b\r\n\r\n", "<1@x>"},  // RFC 5322 section 2.2.3
        row{"Message-ID: <1@x>", "<1@x>"}, row{"Message-ID: <1@x>\nTo: b\n", "<1@x>"},
        row{"Subject: a\r\n Message-ID: <no@x>\r\n\r\n", ""},
        row{"Message-I: <no@x>\r\nMessage-IDs: <no@x>\r\n\r\n", ""}, row{"Message-ID", ""},
        row{"To: b\r\n\r\nMessage-ID: <body@x>\r\n", ""}, row{"To: b\n\nMessage-ID: <body@x>\n", ""}, row{"", ""}})
    EXPECT_EQ(message_id(header), id) << header;
}

TEST(resolve_append, a_message_id_behind_a_very_long_header_is_not_looked_for) {
  std::string text;
  while (text.size() < (std::size_t{300} << 10U)) text += "X-Long: " + std::string(60, 'x') + "\r\n";
  text += "Message-ID: <1@x>\r\n\r\nhi\r\n";
  appended a(text);
  a.t.feed("+ go on\r\n");
  EXPECT_NE(a.t.output(), "");
  a.come_back();
  a.target_holds(5, message(1, 4, size_of(text), "1@x"));  // counts as another's
  a.leaves();
  a.t.answer(numbers_of_a, numbers(5));
  EXPECT_TRUE(a.t.output().starts_with("$ APPEND a"));
}

}  // namespace
}  // namespace imapxx::core
