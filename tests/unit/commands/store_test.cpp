#include <imapxx/commands/store.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<store>);

TEST(store, example_of_rfc9051) {  // section 6.4.6
  probe p;
  store c(seq_set::range(2, 4), store_mode::add, flag_list::of(flags::deleted));
  EXPECT_EQ(p.wire(c), "STORE 2:4 +FLAGS (\\Deleted)");
  EXPECT_TRUE(p.feed(c, "* 2 FETCH (FLAGS (\\Deleted \\Seen))"));
  EXPECT_TRUE(p.feed(c, "* 3 FETCH (FLAGS (\\Deleted))"));
  EXPECT_TRUE(p.feed(c, "* 4 FETCH (FLAGS (\\Deleted \\Flagged \\Seen))"));
  EXPECT_FALSE(p.complete(c, "A1 OK STORE completed"));
  const auto r = c.take_result();
  ASSERT_EQ(r.messages.size(), 3U);
  EXPECT_EQ(r.messages[0].seq, 2U);
  EXPECT_TRUE(r.messages[2].flags.contains("\\Flagged"));
}

TEST(store, forms) {
  probe p;
  store remove(uid_set::of(5, 7), store_mode::remove, flag_list::of("$Work", flags::seen));
  auto silent = store(uid_set(5), store_mode::replace, flag_list()).silent();
  EXPECT_EQ(p.wire(remove), "UID STORE 5,7 -FLAGS ($Work \\Seen)");
  EXPECT_EQ(p.wire(silent), "UID STORE 5 FLAGS.SILENT ()");
  EXPECT_TRUE(remove.traits().may_expunge);
  EXPECT_FALSE(store(seq_set(1), store_mode::add, flag_list::of("a")).traits().may_expunge);
}

TEST(store, takes_only_flags_of_its_messages) {
  probe p;
  store c(uid_set::of(5, 7), store_mode::add, flag_list::of(flags::seen));
  p.wire(c);
  EXPECT_TRUE(p.feed(c, "* 1 FETCH (UID 5 FLAGS (\\Seen))"));
  EXPECT_FALSE(p.feed(c, "* 2 FETCH (UID 6 FLAGS (\\Seen))"));
  EXPECT_FALSE(p.feed(c, "* 5 FETCH (FLAGS (\\Seen))"));
  EXPECT_FALSE(p.feed(c, "* 3 FETCH (UID 7 FLAGS (\\Seen) RFC822.SIZE 44)"));
  EXPECT_EQ(c.take_result().messages.size(), 1U);
}

TEST(store, unchanged_since) {  // RFC 7162 section 3.1.3, examples 3 and 7
  probe p("CONDSTORE");
  auto c =
      store(uid_set::of(6, 4, 8), store_mode::add, flag_list::of(flags::deleted)).silent().unchanged_since(12121230045);
  EXPECT_EQ(p.checked(c), errc::success);
  EXPECT_EQ(p.wire(c), "UID STORE 4,6,8 (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\\Deleted)");
  EXPECT_TRUE(p.feed(c, "* 1 FETCH (UID 4 MODSEQ (12121231000))"));
  EXPECT_FALSE(p.complete(c, "A1 OK [MODIFIED 6,8] Conditional STORE failed"));
  const auto r = c.take_result();
  ASSERT_EQ(r.messages.size(), 1U);
  EXPECT_EQ(r.messages[0].modseq, 12121231000U);
  EXPECT_EQ(r.modified, "6,8");
  EXPECT_EQ(r.modified_uids(), uid_set::of(6, 8));
  EXPECT_EQ(r.modified_seqs(), seq_set::of(6, 8));
}

TEST(store, modified_with_no) {  // quirk P-18
  probe p("CONDSTORE");
  auto c = store(uid_set::of(6), store_mode::add, flag_list::of(flags::deleted)).unchanged_since(0);
  EXPECT_EQ(p.wire(c), "UID STORE 6 (UNCHANGEDSINCE 0) +FLAGS (\\Deleted)");
  EXPECT_FALSE(p.complete(c, "A1 NO [MODIFIED 6] changed meanwhile"));
  EXPECT_EQ(c.take_result().modified, "6");
  store plain(uid_set::of(6), store_mode::add, flag_list::of(flags::deleted));
  EXPECT_EQ(p.complete(plain, "A1 NO [MODIFIED 6] odd").code(), errc::no);
}

TEST(store, refuses_bad_arguments) {
  probe p;
  const auto seen = flag_list::of(flags::seen);
  EXPECT_EQ(p.checked(store(uid_set(), store_mode::add, seen)), errc::invalid_argument);
  EXPECT_EQ(p.checked(store(uid_set(1), store_mode::add, flag_list())), errc::invalid_argument);  // quirk P-17
  EXPECT_EQ(p.checked(store(uid_set(1), store_mode::remove, flag_list())), errc::invalid_argument);
  EXPECT_EQ(p.checked(store(uid_set(1), store_mode::replace, flag_list())), errc::success);
  EXPECT_EQ(p.checked(store(uid_set(1), store_mode::add, flag_list::of("\\recent"))), errc::invalid_argument);
  EXPECT_EQ(p.checked(store(uid_set(1), store_mode::add, flag_list::of("a(b"))), errc::invalid_argument);
  EXPECT_EQ(p.checked(store(uid_set(1), store_mode::add, seen).unchanged_since(5)), errc::capability_required);
  probe c("CONDSTORE");
  EXPECT_EQ(c.checked(store(uid_set(1), store_mode::add, seen).unchanged_since(UINT64_MAX)), errc::invalid_argument);
}

TEST(store, collected_rows_are_bounded) {
  probe p;
  p.bounds.collected_responses = 1;
  store c(seq_set::all(), store_mode::add, flag_list::of(flags::seen));
  p.wire(c);
  EXPECT_TRUE(p.feed(c, "* 1 FETCH (FLAGS (\\Seen))"));
  EXPECT_TRUE(p.feed(c, "* 2 FETCH (FLAGS (\\Seen))"));
  EXPECT_EQ(p.complete(c, "A1 OK done").code(), errc::limit_exceeded);
}

}  // namespace
}  // namespace imapxx::test
