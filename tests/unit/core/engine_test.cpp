// What both drivers share, without a policy for lost connections: who hears of what, and until when.
#include "core/engine.hpp"

#include "unit/core/odd_filter.hpp"
#include "unit/core/session_harness.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::core {
namespace {

using namespace std::chrono_literals;
using progress = engine::progress;

/// The engine, with the test as its driver and its server. No connection follows it.
class driven {
 public:
  explicit driven(security mode = security::plain, session_options session = session_options())
      : engine_(connect_options("mail.example.org", mode).session(with_observer(std::move(session))), now) {}
  void feed(std::string_view bytes) {
    const auto room = engine_.input_buffer();
    ASSERT_GE(room.size(), bytes.size());
    std::copy(bytes.begin(), bytes.end(), room.begin());
    engine_.received(bytes.size());
    settle();
  }
  void settle() {
    engine_.set_now(now);
    for (auto p = engine_.handle_event(); p != progress::none; p = engine_.handle_event()) {
      if (p == progress::streamed) streamed.push_back(engine_.last());
    }
  }
  void selected() {
    feed("* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hi\r\n");
    (void)submit(select("INBOX"));
    (void)output();
    feed("* 3 EXISTS\r\nA1 OK done\r\n");
    observed.lines.clear();
  }
  std::string output() {
    settle();
    std::string all;
    for (auto out = engine_.output(); !out.empty(); out = engine_.output()) {
      all += out;
      engine_.sent(out.size());
    }
    settle();
    return all;
  }
  template <class C>
  command_id submit(C cmd, bool streaming = false) {
    engine_.set_now(now);
    auto id = engine_.submit(std::make_unique<C>(std::move(cmd)), streaming);
    EXPECT_TRUE(id) << id.error().what();
    return id ? *id : 0;
  }
  error outcome_of(command_id id) {
    const auto o = engine_.take(id);
    return o ? o->failure : error(errc::internal_error, "not over");
  }
  engine& of() { return engine_; }

  time_point now{1h};
  test::recording_observer observed;
  std::vector<command_id> streamed;

 private:
  session_options with_observer(session_options o) {
    o.first_tag(1).observe(&observed);
    return o;
  }
  engine engine_;
};

/// Writes down what it is told.
class listening final : public operation {
 public:
  void start(operation_host&, time_point) override {}
  void on_greeting(operation_host&, const status_response& s) override { heard.push_back("greeting " + s.text); }
  void on_tls_ready(operation_host&) override { heard.emplace_back("tls"); }
  void on_continuation(operation_host&, command_id, time_point) override { heard.emplace_back("continuation"); }
  void on_time(operation_host&, time_point) override {
    heard.emplace_back("time");
    at.reset();
  }
  [[nodiscard]] std::optional<time_point> wakeup() const override { return at; }
  [[nodiscard]] std::vector<std::string> plan(const session_info&) const override { return {}; }
  std::optional<time_point> at;
  std::vector<std::string> heard;
};

using lines = std::vector<std::string>;

TEST(engine, passes_on_what_the_session_tells) {
  driven d;
  std::vector<std::uint32_t> changes;
  std::size_t pushed = 0;
  d.of().on_change = [&](const mailbox_event& e) { changes.push_back(e.number); };
  d.of().on_push = [&](const response&) { ++pushed; };
  d.selected();
  d.feed("* 4 EXISTS\r\n* OK [ALERT] disk\r\n* XODD 1\r\n* LIST (\r\n* LIST () \"/\" a\r\n");
  EXPECT_EQ(d.observed.lines, (lines{"exists 4", "alert disk", "status disk", "unknown XODD", "unparsed * LIST (",
                                     "unclaimed " + std::to_string(response(list_response()).index())}));
  EXPECT_EQ(changes, std::vector<std::uint32_t>{4});
  EXPECT_EQ(pushed, 2U);
  EXPECT_TRUE(d.of().wants_trace());
  EXPECT_NE(d.observed.trace.back().find("LIST () \"/\" a"), std::string::npos);
}

TEST(engine, needs_no_observer) {
  const time_point now{};
  engine e(connect_options("mail.example.org", security::plain), now);
  EXPECT_FALSE(e.wants_trace());
  constexpr std::string_view bytes =
      "* PREAUTH [ALERT] hi\r\n* 4 EXISTS\r\n* OK [ALERT] disk\r\n* XODD\r\n* LIST (\r\n";
  const auto room = e.input_buffer();
  std::copy(bytes.begin(), bytes.end(), room.begin());
  e.received(bytes.size());
  while (e.handle_event() != progress::none) {
  }
  e.on_raw("x");
  e.on_trace(trace_direction::sent, "x");
  EXPECT_EQ(e.greeting_text(), "hi");
  EXPECT_TRUE(e.greeted());
  EXPECT_FALSE(e.over());
}

TEST(engine, operations_hear_of_greeting_tls_and_go_ahead) {
  driven d(security::tls);
  listening op;
  d.of().attach(op);
  ASSERT_TRUE(d.of().link().start_tls(std::make_unique<odd_filter>(1000)));
  d.feed(std::string(hello) + "* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hi\r\n");
  const auto id = d.submit(idle());
  (void)d.output();
  d.feed("+ idling\r\n");
  EXPECT_EQ(op.heard, (lines{"tls", "greeting hi", "continuation"}));
  EXPECT_EQ(d.of().greeting(), "hi");
  EXPECT_TRUE(d.of().tls());
  EXPECT_TRUE(d.of().sasl().tls);
  EXPECT_FALSE(d.of().start_tls());
  d.of().end_idle(id);
  EXPECT_EQ(d.output(), "DONE\r\n");
  d.of().detach(op);
  d.feed("A1 OK\r\n");
  EXPECT_FALSE(d.outcome_of(id));
}

TEST(engine, wakes_whoever_is_due) {
  driven d;
  listening early;
  listening late;
  listening never;
  for (auto* op : {&late, &early, &never}) d.of().attach(*op);
  EXPECT_FALSE(d.of().wakeup());
  early.at = d.now + 1s;
  late.at = d.now + 5s;
  EXPECT_EQ(d.of().wakeup(), early.at);
  d.now += 2s;
  d.of().wake(d.now);
  EXPECT_EQ(early.heard, lines{"time"});
  EXPECT_TRUE(late.heard.empty());
  EXPECT_EQ(d.of().wakeup(), late.at);
  EXPECT_EQ(d.of().now(), d.now);
  EXPECT_TRUE(never.heard.empty());
}

TEST(engine, pieces_go_to_the_stream_that_is_attached) {
  driven d;
  d.selected();
  fetch_spool spool;
  const auto id = d.submit(fetch(uid_set::range(1, 3), fetch_items().uid().body_peek("TEXT")), true);
  d.of().attach(id, spool);
  EXPECT_EQ(d.output(), "A2 UID FETCH 1:3 (UID BODY.PEEK[TEXT])\r\n");
  fetch_row row;
  EXPECT_FALSE(test::next_row(d.of(), id, row));
  d.of().wait_for_stream(id);
  d.feed("* 1 FETCH (UID 1 BODY[TEXT] {3}\r\nabc)\r\n");
  EXPECT_EQ(d.streamed, (std::vector<command_id>{id, id, id, id}));
  std::string heard;
  for (const auto* e = spool.take().value(); e != nullptr; e = spool.take().value()) {
    if (e->what == fetch_event::kind::body_chunk) heard += e->chunk;
    if (e->what == fetch_event::kind::row) heard += "|" + std::to_string(*e->row->uid());
    d.of().keep_pieces();
  }
  EXPECT_EQ(heard, "abc|1");
  d.of().wait_for_stream(0);
  d.feed("* 2 FETCH (UID 2 BODY[TEXT] \"de\")\r\n");
  d.of().keep_pieces();
  EXPECT_FALSE(spool.empty());
  d.of().detach(id);
  d.feed("* 3 FETCH (UID 3 BODY[TEXT] \"fg\")\r\nA2 OK\r\n");  // for nobody
  EXPECT_FALSE(d.outcome_of(id));
}

TEST(engine, rows_are_taken_without_events_for_one_stream_alone) {
  driven d;
  d.selected();
  fetch_spool spool;
  const auto id = d.submit(fetch(uid_set::range(1, 3), fetch_items().uid()), true);
  d.of().attach(id, spool);
  (void)d.output();
  const std::string_view bytes = "* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\n";
  const auto room = d.of().input_buffer();
  std::copy(bytes.begin(), bytes.end(), room.begin());
  d.of().received(bytes.size());
  fetch_row row;
  EXPECT_FALSE(test::next_row(d.of(), id + 1, row));
  ASSERT_TRUE(test::next_row(d.of(), id, row));
  EXPECT_EQ(row.uid(), 1U);
  fetch_spool other;
  d.of().attach(id + 1, other);
  EXPECT_FALSE(test::next_row(d.of(), id, row));  // their events must keep their order
}

TEST(engine, what_nobody_asks_for_any_more_is_dropped) {
  driven d;
  d.selected();
  const auto gone = d.submit(noop());
  const auto forgotten = d.submit(noop());
  d.of().abandon(gone);
  d.of().forget(forgotten);
  const auto out = d.output();
  d.feed("A2 OK\r\n");
  d.feed("A3 OK\r\n");
  EXPECT_FALSE(d.of().take(gone));
  EXPECT_FALSE(d.of().take(forgotten));
  EXPECT_EQ(d.of().protocol().commands_outstanding(), 0U);
}

TEST(engine, refuses_with_the_hosts_name) {
  driven d;
  d.feed("* OK [CAPABILITY IMAP4rev1] hi\r\n");
  const auto early = d.of().submit(std::make_unique<select>("INBOX"));
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().host(), "mail.example.org");
  EXPECT_EQ(early.error().code(), errc::wrong_state);
  const auto ahead = d.of().submit_ahead(nullptr);
  ASSERT_FALSE(ahead);
  EXPECT_EQ(ahead.error().host(), "mail.example.org");
}

// `session_gate::submit_ahead`: with the log-in that it is to follow on its way, SELECT leaves at once.
TEST(engine, what_is_submitted_ahead_leaves_behind_the_log_in) {
  driven d;
  d.feed("* OK [CAPABILITY IMAP4rev1 SASL-IR] hi\r\n");
  login cmd("u", secret("p"));
  cmd.allow_plaintext(true);
  (void)d.submit(std::move(cmd));
  ASSERT_TRUE(d.of().submit_ahead(std::make_unique<select>("INBOX")));
  ASSERT_TRUE(d.of().submit_ahead(std::make_unique<login>("u", secret("p"))));  // not in that state
  EXPECT_EQ(d.output(), "A1 LOGIN \"u\" \"p\"\r\nA2 SELECT INBOX\r\n");
}

TEST(engine, the_end_of_the_network_is_the_end_of_the_session) {
  driven d;
  d.selected();
  const auto id = d.submit(noop());
  (void)d.output();
  d.of().ended(error());
  d.settle();
  EXPECT_EQ(d.outcome_of(id).code(), errc::closed);
  ASSERT_TRUE(d.of().over());
  EXPECT_EQ(d.of().over()->code(), errc::closed);
  EXPECT_EQ(d.of().gone().code(), errc::closed);
  EXPECT_TRUE(d.of().network_ended());
  EXPECT_EQ(d.of().handle_event(), progress::none);
  d.of().break_off();
  EXPECT_EQ(d.of().gone().code(), errc::closed);
}

TEST(engine, an_end_without_close_notify_is_one_too) {
  driven d(security::tls);
  ASSERT_TRUE(d.of().link().start_tls(std::make_unique<odd_filter>(1000)));
  d.feed(std::string(hello) + "* PREAUTH hi\r\n");
  d.of().ended(error());
  d.settle();
  ASSERT_TRUE(d.of().over());
  EXPECT_EQ(d.of().over()->code(), errc::closed);
}

TEST(engine, before_anything_happened_gone_says_closed) {
  driven d;
  EXPECT_EQ(d.of().gone().code(), errc::closed);
  EXPECT_TRUE(d.of().gone().is_fatal());
}

TEST(engine, a_server_that_is_silent_is_given_up) {
  driven d;
  d.selected();
  EXPECT_FALSE(d.of().deadline().at);
  const auto begun = d.now;
  const auto id = d.submit(noop());
  (void)d.output();
  EXPECT_EQ(d.of().deadline().at, begun + 120s);
  EXPECT_EQ(d.of().deadline().in, phase::command);
  d.of().expires_at = begun + 5s;
  EXPECT_EQ(d.of().deadline().at, begun + 5s);
  d.of().expires_at = begun + 500s;
  EXPECT_EQ(d.of().deadline().at, begun + 120s);
  d.of().expire(phase::command);
  d.settle();
  EXPECT_EQ(d.outcome_of(id).code(), errc::timeout);
  EXPECT_EQ(d.of().over()->where(), phase::command);
}

TEST(engine, a_connection_that_only_waits_may_be_hung_up_by_the_server) {  // RFC 9051 section 5.4
  session_options o;
  o.timeouts.idle_refresh = 10s;
  driven d(security::plain, o);
  d.now += 1min;
  d.of().set_now(d.now);
  EXPECT_FALSE(d.of().idle_too_long());  // no greeting yet
  d.selected();
  EXPECT_FALSE(d.of().idle_too_long());
  d.now += 10s;
  d.of().set_now(d.now);
  EXPECT_TRUE(d.of().idle_too_long());
  (void)d.submit(noop());
  EXPECT_FALSE(d.of().idle_too_long());
  (void)d.output();
  d.feed("A2 OK\r\n");
  d.feed("* BYE\r\n");
  d.now += 1min;
  d.of().set_now(d.now);
  EXPECT_FALSE(d.of().idle_too_long());
}

TEST(engine, a_round_trip_is_that_of_a_command_that_was_alone) {
  driven d;
  d.selected();
  d.of().habits().round_trip.reset();
  const auto once = [&](std::chrono::milliseconds took) {
    (void)d.submit(noop());
    const auto line = d.output();
    d.now += took;
    d.of().set_now(d.now);
    d.feed(line.substr(0, line.find(' ')) + " OK\r\n");
  };
  once(80ms);
  EXPECT_LE(*d.of().habits().round_trip, 80ms);
  once(50ms);
  once(90ms);
  EXPECT_EQ(*d.of().habits().round_trip, 50ms);  // the shorter of the two latest
  once(70ms);
  EXPECT_EQ(*d.of().habits().round_trip, 70ms);
}

TEST(engine, nothing_sent_or_received_changes_nothing) {
  driven d;
  d.selected();
  const auto before = d.of().octets_received();
  d.of().sent(0);
  d.of().received(0);
  EXPECT_EQ(d.of().octets_received(), before);
  EXPECT_FALSE(d.of().expects_losses());
  EXPECT_FALSE(d.of().lost());
  EXPECT_FALSE(d.of().wants_transport());
  d.of().expect_losses();  // there is no policy
  EXPECT_FALSE(d.of().expects_losses());
  d.of().remember(credentials("u", secret("p")));
}

}  // namespace
}  // namespace imapxx::core
