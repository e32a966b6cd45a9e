#include <imapxx/commands/mailbox.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<create> && is_proper_command<delete_mailbox> && is_proper_command<rename> &&
              is_proper_command<subscribe> && is_proper_command<unsubscribe>);

TEST(create, examples) {  // RFC 9051 section 6.3.4, RFC 6154 section 5.3
  probe p("IMAP4rev1 CREATE-SPECIAL-USE");
  create plain("owatagusiam/");
  EXPECT_EQ(p.wire(plain), "CREATE owatagusiam/");
  auto drafts = create("MySpecial").use("\\Drafts").use("\\Sent");
  EXPECT_EQ(p.checked(drafts), errc::success);
  EXPECT_EQ(p.wire(drafts), "CREATE MySpecial (USE (\\Drafts \\Sent))");
}

TEST(create, special_use_needs_its_capability_and_a_use) {
  probe p;
  EXPECT_EQ(p.checked(create("x")), errc::success);
  EXPECT_EQ(p.checked(create("x").use("\\Sent")), errc::capability_required);
  probe q("CREATE-SPECIAL-USE");
  EXPECT_EQ(q.checked(create("x").use("Sent")), errc::invalid_argument);
  EXPECT_EQ(q.checked(create("x").use("\\Se nt")), errc::invalid_argument);
}

TEST(create, tells_the_mailbox_id) {  // RFC 8474 section 4.1
  probe p;
  create c("foo");
  EXPECT_FALSE(p.complete(c, "A1 OK [MAILBOXID (F2212ea87-6097-4256-9d51-71338625)] Completed"));
  ASSERT_TRUE(c.mailbox_id());
  EXPECT_EQ(*c.mailbox_id(), "F2212ea87-6097-4256-9d51-71338625");
}

TEST(mailbox_commands, write_names) {
  probe p;
  delete_mailbox d("foo bar");
  rename r("blurdybloop", "sarasoop");
  subscribe s("#news.comp.mail.mime");
  unsubscribe u("Entw\xC3\xBCrfe");
  EXPECT_EQ(p.wire(d), "DELETE \"foo bar\"");
  EXPECT_EQ(p.wire(r), "RENAME blurdybloop sarasoop");
  EXPECT_EQ(p.wire(s), "SUBSCRIBE #news.comp.mail.mime");
  EXPECT_EQ(p.wire(u), "UNSUBSCRIBE Entw&APw-rfe");
}

TEST(mailbox_commands, send_a_servers_name_back_as_it_came) {  // quirk L-24
  probe p;
  delete_mailbox d(mailbox_name::from_wire("B&W"));
  EXPECT_EQ(p.wire(d), "DELETE B&W");
}

TEST(mailbox_commands, refuse_impossible_names) {
  probe p;
  EXPECT_EQ(p.checked(create("a\nb")), errc::invalid_argument);
  EXPECT_EQ(p.checked(delete_mailbox("a\rb")), errc::invalid_argument);
  EXPECT_EQ(p.checked(delete_mailbox("inbox")), errc::invalid_argument);
  EXPECT_EQ(p.checked(rename("a", "")), errc::invalid_argument);
  EXPECT_EQ(p.checked(rename("\r", "a")), errc::invalid_argument);
  EXPECT_EQ(p.checked(subscribe("")), errc::invalid_argument);
  EXPECT_EQ(p.checked(unsubscribe(std::string("\0", 1))), errc::invalid_argument);
}

}  // namespace
}  // namespace imapxx::test
