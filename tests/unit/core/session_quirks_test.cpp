// What servers do between and beside their answers (docs/QUIRKS.md), and that a session lives through it.
#include "unit/core/session_harness.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace imapxx {
namespace {

using test::session_test;

TEST(session_quirks, logindisabled_behind_the_log_in_means_nothing_g20) {
  session_test t;
  t.authenticated("IMAP4rev1 LOGINDISABLED");
  const auto id = t.submit(noop());
  EXPECT_NE(t.output().find(" NOOP\r\n"), std::string::npos);
  t.feed(t.last_tag() + " OK\r\n").expect_done(id);
}

TEST(session_quirks, a_refused_id_costs_nothing_else_g21) {
  session_test t;
  t.authenticated("IMAP4rev1 ID");
  const auto id = t.submit(imapxx::id());
  (void)t.output();
  t.feed(t.last_tag() + " BAD ID only once\r\n");
  EXPECT_EQ(t.failure_of(id).code(), errc::bad);
  EXPECT_FALSE(t.protocol.closed());
}

TEST(session_quirks, a_bye_ends_the_session_though_the_stream_stays_open_g29) {
  session_test t;
  t.selected();
  const auto id = t.submit(noop());
  (void)t.output();
  t.feed("* BYE too many connections\r\n");
  EXPECT_TRUE(t.protocol.closed());
  EXPECT_EQ(t.failure_of(id).server_text(), "too many connections");
}

TEST(session_quirks, what_is_refused_is_not_sent_again_g30) {
  session_test t;
  t.selected();
  for (int i = 0; i < 20; ++i) {
    const auto id = t.submit(noop());
    (void)t.output();
    t.feed(t.last_tag() + " BAD no\r\n");
    EXPECT_EQ(t.failure_of(id).code(), errc::bad);
    EXPECT_EQ(t.output(), "");
  }
}

TEST(session_quirks, tags_begin_with_a_letter_g32) {
  session_test t;
  t.authenticated();
  t.submit(noop());
  const auto line = t.output();
  EXPECT_TRUE((line[0] >= 'A' && line[0] <= 'Z') || (line[0] >= 'a' && line[0] <= 'z')) << line;
}

TEST(session_quirks, no_command_has_two_blanks_or_one_at_its_end_g33) {
  session_test t;
  t.selected(10, "IMAP4rev1 ESEARCH CONDSTORE LIST-EXTENDED");
  const auto sent = [&](auto cmd) {
    t.submit(std::move(cmd));
    const auto line = t.output();
    EXPECT_EQ(line.find("  "), std::string::npos) << line;
    EXPECT_EQ(line.find(" \r\n"), std::string::npos) << line;
    t.feed(t.last_tag() + " OK\r\n");
  };
  sent(list("", "*"));
  sent(list("", "*").subscribed().return_children());
  sent(status("INBOX", status_items().messages()));
  sent(search(search_key::all()));
  sent(uid_search(search_key::seen() && !search_key::from("x")).returning(search_return().count()));
  sent(fetch(uid_set(1), fetch_items().flags().body_peek("")));
  sent(store(uid_set(1), store_mode::replace, flag_list()));
  sent(copy(seq_set(1), "x"));
  sent(noop());
  sent(imapxx::close());
}

TEST(session_quirks, keywords_of_messages_are_flags_of_the_mailbox_s07a) {
  session_test t;
  t.selected();
  t.feed("* FLAGS (\\Seen)\r\n* 1 FETCH (FLAGS (\\Seen $Work \\Recent))\r\n* 2 FETCH (FLAGS ($work other) UID 4)\r\n");
  EXPECT_EQ(t.protocol.mailbox().flags.to_string(), "(\\Seen $Work other)");
  for (int i = 0; i < 2000; ++i) t.feed("* 1 FETCH (FLAGS (k" + std::to_string(i) + "))\r\n");
  EXPECT_LE(t.protocol.mailbox().flags.size(), 256U);
}

// A list that was seen before is learnt again when the view it was learnt for is gone.
TEST(session_quirks, keywords_are_learnt_anew_behind_flags_and_select_s07a) {
  session_test t;
  t.selected();
  const std::string row = "* 1 FETCH (FLAGS (\\Seen $Work))\r\n";
  t.feed("* FLAGS (\\Seen)\r\n" + row + row);
  EXPECT_EQ(t.protocol.mailbox().flags.to_string(), "(\\Seen $Work)");
  t.feed("* FLAGS (\\Deleted)\r\n" + row);
  EXPECT_EQ(t.protocol.mailbox().flags.to_string(), "(\\Deleted $Work)");
  const auto id = t.submit(select("box"));
  (void)t.output();
  t.feed("* OK [CLOSED] bye\r\n* 3 EXISTS\r\n* FLAGS (\\Seen)\r\n" + t.last_tag() + " OK done\r\n").expect_done(id);
  EXPECT_EQ(t.protocol.mailbox().flags.to_string(), "(\\Seen)");
  t.feed(row);
  EXPECT_EQ(t.protocol.mailbox().flags.to_string(), "(\\Seen $Work)");
}

TEST(session_quirks, keywords_are_learnt_anew_where_select_says_nothing_of_flags_s07a) {
  session_test t;
  t.selected();
  const std::string row = "* 1 FETCH (FLAGS (\\Seen $Work))\r\n";
  t.feed(row);
  const auto id = t.submit(select("box"));
  (void)t.output();
  t.feed("* 3 EXISTS\r\n" + t.last_tag() + " OK done\r\n").expect_done(id);
  EXPECT_EQ(t.protocol.mailbox().flags.to_string(), "()");
  t.feed(row);
  EXPECT_EQ(t.protocol.mailbox().flags.to_string(), "($Work)");
}

// The same in the middle of many rows, which are expected to be written as those before.
TEST(session_quirks, keywords_are_learnt_anew_among_rows_that_are_alike_s07a) {
  std::string rows;
  for (int i = 1; i < 9; ++i)
    rows += "* " + std::to_string(i) + " FETCH (UID 7" + std::to_string(i) + " FLAGS ($Work))\r\n";
  // Rows close to the end of what was received are not among these.
  const auto alike = rows + "* OK " + std::string(80, 'x') + "\r\n";
  session_test t;
  t.selected();
  t.feed("* FLAGS (\\Seen)\r\n" + rows + "* 1 FETCH (UID 71 FLAGS ($New))\r\n" + alike);
  EXPECT_EQ(t.protocol.mailbox().flags.to_string(), "(\\Seen $Work $New)");
  t.feed(rows + "* FLAGS (\\Deleted)\r\n" + alike);
  EXPECT_EQ(t.protocol.mailbox().flags.to_string(), "(\\Deleted $Work)");
  const auto id = t.submit(select("box"));
  (void)t.output();
  t.feed(rows + "* OK [CLOSED] bye\r\n* 3 EXISTS\r\n* FLAGS (\\Seen)\r\n" + t.last_tag() + " OK done\r\n" + alike)
      .expect_done(id);
  EXPECT_EQ(t.protocol.mailbox().flags.to_string(), "(\\Seen $Work)");
  // Without events.
  const auto reader = t.submit(fetch(uid_set::all(), fetch_items().flags()), true);
  (void)t.output();
  test::receive(t.protocol, rows + "* FLAGS (\\Draft)\r\n" + alike);
  std::array<fetch_row, 8> into;
  EXPECT_EQ(t.protocol.next_rows(reader, into), 8U);
  EXPECT_EQ(t.protocol.mailbox().flags.to_string(), "(\\Seen $Work)");
  EXPECT_EQ(t.protocol.next_rows(reader, into), 0U);
  EXPECT_EQ(t.protocol.mailbox().flags.to_string(), "(\\Draft)");
  EXPECT_EQ(t.protocol.next_rows(reader, into), 8U);
  EXPECT_EQ(t.protocol.mailbox().flags.to_string(), "(\\Draft $Work)");
  EXPECT_EQ(into[6].uid(), 77U);
}

// The list stands in a row whose end has not come yet: that it was looked at does not mean that it was learnt.
TEST(session_quirks, keywords_are_learnt_from_rows_that_come_in_two_pieces_s07a) {
  std::string rows;
  for (int i = 1; i < 9; ++i)
    rows += "* " + std::to_string(i) + " FETCH (FLAGS ($Work) UID 7" + std::to_string(i) + " BODY[TEXT] \"" +
            std::string(60, 'x') + "\")\r\n";
  const std::string row = "* 9 FETCH (FLAGS ($New) UID 79 BODY[TEXT] \"" + std::string(60, 'x') + "\")\r\n";
  for (std::size_t cut = 1; cut < row.size(); ++cut) {
    session_test t;
    t.selected();
    t.feed("* FLAGS (\\Seen)\r\n" + rows + row.substr(0, cut));
    t.feed(row.substr(cut) + rows);
    ASSERT_EQ(t.protocol.mailbox().flags.to_string(), "(\\Seen $Work $New)") << cut;
  }
}

TEST(session_quirks, a_mailbox_is_read_write_until_the_server_says_otherwise_s05) {
  session_test t;
  t.authenticated();
  const auto id = t.submit(select("box"));
  (void)t.output();
  t.feed("* 3 EXISTS\r\n" + t.last_tag() + " OK done\r\n").expect_done(id);
  EXPECT_FALSE(t.protocol.mailbox().read_only);
  t.feed("* NO [READ-ONLY] the mailbox is now read-only\r\n");
  EXPECT_TRUE(t.protocol.mailbox().read_only);
}

TEST(session_quirks, zero_means_unknown_in_the_view_too_s01) {
  session_test t;
  t.authenticated();
  const auto id = t.submit(select("box"));
  (void)t.output();
  t.feed("* 3 EXISTS\r\n* OK [UIDVALIDITY 0] x\r\n* OK [UIDNEXT 0] x\r\n* OK [UNSEEN 0] x\r\n" + t.last_tag() +
         " OK [READ-WRITE]\r\n")
      .expect_done(id);
  const auto& v = t.protocol.mailbox();
  EXPECT_FALSE(v.uidvalidity || v.uidnext || v.unseen);
}

TEST(session_quirks, data_before_closed_is_about_the_mailbox_that_was_left) {  // RFC 9051 section 7.1
  session_test t;
  t.selected(10);
  const auto id = t.submit(select("other"));
  (void)t.output();
  t.feed("* 4 EXPUNGE\r\n* 9 EXISTS\r\n* FLAGS (old)\r\n* OK [CLOSED] x\r\n* 2 EXISTS\r\n" + t.last_tag() + " OK\r\n")
      .expect_done(id);
  EXPECT_EQ(t.protocol.mailbox().exists, 2U);
  EXPECT_TRUE(t.protocol.mailbox().flags.empty());
  EXPECT_EQ(t.protocol.mailbox().name, "other");
}

TEST(session_quirks, a_bye_when_the_mailbox_vanishes_is_the_commands_error_s14) {
  session_test t;
  t.selected();
  const auto id = t.submit(fetch(seq_set(1), fetch_items().flags()));
  (void)t.output();
  t.feed("* BYE Mailbox has been deleted\r\n");
  EXPECT_EQ(t.failure_of(id).code(), errc::bye);
}

TEST(session_quirks, exists_corrects_a_wrong_count_s27) {
  session_test t;
  t.selected(10);
  t.feed("* 1 EXPUNGE\r\n* 10 EXISTS\r\n* 10 EXISTS\r\n* 8 EXISTS\r\n");
  EXPECT_EQ(t.protocol.mailbox().exists, 8U);
  // I-11: what changes nothing is no event.
  EXPECT_EQ(t.observed.lines, (std::vector<std::string>{"expunge 1", "exists 10", "exists 8"}));
}

TEST(session_quirks, an_expunge_while_fetch_runs_moves_the_view_f09) {
  session_test t;
  t.selected(3);
  const auto id = t.submit(fetch(uid_set::range(1, 9), fetch_items().flags()));
  (void)t.output();
  t.feed("* 1 FETCH (UID 5 FLAGS ())\r\n* 1 EXPUNGE\r\n* 1 FETCH (UID 6 FLAGS ())\r\n" + t.last_tag() + " OK\r\n");
  const auto rows = t.result_of<fetch>(id);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].uid(), 5U);
  EXPECT_EQ(rows[1].uid(), 6U);
  EXPECT_EQ(t.protocol.mailbox().exists, 2U);
}

TEST(session_quirks, a_go_ahead_that_nobody_waits_for_is_passed_over_x09) {
  session_test t;
  t.selected();
  t.feed("+ idling\r\n");
  const auto id = t.submit(noop());
  (void)t.output();
  t.feed("+ \r\n" + t.last_tag() + " OK\r\n").expect_done(id);
}

TEST(session_quirks, data_before_the_go_ahead_of_idle_counts_i02) {
  session_test t;
  t.selected(10, "IMAP4rev1 IDLE");
  const auto id = t.submit(idle());
  (void)t.output();
  t.feed("* 11 EXISTS\r\n+ idling\r\n* OK Still here\r\n");  // I-03: keep-alive
  EXPECT_EQ(t.protocol.mailbox().exists, 11U);
  t.protocol.end_idle(id);
  t.expect_output("DONE\r\n");
  t.feed(t.last_tag() + " OK\r\n").expect_done(id);
}

TEST(session_quirks, an_idle_that_the_server_ends_is_over_i08) {
  session_test t;
  t.selected(10, "IMAP4rev1 IDLE");
  const auto id = t.submit(idle());
  (void)t.output();
  t.feed("+ idling\r\n" + t.last_tag() + " OK Idle timed out\r\n").expect_done(id);
  EXPECT_EQ(t.output(), "");  // no DONE: it would be read as a command
}

TEST(session_quirks, append_without_a_usable_appenduid_succeeds_p03) {
  session_test t;
  t.authenticated("IMAP4rev1 LITERAL+ UIDPLUS");
  for (const char* code : {"", "[APPENDUID 1 0] ", "[APPENDUID] ", "[APPENDUID x y] "}) {
    const auto id = t.submit(append("box", "a\r\n"));
    (void)t.output();
    t.feed("+ go\r\n");
    (void)t.output();
    t.feed(t.last_tag() + " OK " + code + "done\r\n");
    EXPECT_FALSE(t.result_of<append>(id).uid()) << code;
  }
}

}  // namespace
}  // namespace imapxx
