#include <imapxx/commands/search.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<search> && is_proper_command<uid_search> && !std::is_aggregate_v<search_return>);

TEST(search, example_of_rfc3501) {  // section 6.4.4
  probe p;
  search c(search_key::flagged() && search_key::since(date(1994, 2, 1)) && !search_key::from("Smith"));
  EXPECT_EQ(p.wire(c), "SEARCH FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"");
  EXPECT_TRUE(p.feed(c, "* SEARCH 2 84 882"));
  EXPECT_FALSE(p.complete(c, "A1 OK SEARCH completed"));
  EXPECT_EQ(c.take_result().numbers(), seq_set::of(2, 84, 882));
}

TEST(search, nothing_found_in_many_forms) {  // quirk Q-04
  probe p;
  for (const auto* line : {"", "* SEARCH", "* SEARCH "}) {
    search c(search_key::unseen());
    if (*line != '\0') {
      EXPECT_TRUE(p.feed(c, line));
    }
    EXPECT_FALSE(p.complete(c, "A1 OK done"));
    EXPECT_TRUE(c.take_result().empty());
  }
}

TEST(uid_search, several_lines_are_united) {  // quirks
  probe p;
  uid_search c(search_key::all());
  EXPECT_EQ(p.wire(c), "UID SEARCH ALL");
  EXPECT_TRUE(p.feed(c, "* SEARCH 9 8 7"));
  EXPECT_TRUE(p.feed(c, "* SEARCH 1 2 8"));
  EXPECT_FALSE(p.complete(c, "A1 OK done"));
  EXPECT_EQ(c.take_result().numbers(), uid_set::of(1, 2, 7, 8, 9));
}

TEST(uid_search, hundreds_of_thousands_of_numbers_in_changing_density) {
  // Single numbers at first, long runs at last, and the other way round: room for the ranges is guessed on the way.
  for (const bool thin_first : {true, false}) {
    probe p;
    uid_search c(search_key::all());
    std::string line = "* SEARCH";
    std::vector<message_number> numbers;
    for (message_number i = 1; i <= 300'000; ++i) {
      const bool thin = (i < 150'000) == thin_first;
      numbers.push_back((numbers.empty() ? 0 : numbers.back()) + (thin || i % 1000 == 0 ? 14 : 1));
      line += " " + std::to_string(numbers.back());
    }
    EXPECT_TRUE(p.feed(c, line));
    EXPECT_FALSE(p.complete(c, "A1 OK done"));
    const auto found = c.take_result();
    EXPECT_EQ(found.size(), numbers.size());
    EXPECT_EQ(found.numbers(), uid_set::from_numbers(numbers));
  }
}

TEST(search, esearch_example) {  // RFC 9051 section 6.4.4
  probe p("IMAP4rev2");
  p.tag = "A282";
  auto c = search(search_key::flagged() && search_key::since(date(1994, 2, 1)) && !search_key::from("Smith"))
               .returning(search_return().count().min());
  EXPECT_EQ(p.wire(c), "SEARCH RETURN (MIN COUNT) FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"");
  EXPECT_EQ(p.checked(c), errc::success);
  EXPECT_FALSE(p.feed(c, "* ESEARCH (TAG \"A281\") MIN 1 COUNT 9"));
  EXPECT_TRUE(p.feed(c, "* ESEARCH (TAG \"A282\") MIN 2 COUNT 3"));
  EXPECT_FALSE(p.complete(c, "A282 OK SEARCH completed"));
  const auto r = c.take_result();
  EXPECT_EQ(r.min, 2U);
  EXPECT_EQ(r.count, 3U);
  EXPECT_FALSE(r.max);
  EXPECT_TRUE(r.empty());
}

TEST(uid_search, esearch_answers_a_plain_search) {  // IMAP4rev2, quirk Q-05
  probe p;
  uid_search c(search_key::unseen());
  p.wire(c);
  EXPECT_TRUE(p.feed(c, "* ESEARCH (TAG \"A1\") UID ALL 2,10:11"));
  EXPECT_FALSE(p.complete(c, "A1 OK done"));
  EXPECT_EQ(c.take_result().numbers(), uid_set::of(2, 10, 11));
}

TEST(uid_search, search_answers_an_extended_search) {  // quirk Q-05
  probe p("ESEARCH");
  auto c = uid_search(search_key::unseen()).returning(search_return().all());
  EXPECT_EQ(p.wire(c), "UID SEARCH RETURN (ALL) UNSEEN");
  EXPECT_TRUE(p.feed(c, "* SEARCH 3 5"));
  EXPECT_FALSE(p.complete(c, "A1 OK done"));
  EXPECT_EQ(c.take_result().numbers(), uid_set::of(3, 5));
}

TEST(uid_search, never_takes_sequence_numbers_for_uids) {
  probe p;
  uid_search c(search_key::unseen());
  p.wire(c);
  EXPECT_TRUE(p.feed(c, "* ESEARCH (TAG \"A1\") ALL 1:3"));
  EXPECT_EQ(p.complete(c, "A1 OK done").code(), errc::incomplete_result);
  search s(search_key::unseen());
  p.wire(s);
  EXPECT_TRUE(p.feed(s, "* ESEARCH (TAG \"A1\") UID ALL 1:3"));
  EXPECT_EQ(p.complete(s, "A1 OK done").code(), errc::incomplete_result);
  uid_search none(search_key::unseen());
  p.wire(none);
  EXPECT_TRUE(p.feed(none, "* ESEARCH (TAG \"A1\")"));
  EXPECT_FALSE(p.complete(none, "A1 OK nothing"));
}

TEST(search, save) {  // RFC 5182 section 2.1, example 1
  probe p("IMAP4rev1 ESEARCH SEARCHRES");
  auto c = search(search_key::from("Tom")).returning(search_return().save());
  EXPECT_EQ(p.wire(c), "SEARCH RETURN (SAVE) FROM \"Tom\"");
  EXPECT_EQ(p.checked(c), errc::success);
  uid_search use(search_key::saved_result());
  EXPECT_EQ(p.checked(use), errc::success);
  EXPECT_EQ(p.wire(use), "UID SEARCH $");
  probe without("ESEARCH");
  EXPECT_EQ(without.checked(c), errc::capability_required);
  EXPECT_EQ(without.checked(use), errc::capability_required);
  EXPECT_EQ(probe().checked(search(search_key::all()).returning(search_return().all())), errc::capability_required);
}

TEST(search, charset_only_when_needed) {  // RFC 9051 section 6.4.4, RFC 6855 section 3; quirks
  probe p;
  search c(search_key::subject("\xD0\x94\xD0\xB0"));
  EXPECT_EQ(p.wire(c), "SEARCH CHARSET UTF-8 SUBJECT {4}\r\n\xD0\x94\xD0\xB0");
  probe utf8;
  utf8.context.utf8 = true;
  search d(search_key::subject("\xD0\x94\xD0\xB0"));
  EXPECT_EQ(utf8.wire(d), "SEARCH SUBJECT \"\xD0\x94\xD0\xB0\"");
  search ascii(search_key::subject("a b"));
  EXPECT_EQ(p.wire(ascii), "SEARCH SUBJECT \"a b\"");
}

TEST(search, modseq) {  // RFC 7162 section 3.1.5
  probe p("CONDSTORE");
  search c(search_key::modseq(620162338));
  EXPECT_EQ(p.checked(c), errc::success);
  EXPECT_EQ(probe("QRESYNC").checked(c), errc::success);
  EXPECT_EQ(probe().checked(c), errc::capability_required);
  EXPECT_TRUE(p.feed(c, "* SEARCH 2 5 6 7 11 12 18 19 20 23 (MODSEQ 917162500)"));
  EXPECT_FALSE(p.complete(c, "A1 OK done"));
  const auto r = c.take_result();
  EXPECT_EQ(r.size(), 10U);
  EXPECT_EQ(r.modseq, 917162500U);
}

TEST(search, many_short_lines_cost_no_more_than_their_numbers) {
  probe p;
  uid_search c(search_key::all());
  p.wire(c);
  constexpr std::uint32_t lines = 200'000;
  response r = search_response();
  for (std::uint32_t i = lines; i > 0; --i) {  // descending and with gaps: the worst case for a sorted list
    std::get<search_response>(r).numbers = uid_set(2 * i);
    ASSERT_TRUE(c.on_response(r));
  }
  EXPECT_FALSE(p.complete(c, "A1 OK done"));
  EXPECT_EQ(c.take_result().size(), lines);
}

TEST(search, collected_numbers_are_bounded) {
  probe p;
  p.bounds.collected_octets = 3 * sizeof(number_range);
  uid_search c(search_key::all());
  p.wire(c);
  EXPECT_TRUE(p.feed(c, "* SEARCH 1 3 5"));
  EXPECT_TRUE(p.feed(c, "* SEARCH 7"));
  const auto why = p.complete(c, "A1 OK done");
  EXPECT_EQ(why.code(), errc::limit_exceeded);
  EXPECT_EQ(why.limit_name(), "collected_octets");
}

TEST(search, keys_of_extensions_need_them) {
  EXPECT_EQ(probe().checked(search(search_key::older(60))), errc::capability_required);
  EXPECT_EQ(probe("WITHIN").checked(search(search_key::older(60))), errc::success);
}

}  // namespace
}  // namespace imapxx::test
