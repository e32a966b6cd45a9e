#include "codec/search_in_pieces.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>

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
    EXPECT_EQ(s.release().release(),
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

// Long texts are read many numbers at a time, and the same as a few octets at a time.
TEST(search_in_pieces, whatever_stands_in_a_long_text_is_read_as_in_a_short_one) {
  std::string line = "* SEARCH 7 8 9";
  for (unsigned n = 2; line.size() < 400; ++n) line += " " + std::to_string(n * n * n * n * n);
  line += "\r\n";
  const auto read = [](std::string_view text, std::size_t visible) {
    search_in_pieces s;
    std::size_t taken = 0;
    for (std::size_t seen = visible;; seen += visible) {
      const auto step = s.take(text.substr(taken, std::min(seen, text.size()) - taken), any_length);
      taken += step.octets;
      if (step.now != state::more || seen >= text.size())
        return std::tuple{step.now, taken, written_again(s), s.release().to_string()};
    }
  };
  EXPECT_EQ(std::get<state>(read(line, line.size())), state::complete);
  for (std::size_t at = 9; at < line.size() - 2; ++at) {
    for (const char other : {' ', '0', '9', '\r', '\n', 'x', '(', '\0', '\x8a'}) {
      auto text = line;
      text[at] = other;
      EXPECT_EQ(read(text, text.size()), read(text, 16)) << text;
    }
  }
}

// 4,294,967,295 messages would be 32 GiB of ranges.
TEST(search_in_pieces, what_may_come_is_believed_as_far_as_it_does_come) {
  constexpr std::size_t numbers = 5000;
  std::string line = "* SEARCH";
  for (std::size_t n = 1; n <= numbers; ++n) line += " " + std::to_string(2 * n);
  line += "\r\n";
  for (const std::size_t expected : {std::size_t{0}, std::size_t{6000}, std::size_t{0xFFFFFFFFU}}) {
    search_in_pieces s;
    s.expect(expected);
    EXPECT_EQ(s.take(line, any_length).now, state::complete);
    const auto ranges = s.release().release();
    ASSERT_EQ(ranges.size(), numbers);
    EXPECT_EQ(ranges.back(), number_range(2 * numbers, 2 * numbers));
    EXPECT_LE(ranges.capacity() * sizeof(number_range), std::size_t{2} << 20U) << expected;
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
