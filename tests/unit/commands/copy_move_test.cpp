#include <imapxx/commands/copy_move.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<copy> && is_proper_command<move>);

TEST(copy, example_of_rfc4315) {  // section 3
  probe p;
  copy c(seq_set::range(2, 4), "meeting");
  EXPECT_EQ(p.wire(c), "COPY 2:4 meeting");
  EXPECT_FALSE(p.complete(c, "A1 OK [COPYUID 38505 304,319:320 3956:3958] Done"));
  const auto r = c.take_result();
  EXPECT_EQ(r.uidvalidity, 38505U);
  EXPECT_EQ(r.destination_of(304), 3956U);
  EXPECT_EQ(r.destination_of(319), 3957U);
  EXPECT_EQ(r.destination_of(320), 3958U);
  EXPECT_FALSE(r.destination_of(305));
  EXPECT_FALSE(r.destination_of(321));
}

TEST(copy, pairs_in_the_order_sent) {  // quirk P-02
  probe p;
  copy c(uid_set::of(1, 5, 9), "x");
  EXPECT_EQ(p.wire(c), "UID COPY 1,5,9 x");
  EXPECT_FALSE(p.complete(c, "A1 OK [COPYUID 1 9,1,5 20,10:11] Done"));
  const auto r = c.take_result();
  EXPECT_EQ(r.destination_of(9), 20U);
  EXPECT_EQ(r.destination_of(1), 10U);
  EXPECT_EQ(r.destination_of(5), 11U);
}

TEST(copy, sets_that_do_not_pair_are_dropped) {  // quirks P-01, P-02
  probe p;
  for (const auto* line : {"A1 OK [COPYUID 701  ] COPY completed.", "A1 OK [COPYUID 7 1:3 5:6] x",
                           "A1 OK [COPYUID 0 1 5] x", "A1 OK done"}) {
    copy c(uid_set::range(1, 3), "x");
    EXPECT_FALSE(p.complete(c, line));
    const auto r = c.take_result();
    EXPECT_FALSE(r.uidvalidity) << line;
    EXPECT_FALSE(r.destination_of(1)) << line;
  }
}

TEST(copy, huge_ranges_are_not_expanded) {
  probe p;
  copy c(uid_set::all(), "x");
  EXPECT_FALSE(p.complete(c, "A1 OK [COPYUID 1 1:4294967294 2:4294967295] x"));
  EXPECT_EQ(c.take_result().destination_of(4294967294U), 4294967295U);
}

TEST(move, example_of_rfc6851) {  // section 4.3
  probe p;
  move c(uid_set::range(42, 69), "foo");
  EXPECT_EQ(p.wire(c), "UID MOVE 42:69 foo");
  EXPECT_TRUE(p.feed(c, "* OK [COPYUID 432432 42:69 1202:1229]"));
  EXPECT_FALSE(p.feed(c, "* 22 EXPUNGE"));
  EXPECT_FALSE(p.feed(c, "* OK Still here"));
  EXPECT_FALSE(p.complete(c, "A1 OK Done"));
  EXPECT_EQ(c.take_result().destination_of(69), 1229U);
  EXPECT_EQ(c.traits().capability, "MOVE|IMAP4rev2");
}

TEST(move, copyuid_in_both_places_counts_once) {
  probe p;
  move c(seq_set(3), "foo");
  EXPECT_EQ(p.wire(c), "MOVE 3 foo");
  EXPECT_TRUE(p.feed(c, "* OK [COPYUID 4 42 7] moved"));
  EXPECT_FALSE(p.complete(c, "A1 OK [COPYUID 4 42 7] Done"));
  EXPECT_EQ(c.take_result().sources.size(), 1U);
}

TEST(copy, refuses_bad_arguments) {
  probe p;
  EXPECT_EQ(p.checked(copy(uid_set(), "x")), errc::invalid_argument);
  EXPECT_EQ(p.checked(copy(seq_set(), "x")), errc::invalid_argument);
  EXPECT_EQ(p.checked(copy(uid_set(1), "a\r\nb")), errc::invalid_argument);
  EXPECT_EQ(p.checked(move(uid_set(1), "")), errc::invalid_argument);
  copy c(uid_set(), "x");
  EXPECT_EQ(p.wire(c), "!invalid_argument");
}

TEST(copy, reports_trycreate) {
  probe p;
  copy c(uid_set(1), "x");
  EXPECT_EQ(p.complete(c, "A1 NO [TRYCREATE] no such mailbox").response_code(), "TRYCREATE");
}

}  // namespace
}  // namespace imapxx::test
