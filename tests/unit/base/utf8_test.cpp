#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace {

using imapxx::base::is_utf8;
using imapxx::base::utf8_append;
using imapxx::base::utf8_first;
using namespace std::string_view_literals;

TEST(utf8, well_formed) {
  for (auto text : {""sv, "abc"sv, "\0"sv, "\x7F"sv, "\xC2\x80"sv, "\xDF\xBF"sv, "\xE0\xA0\x80"sv, "\xED\x9F\xBF"sv,
                    "\xEE\x80\x80"sv, "\xEF\xBF\xBF"sv, "\xF0\x90\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
}

// RFC 3629 section 4: UTF8-octets; everything outside is invalid.
TEST(utf8, ill_formed) {
  for (auto text : {"\x80"sv, "\xBF"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xC2"sv, "\xC2\x41"sv, "\xE0\x9F\xBF"sv,
                    "\xE2\x82"sv, "\xED\xA0\x80"sv, "\xED\xBF\xBF"sv, "\xF0\x8F\xBF\xBF"sv, "\xF4\x90\x80\x80"sv,
                    "\xF5\x80\x80\x80"sv, "\xFE"sv, "\xFF"sv, "a\xC3"sv, "\xF0\x9F\x98"sv, "\xF8\x88\x80\x80\x80"sv}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

TEST(utf8, every_scalar_value_comes_back) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    utf8_append(text, c);
    const auto back = utf8_first(text);
    ASSERT_EQ(back.value, c);
    ASSERT_EQ(back.length, text.size());
  }
}

TEST(utf8, nothing_comes_from_nothing) { EXPECT_EQ(utf8_first("").length, 0U); }

}  // namespace
