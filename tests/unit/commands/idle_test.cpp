#include <imapxx/commands/idle.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<idle>);

TEST(idle, is_exclusive_and_answers_nothing) {  // RFC 2177
  probe p;
  idle c;
  EXPECT_EQ(p.wire(c), "IDLE");
  EXPECT_TRUE(c.traits().is_exclusive);
  EXPECT_TRUE(c.traits().stall_deadline);
  EXPECT_EQ(c.traits().capability, "IDLE|IMAP4rev2");
  auto said = c.on_continuation("idling");
  ASSERT_TRUE(said);
  EXPECT_FALSE(said->has_value());
}

}  // namespace
}  // namespace imapxx::test
