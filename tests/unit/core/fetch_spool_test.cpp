#include "core/fetch_spool.hpp"

#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <optional>
#include <string>

namespace imapxx::core {
namespace {

using kind = fetch_event::kind;

session_event row_event(const fetch_row& r) {
  session_event e;
  e.what = session_event::kind::row;
  e.row = &r;
  return e;
}

session_event body_event(session_event::kind what, const body_info& b, std::string_view chunk = {}) {
  session_event e;
  e.what = what;
  e.body = &b;
  e.chunk = chunk;
  return e;
}

fetch_row row(std::uint32_t seq, const std::string& text) {
  fetch_row r;
  r.assign(seq, text);
  return r;
}

TEST(fetch_spool, what_is_waited_for_is_not_copied) {
  fetch_spool spool;
  const std::string text = "(UID 5 FLAGS (\\Seen))";
  const auto r = row(3, text);
  ASSERT_TRUE(spool.put(row_event(r), true));
  const auto* e = spool.take().value();
  EXPECT_EQ(e->row->text().data(), text.data());
  spool.keep();
  EXPECT_NE(e->row->text().data(), text.data());
  EXPECT_EQ(e->row->uid(), 5U);
  EXPECT_TRUE(spool.empty());
  EXPECT_EQ(spool.take().value(), nullptr);
}

// The budget counts what an event costs, not only its octets: rows are small and come by the million.
TEST(fetch_spool, small_rows_beyond_the_budget_go_to_the_file) {
  fetch_spool spool;
  constexpr std::uint32_t rows = 100'000;
  for (std::uint32_t i = 1; i <= rows; ++i) {
    const auto text = "(UID " + std::to_string(i + 7) + " FLAGS ())";
    const auto r = row(i, text);
    ASSERT_TRUE(spool.put(row_event(r), false));
    ASSERT_LE(spool.in_memory(), fetch_spool::memory_octets);
  }
  for (std::uint32_t i = 1; i <= rows; ++i) {
    const auto* e = spool.take().value();
    ASSERT_NE(e, nullptr);
    ASSERT_EQ(e->row->seq(), i);
    ASSERT_EQ(e->row->uid(), i + 7);
  }
  EXPECT_TRUE(spool.empty());
  EXPECT_EQ(spool.in_memory(), 0U);
}

TEST(fetch_spool, events_come_back_as_they_were_from_memory_and_file) {
  fetch_spool spool;
  body_info body;
  body.seq = 4;
  body.uid = 9;
  body.size = 6'000'000;
  body.section = section::parse("2.HEADER.FIELDS (Subject \"From\")");
  body.section.origin = 100;
  const std::string chunk(3'000'000, 'x');
  const std::string uidfetch = "(FLAGS ())";
  fetch_row by_uid;
  by_uid.assign_uid(77, uidfetch);
  // Of every second body neither UID nor origin is known.
  const auto named = [](std::uint32_t round) { return round % 2 == 0; };
  for (std::uint32_t round = 0; round < 6; ++round) {  // beyond 8 MiB from the third on
    body.seq += 1;
    body.uid = named(round) ? std::optional<std::uint32_t>(9) : std::nullopt;
    body.section.origin = named(round) ? std::optional<std::uint64_t>(100) : std::nullopt;
    ASSERT_TRUE(spool.put(body_event(session_event::kind::body_begin, body), false));
    ASSERT_TRUE(spool.put(body_event(session_event::kind::body_chunk, body, chunk), false));
    ASSERT_TRUE(spool.put(body_event(session_event::kind::body_end, body), false));
    ASSERT_TRUE(spool.put(row_event(by_uid), false));
  }
  for (std::uint32_t round = 0; round < 6; ++round) {
    const auto* e = spool.take().value();
    ASSERT_EQ(e->what, kind::body_begin);
    EXPECT_EQ(e->body->seq, 5 + round);
    EXPECT_EQ(e->body->uid.has_value(), named(round));
    EXPECT_EQ(e->body->section.origin.has_value(), named(round));
    body.section.origin = e->body->section.origin;
    EXPECT_EQ(e->body->size, 6'000'000U);
    EXPECT_EQ(e->body->section, body.section);
    e = spool.take().value();
    ASSERT_EQ(e->what, kind::body_chunk);
    EXPECT_EQ(e->chunk, chunk);
    EXPECT_EQ(e->body->seq, 5 + round);
    EXPECT_EQ(spool.take().value()->what, kind::body_end);
    e = spool.take().value();
    ASSERT_EQ(e->what, kind::row);
    EXPECT_EQ(e->row->seq(), 0U);
    EXPECT_EQ(e->row->uid(), 77U);
  }
  EXPECT_TRUE(spool.empty());
}

TEST(fetch_spool, a_full_disk_is_an_error_that_names_itself) {
  fetch_spool spool;
  const test::file_size_limit full(1'000'000);
  const body_info body;
  const std::string chunk(3'000'000, 'x');
  result<void> last;
  for (int i = 0; i < 4 && last; ++i) last = spool.put(body_event(session_event::kind::body_chunk, body, chunk), false);
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code(), errc::io);
  EXPECT_EQ(last.error().system_error(), EFBIG);
}

TEST(fetch_spool, what_fits_into_memory_needs_no_disk) {
  fetch_spool spool;
  const test::file_size_limit none(0);
  const std::string text = "(UID 5 FLAGS ())";
  fetch_row row;
  row.assign(5, text);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(spool.put(row_event(row), false));
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(spool.take().value()->row->text(), text);
  EXPECT_TRUE(spool.empty());
}

TEST(fetch_spool, order_is_kept_while_it_is_emptied_and_filled) {
  fetch_spool spool;
  std::uint32_t put = 0, taken = 0;
  const std::string padding(100'000, 'a');
  for (int round = 0; round < 400; ++round) {
    const auto text = "(X \"" + padding + "\")";
    const auto r = row(++put, text);
    ASSERT_TRUE(spool.put(row_event(r), false));
    if (round % 3 == 2) {
      ASSERT_EQ(spool.take().value()->row->seq(), ++taken);
    }
  }
  while (!spool.empty()) {
    ASSERT_EQ(spool.take().value()->row->seq(), ++taken);
  }
  EXPECT_EQ(taken, put);
}

TEST(fetch_spool, rows_that_are_known_by_uid_only_stay_so) {  // UIDFETCH of RFC 9586 has no sequence numbers
  const std::string text = "(FLAGS (a))";
  fetch_row by_uid;
  by_uid.assign_uid(7, text);
  for (const bool direct : {false, true}) {
    fetch_spool spool;
    ASSERT_TRUE(spool.put(row_event(by_uid), direct));
    const auto* e = spool.take().value();
    spool.keep();
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->row->seq(), 0U);
    EXPECT_EQ(e->row->uid(), 7U);
    EXPECT_TRUE(e->row->has_flag("a"));
  }
}

TEST(fetch_spool, a_body_that_is_taken_at_once_tells_of_what_it_is) {
  body_info body;
  body.seq = 3;
  body.size = 7;
  for (const bool direct : {false, true}) {
    fetch_spool spool;
    ASSERT_TRUE(spool.put(body_event(session_event::kind::body_begin, body), direct));
    const auto* e = spool.take().value();
    ASSERT_NE(e, nullptr);
    ASSERT_NE(e->body, nullptr);
    EXPECT_EQ(e->body->seq, 3U);
    EXPECT_EQ(e->body->size, 7U);
    EXPECT_EQ(e->row, nullptr);
  }
}

// Rows in their places: views of what the session holds, which may be overwritten whenever something else uses it.
TEST(fetch_spool, rows_in_their_places_are_kept_in_front_of_what_comes) {
  std::string received;
  for (int i = 1; i <= 4; ++i) received += "(UID " + std::to_string(i + 10) + " FLAGS ($A))";
  const std::string later = "(UID 15 FLAGS ())";
  for (std::uint32_t taken_before = 0; taken_before <= 4; ++taken_before) {
    fetch_spool spool;
    auto session_buffer = received;
    const auto places = spool.places_for_rows();
    ASSERT_GE(places.size(), 4U);
    for (std::uint32_t i = 0; i < 4; ++i) {
      places[i].assign(
          i + 1, std::string_view(session_buffer).substr(i * session_buffer.size() / 4, session_buffer.size() / 4));
    }
    spool.rows_in_place(4);
    EXPECT_FALSE(spool.empty());
    const fetch_event* e = nullptr;
    const fetch_row* held = nullptr;
    for (std::uint32_t i = 1; i <= taken_before; ++i) {
      if (i % 2 == 0) spool.release_current();  // the asynchronous client says so, the blocking one does not
      e = spool.take().value();
      held = e->row;
      ASSERT_EQ(e->row->seq(), i);
      EXPECT_EQ(e->row->uid(), i + 10);
    }
    spool.keep();
    session_buffer.assign(session_buffer.size(), 'x');
    if (e != nullptr) {
      EXPECT_EQ(e->row, held);
      EXPECT_EQ(e->row->seq(), taken_before);
      EXPECT_EQ(e->row->uid(), taken_before + 10);
      EXPECT_TRUE(e->row->has_flag("$A"));
    }
    const auto r = row(5, later);
    ASSERT_TRUE(spool.put(row_event(r), false));
    for (std::uint32_t i = taken_before + 1; i <= 5; ++i) {
      e = spool.take().value();
      ASSERT_NE(e, nullptr) << i;
      EXPECT_EQ(e->row->seq(), i);
      EXPECT_EQ(e->row->uid(), i + 10);
    }
    EXPECT_TRUE(spool.empty());
    EXPECT_EQ(spool.in_memory(), 0U);
  }
}

TEST(fetch_spool, what_is_no_piece_of_an_answer_is_not_kept) {
  fetch_spool spool;
  session_event e;
  e.what = session_event::kind::completed;
  ASSERT_TRUE(spool.put(e, false));
  EXPECT_TRUE(spool.empty());
}

// Behind something that waits nothing may be shown first.
TEST(fetch_spool, keeps_the_order_when_somebody_waits_again) {
  fetch_spool spool;
  const std::string text[] = {"(UID 1)", "(UID 2)"};
  const auto first = row(1, text[0]);
  const auto second = row(2, text[1]);
  ASSERT_TRUE(spool.put(row_event(first), false));
  ASSERT_TRUE(spool.put(row_event(second), true));
  EXPECT_EQ(spool.take().value()->row->uid(), 1U);
  EXPECT_EQ(spool.take().value()->row->uid(), 2U);
  EXPECT_EQ(spool.take().value(), nullptr);
}

}  // namespace
}  // namespace imapxx::core
