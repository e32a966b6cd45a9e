#include "wire/framer.hpp"

#include "base/leniency.hpp"
#include "unit/wire/feeder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using imapxx::errc;
using imapxx::limits;
using namespace std::string_literals;
using namespace imapxx::wire_test;

struct framing_case {
  const char* name;
  std::string input;
  frames collected;
  frames streamed;  // empty: the same
};
std::ostream& operator<<(std::ostream& out, const framing_case& c) { return out << c.name; }

class framer_table : public testing::TestWithParam<framing_case> {};
class framer_broken : public testing::TestWithParam<framing_case> {};

void expect_any_chunking_gives_the_same(const framing_case& c) {
  const auto& streamed = c.streamed.empty() ? c.collected : c.streamed;
  expect_frames(c.input, c.collected, collect_all);
  expect_frames(c.input, streamed, stream_all);
}

TEST_P(framer_table, any_chunking_gives_the_same_frames) { expect_any_chunking_gives_the_same(GetParam()); }
TEST_P(framer_broken, any_chunking_gives_the_same_frames) { expect_any_chunking_gives_the_same(GetParam()); }

TEST_P(framer_table, bytes_behind_do_not_matter) {
  const auto& c = GetParam();
  for (const policy& decide : {policy(collect_all), policy(stream_all)}) {
    auto expected = cut_whole(c.input, decide);
    expected.emplace_back("R * 23 EXISTS");
    expect_frames(c.input + "* 23 EXISTS\r\n", expected, decide);

    feeder f({}, decide);
    f.feed(c.input);
    EXPECT_TRUE(f.idle());
    f.feed("* 24 EX");
    EXPECT_FALSE(f.idle());
    f.feed("ISTS\r\n");
    EXPECT_EQ(f.seen().back(), "R * 24 EXISTS");
    EXPECT_TRUE(f.idle());
  }
}

const framing_case lines[] = {
    {"one_line", "* 172 EXISTS\r\n", {"R * 172 EXISTS"}, {}},
    {"two_lines", "* OK hi\r\na1 OK done\r\n", {"R * OK hi", "R a1 OK done"}, {}},
    {"continuation", "+ idling\r\n", {"R + idling"}, {}},
    {"continuation_without_text_g07", "+\r\n+ \r\n", {"R +", "R + "}, {}},
    {"nul_inside_a_line_is_passed_on", "* OK a\0b\r\n"s, {"R * OK a\0b"s}, {}},
    {"carriage_return_inside_a_line", "* OK a\rb\r\n", {"R * OK a\rb"}, {}},
    {"octets_above_127", "* OK \xC3\xA4\xFF\r\n", {"R * OK \xC3\xA4\xFF"}, {}},
    {"bare_line_feed_g09", "* OK a\n* OK b\n", {"R * OK a", "R * OK b"}, {}},
    {"two_carriage_returns_g09", "* OK a\r\r\n* OK b\r\n", {"R * OK a", "R * OK b"}, {}},
    {"blank_lines_between_responses_g08",
     "\r\n\r\n* 1 EXISTS\r\n\n* 2 EXISTS\r\n",
     {"R * 1 EXISTS", "R * 2 EXISTS"},
     {}},
    {"line_of_blanks_g08", "   \r\n* 1 EXISTS\r\n", {"R * 1 EXISTS"}, {}},
    {"nuls_before_a_response_g08",
     "\0\0* 3 EXISTS\r\n\0\0\0\r\n\0* 4 EXISTS\r\n"s,
     {"R * 3 EXISTS", "R * 4 EXISTS"},
     {}},
    {"trailing_space_g03", "* SEARCH \r\n", {"R * SEARCH "}, {}},
    {"leading_space_g10c", " OK IDLE completed.\r\n", {"R  OK IDLE completed."}, {}},
    {"no_imap_g10", "Server Unavailable. 15\r\n", {"R Server Unavailable. 15"}, {}},
    {"quoted_brace_at_the_end", "* LIST () \"/\" \"a{3}\"\r\n", {"R * LIST () \"/\" \"a{3}\""}, {}},
    {"brace_that_is_part_of_a_word", "* FLAGS ($x) y{abc}\r\n", {"R * FLAGS ($x) y{abc}"}, {}},
    {"lone_brace", "* XFOO }\r\n", {"R * XFOO }"}, {}},
    {"literal_header_not_at_the_end", "* XFOO {3} x\r\n", {"R * XFOO {3} x"}, {}},
};
INSTANTIATE_TEST_SUITE_P(lines, framer_table, testing::ValuesIn(lines));

const framing_case literals[] = {
    {"body",
     "* 1 FETCH (BODY[] {5}\r\na\r\nb\r UID 7)\r\n",
     {"B 5 after * 1 FETCH (BODY[] {5}\r\n", "R * 1 FETCH (BODY[] {5}\r\na\r\nb\r UID 7)"},
     {"B 5 after * 1 FETCH (BODY[] {5}\r\n", "L a\r\nb\r", "E", "R * 1 FETCH (BODY[] {5!}\r\n UID 7)"}},
    {"content_that_looks_like_responses",
     "* 1 FETCH (BODY[] {19}\r\n)\r\na1 OK {3}\r\n* BYE)\r\n",
     {"B 19 after * 1 FETCH (BODY[] {19}\r\n", "R * 1 FETCH (BODY[] {19}\r\n)\r\na1 OK {3}\r\n* BYE)"},
     {"B 19 after * 1 FETCH (BODY[] {19}\r\n", "L )\r\na1 OK {3}\r\n* BYE", "E", "R * 1 FETCH (BODY[] {19!}\r\n)"}},
    {"several_and_empty_ones_x06b",
     "* 1 FETCH (BODY[1.2] {0}\r\n BODY[1.1] {0}\r\n BODY[2] {1}\r\nx)\r\n",
     {"B 0 after * 1 FETCH (BODY[1.2] {0}\r\n", "B 0 after * 1 FETCH (BODY[1.2] {0}\r\n BODY[1.1] {0}\r\n",
      "B 1 after * 1 FETCH (BODY[1.2] {0}\r\n BODY[1.1] {0}\r\n BODY[2] {1}\r\n",
      "R * 1 FETCH (BODY[1.2] {0}\r\n BODY[1.1] {0}\r\n BODY[2] {1}\r\nx)"},
     {"B 0 after * 1 FETCH (BODY[1.2] {0}\r\n", "E", "B 0 after * 1 FETCH (BODY[1.2] {0!}\r\n BODY[1.1] {0}\r\n", "E",
      "B 1 after * 1 FETCH (BODY[1.2] {0!}\r\n BODY[1.1] {0!}\r\n BODY[2] {1}\r\n", "L x", "E",
      "R * 1 FETCH (BODY[1.2] {0!}\r\n BODY[1.1] {0!}\r\n BODY[2] {1!}\r\n)"}},
    {"literal8",
     "* 1 FETCH (BINARY[1] ~{3}\r\na\0b)\r\n"s,
     {"B8 3 after * 1 FETCH (BINARY[1] ~{3}\r\n", "R * 1 FETCH (BINARY[1] ~{3}\r\na\0b)"s},
     {"B8 3 after * 1 FETCH (BINARY[1] ~{3}\r\n", "L a\0b"s, "E", "R * 1 FETCH (BINARY[1] {3!}\r\n)"}},
    {"mailbox_name_at_the_end_of_the_line",
     "* LIST () \"/\" {3}\r\na}b\r\n",
     {"B 3 after * LIST () \"/\" {3}\r\n", "R * LIST () \"/\" {3}\r\na}b"},
     {"B 3 after * LIST () \"/\" {3}\r\n", "L a}b", "E", "R * LIST () \"/\" {3!}\r\n"}},
    {"plus_x04",
     "* LIST () \"/\" {3+}\r\nabc\r\n",
     {"B 3 after * LIST () \"/\" {3+}\r\n", "R * LIST () \"/\" {3+}\r\nabc"},
     {"B 3 after * LIST () \"/\" {3+}\r\n", "L abc", "E", "R * LIST () \"/\" {3!}\r\n"}},
    {"zeros_g15_and_spaces_x05",
     "* XA {0003}\r\nabc\r\n* XB { 3 } \r\nabc\r\n",
     {"B 3 after * XA {0003}\r\n", "R * XA {0003}\r\nabc", "B 3 after * XB { 3 } \r\n", "R * XB { 3 } \r\nabc"},
     {"B 3 after * XA {0003}\r\n", "L abc", "E", "R * XA {3!}\r\n", "B 3 after * XB { 3 } \r\n", "L abc", "E",
      "R * XB {3!}\r\n"}},
    {"bare_line_feeds_around_g09",
     "* XA {3}\na\nb\n* XB {1}\r\r\nx\r\n",
     {"B 3 after * XA {3}\n", "R * XA {3}\na\nb", "B 1 after * XB {1}\r\r\n", "R * XB {1}\r\r\nx"},
     {"B 3 after * XA {3}\n", "L a\nb", "E", "R * XA {3!}\r\n", "B 1 after * XB {1}\r\r\n", "L x", "E",
      "R * XB {1!}\r\n"}},
    {"no_space_behind_x03",
     "* 2 FETCH (BODY[HEADER] {2}\r\nabUID 5)\r\n",
     {"B 2 after * 2 FETCH (BODY[HEADER] {2}\r\n", "R * 2 FETCH (BODY[HEADER] {2}\r\nabUID 5)"},
     {"B 2 after * 2 FETCH (BODY[HEADER] {2}\r\n", "L ab", "E", "R * 2 FETCH (BODY[HEADER] {2!}\r\nUID 5)"}},
    {"minus_one_is_nil_x02", "* 2 FETCH (BODY[] {-1}\r\n UID 5)\r\n", {"R * 2 FETCH (BODY[] {-1}\r\n UID 5)"}, {}},
    {"blank_line_behind_x06a",
     "* 1 FETCH (BODY[] {2}\r\nab\r\n\r\n)\r\n",
     {"B 2 after * 1 FETCH (BODY[] {2}\r\n", "R * 1 FETCH (BODY[] {2}\r\nab)"},
     {"B 2 after * 1 FETCH (BODY[] {2}\r\n", "L ab", "E", "R * 1 FETCH (BODY[] {2!}\r\n)"}},
    {"blank_line_and_another_item_x06a",
     "* 1 FETCH (X ~{1}\r\nx Y {2}\r\nab\r\n UID 3)\r\n",
     {"B8 1 after * 1 FETCH (X ~{1}\r\n", "B 2 after * 1 FETCH (X ~{1}\r\nx Y {2}\r\n",
      "R * 1 FETCH (X ~{1}\r\nx Y {2}\r\nab UID 3)"},
     {"B8 1 after * 1 FETCH (X ~{1}\r\n", "L x", "E", "B 2 after * 1 FETCH (X {1!}\r\n Y {2}\r\n", "L ab", "E",
      "R * 1 FETCH (X {1!}\r\n Y {2!}\r\n UID 3)"}},
    {"blank_line_before_a_literal_x06a",
     "* 1 FETCH (X {2}\r\n((\r\n Y {1}\r\nb)\r\n",
     {"B 2 after * 1 FETCH (X {2}\r\n", "B 1 after * 1 FETCH (X {2}\r\n(( Y {1}\r\n",
      "R * 1 FETCH (X {2}\r\n(( Y {1}\r\nb)"},
     {"B 2 after * 1 FETCH (X {2}\r\n", "L ((", "E", "B 1 after * 1 FETCH (X {2!}\r\n Y {1}\r\n", "L b", "E",
      "R * 1 FETCH (X {2!}\r\n Y {1!}\r\n)"}},
    {"open_list_that_is_not_continued",
     "* 1 FETCH (BODY[] {2}\r\nab\r\na1 OK done\r\n",
     {"B 2 after * 1 FETCH (BODY[] {2}\r\n", "R * 1 FETCH (BODY[] {2}\r\nab", "R a1 OK done"},
     {"B 2 after * 1 FETCH (BODY[] {2}\r\n", "L ab", "E", "R * 1 FETCH (BODY[] {2!}\r\n", "R a1 OK done"}},
    {"parentheses_in_strings_open_no_list",
     "* LIST () \"(\" {2}\r\n((\r\n * 1 EXISTS\r\n",
     {"B 2 after * LIST () \"(\" {2}\r\n", "R * LIST () \"(\" {2}\r\n((", "R  * 1 EXISTS"},
     {"B 2 after * LIST () \"(\" {2}\r\n", "L ((", "E", "R * LIST () \"(\" {2!}\r\n", "R  * 1 EXISTS"}},
};
INSTANTIATE_TEST_SUITE_P(literals, framer_table, testing::ValuesIn(literals));

// RFC 9051 section 9: resp-text ends a status response, and its TEXT-CHARs may well be "{3}". A resp-text-code may hold
// strings, though.
const framing_case texts[] = {
    {"tagged_status", "a1 OK see {3}\r\nA2 no {3}\r\n", {"R a1 OK see {3}", "R A2 no {3}"}, {}},
    {"tag_that_is_a_status_word", "OK BAD {3}\r\nNO {3}\r\n", {"R OK BAD {3}", "R NO {3}"}, {}},
    {"untagged_status",
     "* OK {3}\r\n*  no x {3}\r\n* PREAUTH {3}\r\n* BYE {3}\r\n* BAD {3}\r\n",
     {"R * OK {3}", "R *  no x {3}", "R * PREAUTH {3}", "R * BYE {3}", "R * BAD {3}"},
     {}},
    {"tagged_bye_g14", "A7 BYE {3}\r\n", {"R A7 BYE {3}"}, {}},
    {"continuation_request", "+ give {3}\r\n+{3}\r\n", {"R + give {3}", "R +{3}"}, {}},
    {"no_imap", "Unavailable {3}\r\n{3}\r\n", {"R Unavailable {3}", "R {3}"}, {}},
    {"behind_a_response_code", "* NO [ALERT] {3}\r\n", {"R * NO [ALERT] {3}"}, {}},
    {"behind_a_code_with_a_quoted_bracket", "* NO [X \"a]\\\"b\"] {3}\r\n", {"R * NO [X \"a]\\\"b\"] {3}"}, {}},
    {"code_without_ok_g11",
     "* [COPYUID 1 2 3] {3}\r\n[ALERT] {3}\r\n",
     {"R * [COPYUID 1 2 3] {3}", "R [ALERT] {3}"},
     {}},
    {"words_in_a_code", "a1 NO [X {abc}\r\n", {"R a1 NO [X {abc}"}, {}},
    {"literal_inside_a_code",
     "* NO [BADCHARSET ({5}\r\nUTF-8 {1}\r\nX)] try {3}\r\n",
     {"B 5 after * NO [BADCHARSET ({5}\r\n", "B 1 after * NO [BADCHARSET ({5}\r\nUTF-8 {1}\r\n",
      "R * NO [BADCHARSET ({5}\r\nUTF-8 {1}\r\nX)] try {3}"},
     {"B 5 after * NO [BADCHARSET ({5}\r\n", "L UTF-8", "E", "B 1 after * NO [BADCHARSET ({5!}\r\n {1}\r\n", "L X", "E",
      "R * NO [BADCHARSET ({5!}\r\n {1!}\r\n)] try {3}"}},
    {"literal_inside_a_tagged_code",
     "a1 NO [X {1}\r\n]] no\r\n",
     {"B 1 after a1 NO [X {1}\r\n", "R a1 NO [X {1}\r\n]] no"},
     {"B 1 after a1 NO [X {1}\r\n", "L ]", "E", "R a1 NO [X {1!}\r\n] no"}},
};
INSTANTIATE_TEST_SUITE_P(texts, framer_table, testing::ValuesIn(texts));

const frames lost = {"! framing_lost "};
const framing_case broken[] = {
    {"size_2_to_the_63", "* XFOO {9223372036854775808}\r\n", lost, {}},
    {"size_of_thirty_digits", "* XFOO {100000000000000000000000000000}\r\n", lost, {}},
    {"negative_size_x02", "* XFOO {-2}\r\n", lost, {}},
    {"hexadecimal_size", "* XFOO {0x12}\r\n", lost, {}},
    {"word_for_a_size_x02", "* XFOO {abc}\r\n", lost, {}},
    {"no_size", "* 1 FETCH (BODY[] {}\r\n", lost, {}},
    {"sign", "* 1 FETCH (BODY[] {+3}\r\n", lost, {}},
    {"our_own_notation", "* 1 FETCH (BODY[] {3!}\r\n", lost, {}},
    {"literal_longer_than_announced_x01",
     "* 1 FETCH (BODY[] {2}\r\nabcd)\r\n",
     {"B 2 after * 1 FETCH (BODY[] {2}\r\n", "! framing_lost "},
     {"B 2 after * 1 FETCH (BODY[] {2}\r\n", "L ab", "E", "! framing_lost "}},
    {"literal_longer_by_a_word_x01",
     "* 1 FETCH (BODY[] {2}\r\nabUID\r\n",
     {"B 2 after * 1 FETCH (BODY[] {2}\r\n", "! framing_lost "},
     {"B 2 after * 1 FETCH (BODY[] {2}\r\n", "L ab", "E", "! framing_lost "}},
    {"next_response_at_once_x06",
     "* 1 FETCH (BODY[] {2}\r\nab)* 4 FETCH (UID 3)\r\n",
     {"B 2 after * 1 FETCH (BODY[] {2}\r\n", "! framing_lost "},
     {"B 2 after * 1 FETCH (BODY[] {2}\r\n", "L ab", "E", "! framing_lost "}},
};
INSTANTIATE_TEST_SUITE_P(broken, framer_broken, testing::ValuesIn(broken));

TEST(framer, largest_size_is_accepted) {
  limits l;
  feeder f(l, stream_all);
  f.feed("* 1 FETCH (BODY[] {9223372036854775807}\r\nabc");
  EXPECT_EQ(f.seen(), (frames{"B 9223372036854775807 after * 1 FETCH (BODY[] {9223372036854775807}\r\n", "L abc"}));
  EXPECT_EQ(f.held(), 0U);
}

TEST(framer, stays_poisoned_until_reset) {
  const limits l;
  framer f(l);
  EXPECT_EQ(f.next("* X {x1}\r\n").kind, frame_kind::invalid);
  EXPECT_EQ(f.next("* 1 EXISTS\r\n").kind, frame_kind::invalid);
  EXPECT_EQ(f.failure().code(), errc::framing_lost);
  EXPECT_FALSE(f.idle());
  f.reset();
  EXPECT_TRUE(f.idle());
  EXPECT_FALSE(f.failure());
  EXPECT_EQ(f.next("* 1 EXISTS\r\n").text, "* 1 EXISTS");
}

TEST(framer, reset_forgets_half_a_response) {
  const limits l;
  framer f(l);
  const std::string half = "* 1 FETCH (BODY[] {10}\r\nabc";
  EXPECT_EQ(f.next(half).kind, frame_kind::literal_begin);
  f.decide(literal_mode::stream);
  EXPECT_EQ(f.next(half).kind, frame_kind::literal_bytes);
  f.reset();
  EXPECT_EQ(f.literal_octets_missing(), 0U);
  const auto r = f.next("* OK new\r\n");
  EXPECT_EQ(r.kind, frame_kind::response);
  EXPECT_EQ(r.text, "* OK new");
}

TEST(framer, tells_how_much_of_a_literal_is_missing) {
  const limits l;
  framer f(l);
  std::string pending = "* 1 FETCH (BODY[] {10}\r\n";
  EXPECT_EQ(f.literal_octets_missing(), 0U);
  EXPECT_EQ(f.next(pending).kind, frame_kind::literal_begin);
  EXPECT_EQ(f.literal_octets_missing(), 10U);
  f.decide(literal_mode::collect);
  pending += "abc";
  const auto more = f.next(pending);
  EXPECT_EQ(more.kind, frame_kind::incomplete);
  EXPECT_EQ(more.wanted, 7U);
  EXPECT_EQ(f.literal_octets_missing(), 7U);
  EXPECT_FALSE(f.idle());
  pending += "defghij)\r\n";
  EXPECT_EQ(f.next(pending).text, "* 1 FETCH (BODY[] {10}\r\nabcdefghij)");
  EXPECT_EQ(f.literal_octets_missing(), 0U);
  EXPECT_TRUE(f.idle());

  pending = "* 1 FETCH (BODY[] {10}\r\nabcd";
  EXPECT_EQ(f.next(pending).kind, frame_kind::literal_begin);
  f.decide(literal_mode::stream);
  EXPECT_EQ(f.next(pending).text, "abcd");
  EXPECT_EQ(f.literal_octets_missing(), 6U);
  EXPECT_EQ(f.next({}).wanted, 6U);
}

TEST(framer, a_literal_nobody_decides_about_is_collected) {
  const limits l;
  framer f(l);
  const std::string all = "* LIST () NIL {2}\r\nab\r\n";
  EXPECT_EQ(f.next(all).kind, frame_kind::literal_begin);
  EXPECT_EQ(f.next(all).text, "* LIST () NIL {2}\r\nab");
}

TEST(framer, literal_pieces_come_as_they_arrive) {
  const limits l;
  framer f(l);
  std::string pending = "* 1 FETCH (BODY[] {4}\r\n";
  EXPECT_EQ(f.next(pending).kind, frame_kind::literal_begin);
  f.decide(literal_mode::stream);
  EXPECT_EQ(f.next(pending).kind, frame_kind::incomplete);
  pending += "ab";
  auto piece = f.next(pending);
  EXPECT_EQ(piece.text, "ab");
  EXPECT_EQ(piece.consumed, pending.size());
  piece = f.next("cd)");
  EXPECT_EQ(piece.text, "cd");
  EXPECT_EQ(piece.consumed, 2U);
  EXPECT_EQ(f.next(")").kind, frame_kind::literal_end);
  EXPECT_EQ(f.next(")").kind, frame_kind::incomplete);
  EXPECT_EQ(f.next(")\r\n").text, "* 1 FETCH (BODY[] {4!}\r\n)");
}

TEST(framer, what_is_skipped_is_not_held) {
  feeder f({}, collect_all);
  f.feed("\r\n\0\0  \r\n\0"s);
  EXPECT_EQ(f.held(), 0U);
  EXPECT_TRUE(f.idle());
  f.feed("\n* 1 EXI");
  EXPECT_EQ(f.held(), 7U);
  f.feed("STS\r\n");
  EXPECT_EQ(f.seen(), frames{"R * 1 EXISTS"});
}

TEST(framer, idle_only_between_responses) {
  feeder f({}, stream_all);
  EXPECT_TRUE(f.idle());
  f.feed("*");
  EXPECT_FALSE(f.idle());
  f.feed(" 1 EXISTS\r\n");
  EXPECT_TRUE(f.idle());
  f.feed("\r\n\0\0\n"s);
  EXPECT_TRUE(f.idle());
  f.feed("* X {1}\r\n");
  EXPECT_FALSE(f.idle());
  f.feed("a");
  EXPECT_FALSE(f.idle());
  f.feed("\r\n");
  EXPECT_TRUE(f.idle());
}

// Each tolerance is noticed, and nothing else is (server quirks by the ids of docs/QUIRKS.md).
TEST(framer, tolerances_are_counted) {
  namespace base = imapxx::base;
  using base::quirk;
  const std::pair<std::string, std::vector<quirk>> cases[] = {
      {"* OK a\r\n+ x\r\n* X {1}\r\na\r\n* SEARCH \r\n", {}},
      {"\r\n* OK a\r\n", {quirk::g08}},
      {"\0* OK a\r\n"s, {quirk::g08}},
      {"* OK a\n", {quirk::g09}},
      {"* OK a\r\r\n", {quirk::g09}},
      {"* X {01}\r\na\r\n", {quirk::g15}},
      {"* X ({-1}\r\n)\r\n", {quirk::x02}},
      {"* 1 FETCH (X {1}\r\naUID 1)\r\n", {quirk::x03}},
      {"* X {1+}\r\na\r\n", {quirk::x04}},
      {"* X {1 }\r\na\r\n", {quirk::x05}},
      {"* X {1} \r\na\r\n", {quirk::x05}},
      {"* X ({1}\r\na\r\n)\r\n", {quirk::x06a}},
  };
  for (const auto& [input, expected] : cases) {
    base::forget_tolerated();
    (void)cut_whole(input);
    for (std::size_t i = 0; i < base::quirk_ids.size(); ++i) {
      const bool should = std::find(expected.begin(), expected.end(), static_cast<quirk>(i)) != expected.end();
      EXPECT_EQ(base::tolerated(i), should ? 1U : 0U) << base::quirk_ids[i] << " in " << input;
    }
  }
}

// --- properties

std::string random_response(std::mt19937& rng) {
  const auto pick = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(rng); };
  const char* const starts[] = {"* 1 FETCH (", "* LIST () \"/\" (", "a1 OK ",     "* NO [X ",
                                "+ ",          "* SEARCH 1 2",      "\r\n* OK x", "junk "};
  const char* const parts[] = {"x ",        "\"a\\\"b\" ", "UID 3 ", "(a b) ", "BODY[] ",
                               "\xC3\xA4 ", "$f ",         "] ",     "{3 ",    "\r "};
  std::string out = starts[pick(std::size(starts))];
  const bool untagged = out.starts_with("* 1") || out.starts_with("* L");
  for (std::size_t n = pick(8); n > 0; --n) {
    out += parts[pick(std::size(parts))];
    if (!untagged || pick(3) != 0) continue;
    std::string body;
    for (std::size_t i = pick(30); i > 0; --i) body += "ab(){}\"\r\n 3"[pick(11)];
    out += (pick(4) == 0 ? "~{" : "{") + std::to_string(body.size()) + (pick(5) == 0 ? "}\n" : "}\r\n") + body + " ";
  }
  return out + (untagged ? ")" : "") + (pick(6) == 0 ? "\n" : "\r\n");
}

TEST(framer_properties, random_splits_change_nothing) {
  std::mt19937 rng(20260201);
  const policy mixed = [](const frame& f) {
    return f.literal_size % 2 == 0 ? literal_mode::stream : literal_mode::collect;
  };
  for (int round = 0; round < 2000; ++round) {
    std::string input;
    for (int i = 0; i < 4; ++i) input += random_response(rng);
    for (const policy& decide : {policy(collect_all), policy(stream_all), mixed}) {
      const auto expected = cut_whole(input, decide);
      feeder f({}, decide);
      for (std::size_t at = 0; at < input.size();) {
        const auto n = std::uniform_int_distribution<std::size_t>(1, 20)(rng);
        f.feed(std::string_view(input).substr(at, n));
        at += n;
      }
      ASSERT_EQ(f.seen(), expected) << input;
    }
  }
}

TEST(framer_properties, random_octets_never_trip_it) {
  std::mt19937 rng(7);
  const std::string_view alphabet("* +{}~!()[]\"\\\r\n\0 0123aOKNBYE-", 29);
  for (int round = 0; round < 20000; ++round) {
    std::string input;
    for (int i = 0; i < 60; ++i)
      input += alphabet[std::uniform_int_distribution<std::size_t>(0, alphabet.size() - 1)(rng)];
    const auto whole = cut_whole(input, stream_all);
    feeder bytes({}, stream_all);
    for (char c : input) bytes.feed({&c, 1});
    ASSERT_EQ(bytes.seen(), whole) << testing::PrintToString(input);
  }
}

// What was looked at once is overwritten with line ends: a second look would cut the response short.
TEST(framer_properties, a_line_is_scanned_once) {
  const limits l;
  framer f(l);
  std::string pending;
  const std::string line = "* XFOO " + std::string(5000, 'x');
  for (char c : line) {
    pending += c;
    ASSERT_EQ(f.next(pending).kind, frame_kind::incomplete);
    pending.assign(pending.size(), '\n');
  }
  pending += "y\r\n";
  const auto r = f.next(pending);
  ASSERT_EQ(r.kind, frame_kind::response);
  EXPECT_EQ(r.text.size(), line.size() + 1);
}

TEST(framer_properties, collected_literals_are_never_scanned_and_their_lines_once) {
  const limits l;
  framer f(l);
  std::string pending;
  std::size_t begun = 0;
  for (int i = 0; i < 500; ++i) {
    std::string piece = (i == 0 ? "* 1 FETCH (X {40}\r\n" : " X {40}\r\n") + std::string(40, '\n');
    for (char c : piece) {
      pending += c;
      const auto r = f.next(pending);
      if (r.kind == frame_kind::literal_begin) {
        ++begun;
        f.decide(literal_mode::collect);
      } else {
        ASSERT_EQ(r.kind, frame_kind::incomplete);
      }
      // The current line is read a second time when it ends with a literal; what lies before is not.
      const auto line = pending.find_last_of('}') == std::string::npos
                            ? 0
                            : pending.size() - std::min<std::size_t>(pending.size(), 40);
      for (std::size_t at = line > 200 ? line - 200 : 0; at < line; ++at) pending[at] = '\n';
    }
  }
  EXPECT_EQ(begun, 500U);
  pending += ")\r\n";
  const auto r = f.next(pending);
  ASSERT_EQ(r.kind, frame_kind::response);
  EXPECT_EQ(r.text.size() + 2, pending.size());
}

}  // namespace
