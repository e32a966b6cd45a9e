#include "base/leniency.hpp"

#include <gtest/gtest.h>

namespace imapxx::base {
namespace {

std::uint64_t count(quirk q) { return tolerated(static_cast<std::size_t>(q)); }

TEST(leniency, what_an_attempt_counts_is_kept_or_taken_back) {
  forget_tolerated();
  tolerate(quirk::g02);
  {
    tentative_leniency given_up;
    tolerate(quirk::g02);
    tolerate(quirk::g03);
    EXPECT_EQ(count(quirk::g02), 2U);
  }
  EXPECT_EQ(count(quirk::g02), 1U);
  EXPECT_EQ(count(quirk::g03), 0U);
  {
    tentative_leniency kept;
    tolerate(quirk::g03);
    kept.keep();
  }
  EXPECT_EQ(count(quirk::g03), 1U);
}

TEST(leniency, attempts_within_attempts) {
  forget_tolerated();
  {
    tentative_leniency outer;
    tolerate(quirk::g02);
    {
      tentative_leniency inner;
      tolerate(quirk::g02);
      tolerate(quirk::g04);
    }
    EXPECT_EQ(count(quirk::g02), 1U);
    EXPECT_EQ(count(quirk::g04), 0U);
    {
      tentative_leniency inner;
      tolerate(quirk::g04);
      inner.keep();
    }
    EXPECT_EQ(count(quirk::g04), 1U);
  }
  EXPECT_EQ(count(quirk::g02), 0U);
  EXPECT_EQ(count(quirk::g04), 0U);
  // The outer one has seen nothing when the inner one begins.
  {
    tentative_leniency outer;
    {
      tentative_leniency inner;
      tolerate(quirk::g05);
      inner.keep();
    }
  }
  EXPECT_EQ(count(quirk::g05), 0U);
}

}  // namespace
}  // namespace imapxx::base
