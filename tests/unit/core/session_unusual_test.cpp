// What happens seldom between a session and its server: answers that nobody asked for, callers who change their mind,
// sinks and sources that fail, and a caller who listens to nothing.
#include <imapxx/session.hpp>

#include "unit/core/session_harness.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx {
namespace {

using test::session_test;
using kind = session_event::kind;
using namespace std::chrono_literals;

/// A command of an application's own, which does what its fields say.
class odd_command final : public command {
 public:
  using result_type = int;
  explicit odd_command(command_traits t) : traits_(t) {}
  [[nodiscard]] const command_traits& traits() const noexcept override { return traits_; }
  void encode(wire::encoder& out) override {
    out.raw(traits_.name);
    if (!argument.empty()) out.sp().astring(argument);
  }
  result<std::optional<secret>> on_continuation(std::string_view) override {
    if (refuses) return error(errc::invalid_argument, "not this challenge");
    return std::optional<secret>();
  }
  [[nodiscard]] static int take_result() { return 0; }
  std::string argument;
  bool refuses = false;

 private:
  command_traits traits_;
};

/// Fails at one point.
class failing_sink final : public body_sink {
 public:
  enum class at { begin, write, end, never };
  explicit failing_sink(at point) : point_(point) {}
  result<void> begin(const body_info&) override { return step(at::begin, "b"); }
  result<void> write(std::string_view octets) override { return step(at::write, octets); }
  result<void> end(const body_info&) override { return step(at::end, "e"); }
  std::string heard;

 private:
  result<void> step(at point, std::string_view what) {
    heard += what;
    if (point == point_) return error(errc::io, "the disk is full").set_fatal(false);
    return {};
  }
  at point_;
};

fetch body_to(std::shared_ptr<body_sink> sink) {
  fetch cmd(uid_set(7), fetch_items().body_peek("TEXT"));
  cmd.to(std::move(sink));
  return cmd;
}

// --- data that no command asked for

TEST(session_unasked, whatever_it_is_it_reaches_the_observer) {  // RFC 9051 section 7
  session_test t;
  t.authenticated();
  const std::string_view rows[] = {
      "* NAMESPACE ((\"\" \"/\")) NIL NIL",
      "* SORT 2 3 6",                                       // RFC 5256
      "* THREAD (2)(3 6 (4 23)(44 7 96))",                  // RFC 5256
      "* QUOTA \"\" (STORAGE 10 512)",                      // RFC 9208 section 4.2
      "* QUOTAROOT INBOX \"\"",                             // RFC 9208 section 4.3
      "* ACL INBOX Fred rwipslxetad",                       // RFC 4314 section 3.6
      "* LISTRIGHTS ~/Mail/saved smith la r swicdkxte",     // RFC 4314 section 3.7
      "* MYRIGHTS INBOX rwiptsldaex",                       // RFC 4314 section 3.8
      "* METADATA INBOX (/shared/comment \"My comment\")",  // RFC 5464 section 4.4
      "* ID (\"name\" \"Cyrus\")",                          // RFC 2971
      "* SEARCH 2 3 6",
      "* ESEARCH (TAG \"A282\") MIN 2 COUNT 3",
      "* LIST () \"/\" INBOX",
      "* STATUS INBOX (MESSAGES 2)",
  };
  for (const auto row : rows) {
    t.observed.lines.clear();
    t.feed(std::string(row) + "\r\n");
    ASSERT_EQ(t.observed.lines.size(), 1U) << row;
    EXPECT_TRUE(t.observed.lines[0].starts_with("unclaimed ")) << row << ": " << t.observed.lines[0];
  }
  t.observed.lines.clear();
  t.feed("* LISTRIGHTS\r\n* XSOMETHING 1\r\n* BAD what was that?\r\n");
  EXPECT_EQ(t.observed.lines,
            (std::vector<std::string>{"unparsed * LISTRIGHTS", "unknown XSOMETHING", "status what was that?"}));
}

TEST(session_unasked, vanished_removes_messages) {  // RFC 7162 section 3.2.10
  session_test t;
  t.selected(10);
  t.feed("* VANISHED 3,5:6\r\n");
  EXPECT_EQ(t.observed.lines, std::vector<std::string>{"vanished 3,5:6"});
  EXPECT_EQ(t.protocol.mailbox().exists, 7U);
  t.observed.lines.clear();
  t.feed("* VANISHED (EARLIER) 1:2\r\n");  // of those that were not counted any more
  EXPECT_EQ(t.protocol.mailbox().exists, 7U);
}

TEST(session_unasked, enabled_switches_names_to_utf_8) {  // RFC 9051 section 6.3.1, RFC 6855 section 3
  for (const std::string name : {"IMAP4rev2", "UTF8=ACCEPT", "CONDSTORE"}) {
    session_test t;
    t.authenticated();
    t.feed("* ENABLED " + name + "\r\n");
    EXPECT_EQ(t.protocol.info().utf8, name != "CONDSTORE") << name;
    EXPECT_TRUE(t.protocol.info().enabled.contains(name)) << name;
  }
}

TEST(session_limits, every_kind_of_unasked_data_counts_and_nothing_is_told_behind_the_limit) {
  for (const std::string_view line : {"* OK still here", "* 5 RECENT", "* LIST () \"/\" a", "* 1 FETCH (FLAGS ())",
                                      "A77 OK who are you", "+ go on"}) {
    session_options o;
    o.limits.unasked_responses = 3;
    session_test t(o);
    t.selected();
    for (int i = 0; i < 3; ++i) t.feed(std::string(line) + "\r\n");
    ASSERT_FALSE(t.protocol.closed()) << line;
    const auto told = t.observed.lines.size();
    t.feed(std::string(line) + "\r\n");
    ASSERT_TRUE(t.protocol.closed()) << line;
    EXPECT_EQ(t.events.back().failure.limit_name(), "unasked_responses") << line;
    EXPECT_LE(t.observed.lines.size(), told + (line == "* 5 RECENT" ? 1U : 0U)) << line;  // the view was right
  }
}

TEST(session_limits, literals_and_rows_that_are_too_long_are_named) {
  struct row {
    std::string bytes;
    std::string_view limit;
  };
  const row rows[] = {{"* LIST () \"/\" {65537}\r\n", "string_octets"},
                      {"* 1 FETCH (ENVELOPE ({65537}\r\n", "string_octets"},
                      {"* 1 FETCH (UID 1 FLAGS (" + std::string(2000, 'x') + "))\r\n", "line_octets"},
                      {"* 1 FETCH (UID 1 X-ITEM " + std::string(2000, 'x') + ")\r\n", "line_octets"}};
  for (const auto& [bytes, limit] : rows) {
    session_options o;
    o.limits.line_octets = 1000;
    session_test t(o);
    t.selected();
    t.feed(bytes);
    ASSERT_TRUE(t.protocol.closed()) << bytes.substr(0, 40);
    EXPECT_EQ(t.events.back().failure.limit_name(), limit) << bytes.substr(0, 40);
  }
}

// --- FETCH

TEST(session_fetch, numbers_and_names_at_their_edges) {
  session_test t;
  t.selected();
  t.feed("* 4294967295 fetch (FLAGS ())\r\n");  // names are case-insensitive
  EXPECT_EQ(t.observed.lines, std::vector<std::string>{"flags 4294967295 ()"});
  for (const std::string_view large : {"4294967296", "99999999999999999999"}) {  // quirk G-16
    t.observed.lines.clear();
    t.feed("* " + std::string(large) + " FETCH (FLAGS ())\r\n");
    EXPECT_EQ(t.observed.lines, std::vector<std::string>{"flags 4294967295 ()"});
  }
  for (const std::string_view odd : {"* 1 FETCHED (FLAGS ())", "* 1 FETCH", "*  FETCH (FLAGS ())"}) {
    t.observed.lines.clear();
    t.feed(std::string(odd) + "\r\n");
    ASSERT_EQ(t.observed.lines.size(), 1U) << odd;
    EXPECT_FALSE(t.observed.lines[0].starts_with("flags")) << odd << t.observed.lines[0];
  }
  EXPECT_FALSE(t.protocol.closed());
}

TEST(session_fetch, a_string_of_the_envelope_may_be_a_literal) {
  session_test t;
  t.selected();
  const auto id = t.submit(fetch(uid_set(7), fetch_items().envelope()));
  (void)t.output();
  t.drip("* 1 FETCH (UID 7 ENVELOPE (NIL {5}\r\nhello NIL NIL NIL NIL NIL NIL NIL NIL))\r\nA2 OK\r\n").expect_done(id);
  const auto rows = t.result_of<fetch>(id);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ((*rows.begin()).to_data().envelope->subject, "hello");
}

TEST(session_fetch, a_sink_that_fails_costs_its_command_alone) {
  using at = failing_sink::at;
  for (const std::string_view body : {"{4}\r\nbody", "\"body\""}) {
    for (const auto& [point, heard] : {std::pair(at::begin, "b"), std::pair(at::write, "bbody"),
                                       std::pair(at::end, "bbodye"), std::pair(at::never, "bbodye")}) {
      const auto sink = std::make_shared<failing_sink>(point);
      session_test t;
      t.selected();
      const auto id = t.submit(body_to(sink));
      (void)t.output();
      t.feed("* 1 FETCH (UID 7 BODY[TEXT] " + std::string(body) + ")\r\nA2 OK\r\n");
      EXPECT_EQ(t.failure_of(id).code(), point == at::never ? errc::success : errc::io) << heard;
      EXPECT_EQ(sink->heard, heard) << body;
      const auto next = t.submit(noop());
      (void)t.output();
      t.feed("A3 OK\r\n").expect_done(next);
    }
  }
}

TEST(session_fetch, after_its_command_was_given_up_a_sink_hears_nothing) {
  const auto sink = std::make_shared<failing_sink>(failing_sink::at::never);
  session_test t;
  t.selected();
  const auto id = t.submit(body_to(sink));
  (void)t.output();
  t.feed("* 1 FETCH (UID 7 BODY[TEXT] {10}\r\n12345");
  EXPECT_EQ(sink->heard, "b12345");
  EXPECT_EQ(t.protocol.literal_octets_missing(), 5U);
  t.protocol.abandon(id);
  t.protocol.abandon(id);  // once more changes nothing
  t.feed("67890)\r\nA2 OK\r\n");
  EXPECT_EQ(sink->heard, "b12345");
  EXPECT_EQ(t.protocol.literal_octets_missing(), 0U);
  EXPECT_EQ(t.failure_of(id).code(), errc::cancelled);
  EXPECT_FALSE(t.protocol.closed());
}

TEST(session_fetch, rows_are_not_taken_before_the_greeting_behind_the_end_or_for_others) {
  fetch_row row;
  session_test t;
  EXPECT_FALSE(test::next_row(t.protocol, 1, row));
  t.selected();
  const auto collects = t.submit(fetch(uid_set(5), fetch_items().flags()));
  const auto streams = t.submit(fetch(uid_set(7), fetch_items().body_peek("TEXT")), true);
  (void)t.output();
  test::receive(t.protocol,
                "* 1 FETCH (UID 5 FLAGS (\\Seen))\r\n* 2 FETCH (UID 7 BODY[TEXT] \"ab\")\r\n* SEARCH 1 2\r\n");
  EXPECT_FALSE(test::next_row(t.protocol, streams, row));  // the other's
  EXPECT_FALSE(test::next_row(t.protocol, streams, row));  // its body comes first
  EXPECT_EQ(t.protocol.next().what, kind::body_begin);
  EXPECT_EQ(t.protocol.next().chunk, "ab");
  EXPECT_EQ(t.protocol.next().what, kind::body_end);
  EXPECT_EQ(t.protocol.next().what, kind::row);
  EXPECT_FALSE(test::next_row(t.protocol, streams, row));
  t.feed("A2 OK\r\n");
  EXPECT_EQ(t.result_of<fetch>(collects).size(), 1U);
  t.feed("* BYE\r\n");
  EXPECT_FALSE(test::next_row(t.protocol, streams, row));
}

// --- callers who change their mind

TEST(session_cancel, of_what_is_not_there_changes_nothing) {
  session_test t;
  t.authenticated();
  const auto id = t.submit(noop());
  t.protocol.abandon(id + 1);
  t.protocol.end_idle(id);
  t.protocol.end_idle(id + 1);
  t.expect_output("A1 NOOP\r\n").feed("A1 OK\r\n").expect_done(id);
}

TEST(session_cancel, of_idle_ends_it_in_the_proper_way) {  // RFC 2177 section 3
  session_test t;
  t.selected(10, "IMAP4rev1 IDLE");
  const auto id = t.submit(idle());
  t.expect_output("A2 IDLE\r\n");
  t.protocol.abandon(id);  // before the go-ahead
  t.expect_output("").feed("+ idling\r\n").expect_output("DONE\r\n");
  t.feed("+ once more\r\n").expect_output("");  // quirk X-09
  t.feed("A2 OK\r\n");
  EXPECT_EQ(t.failure_of(id).code(), errc::cancelled);
  EXPECT_FALSE(t.protocol.closed());
}

TEST(session_cancel, in_the_middle_of_a_dialogue_closes) {
  {
    session_test t;
    t.greeted("IMAP4rev1 AUTH=CRAM-MD5");
    const auto id = t.submit(test::cram_md5());
    (void)t.output();
    t.protocol.abandon(id);
    EXPECT_TRUE(t.protocol.closed());
  }
  session_test t;
  t.greeted("IMAP4rev1 STARTTLS");
  const auto id = t.submit(starttls());
  (void)t.output();
  t.protocol.abandon(id);
  t.collect();
  EXPECT_TRUE(t.protocol.closed());
  EXPECT_EQ(t.failure_of(id).code(), errc::cancelled);
  EXPECT_TRUE(t.failure_of(id).is_fatal());
}

TEST(session_cancel, what_the_server_says_of_an_abandoned_command_is_nobodys_result) {
  session_test t;
  t.authenticated();
  const auto id = t.submit(noop());
  (void)t.output();
  t.protocol.abandon(id);
  t.feed("* OK [INPROGRESS (\"A1\" 1 2)] working\r\nA1 OK\r\n");
  EXPECT_EQ(t.observed.lines, std::vector<std::string>{"status working"});
  EXPECT_EQ(t.failure_of(id).code(), errc::cancelled);
}

// --- the end

TEST(session_end, tells_whoever_comes_later_why) {
  session_test t;
  t.authenticated();
  t.feed("* BYE maintenance\r\n");
  const auto late = t.protocol.submit(std::make_unique<noop>());
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code(), errc::bye);
  EXPECT_EQ(late.error().server_text(), "maintenance");
}

TEST(session_end, a_logout_that_was_not_sent_is_not_done) {
  session_test t;
  t.authenticated();
  const auto first = t.submit(create("x"));
  const auto out = t.submit(logout());
  t.expect_output("A1 CREATE x\r\n").feed("* BYE maintenance\r\n");
  EXPECT_EQ(t.failure_of(first).code(), errc::bye);
  EXPECT_EQ(t.failure_of(out).code(), errc::bye);
}

TEST(session_end, before_the_greeting_is_one_of_that_phase) {
  session_test t;
  t.eof();
  ASSERT_EQ(t.events.size(), 1U);
  EXPECT_EQ(t.events[0].failure.where(), phase::greeting);
  session_test own;
  own.protocol.expire(error(errc::timeout, "too slow").set_phase(phase::connect));
  own.collect();
  EXPECT_EQ(own.events.at(0).failure.where(), phase::connect);
}

TEST(session, can_be_moved) {
  session a(session_options().first_tag(1));
  test::receive(a, "* PREAUTH hi\r\n");
  EXPECT_EQ(a.next().what, kind::greeting);
  session b = std::move(a);
  ASSERT_TRUE(b.submit(std::make_unique<noop>()));
  EXPECT_EQ(b.next().what, kind::none);
  EXPECT_EQ(b.output(), "A1 NOOP\r\n");
  session c;
  c = std::move(b);
  EXPECT_EQ(c.state(), session_state::authenticated);
  EXPECT_EQ(c.output(), "A1 NOOP\r\n");
}

TEST(session, an_observer_is_not_needed) {
  session s(session_options().first_tag(1));
  test::receive(s, "* PREAUTH hi\r\n");
  EXPECT_EQ(s.next().what, kind::greeting);
  ASSERT_TRUE(s.submit(std::make_unique<select>("INBOX")));
  EXPECT_EQ(s.next().what, kind::none);
  s.output_sent(s.output().size());
  test::receive(s,
                "* 3 EXISTS\r\n* OK [ALERT] disk\r\n* XODD\r\n* LIST (\r\n* 1 FETCH (FLAGS ())\r\n* NO careful\r\n"
                "A1 OK [ALERT] done\r\n");
  EXPECT_EQ(s.next().what, kind::completed);
  EXPECT_EQ(s.mailbox().exists, 3U);
  const auto id = s.submit(std::make_unique<idle>());
  ASSERT_TRUE(id);
  EXPECT_EQ(s.next().what, kind::none);
  s.output_sent(s.output().size());
  test::receive(s, "+ idling\r\n* 4 EXISTS\r\n");
  EXPECT_EQ(s.next().what, kind::continuation);
  EXPECT_EQ(s.next().what, kind::none);
  s.end_idle(*id);
  EXPECT_EQ(s.output(), "DONE\r\n");
  EXPECT_EQ(s.mailbox().exists, 4U);
}

TEST(session_select, unselect_leaves_no_mailbox_behind) {  // RFC 3691 section 2
  session_test t;
  t.selected(10, "IMAP4rev1 UNSELECT");
  const auto id = t.submit(unselect());
  (void)t.output();
  t.feed("A2 OK\r\n").expect_done(id);
  EXPECT_EQ(t.protocol.state(), session_state::authenticated);
  EXPECT_EQ(t.protocol.mailbox().exists, 0U);
}

TEST(session_select, a_command_of_the_applications_own_may_select) {
  session_test t;
  t.selected(10);
  const auto id = t.submit(odd_command(command_traits("SELECT", states::authenticated).selects()));
  t.expect_output("A2 SELECT\r\n").feed("* 2 EXISTS\r\nA2 OK\r\n").expect_done(id);
  EXPECT_EQ(t.protocol.state(), session_state::selected);
  EXPECT_EQ(t.protocol.mailbox().exists, 2U);
}

// --- sending

TEST(session_capabilities, what_is_not_known_to_be_missing_is_tried) {
  session_test t;
  t.feed("* PREAUTH hello\r\n");
  EXPECT_FALSE(t.protocol.capabilities_known());
  t.submit(namespace_list());
  t.expect_output("A1 NAMESPACE\r\n");
}

TEST(session_literal, small_ones_need_no_consent_with_literal_minus) {  // RFC 7888 section 5: up to 4096 octets
  for (const std::size_t octets : {4096U, 4097U}) {
    session_test t;
    t.authenticated("IMAP4rev1 LITERAL-");
    t.submit(append("x", std::string(octets, 'a')));
    const auto header = "A1 APPEND x {" + std::to_string(octets) + (octets > 4096 ? "}\r\n" : "+}\r\n");
    EXPECT_EQ(t.output().substr(0, header.size()), header);
  }
}

TEST(session_literal, a_refusal_in_the_middle_of_a_big_one_waits_for_its_end) {
  session_test t;
  t.authenticated("IMAP4rev1 LITERAL+");
  const auto id = t.submit(append("x", std::string(200'000, 'a')));
  t.expect_output("A1 APPEND x {200000}\r\n").feed("+ go on\r\n");
  EXPECT_EQ(t.output_some(50'000).size(), 50'000U);
  t.feed("A1 NO [OVERQUOTA] full\r\n");
  EXPECT_FALSE(t.completed(id));  // the announced octets must leave all the same
  EXPECT_EQ(t.output().size(), 150'000U + 2U);
  EXPECT_EQ(t.failure_of(id).response_code(), "OVERQUOTA");
}

TEST(session_command, an_argument_that_cannot_be_sent_is_refused_when_its_turn_comes) {
  session_test t;
  t.authenticated();
  odd_command cmd(command_traits("XODD", states::authenticated));
  cmd.argument = std::string_view("a\0b", 3);
  const auto id = t.submit(std::move(cmd));
  EXPECT_EQ(t.failure_of(id).code(), errc::invalid_argument);
  EXPECT_TRUE(t.failure_of(id).is_safe_to_retry());
  EXPECT_EQ(t.output(), "");
}

TEST(session_command, a_challenge_may_be_refused_or_left_without_an_answer) {
  for (const bool refuses : {false, true}) {
    session_test t;
    t.authenticated();
    odd_command cmd(command_traits("XODD", states::authenticated).exclusive());
    cmd.refuses = refuses;
    const auto id = t.submit(std::move(cmd));
    t.expect_output("A1 XODD\r\n").feed("+ what?\r\n").expect_output("");
    EXPECT_EQ(t.protocol.closed(), refuses);
    if (refuses) {
      EXPECT_EQ(t.failure_of(id).code(), errc::invalid_argument);
      EXPECT_TRUE(t.failure_of(id).is_fatal());
    } else {
      t.feed("A1 OK\r\n").expect_done(id);
    }
  }
}

TEST(session_tags, a_missing_tag_means_nothing_while_the_command_is_not_all_sent) {  // quirk G-10c
  session_test t;
  t.authenticated("IMAP4rev1 LITERAL+");
  const auto id = t.submit(append("x", std::string(100, 'a')));
  (void)t.output_some(30);
  t.feed(" OK done\r\n");
  EXPECT_FALSE(t.completed(id));
  (void)t.output();
  t.feed(" OK done\r\n").expect_done(id);
}

TEST(session_planner, every_part_of_a_divided_command_may_fail_and_the_first_failure_counts) {
  session_test t;
  t.selected();
  uid_set odd;
  for (std::uint32_t i = 1; i < 4000; i += 2) odd.insert(i);
  const auto id = t.submit(store(odd, store_mode::add, flag_list::of(flags::seen)));
  const auto out = t.output();
  ASSERT_EQ(std::count(out.begin(), out.end(), '\n'), 3);
  t.feed("A3 NO [LIMIT] too much\r\nA2 NO [SERVERBUG] oops\r\n");
  EXPECT_FALSE(t.completed(id));
  t.feed("A4 NO [NOPERM] no\r\n");
  EXPECT_EQ(t.failure_of(id).response_code(), "LIMIT");
}

// --- secrets and time

TEST(session_trace, a_server_that_repeats_a_secret_is_not_quoted) {
  session_test t;
  t.greeted();
  t.protocol.set_tls(true);
  const auto id = t.submit(login("fred", secret("pa\\ss \"word\"")));
  t.expect_output("A1 LOGIN \"fred\" \"pa\\\\ss \\\"word\\\"\"\r\n");
  t.feed("* OK you said pa\\ss \"word\"\r\nA1 NO wrong: pa\\ss \"word\", pa\\ss \"word\"\r\n");
  EXPECT_EQ(t.failure_of(id).server_text(), "wrong: <redacted>, <redacted>");
  for (const auto& line : t.observed.trace) EXPECT_EQ(line.find("pa\\ss"), std::string::npos) << line;
  EXPECT_EQ(t.observed.lines, std::vector<std::string>{"status you said <redacted>"});
  t.observed.trace.clear();
  t.feed("* OK pa\\ss \"word\" is forgotten with its command\r\n");
  EXPECT_NE(t.observed.trace.at(0).find("pa\\ss"), std::string::npos);
}

TEST(session_deadline, none_where_the_limit_is_zero) {
  session_options o;
  o.timeouts.greeting = o.timeouts.command = o.timeouts.stall = 0ms;
  session_test t(o);
  EXPECT_FALSE(t.protocol.deadline().after);
  t.selected();
  t.submit(noop());
  EXPECT_FALSE(t.protocol.deadline().after);
}

// A body that is on its way is progress for whoever waits in front of it, although nobody wants the body any more.
TEST(session_deadline, a_body_on_its_way_is_progress) {
  session_test t;
  t.selected();
  const auto quick = t.submit(uid_search(search_key::all()));
  const auto streams = t.submit(fetch(uid_set(7), fetch_items().body_peek("TEXT")), true);
  EXPECT_FALSE(t.protocol.deadline().since_progress);
  (void)t.output();
  t.protocol.abandon(streams);
  t.feed("* 1 FETCH (UID 7 BODY[TEXT] {6}\r\n123");
  EXPECT_TRUE(t.protocol.deadline().since_progress);
  t.feed("456)\r\n");
  EXPECT_FALSE(t.protocol.deadline().since_progress);
  t.feed("* SEARCH\r\nA2 OK\r\nA3 OK\r\n").expect_done(quick);
  EXPECT_EQ(t.failure_of(streams).code(), errc::cancelled);
}

TEST(session_unusual, nothing_is_sent_behind_the_end) {
  session_test t;
  t.authenticated();
  const auto id = t.submit(noop());
  t.eof();
  EXPECT_TRUE(t.completed(id));
  EXPECT_EQ(t.output(), "");
}

}  // namespace
}  // namespace imapxx
