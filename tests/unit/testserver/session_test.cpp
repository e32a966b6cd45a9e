#include "raw_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

using imapxx::testserver::server;
using imapxx::testserver::server_options;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

using lines = std::vector<std::string>;

const std::string message = "From: a@example.org\r\nSubject: one\r\n\r\nbody\r\n";

TEST(testserver_session, greets_and_logs_in) {
  server s(plain_options());
  raw_client c(s);
  EXPECT_THAT(c.response(), StartsWith("* OK [CAPABILITY IMAP4rev1 "));
  EXPECT_THAT(c.status("LOGIN user1 wrong"), StartsWith("NO [AUTHENTICATIONFAILED]"));
  EXPECT_THAT(c.status("SELECT INBOX"), StartsWith("BAD"));
  EXPECT_THAT(c.status("LOGIN \"user1\" {4+}\r\npass"), StartsWith("OK [CAPABILITY "));
  EXPECT_THAT(c.status("LOGIN user1 pass"), StartsWith("BAD"));
}

TEST(testserver_session, answers_a_synchronizing_literal_with_a_continuation) {
  server s(plain_options());
  raw_client c(s);
  c.response();
  c.send("a LOGIN {5}\r\n");
  EXPECT_THAT(c.response(), StartsWith("+ "));
  c.send("user1 {4}\r\n");
  EXPECT_THAT(c.response(), StartsWith("+ "));
  c.send("pass\r\n");
  EXPECT_THAT(c.response(), StartsWith("a OK"));
}

TEST(testserver_session, select_announces_what_rfc3501_requires) {
  server s(plain_options().uid_validity(42));
  s.append("user1", "INBOX", message, "\\Seen");
  s.append("user1", "INBOX", message, "$Label");
  auto c = logged_in(s);
  auto data = c.data("SELECT INBOX");
  EXPECT_THAT(data, Contains("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Label)"));
  EXPECT_THAT(data, Contains("* 2 EXISTS"));
  EXPECT_THAT(data, Contains("* 2 RECENT"));
  EXPECT_THAT(data, Contains(StartsWith("* OK [UNSEEN 2]")));
  EXPECT_THAT(data, Contains(StartsWith("* OK [UIDVALIDITY 42]")));
  EXPECT_THAT(data, Contains(StartsWith("* OK [UIDNEXT 3]")));
  EXPECT_THAT(data,
              Contains(StartsWith("* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Label \\*)]")));
  auto examined = c.command("EXAMINE INBOX");
  EXPECT_THAT(examined, Contains("* 0 RECENT"));
  EXPECT_THAT(examined, Contains(StartsWith("* OK [PERMANENTFLAGS ()]")));
  EXPECT_THAT(examined.back(), HasSubstr(" OK [READ-ONLY]"));
}

TEST(testserver_session, failed_select_leaves_nothing_selected) {
  server s(plain_options());
  auto c = selected(s);
  EXPECT_THAT(c.status("SELECT nowhere"), StartsWith("NO [NONEXISTENT]"));
  EXPECT_THAT(c.status("CHECK"), StartsWith("BAD"));
}

TEST(testserver_session, append_and_fetch_back) {
  server s(plain_options());
  auto c = selected(s);
  auto all = c.command("APPEND INBOX (\\Flagged Label) \"17-Jul-1996 02:44:25 -0700\" {43+}\r\n" + message);
  EXPECT_THAT(all, ElementsAre("* 1 EXISTS", "* 1 RECENT", StartsWith("* FLAGS ("), StartsWith("* OK [PERMANENTFLAGS"),
                               StartsWith("t3 OK [APPENDUID 1700000000 1]")));
  EXPECT_THAT(c.data("FETCH 1 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])"),
              ElementsAre("* 1 FETCH (FLAGS (\\Flagged \\Recent Label) UID 1 INTERNALDATE \"17-Jul-1996 09:44:25 "
                          "+0000\" RFC822.SIZE 43 BODY[] {43}\r\n" +
                          message + ")"));
  EXPECT_THAT(c.data("APPEND INBOX {43+}\r\n" + message), ElementsAre("* 2 EXISTS", "* 2 RECENT"));
}

TEST(testserver_session, append_to_a_missing_mailbox_asks_to_create_it_before_the_literal) {
  server s(plain_options());
  auto c = logged_in(s);
  EXPECT_THAT(c.status("APPEND nowhere {1000}"), StartsWith("NO [TRYCREATE]"));
  EXPECT_THAT(c.status("NOOP"), StartsWith("OK"));
}

TEST(testserver_session, non_synchronizing_literals_need_the_capability) {
  server s(plain_options().capabilities("IMAP4rev1 LITERAL-"));
  auto c = logged_in(s);
  EXPECT_THAT(c.status("APPEND INBOX {43+}\r\n" + message), StartsWith("OK"));
  EXPECT_THAT(c.status("APPEND INBOX {4097+}\r\n" + std::string(4097, 'x')), StartsWith("BAD"));
  EXPECT_THAT(c.status("NOOP"), StartsWith("OK"));
}

TEST(testserver_session, append_limit_refuses_with_toobig) {
  server s(plain_options().append_limit(100));
  auto c = logged_in(s);
  EXPECT_THAT(c.data("CAPABILITY").front(), HasSubstr(" APPENDLIMIT=100"));
  EXPECT_THAT(c.status("APPEND INBOX {101}"), StartsWith("NO [TOOBIG]"));
}

TEST(testserver_session, fetch_of_a_body_sets_seen_and_says_so) {
  server s(plain_options());
  s.append("user1", "INBOX", message);
  auto c = selected(s);
  EXPECT_THAT(c.data("FETCH 1 BODY[TEXT]<1.2>"),
              ElementsAre("* 1 FETCH (FLAGS (\\Seen \\Recent) BODY[TEXT]<1> {2}\r\nod)"));
  EXPECT_THAT(c.data("FETCH 1 RFC822.TEXT"), ElementsAre("* 1 FETCH (RFC822.TEXT {6}\r\nbody\r\n)"));
  EXPECT_EQ(s.snapshot("user1", "INBOX").messages().front().flags(), lines{"\\Seen"});
}

TEST(testserver_session, examine_and_peek_change_nothing) {
  server s(plain_options());
  s.append("user1", "INBOX", message);
  auto c = logged_in(s);
  c.command("EXAMINE INBOX");
  c.command("FETCH 1 BODY[]");
  EXPECT_THAT(c.status("STORE 1 +FLAGS (\\Seen)"), StartsWith("NO [READ-ONLY]"));
  EXPECT_THAT(c.status("EXPUNGE"), StartsWith("NO [READ-ONLY]"));
  EXPECT_TRUE(s.snapshot("user1", "INBOX").messages().front().flags().empty());
}

TEST(testserver_session, store_variants) {
  server s(plain_options());
  s.append("user1", "INBOX", message, "\\Seen");
  auto c = selected(s);
  EXPECT_THAT(c.data("STORE 1 +FLAGS (\\Deleted $New)"),
              ElementsAre(StartsWith("* FLAGS ("), StartsWith("* OK [PERMANENTFLAGS"),
                          "* 1 FETCH (FLAGS (\\Deleted \\Seen \\Recent $New))"));
  EXPECT_THAT(c.data("UID STORE 1 -FLAGS \\Seen $NEW"), ElementsAre("* 1 FETCH (UID 1 FLAGS (\\Deleted \\Recent))"));
  EXPECT_THAT(c.data("STORE 1 FLAGS.SILENT (\\Draft)"), ElementsAre());
  EXPECT_THAT(c.data("FETCH 1 FLAGS"), ElementsAre("* 1 FETCH (FLAGS (\\Draft \\Recent))"));
  EXPECT_THAT(c.status("STORE 1 FLAGS (\\Nonsense)"), StartsWith("BAD"));
}

TEST(testserver_session, expunge_numbers_shift_and_uid_expunge_spares_others) {
  server s(plain_options());
  for (int i = 0; i < 5; ++i) s.append("user1", "INBOX", message, i % 2 == 0 ? "\\Deleted" : "");
  auto c = selected(s);
  EXPECT_THAT(c.data("UID EXPUNGE 3"), ElementsAre("* 3 EXPUNGE", "* 4 RECENT"));
  EXPECT_THAT(c.data("EXPUNGE"), ElementsAre("* 1 EXPUNGE", "* 3 EXPUNGE", "* 2 RECENT"));
  EXPECT_EQ(s.snapshot("user1", "INBOX").uids(), (std::vector<std::uint32_t>{2, 4}));
}

TEST(testserver_session, close_expunges_silently_and_unselect_does_not) {
  server s(plain_options());
  s.append("user1", "INBOX", message, "\\Deleted");
  auto c = selected(s);
  EXPECT_THAT(c.data("UNSELECT"), ElementsAre());
  EXPECT_EQ(s.snapshot("user1", "INBOX").messages().size(), 1U);
  c.command("SELECT INBOX");
  EXPECT_THAT(c.data("CLOSE"), ElementsAre());
  EXPECT_EQ(s.snapshot("user1", "INBOX").messages().size(), 0U);
}

TEST(testserver_session, copy_and_move_tell_their_uids) {
  server s(plain_options().mailbox("user1", "Target"));
  for (int i = 0; i < 3; ++i) s.append("user1", "INBOX", message, "\\Flagged");
  auto c = selected(s);
  EXPECT_THAT(c.status("COPY 1:2 Target"), StartsWith("OK [COPYUID 1700000002 1:2 1:2]"));
  EXPECT_THAT(c.data("UID MOVE 2:3 Target"),
              ElementsAre(StartsWith("* OK [COPYUID 1700000002 2:3 3:4]"), "* 2 EXPUNGE", "* 2 EXPUNGE", "* 1 RECENT"));
  EXPECT_THAT(c.status("COPY 1 nowhere"), StartsWith("NO [TRYCREATE]"));
  EXPECT_EQ(s.snapshot("user1", "Target").messages().size(), 4U);
  EXPECT_EQ(s.snapshot("user1", "Target").messages().front().flags(), lines{"\\Flagged"});
}

TEST(testserver_session, expunge_is_not_told_during_fetch_store_and_search) {
  server s(plain_options());
  for (int i = 0; i < 3; ++i) s.append("user1", "INBOX", message);
  auto c = selected(s);
  s.expunge("user1", "INBOX", 2);
  s.append("user1", "INBOX", message);
  EXPECT_THAT(c.data("FETCH 1 UID"), ElementsAre("* 1 FETCH (UID 1)", "* 4 EXISTS", "* 4 RECENT"));
  EXPECT_THAT(c.data("SEARCH ALL"), ElementsAre("* SEARCH 1 3 4"));
  EXPECT_THAT(c.data("STORE 3 +FLAGS (\\Seen)"), ElementsAre("* 3 FETCH (FLAGS (\\Seen \\Recent))"));
  EXPECT_THAT(c.status("FETCH 2 UID"), StartsWith("NO [EXPUNGEISSUED]"));
  EXPECT_THAT(c.data("NOOP"), ElementsAre("* 2 EXPUNGE", "* 3 RECENT"));
  EXPECT_THAT(c.data("FETCH 2 UID"), ElementsAre("* 2 FETCH (UID 3)"));
}

TEST(testserver_session, two_clients_see_each_others_changes) {
  server s(plain_options());
  s.append("user1", "INBOX", message);
  auto a = selected(s);
  auto b = selected(s);
  a.command("STORE 1 +FLAGS (\\Answered)");
  EXPECT_THAT(b.data("NOOP"), ElementsAre("* 1 FETCH (FLAGS (\\Answered))"));
  EXPECT_THAT(b.data("NOOP"), ElementsAre());
  b.command("STORE 1 +FLAGS.SILENT (\\Deleted)");
  b.command("EXPUNGE");
  EXPECT_THAT(a.data("NOOP"), ElementsAre("* 1 EXPUNGE", "* 0 RECENT"));
}

TEST(testserver_session, idle_pushes_at_once) {
  server s(plain_options());
  auto c = selected(s);
  c.send("i IDLE\r\n");
  EXPECT_EQ(c.response(), "+ idling");
  s.append("user1", "INBOX", message);
  EXPECT_EQ(c.response(), "* 1 EXISTS");
  EXPECT_EQ(c.response(), "* 1 RECENT");
  s.set_flags("user1", "INBOX", 1, "\\Seen");
  EXPECT_EQ(c.response(), "* 1 FETCH (FLAGS (\\Seen \\Recent))");
  s.expunge("user1", "INBOX", 1);
  EXPECT_EQ(c.response(), "* 1 EXPUNGE");
  EXPECT_EQ(c.response(), "* 0 RECENT");
  c.send("DONE\r\n");
  EXPECT_THAT(c.response(), StartsWith("i OK"));
}

TEST(testserver_session, preauth_starts_logged_in) {
  server s(plain_options().preauth("user1"));
  raw_client c(s);
  EXPECT_THAT(c.response(), StartsWith("* PREAUTH ["));
  EXPECT_THAT(c.status("SELECT INBOX"), StartsWith("OK"));
}

TEST(testserver_session, removed_capabilities_are_not_served) {
  server s(plain_options().remove_capability("IDLE").remove_capability("MOVE").remove_capability("IMAP4rev2"));
  auto c = selected(s);
  EXPECT_THAT(c.data("CAPABILITY").front(), Not(HasSubstr(" IDLE")));
  EXPECT_THAT(c.status("IDLE"), StartsWith("BAD"));
  EXPECT_THAT(c.status("MOVE 1 x"), StartsWith("BAD"));
  server bare(plain_options().capabilities("IMAP4rev1"));
  auto b = selected(bare);
  EXPECT_EQ(b.data("CAPABILITY"), lines{"* CAPABILITY IMAP4rev1"});
  for (const char* text : {"UNSELECT", "NAMESPACE", "ENABLE CONDSTORE", "ID NIL", "SEARCH RETURN () ALL",
                           "STATUS INBOX (SIZE)", "UID EXPUNGE 1"})
    EXPECT_THAT(b.status(text), StartsWith("BAD")) << text;
}

TEST(testserver_session, rev2_changes_what_is_sent) {
  server s(plain_options().mailbox("user1", "Entwürfe"));
  s.append("user1", "INBOX", message);
  auto c = logged_in(s);
  EXPECT_THAT(c.data("LIST \"\" Ent*"), ElementsAre("* LIST (\\HasNoChildren) \"/\" Entw&APw-rfe"));
  EXPECT_EQ(c.data("ENABLE IMAP4rev2"), lines{"* ENABLED IMAP4rev2"});
  EXPECT_THAT(c.data("LIST \"\" Ent*"), ElementsAre("* LIST (\\HasNoChildren) \"/\" \"Entwürfe\""));
  auto data = c.data("SELECT INBOX");
  EXPECT_THAT(data, Not(Contains(HasSubstr("RECENT"))));
  EXPECT_THAT(data, Not(Contains(HasSubstr("UNSEEN"))));
  EXPECT_THAT(data, Contains("* LIST (\\HasNoChildren) \"/\" INBOX"));
  EXPECT_THAT(c.data("SEARCH UNSEEN"), ElementsAre("* ESEARCH (TAG \"t6\") ALL 1"));
  EXPECT_THAT(c.data("FETCH 1 FLAGS"), ElementsAre("* 1 FETCH (FLAGS ())"));
  EXPECT_THAT(c.data("SELECT \"Entwürfe\""), Contains(StartsWith("* OK [CLOSED]")));
}

TEST(testserver_session, condstore_basics) {
  server s(plain_options());
  s.append("user1", "INBOX", message);
  s.append("user1", "INBOX", message);
  auto c = selected(s);
  EXPECT_THAT(c.data("FETCH 1:2 (MODSEQ)"),
              ElementsAre(StartsWith("* OK [HIGHESTMODSEQ 3]"), "* 1 FETCH (MODSEQ (2))", "* 2 FETCH (MODSEQ (3))"));
  EXPECT_THAT(c.data("STORE 1 (UNCHANGEDSINCE 2) +FLAGS (\\Seen)"),
              ElementsAre("* 1 FETCH (MODSEQ (4) FLAGS (\\Seen \\Recent))"));
  EXPECT_THAT(c.status("STORE 1:2 (UNCHANGEDSINCE 3) +FLAGS.SILENT (\\Flagged)"), StartsWith("OK [MODIFIED 1]"));
  EXPECT_THAT(c.data("FETCH 1:* (FLAGS) (CHANGEDSINCE 4)"),
              ElementsAre("* 2 FETCH (FLAGS (\\Flagged \\Recent) MODSEQ (5))"));
  EXPECT_THAT(c.data("SEARCH MODSEQ 5"), ElementsAre("* SEARCH 2 (MODSEQ 5)"));
  EXPECT_THAT(c.data("STATUS INBOX (HIGHESTMODSEQ)"), ElementsAre("* STATUS INBOX (HIGHESTMODSEQ 5)"));
}

TEST(testserver_session, bad_commands_do_not_end_the_session) {
  server s(plain_options());
  auto c = selected(s);
  for (const char* text : {"FOO", "FETCH", "FETCH 1", "FETCH 1 (", "FETCH 1 NOPE", "FETCH 1 BODY[", "SEARCH",
                           "SEARCH OR ALL", "STORE 1 FLAGS", "LIST \"\"", "STATUS INBOX", "APPEND INBOX", "LOGIN x",
                           "UID FOO 1", "FETCH 7 FLAGS", "NOOP x", "SEARCH KEYWORD", "COPY 1"})
    EXPECT_THAT(c.status(text), StartsWith("BAD")) << text;
  c.send("\r\n");
  EXPECT_THAT(c.response(), HasSubstr("BAD"));
  EXPECT_THAT(c.status("NOOP"), StartsWith("OK"));
}

TEST(testserver_session, logout_says_bye_and_closes) {
  server s(plain_options());
  auto c = selected(s);
  EXPECT_THAT(c.command("LOGOUT"), ElementsAre(StartsWith("* BYE"), StartsWith("t3 OK")));
  EXPECT_EQ(c.response(), "<closed>");
}

TEST(testserver_session, transcript_keeps_the_lines_of_both_sides) {
  server s(plain_options());
  auto c = selected(s);
  c.command("NOOP");
  auto lines_seen = s.transcript(0);
  EXPECT_THAT(lines_seen, Contains("C: t1 LOGIN user1 pass"));
  EXPECT_THAT(lines_seen, Contains("S: t3 OK Completed"));
  EXPECT_EQ(s.received(0), "t1 LOGIN user1 pass\r\nt2 SELECT INBOX\r\nt3 NOOP\r\n");
  EXPECT_EQ(s.command_count(), 3U);
  EXPECT_EQ(s.connection_count(), 1U);
}

}  // namespace
