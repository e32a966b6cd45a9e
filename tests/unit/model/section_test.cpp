#include <imapxx/model/section.hpp>

#include <gtest/gtest.h>

using namespace imapxx;

namespace {

TEST(section, reads_every_form) {
  for (const char* text : {"", "1", "1.2.3", "HEADER", "TEXT", "1.MIME", "2.HEADER", "4.2.TEXT",
                           "HEADER.FIELDS (SUBJECT FROM)", "1.HEADER.FIELDS.NOT (X-A)"}) {
    EXPECT_EQ(section::parse(text).to_string(), text);
  }
  EXPECT_EQ(section::parse("header.fields (\"Sub\\\"ject\" {4}\r\nFrom)").to_string(),
            "HEADER.FIELDS (\"SUB\\\"JECT\" FROM)");
  EXPECT_EQ(section::parse("HEADER.FIELDS(References)").fields, (std::vector<std::string>{"References"}));
}

TEST(section, refuses_the_rest) {
  for (const char* text : {"0", "1.", "1..2", "01", "MIME", "FOO", "1.FOO", "HEADER.FIELDS", "HEADER.FIELDS (",
                           "HEADER.FIELDS (a", "TEXT.1", "1 2", "99999999999", "HEADER.FIELDS ({9}\r\na)"}) {
    EXPECT_FALSE(section::try_parse(text)) << text;
  }
}

TEST(section, is_written_as_it_is_read) {
  for (const char* text : {"1.2.HEADER.FIELDS (DATE TO)", "HEADER.FIELDS (\"A B\" \"C\\\"D\" X)", "TEXT", ""}) {
    const auto s = section::try_parse(text, section::item::body);
    ASSERT_TRUE(s) << text;
    EXPECT_EQ(s->to_string(), text);
  }
}

TEST(section, matches_the_servers_name_for_it) {
  const auto wanted = section::parse("HEADER.FIELDS (Subject From)");
  EXPECT_TRUE(wanted.matches(section::parse("HEADER.FIELDS (\"FROM\" \"SUBJECT\")")));
  EXPECT_TRUE(wanted.matches(section::parse("HEADER.FIELDS (from)")));
  EXPECT_FALSE(wanted.matches(section::parse("HEADER.FIELDS (To)")));
  EXPECT_FALSE(wanted.matches(section::parse("1.HEADER.FIELDS (From)")));
  EXPECT_FALSE(section::parse("HEADER.FIELDS.NOT (A B)").matches(section::parse("HEADER.FIELDS.NOT (A)")));
}

// RFC 9051 section 6.4.5: RFC822 is BODY[], RFC822.TEXT is BODY[TEXT]; RFC 3501: RFC822.HEADER is BODY[HEADER].
TEST(section, rfc822_is_another_name) {
  EXPECT_TRUE(section().matches(section::parse("", section::item::rfc822)));
  EXPECT_TRUE(section::parse("HEADER").matches(section::parse("", section::item::rfc822_header)));
  EXPECT_TRUE(section::parse("", section::item::rfc822_text).matches(section::parse("TEXT")));
  EXPECT_FALSE(section().matches(section::parse("", section::item::rfc822_text)));
  EXPECT_FALSE(section().matches(section::parse("", section::item::binary)));
}

TEST(section, origin_may_be_left_out_but_not_changed) {
  auto wanted = section::parse("1");
  wanted.origin = 1024;
  auto answer = section::parse("1");
  EXPECT_TRUE(wanted.matches(answer));
  answer.origin = 1024;
  EXPECT_TRUE(wanted.matches(answer));
  answer.origin = 0;
  EXPECT_FALSE(wanted.matches(answer));
  EXPECT_FALSE(section::parse("1").matches(answer));
}

}  // namespace
