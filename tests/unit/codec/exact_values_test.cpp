// Owning values of what is written as the grammar wants it, which is read in one pass, beside the same with an odd
// space, which goes the way of everything that is odd; and no room for more than came.
#include "codec/fetch.hpp"
#include "unit/codec/parsing.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>

namespace imapxx {
namespace {

const std::string long_name(40, 'n');

template <class Value, class Parse>
Value read(const std::string& text, const Parse& parse) {
  wire::lexer in(text);
  Value out = parse(in);
  EXPECT_TRUE(in.at_end()) << text;
  return out;
}

envelope read_envelope(const std::string& text) {
  return read<envelope>(text, [](wire::lexer& in) {
    std::optional<envelope> out;
    EXPECT_TRUE(codec::parse_envelope(in, {}, out));
    return out.value_or(envelope());
  });
}

body_structure read_body(const std::string& text) {
  return read<body_structure>(text, [](wire::lexer& in) {
    body_structure out;
    EXPECT_TRUE(codec::parse_body(in, {}, out));
    return out;
  });
}

// The space is counted (quirk G-04): only the tolerant reader does that.
template <class Read>
auto read_oddly(const std::string& text, const Read& read) {
  const auto before = test::counted("G-04");
  auto out = read("( " + text.substr(1));
  EXPECT_GT(test::counted("G-04"), before) << text;
  return out;
}

std::string times(std::size_t n, const std::string& text) {
  std::string out;
  for (; n != 0; --n) out += text;
  return out;
}

TEST(exact_envelope, lists_of_any_length) {
  for (std::size_t n = 1; n != 12; ++n) {
    const auto list = "(" +
                      times(n, "(\"" + long_name + "\" NIL \"MISSING_MAILBOX\" \"a\\\"b\")(NIL \"@r\" {1}\r\nm \"\")") +
                      "(NIL NIL NIL NIL))";
    const auto text = "(\"d\" \"a long subject with \\\"quotes\\\"\" " + list + " NIL NIL " + list +
                      " NIL NIL NIL \"<an-identifier@example.org>\")";
    const auto before = test::counted("G-04");
    const auto e = read_envelope(text);
    EXPECT_EQ(test::counted("G-04"), before);
    EXPECT_EQ(e, read_oddly(text, read_envelope)) << n;
    ASSERT_EQ(e.to.size(), 2 * n + 1);
    EXPECT_EQ(e.to.capacity(), e.to.size());
    EXPECT_EQ(e.from, e.to);
    EXPECT_EQ(e.to[0].name, long_name);
    EXPECT_EQ(e.to[0].name->capacity(), long_name.size());
    EXPECT_EQ(e.to[0].mailbox, "");  // quirk E-07
    EXPECT_EQ(e.to[0].host, "a\"b");
    EXPECT_EQ(e.to[1].route, "@r");
    EXPECT_TRUE(e.to.back().is_group_end());
    EXPECT_EQ(e.subject, "a long subject with \"quotes\"");
    EXPECT_EQ(e.cc.capacity(), 0U);
  }
}

std::string text_part(const std::string& name) {
  return R"(("TEXT" "PLAIN" ("CHARSET" "utf-8" "NAME" ")" + name + R"(") "<id>" NIL "QUOTED-PRINTABLE" 5 1 "md5" )" +
         R"(("attachment" ("FILENAME" "f")) ("en" "de-AT") "loc"))";
}
std::string multipart(const std::string& parts) { return "(" + parts + R"( "MIXED" ("BOUNDARY" "b") NIL "en"))"; }
std::string enclosed(const std::string& body) {
  return R"(("MESSAGE" "RFC822" NIL NIL "d" "7BIT" 9 (NIL "s" ((NIL NIL "a" "b")) NIL NIL NIL NIL NIL NIL NIL) )" +
         body + " 25 NIL)";
}

TEST(exact_body, any_number_of_parts) {
  for (std::size_t n = 1; n != 7; ++n) {
    const auto inner = multipart(times(n, text_part(long_name)));
    for (const auto& text : {inner, multipart(times(n, inner)), enclosed(inner), enclosed(text_part("x")),
                             multipart(text_part("x") + times(n, enclosed(inner)) + inner)}) {
      const auto before = test::counted("G-04");
      const auto b = read_body(text);
      EXPECT_EQ(test::counted("G-04"), before);
      EXPECT_EQ(b, read_oddly(text, read_body)) << text;
      for (const auto& part : walk(b)) EXPECT_EQ(part.part->children.capacity(), part.part->children.size()) << text;
    }
  }
}

// Nothing of one part is taken for the next one's.
TEST(exact_body, what_stands_in_some_parts_only) {
  const auto text = multipart(text_part("x") + R"(("APPLICATION" "PDF" NIL NIL NIL "BASE64" 7))" + text_part("y"));
  const auto b = read_body(text);
  ASSERT_EQ(b.children.size(), 3U);
  EXPECT_EQ(b.children[0].languages.size(), 2U);
  EXPECT_EQ(b.children[0].disposition->parameters.items.size(), 1U);
  const auto& pdf = b.children[1];
  EXPECT_FALSE(pdf.id || pdf.md5 || pdf.disposition || pdf.location || pdf.lines || pdf.extension_data);
  EXPECT_TRUE(pdf.languages.empty() && pdf.parameters.items.empty());
  EXPECT_EQ(pdf.encoding, "BASE64");
  EXPECT_EQ(b.children[2].parameters.items[1].second, "y");
  EXPECT_TRUE(b.encoding.empty());
  EXPECT_EQ(b, read_oddly(text, read_body));
}

// Deeper than the one pass goes, and what fails in the middle, leaves nothing of the attempt.
TEST(exact_body, what_was_begun_is_forgotten) {
  auto deep = text_part("x");
  for (int i = 0; i != 40; ++i) deep = multipart(deep);
  EXPECT_EQ(read_body(deep), read_oddly(deep, read_body));
  const auto odd = multipart(text_part("x") + text_part("y") + R"(("TEXT" "PLAIN" NIL NIL NIL "7BIT" -5 1))");
  const auto b = read_body(odd);
  EXPECT_EQ(b.children.size(), 3U);
  EXPECT_EQ(b, read_oddly(odd, read_body));
}

}  // namespace
}  // namespace imapxx
