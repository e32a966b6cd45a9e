#include "display.hpp"

#include <gtest/gtest.h>

using namespace imapxx::cli;

namespace {

TEST(display, lines_and_tabs_stay) { EXPECT_EQ(escape_lines("a\tb\r\nc\n"), "a\tb\nc\n"); }

TEST(display, nothing_dangerous_passes) {
  const auto shown = escape_lines("\x1b]0;title\x07 \xc2\x9b\x31m \xe2\x80\xae \x7f \xff a\rb");
  for (const char c : shown) {
    EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != '\x7f');
  }
  EXPECT_EQ(shown.find("\xc2\x9b"), std::string::npos);
  EXPECT_EQ(shown.find("\xe2\x80\xae"), std::string::npos);
  EXPECT_EQ(shown.find('\xff'), std::string::npos);
}

TEST(display, ordinary_text_stays) {
  EXPECT_EQ(escape_lines("J\xc3\xbcrgen \xe2\x98\x95"), "J\xc3\xbcrgen \xe2\x98\x95");
}

TEST(display, sizes) {
  EXPECT_EQ(human_size(0), "0");
  EXPECT_EQ(human_size(999), "999");
  EXPECT_EQ(human_size(1024), "1.0K");
  EXPECT_EQ(human_size(1'048'576), "1.0M");
  EXPECT_EQ(human_size(UINT64_MAX), "16.0E");
}

}  // namespace
