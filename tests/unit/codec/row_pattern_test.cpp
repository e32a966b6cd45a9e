#include "codec/row_pattern.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx {
namespace {

// Octets behind a row, so that it is not too close to the end of what was received.
const std::string behind(80, 'x');

std::string describe(const fetch_row& row) {
  std::string out = std::to_string(row.seq()) + " UID " + std::to_string(row.uid().value_or(0)) + " kinds " +
                    std::to_string(row.kinds()) + " " + std::string(row.text());
  for (const auto& i : row.items()) {
    out += (i.malformed ? "\n!" : "\n") + std::to_string(static_cast<int>(i.kind)) + " " + std::string(i.name) + "=" +
           std::string(i.value) + "@" + std::to_string(i.name.data() - row.text().data()) + "," +
           std::to_string(i.value.data() - row.text().data());
  }
  return out;
}

// The octets stand in memory of just their size: what is read beyond them is seen by ASan.
std::size_t cut(codec::row_pattern& pattern, std::string_view octets, std::string* is = nullptr) {
  const auto exact = std::make_unique<char[]>(octets.size());
  std::copy(octets.begin(), octets.end(), exact.get());
  fetch_row row;
  const auto n = pattern.cut(exact.get(), exact.get() + octets.size(), row);
  if (is != nullptr && n != 0) *is = describe(row);
  return n;
}

codec::row_pattern pattern_of(std::string_view response, std::size_t max_nesting = 64) {
  codec::row_pattern pattern;
  fetch_row row;
  EXPECT_NE(row.assign_response(response, max_nesting), 0U) << response;
  pattern.missed(row);
  return pattern;
}

// Cut by the pattern, a response is what it is cut by every other way. \return whether it was cut
bool cuts(codec::row_pattern& pattern, std::string_view response, std::size_t max_nesting = 64) {
  const auto more = std::string(response) + behind;
  std::string by_pattern;
  const auto octets = cut(pattern, more, &by_pattern);
  if (octets == 0) return false;
  fetch_row strict;
  EXPECT_EQ(octets, strict.assign_response(more, max_nesting)) << response;
  EXPECT_EQ(by_pattern, describe(strict));
  EXPECT_EQ(octets, response.size());
  const auto list = std::min(response.find('('), response.size());
  fetch_row lenient;
  // A space before the first item leaves the row to the tolerant cutter, and moves everything by one.
  const auto spaced = "( " + std::string(response.substr(list + 1, response.size() - list - 3));
  lenient.assign(strict.seq(), spaced, 0, max_nesting);
  EXPECT_EQ(lenient.uid(), strict.uid()) << response;
  EXPECT_EQ(lenient.items().size(), strict.items().size()) << response;
  for (std::size_t i = 0; i < std::min(lenient.items().size(), strict.items().size()); ++i) {
    EXPECT_EQ(lenient.items()[i].kind, strict.items()[i].kind);
    EXPECT_EQ(lenient.items()[i].malformed, strict.items()[i].malformed);
    EXPECT_EQ(lenient.items()[i].name, strict.items()[i].name);
    EXPECT_EQ(lenient.items()[i].value, strict.items()[i].value);
  }
  return true;
}

TEST(row_pattern, rows_that_differ_in_numbers_and_values) {
  auto p = pattern_of("* 7 FETCH (UID 12 FLAGS (\\Seen))\r\n");
  for (const std::string_view row : {
           "* 8 FETCH (UID 13 FLAGS (\\Seen))\r\n",
           "* 8 FETCH (UID 13 FLAGS (\\Seen))\r\n",
           "* 123456789 FETCH (UID 1234567 FLAGS ())\r\n",
           "* 1234567 FETCH (UID 12345678 FLAGS (\\Seen $a))\r\n",
           "* 12345678 FETCH (UID 123456789 FLAGS (\\Answered \\Seen \\Flagged \\Draft $Junk $NotJunk))\r\n",
           "* 4294967295 FETCH (UID 4294967295 FLAGS (\\Answered \\Seen \\Flagged \\Draft $Junk $NotJunk))\r\n",
           "* 9 FETCH (UID 14 FLAGS (\"a)\" b))\r\n",
           "* 9 FETCH (UID 14 FLAGS (\"a)\" b))\r\n",
           "* 9 FETCH (UID 14 FLAGS (a (b)))\r\n",
           "* 9 FETCH (UID 14 FLAGS (a (c)))\r\n",
           "* 9 FETCH (UID 14 FLAGS NIL)\r\n",
           "* 9 FETCH (UID 14 FLAGS \"x\")\r\n",
           "* 9 FETCH (UID 14 FLAGS (12345678901234567890123456789))\r\n",   // 31 octets
           "* 9 FETCH (UID 14 FLAGS (123456789012345678901234567890))\r\n",  // 32
           "* 9 FETCH (UID 14 FLAGS (123456789012345678901234567890))\r\n",
           "* 9 FETCH (UID 14 FLAGS (1234567890123456789012345678901))\r\n",  // 33
           "* 9 FETCH (UID 14 FLAGS (1234567890123456789012345678901))\r\n",
       })
    EXPECT_TRUE(cuts(p, row)) << row;
}

TEST(row_pattern, what_is_written_otherwise_is_left_to_others) {
  auto p = pattern_of("* 7 FETCH (UID 12 FLAGS (\\Seen))\r\n");
  for (const std::string row : {
           "* 8 FETCH (UID 13 FLAGS (\\Seen) MODSEQ (1))\r\n",
           "* 8 FETCH (UID 13)\r\n",
           "* 8 FETCH (FLAGS (\\Seen) UID 13)\r\n",
           "* 8 FETCH (UID 13 flags (\\Seen))\r\n",
           "* 8 FETCH (uid 13 FLAGS (\\Seen))\r\n",
           "* 8 fetch (UID 13 FLAGS (\\Seen))\r\n",
           "* 8 STORE (UID 13 FLAGS (\\Seen))\r\n",
           "* 8 FETCH  (UID 13 FLAGS (\\Seen))\r\n",
           "* 8 FETCH ( UID 13 FLAGS (\\Seen))\r\n",
           "* 8 FETCH (UID  13 FLAGS (\\Seen))\r\n",
           "* 8 FETCH (UID 13  FLAGS (\\Seen))\r\n",
           "* 8 FETCH (UID 13 FLAGS  (\\Seen))\r\n",
           "* 8 FETCH (UID 13 FLAGS (\\Seen) )\r\n",
           "* 8 FETCH (UID 13 FLAGS (\\Seen)) \r\n",
           "* 8 FETCH (UID 13FLAGS (\\Seen))\r\n",
           "* 8 FETCH (UID 13 FLAGS(\\Seen))\r\n",
           "* 8 FETCH UID 13 FLAGS (\\Seen))\r\n",
           "* 8 FETCH (UID 13 FLAGS (\\Seen)\r\n",
           "* 8 FETCH (UID 13 FLAGS (\\Seen)))\r\n",
           "* 8 FETCH (UID 13 FLAGS (\\Seen))\n\n",
           "* 8 FETCH (UID 13 FLAGS (\\Seen))\r\r\n",
           "* 8 FETCH (UID 13 FLAGS (\\Se\r\nen))\r\n",
           "* 8 FETCH (UID 13 FLAGS (\\Se\nen))\r\n",
           "* 8 FETCH (UID 13\r\n FLAGS (\\Seen))\r\n",
           "* 8 FETCH (UID 13 FLAGS ({1}\r\na))\r\n",
           "* 8 FETCH (UID 13 FLAGS {2}\r\n())\r\n",
           "* 8 FETCH (UID 13 FLAGS ~{2}\r\n())\r\n",
           "* 8 FETCH (UID 13 FLAGS (\"a\r\nb\"))\r\n",
           "* 8 FETCH (UID 13 FLAGS )\r\n",
           "* 8 FETCH (UID 13 FLAGS)\r\n",
           "* 8 FETCH (UID  FLAGS (\\Seen))\r\n",
           "* 8 FETCH (UID 013 FLAGS (\\Seen))\r\n",
           "* 8 FETCH (UID 0 FLAGS (\\Seen))\r\n",
           "* 8 FETCH (UID -1 FLAGS (\\Seen))\r\n",
           "* 8 FETCH (UID 13a FLAGS (\\Seen))\r\n",
           "* 8 FETCH (UID 4294967296 FLAGS (\\Seen))\r\n",
           "* 8 FETCH (UID 12345678901 FLAGS (\\Seen))\r\n",
           "* 08 FETCH (UID 13 FLAGS (\\Seen))\r\n",
           "* 00000008 FETCH (UID 13 FLAGS (\\Seen))\r\n",
           "* 0 FETCH (UID 13 FLAGS (\\Seen))\r\n",
           "*  FETCH (UID 13 FLAGS (\\Seen))\r\n",
           "* 4294967296 FETCH (UID 13 FLAGS (\\Seen))\r\n",
           "*  8 FETCH (UID 13 FLAGS (\\Seen))\r\n",
           "*8 FETCH (UID 13 FLAGS (\\Seen))\r\n",
           "+ 8 FETCH (UID 13 FLAGS (\\Seen))\r\n",
           "8 FETCH (UID 13 FLAGS (\\Seen))\r\n",
           "* OK [UIDNEXT 9] FETCH (UID 13 FLAGS (\\Seen))\r\n",
       }) {
    EXPECT_EQ(cut(p, row + behind), 0U) << row;
  }
  EXPECT_TRUE(cuts(p, "* 8 FETCH (UID 13 FLAGS (\\Seen))\r\n"));
}

// Only what begins with all of a known list is that list.
TEST(row_pattern, a_list_that_begins_or_ends_like_a_known_one) {
  auto p = pattern_of("* 7 FETCH (UID 12 FLAGS (\\Seen $abc))\r\n");
  for (const std::string_view list : {"(\\Seen $ab)", "(\\Seen $abcd)", "(\\Seen $abd)", "(\\Saen $abc)", "()",
                                      "(\\Seen $abc $d)", "(\\Seen)", "(\\Seen \"$a\")", "(\\Seen $ABC)"}) {
    const auto row = "* 8 FETCH (UID 13 FLAGS " + std::string(list) + ")\r\n";
    EXPECT_TRUE(cuts(p, row)) << row;
    EXPECT_TRUE(p.has_news()) << row;
  }
  EXPECT_EQ(cut(p, "* 8 FETCH (UID 13 FLAGS (\\Seen $abc" + behind), 0U);
  auto q = pattern_of("* 7 FETCH (UID 12 FLAGS (\\Answered \\Seen $abc))\r\n");
  EXPECT_TRUE(cuts(q, "* 8 FETCH (UID 13 FLAGS (\\Answered \\Seen $abd))\r\n"));
  EXPECT_TRUE(q.has_news());
  EXPECT_TRUE(cuts(p, std::string("* 8 FETCH (UID 13 FLAGS ") + std::string(40, '\0') + ")\r\n"));
  EXPECT_TRUE(p.has_news());
}

TEST(row_pattern, any_items_whose_names_stand_alone) {
  for (const std::string_view row : {
           "* 7 FETCH (FLAGS ())\r\n",
           "* 7 FETCH (MODSEQ (12) UID 3)\r\n",
           "* 7 FETCH (X-ANY-OTHER-14 (a) FLAGS (b) UID 3)\r\n",
           "* 7 FETCH (uid 5 Flags (a))\r\n",
           "* 7 FETCH (FLAGS (a) FLAGS (b) FLAGS (c))\r\n",
           "* 7 FETCH (RFC822.SIZE 44827 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" UID 9)\r\n",
           "* 7 FETCH (ENVELOPE (\"a\\\"b\\\\\" (NIL \"(\")) BODYSTRUCTURE ((\"a\")(\"b\")) PREVIEW NIL UID 4)\r\n",
           "* 7 FETCH (A a B b C c D d E e F f G g H h I i J j)\r\n",
       }) {
    auto p = pattern_of(row);
    EXPECT_TRUE(cuts(p, row)) << row;
    EXPECT_TRUE(cuts(p, "* 1" + std::string(row.substr(2)))) << row;
  }
  // More than there is room for.
  for (const std::string_view row :
       {"* 7 FETCH (A a B b C c D d E e F f G g H h I i J j K k)\r\n", "* 7 FETCH (X-ANY-OTHER-15- (a) UID 3)\r\n"}) {
    auto p = pattern_of(row);
    EXPECT_FALSE(cuts(p, row)) << row;
  }
}

TEST(row_pattern, nesting_is_limited_as_it_was) {
  auto p = pattern_of("* 1 FETCH (FLAGS (a) X (b))\r\n", 1);
  EXPECT_TRUE(cuts(p, "* 1 FETCH (FLAGS (a) X (b))\r\n", 1));
  EXPECT_FALSE(cuts(p, "* 1 FETCH (FLAGS ((a)) X (b))\r\n", 1));
  EXPECT_FALSE(cuts(p, "* 1 FETCH (FLAGS (a) X ((b)))\r\n", 1));
  auto q = pattern_of("* 1 FETCH (FLAGS (a) X (b))\r\n", 2);
  EXPECT_TRUE(cuts(q, "* 1 FETCH (FLAGS (a) X ((b)))\r\n", 2));
  EXPECT_FALSE(cuts(q, "* 1 FETCH (FLAGS (a) X (((b))))\r\n", 2));
}

TEST(row_pattern, a_row_that_is_not_all_there) {
  const std::string row = "* 8 FETCH (UID 13 FLAGS (\\Seen) ENVELOPE (\"a\" NIL (\"b\")) RFC822.SIZE 5)\r\n";
  for (std::size_t n = 0; n < row.size(); ++n) {
    auto p = pattern_of(row);
    EXPECT_EQ(cut(p, row.substr(0, n)), 0U) << n;
  }
  // So close to the end that it may be left to others, it is right nevertheless.
  auto p = pattern_of(row);
  for (std::size_t n = 0; n < behind.size(); ++n) {
    const auto octets = cut(p, row + behind.substr(0, n));
    EXPECT_TRUE(octets == 0 || octets == row.size()) << n;
  }
  EXPECT_EQ(cut(p, row + behind), row.size());
}

TEST(row_pattern, flags_are_news_until_they_were_there) {
  codec::row_pattern p;
  EXPECT_FALSE(cuts(p, "* 1 FETCH (UID 1 FLAGS (aa))\r\n"));
  EXPECT_TRUE(p.has_news());
  p = pattern_of("* 1 FETCH (UID 1 FLAGS (aa))\r\n");
  EXPECT_TRUE(p.has_news());
  const auto is_news = [&p](const std::string& flags) {
    EXPECT_TRUE(cuts(p, "* 2 FETCH (UID 2 FLAGS " + flags + ")\r\n")) << flags;
    return p.has_news();
  };
  EXPECT_FALSE(is_news("(aa)"));
  EXPECT_TRUE(is_news("(bb)"));
  EXPECT_FALSE(is_news("(bb)"));
  EXPECT_FALSE(is_news("(aa)"));
  EXPECT_TRUE(is_news("(BB)"));
  EXPECT_TRUE(is_news("NIL"));
  EXPECT_TRUE(is_news("NIL"));
  const std::string longest = "(" + std::string(30, 'k') + ")";
  EXPECT_TRUE(is_news(longest));
  EXPECT_FALSE(is_news(longest));
  const std::string too_long = "(" + std::string(31, 'k') + ")";
  EXPECT_TRUE(is_news(too_long));
  EXPECT_TRUE(is_news(too_long));
  EXPECT_FALSE(is_news("(aa)"));
  p.forget_lists();
  EXPECT_TRUE(p.has_news());
  EXPECT_TRUE(is_news("(aa)"));
  EXPECT_FALSE(is_news("(aa)"));
  // Each list another one, so that it is not worth remembering: all of them are news.
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(is_news("(k" + std::to_string(i) + ")"));
  EXPECT_TRUE(is_news("(aa)"));
  EXPECT_TRUE(is_news("(aa)"));
}

TEST(row_pattern, lists_of_other_items_are_no_flags) {
  auto p = pattern_of("* 1 FETCH (X-GM-LABELS (a) FLAGS (b) X (c) FLAGS (e))\r\n");
  EXPECT_TRUE(cuts(p, "* 1 FETCH (X-GM-LABELS (b) FLAGS (a) X (c) FLAGS (e))\r\n"));
  EXPECT_TRUE(p.has_news());
  EXPECT_TRUE(cuts(p, "* 1 FETCH (X-GM-LABELS (b) FLAGS (a) X (c) FLAGS (e))\r\n"));
  EXPECT_TRUE(p.has_news());  // of the third list and the following nothing is remembered
  auto q = pattern_of("* 1 FETCH (MODSEQ (1) UID 2)\r\n");
  EXPECT_TRUE(cuts(q, "* 1 FETCH (MODSEQ (2) UID 2)\r\n"));
  EXPECT_FALSE(q.has_news());
}

// Now and then one row is written otherwise; when they all are, they are what is expected.
TEST(row_pattern, two_rows_that_are_written_otherwise_are_the_new_pattern) {
  const std::string a = "* 1 FETCH (UID 1 FLAGS (a))\r\n";
  const std::string b = "* 1 FETCH (FLAGS (a) UID 1)\r\n";
  auto p = pattern_of(a);
  const auto misses = [&p](std::string_view text) {
    EXPECT_FALSE(cuts(p, text));
    fetch_row row;
    EXPECT_EQ(row.assign_response(text), text.size());
    p.missed(row);
    EXPECT_TRUE(p.has_news());
  };
  EXPECT_TRUE(cuts(p, a));
  misses(b);
  EXPECT_TRUE(cuts(p, a));
  misses(b);
  misses(b);
  EXPECT_TRUE(cuts(p, b));
  EXPECT_FALSE(p.has_news());
  misses(a);
  EXPECT_TRUE(cuts(p, b));
}

// Rows with an octet changed, left out or put in: whatever the pattern cuts, the others cut the same way.
TEST(row_pattern, changed_octets) {
  const std::string rows[] = {
      "* 12345 FETCH (UID 12350 FLAGS (\\Seen \\Answered))\r\n",
      "* 7 FETCH (FLAGS () MODSEQ (12) UID 3)\r\n",
      "* 7 FETCH (RFC822.SIZE 448 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" UID 9 FLAGS (a b))\r\n",
      "* 7 FETCH (UID 9 ENVELOPE (\"a\\\"b\\\\\" (NIL \"(\")) BODY ((\"a\")(\"b\")) PREVIEW NIL)\r\n",
  };
  const std::string_view octets = "()\"\\ \r\n{}019aAUID[]~*\0";
  std::mt19937 random(3);
  int cut_after_all = 0;
  for (int run = 0; run != 40'000; ++run) {
    const auto& row = rows[random() % 4];
    auto changed = row;
    for (auto n = random() % 3; n != 3; ++n) {
      const auto at = random() % changed.size();
      const char c = octets[random() % octets.size()];
      switch (random() % 3) {
        case 0: changed[at] = c; break;
        case 1: changed.insert(at, 1, c); break;
        default: changed.erase(at, 1); break;
      }
    }
    auto p = pattern_of(row);
    std::string by_pattern;
    const auto n = cut(p, changed + behind, &by_pattern);
    if (n == 0) continue;
    ++cut_after_all;
    fetch_row strict;
    const auto more = changed + behind;
    ASSERT_EQ(n, strict.assign_response(more)) << changed;
    ASSERT_EQ(by_pattern, describe(strict)) << changed;
    if (n == changed.size()) {
      ASSERT_TRUE(cuts(p, changed)) << changed;
    }
  }
  EXPECT_GT(cut_after_all, 3000);
}

}  // namespace
}  // namespace imapxx
