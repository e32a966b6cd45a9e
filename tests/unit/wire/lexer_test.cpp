#include <imapxx/wire/lexer.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using imapxx::errc;
using imapxx::wire::lexer;
using imapxx::wire::string_token;
using form = string_token::form;
using namespace std::string_literals;
using namespace std::string_view_literals;

// A reader that finds nothing must not move.
template <class Read>
void expect_absent(std::string_view text, Read read) {
  lexer lx(text);
  EXPECT_FALSE(read(lx)) << text;
  EXPECT_EQ(lx.position(), 0U) << text;
}

TEST(lexer, walks_over_a_response) {
  lexer lx("* 12 FETCH (FLAGS (\\Seen))", 100);
  EXPECT_TRUE(lx.literal_char('*'));
  EXPECT_TRUE(lx.sp());
  EXPECT_EQ(lx.number(), 12U);
  EXPECT_TRUE(lx.sp());
  EXPECT_EQ(lx.offset(), 105U);
  EXPECT_TRUE(lx.keyword("FETCH"));
  EXPECT_TRUE(lx.spaces());
  EXPECT_EQ(lx.peek(), '(');
  EXPECT_EQ(lx.rest(), "(FLAGS (\\Seen))");
  lx.skip();
  EXPECT_EQ(lx.atom(), "FLAGS");
  EXPECT_TRUE(lx.sp());
  EXPECT_TRUE(lx.literal_char('('));
  EXPECT_EQ(lx.flag(), "\\Seen");
  EXPECT_TRUE(lx.literal_char(')'));
  EXPECT_TRUE(lx.literal_char(')'));
  EXPECT_TRUE(lx.at_end());
  EXPECT_EQ(lx.peek(), '\0');
  EXPECT_FALSE(lx.literal_char('\0'));
  lx.skip(100);
  EXPECT_TRUE(lx.at_end());
  lx.seek(2);
  EXPECT_EQ(lx.number(), 12U);
}

TEST(lexer, spaces_takes_all_of_them_and_sp_one) {
  lexer lx("   x");
  EXPECT_TRUE(lx.sp());
  EXPECT_EQ(lx.position(), 1U);
  EXPECT_TRUE(lx.spaces());
  EXPECT_EQ(lx.position(), 3U);
  EXPECT_FALSE(lx.spaces());
  EXPECT_FALSE(lx.sp());
}

TEST(lexer, keyword_in_any_case_and_as_a_whole_word) {
  EXPECT_TRUE(lexer("fetch").keyword("FETCH"));
  EXPECT_TRUE(lexer("FeTcH (").keyword("FETCH"));
  EXPECT_TRUE(lexer("READ-ONLY] ok").keyword("READ-ONLY"));
  EXPECT_TRUE(lexer("NIL)").nil());
  EXPECT_TRUE(lexer("nil").nil());
  for (auto text : {"FETCHED", "FETC", "", "FETCH\xC3"})
    expect_absent(text, [](lexer& lx) { return lx.keyword("FETCH"); });
  expect_absent("NILS", [](lexer& lx) { return lx.nil(); });
}

TEST(lexer, numbers) {
  EXPECT_EQ(lexer("0").number(), 0U);
  EXPECT_EQ(lexer("007 ").number(), 7U);
  EXPECT_EQ(lexer("4294967295)").number(), 4294967295U);
  EXPECT_EQ(lexer("9223372036854775807").number64(), 9223372036854775807U);
  for (auto text : {"", "-1", "+1", " 1", "x", "4294967296", "99999999999999999999"}) {
    expect_absent(text, [](lexer& lx) { return lx.number().has_value(); });
  }
  for (auto text : {"", "-1", "9223372036854775808", "18446744073709551616"}) {
    expect_absent(text, [](lexer& lx) { return lx.number64().has_value(); });
  }
  lexer hex("0x12");
  EXPECT_EQ(hex.number(), 0U);
  EXPECT_EQ(hex.rest(), "x12");
}

TEST(lexer, atoms) {
  EXPECT_EQ(lexer("abc def").atom(), "abc");
  EXPECT_EQ(lexer("A&-+~!#$'.,:;<=>?@^_`|}/[ x").atom(), "A&-+~!#$'.,:;<=>?@^_`|}/[");
  EXPECT_EQ(lexer("caf\xC3\xA9)").atom(), "caf\xC3\xA9");
  EXPECT_EQ(lexer("READ-ONLY] x").atom(), "READ-ONLY]");
  for (auto text : {"", "(", ")", "{", " ", "%", "*", "\"", "\\", "\x01", "\x7F", "\r"}) {
    expect_absent(text, [](lexer& lx) { return lx.atom().has_value(); });
    const auto longer = "a"s + text;
    EXPECT_EQ(lexer(longer).atom(), "a");
  }
}

TEST(lexer, flags) {
  EXPECT_EQ(lexer("\\Seen)").flag(), "\\Seen");
  EXPECT_EQ(lexer("\\*)").flag(), "\\*");
  EXPECT_EQ(lexer("$Forwarded \\x").flag(), "$Forwarded");
  EXPECT_EQ(lexer("[Gmail]/100%{x} y").flag(), "[Gmail]/100%{x}");
  for (auto text : {"", "\\", "\\ x", "(", ")", " ", "\"x\"", "\\)"}) {
    expect_absent(text, [](lexer& lx) { return lx.flag().has_value(); });
  }
}

struct string_case {
  std::string text;
  form kind;
  std::string value;
  std::string rest;
};

TEST(lexer, strings) {
  const string_case cases[] = {
      {"\"\"x", form::quoted, "", "x"},
      {"\"a b(\" ", form::quoted, "a b(", " "},
      {R"("a\"b\\c" x)", form::quoted, "a\"b\\c", " x"},
      {R"("a\bc")", form::quoted, "abc", ""},  // only \" and \\ are legal, but the octet behind is meant
      {"\"\xFF\xC3\xA4\x01\t\"", form::quoted, "\xFF\xC3\xA4\x01\t", ""},
      {"\"a\0b\""s, form::quoted, "a\0b"s, ""},
      {"{3}\r\nabc)", form::literal, "abc", ")"},
      {"{0}\r\n", form::literal, "", ""},
      {"{3+}\r\na\"bx", form::literal, "a\"b", "x"},
      {"{002}\r\n\r\n)", form::literal, "\r\n", ")"},
      {"{ 2 } \r\nabc", form::literal, "ab", "c"},
      {"{2}\nabc", form::literal, "ab", "c"},
      {"{2}\r\r\nabc", form::literal, "ab", "c"},
      {"~{3}\r\na\0b)"s, form::literal8, "a\0b"s, ")"},
      {"{7!}\r\n x", form::streamed, "", " x"},
      {"{-1}\r\n x", form::nil, "", " x"},
  };
  for (const auto& c : cases) {
    lexer lx(c.text);
    const auto s = lx.string();
    ASSERT_TRUE(s) << c.text;
    EXPECT_EQ(s->kind(), c.kind) << c.text;
    EXPECT_EQ(s->to_string(), c.value) << c.text;
    EXPECT_EQ(lx.rest(), c.rest) << c.text;
  }
}

TEST(lexer, streamed_string_tells_its_size) {
  lexer lx("{123456789012!}\r\n)");
  const auto s = lx.string();
  ASSERT_TRUE(s);
  EXPECT_EQ(s->streamed_size(), 123456789012U);
  EXPECT_FALSE(s->is_nil());
}

TEST(lexer, what_is_no_string) {
  for (const auto& text : {""s,
                           "abc"s,
                           "NIL"s,
                           "\"abc"s,
                           "\""s,
                           "\"a\\"s,
                           "\"a\\\""s,
                           "\"a\rb\""s,
                           "\"a\nb\""s,
                           "\"a\\\r\""s,
                           "{3}abc"s,
                           "{3}\r\nab"s,
                           "{3}\r"s,
                           "{}\r\n"s,
                           "{x}\r\nx"s,
                           "{-2}\r\n"s,
                           "{99999999999999999999}\r\nx"s,
                           "~abc"s,
                           "~"s,
                           "{"s,
                           "{9223372036854775807}\r\nabc"s}) {
    expect_absent(text, [](lexer& lx) { return lx.string().has_value(); });
  }
}

TEST(lexer, raw_keeps_backslashes_and_append_adds) {
  lexer lx(R"("a\"b")");
  const auto s = lx.string();
  ASSERT_TRUE(s);
  EXPECT_TRUE(s->escaped());
  EXPECT_EQ(s->raw(), R"(a\"b)");
  std::string out = "x";
  s->append_to(out);
  EXPECT_EQ(out, "xa\"b");
}

TEST(lexer, nstring_astring_nastring) {
  EXPECT_TRUE(lexer("NIL").nstring()->is_nil());
  EXPECT_FALSE(lexer("\"NIL\"").nstring()->is_nil());
  EXPECT_FALSE(lexer("abc").nstring());
  EXPECT_EQ(lexer("INBOX x").astring()->to_string(), "INBOX");
  EXPECT_EQ(lexer("INBOX").astring()->kind(), form::atom);
  EXPECT_EQ(lexer("a]b").astring()->to_string(), "a]b");
  EXPECT_EQ(lexer("NIL").astring()->to_string(), "NIL");
  EXPECT_EQ(lexer("\"a b\"").astring()->to_string(), "a b");
  EXPECT_FALSE(lexer("(").astring());
  EXPECT_TRUE(lexer("nil").nastring()->is_nil());
  EXPECT_EQ(lexer("text").nastring()->to_string(), "text");
  EXPECT_EQ(lexer("{1}\r\nx").nastring()->to_string(), "x");
}

TEST(lexer, any_value) {
  const std::pair<std::string, std::string> cases[] = {
      {"abc def", "abc"},
      {"NIL)", "NIL"},
      {"\"a (b\" x", "\"a (b\""},
      {"{3}\r\n)))) x", "{3}\r\n)))"},
      {"{5!}\r\n x", "{5!}\r\n"},
      {"(a \"b)\" (c {2}\r\n)) d)) x", "(a \"b)\" (c {2}\r\n)) d))"},
      {"() x", "()"},
      {"( a )x", "( a )"},
      {"BODY[HEADER.FIELDS (\"a ]b\" c)]<0> x", "BODY[HEADER.FIELDS (\"a ]b\" c)]<0>"},
      {"body.peek[1.mime] x", "body.peek[1.mime]"},
      {"BINARY.SIZE[1.2] 3", "BINARY.SIZE[1.2]"},
      {"BODY[HEADER.FIELDS ({3}\r\na]b)] x", "BODY[HEADER.FIELDS ({3}\r\na]b)]"},
      {"BODY[]{3}\r\nabc", "BODY[]"},
      {"(FLAGS ($a[ \\Seen) BODY[TEXT] x) y", "(FLAGS ($a[ \\Seen) BODY[TEXT] x)"},
      {"(X-GM-LABELS (\"\\\\Inbox\" \"\\\\Sent\")) y", "(X-GM-LABELS (\"\\\\Inbox\" \"\\\\Sent\"))"},
      {"-1 x", "-1"},
      {"1.44e+07)", "1.44e+07"},
      {"\\Seen x", "\\Seen"},
  };
  for (const auto& [text, value] : cases) {
    lexer lx(text);
    EXPECT_EQ(lx.any_value(), value) << text;
    EXPECT_EQ(lx.position(), value.size()) << text;
  }
  for (auto text : {"", " x", ")", "(a", "(a (b)", "\"abc", "(\"abc)", "BODY[TEXT", "\r\n"}) {
    expect_absent(text, [](lexer& lx) { return lx.any_value().has_value(); });
  }
}

TEST(lexer, any_value_stops_at_the_nesting_limit) {
  const auto nested = [](std::size_t n) { return std::string(n, '(') + std::string(n, ')'); };
  EXPECT_EQ(lexer(nested(64)).any_value()->size(), 128U);
  EXPECT_FALSE(lexer(nested(65)).any_value());
  EXPECT_TRUE(lexer(nested(65)).any_value(65));
  EXPECT_TRUE(lexer(nested(1'000'000)).any_value(2'000'000)) << "no recursion";
}

TEST(lexer, until) {
  lexer lx(R"(NEWNAME "a]b" c] text)");
  EXPECT_EQ(lx.until(']'), R"(NEWNAME "a]b" c)");
  EXPECT_EQ(lx.rest(), "] text");
  EXPECT_EQ(lexer("{3}\r\n]]]x] y").until(']'), "{3}\r\n]]]x");
  EXPECT_EQ(lexer("Error=\"x Proxy=y] t").until(']'), "Error=\"x Proxy=y");
  EXPECT_EQ(lexer("]").until(']'), "");
  expect_absent("abc \"]\"", [](lexer& l) { return l.until(']').has_value(); });
}

// Each of these would take minutes if an unclosed quote were searched again and again.
TEST(lexer, unclosed_strings_are_searched_once) {
  std::string quotes;
  for (int i = 0; i < 1'000'000; ++i) quotes += "\\\"";
  EXPECT_FALSE(lexer("\"" + quotes).until(']'));
  std::string braces;
  for (int i = 0; i < 1'000'000; ++i) braces += "{1";
  EXPECT_FALSE(lexer(braces).until(']'));
  EXPECT_TRUE(lexer(braces).any_value());
}

TEST(lexer, first_failure_sticks) {
  lexer lx("abc def", 10);
  EXPECT_FALSE(lx.failed());
  EXPECT_FALSE(lx.failure());
  (void)lx.atom();
  lx.fail("number");
  lx.skip();
  lx.fail("astring");
  EXPECT_TRUE(lx.failed());
  EXPECT_EQ(lx.failure().code(), errc::unparsed);
  EXPECT_EQ(lx.failure().offset(), 13U);
  EXPECT_EQ(lx.failure().message(), "expected number");
}

TEST(lexer, no_reader_leaves_the_text) {
  // Every prefix of a text with all kinds of tokens, under every reader: the address sanitizer watches.
  const std::string all = "* a (\"q\\\" {\" {3}\r\nabc ~{2}\r\nxy {9!}\r\n NIL BODY[HEADER (\"x\")]<1> \\Seen 12)";
  for (std::size_t begin = 0; begin < all.size(); ++begin) {
    for (std::size_t n = 0; n <= all.size() - begin; ++n) {
      const std::vector<char> exact(all.data() + begin, all.data() + begin + n);
      const std::string_view text(exact.data(), exact.size());
      (void)lexer(text).atom();
      (void)lexer(text).flag();
      (void)lexer(text).number64();
      (void)lexer(text).keyword("BODY");
      (void)lexer(text).nastring();
      (void)lexer(text).until(')');
      lexer lx(text);
      (void)lx.any_value();
      EXPECT_LE(lx.position(), text.size());
    }
  }
}

}  // namespace
