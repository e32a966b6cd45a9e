#include <imapxx/commands/list.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<list> && is_proper_command<lsub>);

TEST(list, plain_forms) {  // RFC 9051 section 6.3.9.1, 6.3.9.8
  probe p;
  list root("", "");
  list all("", "*");
  list reference("#news.comp.mail.misc", "");
  list quoted("/usr/staff/jones", "a b/%");
  list umlaut("", "Entw\xC3\xBCrfe/%");
  EXPECT_EQ(p.wire(root), "LIST \"\" \"\"");
  EXPECT_EQ(p.wire(all), "LIST \"\" *");
  EXPECT_EQ(p.wire(reference), "LIST #news.comp.mail.misc \"\"");
  EXPECT_EQ(p.wire(quoted), "LIST /usr/staff/jones \"a b/%\"");
  EXPECT_EQ(p.wire(umlaut), "LIST \"\" Entw&APw-rfe/%");
}

TEST(list, wildcards_are_bare_in_patterns_only) {  // RFC 9051 section 9: mailbox = astring, list-mailbox = 1*list-char
  probe p;
  list plain("a%*", "b%*");
  lsub subscribed("a%*", "b%*");
  EXPECT_EQ(p.wire(plain), "LIST \"a%*\" b%*");
  EXPECT_EQ(p.wire(subscribed), "LSUB \"a%*\" b%*");
}

TEST(list, collects_entries) {
  probe p;
  list c("", "*");
  EXPECT_TRUE(p.feed(c, R"(* LIST (\Marked \NoInferiors) "/" "inbox")"));
  EXPECT_TRUE(p.feed(c, R"(* LIST () "/" "Fruit")"));
  EXPECT_TRUE(p.feed(c, R"(* LIST (\NonExistent) "/" "Tofu")"));
  EXPECT_FALSE(p.feed(c, R"(* LSUB () "/" "Bread")"));
  EXPECT_FALSE(p.feed(c, "* STATUS Fruit (MESSAGES 1)"));
  EXPECT_FALSE(p.complete(c, "A1 OK done"));
  const auto found = c.take_result();
  ASSERT_EQ(found.size(), 3U);
  EXPECT_TRUE(found[0].name.is_inbox());
  EXPECT_TRUE(found[0].has("\\Marked"));
  EXPECT_EQ(found[1].name.raw(), "Fruit");
  EXPECT_FALSE(found[2].selectable());
}

TEST(list, extended_forms) {  // RFC 9051 section 6.3.9.8, RFC 5819 section 2, RFC 6154 section 5
  probe p("IMAP4rev1 LIST-EXTENDED LIST-STATUS SPECIAL-USE");
  auto subscribed = list("", "*").subscribed();
  auto recursive = list("", "foo").recursive_match().subscribed().return_children();
  auto remote = list("", "%").remote().return_subscribed().return_children().return_special_use();
  auto status_form = list("", "%").return_status(status_items().messages().unseen());
  auto both = list("", "%").return_subscribed().return_status(status_items().messages());
  auto special = list("", "*").special_use();
  auto two = list("", "INBOX").pattern("Drafts").pattern("Sent/%");
  EXPECT_EQ(p.wire(subscribed), "LIST (SUBSCRIBED) \"\" *");
  EXPECT_EQ(p.wire(recursive), "LIST (SUBSCRIBED RECURSIVEMATCH) \"\" foo RETURN (CHILDREN)");
  EXPECT_EQ(p.wire(remote), "LIST (REMOTE) \"\" % RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)");
  EXPECT_EQ(p.wire(status_form), "LIST \"\" % RETURN (STATUS (MESSAGES UNSEEN))");
  EXPECT_EQ(p.wire(both), "LIST \"\" % RETURN (SUBSCRIBED STATUS (MESSAGES))");
  EXPECT_EQ(p.wire(special), "LIST (SPECIAL-USE) \"\" *");
  EXPECT_EQ(p.wire(two), "LIST \"\" (INBOX Drafts Sent/%)");
  for (const command* c : {&subscribed, &recursive, &remote, &status_form, &both, &special, &two}) {
    EXPECT_EQ(p.checked(*c), errc::success);
  }
}

TEST(list, checks_arguments_and_capabilities) {
  probe p;
  EXPECT_EQ(p.checked(list("", "*")), errc::success);
  EXPECT_EQ(p.checked(list("", "a\r\nb")), errc::invalid_argument);
  EXPECT_EQ(p.checked(list("\n", "*")), errc::invalid_argument);
  EXPECT_EQ(p.checked(list("", "*").subscribed()), errc::capability_required);
  EXPECT_EQ(p.checked(list("", "*").pattern("x")), errc::capability_required);
  probe e("LIST-EXTENDED");
  EXPECT_EQ(e.checked(list("", "*").recursive_match()), errc::invalid_argument);
  EXPECT_EQ(e.checked(list("", "*").recursive_match().remote()), errc::invalid_argument);
  EXPECT_EQ(e.checked(list("", "*").return_special_use()), errc::capability_required);
  EXPECT_EQ(e.checked(list("", "*").return_status(status_items().messages())), errc::capability_required);
  probe rev2("IMAP4rev2");
  EXPECT_EQ(rev2.checked(list("", "*").return_status(status_items().messages())), errc::success);
  EXPECT_EQ(rev2.checked(list("", "*").return_status(status_items())), errc::invalid_argument);
}

TEST(list, joins_status) {  // RFC 5819 section 4
  probe p;
  auto c = list("", "%").return_status(status_items().messages().unseen());
  EXPECT_TRUE(c.traits().answers & answer::status);
  EXPECT_TRUE(p.feed(c, R"(* LIST () "."  "INBOX")"));
  EXPECT_TRUE(p.feed(c, "* STATUS \"INBOX\" (MESSAGES 17 UNSEEN 16)"));
  EXPECT_TRUE(p.feed(c, R"(* LIST () "." "foo")"));
  EXPECT_TRUE(p.feed(c, "* STATUS \"foo\" (MESSAGES 30 UNSEEN 29)"));
  EXPECT_TRUE(p.feed(c, R"(* LIST (\NoSelect) "." "bar")"));
  EXPECT_FALSE(p.feed(c, "* STATUS other (MESSAGES 1)"));
  EXPECT_FALSE(p.complete(c, "A1 OK done"));
  const auto found = c.take_result();
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].status->messages, 17U);
  EXPECT_EQ(found[1].status->unseen, 29U);
  EXPECT_FALSE(found[2].status);  // quirk L-15
}

TEST(list, a_name_stands_once) {  // quirks L-03, L-06, L-28
  probe p;
  list c("", "*");
  p.feed(c, R"(* LIST (\HasChildren) "/" INBOX)");
  p.feed(c, R"(* LIST (\Subscribed) "/" Inbox)");
  p.feed(c, R"(* LIST (\NoSelect) "/" "Projects/")");
  p.feed(c, R"(* LIST (\HasNoChildren) "/" "Projects")");
  p.feed(c, R"(* LIST (\HasNoChildren) "/" "projects")");
  const auto found = c.take_result();
  ASSERT_EQ(found.size(), 3U);
  EXPECT_TRUE(found[0].has("\\HasChildren"));
  EXPECT_TRUE(found[0].has("\\Subscribed"));
  EXPECT_EQ(found[1].name.raw(), "Projects");
  EXPECT_TRUE(found[1].selectable());
  EXPECT_EQ(found[2].name.raw(), "projects");
}

TEST(list, stops_collecting_at_the_limit) {
  probe p;
  p.bounds.collected_responses = 2;
  list c("", "*");
  p.wire(c);
  for (const auto* line : {"* LIST () \"/\" a", "* LIST () \"/\" b", "* LIST () \"/\" c"}) EXPECT_TRUE(p.feed(c, line));
  const auto why = p.complete(c, "A1 OK done");
  EXPECT_EQ(why.code(), errc::limit_exceeded);
  EXPECT_EQ(why.limit_name(), "collected_responses");
  EXPECT_FALSE(why.is_fatal());
  EXPECT_TRUE(c.take_result().empty());
}

TEST(list, utf8_sessions_write_utf8) {
  probe p;
  p.context.utf8 = true;
  list c("", "Entw\xC3\xBCrfe%");
  EXPECT_EQ(p.wire(c), "LIST \"\" \"Entw\xC3\xBCrfe%\"");
}

TEST(lsub, collects_lsub_lines) {  // RFC 3501 section 6.3.9
  probe p;
  lsub c("#news.", "comp.mail.*");
  EXPECT_EQ(p.wire(c), "LSUB #news. comp.mail.*");
  EXPECT_TRUE(p.feed(c, R"(* LSUB () "." #news.comp.mail.mime)"));
  EXPECT_TRUE(p.feed(c, R"(* LSUB (\NoSelect) "." #news.comp.mail)"));
  EXPECT_FALSE(p.feed(c, R"(* LIST () "." x)"));
  EXPECT_FALSE(p.complete(c, "A1 OK LSUB completed"));
  EXPECT_EQ(c.take_result().size(), 2U);
  EXPECT_EQ(p.checked(lsub("", "\n")), errc::invalid_argument);
}

}  // namespace
}  // namespace imapxx::test
