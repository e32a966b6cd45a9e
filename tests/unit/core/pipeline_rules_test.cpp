// RFC 9051 section 5.5: which commands may be under way together.
#include "core/pipeline_rules.hpp"

#include <imapxx/commands.hpp>

#include "core/send_window.hpp"

#include <gtest/gtest.h>

#include <string>

namespace imapxx::core {
namespace {

std::string rule(const command& earlier, const command& later) {
  const auto a = earlier.scope();
  const auto b = later.scope();
  const auto* r = blocking_rule({earlier.traits(), a}, {later.traits(), b});
  return r == nullptr ? "" : std::string(r->name);
}

bool overtakes(const command& later, const command& earlier) {
  const auto a = earlier.scope();
  const auto b = later.scope();
  return may_overtake({later.traits(), b}, {earlier.traits(), a});
}

fetch flags_of(std::uint32_t first, std::uint32_t last) {
  return fetch(uid_set::range(first, last), fetch_items().flags());
}

const flag_list seen = flag_list::of(flags::seen);

TEST(pipeline_rules, the_sequences_that_rfc9051_calls_invalid) {
  const fetch f(seq_set(1), fetch_items().envelope());
  const store s(seq_set(2), store_mode::add, seen);
  const copy c(seq_set(3), "x");
  EXPECT_EQ(rule(noop(), s), "renumbering");  // FETCH + NOOP + STORE
  EXPECT_EQ(rule(c, f), "renumbering");       // STORE + COPY + FETCH
  EXPECT_EQ(rule(c, c), "renumbering");       // COPY + COPY
  EXPECT_EQ(rule(uid_search(search_key::seen()), uid_search(search_key::seq(seq_set(1)))), "renumbering");
}

TEST(pipeline_rules, the_sequences_that_rfc9051_calls_valid) {
  const fetch f(seq_set(1), fetch_items().envelope());
  const store s(seq_set(2), store_mode::add, seen);
  const search q(search_key::all());
  const copy c(seq_set(3), "x");
  for (const command* earlier : {static_cast<const command*>(&f), static_cast<const command*>(&s)}) {
    EXPECT_EQ(rule(*earlier, q), "");  // FETCH + STORE + SEARCH + NOOP
    EXPECT_EQ(rule(*earlier, noop()), "");
    EXPECT_EQ(rule(*earlier, c), "");  // STORE + COPY + EXPUNGE
    EXPECT_EQ(rule(*earlier, expunge()), "");
  }
  EXPECT_EQ(rule(f, s), "");
  EXPECT_EQ(rule(q, noop()), "");
  EXPECT_EQ(rule(c, expunge()), "");
}

TEST(pipeline_rules, fetches_are_told_apart_by_their_messages_or_their_items) {
  EXPECT_EQ(rule(flags_of(1, 10), flags_of(11, 20)), "");
  EXPECT_EQ(rule(flags_of(1, 10), flags_of(10, 20)), "same-answer");
  EXPECT_EQ(rule(flags_of(1, 10), fetch(uid_set(5), fetch_items().envelope())), "");
  EXPECT_EQ(rule(fetch(uid_set(5), fetch_items().body_peek("1")), fetch(uid_set(5), fetch_items().body_peek("2"))), "");
  EXPECT_EQ(rule(fetch(uid_set(5), fetch_items().body_peek("1")), fetch(uid_set(5), fetch_items().body_peek("1"))),
            "same-answer");
  // Pieces of one section: the answer names the first octet.
  EXPECT_EQ(rule(fetch(uid_set(5), fetch_items().body_peek("", 0, 100)),
                 fetch(uid_set(5), fetch_items().body_peek("", 100, 100))),
            "");
  // A sequence number and a UID may mean one message.
  EXPECT_EQ(rule(fetch(seq_set(1), fetch_items().flags()), fetch(uid_set(99), fetch_items().flags())), "same-answer");
  // Whatever is asked for, an answer with the UID alone may be any.
  EXPECT_EQ(rule(fetch(uid_set(5), fetch_items().uid()), fetch(uid_set(5), fetch_items().envelope())), "same-answer");
}

TEST(pipeline_rules, a_store_is_kept_from_fetches_of_the_same_flags) {
  const store s(uid_set::range(1, 10), store_mode::add, seen);
  EXPECT_EQ(rule(s, flags_of(10, 11)), "same-answer");
  EXPECT_EQ(rule(flags_of(10, 11), s), "same-answer");
  EXPECT_EQ(rule(s, flags_of(11, 12)), "");
  EXPECT_EQ(rule(s, fetch(uid_set(10), fetch_items().envelope())), "");
  EXPECT_EQ(rule(s, fetch(uid_set(10), fetch_items().body_section("1"))), "same-answer");  // sets \Seen
  EXPECT_EQ(rule(s, store(uid_set(10), store_mode::remove, seen)), "same-answer");
  EXPECT_EQ(rule(s, store(uid_set(11), store_mode::remove, seen)), "");
}

TEST(pipeline_rules, star_is_whatever_is_last) {
  EXPECT_EQ(rule(fetch(uid_set::last(), fetch_items().flags()), flags_of(1, 2)), "same-answer");
  EXPECT_EQ(rule(fetch(uid_set::from(100), fetch_items().flags()), flags_of(1, 2)), "");
  EXPECT_EQ(rule(fetch(uid_set::from(100), fetch_items().flags()), flags_of(500, 500)), "same-answer");
}

TEST(pipeline_rules, searches_are_told_apart_by_the_tag_in_esearch) {
  auto tagged = uid_search(search_key::seen()).returning(search_return().all());
  EXPECT_EQ(rule(tagged, tagged), "");
  EXPECT_EQ(rule(tagged, uid_search(search_key::seen())), "same-answer");
  EXPECT_EQ(rule(uid_search(search_key::seen()), uid_search(search_key::unseen())), "same-answer");
}

TEST(pipeline_rules, status_is_told_apart_by_the_mailbox) {
  EXPECT_EQ(rule(status("a", status_items().messages()), status("b", status_items().messages())), "");
  EXPECT_EQ(rule(status("a", status_items().messages()), status("a", status_items().unseen())), "same-answer");
  EXPECT_EQ(rule(status("INBOX", status_items().messages()), status("inbox", status_items().unseen())), "same-answer");
}

TEST(pipeline_rules, copyuid_is_told_apart_by_the_messages) {  // RFC 6851 section 4.3: in an untagged OK
  EXPECT_EQ(rule(move(uid_set(1), "x"), move(uid_set(2), "x")), "");
  EXPECT_EQ(rule(move(uid_set(1), "x"), move(uid_set(1), "y")), "same-answer");
}

TEST(pipeline_rules, what_uses_the_connection_alone) {
  EXPECT_EQ(rule(idle(), noop()), "exclusive");
  EXPECT_EQ(rule(noop(), logout()), "exclusive");
  EXPECT_EQ(rule(noop(), select("x")), "selection");
  EXPECT_EQ(rule(select("x"), flags_of(1, 1)), "selection");
}

TEST(pipeline_rules, only_readers_go_round_readers) {
  const uid_search q(search_key::seen());
  const status s("a", status_items().messages());
  EXPECT_TRUE(overtakes(s, q));
  EXPECT_TRUE(overtakes(flags_of(1, 2), q));
  EXPECT_FALSE(overtakes(q, q));                                                  // it would have to wait for one more
  EXPECT_FALSE(overtakes(s, search(search_key::seen())));                         // STATUS may bring EXPUNGE
  EXPECT_FALSE(overtakes(s, store(uid_set(1), store_mode::add, seen)));           // whoever wrote first is first
  EXPECT_FALSE(overtakes(fetch(uid_set(1), fetch_items().body_section("")), q));  // sets \Seen
  EXPECT_FALSE(overtakes(uid_search(search_key::seen()).returning(search_return().all().save()), s));
  EXPECT_FALSE(overtakes(s, create("x")));
  EXPECT_FALSE(overtakes(s, select("x")));
  EXPECT_TRUE(overtakes(list("", "*"), q));
}

TEST(pipeline_rules, overlap_of_long_sets) {
  uid_set odd, even;
  for (std::uint32_t i = 1; i < 2000; i += 2) odd.insert(i);
  for (std::uint32_t i = 2; i < 2000; i += 2) even.insert(i);
  EXPECT_FALSE(overlap(odd, even));
  even.insert(1999);
  EXPECT_TRUE(overlap(odd, even));
  EXPECT_TRUE(overlap(odd, uid_set(1)));
  EXPECT_FALSE(overlap(odd, uid_set(2)));
}

TEST(send_window, doubles_with_each_window_that_was_answered) {  // quirk S-19
  send_window w(512);
  EXPECT_EQ(w.size(), 20U);
  for (int i = 0; i < 19; ++i) w.answered(false, 20);
  EXPECT_EQ(w.size(), 20U);
  w.answered(false, 20);
  EXPECT_EQ(w.size(), 40U);
  for (int i = 0; i < 40 + 80 + 160 + 320 + 640; ++i) w.answered(false, 40);
  EXPECT_EQ(w.size(), 512U);
}

TEST(send_window, bad_ends_the_growth) {
  send_window w(512);
  for (int i = 0; i < 60; ++i) w.answered(false, 20);
  EXPECT_EQ(w.size(), 80U);
  w.answered(true, 1);  // a command of its own that the server does not know
  EXPECT_EQ(w.size(), 80U);
  w.answered(true, 2);
  EXPECT_EQ(w.size(), 20U);
  for (int i = 0; i < 1000; ++i) w.answered(false, 20);
  EXPECT_EQ(w.size(), 20U);
}

TEST(send_window, knows_exchange) {
  send_window w(512);
  w.greeted("The Microsoft Exchange IMAP4 service is ready.");
  EXPECT_EQ(w.size(), 10U);
  for (int i = 0; i < 100; ++i) w.answered(false, 10);
  EXPECT_EQ(w.size(), 10U);
}

TEST(send_window, the_callers_limit_holds) {
  send_window one(1);
  for (int i = 0; i < 10; ++i) one.answered(false, 1);
  EXPECT_EQ(one.size(), 1U);
  EXPECT_EQ(send_window(0).size(), 1U);
}

}  // namespace
}  // namespace imapxx::core
