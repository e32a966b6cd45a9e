#include "raw_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

using imapxx::testserver::server;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using testing::UnorderedElementsAre;

namespace {

TEST(testserver_mailbox, create_makes_parents_and_knows_its_limits) {
  server s(plain_options());
  auto c = logged_in(s);
  EXPECT_THAT(c.status("CREATE a/b/"), StartsWith("OK"));
  EXPECT_THAT(c.data("LIST \"\" a*"),
              ElementsAre("* LIST (\\Noselect \\HasChildren) \"/\" a", "* LIST (\\HasNoChildren) \"/\" a/b"));
  EXPECT_THAT(c.status("SELECT a"), StartsWith("NO [NONEXISTENT]"));
  EXPECT_THAT(c.status("CREATE a"), StartsWith("OK"));
  EXPECT_THAT(c.status("CREATE a"), StartsWith("NO [ALREADYEXISTS]"));
  EXPECT_THAT(c.status("CREATE inbox"), StartsWith("NO [ALREADYEXISTS]"));
  EXPECT_THAT(c.status("CREATE a//b"), StartsWith("NO [CANNOT]"));
  EXPECT_THAT(c.status("CREATE \"a*\""), StartsWith("NO [CANNOT]"));
  EXPECT_THAT(c.status("CREATE &Jjo"), StartsWith("NO"));
}

TEST(testserver_mailbox, delete_keeps_the_name_of_a_parent) {
  server s(plain_options().mailbox("user1", "p/c"));
  s.create_mailbox("user1", "p");
  auto c = logged_in(s);
  EXPECT_THAT(c.status("DELETE p"), StartsWith("OK"));
  EXPECT_THAT(c.data("LIST \"\" p"), ElementsAre("* LIST (\\Noselect \\HasChildren) \"/\" p"));
  EXPECT_THAT(c.status("DELETE p"), StartsWith("NO [HASCHILDREN]"));
  EXPECT_THAT(c.status("DELETE INBOX"), StartsWith("NO [CANNOT]"));
  EXPECT_THAT(c.status("DELETE nowhere"), StartsWith("NO [NONEXISTENT]"));
}

TEST(testserver_mailbox, a_recreated_mailbox_has_another_uidvalidity) {
  server s(plain_options());
  auto c = logged_in(s);
  c.command("CREATE x");
  auto first = s.snapshot("user1", "x").uid_validity();
  c.command("DELETE x");
  c.command("CREATE x");
  EXPECT_GT(s.snapshot("user1", "x").uid_validity(), first);
}

TEST(testserver_mailbox, rename_takes_the_children_along) {
  server s(plain_options().mailbox("user1", "a").mailbox("user1", "a/b"));
  s.append("user1", "a/b", "Subject: x\n\n");
  auto c = logged_in(s);
  EXPECT_THAT(c.status("RENAME a n/m"), StartsWith("OK"));
  EXPECT_THAT(s.mailboxes("user1"), ElementsAre("INBOX", "n", "n/m", "n/m/b"));
  EXPECT_EQ(s.snapshot("user1", "n/m/b").uids().size(), 1U);
  EXPECT_THAT(c.status("RENAME n n/x"), StartsWith("NO [CANNOT]"));
  EXPECT_THAT(c.status("RENAME a b"), StartsWith("NO [NONEXISTENT]"));
  EXPECT_THAT(c.status("RENAME n/m INBOX"), StartsWith("NO [ALREADYEXISTS]"));
}

TEST(testserver_mailbox, rename_of_inbox_moves_its_messages) {
  server s(plain_options());
  s.append("user1", "INBOX", "Subject: x\n\n");
  auto c = logged_in(s);
  EXPECT_THAT(c.status("RENAME inbox old"), StartsWith("OK"));
  EXPECT_EQ(s.snapshot("user1", "INBOX").messages().size(), 0U);
  EXPECT_EQ(s.snapshot("user1", "old").messages().size(), 1U);
}

TEST(testserver_mailbox, list_wildcards) {
  server s(plain_options().mailbox("user1", "a").mailbox("user1", "a/b").mailbox("user1", "a/b/c"));
  auto c = logged_in(s);
  auto names = [&](const std::string& arguments) {
    std::vector<std::string> r;
    for (const std::string& line : c.data("LIST " + arguments)) r.push_back(line.substr(line.rfind(' ') + 1));
    return r;
  };
  EXPECT_THAT(names("\"\" *"), ElementsAre("INBOX", "a", "a/b", "a/b/c"));
  EXPECT_THAT(names("\"\" %"), ElementsAre("INBOX", "a"));
  EXPECT_THAT(names("\"\" %/%"), ElementsAre("a/b"));
  EXPECT_THAT(names("a/ %"), ElementsAre("a/b"));
  EXPECT_THAT(names("\"\" *c"), ElementsAre("a/b/c"));
  EXPECT_THAT(names("\"\" a%c"), ElementsAre());
  EXPECT_THAT(names("\"\" iNb%"), ElementsAre("INBOX"));
  EXPECT_THAT(c.data("LIST \"\" \"\""), ElementsAre("* LIST (\\Noselect) \"/\" \"\""));
}

TEST(testserver_mailbox, list_extended) {
  server s(plain_options().mailbox("user1", "Sent", "\\Sent").mailbox("user1", "a/b"));
  auto c = logged_in(s);
  c.command("SUBSCRIBE a/b");
  EXPECT_THAT(c.data("LIST (SUBSCRIBED) \"\" *"), ElementsAre("* LIST (\\Subscribed \\HasNoChildren) \"/\" a/b"));
  EXPECT_THAT(c.data("LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %"),
              ElementsAre("* LIST (\\Noselect \\HasChildren) \"/\" a (\"CHILDINFO\" (\"SUBSCRIBED\"))"));
  EXPECT_THAT(c.data("LIST (SPECIAL-USE) \"\" *"), ElementsAre("* LIST (\\HasNoChildren \\Sent) \"/\" Sent"));
  EXPECT_THAT(c.data("LIST \"\" (Sent INBOX) RETURN (STATUS (MESSAGES UIDNEXT) CHILDREN)"),
              ElementsAre("* LIST (\\HasNoChildren) \"/\" INBOX", "* STATUS INBOX (MESSAGES 0 UIDNEXT 1)",
                          "* LIST (\\HasNoChildren \\Sent) \"/\" Sent", "* STATUS Sent (MESSAGES 0 UIDNEXT 1)"));
  EXPECT_THAT(c.status("LIST (RECURSIVEMATCH) \"\" *"), StartsWith("BAD"));
}

TEST(testserver_mailbox, lsub_shows_parents_of_subscriptions) {
  server s(plain_options().mailbox("user1", "foo/bar"));
  auto c = logged_in(s);
  c.command("SUBSCRIBE foo/bar");
  EXPECT_THAT(c.data("LSUB \"\" *"), ElementsAre("* LSUB () \"/\" foo/bar"));
  EXPECT_THAT(c.data("LSUB \"\" %"), ElementsAre("* LSUB (\\Noselect) \"/\" foo"));
  c.command("UNSUBSCRIBE foo/bar");
  EXPECT_THAT(c.data("LSUB \"\" *"), ElementsAre());
}

TEST(testserver_mailbox, status_counts) {
  server s(plain_options().mailbox("user1", "m"));
  s.append("user1", "m", "Subject: x\n\nhi\n", "\\Seen");
  s.append("user1", "m", "Subject: x\n\nhi\n", "\\Deleted");
  auto c = logged_in(s);
  EXPECT_THAT(
      c.data("STATUS m (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN SIZE DELETED)"),
      ElementsAre("* STATUS m (MESSAGES 2 RECENT 2 UIDNEXT 3 UIDVALIDITY 1700000002 UNSEEN 1 SIZE 36 DELETED 1)"));
  EXPECT_THAT(c.status("STATUS m (NOPE)"), StartsWith("BAD"));
  EXPECT_THAT(c.status("STATUS n (MESSAGES)"), StartsWith("NO [NONEXISTENT]"));
}

TEST(testserver_mailbox, names_are_modified_utf7) {
  server s(plain_options());
  auto c = logged_in(s);
  c.command("CREATE ~peter/mail/&U,BTFw-/&ZeVnLIqe-");
  EXPECT_THAT(s.mailboxes("user1"), Contains("~peter/mail/台北/日本語"));
  EXPECT_THAT(c.data("LIST \"\" *&ZeVnLIqe-"),
              ElementsAre("* LIST (\\HasNoChildren) \"/\" ~peter/mail/&U,BTFw-/&ZeVnLIqe-"));
}

TEST(testserver_mailbox, other_separator_and_namespace) {
  server s(plain_options().separator('.').mailbox("user1", "a.b"));
  auto c = logged_in(s);
  EXPECT_THAT(c.data("NAMESPACE"), ElementsAre("* NAMESPACE ((\"\" \".\")) NIL NIL"));
  EXPECT_THAT(c.data("LIST \"\" %"),
              ElementsAre("* LIST (\\HasNoChildren) \".\" INBOX", "* LIST (\\Noselect \\HasChildren) \".\" a"));
}

TEST(testserver_mailbox, users_do_not_see_each_other) {
  server s(plain_options().mailbox("user2", "secret"));
  auto c = logged_in(s);
  EXPECT_THAT(c.status("SELECT secret"), StartsWith("NO"));
}

TEST(testserver_mailbox, deleting_a_selected_mailbox_says_bye) {
  server s(plain_options().mailbox("user1", "m"));
  auto a = logged_in(s);
  auto b = logged_in(s);
  a.command("SELECT m");
  b.command("DELETE m");
  EXPECT_THAT(a.command("NOOP").front(), StartsWith("* BYE"));
}

}  // namespace
