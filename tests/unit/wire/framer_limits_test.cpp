// What a framer refuses to go on with, and what it passes over only so often.
#include "unit/wire/feeder.hpp"
#include "wire/framer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>

namespace {

using imapxx::errc;
using imapxx::limits;
using namespace imapxx::wire_test;

limits with_line(std::size_t octets) {
  limits l;
  l.line_octets = octets;
  return l;
}

TEST(framer_limits, line_of_exactly_the_limit) {
  const std::string text = "* XFOO " + std::string(93, 'x');
  expect_frames(text + "\r\n", {"R " + text}, collect_all, with_line(100));
  expect_frames(text + "\n", {"R " + text}, collect_all, with_line(100));
  expect_frames(text + "x\r\n", {"! limit_exceeded line_octets"}, collect_all, with_line(100));
}

TEST(framer_limits, endless_line_is_stopped_without_its_end) {
  EXPECT_EQ(cut_whole("* XFOO " + std::string(94, 'x'), collect_all, with_line(100)),
            frames{"! limit_exceeded line_octets"});
  EXPECT_EQ(cut_whole(std::string(101, 'x'), collect_all, with_line(100)), frames{"! limit_exceeded line_octets"});
}

TEST(framer_limits, the_error_names_limit_and_value) {
  const limits l = with_line(100);
  framer f(l);
  EXPECT_EQ(f.next(std::string(101, 'x')).kind, frame_kind::invalid);
  EXPECT_EQ(f.failure().code(), errc::limit_exceeded);
  EXPECT_EQ(f.failure().limit_name(), "line_octets");
  EXPECT_EQ(f.failure().limit_value(), 100U);
}

TEST(framer_limits, number_lists_count_only_against_the_response) {
  limits l = with_line(10);
  l.response_octets = 300;
  for (const char* name : {"SEARCH", "search", "ESEARCH", "SORT", "THREAD", "VANISHED"}) {
    std::string text = std::string("* ") + name;
    while (text.size() < 200) text += " 12345";
    expect_frames(text + "\r\n", {"R " + text}, collect_all, l);
    while (text.size() <= 300) text += " 12345";
    expect_frames(text + "\r\n", {"! limit_exceeded response_octets"}, collect_all, l);
  }
  std::string other = "* SEARCHED";
  while (other.size() < 200) other += " 12345";
  expect_frames(other + "\r\n", {"! limit_exceeded line_octets"}, collect_all, l);
}

TEST(framer_limits, number_list_with_a_literal) {
  limits l = with_line(20);
  std::string numbers;
  while (numbers.size() < 200) numbers += " 12345";
  expect_frames("* ESEARCH (TAG {2}\r\na1) UID ALL" + numbers + "\r\n",
                {"B 2 after * ESEARCH (TAG {2}\r\n", "R * ESEARCH (TAG {2}\r\na1) UID ALL" + numbers}, collect_all, l);
}

TEST(framer_limits, literals_do_not_count_as_line_but_what_stands_around_them_does) {
  const std::string body(500, 'b');
  const std::string ok = "* 1 FETCH (X {500}\r\n" + body + ")\r\n";
  EXPECT_EQ(cut_whole(ok, collect_all, with_line(100)).size(), 2U);
  EXPECT_EQ(cut_whole(ok, stream_all, with_line(100)).size(), 4U);
  std::string many = "* 1 FETCH (";
  for (int i = 0; i < 20; ++i) many += "X {1}\r\nb ";
  for (const policy& decide : {policy(collect_all), policy(stream_all)}) {
    EXPECT_EQ(cut_whole(many, decide, with_line(100)).back(), "! limit_exceeded line_octets");
  }
}

TEST(framer_limits, streamed_octets_do_not_count_as_response) {
  limits l;
  l.response_octets = 100;
  const std::string body(5000, 'b');
  const auto seen = cut_whole("* 1 FETCH (X {5000}\r\n" + body + ")\r\n", stream_all, l);
  EXPECT_EQ(seen.back(), "R * 1 FETCH (X {5000!}\r\n)");
}

TEST(framer_limits, a_collected_literal_is_refused_before_its_octets_come) {
  limits l;
  l.response_octets = 100;
  EXPECT_EQ(cut_whole("* 1 FETCH (X {80}\r\n", collect_all, l).back(), "B 80 after * 1 FETCH (X {80}\r\n");
  EXPECT_EQ(cut_whole("* 1 FETCH (X {81}\r\n", collect_all, l).back(), "B 81 after * 1 FETCH (X {81}\r\n");
  EXPECT_EQ(cut_whole("* 1 FETCH (X {82}\r\n", collect_all, l).back(), "! limit_exceeded response_octets");
  EXPECT_EQ(cut_whole("* 1 FETCH (X {9223372036854775807}\r\n", collect_all, l).back(),
            "! limit_exceeded response_octets");
}

TEST(framer_limits, collected_literals_add_up) {
  limits l;
  l.response_octets = 100;
  const std::string one = " {20}\r\n" + std::string(20, 'x');
  EXPECT_EQ(cut_whole("* X" + one + one + one + "\r\n", collect_all, l).back().front(), 'R');
  EXPECT_EQ(cut_whole("* X" + one + one + one + one + "\r\n", collect_all, l).back(),
            "! limit_exceeded response_octets");
  // Each response counts alone.
  const std::string whole = "* X" + one + one + "\r\n";
  EXPECT_EQ(cut_whole(whole + whole + whole, collect_all, l).back().front(), 'R');
}

TEST(framer_limits, fits_tells_before_deciding) {
  limits l;
  l.response_octets = 100;
  framer f(l);
  EXPECT_EQ(f.next("* X {50}\r\n").kind, frame_kind::literal_begin);
  EXPECT_TRUE(f.fits(90));
  EXPECT_FALSE(f.fits(91));
  EXPECT_FALSE(f.fits(UINT64_MAX));
}

TEST(framer_limits, continuation_has_a_limit_of_its_own) {
  limits l;
  l.continuation_octets = 100;
  expect_frames("+ " + std::string(98, 'x') + "\r\n", {"R + " + std::string(98, 'x')}, collect_all, l);
  expect_frames("+ " + std::string(99, 'x') + "\r\n", {"! limit_exceeded continuation_octets"}, collect_all, l);
  expect_frames("* OK " + std::string(150, 'x') + "\r\n", {"R * OK " + std::string(150, 'x')}, collect_all, l);
}

TEST(framer_limits, blank_lines_have_an_end) {
  std::string blanks;
  for (int i = 0; i < 60; ++i) blanks += "\r\n";
  expect_frames(blanks, {"! limit_exceeded line_octets"}, collect_all, with_line(100));
  expect_frames(std::string(101, '\0'), {"! limit_exceeded line_octets"}, collect_all, with_line(100));
  // Also with the beginning of a line behind them, in however many pieces.
  expect_frames(std::string(101, '\0') + "*", {"! limit_exceeded line_octets"}, collect_all, with_line(100));
  const std::string few = blanks.substr(0, 100) + "* OK\r\n";
  expect_frames(few + few, {"R * OK", "R * OK"}, collect_all, with_line(100));
}

TEST(framer_limits, a_usual_line_of_data_is_no_exception) {
  const std::string text = "* 1 FETCH (X " + std::string(86, 'x') + ")";
  ASSERT_EQ(text.size(), 100U);
  const auto longer = "* 1 FETCH (X " + std::string(87, 'x') + ")";
  expect_frames(text + "\r\n", {"R " + text}, collect_all, with_line(100));
  expect_frames(longer + "\r\n", {"! limit_exceeded line_octets"}, collect_all, with_line(100));
  limits l;
  l.response_octets = 100;
  expect_frames(text + "\r\n", {"R " + text}, collect_all, l);
  expect_frames(longer + "\r\n", {"! limit_exceeded response_octets"}, collect_all, l);
}

TEST(framer_limits, a_continuation_is_a_line_too) {
  limits l = with_line(50);
  l.continuation_octets = 100;
  expect_frames("+ " + std::string(48, 'x') + "\r\n", {"R + " + std::string(48, 'x')}, collect_all, l);
  expect_frames("+ " + std::string(60, 'x') + "\r\n", {"! limit_exceeded line_octets"}, collect_all, l);
}

TEST(framer_limits, a_string_is_folded_so_often_and_no_more) {  // quirk E-14
  const auto folded = [](int folds) {
    std::string text = "* 1 FETCH (ENVELOPE (NIL \"a";
    for (int i = 0; i < folds; ++i) text += "\r\n b";
    return text + "\" NIL))\r\n";
  };
  EXPECT_EQ(cut_whole(folded(16)).size(), 1U);
  EXPECT_GT(cut_whole(folded(17)).size(), 1U);
}

TEST(framer_limits, empty_lines_behind_literals_are_passed_over_so_often_and_no_more) {  // quirk X-06a
  const auto with_blanks = [](int literals, int blanks) {
    std::string text = "* 1 FETCH (";
    for (int i = 0; i < literals; ++i) {
      text += "X {1}\r\nb";
      for (int n = 0; n < blanks; ++n) text += "\r\n";
      text += " ";
    }
    return text + "Y 1)\r\n";
  };
  for (const auto& [literals, blanks, whole] : {std::tuple(1, 1, true), std::tuple(1, 4, true), std::tuple(1, 5, false),
                                                std::tuple(3, 1, true), std::tuple(4, 1, false)}) {
    const auto seen = cut_whole(with_blanks(literals, blanks));
    EXPECT_EQ(seen.back().ends_with("Y 1)") && seen.back().starts_with("R * 1 FETCH"), whole)
        << literals << " literals, " << blanks << " empty lines: " << seen.back();
  }
}

TEST(framer, what_only_looks_like_the_header_of_no_literal_is_text) {  // quirk X-02
  expect_frames("* X {-1}}\r\n", {"R * X {-1}}"});
}

TEST(framer, a_decision_about_nothing_changes_nothing) {
  framer f{limits()};
  f.decide(literal_mode::stream);
  const auto out = f.next("* OK hi\r\n");
  EXPECT_EQ(out.kind, frame_kind::response);
  EXPECT_EQ(out.text, "* OK hi");
}

TEST(framer, misses_nothing_once_it_is_poisoned) {
  limits l;
  l.response_octets = 100;
  framer f(l);
  EXPECT_EQ(f.next("* X {500}\r\n").kind, frame_kind::literal_begin);
  EXPECT_EQ(f.literal_octets_missing(), 500U);
  f.decide(literal_mode::collect);
  EXPECT_EQ(f.next("* X {500}\r\n").kind, frame_kind::invalid);
  EXPECT_EQ(f.literal_octets_missing(), 0U);
}

TEST(framer, text_around_streamed_literals_may_be_long) {
  const std::string around(100'000, 'x');
  const auto one = "* 1 FETCH (X {3}\r\nabc Y \"" + around + "\")\r\n";
  const auto seen = cut_whole(one + one + "* OK x\r\n", stream_all);
  EXPECT_EQ(std::count(seen.begin(), seen.end(), "R * 1 FETCH (X {3!}\r\n Y \"" + around + "\")"), 2);
  EXPECT_EQ(seen.back(), "R * OK x");
}

}  // namespace
