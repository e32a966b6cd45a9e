#include "codec/search_in_pieces.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <string_view>

namespace {

using imapxx::number_range;
using imapxx::codec::search_in_pieces;
using state = search_in_pieces::state;

constexpr std::uint64_t any_length = std::numeric_limits<std::uint64_t>::max();

std::string written_again(const search_in_pieces& s) {
  std::string out(static_cast<std::size_t>(s.octets()), '?');
  s.write(out);
  return out;
}

TEST(search_in_pieces, begins_with_its_name_and_a_space_and_does_not_end) {
  for (const auto* yes : {"* SEARCH ", "* SEARCH 1", "* SEARCH 1 2\r", "* SEARCH (MODSEQ 1)"})
    EXPECT_TRUE(search_in_pieces::begins(yes)) << yes;
  for (const auto* no : {"", "*", "* SEARCH", "* SEARCH\r", "* search 1", "* SEARCHES 1", "* SEARCH 1\r\n", "* SORT 1"})
    EXPECT_FALSE(search_in_pieces::begins(no)) << no;
}

TEST(search_in_pieces, what_was_taken_can_be_written_again) {
  constexpr std::string_view line = "* SEARCH 2 3 4 7 12345678 123456789 4294967294 4294967295\r\n";
  for (std::size_t cut = 9; cut < line.size() - 1; ++cut) {
    search_in_pieces s;
    const auto first = s.take(line.substr(0, cut), any_length);
    ASSERT_EQ(first.now, state::more) << cut;
    EXPECT_EQ(written_again(s), line.substr(0, first.octets));
    const auto rest = s.take(line.substr(first.octets), any_length);
    EXPECT_EQ(rest.now, state::complete);
    EXPECT_EQ(first.octets + rest.octets, line.size());
    EXPECT_EQ(written_again(s), line.substr(0, line.size() - 2));
    EXPECT_EQ(s.release(),
              (std::vector<number_range>{
                  {2, 4}, {7, 7}, {12345678, 12345678}, {123456789, 123456789}, {4294967294, 4294967295}}));
  }
}

TEST(search_in_pieces, anything_else_is_for_somebody_else) {
  for (const auto* line : {"* SEARCH 1 1 9 10 11 12 13", "* SEARCH 5 4\r\n", "* SEARCH 5 04 6 7 8 9 10 11",
                           "* SEARCH 5\n", "* SEARCH 5\r\r\n", "* SEARCH 5 \r\n", "* SEARCH 5 4294967296 7",
                           "* SEARCH 5 (MODSEQ 12345)", "* SEARCH \r\n"}) {
    search_in_pieces s;
    const std::string_view text = line;
    const auto step = s.take(text, any_length);
    EXPECT_EQ(step.now, state::other) << line;
    EXPECT_EQ(written_again(s), text.substr(0, step.octets));
  }
}

TEST(search_in_pieces, a_response_that_is_too_long_is_for_somebody_else) {
  constexpr std::string_view line = "* SEARCH 12 34 56\r\n";
  search_in_pieces fits;
  EXPECT_EQ(fits.take(line, 17).now, state::complete);
  search_in_pieces too_long;
  EXPECT_EQ(too_long.take(line, 16).now, state::other);
  search_in_pieces unfinished;
  EXPECT_EQ(unfinished.take("* SEARCH 12 34 56", 16).now, state::other);
}

}  // namespace
