#include <imapxx/imaplib/errors.hpp>
#include <imapxx/imaplib/values.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using imapxx::imaplib::argument;
using imapxx::imaplib::bytes;
using imapxx::imaplib::datum;
using imapxx::imaplib::None;
using imapxx::imaplib::reply;
using namespace std::string_literals;

// The right sides are what Python 3.11 prints for repr() of the left ones.
TEST(imaplib_values, bytes_print_as_in_python) {
  const std::pair<std::string, std::string> table[] = {
      {"", "b''"},
      {"OK \\Seen", R"(b'OK \\Seen')"},
      {"it's", R"(b"it's")"},
      {"say \"it's\"", R"(b'say "it\'s"')"},
      {"\"", R"(b'"')"},
      {"\t\r\n", R"(b'\t\r\n')"},
      {"\x00\x1f\x7f"s, R"(b'\x00\x1f\x7f')"},
      {"\v\f\a", R"(b'\x0b\x0c\x07')"},
      {"\x80\xff", R"(b'\x80\xff')"},
      {"caf\xC3\xA9", R"(b'caf\xc3\xa9')"},
      {" ~", "b' ~'"},
  };
  for (const auto& [octets, printed] : table) EXPECT_EQ(bytes(octets).repr(), printed);
}

TEST(imaplib_values, strings_print_as_in_python) {
  const std::pair<std::string, std::string> table[] = {
      {"", "''"},
      {"a b", "'a b'"},
      {"it's", "\"it's\""},
      {"'\"", R"('\'"')"},
      {"\\", R"('\\')"},
      {"\t\n\r\x01\x7f", R"('\t\n\r\x01\x7f')"},
      {"caf\u00E9 \u65E5\u672C \U0001F600", "'caf\u00E9 \u65E5\u672C \U0001F600'"},
      {"\u00A0\u00AD\u0085", R"('\xa0\xad\x85')"},
      {"\u200B\uFEFF\u3000", R"('\u200b\ufeff\u3000')"},
      {"\U000F0000", R"('\U000f0000')"},
      {"\xFF\xC3", R"('\udcff\udcc3')"},
  };
  for (const auto& [text, printed] : table) EXPECT_EQ(argument(text).repr(), printed);
}

TEST(imaplib_values, white_space_splits) {
  EXPECT_EQ(bytes("1 2 3").split(), (std::vector{bytes("1"), bytes("2"), bytes("3")}));
  EXPECT_EQ(bytes(" \t1\r\n\v\f22  ").split(), (std::vector{bytes("1"), bytes("22")}));
  EXPECT_TRUE(bytes("").split().empty());
  EXPECT_TRUE(bytes("  ").split().empty());
  EXPECT_EQ(bytes("a\0b c"s).split(), (std::vector{bytes("a\0b"s), bytes("c")}));
}

TEST(imaplib_values, a_datum_is_none_bytes_a_pair_or_a_list) {
  const datum none;
  EXPECT_TRUE(none.is_none());
  EXPECT_EQ(none.octets(), "");
  EXPECT_EQ(none.repr(), "None");
  EXPECT_EQ(datum(None), none);

  const datum octets(bytes("1 2"));
  EXPECT_EQ(octets.what(), datum::kind::bytes);
  EXPECT_EQ(octets[0], "1 2");
  EXPECT_EQ(octets[1], "");
  EXPECT_EQ(octets.split().size(), 2U);
  EXPECT_EQ(octets.decode(), "1 2");
  EXPECT_EQ(octets.repr(), "b'1 2'");
  const bytes& as_bytes = octets;
  EXPECT_EQ(as_bytes, "1 2");

  const datum pair(bytes("1 (BODY[] {2}"), bytes("hi"));
  EXPECT_TRUE(pair.is_pair());
  EXPECT_EQ(pair.octets(), "1 (BODY[] {2}");
  EXPECT_EQ(pair[1], "hi");
  EXPECT_EQ(pair[2], "");
  EXPECT_EQ(pair.repr(), "(b'1 (BODY[] {2}', b'hi')");

  const datum list(std::vector<datum>{none, pair});
  EXPECT_EQ(list.what(), datum::kind::list);
  EXPECT_EQ(list.items().size(), 2U);
  EXPECT_EQ(list.octets(), "");
  EXPECT_EQ(list.repr(), "[None, (b'1 (BODY[] {2}', b'hi')]");
  EXPECT_TRUE(octets.items().empty());

  EXPECT_FALSE(octets == none);
  EXPECT_FALSE(datum(bytes("a"), bytes("b")) == datum(bytes("a"), bytes("c")));
}

TEST(imaplib_values, a_reply_prints_as_a_tuple) {
  EXPECT_EQ((reply{"OK", {datum(bytes("1 2 3"))}}).repr(), "('OK', [b'1 2 3'])");
  EXPECT_EQ((reply{"uidnext", {datum()}}).repr(), "('uidnext', [None])");
  EXPECT_EQ((reply{"OK", {}}).repr(), "('OK', [])");
  EXPECT_EQ((reply{"OK", {datum(bytes("1"), bytes("'")), datum(bytes(")"))}}).repr(), "('OK', [(b'1', b\"'\"), b')'])");
}

TEST(imaplib_values, arguments_know_what_they_are) {
  EXPECT_EQ(argument("x").what(), argument::kind::str);
  EXPECT_EQ(argument(bytes("x")).what(), argument::kind::bytes);
  EXPECT_EQ(argument(datum(bytes("x"))).what(), argument::kind::bytes);
  EXPECT_TRUE(argument(datum()).is_none());
  EXPECT_TRUE(argument(None).is_none());
  EXPECT_EQ(argument(true).what(), argument::kind::boolean);
  EXPECT_EQ(argument(7U).number(), 7);
  EXPECT_EQ(argument(-7).repr(), "-7");
  EXPECT_EQ(argument(true).repr(), "True");
  EXPECT_EQ(argument().repr(), "None");
  const argument set = {2, {4, 7}, {9, None}};
  EXPECT_EQ(set.repr(), "[2, [4, 7], [9, None]]");
}

TEST(imaplib_values, falsy_is_what_python_takes_for_false) {
  for (const argument& a :
       {argument(), argument(""), argument(bytes("")), argument(0), argument(false), argument(std::vector<argument>{})})
    EXPECT_TRUE(a.falsy()) << a.repr();
  for (const argument& a :
       {argument("0"), argument(bytes("0")), argument(1), argument(true), argument(std::vector<argument>{argument()})})
    EXPECT_FALSE(a.falsy()) << a.repr();
}

TEST(imaplib_errors, readonly_is_an_abort_is_an_error) {
  namespace imaplib = imapxx::imaplib;
  static_assert(std::is_base_of_v<imaplib::error, imaplib::abort>);
  static_assert(std::is_base_of_v<imaplib::abort, imaplib::readonly>);
  try {
    throw imaplib::readonly("box is not writable");
  } catch (const imaplib::error& e) {
    EXPECT_EQ(e.what(), "box is not writable"s);
    EXPECT_NE(dynamic_cast<const imaplib::readonly*>(&e), nullptr);
  }
}

}  // namespace
