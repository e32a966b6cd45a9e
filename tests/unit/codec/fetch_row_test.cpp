#include <imapxx/model/fetch_data.hpp>

#include <gtest/gtest.h>

using namespace imapxx;

namespace {

fetch_row cut(std::string_view text) {
  fetch_row row;
  row.assign(5, text, 10);
  return row;
}

std::vector<std::string> items(const fetch_row& row) {
  std::vector<std::string> out;
  for (const auto& i : row.items()) {
    out.push_back((i.malformed ? "!" : "") + std::string(i.name) + "=" + std::string(i.value));
  }
  return out;
}

TEST(fetch_row, accessors) {
  const auto row =
      cut("(UID 12345 FLAGS (\\Seen $Work) RFC822.SIZE 44827 MODSEQ (77) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\")");
  EXPECT_EQ(row.seq(), 5U);
  EXPECT_EQ(row.uid(), 12345U);
  EXPECT_EQ(row.flags(), flag_list::of("\\Seen", "$Work"));
  EXPECT_TRUE(row.has_flag("$WORK"));
  EXPECT_FALSE(row.has_flag("\\See"));
  EXPECT_EQ(row.rfc822_size(), 44827U);
  EXPECT_EQ(row.modseq(), 77U);
  EXPECT_EQ(row.internaldate()->to_imap(), "17-Jul-1996 02:44:25 -0700");
  EXPECT_FALSE(row.envelope());
  EXPECT_FALSE(row.bodystructure());
  EXPECT_TRUE(row.unparsed().empty());
}

// What cannot be read to its end is not read at all, by whichever way; and it is told as it was sent.
TEST(fetch_row, a_value_with_something_behind_it_is_no_value) {
  const auto row = cut("(RFC822.SIZE 44x X-GM-MSGID 5x X-GM-THRID 6x UID 9)");
  const auto data = row.to_data();
  EXPECT_EQ(data.uid, 9U);
  EXPECT_FALSE(data.rfc822_size);
  EXPECT_FALSE(data.gm_msgid);
  EXPECT_FALSE(data.gm_thrid);
  EXPECT_FALSE(row.rfc822_size());
  ASSERT_EQ(data.unparsed.size(), 3U);
  EXPECT_EQ(data.unparsed[0].raw, "44x");
}

TEST(fetch_row, sections_are_views) {
  const std::string text =
      "(BODY[HEADER.FIELDS (\"A\" b)]<5> {3}\r\na)b BODY[1] \"q\\\"q\" BODY[2] NIL BINARY[3] ~{2}\r\n\0\x01)";
  const std::string whole = std::string(text.data(), text.find("~{2}")) + std::string("~{2}\r\n\0\x01)", 9);
  const auto row = cut(whole);
  auto wanted = section::parse("HEADER.FIELDS (A B)");
  wanted.origin = 5;
  ASSERT_TRUE(row.section_view(wanted));
  EXPECT_EQ(*row.section_view(wanted), "a)b");
  EXPECT_GE(row.section_view(wanted)->data(), whole.data());
  EXPECT_FALSE(row.section_view(section::parse("1")));  // must be unescaped
  EXPECT_EQ(row.section(section::parse("1")), "q\"q");
  EXPECT_FALSE(row.section(section::parse("2")));
  EXPECT_EQ(row.section(section::parse("3", section::item::binary)), std::string("\0\x01", 2));
}

TEST(fetch_row, streamed_literals_have_a_size_and_no_octets) {
  const auto row = cut("(UID 7 BODY[] {1000!}\r\n FLAGS ())");
  EXPECT_EQ(items(row), (std::vector<std::string>{"UID=7", "BODY[]={1000!}\r\n", "FLAGS=()"}));
  const auto data = row.to_data();
  ASSERT_EQ(data.sections.size(), 1U);
  EXPECT_EQ(data.sections[0].streamed, 1000U);
  EXPECT_FALSE(data.sections[0].data);
  EXPECT_FALSE(row.section(section()));
}

TEST(fetch_row, names_may_hold_strings_and_literals) {
  const auto row = cut("(BODY[HEADER.FIELDS (\"a]\" {2}\r\n]))] \"x\" UID 3)");
  EXPECT_EQ(row.uid(), 3U);
  EXPECT_EQ(row.section(section::parse("HEADER.FIELDS (\"a]\" \"])\")")), "x");
}

// Only the bad item is lost, whatever stands in it.
TEST(fetch_row, neighbours_of_a_malformed_item_stay) {
  const auto row = cut("(UID 7 ENVELOPE (1 2) RFC822.SIZE many FLAGS (\\Seen))");
  EXPECT_EQ(row.uid(), 7U);
  EXPECT_TRUE(row.has_flag("\\Seen"));
  EXPECT_FALSE(row.rfc822_size());
  const auto bad = row.unparsed();
  ASSERT_EQ(bad.size(), 1U);
  EXPECT_EQ(bad[0].name, "RFC822.SIZE");
  EXPECT_EQ(bad[0].raw, "many");
  EXPECT_EQ(bad[0].offset, 10U + 34U);
  EXPECT_NE(bad[0].reason, "");
  EXPECT_EQ(row.to_data().unparsed, bad);
}

TEST(fetch_row, an_unbalanced_rest_is_one_malformed_item) {
  const auto row = cut("(UID 7 ENVELOPE ((\"a\" FLAGS (\\Seen))");
  EXPECT_EQ(items(row), (std::vector<std::string>{"UID=7", "!ENVELOPE= ((\"a\" FLAGS (\\Seen))"}));
  ASSERT_EQ(row.unparsed().size(), 1U);
}

TEST(fetch_row, never_fails) {
  for (const char* text : {"",
                           "x",
                           "(",
                           "()",
                           "(UID",
                           "(UID ",
                           "(UID )",
                           "(\"a\" {3}",
                           ")",
                           "(BODY[",
                           "(BODY[]",
                           "(BODY[]<",
                           "(BODY[]<1 x)",
                           "(A (B)) junk",
                           "({",
                           "(\"",
                           "(UID 1))",
                           "(((((",
                           "(\r\n)",
                           "(UID 1 ~{5}\r\nab)"}) {
    const auto row = cut(text);
    (void)row.to_data();
    (void)row.unparsed();
    for (const auto& i : row.items()) EXPECT_LE(i.name.size() + i.value.size(), std::string_view(text).size()) << text;
  }
  EXPECT_EQ(items(cut("(A (B)) junk")), (std::vector<std::string>{"A=(B)", "!= junk"}));
  EXPECT_EQ(items(cut("(UID )")), (std::vector<std::string>{"!UID="}));
}

TEST(fetch_row, more_items_than_fit_inline) {
  std::string text = "(";
  for (int i = 0; i < 40; ++i) text += "X" + std::to_string(i) + " " + std::to_string(i) + " ";
  text += "UID 9)";
  const auto row = cut(text);
  EXPECT_EQ(row.items().size(), 41U);
  EXPECT_EQ(row.items()[0].name, "X0");
  EXPECT_EQ(row.items()[14].name, "X14");
  EXPECT_EQ(row.uid(), 9U);
  const fetch_row copy = row;
  EXPECT_EQ(copy.items()[40].value, "9");
}

TEST(fetch_row, can_be_used_again) {
  fetch_row row;
  row.assign(1, "(UID 1 FLAGS ())");
  row.assign(2, "(UID 2)");
  EXPECT_EQ(row.items().size(), 1U);
  EXPECT_EQ(row.seq(), 2U);
  row.assign_uid(77, "(FLAGS ())");
  EXPECT_EQ(row.uid(), 77U);
  EXPECT_EQ(row.seq(), 0U);
  EXPECT_EQ(row.to_data().uid, 77U);
  row.assign(3, "(FLAGS ())");
  EXPECT_FALSE(row.uid());
}

TEST(fetch_row, too_deep_a_value_is_malformed_and_skipped) {
  const std::string deep = "(BODYSTRUCTURE " + std::string(70, '(') + std::string(70, ')') + " UID 4)";
  const auto row = cut(deep);
  EXPECT_EQ(row.uid(), 4U);
  EXPECT_EQ(row.unparsed().size(), 1U);
}

TEST(fetch_row, flags_without_a_copy) {
  const auto row = cut("(FLAGS (\\Seen $Work) UID 4)");
  const auto view = row.flags_view();
  ASSERT_TRUE(view);
  EXPECT_EQ(std::vector<std::string_view>(view->begin(), view->end()),
            (std::vector<std::string_view>{"\\Seen", "$Work"}));
  EXPECT_TRUE(view->contains("$WORK"));
  EXPECT_FALSE(view->contains("$Wor"));
  const auto none = cut("(FLAGS () UID 4)").flags_view();
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
  EXPECT_FALSE(cut("(UID 4)").flags_view());
  EXPECT_FALSE(cut("(FLAGS \\Seen)").flags_view());
}

// A second space makes the lenient way necessary; it may change nothing else.
TEST(fetch_row, both_ways_of_cutting_see_the_same) {
  const std::string_view rows[] = {
      "UID 7 FLAGS (\\Seen)",
      "FLAGS () UID 4294967295",
      "UID 0 FLAGS (a{b)",
      "UID 12x FLAGS ()",
      "UID 007 X-NEW (\"a)b\" (c \"d\\\"(\") NIL)",
      "BODY[HEADER.FIELDS (\"To\" Cc)]<0> {3}\r\n)))",
      "BODY[1.2] {10!}\r\n UID 3",
      "BINARY[1] ~{2}\r\n() RFC822.SIZE 5",
      "BODY[] NIL BODY[TEXT] UID 3",
      "ENVELOPE (\"a \"b\" c\" NIL) UID 3",
      "SAVEDATE NIL PREVIEW \"x\" MODSEQ (3)",
      "UID",
      "UID 3) FLAGS (",
      "FLAGS (\\Seen",
      "",
  };
  for (const auto r : rows) {
    const auto plain = "(" + std::string(r) + ")";
    const auto odd = "(" + std::string(r) + " )";
    const auto a = cut(plain);
    const auto b = cut(odd);
    EXPECT_EQ(a.uid(), b.uid()) << plain;
    const auto left = a.to_data();
    const auto right = b.to_data();
    EXPECT_EQ(left.uid, right.uid) << plain;
    EXPECT_EQ(left.others, right.others) << plain;
    EXPECT_EQ(left.sections.size(), right.sections.size()) << plain;
    if (left.unparsed.empty()) {
      EXPECT_EQ(items(a), items(b)) << plain;
    }
  }
}

TEST(fetch_row, a_whole_response_at_the_start_of_more) {
  const std::string response =
      "* 12 FETCH (UID 4294967295 FLAGS (\\Seen $a) ENVELOPE (\"a\\\"b\\\\\" (NIL \"(\")) RFC822.SIZE 7)\r\n";
  const std::string more = response + "* 13 FETCH (UID 8)\r\n";
  fetch_row row;
  EXPECT_EQ(row.assign_response(more), response.size());
  EXPECT_EQ(row.seq(), 12U);
  EXPECT_EQ(row.uid(), 4294967295U);
  EXPECT_EQ(items(row), (std::vector<std::string>{"UID=4294967295", "FLAGS=(\\Seen $a)",
                                                  "ENVELOPE=(\"a\\\"b\\\\\" (NIL \"(\"))", "RFC822.SIZE=7"}));
  EXPECT_EQ(row.text(), std::string_view(response).substr(11, response.size() - 13));
  // Nothing is taken before all of it is there.
  for (std::size_t n = 0; n < response.size(); ++n) {
    EXPECT_EQ(row.assign_response(response.substr(0, n)), 0U) << n;
    EXPECT_TRUE(row.items().empty());
  }
}

TEST(fetch_row, what_is_no_plain_response_is_left_to_the_framer) {
  for (const std::string_view text : {"",
                                      "* ",
                                      "* OK x\r\n",
                                      "* 3 EXISTS\r\n",
                                      "* 0 FETCH (UID 1)\r\n",
                                      "* 01 FETCH (UID 1)\r\n",
                                      "* 4294967296 FETCH (UID 1)\r\n",
                                      "* 1 fetch (UID 1)\r\n",
                                      "* 1  FETCH (UID 1)\r\n",
                                      "*  1 FETCH (UID 1)\r\n",
                                      "* 1 FETCH (UID 1)\n",
                                      "* 1 FETCH (UID 1)\r",
                                      "* 1 FETCH (UID 1) \r\n",
                                      "* 1 FETCH ( UID 1)\r\n",
                                      "* 1 FETCH (UID 1 )\r\n",
                                      "* 1 FETCH (UID 01)\r\n",
                                      "* 1 FETCH (UID 0)\r\n",
                                      "* 1 FETCH (UID 1 UID 2)\r\n",
                                      "* 1 FETCH (UID 1\r\n FLAGS ())\r\n",
                                      "* 1 FETCH (FLAGS (a\r\nb))\r\n",
                                      "* 1 FETCH (PREVIEW \"a\r\n b\")\r\n",
                                      "* 1 FETCH (PREVIEW \"a\\\r\n\")\r\n",
                                      "* 1 FETCH (BODY[1] \"x\")\r\n",
                                      "* 1 FETCH (RFC822 \"x\")\r\n",
                                      "* 1 FETCH (PREVIEW {1}\r\nx)\r\n",
                                      "* 1 FETCH (ENVELOPE ({1}\r\nx))\r\n",
                                      "* 1 FETCH (X ~{1}\r\nx)\r\n",
                                      "* 1 FETCH ()\r\n",
                                      "* 1 FETCH (UID)\r\n",
                                      "* 1 FETCH (UID 1))\r\n",
                                      "* 1 FETCH (FLAGS (a)UID 1)\r\n",
                                      "* 1 FETCH (X a\rb)\r\n",
                                      "* 1 FETCH (X (a)\r\n"}) {
    fetch_row row;
    EXPECT_EQ(row.assign_response(text), 0U) << text;
    EXPECT_TRUE(row.items().empty()) << text;
  }
  fetch_row row;
  EXPECT_EQ(row.assign_response("* 1 FETCH (X ((a)))\r\n", 1), 0U);
  EXPECT_NE(row.assign_response("* 1 FETCH (X ((a)))\r\n", 2), 0U);
}

}  // namespace
