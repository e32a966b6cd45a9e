// A session behind a filter that takes and gives as little as it likes: nothing is lost, said twice or believed too
// early.
#include "core/connection.hpp"

#include "unit/core/odd_filter.hpp"
#include "unit/core/session_harness.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::core {
namespace {

using namespace std::chrono_literals;
using kind = session_event::kind;

session_options settings() { return session_options().first_tag(1); }

/// A connection with the test as its driver and its network.
class wire {
 public:
  explicit wire(security mode = security::tls, session_options session = settings())
      : options(connect_options("mail.example.org", mode).session(std::move(session))),
        link(options, options.host_name, &observed) {}
  void protect(std::size_t most_held, std::size_t most_waiting = 64) {
    ASSERT_TRUE(link.start_tls(std::make_unique<odd_filter>(most_held, most_waiting)));
  }
  /// Everything that there is to say and to hear at the moment.
  void settle() {
    for (auto s = link.next(); s.what != step::kind::io; s = link.next()) {
      if (s.what == step::kind::tls_ready) {
        said.emplace_back("tls");
        continue;
      }
      if (s.event.what == kind::greeting) said.emplace_back("greeting");
      if (s.event.what == kind::completed)
        said.push_back("completed " + std::string(to_string(s.event.failure.code())));
      if (s.event.what == kind::closed) failure = s.event.failure;
    }
  }
  void arrive(std::string_view bytes) {
    const auto room = link.input_buffer();
    ASSERT_GE(room.size(), bytes.size());
    std::copy(bytes.begin(), bytes.end(), room.begin());
    link.input_received(bytes.size());
  }
  void feed(std::string_view bytes) {
    arrive(bytes);
    settle();
  }
  std::string output(std::size_t at_once = std::string::npos) {
    std::string all;
    for (auto out = link.output(); !out.empty(); out = link.output()) {
      const auto n = std::min(out.size(), at_once);
      all += out.substr(0, n);
      link.output_sent(n);
    }
    return all;
  }

  connect_options options;
  test::recording_observer observed;
  connection link;
  std::vector<std::string> said;
  error failure;
};

using lines = std::vector<std::string>;

std::string hello_and(std::string_view rest) { return std::string(hello) + std::string(rest); }

TEST(connection, a_handshake_in_small_bites_needs_no_more_than_what_has_come) {
  for (const std::size_t bite : {1U, 2U, 5U, 12U, 13U, 14U, 1000U}) {
    wire w;
    w.protect(bite);
    w.settle();
    EXPECT_EQ(w.output(), "CLIENT-HELLO;");
    EXPECT_TRUE(w.link.handshaking());
    w.feed(hello_and("* OK [CAPABILITY IMAP4rev1] ready\r\n"));
    EXPECT_EQ(w.said, (lines{"tls", "greeting"})) << bite;
    EXPECT_TRUE(w.link.tls());
    EXPECT_TRUE(w.link.protocol().info().tls);
  }
}

TEST(connection, octets_that_come_one_by_one_mean_the_same) {
  wire w;
  w.protect(4);
  w.settle();
  for (const char c : hello_and("* OK ready\r\n")) w.feed(std::string_view(&c, 1));
  EXPECT_EQ(w.said, (lines{"tls", "greeting"}));
}

// A driver may read more before it asks what has happened.
TEST(connection, reads_that_follow_each_other_are_put_together) {
  wire w;
  w.protect(3);
  w.settle();
  const auto all = hello_and("* OK ready\r\n* BYE now\r\n");
  for (std::size_t at = 0; at < all.size(); at += 7) w.arrive(std::string_view(all).substr(at, 7));
  w.settle();
  EXPECT_EQ(w.said, (lines{"tls", "greeting"}));
  EXPECT_EQ(w.failure.code(), errc::bye);
}

TEST(connection, a_handshake_that_fails_is_told_with_host_and_phase) {
  wire w;
  w.protect(1000);
  w.feed("* OK no TLS here\r\n");
  EXPECT_TRUE(w.said.empty());
  EXPECT_EQ(w.failure.code(), errc::tls_handshake);
  EXPECT_EQ(w.failure.where(), phase::tls);
  EXPECT_EQ(w.failure.host(), "mail.example.org");
  EXPECT_FALSE(w.link.tls());
}

TEST(connection, an_end_within_the_handshake_is_the_servers_or_the_networks) {
  for (const bool by_network : {false, true}) {
    wire w;
    w.protect(1000);
    w.feed(hello.substr(0, 4));
    EXPECT_FALSE(w.failure);
    w.link.input_closed(by_network ? error(errc::io, "reset") : error());
    w.settle();
    EXPECT_EQ(w.failure.code(), by_network ? errc::io : errc::closed);
    EXPECT_EQ(w.failure.host(), "mail.example.org");
  }
}

TEST(connection, the_proper_end_of_tls_is_an_end_and_damage_is_an_error) {
  struct row {
    std::string_view bytes;
    std::string_view message;
  };
  for (const auto& r : {row{"\x15", "damaged"}, row{"\x04", ""}, row{"", "cut off"}}) {
    wire w;
    w.protect(1000);
    w.feed(hello_and("* OK ready\r\n" + std::string(r.bytes)));
    if (r.bytes.empty()) {
      EXPECT_FALSE(w.failure);
      w.link.input_closed({});  // without close_notify
      w.feed("* 1 EXISTS");
    }
    w.settle();
    EXPECT_EQ(w.said, (lines{"tls", "greeting"}));
    EXPECT_EQ(w.failure.code(), errc::closed);
    EXPECT_NE(std::string(w.failure.what()).find(r.message), std::string::npos) << w.failure.what();
  }
}

TEST(connection, what_the_session_has_no_room_for_waits_and_is_not_lost) {
  auto tight = settings();
  tight.limits.line_octets = std::size_t{64} << 10U;
  tight.limits.response_octets = std::size_t{64} << 10U;
  wire w(security::tls, tight);
  w.protect(20'000);
  w.feed(hello_and("* OK ready\r\n"));
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "* " + std::to_string(i) + " EXISTS\r\n";
  for (std::size_t at = 0; at < many.size(); at += 50'000) w.arrive(std::string_view(many).substr(at, 50'000));
  w.settle();
  EXPECT_FALSE(w.failure) << w.failure.what();
  const auto heard = std::count_if(w.observed.trace.begin(), w.observed.trace.end(),
                                   [](const auto& line) { return line.find("EXISTS") != std::string::npos; });
  EXPECT_EQ(heard, 10'000);
  EXPECT_NE(w.observed.trace.back().find("* 9999 EXISTS"), std::string::npos);
}

TEST(connection, output_goes_through_the_filter_as_it_has_room) {
  for (const std::size_t waiting : {1U, 16U, 100'000U}) {
    wire w;
    w.protect(1000, waiting);
    w.settle();
    (void)w.output();
    w.feed(hello_and("* PREAUTH [CAPABILITY IMAP4rev1] ready\r\n"));
    const std::string name(300, 'x');
    ASSERT_TRUE(w.link.protocol().submit(std::make_unique<create>(name)));
    EXPECT_EQ(w.output(7), "A1 CREATE " + name + "\r\n") << waiting;
    w.feed("A1 OK done\r\n");
    EXPECT_EQ(w.said, (lines{"tls", "greeting", "completed success"}));
  }
}

TEST(connection, nothing_plain_leaves_before_the_handshake_is_over) {
  wire w;
  w.protect(1000);
  ASSERT_TRUE(w.link.protocol().submit(std::make_unique<noop>()));
  w.settle();
  EXPECT_EQ(w.output(), "CLIENT-HELLO;");
  w.link.shutdown();  // there is nothing to end yet
  EXPECT_EQ(w.output(), "");
  w.feed(hello_and("* OK ready\r\n"));
  EXPECT_EQ(w.output(), "A1 NOOP\r\n");
  w.link.shutdown();
  EXPECT_EQ(w.output(), std::string(1, end_mark));
}

TEST(connection, without_tls_the_octets_are_the_sessions) {
  wire w(security::plain);
  w.feed("* OK [CAPABILITY IMAP4rev1] ready\r\n");
  EXPECT_EQ(w.said, lines{"greeting"});
  ASSERT_TRUE(w.link.protocol().submit(std::make_unique<noop>()));
  EXPECT_EQ(w.output(), "A1 NOOP\r\n");
  w.link.shutdown();
  EXPECT_EQ(w.output(), "");
  w.link.input_closed({});
  w.settle();
  EXPECT_EQ(w.failure.code(), errc::closed);
  EXPECT_FALSE(w.link.tls());
  EXPECT_FALSE(w.link.handshaking());
}

TEST(connection, tls_is_started_once) {
  wire w;
  w.protect(1000);
  EXPECT_EQ(w.link.start_tls(std::make_unique<odd_filter>(1)).error().code(), errc::wrong_state);
  const auto again = w.link.start_tls();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), errc::wrong_state);
  EXPECT_EQ(again.error().where(), phase::tls);
}

// RFC 9051 section 6.2.1, threat 1: what came in the clear behind the answer is an injection.
TEST(connection, octets_behind_the_answer_to_starttls_end_it) {
  wire w(security::starttls);
  w.arrive("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n* OK injected\r\n");
  const auto s = w.link.next();  // the greeting; the rest waits
  ASSERT_EQ(s.event.what, kind::greeting);
  const auto begun = w.link.start_tls(std::make_unique<odd_filter>(1));
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().code(), errc::starttls_injection);
  EXPECT_EQ(begun.error().host(), "mail.example.org");
  EXPECT_FALSE(w.link.handshaking());
  w.settle();
  EXPECT_EQ(w.failure.code(), errc::starttls_injection);
}

// What was said in the clear is nobody's word while TLS is required; traces show it all the same.
TEST(connection, what_came_in_the_clear_is_not_passed_on_while_tls_is_required) {
  constexpr std::string_view told =
      "* OK [ALERT] look\r\n* 7 EXISTS\r\n* NO disk full\r\n* XTRA 1\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\n"
      "* LIST (((\r\n";
  for (const auto mode : {security::starttls, security::plain}) {
    wire w(mode);
    w.feed("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n");
    w.observed.lines.clear();
    w.feed(told);
    EXPECT_EQ(w.observed.lines.empty(), mode == security::starttls);
    EXPECT_FALSE(w.observed.trace.empty());
    if (mode == security::plain) continue;
    w.protect(1000);
    w.feed(hello);
    EXPECT_EQ(w.said, (lines{"greeting", "tls"}));
    EXPECT_TRUE(w.observed.lines.empty());
    w.feed(told);
    EXPECT_NE(std::find(w.observed.lines.begin(), w.observed.lines.end(), "alert look"), w.observed.lines.end());
    EXPECT_GE(w.observed.lines.size(), 4U);
  }
}

TEST(connection, nobody_need_listen) {
  const connect_options options("mail.example.org", security::starttls);
  connection link(options, options.host_name, nullptr);
  clear_text_guard nobody(nullptr, true);
  EXPECT_FALSE(nobody.wants_trace());
  nobody.on_alert("x");
  nobody.on_mailbox_event({});
  nobody.on_raw("x");
  nobody.on_trace(trace_direction::sent, "x");
  nobody.on_status({});
  nobody.on_unclaimed({});
  nobody.on_unparsed({});
  const auto room = link.input_buffer();
  constexpr std::string_view greeting = "* OK [ALERT] x\r\n";
  std::copy(greeting.begin(), greeting.end(), room.begin());
  link.input_received(greeting.size());
  EXPECT_EQ(link.next().event.what, kind::greeting);
}

TEST(connection, the_handshake_has_a_limit_of_its_own) {
  for (const auto limit : {0ms, 1500ms}) {
    auto o = settings();
    o.timeouts.handshake = limit;
    wire w(security::tls, o);
    w.protect(1000);
    const auto hint = w.link.deadline();
    EXPECT_EQ(hint.phase, phase::tls);
    EXPECT_EQ(hint.after, limit == 0ms ? std::nullopt : std::optional(limit));
    EXPECT_FALSE(hint.since_progress);
    w.feed(hello);
    EXPECT_EQ(w.link.deadline().phase, phase::greeting);
  }
}

TEST(connection, mechanisms_learn_of_the_protection_that_is_there) {
  wire w;
  EXPECT_FALSE(w.link.sasl().tls);
  EXPECT_EQ(w.link.sasl().tls_exporter, "");
  w.protect(1000);
  EXPECT_FALSE(w.link.sasl().tls);
  w.feed(hello);
  const auto facts = w.link.sasl();
  EXPECT_TRUE(facts.tls);
  EXPECT_EQ(facts.host, "mail.example.org");
  EXPECT_EQ(facts.port, 993U);
  EXPECT_EQ(facts.tls_exporter, "exporter");
  EXPECT_EQ(facts.tls_unique, "unique");
}

// RFC 9051 section 7.5.2: rows of a stream are taken without an event; never before the handshake is over.
TEST(connection, rows_are_taken_from_behind_the_filter_too) {
  wire w;
  w.protect(10);
  fetch_row row;
  EXPECT_FALSE(test::next_row(w.link, 1, row));
  w.feed(hello_and("* PREAUTH [CAPABILITY IMAP4rev1] ready\r\n"));
  ASSERT_TRUE(w.link.protocol().submit(std::make_unique<select>("INBOX")));
  (void)w.output();
  w.feed("* 3 EXISTS\r\nA1 OK done\r\n");
  const auto id = w.link.protocol().submit(std::make_unique<fetch>(seq_set::range(1, 3), fetch_items().uid()), true);
  ASSERT_TRUE(id);
  EXPECT_EQ(w.output(), "A2 FETCH 1:3 (UID)\r\n");
  w.arrive("* 1 FETCH (UID 4)\r\n* 2 FETCH (UID 5)\r\n* 3 FETCH (UID 6)\r\n");
  ASSERT_EQ(w.link.next().event.what, kind::row);
  ASSERT_TRUE(test::next_row(w.link, *id, row));
  EXPECT_EQ(row.uid(), 5U);
  ASSERT_TRUE(test::next_row(w.link, *id, row));
  EXPECT_EQ(row.uid(), 6U);
  EXPECT_FALSE(test::next_row(w.link, *id, row));
}

}  // namespace
}  // namespace imapxx::core
