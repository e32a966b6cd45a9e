#include <imapxx/commands/starttls.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<starttls>);

TEST(starttls, only_once) {
  probe p;
  starttls c;
  EXPECT_EQ(p.wire(c), "STARTTLS");
  EXPECT_EQ(p.checked(c), errc::wrong_state);
  p.info.tls = false;
  EXPECT_EQ(p.checked(c), errc::success);
  EXPECT_TRUE(c.traits().is_exclusive);
  EXPECT_FALSE(c.traits().states.contains(session_state::authenticated));
}

}  // namespace
}  // namespace imapxx::test
