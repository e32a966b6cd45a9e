// The session against scripts written from RFC 9051 and RFC 3501.
#include <imapxx/session.hpp>

#include "unit/core/session_harness.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace imapxx {
namespace {

using test::receive;
using test::session_test;
using kind = session_event::kind;

TEST(session_greeting, ok_leads_to_not_authenticated) {
  session_test t;
  t.feed("* OK IMAP4rev2 server ready\r\n");
  ASSERT_EQ(t.events.size(), 1U);
  EXPECT_EQ(t.events[0].what, kind::greeting);
  EXPECT_EQ(t.events[0].text, "IMAP4rev2 server ready");
  EXPECT_EQ(t.protocol.state(), session_state::not_authenticated);
  EXPECT_FALSE(t.protocol.capabilities_known());
}

TEST(session_greeting, capabilities_in_the_greeting_are_known) {
  session_test t;
  t.feed("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n");
  EXPECT_TRUE(t.protocol.capabilities_known());
  EXPECT_TRUE(t.protocol.info().capabilities.contains("auth=plain"));
}

TEST(session_greeting, preauth_leads_to_authenticated) {
  session_test t;
  t.feed("* PREAUTH IMAP4rev2 server logged in as Smith\r\n");
  EXPECT_EQ(t.protocol.state(), session_state::authenticated);
}

TEST(session_greeting, bye_closes_with_the_servers_text) {
  session_test t;
  t.feed("* BYE Autologout; idle for too long\r\n");
  ASSERT_FALSE(t.events.empty());
  EXPECT_EQ(t.events.back().what, kind::closed);
  EXPECT_EQ(t.events.back().failure.code(), errc::bye);
  EXPECT_EQ(t.events.back().failure.server_text(), "Autologout; idle for too long");
}

TEST(session_greeting, anything_else_is_an_error) {
  for (const char* line :
       {"* 5 EXISTS\r\n", "A1 OK done\r\n", "* NO go away\r\n", "220 mail.example.org ESMTP\r\n", "+ go ahead\r\n"}) {
    session_test t;
    t.feed(line);
    ASSERT_FALSE(t.events.empty()) << line;
    EXPECT_EQ(t.events.back().what, kind::closed) << line;
    EXPECT_EQ(t.events.back().failure.code(), errc::invalid_greeting) << line;
  }
}

TEST(session_greeting, nothing_is_sent_before_it) {
  session_test t;
  const auto id = t.protocol.submit(std::make_unique<noop>());
  ASSERT_TRUE(id);
  EXPECT_EQ(t.output(), "");
  t.feed("* OK hi\r\n");
  t.expect_output("A1 NOOP\r\n");
}

TEST(session_command, completes_with_its_tag) {
  session_test t;
  t.greeted();
  const auto id = t.submit(noop());
  t.expect_output("A1 NOOP\r\n").feed("A1 OK NOOP completed\r\n").expect_done(id);
  EXPECT_EQ(t.protocol.commands_outstanding(), 0U);
}

TEST(session_command, no_and_bad_are_errors_of_the_command_alone) {
  session_test t;
  t.authenticated();
  const auto a = t.submit(create("x"));
  t.expect_output("A1 CREATE x\r\n").feed("A1 NO [ALREADYEXISTS] there is one\r\n");
  EXPECT_EQ(t.failure_of(a).code(), errc::no);
  EXPECT_EQ(t.failure_of(a).response_code(), "ALREADYEXISTS");
  EXPECT_EQ(t.failure_of(a).server_text(), "there is one");
  EXPECT_EQ(t.failure_of(a).command(), "CREATE");
  EXPECT_FALSE(t.failure_of(a).is_fatal());
  const auto b = t.submit(create("y"));
  t.expect_output("A2 CREATE y\r\n").feed("A2 BAD what?\r\n");
  EXPECT_EQ(t.failure_of(b).code(), errc::bad);
  const auto c = t.submit(create("z"));
  t.expect_output("A3 CREATE z\r\n").feed("A3 OK\r\n").expect_done(c);
}

TEST(session_command, wrong_state_is_found_before_sending) {
  session_test t;
  t.greeted();
  EXPECT_EQ(t.refused(select("INBOX")).code(), errc::wrong_state);
  EXPECT_EQ(t.refused(fetch(seq_set(1), fetch_items().flags())).code(), errc::wrong_state);
  EXPECT_EQ(t.output(), "");
  t.feed("* OK still alive\r\n");
  const auto id = t.submit(noop());
  t.expect_output("A1 NOOP\r\n").feed("A1 OK\r\n").expect_done(id);
}

TEST(session_command, missing_capability_is_found_before_sending) {
  session_test t;
  t.selected(10, "IMAP4rev1");
  const auto why = t.refused(imapxx::move(uid_set(1), "Trash"));
  EXPECT_EQ(why.code(), errc::capability_required);
  EXPECT_FALSE(why.is_fatal());
  EXPECT_TRUE(why.is_safe_to_retry());
  EXPECT_EQ(t.output(), "");
}

TEST(session_command, bad_arguments_are_found_before_sending) {
  session_test t;
  t.authenticated();
  EXPECT_EQ(t.refused(create("a\r\nA9 DELETE INBOX")).code(), errc::invalid_argument);
  EXPECT_EQ(t.refused(create(std::string_view("a\0b", 3))).code(), errc::invalid_argument);
  EXPECT_EQ(t.output(), "");
  const auto id = t.submit(noop());
  const auto out = t.output();
  t.feed(t.last_tag() + " OK\r\n").expect_done(id);
}

TEST(session_literal, synchronizing_literal_waits_for_the_go_ahead) {
  session_test t;
  t.greeted("IMAP4rev1");
  t.protocol.set_tls(true);
  const auto id = t.submit(login("fred foobar", secret("fat\nman")));
  t.expect_output("A1 LOGIN \"fred foobar\" {7}\r\n");
  t.feed("+ Ready for additional command text\r\n").expect_output("fat\nman\r\n");
  t.feed("A1 OK LOGIN completed\r\n").expect_done(id);
  EXPECT_EQ(t.protocol.state(), session_state::authenticated);
}

TEST(session_literal, non_synchronizing_literal_does_not_wait) {
  session_test t;
  t.greeted("IMAP4rev1 LITERAL+");
  t.protocol.set_tls(true);
  t.submit(login("fred", secret("fat\nman")));
  t.expect_output("A1 LOGIN \"fred\" {7+}\r\nfat\nman\r\n");
}

TEST(session_literal, no_instead_of_the_go_ahead_ends_the_command_and_nothing_of_the_body_is_sent) {
  session_test t;
  t.authenticated("IMAP4rev1");
  const auto a = t.submit(append("Drafts", std::string("Subject: x\r\n\r\nbody\r\n")));
  const auto b = t.submit(noop());
  t.expect_output("A1 APPEND Drafts {20}\r\n");
  t.feed("A1 NO [TRYCREATE] no such mailbox\r\n");
  EXPECT_EQ(t.failure_of(a).code(), errc::no);
  EXPECT_EQ(t.failure_of(a).response_code(), "TRYCREATE");
  t.expect_output("A2 NOOP\r\n").feed("A2 OK\r\n").expect_done(b);
}

TEST(session_literal, ok_before_the_literal_was_sent_closes) {
  session_test t;
  t.authenticated("IMAP4rev1");
  const auto a = t.submit(append("Drafts", std::string("Subject: x\r\n\r\nbody\r\n")));
  (void)t.output();
  t.feed("A1 OK done already\r\n");
  EXPECT_EQ(t.failure_of(a).code(), errc::protocol_error);
  EXPECT_TRUE(t.protocol.closed());
}

TEST(session_tags, a_completion_for_nothing_closes_before_login_and_is_counted_after) {
  session_test before;
  before.greeted();
  before.feed("A1 OK logged in\r\n");
  EXPECT_TRUE(before.protocol.closed());
  EXPECT_EQ(before.events.back().failure.code(), errc::protocol_error);

  session_test after;
  after.authenticated();
  after.feed("A1 OK surprise\r\nX99 NO other\r\n");
  EXPECT_FALSE(after.protocol.closed());
  EXPECT_EQ(after.protocol.stray_completions(), 2U);
  const auto id = after.submit(noop());  // gets the very tag that was completed too early
  after.expect_output("A1 NOOP\r\n");
  EXPECT_FALSE(after.completed(id));
  after.feed("A1 OK\r\n").expect_done(id);
}

TEST(session_tags, start_at_random_unless_told) {
  session_options o;
  session s(o), s2(o);
  std::vector<std::string> outs;
  for (session* x : {&s, &s2}) {
    const std::string_view hi = "* OK hi\r\n";
    std::copy(hi.begin(), hi.end(), x->input_buffer().begin());
    x->input_received(hi.size());
    while (x->next().what != kind::none) {
    }
    ASSERT_TRUE(x->submit(std::make_unique<noop>()));
    outs.emplace_back(x->output());
  }
  EXPECT_NE(outs[0], outs[1]);
}

TEST(session_capabilities, are_forgotten_at_login_unless_told_anew) {
  session_test t;
  t.greeted("IMAP4rev1 AUTH=PLAIN");
  t.protocol.set_tls(true);
  const auto id = t.submit(login("u", secret("p")));
  t.expect_output("A1 LOGIN \"u\" \"p\"\r\n").feed("A1 OK done\r\n").expect_done(id);
  EXPECT_FALSE(t.protocol.capabilities_known());
  EXPECT_TRUE(t.protocol.info().capabilities.empty());

  session_test told;
  told.greeted("IMAP4rev1 AUTH=PLAIN");
  told.protocol.set_tls(true);
  told.submit(login("u", secret("p")));
  (void)told.output();
  told.feed("A1 OK [CAPABILITY IMAP4rev1 UIDPLUS] done\r\n");
  EXPECT_TRUE(told.protocol.capabilities_known());
  EXPECT_TRUE(told.protocol.info().capabilities.contains("UIDPLUS"));

  session_test untagged;  // Dovecot sends the list as a response of its own
  untagged.greeted("IMAP4rev1 AUTH=PLAIN");
  untagged.protocol.set_tls(true);
  untagged.submit(login("u", secret("p")));
  (void)untagged.output();
  untagged.feed("* CAPABILITY IMAP4rev1 IDLE\r\nA1 OK Logged in\r\n");
  EXPECT_TRUE(untagged.protocol.info().capabilities.contains("IDLE"));
}

TEST(session_starttls, forgets_everything_learnt_in_the_clear) {
  session_test t;
  t.greeted("IMAP4rev1 STARTTLS SASL-IR");
  t.feed("* 23 EXISTS\r\n");
  const auto id = t.submit(starttls());
  t.expect_output("A1 STARTTLS\r\n").feed("A1 OK begin\r\n").expect_done(id);
  EXPECT_TRUE(t.protocol.tls_started());
  EXPECT_FALSE(t.protocol.capabilities_known());
  EXPECT_TRUE(t.protocol.info().capabilities.empty());
  EXPECT_EQ(t.protocol.mailbox().exists, 0U);
}

TEST(session_starttls, bytes_behind_the_ok_are_an_injection) {
  for (const char* suffix : {"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n", "A2 OK logged in\r\n", "x", "\r\n"}) {
    session_test t;
    t.greeted("IMAP4rev1 STARTTLS");
    t.submit(starttls());
    (void)t.output();
    // Only what stands behind the tagged OK in the same segment is the injection; events of it must not reach the
    // caller.
    auto room = t.protocol.input_buffer();
    const std::string segment = "A1 OK begin\r\n" + std::string(suffix);
    std::copy(segment.begin(), segment.end(), room.begin());
    t.protocol.input_received(segment.size());
    const auto e = t.protocol.next();
    ASSERT_EQ(e.what, kind::completed);
    const auto started = t.protocol.tls_started();
    ASSERT_FALSE(started) << suffix;
    EXPECT_EQ(started.error().code(), errc::starttls_injection);
    EXPECT_TRUE(t.protocol.closed());
  }
}

TEST(session_select, fills_the_view) {
  session_test t;
  t.authenticated();
  const auto id = t.submit(select("INBOX"));
  t.expect_output("A1 SELECT INBOX\r\n");
  // RFC 9051 section 6.3.2, with RECENT and UNSEEN of RFC 3501
  t.feed(
      "* 172 EXISTS\r\n* 1 RECENT\r\n* OK [UNSEEN 12] first unseen\r\n* OK [UIDVALIDITY 3857529045] UIDs valid\r\n* OK "
      "[UIDNEXT 4392] Predicted next UID\r\n"
      "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n* OK [PERMANENTFLAGS (\\Deleted \\Seen \\*)] "
      "Limited\r\n* LIST () \"/\" INBOX\r\n"
      "A1 OK [READ-WRITE] SELECT completed\r\n");
  t.expect_done(id);
  const auto& v = t.protocol.mailbox();
  EXPECT_EQ(v.exists, 172U);
  EXPECT_EQ(v.recent, 1U);
  EXPECT_EQ(v.unseen, 12U);
  EXPECT_EQ(v.uidvalidity, 3857529045U);
  EXPECT_EQ(v.uidnext, 4392U);
  EXPECT_FALSE(v.read_only);
  EXPECT_TRUE(v.may_store("\\Seen"));
  EXPECT_FALSE(v.may_store("\\Answered"));
  EXPECT_TRUE(v.may_store("$Anything"));
  EXPECT_EQ(t.protocol.state(), session_state::selected);
  const auto result = t.result_of<select>(id);
  EXPECT_EQ(result.exists, 172U);
  EXPECT_EQ(result.uidnext, 4392U);
}

TEST(session_select, failure_leaves_no_mailbox_selected) {
  session_test t;
  t.selected(10);
  const auto id = t.submit(select("nope"));
  (void)t.output();
  t.feed(t.last_tag() + " NO no such mailbox\r\n");
  EXPECT_EQ(t.failure_of(id).code(), errc::no);
  EXPECT_EQ(t.protocol.state(), session_state::authenticated);
  EXPECT_EQ(t.protocol.mailbox().exists, 0U);
}

TEST(session_view, stays_true_under_unsolicited_data) {
  session_test t;
  t.selected(10);
  t.feed("* 12 EXISTS\r\n* 3 RECENT\r\n* 4 EXPUNGE\r\n* 11 EXPUNGE\r\n* 5 FETCH (FLAGS (\\Seen))\r\n");
  EXPECT_EQ(t.protocol.mailbox().exists, 10U);
  EXPECT_EQ(t.observed.lines,
            (std::vector<std::string>{"exists 12", "recent 3", "expunge 4", "expunge 11", "flags 5 (\\Seen)"}));
}

TEST(session_view, impossible_expunges_are_ignored) {
  session_test t;
  t.selected(2);
  t.feed("* 0 EXPUNGE\r\n* 3 EXPUNGE\r\n* 4294967295 EXPUNGE\r\n");
  EXPECT_EQ(t.protocol.mailbox().exists, 2U);
  EXPECT_FALSE(t.protocol.closed());
}

// Also of rows that are written as those before, with flags that are known already.
TEST(session_view, tracks_uids_of_rows_that_are_alike) {
  session_options o;
  o.track_uids();
  session_test t(o);
  t.selected(6);
  std::string rows;
  for (std::uint32_t i = 1; i <= 6; ++i)
    rows += "* " + std::to_string(i) + " FETCH (UID " + std::to_string(40 + i) + " FLAGS (\\Seen))\r\n";
  t.feed(rows);
  const auto& uids = t.protocol.mailbox().uids;
  EXPECT_EQ(std::vector<std::uint32_t>(uids.begin(), uids.end()), (std::vector<std::uint32_t>{41, 42, 43, 44, 45, 46}));
}

TEST(session_view, tracks_uids_when_asked) {
  session_options o;
  o.track_uids();
  session_test t(o);
  t.selected(3);
  const auto id = t.submit(fetch(seq_set::range(1, 3), fetch_items().uid()));
  (void)t.output();
  t.feed("* 1 FETCH (UID 11)\r\n* 2 FETCH (UID 22)\r\n* 3 FETCH (UID 33)\r\n" + t.last_tag() + " OK\r\n")
      .expect_done(id);
  t.feed("* 2 EXPUNGE\r\n");
  EXPECT_EQ(t.observed.lines, (std::vector<std::string>{"expunge 2 uid 22"}));
  const auto& uids = t.protocol.mailbox().uids;
  EXPECT_EQ(std::vector<std::uint32_t>(uids.begin(), uids.end()), (std::vector<std::uint32_t>{11, 33}));
}

TEST(session_alert, reaches_the_observer) {
  session_test t;
  t.authenticated();
  t.feed("* OK [ALERT] System shutdown in 10 minutes\r\n");
  EXPECT_EQ(t.observed.lines,
            (std::vector<std::string>{"alert System shutdown in 10 minutes", "status System shutdown in 10 minutes"}));
}

TEST(session_unknown, data_is_delivered_and_survived) {
  session_test t;
  t.selected();
  const auto id = t.submit(noop());
  (void)t.output();
  t.feed("* XSTUFF (1 2 3)\r\n* 7 XTHING\r\n* LIST (\\a \"/\r\n" + t.last_tag() + " OK\r\n").expect_done(id);
  ASSERT_EQ(t.observed.lines.size(), 3U);
  EXPECT_EQ(t.observed.lines[0], "unknown XSTUFF");
  EXPECT_EQ(t.observed.lines[1], "unknown XTHING");
  EXPECT_EQ(t.observed.lines[2], "unparsed * LIST (\\a \"/");
}

TEST(session_fetch, rows_are_attributed_by_message_and_item) {
  session_test t;
  t.selected(20);
  const auto a = t.submit(fetch(uid_set::range(1, 5), fetch_items().flags()));
  const auto b = t.submit(fetch(uid_set::range(6, 9), fetch_items().rfc822_size()));
  t.expect_output("A2 UID FETCH 1:5 (UID FLAGS)\r\nA3 UID FETCH 6:9 (UID RFC822.SIZE)\r\n");
  // The second command's data first, an update nobody asked for, and the completions in the other order.
  t.feed(
      "* 6 FETCH (UID 6 RFC822.SIZE 100)\r\n* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n* 12 FETCH (FLAGS (\\Draft))\r\nA3 "
      "OK\r\n* 2 FETCH (UID 2 FLAGS ())\r\nA2 OK\r\n");
  const auto rows_a = t.result_of<fetch>(a);
  const auto rows_b = t.result_of<fetch>(b);
  ASSERT_EQ(rows_a.size(), 2U);
  EXPECT_TRUE(rows_a[0].has_flag("\\Seen"));
  ASSERT_EQ(rows_b.size(), 1U);
  EXPECT_EQ(rows_b[0].rfc822_size(), 100U);
  EXPECT_EQ(t.observed.lines, (std::vector<std::string>{"flags 12 (\\Draft)"}));
}

TEST(session_fetch, collects_a_literal_body) {
  session_test t;
  t.selected();
  const auto id = t.submit(fetch(uid_set(7), fetch_items().body_peek("")));
  (void)t.output();
  t.feed("* 5 FETCH (UID 7 BODY[] {12}\r\nA2 OK no\r\n\r\n FLAGS (\\Seen))\r\nA2 OK\r\n");
  const auto rows = t.result_of<fetch>(id);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].section(section()), "A2 OK no\r\n\r\n");
  EXPECT_TRUE(rows[0].has_flag("\\Seen"));
}

TEST(session_fetch, streams_a_body_as_it_comes) {
  session_test t;
  t.selected();
  const auto id = t.submit(fetch(uid_set(7), fetch_items().body_peek("")), true);
  (void)t.output();
  t.feed("* 5 FETCH (UID 7 BODY[] {10}\r\n01234");
  ASSERT_EQ(t.events.size(), 2U);
  EXPECT_EQ(t.events[0].what, kind::body_begin);
  EXPECT_EQ(t.events[0].body.uid, 7U);
  EXPECT_EQ(t.events[0].body.seq, 5U);
  EXPECT_EQ(t.events[0].body.size, 10U);
  EXPECT_EQ(t.events[1].what, kind::body_chunk);
  EXPECT_EQ(t.events[1].text, "01234");
  t.feed("56789 FLAGS (\\Seen))\r\n" + t.last_tag() + " OK\r\n");
  ASSERT_EQ(t.events.size(), 6U);
  EXPECT_EQ(t.events[2].text, "56789");
  EXPECT_EQ(t.events[3].what, kind::body_end);
  EXPECT_EQ(t.events[4].what, kind::row);
  EXPECT_NE(t.events[4].text.find("FLAGS (\\Seen)"), std::string::npos);
  EXPECT_EQ(t.events[5].what, kind::completed);
  EXPECT_EQ(t.events[5].id, id);
}

TEST(session_fetch, rows_without_events) {
  session_test t;
  t.selected();
  const auto id = t.submit(fetch(uid_set::range(1, 3), fetch_items().flags().body_peek("TEXT")), true);
  (void)t.output();
  auto& s = t.protocol;
  fetch_row row;
  const auto next_row = [&](command_id of) { return s.next_rows(of, {&row, 1}) == 1; };
  EXPECT_FALSE(next_row(id));
  EXPECT_EQ(s.next().what, kind::none);
  receive(s,
          "* 1 FETCH (UID 1 FLAGS (\\Seen $New))\r\n* 9 FETCH (UID 9 FLAGS ())\r\n* 3 EXISTS\r\n"
          "* 2 FETCH (UID 2 FLAGS () BODY[TEXT] {2}\r\nab)\r\n* 3 FETCH (UID 3 FLAGS ())\r\n" +
              t.last_tag() + " OK\r\n");
  ASSERT_TRUE(next_row(id));
  EXPECT_EQ(row.seq(), 1U);
  EXPECT_TRUE(row.has_flag("$New"));
  EXPECT_TRUE(s.mailbox().flags.contains("$New"));
  // What is not a row of this command is handled all the same, without being lost or told twice.
  EXPECT_FALSE(next_row(id));
  EXPECT_FALSE(next_row(id));
  EXPECT_EQ(s.mailbox().exists, 3U);
  EXPECT_FALSE(next_row(id));
  EXPECT_FALSE(next_row(id));
  EXPECT_EQ(s.next().what, kind::body_begin);
  EXPECT_EQ(s.next().chunk, "ab");
  EXPECT_EQ(s.next().what, kind::body_end);
  const auto whole = s.next();
  ASSERT_EQ(whole.what, kind::row);
  EXPECT_EQ(whole.row->uid(), 2U);
  EXPECT_FALSE(next_row(id + 1));
  const auto other = s.next();
  ASSERT_EQ(other.what, kind::row);
  EXPECT_EQ(other.id, id);
  EXPECT_EQ(other.row->uid(), 3U);
  EXPECT_FALSE(next_row(id));
  EXPECT_EQ(s.next().what, kind::completed);
}

// As many rows as there are places, up to whatever is something else, and that is not lost.
TEST(session_fetch, several_rows_without_events) {
  session_test t;
  t.selected();
  const auto id = t.submit(fetch(uid_set::range(1, 6), fetch_items().flags()), true);
  (void)t.output();
  auto& s = t.protocol;
  std::array<fetch_row, 3> rows;
  const auto uids = [&] {
    std::vector<std::uint32_t> found;
    for (std::size_t i = 0, count = s.next_rows(id, rows); i < count; ++i)
      found.push_back(rows.at(i).uid().value_or(0));
    return found;
  };
  receive(s,
          "* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n* 2 FETCH (FLAGS () UID 2)\r\n* 3 FETCH (UID 3 FLAGS ())\r\n"
          "* 4 FETCH (UID 4 FLAGS ($A))\r\n* 6 FETCH (UID 9 FLAGS ())\r\n* 5 FETCH (UID 5 FLAGS ())\r\n* 7 EXISTS\r\n"
          "* 6 FETCH (UID 6 FLAGS ())\r\n* 7 FETCH (UID 7 FL");
  EXPECT_EQ(s.next_rows(id, {}), 0U);
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{1, 2, 3}));
  EXPECT_EQ(rows[0].text(), "(UID 1 FLAGS (\\Seen))");
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{4}));  // UID 9 is nobody's
  EXPECT_TRUE(rows[0].has_flag("$A"));
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{5}));
  EXPECT_EQ(s.mailbox().exists, 10U);
  EXPECT_EQ(uids(), std::vector<std::uint32_t>());
  EXPECT_EQ(s.mailbox().exists, 7U);
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{6}));
  EXPECT_EQ(uids(), std::vector<std::uint32_t>());
  EXPECT_EQ(s.next().what, kind::none);
}

TEST(session_fetch, a_quoted_body_is_streamed_too) {
  session_test t;
  t.selected();
  t.submit(fetch(uid_set(7), fetch_items().body_peek("TEXT")), true);
  (void)t.output();
  t.feed("* 5 FETCH (UID 7 BODY[TEXT] \"a\\\"b\")\r\n");
  ASSERT_EQ(t.events.size(), 4U);
  EXPECT_EQ(t.events[0].what, kind::body_begin);
  EXPECT_EQ(t.events[0].body.size, 3U);
  EXPECT_EQ(t.events[1].text, "a\"b");
  EXPECT_EQ(t.events[2].what, kind::body_end);
  EXPECT_EQ(t.events[3].what, kind::row);
}

TEST(session_fetch, a_body_whose_message_is_not_known_yet_still_finds_its_command) {
  session_test t;
  t.selected();
  const auto a = t.submit(fetch(uid_set(1), fetch_items().body_peek("TEXT")), true);
  const auto b = t.submit(fetch(uid_set(2), fetch_items().body_peek("TEXT")), true);
  (void)t.output();
  t.feed("* 9 FETCH (BODY[TEXT] {3}\r\ntwo UID 2)\r\n* 8 FETCH (BODY[TEXT] {3}\r\none UID 1)\r\n");
  ASSERT_EQ(t.events.size(), 8U);
  EXPECT_EQ(t.events[1].id, b);
  EXPECT_EQ(t.events[1].text, "two");
  EXPECT_EQ(t.events[5].id, a);
  EXPECT_EQ(t.events[5].text, "one");
}

// Quirk F-01: Courier 3 and others send sequence number 0.
TEST(session_fetch, a_row_with_number_zero_is_found_by_its_uid) {
  session_test t;
  t.selected();
  const auto id = t.submit(fetch(uid_set(7), fetch_items().flags()));
  (void)t.output();
  t.feed("* 0 FETCH (UID 7 FLAGS (\\Seen))\r\n" + t.last_tag() + " OK\r\n");
  const auto rows = t.result_of<fetch>(id);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].uid(), 7U);
  EXPECT_FALSE(t.protocol.closed());
}

// Quirk G-10c: a blank where the tag belongs.
TEST(session_tags, a_missing_tag_ends_the_only_command) {
  session_test t;
  t.authenticated();
  const auto id = t.submit(noop());
  (void)t.output();
  t.feed(" OK NOOP completed.\r\n").expect_done(id);

  session_test two;
  two.authenticated();
  const auto a = two.submit(noop());
  const auto b = two.submit(noop());
  (void)two.output();
  two.feed(" OK which one?\r\n");
  EXPECT_FALSE(two.completed(a));
  EXPECT_FALSE(two.completed(b));
  EXPECT_FALSE(two.protocol.closed());
}

TEST(session_pipeline, holds_back_what_must_not_go_together) {
  session_test t;
  t.selected(10, "IMAP4rev1 ESEARCH");
  const auto a = t.submit(search(search_key::unseen()));
  const auto b = t.submit(search(search_key::seen()));
  t.expect_output("A2 SEARCH UNSEEN\r\n");  // two SEARCHes without anything in the answer that tells them apart
  t.feed("* SEARCH 1 2\r\nA2 OK\r\n").expect_done(a);
  t.expect_output("A3 SEARCH SEEN\r\n").feed("* SEARCH 3\r\nA3 OK\r\n");
  EXPECT_EQ(t.result_of<search>(a).to_string(), "1:2");
  EXPECT_EQ(t.result_of<search>(b).to_string(), "3");
}

TEST(session_pipeline, a_sequence_number_does_not_share_a_flight_with_an_expunge) {
  session_test t;
  t.selected();
  t.submit(expunge());
  t.submit(store(seq_set(3), store_mode::add, flag_list(flags::seen)));
  t.expect_output("A2 EXPUNGE\r\n").feed("* 1 EXPUNGE\r\nA2 OK\r\n").expect_output("A3 STORE 3 +FLAGS (\\Seen)\r\n");
}

TEST(session_pipeline, select_waits_and_is_waited_for) {
  session_test t;
  t.selected();
  t.submit(noop());
  t.submit(select("Other"));
  t.submit(fetch(uid_set(1), fetch_items().flags()));
  t.expect_output("A2 NOOP\r\n").feed("A2 OK\r\n").expect_output("A3 SELECT Other\r\n").feed("* 1 EXISTS\r\nA3 OK\r\n");
  t.expect_output("A4 UID FETCH 1 (UID FLAGS)\r\n");
}

TEST(session_pipeline, a_command_behind_a_failed_select_is_refused_unsent) {
  session_test t;
  t.authenticated();
  const auto a = t.submit(select("nope"));
  const auto b = t.submit(fetch(uid_set(1), fetch_items().flags()));
  t.expect_output("A1 SELECT nope\r\n").feed("A1 NO none\r\n");
  EXPECT_EQ(t.failure_of(a).code(), errc::no);
  EXPECT_EQ(t.failure_of(b).code(), errc::wrong_state);
  EXPECT_EQ(t.output(), "");
}

TEST(session_idle, starts_reports_and_ends) {
  session_test t;
  t.selected(10, "IMAP4rev1 IDLE");
  const auto id = t.submit(idle());
  t.expect_output("A2 IDLE\r\n").feed("+ idling\r\n");
  ASSERT_EQ(t.events.size(), 1U);
  EXPECT_EQ(t.events[0].what, kind::continuation);
  t.feed("* 11 EXISTS\r\n");
  EXPECT_EQ(t.observed.lines.back(), "exists 11");
  t.protocol.end_idle(id);
  t.expect_output("DONE\r\n").feed("* 12 EXISTS\r\nA2 OK IDLE terminated\r\n").expect_done(id);
  EXPECT_EQ(t.protocol.mailbox().exists, 12U);  // what came between DONE and its answer counts
}

TEST(session_idle, needs_no_mailbox) {  // RFC 2177 section 3, RFC 9051 section 6.3.13
  session_test t;
  t.authenticated("IMAP4rev1 IDLE");
  const auto id = t.submit(idle());
  EXPECT_NE(t.output().find(" IDLE\r\n"), std::string::npos);
  t.feed("+ idling\r\n");
  t.protocol.end_idle(id);
  t.expect_output("DONE\r\n");
  t.feed(t.last_tag() + " OK\r\n").expect_done(id);
  session_test before_login;
  before_login.greeted("IMAP4rev1 IDLE");
  EXPECT_EQ(before_login.refused(idle()).code(), errc::wrong_state);
}

TEST(session_idle, gives_way_to_the_next_command) {
  session_test t;
  t.selected(10, "IMAP4rev1 IDLE");
  const auto id = t.submit(idle());
  (void)t.output();
  t.feed("+ idling\r\n");
  t.submit(noop());
  t.expect_output("DONE\r\n").feed("A2 OK\r\n").expect_done(id);
  t.expect_output("A3 NOOP\r\n");
}

TEST(session_idle, end_before_the_go_ahead_is_remembered) {
  session_test t;
  t.selected(10, "IMAP4rev1 IDLE");
  const auto id = t.submit(idle());
  t.expect_output("A2 IDLE\r\n");
  t.protocol.end_idle(id);
  t.expect_output("").feed("+ idling\r\n").expect_output("DONE\r\n").feed("A2 OK\r\n").expect_done(id);
}

TEST(session_bye, ends_all_commands_once_with_its_text) {
  session_test t;
  t.selected();
  const auto a = t.submit(noop());
  const auto b = t.submit(check());
  (void)t.output();
  t.feed("* BYE server going down\r\n");
  EXPECT_EQ(t.failure_of(a).code(), errc::bye);
  EXPECT_EQ(t.failure_of(b).server_text(), "server going down");
  EXPECT_EQ(t.events.back().what, kind::closed);
  EXPECT_EQ(t.events.size(), 3U);
}

TEST(session_logout, succeeds_with_and_without_its_tagged_answer) {
  session_test t;
  t.authenticated();
  const auto id = t.submit(logout());
  t.expect_output("A1 LOGOUT\r\n").feed("* BYE see you\r\nA1 OK done\r\n").expect_done(id);
  EXPECT_EQ(t.protocol.state(), session_state::logout);

  session_test cut;
  cut.authenticated();
  const auto id2 = cut.submit(logout());
  (void)cut.output();
  cut.feed("* BYE see you\r\n").eof();
  cut.expect_done(id2);
}

TEST(session_end, of_the_stream_fails_everything) {
  session_test t;
  t.selected();
  const auto sent = t.submit(noop());
  (void)t.output();
  const auto waiting = t.submit(select("x"));
  t.eof();
  EXPECT_EQ(t.failure_of(sent).code(), errc::closed);
  EXPECT_EQ(t.failure_of(waiting).code(), errc::closed);
  EXPECT_TRUE(t.failure_of(waiting).is_safe_to_retry());
  EXPECT_EQ(t.refused(noop()).code(), errc::closed);
}

TEST(session_cancel, of_a_waiting_command_leaves_no_trace) {
  session_test t;
  t.selected();
  t.submit(select("a"));
  (void)t.output();
  const auto id = t.submit(noop());
  t.protocol.abandon(id);
  t.collect();
  EXPECT_EQ(t.failure_of(id).code(), errc::cancelled);
  EXPECT_FALSE(t.failure_of(id).is_fatal());
  t.feed(t.last_tag() + " OK\r\n").expect_output("");
}

TEST(session_cancel, of_a_sent_command_drains_its_answer) {
  session_test t;
  t.selected();
  const auto id = t.submit(fetch(uid_set::range(1, 3), fetch_items().body_peek("")));
  (void)t.output();
  t.protocol.abandon(id);
  const auto next = t.submit(noop());
  const auto out = t.output();
  t.feed("* 1 FETCH (UID 1 BODY[] {5}\r\nhello)\r\nA2 OK\r\n" + t.last_tag() + " OK\r\n").expect_done(next);
  EXPECT_EQ(t.failure_of(id).code(), errc::cancelled);
  EXPECT_FALSE(t.protocol.closed());
  EXPECT_TRUE(t.observed.lines.empty());
}

TEST(session_cancel, closes_when_more_is_left_than_the_drain_budget) {
  session_options o;
  limits l;
  l.drain_octets = 100;
  o.use_limits(l);
  session_test t(o);
  t.selected();
  const auto id = t.submit(fetch(uid_set(1), fetch_items().body_peek("")));
  (void)t.output();
  t.protocol.abandon(id);
  t.feed("* 1 FETCH (UID 1 BODY[] {1000}\r\n");
  EXPECT_TRUE(t.protocol.closed());
  EXPECT_EQ(t.events.back().failure.code(), errc::cancelled);
}

TEST(session_cancel, in_the_middle_of_a_literal_closes) {
  session_test t;
  t.authenticated("IMAP4rev1");
  const auto id = t.submit(append("x", std::string("12345")));
  (void)t.output();
  t.protocol.abandon(id);
  t.collect();
  EXPECT_TRUE(t.protocol.closed());
}

TEST(session_limits, a_flood_of_unasked_data_ends_the_session) {
  session_options o;
  limits l;
  l.unasked_responses = 50;
  o.use_limits(l);
  session_test t(o);
  t.selected();
  t.submit(noop());
  (void)t.output();
  for (int i = 0; i < 60 && !t.protocol.closed(); ++i) t.feed("* XFLOOD\r\n");
  ASSERT_TRUE(t.protocol.closed());
  EXPECT_EQ(t.events.back().failure.code(), errc::limit_exceeded);
  EXPECT_EQ(t.events.back().failure.limit_name(), "unasked_responses");
}

TEST(session_limits, a_body_too_big_for_memory_is_named) {
  session_options o;
  limits l;
  l.body_in_memory_octets = 1000;
  o.use_limits(l);
  session_test t(o);
  t.selected();
  t.submit(fetch(uid_set(1), fetch_items().body_peek("")));
  (void)t.output();
  t.feed("* 1 FETCH (UID 1 BODY[] {1001}\r\n");
  EXPECT_EQ(t.events.back().failure.limit_name(), "body_in_memory_octets");
}

TEST(session_trace, hides_secrets) {
  session_test t;
  t.greeted("IMAP4rev1 LITERAL+");
  t.protocol.set_tls(true);
  t.submit(login("joe", secret("hunter2 swordfish")));
  (void)t.output();
  for (const auto& line : t.observed.trace) EXPECT_EQ(line.find("swordfish"), std::string::npos) << line;
  EXPECT_NE(std::find_if(t.observed.trace.begin(), t.observed.trace.end(),
                         [](const auto& l) { return l.starts_with("C: A1 LOGIN"); }),
            t.observed.trace.end());
}

TEST(session_deadline, follows_the_situation) {
  session_test t;
  EXPECT_EQ(t.protocol.deadline().phase, phase::greeting);
  EXPECT_EQ(t.protocol.deadline().after, std::chrono::milliseconds(30'000));
  t.selected(10, "IMAP4rev1 IDLE");
  EXPECT_FALSE(t.protocol.deadline().after);
  t.submit(noop());
  EXPECT_EQ(t.protocol.deadline().after, std::chrono::milliseconds(120'000));
  EXPECT_FALSE(t.protocol.deadline().since_progress);
  (void)t.output();
  t.feed(t.last_tag() + " OK\r\n");
  t.submit(idle());
  (void)t.output();
  EXPECT_TRUE(t.protocol.deadline().after);
  t.feed("+ idling\r\n");
  EXPECT_FALSE(t.protocol.deadline().after);
}

// Some servers lose a DONE that comes at once (quirk I-06).
TEST(session_deadline, done_without_an_answer_ends_i06) {
  session_test t;
  t.selected(10, "IMAP4rev1 IDLE");
  const auto id = t.submit(idle());
  (void)t.output();
  t.feed("+ idling\r\n");
  t.protocol.end_idle(id);
  EXPECT_EQ(t.output(), "DONE\r\n");
  EXPECT_EQ(t.protocol.deadline().after, std::chrono::milliseconds(60'000));
  t.protocol.expire(error(errc::timeout));
  EXPECT_TRUE(t.protocol.closed());
}

// The same bytes give the same events, whatever the chunking.
TEST(session_chunking, does_not_matter) {
  const std::string script =
      "* 3 EXISTS\r\n* 1 FETCH (UID 1 FLAGS (\\Seen) BODY[HEADER] {15}\r\nSubject: x y\r\n\r\n)\r\n* XNEW data\r\n"
      "* 2 FETCH (UID 2 BODY[HEADER] \"q\" FLAGS ())\r\n* OK [ALERT] watch out\r\nA2 OK done\r\n";
  const auto run = [&](std::size_t chunk) {
    session_test t;
    t.selected(2);
    t.submit(fetch(uid_set::range(1, 2), fetch_items().flags().body_peek("HEADER")));
    (void)t.output();
    for (std::size_t at = 0; at < script.size(); at += chunk) t.feed(std::string_view(script).substr(at, chunk));
    std::string seen;
    for (const auto& e : t.events) seen += std::to_string(static_cast<int>(e.what)) + ":" + e.text + "\n";
    for (const auto& l : t.observed.lines) seen += l + "\n";
    const auto rows = static_cast<fetch&>(*t.events.back().finished).take_result();
    for (std::size_t i = 0; i < rows.size(); ++i) seen += std::string(rows[i].text()) + "\n";
    return seen;
  };
  const auto whole = run(script.size());
  for (std::size_t chunk = 1; chunk < script.size(); ++chunk) EXPECT_EQ(run(chunk), whole) << chunk;
}

// RFC 6855 section 3: only after ENABLED may the name of a mailbox be sent as UTF-8.
TEST(session, names_are_utf_8_once_the_server_says_that_it_is_enabled) {
  session_test t;
  t.authenticated("IMAP4rev1 ENABLE UTF8=ACCEPT");
  EXPECT_FALSE(t.protocol.info().utf8);
  (void)t.submit(enable("UTF8=ACCEPT"));
  (void)t.output();
  t.feed("* ENABLED UTF8=ACCEPT\r\n" + t.last_tag() + " OK\r\n");
  EXPECT_TRUE(t.protocol.info().utf8);
  (void)t.submit(select(mailbox_name("Entw\xC3\xBCrfe")));
  EXPECT_NE(t.output().find("SELECT \"Entw\xC3\xBCrfe\""), std::string::npos);
}

// --- what is refused, and what was not sent

TEST(session_end, is_told_once_and_nothing_is_taken_after_it) {
  session_test t;
  t.authenticated();
  t.eof();
  t.protocol.expire(error(errc::timeout));  // too late to be the reason
  t.collect();
  const auto closed =
      std::count_if(t.events.begin(), t.events.end(), [](const auto& e) { return e.what == kind::closed; });
  EXPECT_EQ(closed, 1);
  const auto refused = t.protocol.submit(std::make_unique<noop>());
  EXPECT_EQ(refused.error().code(), errc::closed);
  EXPECT_FALSE(t.protocol.deadline().after);
}

TEST(session_command, no_command_is_refused) {
  session_test t;
  t.authenticated();
  EXPECT_EQ(t.protocol.submit(nullptr).error().code(), errc::invalid_argument);
}

TEST(session_tags, letters_that_are_no_prefix_are_refused) {  // RFC 9051 section 2.2.1: alphanumeric here
  const std::pair<std::string, bool> rows[] = {{"A", true},
                                               {"x9Y", true},
                                               {std::string(16, 'a'), true},
                                               {"", false},
                                               {std::string(17, 'a'), false},
                                               {"A1", false},
                                               {"A+", false},
                                               {"a b", false}};
  for (const auto& [letters, fits] : rows) {
    session_options o;
    o.tag_letters = letters;
    session_test t(o);
    t.authenticated();
    const auto id = t.protocol.submit(std::make_unique<noop>());
    EXPECT_EQ(id.has_value(), fits) << letters;
    t.collect();
    EXPECT_EQ(t.output(), fits ? letters + "1 NOOP\r\n" : "") << letters;
  }
}

TEST(session_tags, have_the_digits_that_were_asked_for_and_begin_again_behind_the_last) {
  session_options o;
  o.first_tag(999'999'999).tag_digits = 4;
  session_test t(o);
  t.authenticated();
  t.submit(noop());
  t.submit(noop());
  EXPECT_EQ(t.output(), "A999999999 NOOP\r\nA0001 NOOP\r\n");
}

TEST(session_literal, ok_before_its_last_octet_was_sent_closes) {
  for (const bool all : {false, true}) {
    session_test t;
    t.authenticated("IMAP4rev1 LITERAL+");
    const auto id = t.submit(append("x", std::string(100, 'a')));
    const auto length = std::string_view("A1 APPEND x {100+}\r\n").size() + 102;
    EXPECT_EQ(t.output_some(all ? length : length - 1).size(), all ? length : length - 1);
    t.feed("A1 OK done\r\n");
    EXPECT_EQ(t.failure_of(id).code(), all ? errc::success : errc::protocol_error);
  }
}

// RFC 7888 section 3: what was announced is sent, or the server would read the next command as a part of it.
TEST(session_literal, a_refusal_while_it_is_sent_waits_for_its_end) {
  session_test t;
  t.authenticated("IMAP4rev1 LITERAL+");
  const std::string message(1'000'000, 'a');
  const auto id = t.submit(append("x", message));
  const auto next = t.submit(noop());
  t.expect_output("A1 APPEND x {1000000}\r\n").feed("+ go\r\n");  // so much is not sent unasked
  EXPECT_EQ(t.output_some(50).size(), 50U);
  t.feed("A1 NO [OVERQUOTA] full\r\n");
  EXPECT_FALSE(t.completed(id));
  EXPECT_EQ(t.output(), message.substr(50) + "\r\nA2 NOOP\r\n");
  EXPECT_EQ(t.failure_of(id).response_code(), "OVERQUOTA");
  t.feed("A2 OK\r\n").expect_done(next);
}

/// Announces ten octets and has fewer.
class short_source final : public literal_source {
 public:
  explicit short_source(bool fails) : fails_(fails) {}
  [[nodiscard]] std::uint64_t size() const override { return 10; }
  result<std::size_t> read(std::span<char> out) override {
    if (read_) return fails_ ? result<std::size_t>(error(errc::io, "disk")) : result<std::size_t>(std::size_t{0});
    read_ = true;
    out[0] = 'a';
    return std::size_t{1};
  }

 private:
  bool fails_;
  bool read_ = false;
};

TEST(session_literal, a_source_that_ends_early_ends_the_connection) {
  for (const bool fails : {false, true}) {
    session_test t;
    t.authenticated("IMAP4rev1 LITERAL+");
    const auto id = t.submit(append("x", std::make_shared<short_source>(fails)));
    (void)t.output();
    const auto why = t.failure_of(id);
    EXPECT_EQ(why.code(), fails ? errc::io : errc::aborted_by_caller);
    EXPECT_TRUE(why.is_fatal());
    EXPECT_EQ(why.command(), "APPEND");
  }
}

TEST(session_capabilities, may_be_told_at_any_time) {  // RFC 9051 section 7.1
  session_test t;
  t.authenticated("IMAP4rev1");
  t.feed("* OK [CAPABILITY IMAP4rev1 MOVE] more\r\n");
  EXPECT_TRUE(t.protocol.info().capabilities.contains("MOVE"));
}

TEST(session_idle, a_second_go_ahead_is_none) {
  session_test t;
  t.selected(10, "IMAP4rev1 IDLE");
  const auto id = t.submit(idle());
  t.expect_output("A2 IDLE\r\n").feed("+ idling\r\n+ idling\r\n");
  const auto told =
      std::count_if(t.events.begin(), t.events.end(), [](const auto& e) { return e.what == kind::continuation; });
  EXPECT_EQ(told, 1);
  t.protocol.end_idle(id);
  t.protocol.end_idle(id);
  t.expect_output("DONE\r\n").feed("A2 OK\r\n").expect_done(id);
}

TEST(session_limits, a_challenge_that_is_too_long_ends_the_session) {
  session_options o;
  o.limits.continuation_octets = 10;
  session_test t(o);
  t.greeted("IMAP4rev1 AUTH=CRAM-MD5");
  const auto id = t.submit(test::cram_md5());
  t.expect_output("A1 AUTHENTICATE CRAM-MD5\r\n").feed("+ PDEyMzRAeD4=x\r\n");
  EXPECT_EQ(t.failure_of(id).limit_name(), "continuation_octets");
  EXPECT_TRUE(t.failure_of(id).is_fatal());
  EXPECT_EQ(t.output(), "");
}

TEST(session_deadline, names_the_phase_of_the_command_that_is_waited_for) {
  session_test t;
  t.greeted("IMAP4rev1 AUTH=CRAM-MD5");
  EXPECT_EQ(t.protocol.deadline().phase, phase::none);
  t.submit(test::cram_md5());
  (void)t.output();
  EXPECT_EQ(t.protocol.deadline().phase, phase::authenticate);
}

TEST(session_command, ok_before_the_answer_to_a_challenge_was_sent_closes) {
  session_test t;
  t.greeted("IMAP4rev1 AUTH=CRAM-MD5");
  const auto id = t.submit(test::cram_md5());
  t.expect_output("A1 AUTHENTICATE CRAM-MD5\r\n").feed("+ PDEyMzRAeD4=\r\n");
  const auto waits = t.protocol.output().size();
  ASSERT_GT(waits, 10U);
  EXPECT_EQ(t.output_some(waits - 1).size(), waits - 1);
  t.feed("A1 OK in\r\n");
  EXPECT_EQ(t.failure_of(id).code(), errc::protocol_error);
}

TEST(session_trace, shows_each_line_once_and_whole) {
  for (const std::string line : {"* 1 FETCH (UID 5 FLAGS (\\Seen))", "* 1 FETCH (FLAGS (a) MODSEQ (7))", "* 3 EXISTS",
                                 "* OK [ALERT] x", "* SEARCH 1 2"}) {
    session_test t;
    t.selected(3);
    t.feed(line + "\r\n");
    EXPECT_EQ(t.observed.trace, std::vector<std::string>{"S: " + line});
  }
}

TEST(session_fetch, a_body_whose_message_is_not_named_yet_is_streamed_when_only_one_can_want_it) {
  session_options o;
  o.limits.body_in_memory_octets = 10;
  session_test t(o);
  t.selected(3);
  std::string got;
  fetch one(seq_set(1), fetch_items().body_peek());
  one.to(sink_to([&](const body_info&, std::string_view octets) {
    got += octets;
    return true;
  }));
  const auto id = t.submit(std::move(one));
  (void)t.output();
  t.feed("* 1 FETCH (BODY[] {20}\r\n01234567890123456789 UID 5)\r\n" + t.last_tag() + " OK\r\n");
  t.expect_done(id);
  EXPECT_EQ(got, "01234567890123456789");
}

}  // namespace
}  // namespace imapxx
