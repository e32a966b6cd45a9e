#include <imapxx/error.hpp>
#include <imapxx/model/date_time.hpp>

#include <gtest/gtest.h>

using namespace imapxx;
using namespace std::chrono_literals;

namespace {

std::string iso(std::string_view text) {
  const auto t = date_time::parse(text);
  return t ? t->to_iso8601() : "none";
}

TEST(date, is_written_as_search_wants_it) {
  EXPECT_EQ(date(2026, 2, 1).to_string(), "1-Feb-2026");
  EXPECT_EQ(date(1999, 12, 31).to_string(), "31-Dec-1999");
  EXPECT_EQ(date(33, 1, 1).to_string(), "1-Jan-0033");
}

TEST(date, reads_both_forms) {
  EXPECT_EQ(date::parse("1-Feb-2026"), date(2026, 2, 1));
  EXPECT_EQ(date::parse("01-feb-2026"), date(2026, 2, 1));
  EXPECT_EQ(date::parse("2026-02-01"), date(2026, 2, 1));
  for (const char* bad : {"", "1-Feb", "31-Feb-2026", "1-Fev-2026", "2026-2-1", "2026-13-01", "1-Feb-26", "1-Feb-2026 ",
                          "0000-01-01", "2026-02-30"}) {
    EXPECT_FALSE(date::try_parse(bad)) << bad;
  }
}

TEST(date, refuses_days_that_are_none) {
  EXPECT_THROW(date(2026, 2, 29), error);
  EXPECT_THROW(date(0, 1, 1), error);
  EXPECT_THROW(date(10'000, 1, 1), error);
  EXPECT_NO_THROW(date(2024, 2, 29));
}

// RFC 9051 section 9, date-time: both forms of the day, and the zone.
TEST(date_time, reads_the_grammar) {
  EXPECT_EQ(iso("17-Jul-1996 02:44:25 -0700"), "1996-07-17T02:44:25-07:00");
  EXPECT_EQ(iso(" 7-Jul-1996 02:44:25 +0530"), "1996-07-07T02:44:25+05:30");
  EXPECT_EQ(iso("07-JUL-1996 02:44:25 +0000"), "1996-07-07T02:44:25+00:00");
  const auto t = date_time::parse("17-Jul-1996 02:44:25 -0700");
  ASSERT_TRUE(t);
  EXPECT_EQ(t->utc(), std::chrono::sys_days(std::chrono::year(1996) / 7 / 17) + 9h + 44min + 25s);
  EXPECT_EQ(t->zone_minutes(), -420);
}

TEST(date_time, reads_what_servers_send) {
  EXPECT_EQ(iso("1-Feb-2024 08:05:00 +0100"), "2024-02-01T08:05:00+01:00");
  EXPECT_EQ(iso("01-Feb-24 08.05.00"), "2024-02-01T08:05:00+00:00");
  EXPECT_EQ(iso("01-Feb-99 08:05"), "1999-02-01T08:05:00+00:00");
  EXPECT_EQ(iso("01-Feb-2024 08:05:00 GMT"), "2024-02-01T08:05:00+00:00");
  EXPECT_EQ(iso("01-Feb-2024 08:05:00 +9999"), "2024-02-01T08:05:00+00:00");
}

// What is written as the grammar wants it is read another way than anything else: each octet of it changed.
TEST(date_time, one_octet_off) {
  const std::string exact = " 7-Jul-1996 02:44:25 -0730";
  for (std::size_t at = 0; at < exact.size(); ++at) {
    for (const char c : std::string("/:A \t;-9")) {
      auto text = exact;
      text[at] = c;
      const auto t = date_time::parse(text);
      const auto longer = date_time::parse(text + " ");  // not read as what is exact
      EXPECT_EQ(t, longer) << text;
    }
  }
  EXPECT_FALSE(date_time::parse(" :-Jul-1996 02:44:25 -0730"));
  EXPECT_FALSE(date_time::parse(" 0-Jul-1996 02:44:25 -0730"));
  EXPECT_EQ(iso("30-Feb-1996 02:44:25 -0730"), "none");
  EXPECT_EQ(iso("29-Feb-1996 23:59:60 -0730"), "1996-03-01T00:00:00-07:30");
}

TEST(date_time, refuses_the_impossible) {
  for (const char* bad : {"", "00-Jan-0000 00:00:00 +0000", "31-Feb-2024 00:00:00 +0000", "01-Foo-2024 00:00:00 +0000",
                          "01-Feb-2024", "01-Feb-2024 25:00:00 +0000", "01-Feb-2024 00:60:00 +0000", "yesterday"}) {
    EXPECT_EQ(iso(bad), "none") << bad;
  }
}

TEST(date_time, is_written_with_a_padded_day) {
  const date_time t(std::chrono::sys_days(std::chrono::year(2024) / 2 / 1) + 7h + 5min, 60);
  EXPECT_EQ(t.to_imap(), " 1-Feb-2024 08:05:00 +0100");
  EXPECT_EQ(t.to_iso8601(), "2024-02-01T08:05:00+01:00");
  EXPECT_EQ(date_time(std::chrono::sys_seconds(0s), -90).to_imap(), "31-Dec-1969 22:30:00 -0130");
  EXPECT_EQ(date_time::parse(t.to_imap()), t);
}

}  // namespace
