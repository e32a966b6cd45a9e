#include "base/fifo.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <random>

namespace imapxx::base {
namespace {

TEST(fifo, does_what_a_deque_does) {
  std::mt19937 chance(5);
  fifo<std::unique_ptr<int>> ours;
  std::deque<int> theirs;
  for (int i = 0; i < 20'000; ++i) {
    const auto what = chance() % 8;
    if (what < 4 || theirs.empty()) {
      ours.push_back(std::make_unique<int>(i));
      theirs.push_back(i);
    } else if (what < 6) {
      ours.pop_front();
      theirs.pop_front();
    } else {
      const auto at = static_cast<std::ptrdiff_t>(chance() % theirs.size());
      ours.erase(ours.begin() + at);
      theirs.erase(theirs.begin() + at);
    }
    if (chance() % 50 == 0) ours.release();
    if (chance() % 500 == 0) {
      ours.clear();
      theirs.clear();
    }
    ASSERT_EQ(ours.empty(), theirs.empty());
    ASSERT_EQ(ours.size(), theirs.size());
    ASSERT_TRUE(std::equal(ours.begin(), ours.end(), theirs.begin(), theirs.end(),
                           [](const auto& a, int b) { return a && *a == b; }));
    if (!theirs.empty()) {
      ASSERT_EQ(*ours.front(), theirs.front());
      ASSERT_EQ(*ours.back(), theirs.back());
      ASSERT_EQ(*ours[theirs.size() - 1], theirs.back());
    }
  }
}

TEST(fifo, lets_go_of_an_element_at_once) {
  fifo<std::shared_ptr<int>> f;
  auto one = std::make_shared<int>(1);
  f.push_back(one);
  f.push_back(one);
  EXPECT_EQ(one.use_count(), 3);
  f.pop_front();
  EXPECT_EQ(one.use_count(), 2);
}

}  // namespace
}  // namespace imapxx::base
