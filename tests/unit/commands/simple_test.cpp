#include <imapxx/commands/simple.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<capability> && is_proper_command<noop> && is_proper_command<check> &&
              is_proper_command<logout>);

TEST(capability, takes_the_untagged_list) {  // RFC 9051 section 6.1.1
  probe p;
  capability c;
  EXPECT_EQ(p.wire(c), "CAPABILITY");
  EXPECT_TRUE(p.feed(c, "* CAPABILITY IMAP4rev2 STARTTLS AUTH=GSSAPI"));
  EXPECT_FALSE(p.feed(c, "* 3 EXISTS"));
  EXPECT_FALSE(p.complete(c, "A1 OK CAPABILITY completed"));
  const auto found = c.take_result();
  EXPECT_TRUE(found.contains("STARTTLS"));
  EXPECT_EQ(found.size(), 3U);
}

TEST(capability, takes_the_code_of_the_tagged_response) {
  probe p;
  capability c;
  EXPECT_FALSE(p.complete(c, "A1 OK [CAPABILITY IMAP4rev1 IDLE] done"));
  EXPECT_TRUE(c.take_result().contains("IDLE"));
}

TEST(capability, fails_without_a_list) {
  probe p;
  capability c;
  EXPECT_EQ(p.complete(c, "A1 OK done").code(), errc::incomplete_result);
}

TEST(noop, is_a_word) {
  probe p;
  noop n;
  check c;
  logout l;
  EXPECT_EQ(p.wire(n), "NOOP");
  EXPECT_EQ(p.wire(c), "CHECK");
  EXPECT_EQ(p.wire(l), "LOGOUT");
}

TEST(noop, reports_no_and_bad) {
  probe p;
  noop n;
  const auto no = p.complete(n, "A1 NO [UNAVAILABLE] later");
  EXPECT_EQ(no.code(), errc::no);
  EXPECT_EQ(no.command(), "NOOP");
  EXPECT_EQ(no.tag(), "A1");
  EXPECT_EQ(no.response_code(), "UNAVAILABLE");
  EXPECT_EQ(no.server_text(), "later");
  EXPECT_FALSE(no.is_fatal());
  EXPECT_EQ(p.complete(n, "A1 BAD what?").code(), errc::bad);
}

TEST(logout, never_fails) {  // quirk I-12
  probe p;
  logout l;
  EXPECT_FALSE(p.complete(l, "A1 BAD not now"));
  EXPECT_TRUE(l.traits().is_exclusive);
}

}  // namespace
}  // namespace imapxx::test
