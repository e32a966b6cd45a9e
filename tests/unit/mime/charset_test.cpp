#include "mime/charset.hpp"

#include <gtest/gtest.h>

namespace imapxx::inline v0::mime {
namespace {

using namespace std::string_literals;

TEST(charset, known_charsets) {
  EXPECT_EQ(to_utf8("plain", "us-ascii"), "plain");
  EXPECT_EQ(to_utf8("\xE9", "iso-8859-1"), "\xC3\xA9");
  EXPECT_EQ(to_utf8("\xE9", "ISO-8859-1"), "\xC3\xA9");
  EXPECT_EQ(to_utf8("\xA4", "iso-8859-15"), "\xE2\x82\xAC");
  EXPECT_EQ(to_utf8("\x80", "windows-1252"), "\xE2\x82\xAC");
  EXPECT_EQ(to_utf8("\xC1", "koi8-r"), "\xD0\xB0");
  EXPECT_EQ(to_utf8("\x82\xA0", "shift_jis"), "\xE3\x81\x82");
  EXPECT_EQ(to_utf8("\x1B$B$\"\x1B(B", "iso-2022-jp"), "\xE3\x81\x82");
  EXPECT_EQ(to_utf8("\0A"s, "utf-16be"), "A");
  EXPECT_EQ(to_utf8("\xC3\xA9", "UTF8"), "\xC3\xA9");
}

TEST(charset, names_that_mail_uses_for_supersets) {
  EXPECT_EQ(to_utf8("~\\", "shift_jis"), "~\\");
  EXPECT_EQ(to_utf8("\x87\x40", "Shift_JIS"), "\xE2\x91\xA0");   // a circled 1, only in CP932
  EXPECT_EQ(to_utf8("\x81\x30\x81\x30", "gb2312"), "\xC2\x80");  // four octets, only in GB18030
  EXPECT_EQ(to_utf8("\xB0\xA1", "ks_c_5601-1987"), "\xEA\xB0\x80");
  EXPECT_EQ(to_utf8("\xE0", "iso-8859-8-i"), "\xD7\x90");
}

TEST(charset, names_are_read_leniently) {
  EXPECT_EQ(to_utf8("\xE9", " iso-8859-1 "), "\xC3\xA9");
  EXPECT_EQ(to_utf8("\xE9", "'iso-8859-1'"), "\xC3\xA9");
}

TEST(charset, missing_and_unknown_read_as_utf8_else_western) {
  for (const auto* name : {"", "us-ascii", "x-no-such-charset", "utf-8//IGNORE", "../../etc/passwd"}) {
    EXPECT_EQ(to_utf8("\xC3\xA9", name), "\xC3\xA9") << name;
    EXPECT_EQ(to_utf8("\xE9t\xE9", name), "\xC3\xA9t\xC3\xA9") << name;
  }
  EXPECT_EQ(to_utf8("\x81", ""), "\xEF\xBF\xBD");  // not assigned in Windows-1252
}

TEST(charset, bad_octets_become_one_replacement_each_and_the_rest_survives) {
  EXPECT_EQ(to_utf8("a\xFF\xFE"s + "b", "utf-8"), "a\xEF\xBF\xBD\xEF\xBF\xBD"s + "b");
  EXPECT_EQ(to_utf8("\xC3", "utf-8"), "\xEF\xBF\xBD");
  EXPECT_EQ(to_utf8("a\xFF\x82\xA0", "shift_jis"), "a\xEF\xBF\xBD\xE3\x81\x82");
  EXPECT_EQ(to_utf8("a\x82", "shift_jis"), "a\xEF\xBF\xBD");
  EXPECT_EQ(to_utf8("\xED\xA0\x80", "utf-8"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // a surrogate
}

TEST(charset, text_longer_than_the_conversion_buffer) {
  const std::string octets(50'000, '\xE9');
  const auto text = to_utf8(octets, "iso-8859-1");
  ASSERT_EQ(text.size(), 100'000U);
  EXPECT_EQ(text.substr(99'998), "\xC3\xA9");
  EXPECT_EQ(to_utf8(std::string(30'000, '\xFF'), "utf-16be").size(), 15'000U * 3);  // U+FFFF
}

}  // namespace
}  // namespace imapxx::inline v0::mime
