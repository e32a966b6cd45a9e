#include <imapxx/commands/enable.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<enable>);

TEST(enable, example_of_rfc5161) {  // section 3.2
  probe p;
  enable c("CONDSTORE", "X-GOOD-IDEA");
  EXPECT_EQ(p.wire(c), "ENABLE CONDSTORE X-GOOD-IDEA");
  EXPECT_TRUE(p.feed(c, "* ENABLED X-GOOD-IDEA"));
  EXPECT_FALSE(p.complete(c, "A1 OK foo"));
  const auto got = c.take_result();
  EXPECT_TRUE(got.contains("X-GOOD-IDEA"));
  EXPECT_FALSE(got.contains("CONDSTORE"));
}

TEST(enable, takes_atoms_only) {
  probe p;
  EXPECT_EQ(p.checked(enable(std::vector<std::string>())), errc::invalid_argument);
  EXPECT_EQ(p.checked(enable("A B")), errc::invalid_argument);
  EXPECT_EQ(p.checked(enable("A\r\nB")), errc::invalid_argument);
  EXPECT_EQ(p.checked(enable("UTF8=ACCEPT")), errc::success);
  enable c("A\r\nB");
  EXPECT_EQ(p.wire(c), "!invalid_argument");
}

}  // namespace
}  // namespace imapxx::test
