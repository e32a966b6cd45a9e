#include <imapxx/model/number_set.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using imapxx::errc;
using imapxx::number_range;
using imapxx::number_set_star;
using imapxx::seq_set;
using imapxx::uid_set;

static_assert(!std::is_convertible_v<seq_set, uid_set> && !std::is_constructible_v<uid_set, seq_set>);
static_assert(std::forward_iterator<uid_set::const_iterator>);

std::vector<std::uint32_t> numbers(const uid_set& s) { return {s.begin(), s.end()}; }

TEST(number_set, is_normalised_however_it_is_built) {
  EXPECT_EQ(uid_set::of(5, 1, 3, 2, 5).to_string(), "1:3,5");
  EXPECT_EQ(uid_set::range(9, 4).to_string(), "4:9");
  EXPECT_EQ(uid_set::range(1, 3).insert(5, 7).insert(4).to_string(), "1:7");
  EXPECT_EQ(uid_set::range(10, 20).insert(1, 5).insert(7).insert(6).to_string(), "1:7,10:20");
  EXPECT_EQ(uid_set::range(10, 20).insert(30, 40).insert(50, 60).insert(15, 55).to_string(), "10:60");
  EXPECT_EQ(uid_set::range(10, 20).insert(30, 40).insert(1, 100).to_string(), "1:100");
  EXPECT_EQ(uid_set::from_numbers(std::vector{7, 3, 4, 9, 8, 3}).to_string(), "3:4,7:9");
  EXPECT_EQ(uid_set::from_ranges({{9, 12}, {1, 2}, {3, 3}, {11, 20}}).to_string(), "1:3,9:20");
  EXPECT_EQ(uid_set(7).to_string(), "7");
  EXPECT_EQ(uid_set().to_string(), "");
}

TEST(number_set, zero_is_refused) {
  const auto refused = [](auto make) {
    try {
      (void)make();
    } catch (const imapxx::error& e) {
      return e.code() == errc::invalid_argument;
    }
    return false;
  };
  EXPECT_TRUE(refused([] { return uid_set(0); }));
  EXPECT_TRUE(refused([] { return uid_set::of(1, 0); }));
  EXPECT_TRUE(refused([] { return uid_set::range(0, 5); }));
  EXPECT_TRUE(refused([] { return uid_set::from_numbers(std::vector{1, 0}); }));
  EXPECT_TRUE(refused([] { return uid_set::from_ranges({{0, 5}}); }));
}

TEST(number_set, star) {
  EXPECT_EQ(uid_set::all().to_string(), "1:*");
  EXPECT_EQ(uid_set::from(5).to_string(), "5:*");
  EXPECT_EQ(uid_set::last().to_string(), "*");
  EXPECT_EQ(uid_set::parse("*:4").to_string(), "4:*");
  EXPECT_EQ(uid_set::parse("2,*").to_string(), "2,*");
  EXPECT_EQ(uid_set::parse("4294967295"), uid_set::last());
  EXPECT_TRUE(uid_set::from(5).has_star());
  EXPECT_FALSE(uid_set::range(5, number_set_star - 1).has_star());
  EXPECT_EQ((uid_set::all() - uid_set::last()).to_string(), "1:4294967294");
  EXPECT_EQ((uid_set::range(1, number_set_star - 1) | uid_set::last()), uid_set::all());
}

TEST(number_set, huge_ranges_cost_nothing) {
  const auto all = uid_set::parse("1:4294967295");
  EXPECT_EQ(all.size(), 4294967295U);
  EXPECT_EQ(all.ranges().size(), 1U);
  EXPECT_TRUE(all.contains(1));
  EXPECT_TRUE(all.contains(number_set_star));
  EXPECT_FALSE(all.contains(0));
  EXPECT_EQ((all - uid_set::range(1000, 4000000000U)).size(), 4294967295U - 3999999001U);
  EXPECT_EQ((all & uid_set::of(3, 5)).to_string(), "3,5");
  auto at = all.begin();
  EXPECT_EQ(*at++, 1U);
  EXPECT_EQ(*at, 2U);
}

TEST(number_set, walks_its_numbers) {
  EXPECT_EQ(numbers(uid_set::parse("7,1:3,5")), (std::vector<std::uint32_t>{1, 2, 3, 5, 7}));
  EXPECT_TRUE(numbers(uid_set()).empty());
  EXPECT_EQ(numbers(uid_set::parse("4294967294:*")), (std::vector<std::uint32_t>{4294967294U, 4294967295U}));
}

TEST(number_set, parse) {
  EXPECT_EQ(uid_set::parse("1").to_string(), "1");
  EXPECT_EQ(uid_set::parse("2,4:7,9,12:*").to_string(),
            "2,4:7,9,12:*");  // RFC 9051 section 9, the example of sequence-set
  EXPECT_EQ(uid_set::parse("10:9,8,1:7").to_string(), "1:10");
  EXPECT_EQ(uid_set::parse("007").to_string(), "7");
}

TEST(number_set, parse_tells_where_it_fails) {
  const std::pair<const char*, std::uint64_t> bad[] = {
      {"", 0},    {"0", 0},   {"a", 0},     {"1,", 2}, {"1,,2", 2},       {",1", 0},
      {"1:", 2},  {":1", 0},  {"1:2:3", 3}, {"1 ", 1}, {" 1", 0},         {"1,0", 2},
      {"-1", 0},  {"+1", 0},  {"1:0", 2},   {"**", 1}, {"4294967296", 0}, {"99999999999999999999", 0},
      {"1;2", 1}, {"0x1", 0}, {"1,2,x", 4},
  };
  for (const auto& [text, at] : bad) {
    const auto r = uid_set::try_parse(text);
    ASSERT_FALSE(r) << text;
    EXPECT_EQ(r.error().code(), errc::unparsed) << text;
    EXPECT_EQ(r.error().offset(), at) << text;
  }
}

TEST(number_set, parse_has_a_limit) {
  EXPECT_TRUE(uid_set::try_parse("1,3,5", 3));
  const auto r = uid_set::try_parse("1,3,5,7", 3);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code(), errc::limit_exceeded);
  EXPECT_EQ(r.error().limit_name(), "set_ranges");
  EXPECT_EQ(r.error().limit_value(), 3U);
}

// Appending must not look at the whole set, and unsorted numbers must not be inserted one by one: quadratic, these
// would take minutes.
TEST(number_set, many_numbers) {
  constexpr std::uint32_t count = 300'000;
  uid_set ascending;
  for (std::uint32_t n = 1; n <= count; ++n) ascending.insert(2 * n);
  EXPECT_EQ(ascending.ranges().size(), count);
  std::vector<std::uint32_t> shuffled(ascending.begin(), ascending.end());
  std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937(2));
  EXPECT_EQ(uid_set::from_numbers(shuffled), ascending);
  std::string text = ascending.to_string();
  EXPECT_EQ(uid_set::parse(text), ascending);
  std::reverse(shuffled.begin(), shuffled.end());
  std::string backwards;
  for (auto n : shuffled) backwards += (backwards.empty() ? "" : ",") + std::to_string(n);
  EXPECT_EQ(uid_set::parse(backwards), ascending);
}

// --- algebra against a plain model

using model = std::set<std::uint32_t>;

class random_sets {
 public:
  std::pair<uid_set, model> next() {
    std::pair<uid_set, model> out;
    for (auto n = rng_() % 6; n > 0; --n) {
      const std::uint32_t first = number();
      const std::uint32_t last = rng_() % 2 == 0 ? first : number();
      out.first.insert(first, last);
      for (auto k = std::min(first, last);; ++k) {
        out.second.insert(k);
        if (k == std::max(first, last)) break;
      }
    }
    return out;
  }
  // Both ends of the numbers, where one more or less would wrap around.
  std::uint32_t number() {
    return high_ ? number_set_star - static_cast<std::uint32_t>(rng_() % 40)
                 : 1 + static_cast<std::uint32_t>(rng_() % 40);
  }
  void use_high_end(bool high) { high_ = high; }

 private:
  std::mt19937 rng_{4711};
  bool high_ = false;
};

void expect_same(const uid_set& s, const model& m) {
  ASSERT_EQ(numbers(s), std::vector<std::uint32_t>(m.begin(), m.end()));
  ASSERT_EQ(s.size(), m.size());
  for (std::size_t i = 1; i < s.ranges().size(); ++i) {
    ASSERT_GT(s.ranges()[i].first, s.ranges()[i - 1].last) << "sorted";
    ASSERT_GT(s.ranges()[i].first - s.ranges()[i - 1].last, 1U) << "merged";
  }
}

TEST(number_set, algebra_agrees_with_std_set) {
  random_sets sets;
  for (int round = 0; round < 6000; ++round) {
    sets.use_high_end(round % 2 == 1);
    const auto [a, ma] = sets.next();
    const auto [b, mb] = sets.next();
    expect_same(a, ma);
    model expected = ma;
    expected.insert(mb.begin(), mb.end());
    expect_same(a | b, expected);
    expected.clear();
    std::set_intersection(ma.begin(), ma.end(), mb.begin(), mb.end(), std::inserter(expected, expected.end()));
    expect_same(a & b, expected);
    expected.clear();
    std::set_difference(ma.begin(), ma.end(), mb.begin(), mb.end(), std::inserter(expected, expected.end()));
    expect_same(a - b, expected);
    const auto n = sets.number();
    ASSERT_EQ(a.contains(n), ma.contains(n));
    auto c = a;
    expected = ma;
    expected.erase(n);
    expect_same(c.erase(n), expected);
    if (!a.empty()) {
      ASSERT_EQ(uid_set::parse(a.to_string()), a);
    }
    ASSERT_EQ(uid_set::from_numbers(numbers(a)), a);
  }
}

}  // namespace
