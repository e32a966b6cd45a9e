#include "address.hpp"
#include "command_line.hpp"
#include "content.hpp"
#include "date_time.hpp"
#include "header.hpp"
#include "mime_tree.hpp"
#include "number_ranges.hpp"
#include "text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

using namespace imapxx::testserver::detail;  // NOLINT: the names under test
using testing::ElementsAre;

namespace {

TEST(testserver_text, base64_both_ways) {
  EXPECT_EQ(base64_encode("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64_decode("Zm9vYmE="), "fooba");
  EXPECT_EQ(base64_decode("Zm9vYg=="), "foob");
  EXPECT_EQ(base64_decode(""), "");
  for (const char* bad : {"Zg", "Zg=", "Z===", "Zm9v!A==", "=m9v"}) EXPECT_FALSE(base64_decode(bad)) << bad;
}

TEST(testserver_text, modified_utf7_of_rfc3501) {
  EXPECT_EQ(utf7_encode("~peter/mail/台北/日本語"), "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
  EXPECT_EQ(utf7_decode("~peter/mail/&U,BTFw-/&ZeVnLIqe-"), "~peter/mail/台北/日本語");
  EXPECT_EQ(utf7_encode("a&b 😀"), "a&-b &2D3eAA-");
  EXPECT_EQ(utf7_decode("a&-b &2D3eAA-"), "a&b 😀");
  for (const char* bad : {"&Jjo", "&Jjo!", "\xc3\xa4", "&AGE-", "&2D0-", "&AGEA-"})
    EXPECT_FALSE(utf7_decode(bad)) << bad;
}

TEST(testserver_text, strings_on_the_wire) {
  auto wire = [](std::string_view s) {
    std::string out;
    append_string(out, s);
    return out;
  };
  EXPECT_EQ(wire("a\"b\\"), "\"a\\\"b\\\\\"");
  EXPECT_EQ(wire("a\r\nb"), "{4}\r\na\r\nb");
  EXPECT_EQ(wire("\xff"), "{1}\r\n\xff");
  EXPECT_EQ(compress_set({1, 2, 3, 5, 7, 8}), "1:3,5,7:8");
  EXPECT_EQ(to_crlf("a\nb\r\nc\n"), "a\r\nb\r\nc\r\n");
}

TEST(testserver_dates, internal_date_both_ways) {
  EXPECT_EQ(parse_date_time("17-Jul-1996 02:44:25 -0700"), 837596665);
  EXPECT_EQ(format_date_time(837596665), "17-Jul-1996 09:44:25 +0000");
  EXPECT_EQ(parse_date_time(" 1-Jan-1970 00:00:00 +0000"), 0);
  EXPECT_EQ(format_date_time(-1), "31-Dec-1969 23:59:59 +0000");
  for (const char* bad : {"32-Jan-2026 00:00:00 +0000", "29-Feb-2026 00:00:00 +0000", "1-Jan-2026 00:00:00 +0000",
                          "01-Foo-2026 00:00:00 +0000", "01-Jan-2026 24:00:00 +0000", "01-Jan-2026 00:00:00"})
    EXPECT_FALSE(parse_date_time(bad)) << bad;
}

TEST(testserver_dates, date_fields_with_obsolete_forms) {
  EXPECT_EQ(parse_header_date("Mon, 7 Feb 1994 21:52:25 -0800 (PST)")->seconds, 760686745);
  EXPECT_EQ(parse_header_date("7 Feb 94 21:52 PST")->seconds, 760686720);
  EXPECT_EQ(parse_header_date("7 Feb 1994 21:52:25 GMT")->zone_minutes, 0);
  EXPECT_FALSE(parse_header_date("yesterday"));
}

TEST(testserver_ranges, sets) {
  auto set = number_ranges::parse("2:4,7,9:*");
  ASSERT_TRUE(set);
  for (std::uint32_t n : {2U, 3U, 4U, 7U, 9U, 12U}) EXPECT_TRUE(set->contains(n, 12)) << n;
  for (std::uint32_t n : {1U, 5U, 8U, 13U}) EXPECT_FALSE(set->contains(n, 12)) << n;
  EXPECT_TRUE(number_ranges::parse("99:*")->contains(12, 12));
  for (const char* bad : {"", "0", "1:", ":1", "1,,2", "a", "4294967296"})
    EXPECT_FALSE(number_ranges::parse(bad)) << bad;
}

TEST(testserver_command, literal_announcements) {
  auto a = find_literal("a APPEND x {12}");
  ASSERT_TRUE(a);
  EXPECT_TRUE(a->synchronizing);
  EXPECT_EQ(a->size, 12U);
  EXPECT_FALSE(find_literal("x {12+}")->synchronizing);
  EXPECT_TRUE(find_literal("x ~{3}")->binary);
  for (const char* none : {"", "x", "x {}", "x {a}", "x {1} ", "x 1}"}) EXPECT_FALSE(find_literal(none)) << none;
}

TEST(testserver_header, parameters_with_continuations) {
  rfc822_cursor in("; a=b; name*0=\"x \"; name*1=y; t*0*=utf-8''%41; t*1=b; q=\"a\\\"b\"");
  auto list = parse_parameters(in);
  std::vector<std::string> flat;
  for (const parameter& p : list) flat.push_back(p.name + "=" + p.value);
  EXPECT_THAT(flat, ElementsAre("a=b", "q=a\"b", "name=x y", "t*=utf-8''%41b"));
}

TEST(testserver_header, encoded_words) {
  EXPECT_EQ(decode_header_text("=?utf-8?q?a=C3=A4?= =?iso-8859-1?B?5A==?= x"), "aää x");
  EXPECT_EQ(decode_header_text("=?UTF-8*en?Q?a_b?="), "a b");
  EXPECT_EQ(decode_header_text("=?x?z?y?= =?utf-8?q?open"), "=?x?z?y?= =?utf-8?q?open");
}

TEST(testserver_address, written_in_one_spelling) {
  EXPECT_EQ(format_addresses(parse_addresses("a@b, X Y <c@d>, G: e@f (E);")), "a@b, \"X Y\" <c@d>, G: E <e@f>;");
}

TEST(testserver_mime, boundaries) {
  std::string raw =
      "Content-Type: multipart/mixed; "
      "boundary=ab\r\n\r\npre\r\n--abc\r\n\r\none\r\n--ab\r\n\r\ntwo\r\n\r\n--ab--\r\npost";
  auto root = parse_mime(raw);
  ASSERT_EQ(root->children.size(), 2U);  // RFC 2046 leaves trailing text open; Dovecot takes the prefix
  EXPECT_EQ(root->children[0]->body(raw), "one");
  EXPECT_EQ(root->children[1]->body(raw), "two\r\n");
  EXPECT_EQ(root->body_end, raw.size());
}

TEST(testserver_mime, depth_and_parts_are_limited) {
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "Content-Type: message/rfc822\r\n\r\n";
  auto root = parse_mime(deep);
  std::size_t depth = 0;
  for (const mime_part* p = root.get(); !p->children.empty(); p = p->children.front().get()) ++depth;
  EXPECT_LE(depth, 200U);
  std::string wide = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 20000; ++i) wide += "--b\r\n\r\nx\r\n";
  EXPECT_LE(parse_mime(wide)->children.size(), 10000U);
}

TEST(testserver_search, forms_compare_without_case_and_accents_apart) {
  EXPECT_EQ(search_form("Grün"), search_form("GRÜN"));
  EXPECT_EQ(search_form("\xc3\xa9"), search_form("e\xcc\x81"));
  EXPECT_NE(search_form("a"), search_form("b"));
}

}  // namespace
