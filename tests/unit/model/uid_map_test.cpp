#include <imapxx/model/uid_map.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <random>
#include <type_traits>
#include <vector>

namespace {

using imapxx::uid_map;
using imapxx::uid_set;
using uids = std::vector<std::uint32_t>;

static_assert(std::forward_iterator<uid_map::const_iterator>);
static_assert(!std::is_aggregate_v<uid_map>);

uids all(const uid_map& m) { return {m.begin(), m.end()}; }

uid_map of(const uids& list) {
  uid_map m;
  m.assign_unknown(static_cast<std::uint32_t>(list.size()));
  for (std::size_t i = 0; i < list.size(); ++i) m.set(i, list[i]);
  return m;
}

TEST(uid_map, knows_nothing_at_first) {
  uid_map m;
  EXPECT_TRUE(m.empty());
  EXPECT_EQ(m[0], 0U);
  m.grow(3);
  EXPECT_EQ(all(m), (uids{0, 0, 0}));
  EXPECT_EQ(m.runs(), 1U);
  EXPECT_FALSE(m.find(0));
  m.grow(2);
  EXPECT_EQ(m.size(), 3U);
}

TEST(uid_map, consecutive_uids_are_one_run_in_whatever_order_they_come) {
  uid_map m;
  m.assign_unknown(100'000);
  for (std::uint32_t i = 0; i < 100'000; ++i) m.set(i, 500 + i);
  EXPECT_EQ(m.runs(), 1U);
  m.assign_unknown(1000);
  for (std::uint32_t i = 1000; i-- > 0;) m.set(i, 7 + i);
  EXPECT_EQ(m.runs(), 1U);
  EXPECT_EQ(m[999], 1006U);
  m.assign_unknown(1000);
  for (std::uint32_t i = 0; i < 1000; i += 2) m.set(i, 7 + i);
  for (std::uint32_t i = 1; i < 1000; i += 2) m.set(i, 7 + i);
  // Runs of different blocks stay apart.
  EXPECT_LE(m.runs(), 20U);
}

TEST(uid_map, finds_the_message_of_a_uid) {
  const auto m = of({11, 12, 0, 40, 41, 90});
  EXPECT_EQ(m.find(11), 1U);
  EXPECT_EQ(m.find(41), 5U);
  EXPECT_EQ(m.find(90), 6U);
  EXPECT_FALSE(m.find(13));
  EXPECT_FALSE(m.find(0));
  EXPECT_EQ(m[3], 40U);
  EXPECT_EQ(m[6], 0U);
}

TEST(uid_map, messages_move_up_when_one_goes) {
  auto m = of({11, 12, 13, 0, 20});
  m.erase(1);
  EXPECT_EQ(all(m), (uids{11, 13, 0, 20}));
  m.erase(0);
  m.erase(1);
  EXPECT_EQ(all(m), (uids{13, 20}));
  m.erase(5);
  EXPECT_EQ(m.size(), 2U);
  m.erase(0);
  m.erase(0);
  EXPECT_TRUE(m.empty());
  EXPECT_EQ(m.begin(), m.end());
}

TEST(uid_map, vanished_uids_are_taken_out_together) {
  auto m = of({11, 12, 13, 14, 0, 20, 21});
  m.erase(uid_set::parse("1:11,13,21:*"));
  EXPECT_EQ(all(m), (uids{12, 14, 0, 20}));
  m.erase(uid_set::range(1, 4294967295U));
  EXPECT_EQ(all(m), (uids{0}));
}

TEST(uid_map, the_largest_uid_is_a_uid) {
  auto m = of({4294967294U, 4294967295U, 1});
  EXPECT_EQ(all(m), (uids{4294967294U, 4294967295U, 1}));
  m.erase(uid_set(4294967295U));
  EXPECT_EQ(all(m), (uids{4294967294U, 1}));
}

// Against the plain list that it stands for.
TEST(uid_map, does_what_a_list_does) {
  std::mt19937 random(20260101);
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  uid_map m;
  uids list;
  for (int step = 0; step < 20'000; ++step) {
    const auto what = below(20);
    if (what < 4) {
      list.resize(list.size() + below(30));
      m.grow(static_cast<std::uint32_t>(list.size()));
    } else if (what < 16 && !list.empty()) {
      const auto i = below(list.size());
      list[i] = static_cast<std::uint32_t>(below(3) == 0 ? below(5000) : i * 3 / 2 + 1);
      m.set(i, list[i]);
    } else if (what < 19 && !list.empty()) {
      const auto i = below(list.size());
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
      m.erase(i);
    } else {
      const auto first = static_cast<std::uint32_t>(below(4000) + 1);
      const auto gone = uid_set::range(first, first + static_cast<std::uint32_t>(below(20)));
      std::erase_if(list, [&](std::uint32_t u) { return u != 0 && gone.contains(u); });
      m.erase(gone);
    }
    ASSERT_EQ(m.size(), list.size());
    if (step % 50 == 0) {
      ASSERT_EQ(all(m), list) << step;
    }
    if (!list.empty()) {
      const auto i = below(list.size());
      ASSERT_EQ(m[i], list[i]) << step;
    }
  }
}

}  // namespace
