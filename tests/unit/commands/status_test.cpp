#include <imapxx/commands/status.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<status> && !std::is_aggregate_v<status_items>);

TEST(status, example_of_rfc9051) {  // section 6.3.11
  probe p;
  status c("blurdybloop", status_items().messages().uidnext());
  EXPECT_EQ(p.wire(c), "STATUS blurdybloop (MESSAGES UIDNEXT)");
  EXPECT_TRUE(p.feed(c, "* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)"));
  EXPECT_FALSE(p.complete(c, "A1 OK STATUS completed"));
  const auto s = c.take_result();
  EXPECT_EQ(s.messages, 231U);
  EXPECT_EQ(s.uidnext, 44292U);
  EXPECT_FALSE(s.unseen);
}

TEST(status, items_have_one_order) {
  probe p;
  status c("x",
           status_items().mailboxid().size().deleted().unseen().uidvalidity().recent().appendlimit().highestmodseq());
  EXPECT_EQ(p.wire(c), "STATUS x (RECENT UIDVALIDITY UNSEEN DELETED SIZE HIGHESTMODSEQ APPENDLIMIT MAILBOXID)");
}

TEST(status, takes_only_its_own_mailbox) {
  probe p;
  status c("foo", status_items().messages());
  EXPECT_FALSE(p.feed(c, "* STATUS Foo (MESSAGES 1)"));
  EXPECT_FALSE(p.feed(c, "* STATUS foo/bar (MESSAGES 1)"));
  EXPECT_EQ(p.complete(c, "A1 OK done").code(), errc::incomplete_result);
}

TEST(status, knows_inbox_in_any_case_and_utf8_names) {
  probe p;
  status inbox("INBOX", status_items().messages());
  EXPECT_TRUE(p.feed(inbox, "* STATUS Inbox (MESSAGES 1)"));
  status umlaut("Entw\xC3\xBCrfe", status_items().messages());
  parse_options utf8;
  utf8.utf8 = true;
  auto r = parse_response("* STATUS \"Entw\xC3\xBCrfe\" (MESSAGES 7)", utf8);
  EXPECT_TRUE(umlaut.on_response(r));
  EXPECT_EQ(umlaut.take_result().messages, 7U);
}

TEST(status, empty_answer_is_an_answer) {  // quirk S-16
  probe p;
  status c("Orders", status_items().messages());
  EXPECT_TRUE(p.feed(c, "* STATUS \"Orders\" ()"));
  EXPECT_FALSE(p.complete(c, "A1 OK done"));
  EXPECT_FALSE(c.take_result().messages);
}

TEST(status, items_need_capabilities) {
  probe plain;
  EXPECT_EQ(plain.checked(status("x", status_items())), errc::invalid_argument);
  EXPECT_EQ(plain.checked(status("x", status_items().recent().uidvalidity())), errc::success);
  EXPECT_EQ(plain.checked(status("x", status_items().size())), errc::capability_required);
  EXPECT_EQ(plain.checked(status("x", status_items().deleted())), errc::capability_required);
  EXPECT_EQ(plain.checked(status("x", status_items().highestmodseq())), errc::capability_required);
  EXPECT_EQ(plain.checked(status("x", status_items().appendlimit())), errc::capability_required);
  EXPECT_EQ(plain.checked(status("x", status_items().mailboxid())), errc::capability_required);
  probe rev2("IMAP4rev2");
  EXPECT_EQ(rev2.checked(status("x", status_items().size().deleted())), errc::success);
  probe more("STATUS=SIZE CONDSTORE APPENDLIMIT=1000 OBJECTID");
  EXPECT_EQ(more.checked(status("x", status_items().size().highestmodseq().appendlimit().mailboxid())), errc::success);
  EXPECT_EQ(more.checked(status("a\nb", status_items().size())), errc::invalid_argument);
}

}  // namespace
}  // namespace imapxx::test
