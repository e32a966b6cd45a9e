#include "mime/header_text.hpp"

#include <imapxx/mime/headers.hpp>

#include <gtest/gtest.h>

namespace imapxx::inline v0::mime {
namespace {

using namespace std::string_literals;

struct row {
  std::string raw;
  std::string text;
};

class decode_header_table : public testing::TestWithParam<row> {};

TEST_P(decode_header_table, gives) { EXPECT_EQ(decode_header(GetParam().raw), GetParam().text) << GetParam().raw; }

// RFC 2047 section 8.
INSTANTIATE_TEST_SUITE_P(
    rfc2047, decode_header_table,
    testing::Values(row{"=?ISO-8859-1?Q?a?=", "a"}, row{"=?ISO-8859-1?Q?a?= b", "a b"},
                    row{"=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"},
                    row{"=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=", "ab"},
                    row{"=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=", "ab"}, row{"=?ISO-8859-1?Q?a_b?=", "a b"},
                    row{"=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b"},
                    row{"=?US-ASCII?Q?Keith_Moore?= <moore@example.org>", "Keith Moore <moore@example.org>"},
                    row{"=?ISO-8859-1?Q?Andr=E9?= Pirard", "Andr\xC3\xA9 Pirard"},
                    row{"=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n"
                        "  =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
                        "If you can read this you understand the example."}));

INSTANTIATE_TEST_SUITE_P(
    broken, decode_header_table,
    testing::Values(row{"", ""}, row{" \t plain  text \r\n", "plain  text"}, row{"a\r\n b\r\n\tc", "a b\tc"},
                    row{"=?utf-8?q?abc", "=?utf-8?q?abc"}, row{"=?utf-8?x?abc?=", "=?utf-8?x?abc?="},
                    row{"=?utf-8?b?w6k?=", "\xC3\xA9"},                  // no padding
                    row{"=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "\xC3\xA9"},  // a character cut by two words
                    row{"=?utf-8*de?q?=C3=A9?=", "\xC3\xA9"},            // RFC 2231 section 5
                    row{"x=?iso-8859-1?q?=E9?=y", "x\xC3\xA9y"},         // no blanks around the word
                    row{"=?utf-8?q?a b?=", "a b"},                       // a blank inside
                    row{"raw \xC3\xA9", "raw \xC3\xA9"},                 // RFC 6532
                    row{"raw \xE9", "raw \xC3\xA9"},                     // 8 bit without a charset
                    row{"\"=?utf-8?q?x?=\" <a@example.org>", "\"x\" <a@example.org>"}, row{"a\0b"s, "a b"},
                    row{"=?", "=?"}, row{"=?\?=", "=?\?="}, row{"=?\?\?\?\?=", "=?\?\?\?\?="}));

TEST(decode_header, never_makes_invalid_utf8_or_line_breaks_from_folds) {
  EXPECT_EQ(decode_header("=?x-unknown?q?a?="), "a");
  EXPECT_EQ(decode_header("=?utf-8?q?a=FFb?=").substr(0, 1), "a");
}

TEST(unfold, keeps_blanks_and_drops_line_breaks) {
  EXPECT_EQ(unfold(" a\r\n b\n\tc"), " a b\tc");
  EXPECT_EQ(unfold("a\rb\r\r\n c"), "a b  c");
  EXPECT_EQ(trim(" \r\n\t a b \n"), "a b");
  EXPECT_EQ(trim(" \r\n"), "");
}

}  // namespace
}  // namespace imapxx::inline v0::mime
