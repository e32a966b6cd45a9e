#include <imapxx/commands/expunge.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<expunge> && is_proper_command<uid_expunge>);

TEST(expunge, example_of_rfc9051) {  // section 6.4.3
  probe p;
  expunge c;
  EXPECT_EQ(p.wire(c), "EXPUNGE");
  for (const auto* line : {"* 3 EXPUNGE", "* 3 EXPUNGE", "* 5 EXPUNGE", "* 8 EXPUNGE"}) EXPECT_TRUE(p.feed(c, line));
  EXPECT_FALSE(p.feed(c, "* 4 EXISTS"));
  EXPECT_FALSE(p.complete(c, "A1 OK EXPUNGE completed"));
  EXPECT_EQ(c.take_result().sequence_numbers, (std::vector<std::uint32_t>{3, 3, 5, 8}));
}

TEST(uid_expunge, example_of_rfc4315) {  // section 2.1
  probe p;
  uid_expunge c(uid_set::range(3000, 3002));
  EXPECT_EQ(p.wire(c), "UID EXPUNGE 3000:3002");
  EXPECT_TRUE(p.feed(c, "* 3 EXPUNGE"));
  EXPECT_EQ(c.traits().capability, "UIDPLUS|IMAP4rev2");
  EXPECT_EQ(p.checked(uid_expunge(uid_set())), errc::invalid_argument);
}

TEST(expunge, vanished) {  // RFC 7162 section 3.2.10
  probe p;
  expunge c;
  EXPECT_TRUE(p.feed(c, "* VANISHED 405,407,410,425"));
  EXPECT_FALSE(p.feed(c, "* VANISHED (EARLIER) 41"));
  EXPECT_FALSE(p.complete(c, "A1 OK done"));
  EXPECT_EQ(c.take_result().vanished, uid_set::of(405, 407, 410, 425));
}

TEST(expunge, collected_responses_are_bounded) {
  probe p;
  p.bounds.collected_responses = 2;
  expunge c;
  p.wire(c);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(p.feed(c, "* 1 EXPUNGE"));
  EXPECT_EQ(p.complete(c, "A1 OK done").code(), errc::limit_exceeded);
}

}  // namespace
}  // namespace imapxx::test
