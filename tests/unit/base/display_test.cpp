#include <imapxx/display.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace {

using imapxx::escape_for_display;
using namespace std::string_literals;

TEST(display, harmless_text_stays) {
  for (auto text : {"", "Hello, \"world\" \\Seen", "Gr\u00FC\u00DFe \u65E5\u672C\u8A9E \U0001F600",
                    "\u00A0\u061B\u2027\u202F\u2065\u206A"}) {
    EXPECT_EQ(escape_for_display(text), text);
  }
}

TEST(display, dangerous_text_becomes_visible) {
  const std::pair<std::string, std::string> cases[] = {
      {"a\nb\rc\td", "a\\nb\\rc\\td"},
      {"\x1b[2J", "\\x1b[2J"},
      {"\0\x07\x7F"s, "\\x00\\x07\\x7f"},
      {"\u0080\u009B31m\u009F", "\\u{80}\\u{9b}31m\\u{9f}"},
      {"\u061C\u200E\u200F", "\\u{61c}\\u{200e}\\u{200f}"},
      {"\u2028\u2029\u202A\u202E", "\\u{2028}\\u{2029}\\u{202a}\\u{202e}"},
      {"\u2066\u2069", "\\u{2066}\\u{2069}"},
      {"\x9B", "\\x9b"},
      {"\xC3(", "\\xc3("},
      {"\xED\xA0\x80", "\\xed\\xa0\\x80"},
  };
  for (const auto& [text, shown] : cases) EXPECT_EQ(escape_for_display(text), shown);
}

TEST(display, no_octet_leaves_a_control_in_the_output) {
  for (int i = 0; i < 256; ++i) {
    for (char c : escape_for_display(std::string(1, static_cast<char>(i)))) EXPECT_TRUE(c >= 0x20 && c < 0x7F) << i;
  }
}

}  // namespace
