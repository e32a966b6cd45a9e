#include "codec/cut_on_line.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace imapxx {
namespace {

// Where the list at the start of a text ends, octet by octet; nullopt where `end_of_list_on_line` must not know.
std::optional<std::size_t> end_of_list(std::string_view text, std::size_t max_nesting) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at != text.size(); ++at) {
    const char c = text[at];
    if (c == '\r' || c == '\n') return std::nullopt;
    if (in_string) {
      if (c == '\\') {
        if (++at == text.size() || text[at] == '\r' || text[at] == '\n') return std::nullopt;
      } else {
        in_string = c != '"';
      }
      continue;
    }
    in_string = c == '"';
    if (c == '{') return std::nullopt;
    if (c == '(' && ++depth > max_nesting) return std::nullopt;
    if (c == ')' && --depth == 0) return at + 1;
  }
  return std::nullopt;
}

std::optional<std::size_t> found(std::string_view text, std::size_t max_nesting = 64) {
  const char* const at = codec::end_of_list_on_line(text.data(), text.data() + text.size(), max_nesting);
  if (at == nullptr) return std::nullopt;
  return static_cast<std::size_t>(at - text.data());
}

TEST(cut_on_line, a_list_ends_where_its_parentheses_and_quotes_say) {
  const std::string_view pieces[] = {"(",        ")",   ") ",    "\"", " \"a\"", "\"()\"",       "\"\\\"\"",
                                     "NIL",      " x",  "\"{\"", "((", "\\Seen", "\"abcdefgh\"", "))",
                                     "\"\\\\\"", "{1}", "\r",    "\\"};
  // The last ones seldom, so that many texts are lists.
  std::discrete_distribution<std::size_t> which({5, 5, 3, 1, 9, 9, 2, 3, 3, 2, 3, 1, 9, 2, 2, 0.2, 0.1, 0.1});
  std::mt19937 random(11);
  int lists = 0;
  for (int run = 0; run != 20'000; ++run) {
    std::string text = "(";
    const auto most = random() % 70;
    for (std::size_t n = 0; n != most; ++n) text += pieces[which(random)];
    const std::size_t nesting = run % 3 == 0 ? 3 : 64;
    const auto expected = end_of_list(text, nesting);
    lists += expected && *expected > 64 ? 1 : 0;
    ASSERT_EQ(found(text, nesting), expected) << text;
  }
  EXPECT_GT(lists, 500);
}

TEST(cut_on_line, a_list_of_every_length_wherever_the_octets_end) {
  for (std::size_t size = 0; size != 200; ++size) {
    const auto list = "(\"" + std::string(size, '(') + "\" ())";
    for (const std::string_view behind : {"", ")", ")\r\n", " \"((((((", "\\"}) {
      const auto text = list + std::string(behind);
      EXPECT_EQ(found(text), list.size()) << text;
    }
    EXPECT_EQ(found(list.substr(0, list.size() - 1)), std::nullopt) << list;
    EXPECT_EQ(found(list, 1), std::nullopt) << list;
    EXPECT_EQ(found(list, 2), list.size()) << list;
  }
}

TEST(cut_on_line, a_quote_behind_a_backslash_at_every_place) {
  for (std::size_t at = 0; at != 130; ++at) {
    const auto list = "((\"" + std::string(at, 'a') + "\\\")\" b) \"" + std::string(130 - at, 'c') + "\")";
    EXPECT_EQ(found(list + " UID"), list.size()) << list;
  }
}

}  // namespace
}  // namespace imapxx
