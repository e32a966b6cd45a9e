#include "mime/parameters.hpp"

#include <gtest/gtest.h>

namespace imapxx::inline v0::mime {
namespace {

using pairs = std::vector<parameters::item>;

pairs decoded(std::string_view field) {
  const auto p = content_type::parse(field).parameters();
  return {p.begin(), p.end()};
}

TEST(content_type, rfc2045) {
  const auto t = content_type::parse(" Text/Plain; charset=us-ascii (Plain text)");
  EXPECT_EQ(t.type(), "text");
  EXPECT_EQ(t.subtype(), "plain");
  EXPECT_EQ(t.essence(), "text/plain");
  EXPECT_EQ(t.charset(), "us-ascii");
  EXPECT_TRUE(t.is("TEXT"));
  EXPECT_TRUE(t.is("text", "PLAIN"));
  EXPECT_FALSE(t.is("text", "html"));
  EXPECT_EQ(content_type::parse("text/plain; charset=\"us-ascii\""),
            content_type::parse("text/plain; charset=us-ascii"));
  EXPECT_EQ(t.parameter("CHARSET"), "us-ascii");
  EXPECT_EQ(t.parameter("name"), std::nullopt);
}

TEST(content_type, what_cannot_be_read_is_text_plain) {
  for (const auto* bad : {"", " ", "text", "text/", "/plain", "a/b/c", ";", "(comment)", "\xFF"}) {
    EXPECT_EQ(content_type::parse(bad).essence(), "text/plain") << bad;
  }
  EXPECT_EQ(content_type::parse("image; name=a").parameter("name"), "a");
}

// The examples of RFC 2231, sections 3 and 4.
TEST(parameters, rfc2231) {
  EXPECT_EQ(decoded("message/external-body; access-type=URL;\r\n URL*0=\"ftp://\";\r\n"
                    " URL*1=\"cs.example.org/pub/moose/moose.tar\""),
            (pairs{{"access-type", "URL"}, {"url", "ftp://cs.example.org/pub/moose/moose.tar"}}));
  EXPECT_EQ(decoded("application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A"),
            (pairs{{"title", "This is ***fun***"}}));
  EXPECT_EQ(decoded("application/x-stuff;\r\n title*0*=us-ascii'en'This%20is%20even%20more%20;\r\n"
                    " title*1*=%2A%2A%2Afun%2A%2A%2A%20;\r\n title*2=\"isn't it!\""),
            (pairs{{"title", "This is even more ***fun*** isn't it!"}}));
}

TEST(parameters, a_character_may_be_cut_by_segments) {
  EXPECT_EQ(decoded("a/b; n*0*=utf-8''%E2; n*1*=%82%AC"), (pairs{{"n", "\xE2\x82\xAC"}}));
  EXPECT_EQ(decoded("a/b; n*0*=iso-8859-15''%A4; n*1*=%A4"), (pairs{{"n", "\xE2\x82\xAC\xE2\x82\xAC"}}));
}

TEST(parameters, segments_in_any_order) {
  EXPECT_EQ(decoded("a/b; n*2=c; n*0=a; n*1=b"), (pairs{{"n", "abc"}}));
  EXPECT_EQ(decoded("a/b; n*10=k; n*9=j; n*0=a"), (pairs{{"n", "ajk"}}));
  EXPECT_EQ(decoded("a/b; n*0=a; n*0=x; n*1=b"), (pairs{{"n", "ab"}}));
}

TEST(parameters, encoded_wins_over_plain) {
  EXPECT_EQ(decoded("a/b; filename=\"EURO.txt\"; filename*=utf-8''%e2%82%ac.txt"),
            (pairs{{"filename", "\xE2\x82\xAC.txt"}}));
}

struct row {
  std::string field;
  pairs want;
};
class parameters_table : public testing::TestWithParam<row> {};
TEST_P(parameters_table, gives) { EXPECT_EQ(decoded(GetParam().field), GetParam().want) << GetParam().field; }

INSTANTIATE_TEST_SUITE_P(
    broken, parameters_table,
    testing::Values(
        row{"a/b; filename=foo bar.pdf", {{"filename", "foo bar.pdf"}}},
        row{"a/b; filename=report (1).pdf; x=y", {{"filename", "report (1).pdf"}, {"x", "y"}}},
        row{"a/b; filename=\"foo", {{"filename", "foo"}}}, row{"a/b; filename=\"a\\\"b\"", {{"filename", "a\"b"}}},
        row{"a/b; filename=\"C:\\dir\\x.txt\"", {{"filename", "C:\\dir\\x.txt"}}},
        row{"a/b; name=\"=?utf-8?b?w6k=?=.txt\"", {{"name", "\xC3\xA9.txt"}}},
        row{"a/b; name==?iso-8859-1?q?=E9?=", {{"name", "\xC3\xA9"}}},
        row{"a/b; name=\xE9.txt", {{"name", "\xC3\xA9.txt"}}},
        row{"a/b; name=\xC3\xA9.txt", {{"name", "\xC3\xA9.txt"}}}, row{"a/b; name*=\"utf-8''%41\"", {{"name", "A"}}},
        row{"a/b; name*=%41", {{"name", "A"}}}, row{"a/b; name*=utf-8''%4", {{"name", "%4"}}},
        row{"a/b; name*=utf-8''100%", {{"name", "100%"}}}, row{"a/b;;; x = \"1\" ; y ; z=2", {{"x", "1"}, {"z", "2"}}},
        row{"a/b; charset=\"utf-8\" boundary=x", {{"charset", "utf-8"}, {"boundary", "x"}}},
        row{"a/b charset=utf-8", {{"charset", "utf-8"}}}, row{"a/b; =x; y=1", {{"y", "1"}}},
        row{"a/b; x=1; X=2", {{"x", "1"}}}, row{"a/b; x=(c) 1", {{"x", ""}}}, row{"a/b; x=\"\"", {{"x", ""}}},
        row{"a/b; n*x=1; m*=''", {{"m", ""}}}, row{"multipart/mixed; boundary==_x", {{"boundary", "=_x"}}},
        row{"multipart/mixed; boundary=a'()b", {{"boundary", "a'()b"}}},
        row{"multipart/mixed; boundary=x y\"", {{"boundary", "x y"}}},
        row{"multipart/mixed; boundary=x (comment); a=b", {{"boundary", "x"}, {"a", "b"}}},
        row{"multipart/mixed; boundary=\"a b?=\"", {{"boundary", "a b?="}}}, row{"a/b (never closed; x=1", {}}));

TEST(disposition, rfc2183) {
  const auto d =
      disposition::parse("ATTACHMENT; filename=genome.jpeg;\r\n modification-date=\"Wed, 12 Feb 1997 16:29:51 -0500\"");
  EXPECT_EQ(d.type(), "attachment");
  EXPECT_TRUE(d.is_attachment());
  EXPECT_EQ(d.parameter("filename"), "genome.jpeg");
  EXPECT_EQ(d.parameter("modification-date"), "Wed, 12 Feb 1997 16:29:51 -0500");
  EXPECT_TRUE(disposition::parse("inline").is_inline());
  EXPECT_TRUE(disposition::parse("x-new; a=b").is_attachment());  // section 2.8
  EXPECT_TRUE(disposition::parse("").is_inline());
  EXPECT_EQ(disposition::parse("; filename=a").parameter("filename"), "a");
}

}  // namespace
}  // namespace imapxx::inline v0::mime
