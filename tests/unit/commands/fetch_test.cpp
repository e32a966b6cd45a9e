#include <imapxx/commands/fetch.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<fetch>);

fetch ready(fetch c, probe p = probe()) {
  p.wire(c);
  return c;
}

TEST(fetch, example_of_rfc9051) {  // section 6.4.5
  probe p;
  fetch c(seq_set::range(2, 4), fetch_items().flags().header_fields("DATE", "FROM"));
  EXPECT_EQ(p.wire(c), "FETCH 2:4 (FLAGS BODY.PEEK[HEADER.FIELDS (DATE FROM)])");
  EXPECT_TRUE(p.feed(c, "* 2 FETCH (FLAGS (\\Seen) BODY[HEADER.FIELDS (DATE FROM)] {11}\r\nDate: x\r\n\r\n)"));
  EXPECT_TRUE(p.feed(c, "* 3 FETCH (FLAGS () BODY[HEADER.FIELDS (\"FROM\" \"DATE\")] \"\")"));  // quirk F-19
  EXPECT_FALSE(p.complete(c, "A1 OK FETCH completed"));
  const auto rows = c.take_result();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].section(section::parse("HEADER.FIELDS (Date From)")), "Date: x\r\n\r\n");
}

TEST(fetch, uid_fetch_asks_for_the_uid) {  // RFC 9051 section 6.4.9
  probe p;
  fetch c(uid_set::range(4827313, 4828442), fetch_items().flags());
  EXPECT_EQ(p.wire(c), "UID FETCH 4827313:4828442 (UID FLAGS)");
  EXPECT_TRUE(p.feed(c, "* 23 FETCH (FLAGS (\\Seen) UID 4827313)"));
  EXPECT_TRUE(p.feed(c, "* 24 FETCH (FLAGS (\\Seen) UID 4827943)"));
  EXPECT_FALSE(p.complete(c, "A1 OK UID FETCH completed"));
  const auto rows = c.take_result();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows.find_uid(4827943)->seq(), 24U);
}

TEST(fetch, takes_only_messages_of_its_set) {  // threat 36
  probe p;
  auto c = ready(fetch(uid_set::of(5, 7), fetch_items().flags()));
  EXPECT_FALSE(p.feed(c, "* 1 FETCH (UID 6 FLAGS ())"));
  EXPECT_TRUE(p.feed(c, "* 1 FETCH (UID 7 FLAGS ())"));
  auto s = ready(fetch(seq_set::of(5, 7), fetch_items().flags()));
  EXPECT_FALSE(p.feed(s, "* 6 FETCH (FLAGS ())"));
  EXPECT_TRUE(p.feed(s, "* 5 FETCH (FLAGS ())"));
}

TEST(fetch, rows_without_a_requested_item_are_updates) {
  probe p;
  auto c = ready(fetch(uid_set::range(1, 9), fetch_items().body_peek("1")));
  EXPECT_FALSE(p.feed(c, "* 3 FETCH (UID 3 FLAGS (\\Seen))"));
  EXPECT_FALSE(p.feed(c, "* 3 FETCH (UID 3 BODY[2] NIL)"));
  EXPECT_FALSE(p.feed(c, "* 3 FETCH (UID 3 BODY[1.MIME] NIL)"));
  EXPECT_TRUE(p.feed(c, "* 3 FETCH (UID 3 BODY[1] {2}\r\nab)"));
  EXPECT_FALSE(p.feed(c, "* 3 FETCH (UID 3 FLAGS (\\Seen))"));
}

TEST(fetch, flag_updates_without_uid_are_not_taken_for_answers) {
  probe p;
  auto c = ready(fetch(uid_set::range(1, 9), fetch_items().flags().rfc822_size()));
  EXPECT_FALSE(p.feed(c, "* 3 FETCH (FLAGS (\\Seen))"));
  EXPECT_FALSE(p.feed(c, "* 3 FETCH (FLAGS (\\Seen) MODSEQ (5))"));
  EXPECT_TRUE(p.feed(c, "* 3 FETCH (FLAGS (\\Seen) RFC822.SIZE 5)"));  // quirk F-06: nobody volunteers this
}

TEST(fetch, pieces_are_merged) {  // quirk F-07
  probe p;
  auto c = ready(fetch(uid_set::range(1, 9), fetch_items().flags().rfc822_size().internaldate()));
  EXPECT_TRUE(p.feed(c, "* 1 FETCH (UID 1 RFC822.SIZE 10)"));
  EXPECT_TRUE(p.feed(c, "* 2 FETCH (UID 2)"));
  EXPECT_TRUE(p.feed(c, "* 1 FETCH (FLAGS (\\Seen))"));  // belongs to a row that still waits for it
  EXPECT_TRUE(p.feed(c, "* 1 FETCH (UID 1 INTERNALDATE \" 1-Feb-2026 12:00:00 +0000\")"));
  EXPECT_TRUE(p.feed(c, "* 2 FETCH (UID 2 RFC822.SIZE 20 FLAGS () INTERNALDATE \" 1-Feb-2026 12:00:00 +0000\")"));
  EXPECT_FALSE(p.feed(c, "* 1 FETCH (UID 1 FLAGS (\\Deleted))"));  // an update of a complete message
  EXPECT_FALSE(p.complete(c, "A1 OK done"));
  const auto rows = c.take_result();
  ASSERT_EQ(rows.size(), 2U);
  const auto first = rows[0].to_data();
  EXPECT_EQ(first.rfc822_size, 10U);
  EXPECT_TRUE(first.internaldate);
  EXPECT_EQ(first.flags, flag_list::of(flags::seen));
  EXPECT_EQ(rows[1].rfc822_size(), 20U);
}

TEST(fetch, only_uids) {
  probe p;
  auto c = ready(fetch(seq_set::all(), fetch_items().uid()));
  EXPECT_TRUE(p.feed(c, "* 1 FETCH (UID 100)"));
  EXPECT_TRUE(p.feed(c, "* 2 FETCH (UID 200)"));
  EXPECT_FALSE(p.complete(c, "A1 OK done"));
  EXPECT_TRUE(c.take_result().find_uid(200));
}

TEST(fetch, star_stands_for_a_number_that_only_the_server_knows) {
  probe p;
  auto last = ready(fetch(uid_set::last(), fetch_items().flags()));
  EXPECT_TRUE(p.feed(last, "* 3 FETCH (UID 4711 FLAGS ())"));
  auto some = uid_set::of(1, 2);
  some |= uid_set::last();
  auto both = ready(fetch(some, fetch_items().flags()));
  EXPECT_TRUE(p.feed(both, "* 3 FETCH (UID 4711 FLAGS ())"));
  EXPECT_TRUE(p.feed(both, "* 1 FETCH (UID 1 FLAGS ())"));
  auto newer = ready(fetch(uid_set::from(100), fetch_items().flags()));
  EXPECT_FALSE(p.feed(newer, "* 3 FETCH (UID 99 FLAGS ())"));  // quirk Q-10: legal, but no result
  EXPECT_TRUE(p.feed(newer, "* 4 FETCH (UID 100 FLAGS ())"));
}

TEST(fetch, rfc822_and_body_are_names_of_one_thing) {
  probe p;
  auto c = ready(fetch(seq_set(1), fetch_items().rfc822()));
  EXPECT_TRUE(p.feed(c, "* 1 FETCH (BODY[] {1}\r\na)"));
  auto d = ready(fetch(seq_set(1), fetch_items().body_peek("HEADER")));
  EXPECT_TRUE(p.feed(d, "* 1 FETCH (RFC822.HEADER {1}\r\na)"));
}

TEST(fetch, partial_answers) {  // quirk F-18
  probe p;
  for (const auto* name : {"BODY[]<0>", "BODY[]", "BODY[]<0.1024>"}) {
    auto c = ready(fetch(uid_set(1), fetch_items().body_peek("", 0, 1024)));
    EXPECT_TRUE(p.feed(c, "* 1 FETCH (UID 1 " + std::string(name) + " {1}\r\na)")) << name;
  }
  auto other = ready(fetch(uid_set(1), fetch_items().body_peek("", 0, 1024)));
  EXPECT_FALSE(p.feed(other, "* 1 FETCH (UID 1 BODY[]<1024> {1}\r\na)"));
}

TEST(fetch, other_items) {
  probe p;
  auto c = ready(fetch(uid_set(1), fetch_items().item("X-THING")));
  EXPECT_FALSE(p.feed(c, "* 1 FETCH (UID 1 X-OTHER 5)"));
  EXPECT_TRUE(p.feed(c, "* 1 FETCH (UID 1 x-thing 5)"));
}

TEST(fetch, more_items_than_bits) {
  probe p;
  fetch_items items;
  std::string all = "* 1 FETCH (UID 1";
  for (int i = 1; i <= 40; ++i) {
    items.body_peek(std::to_string(i));
    all += " BODY[" + std::to_string(i) + "] NIL";
  }
  auto c = ready(fetch(uid_set(1), items));
  EXPECT_TRUE(p.feed(c, all + ")"));
  EXPECT_TRUE(p.feed(c, "* 1 FETCH (UID 1 BODY[40] \"late\")"));
  EXPECT_EQ(c.take_result().size(), 1U);
}

TEST(fetch, claims_without_taking) {
  auto c = ready(fetch(uid_set(7), fetch_items().flags()));
  fetch_row row;
  row.assign(1, "(UID 7 FLAGS ())");
  EXPECT_TRUE(c.claims(row));
  fetch_row other;
  other.assign(1, "(UID 8 FLAGS ())");
  EXPECT_FALSE(c.claims(other));
  EXPECT_TRUE(c.take_result().empty());
}

TEST(fetch, changed_since) {  // RFC 7162 section 3.1.4.1, example 9
  probe p("CONDSTORE");
  auto c = fetch(uid_set::all(), fetch_items().flags()).changed_since(12345);
  EXPECT_EQ(p.checked(c), errc::success);
  EXPECT_EQ(p.wire(c), "UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 12345)");
  EXPECT_TRUE(p.feed(c, "* 1 FETCH (UID 4 MODSEQ (65402) FLAGS (\\Seen))"));
  EXPECT_EQ(c.take_result()[0].modseq(), 65402U);
  EXPECT_EQ(p.checked(fetch(uid_set(1), fetch_items().flags()).changed_since(0)),
            errc::invalid_argument);  // quirk S-24
  EXPECT_EQ(p.checked(fetch(uid_set(1), fetch_items().flags()).changed_since(UINT64_MAX)), errc::invalid_argument);
  EXPECT_EQ(probe().checked(c), errc::capability_required);
}

TEST(fetch, refuses_bad_arguments) {
  probe p;
  EXPECT_EQ(p.checked(fetch(uid_set(), fetch_items().flags())), errc::invalid_argument);
  EXPECT_EQ(p.checked(fetch(seq_set(), fetch_items().flags())), errc::invalid_argument);
  EXPECT_EQ(p.checked(fetch(uid_set(1), fetch_items())), errc::invalid_argument);
  EXPECT_EQ(p.checked(fetch(uid_set(1), fetch_items().body_peek("nonsense"))), errc::invalid_argument);
  EXPECT_EQ(p.checked(fetch(uid_set(1), fetch_items().binary("1"))), errc::capability_required);
}

TEST(fetch, bodies_go_to_the_sink) {
  probe p;
  std::string got;
  auto sink = sink_to([&](const body_info&, std::string_view piece) {
    got += piece;
    return true;
  });
  auto c = fetch(uid_set::of(5), fetch_items().body_peek("1")).to(sink);
  p.wire(c);
  EXPECT_TRUE(c.traits().stall_deadline);
  body_info info;
  info.seq = 3;
  info.section = section::parse("1");
  EXPECT_TRUE(c.wants_section(info));  // the UID is not known yet
  info.uid = 5;
  EXPECT_EQ(c.on_body(info), sink.get());
  info.uid = 6;
  EXPECT_FALSE(c.wants_section(info));
  EXPECT_EQ(c.on_body(info), nullptr);
  info.uid = 5;
  info.section = section::parse("2");
  EXPECT_EQ(c.on_body(info), nullptr);
  c.abandon();
  info.section = section::parse("1");
  EXPECT_EQ(c.on_body(info), nullptr);
}

TEST(fetch, without_sink_bodies_are_collected) {
  auto c = ready(fetch(seq_set(3), fetch_items().body_peek("1")));
  body_info info;
  info.seq = 3;
  info.section = section::parse("1");
  EXPECT_TRUE(c.wants_section(info));
  EXPECT_EQ(c.on_body(info), nullptr);
  EXPECT_FALSE(c.traits().stall_deadline);
  info.seq = 4;
  EXPECT_FALSE(c.wants_section(info));
}

TEST(fetch, collected_rows_are_bounded) {  // threat 27
  probe p;
  p.bounds.collected_responses = 2;
  auto c = ready(fetch(uid_set::all(), fetch_items().flags()), p);
  for (const auto* line : {"* 1 FETCH (UID 1 FLAGS ())", "* 2 FETCH (UID 2 FLAGS ())", "* 3 FETCH (UID 3 FLAGS ())"}) {
    EXPECT_TRUE(p.feed(c, line));
  }
  const auto why = p.complete(c, "A1 OK done");
  EXPECT_EQ(why.code(), errc::limit_exceeded);
  EXPECT_EQ(why.limit_name(), "collected_responses");
  EXPECT_FALSE(why.is_fatal());
  EXPECT_TRUE(c.take_result().empty());
}

TEST(fetch, collected_octets_are_bounded) {
  probe p;
  p.bounds.collected_octets = 30;
  auto c = ready(fetch(uid_set::all(), fetch_items().flags()), p);
  EXPECT_TRUE(p.feed(c, "* 1 FETCH (UID 1 FLAGS ())"));
  EXPECT_TRUE(p.feed(c, "* 2 FETCH (UID 2 FLAGS ())"));
  EXPECT_EQ(p.complete(c, "A1 OK done").limit_name(), "collected_octets");
}

TEST(fetch, data_stays_when_the_server_says_no) {  // quirk F-10
  probe p;
  auto c = ready(fetch(uid_set::all(), fetch_items().flags()));
  EXPECT_TRUE(p.feed(c, "* 1 FETCH (UID 1 FLAGS ())"));
  EXPECT_EQ(p.complete(c, "A1 NO Some of the requested messages no longer exist").code(), errc::no);
  EXPECT_EQ(c.take_result().size(), 1U);
}

TEST(fetch, malformed_items_stay_in_the_row) {
  probe p;
  auto c = ready(fetch(uid_set::all(), fetch_items().flags().internaldate()));
  EXPECT_TRUE(p.feed(c, "* 1 FETCH (UID 1 FLAGS (\\Seen) INTERNALDATE gibberish)"));
  const auto rows = c.take_result();
  EXPECT_TRUE(rows[0].has_flag("\\Seen"));
  EXPECT_FALSE(rows[0].internaldate());
}

}  // namespace
}  // namespace imapxx::test
