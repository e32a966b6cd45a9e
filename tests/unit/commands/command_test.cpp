#include <imapxx/command.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

namespace imapxx::test {
namespace {

class bare final : public command {
 public:
  static constexpr command_traits traits_v = command_traits("X-BARE", states::any);
  [[nodiscard]] const command_traits& traits() const noexcept override { return traits_v; }
  void encode(wire::encoder& out) override { out.raw("X-BARE"); }
};

TEST(command, takes_nothing_by_default) {
  probe p;
  bare c;
  body_info body;
  EXPECT_EQ(p.checked(c), errc::success);
  EXPECT_FALSE(p.feed(c, "* 3 EXISTS"));
  EXPECT_FALSE(p.feed(c, "* 1 FETCH (FLAGS ())"));
  EXPECT_FALSE(c.claims(fetch_row()));
  EXPECT_EQ(c.on_body(body), nullptr);
  EXPECT_FALSE(c.wants_section(body));
  const auto answer_now = c.on_continuation("go");
  ASSERT_TRUE(answer_now);
  EXPECT_FALSE(answer_now->has_value());
  EXPECT_FALSE(p.complete(c, "A1 OK done"));
}

TEST(command, states_are_sets) {
  EXPECT_TRUE(states::any.contains(session_state::not_authenticated));
  EXPECT_TRUE(states::authenticated.contains(session_state::selected));
  EXPECT_FALSE(states::selected.contains(session_state::authenticated));
  EXPECT_FALSE(states::any.contains(session_state::logout));
  EXPECT_EQ(to_string(session_state::selected), "selected");
}

}  // namespace
}  // namespace imapxx::test
