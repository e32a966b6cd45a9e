#include <imapxx/commands/quota.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<getquota>);
static_assert(is_proper_command<getquotaroot>);

TEST(getquota, example_of_rfc9208) {  // section 4.1.2
  probe p;
  getquota c("!partition/sda4");
  EXPECT_EQ(p.wire(c), "GETQUOTA !partition/sda4");
  EXPECT_TRUE(p.feed(c, "* QUOTA \"!partition/sda4\" (STORAGE 104 10923847)"));
  EXPECT_FALSE(p.complete(c, "A1 OK GETQUOTA completed"));
  const auto q = c.take_result();
  ASSERT_EQ(q.resources.size(), 1U);
  EXPECT_EQ(q.resources[0].name, "STORAGE");
  EXPECT_EQ(q.resources[0].usage, 104U);
  EXPECT_EQ(q.resources[0].limit, 10923847U);
}

TEST(getquota, leaves_other_roots_alone_and_needs_an_answer) {
  probe p;
  getquota c("");
  EXPECT_EQ(p.wire(c), "GETQUOTA \"\"");
  EXPECT_FALSE(p.feed(c, "* QUOTA other (STORAGE 1 2)"));
  EXPECT_EQ(p.complete(c, "A1 OK done").code(), errc::incomplete_result);
}

TEST(getquotaroot, example_of_rfc9208) {  // section 4.1.3
  probe p;
  getquotaroot c("INBOX");
  EXPECT_EQ(p.wire(c), "GETQUOTAROOT INBOX");
  EXPECT_TRUE(p.feed(c, "* QUOTAROOT INBOX \"#user/alice\" \"!partition/sda4\""));
  EXPECT_TRUE(p.feed(c, "* QUOTA \"#user/alice\" (MESSAGE 42 1000)"));
  EXPECT_TRUE(p.feed(c, "* QUOTA \"!partition/sda4\" (STORAGE 104 10923847)"));
  EXPECT_FALSE(p.complete(c, "A1 OK GETQUOTAROOT completed"));
  const auto q = c.take_result();
  EXPECT_EQ(q.roots, (std::vector<std::string>{"#user/alice", "!partition/sda4"}));
  ASSERT_EQ(q.quotas.size(), 2U);
  EXPECT_EQ(q.quotas[0].resources[0].limit, 1000U);
}

}  // namespace
}  // namespace imapxx::test
