#include <imapxx/commands/fetch_results.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace imapxx::test {
namespace {

constexpr std::uint32_t uid_bit = 1, flags_bit = 2, size_bit = 4;

// A view of `text`, which is a literal or lives as long as the call.
fetch_row cut(std::uint32_t seq, std::string_view text) {
  fetch_row row;
  row.assign(seq, text);
  return row;
}

TEST(fetch_results, keeps_rows_in_order) {
  fetch_results r;
  r.expect(uid_bit | flags_bit, true, 64);
  EXPECT_TRUE(r.add(cut(1, "(UID 10 FLAGS (\\Seen))"), 3));
  EXPECT_TRUE(r.add(cut(2, "(UID 20 FLAGS ())"), 3));
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
  r.add(cut(1, "(UID 10 FLAGS (\\Seen))"), 1);
  const auto row = r[0];
  const fetch_results moved = std::move(r);
  EXPECT_TRUE(row.has_flag("\\Seen"));
  EXPECT_EQ(row.text().data(), moved.text(0).data());
}

TEST(fetch_results, moved_from_object_owns_nothing) {
  fetch_results r;
  r.expect(uid_bit, true, 64);
  r.add(cut(1, "(UID 10)"), 1);
  const fetch_results moved = std::move(r);
  r.add(cut(2, "(UID 20)"), 1);  // NOLINT(bugprone-use-after-move): that is the point
  r.add(cut(3, "(UID 30)"), 1);
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
      r.add(cut(i + 1, "(UID " + std::to_string(uid) + ")"), 1);
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
  EXPECT_TRUE(r.add(cut(1, "(UID 10 FLAGS ())"), uid_bit | flags_bit));
  EXPECT_TRUE(r.has_incomplete(1));
  EXPECT_TRUE(r.add(cut(2, "(UID 20 FLAGS ())"), uid_bit | flags_bit));
  EXPECT_TRUE(r.add(cut(2, "(UID 20 RFC822.SIZE 200)"), uid_bit | size_bit));
  EXPECT_TRUE(r.add(cut(1, "(UID 10 RFC822.SIZE 100)"), uid_bit | size_bit));
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
  EXPECT_TRUE(r.add(cut(1, "(FLAGS (\\Seen))"), flags_bit));
  EXPECT_TRUE(r.add(cut(1, "(UID 10)"), uid_bit));
  r.finish();
  ASSERT_EQ(r.size(), 1U);
  EXPECT_TRUE(r.find_uid(10));
  EXPECT_EQ(r.uid(0), 10U);
}

TEST(fetch_results, a_complete_row_is_closed_or_replaced) {
  fetch_results r;
  r.expect(uid_bit | flags_bit | size_bit, true, 64);
  EXPECT_TRUE(r.add(cut(1, "(UID 10 FLAGS () RFC822.SIZE 5)"), 7));
  EXPECT_FALSE(r.add(cut(1, "(UID 10 FLAGS (\\Seen))"), 3));
  EXPECT_FALSE(r[0].has_flag("\\Seen"));
  EXPECT_TRUE(
      r.add(cut(1, "(UID 10 FLAGS (\\Flagged \\Answered) RFC822.SIZE 5)"), 7));  // quirk F-08: comes twice, newest wins
  EXPECT_EQ(r.size(), 1U);
  EXPECT_TRUE(r[0].has_flag("\\Answered"));
  EXPECT_TRUE(r.add(cut(1, "(UID 10 FLAGS () RFC822.SIZE 5)"), 7));
  EXPECT_TRUE(r[0].flags()->empty());
}

TEST(fetch_results, big_rows_beside_small_ones) {
  fetch_results r;
  r.expect(uid_bit, true, 64);
  const std::string big(200'000, 'x');
  for (std::uint32_t i = 1; i <= 50; ++i) {
    r.add(cut(i, "(UID " + std::to_string(i) + ")"), 1);
    if (i % 10 == 0) r.add(cut(i + 100, "(UID " + std::to_string(i + 100) + " X-BIG " + big + ")"), 1);
  }
  r.finish();
  EXPECT_EQ(r.size(), 55U);
  for (std::size_t i = 0; i < r.size(); ++i) EXPECT_EQ(r[i].uid(), r.uid(i));
}

TEST(fetch_results, many_pieces_of_one_message_cost_linear_memory) {  // threat 28
  fetch_results r;
  r.expect(0xFFFFFFFFU, true, 64);
  constexpr std::uint32_t pieces = 100'000;
  for (std::uint32_t i = 0; i < pieces; ++i) r.add(cut(1, "(X-PIECE 1234567890)"), 1);
  EXPECT_EQ(r.size(), 1U);
  EXPECT_EQ(r.text(0).size(), std::size_t{20} * pieces - (pieces - 1));
  EXPECT_LT(r.octets(), std::uint64_t{8} * pieces * 20);
}

// Names and values are where the row said they are, whether it is plain, has a literal or was put together from pieces.
TEST(fetch_results, rows_are_what_was_added) {
  using namespace std::string_view_literals;
  const auto long_value = "(UID 15 X-LONG " + std::string(70'000, 'x') + " FLAGS ())";
  const auto long_name = "(UID 16 X-" + std::string(300, 'N') + " 5 FLAGS ())";
  const std::vector<std::string_view> texts = {
      long_value,
      long_name,
      "(UID 10 FLAGS (\\Seen $Work) RFC822.SIZE 44)"sv,
      "(UID 11 ENVELOPE (NIL \"a \\\"b\\\" c\" NIL NIL NIL NIL NIL NIL NIL NIL) X-NEW (1 (2)))"sv,
      "(UID 12 BODY[HEADER.FIELDS (\"From\" To)]<0> {4}\r\na)(b BODY[] NIL BINARY.SIZE[1] 5)"sv,
      "( UID 13  FLAGS () )"sv,
      "(UID 14 FLAGS (\\Seen"sv,
      "(FLAGS ())"sv};
  fetch_results r;
  r.expect(0x7FFFFFFFU, true, 64);
  for (std::uint32_t seq = 1; const auto text : texts) r.add(cut(seq++, text), 1);
  r.finish();
  const fetch_results copy = r;
  ASSERT_EQ(r.size(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (const auto& got : {r[i], copy[i]}) {
      const auto wanted = cut(static_cast<std::uint32_t>(i + 1), texts[i]);
      EXPECT_EQ(got.text(), texts[i]);
      EXPECT_EQ(got.seq(), i + 1);
      EXPECT_EQ(got.uid(), wanted.uid());
      EXPECT_EQ(got.kinds(), wanted.kinds());
      ASSERT_EQ(got.items().size(), wanted.items().size()) << texts[i];
      for (std::size_t n = 0; n < got.items().size(); ++n) {
        EXPECT_EQ(got.items()[n].kind, wanted.items()[n].kind);
        EXPECT_EQ(got.items()[n].malformed, wanted.items()[n].malformed);
        EXPECT_EQ(got.items()[n].name, wanted.items()[n].name);
        EXPECT_EQ(got.items()[n].value, wanted.items()[n].value);
      }
      EXPECT_EQ(got.to_data().unparsed.size(), wanted.to_data().unparsed.size());
    }
  }
}

TEST(fetch_results, rows_in_descending_order_with_pieces) {  // quirk F-08
  fetch_results r;
  r.expect(uid_bit | flags_bit, true, 64);
  for (std::uint32_t uid = 1000; uid >= 1; --uid) r.add(cut(uid, "(UID " + std::to_string(uid) + ")"), uid_bit);
  for (std::uint32_t uid = 1000; uid >= 1; --uid) {
    EXPECT_TRUE(r.add(cut(uid, "(FLAGS (\\Seen) UID " + std::to_string(uid) + ")"), uid_bit | flags_bit));
  }
  r.finish();
  EXPECT_EQ(r.size(), 1000U);
  EXPECT_TRUE(r.find_uid(500)->has_flag("\\Seen"));
}

TEST(fetch_results, clear_keeps_what_is_expected) {
  fetch_results r;
  r.expect(uid_bit | flags_bit, true, 64);
  r.add(cut(1, "(UID 10)"), uid_bit);
  r.clear();
  EXPECT_TRUE(r.empty());
  EXPECT_EQ(r.octets(), 0U);
  EXPECT_TRUE(r.add(cut(1, "(UID 10)"), uid_bit));
  EXPECT_TRUE(r.has_incomplete(1));
}

TEST(fetch_results, rows_stand_in_blocks_of_growing_size) {
  fetch_results r;
  r.expect(uid_bit, true, 64);
  constexpr std::uint32_t many = 140'000;
  for (std::uint32_t uid = 1; uid <= many; ++uid) r.add(cut(uid, "(UID " + std::to_string(2 * uid) + ")"), uid_bit);
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
