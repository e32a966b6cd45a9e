#include "base/ascii.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <unordered_map>

namespace {

namespace base = imapxx::base;

TEST(ascii, only_ascii_letters_have_case) {
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    const bool lower = i >= 'a' && i <= 'z';
    const bool upper = i >= 'A' && i <= 'Z';
    EXPECT_EQ(base::to_upper(c), lower ? static_cast<char>(i - 32) : c) << i;
    EXPECT_EQ(base::to_lower(c), upper ? static_cast<char>(i + 32) : c) << i;
    EXPECT_EQ(base::is_alpha(c), lower || upper) << i;
    EXPECT_EQ(base::is_digit(c), i >= '0' && i <= '9') << i;
    EXPECT_EQ(base::is_control(c), i < 32 || i == 127) << i;
    EXPECT_EQ(base::is_8bit(c), i > 127) << i;
  }
  EXPECT_EQ(base::to_upper("a\xC3\xA4z{"), "A\xC3\xA4Z{");
  EXPECT_EQ(base::to_lower("A[Z"), "a[z");
}

TEST(ascii, compares_without_case) {
  static_assert(base::iequals("INBOX", "inBox"));
  static_assert(!base::iequals("INBOX", "INBO"));
  static_assert(!base::iequals("@", "`"), "32 apart, but no letters");
  static_assert(!base::iequals("[", "{"));
  static_assert(base::istarts_with("fetch x", "FETCH"));
  static_assert(!base::istarts_with("FET", "FETCH"));
  static_assert(base::istarts_with("x", ""));
  EXPECT_TRUE(base::icompare("abc", "ABD") < 0);
  EXPECT_TRUE(base::icompare("abc", "AB") > 0);
  EXPECT_TRUE(base::icompare("a", "\xC3") < 0) << "octets are unsigned";
  EXPECT_TRUE(base::icompare("Seen", "sEEN") == 0);
}

TEST(ascii, hash_agrees_with_equality) {
  static_assert(base::ihash("fetch") == base::ihash("FETCH"));
  static_assert(base::ihash("fetch") != base::ihash("store"));
  std::unordered_map<std::string, int, base::ihasher, base::iequal> hashed{{"Flags", 1}};
  EXPECT_EQ(hashed.count("FLAGS"), 1U);
  std::map<std::string, int, base::iless> ordered{{"Flags", 1}};
  EXPECT_TRUE(ordered.contains(std::string_view("fLAGS")));
}

TEST(ascii, trims_spaces_only) {
  EXPECT_EQ(base::trim_spaces("  a b "), "a b");
  EXPECT_EQ(base::trim_spaces("   "), "");
  EXPECT_EQ(base::trim_spaces("\ta"), "\ta");
}

}  // namespace
