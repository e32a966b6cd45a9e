#include <imapxx/commands/fetch_results.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace imapxx::test {
namespace {

constexpr std::uint32_t uid_bit = 1, flags_bit = 2, size_bit = 4;

TEST(fetch_results, keeps_rows_in_order) {
  fetch_results r;
  r.expect(uid_bit | flags_bit, true, 64);
  EXPECT_TRUE(r.add(1, 10, "(UID 10 FLAGS (\\Seen))", 3));
  EXPECT_TRUE(r.add(2, 20, "(UID 20 FLAGS ())", 3));
  r.finish();
  ASSERT_EQ(r.size(), 2U);
  EXPECT_EQ(r[0].uid(), 10U);
  EXPECT_TRUE(r[0].has_flag("\\Seen"));
  EXPECT_EQ(r[1].seq(), 2U);
  std::uint32_t sum = 0;
  for (const auto& row : r) sum += row.uid().value_or(0);
  EXPECT_EQ(sum, 30U);
}

TEST(fetch_results, views_survive_a_move) {
  fetch_results r;
  r.expect(uid_bit, true, 64);
  r.add(1, 10, "(UID 10 FLAGS (\\Seen))", 1);
  const auto row = r[0];
  const fetch_results moved = std::move(r);
  EXPECT_TRUE(row.has_flag("\\Seen"));
  EXPECT_EQ(row.text().data(), moved.text(0).data());
}

TEST(fetch_results, moved_from_object_owns_nothing) {
  fetch_results r;
  r.expect(uid_bit, true, 64);
  r.add(1, 10, "(UID 10)", 1);
  const fetch_results moved = std::move(r);
  r.add(2, 20, "(UID 20)", 1);  // NOLINT(bugprone-use-after-move): that is the point
  r.add(3, 30, "(UID 30)", 1);
  EXPECT_EQ(moved.text(0), "(UID 10)");
  EXPECT_EQ(r.text(0), "(UID 20)");
  EXPECT_NE(r.text(0).data(), moved.text(0).data() + moved.text(0).size());
}

TEST(fetch_results, finds_uids_in_any_order) {
  for (const bool ascending : {true, false}) {
    fetch_results r;
    r.expect(uid_bit, true, 64);
    for (std::uint32_t i = 0; i < 1000; ++i) {
      const auto uid = ascending ? 2 * i + 2 : 2000 - 2 * i;
      r.add(i + 1, uid, "(UID " + std::to_string(uid) + ")", 1);
    }
    r.finish();
    EXPECT_EQ(r.find_uid(2)->uid(), 2U);
    EXPECT_EQ(r.find_uid(2000)->uid(), 2000U);
    EXPECT_EQ(r.find_uid(1234)->uid(), 1234U);
    EXPECT_FALSE(r.find_uid(1235));
    EXPECT_FALSE(r.find_uid(0));
    EXPECT_FALSE(r.find_uid(4000));
  }
}

TEST(fetch_results, pieces_become_one_row) {  // quirk F-07
  fetch_results r;
  r.expect(uid_bit | flags_bit | size_bit, true, 64);
  EXPECT_TRUE(r.add(1, 10, "(UID 10 FLAGS ())", uid_bit | flags_bit));
  EXPECT_TRUE(r.has_incomplete(1));
  EXPECT_TRUE(r.add(2, 20, "(UID 20 FLAGS ())", uid_bit | flags_bit));
  EXPECT_TRUE(r.add(2, 20, "(UID 20 RFC822.SIZE 200)", uid_bit | size_bit));
  EXPECT_TRUE(r.add(1, 10, "(UID 10 RFC822.SIZE 100)", uid_bit | size_bit));
  EXPECT_FALSE(r.has_incomplete(1));
  r.finish();
  ASSERT_EQ(r.size(), 2U);
  EXPECT_EQ(r[0].rfc822_size(), 100U);
  EXPECT_EQ(r[1].rfc822_size(), 200U);
  EXPECT_TRUE(r[0].flags());
  EXPECT_TRUE(r[0].unparsed().empty());
}

TEST(fetch_results, the_uid_may_come_with_a_later_piece) {
  fetch_results r;
  r.expect(uid_bit | flags_bit, false, 64);
  EXPECT_TRUE(r.add(1, 0, "(FLAGS (\\Seen))", flags_bit));
  EXPECT_TRUE(r.add(1, 10, "(UID 10)", uid_bit));
  r.finish();
  ASSERT_EQ(r.size(), 1U);
  EXPECT_TRUE(r.find_uid(10));
  EXPECT_EQ(r.uid(0), 10U);
}

TEST(fetch_results, a_complete_row_is_closed_or_replaced) {
  fetch_results r;
  r.expect(uid_bit | flags_bit | size_bit, true, 64);
  EXPECT_TRUE(r.add(1, 10, "(UID 10 FLAGS () RFC822.SIZE 5)", 7));
  EXPECT_FALSE(r.add(1, 10, "(UID 10 FLAGS (\\Seen))", 3));
  EXPECT_FALSE(r[0].has_flag("\\Seen"));
  EXPECT_TRUE(
      r.add(1, 10, "(UID 10 FLAGS (\\Flagged \\Answered) RFC822.SIZE 5)", 7));  // quirk F-08: comes twice, newest wins
  EXPECT_EQ(r.size(), 1U);
  EXPECT_TRUE(r[0].has_flag("\\Answered"));
  EXPECT_TRUE(r.add(1, 10, "(UID 10 FLAGS () RFC822.SIZE 5)", 7));
  EXPECT_TRUE(r[0].flags()->empty());
}

TEST(fetch_results, big_rows_beside_small_ones) {
  fetch_results r;
  r.expect(uid_bit, true, 64);
  const std::string big(200'000, 'x');
  for (std::uint32_t i = 1; i <= 50; ++i) {
    r.add(i, i, "(UID " + std::to_string(i) + ")", 1);
    if (i % 10 == 0) r.add(i + 100, i + 100, "(UID " + std::to_string(i + 100) + " X-BIG " + big + ")", 1);
  }
  r.finish();
  EXPECT_EQ(r.size(), 55U);
  for (std::size_t i = 0; i < r.size(); ++i) EXPECT_EQ(r[i].uid(), r.uid(i));
}

// Seconds for `n` pieces of one message.
double time_pieces(std::uint32_t n) {
  fetch_results r;
  r.expect(0xFFFFFFFFU, true, 64);
  const auto start = std::chrono::steady_clock::now();
  for (std::uint32_t i = 0; i < n; ++i) r.add(1, 7, "(X-PIECE 1234567890)", 1);
  EXPECT_EQ(r.size(), 1U);
  EXPECT_EQ(r.text(0).size(), std::size_t{20} * n - (n - 1));
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST(fetch_results, many_pieces_cost_linear_time_and_memory) {  // threat 28
  time_pieces(1000);
  EXPECT_LT(time_pieces(400'000), 2.0);  // quadratic copying would move 1.6 TB
  fetch_results r;
  r.expect(0xFFFFFFFFU, true, 64);
  for (std::uint32_t i = 0; i < 100'000; ++i) r.add(1, 7, "(X-PIECE 1234567890)", 1);
  EXPECT_LT(r.octets(), std::uint64_t{8} * 100'000 * 20);
}

TEST(fetch_results, rows_in_descending_order_with_pieces) {  // quirk F-08
  fetch_results r;
  r.expect(uid_bit | flags_bit, true, 64);
  for (std::uint32_t uid = 1000; uid >= 1; --uid) r.add(uid, uid, "(UID " + std::to_string(uid) + ")", uid_bit);
  for (std::uint32_t uid = 1000; uid >= 1; --uid) {
    EXPECT_TRUE(r.add(uid, uid, "(FLAGS (\\Seen) UID " + std::to_string(uid) + ")", uid_bit | flags_bit));
  }
  r.finish();
  EXPECT_EQ(r.size(), 1000U);
  EXPECT_TRUE(r.find_uid(500)->has_flag("\\Seen"));
}

TEST(fetch_results, clear_keeps_what_is_expected) {
  fetch_results r;
  r.expect(uid_bit | flags_bit, true, 64);
  r.add(1, 10, "(UID 10)", uid_bit);
  r.clear();
  EXPECT_TRUE(r.empty());
  EXPECT_EQ(r.octets(), 0U);
  EXPECT_TRUE(r.add(1, 10, "(UID 10)", uid_bit));
  EXPECT_TRUE(r.has_incomplete(1));
}

TEST(fetch_results, rows_stand_in_blocks_of_growing_size) {
  fetch_results r;
  r.expect(uid_bit, true, 64);
  constexpr std::uint32_t many = 140'000;
  for (std::uint32_t uid = 1; uid <= many; ++uid) r.add(uid, 2 * uid, "(UID " + std::to_string(2 * uid) + ")", uid_bit);
  r.finish();
  const fetch_results copy = r;
  ASSERT_EQ(copy.size(), many);
  for (std::uint32_t i = 0; i < many; ++i) {
    ASSERT_EQ(r.uid(i), 2 * (i + 1));
    ASSERT_EQ(copy.seq(i), i + 1);
    ASSERT_EQ(copy.text(i), r.text(i));
  }
  EXPECT_EQ(copy.find_uid(2 * many)->seq(), many);
}

}  // namespace
}  // namespace imapxx::test
