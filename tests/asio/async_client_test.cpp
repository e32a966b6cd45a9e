// What only the asynchronous client has: tokens, executors, cancellation slots, many operations and clients at once.
#include <imapxx/asio.hpp>
#include <imapxx/testserver/server.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/bind_executor.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/experimental/deferred.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_future.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <thread>

#ifdef __SANITIZE_THREAD__
// The counts of an exception_ptr are changed inside libstdc++, where the sanitizer does not see that they are atomic.
extern "C" const char* __tsan_default_suppressions();  // NOLINT: the name that it looks for
extern "C" const char* __tsan_default_suppressions() {
  return "race:std::__exception_ptr::exception_ptr::_M_release\n";
}
#endif

namespace imapxx {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
namespace ts = testserver;

const char* const message_text = "From: Ada <ada@example.org>\r\nSubject: first\r\n\r\nHello.\r\n";

struct running_server {
  explicit running_server(ts::tls_mode mode = ts::tls_mode::plain, ts::faults faults = {})
      : s(ts::server_options()
              .user("joe", "secret-word")
              .security(mode)
              .faults(std::move(faults))
              .transcript_limit(std::size_t{96} << 20U)) {
    s.start();
  }
  connect_options to() const {
    tls_options tls;
    tls.ca_pem(s.ca_pem());
    return connect_options("127.0.0.1", security::plain, s.port()).tls(tls);
  }
  ts::server s;
};

credentials joe() { return credentials("joe", secret("secret-word")).allow_plaintext(); }

std::size_t rounds(std::size_t everyday) {
  const char* n = std::getenv("IMAPXX_ROUNDS");
  return n != nullptr ? std::strtoul(n, nullptr, 10) : everyday;
}

/// Runs a coroutine to its end; its exceptions are the test's.
template <class T>
T finish(asio::io_context& io, asio::awaitable<T> a) {
  auto f = asio::co_spawn(io, std::move(a), asio::use_future);
  io.restart();
  io.run();
  if (f.wait_for(0s) != std::future_status::ready) throw std::logic_error("the context ran out of work");
  return f.get();
}

asio::awaitable<void> pause(std::chrono::milliseconds t) {
  asio::steady_timer timer(co_await asio::this_coro::executor, t);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> log_in(async_client& c, const char* mailbox = "INBOX") {
  co_await c.async_connect(joe());
  co_await c.select(mailbox);
}

/// An io_context, a server and a client that is logged in.
struct session_fixture {
  explicit session_fixture(ts::faults faults = {}, session_options options = {})
      : server(ts::tls_mode::plain, std::move(faults)), c(io, server.to().session(std::move(options))) {}
  void open() { finish(io, log_in(c)); }
  void fill(int n, std::size_t size) {
    for (int i = 0; i < n; ++i) server.s.append("joe", "INBOX", "Subject: x\r\n\r\n" + std::string(size, 'b') + "\r\n");
  }
  template <class T>
  T run(asio::awaitable<T> a) {
    return finish(io, std::move(a));
  }
  running_server server;
  asio::io_context io{1};
  async_client c;
};

struct kept {
  bool called = false;
  std::exception_ptr failure;
  [[nodiscard]] errc code() const {
    if (!failure) return errc::success;
    try {
      std::rethrow_exception(failure);
    } catch (const error& e) {
      return e.code();
    } catch (const std::exception&) {
      return errc::internal_error;
    }
  }
};

TEST(async_client, every_token_takes_every_operation) {
  session_fixture f;
  f.server.s.append("joe", "INBOX", message_text);
  f.server.s.create_mailbox("joe", "Archive");
  f.open();
  std::size_t rows = 0;
  f.c.async_run(fetch(uid_set::all(), fetch_items().envelope()),
                [&rows](const std::exception_ptr& e, const fetch_results& r) { rows = e ? 0 : r.size(); });
  bool ok = false;
  f.c.with([&ok](result<mailbox_view> r) { ok = r.has_value(); }).try_run(select("INBOX"));
  auto future = f.c.with(asio::use_future).uid_search(search_key::all());
  auto moved = f.c.with(asio::use_future).move_messages(uid_set(1), "Archive");
  auto later = f.c.with(asio::experimental::deferred).status("Archive", status_items().messages());
  f.io.restart();
  f.io.run();
  EXPECT_EQ(rows, 1U);
  EXPECT_TRUE(ok);
  EXPECT_EQ(future.get().size(), 1U);
  EXPECT_EQ(moved.get().method, move_method::move);
  std::uint64_t messages = 0;
  std::move(later)([&messages](const std::exception_ptr&, const mailbox_status& s) {
    if (s.messages) messages = *s.messages;
  });
  f.run([](async_client& c) -> asio::awaitable<void> {
    auto [failure, found] = co_await c.with(asio::experimental::as_tuple(asio::use_awaitable)).list();
    EXPECT_FALSE(failure);
    EXPECT_EQ(found.size(), 2U);
    const auto refused = co_await c.try_run(select("Nowhere"));
    EXPECT_EQ(refused.error().code(), errc::no);
    try {
      co_await c.select("Nowhere");
      ADD_FAILURE();
    } catch (const status_error& e) {
      EXPECT_EQ(e.command(), "SELECT");
    }
    co_await c.async_close();
    EXPECT_FALSE(c.connected());
  }(f.c));
  EXPECT_EQ(messages, 1U);
}

// Aggregates as temporaries inside co_await were destroyed twice by GCC 12; no option or command may be one.
TEST(async_client, temporaries_in_a_co_await_are_destroyed_once) {
  static_assert(!std::is_aggregate_v<connect_options> && !std::is_aggregate_v<fetch_items> &&
                !std::is_aggregate_v<credentials> && !std::is_aggregate_v<fetch> && !std::is_aggregate_v<push_event>);
  session_fixture f;
  f.server.s.append("joe", "INBOX", message_text);
  f.open();
  f.run([](async_client& c) -> asio::awaitable<void> {
    const std::string long_text(200, 's');
    const auto r = co_await c.fetch(uid_set::range(1, 100), fetch_items().envelope().header_fields("Subject", "From"));
    EXPECT_EQ(r.size(), 1U);
    co_await c.append("INBOX", "Subject: " + long_text + "\r\n\r\n", flag_list(flags::seen));
    EXPECT_EQ((co_await c.uid_search(search_key::subject(long_text))).size(), 1U);
    co_await c.within(5s).append("INBOX", std::string("Subject: ") + "b\r\n\r\n");
    co_await c.async_run(store(uid_set::all(), store_mode::add, flag_list(flags::flagged)));
  }(f.c));
}

TEST(async_client, many_coroutines_share_one_connection_and_one_flight) {
  session_fixture f;
  f.fill(20, 100);
  f.open();
  int done = 0;
  for (std::uint32_t i = 0; i < 200; ++i) {
    asio::co_spawn(
        f.io,
        [](async_client& c, std::uint32_t uid, int& n) -> asio::awaitable<void> {
          const auto r = co_await c.fetch(uid_set(uid), fetch_items().rfc822_size());
          EXPECT_EQ(r.size(), 1U);
          EXPECT_EQ(r[0].uid(), uid);
          ++n;
        }(f.c, i % 20 + 1, done),
        asio::detached);
  }
  f.io.restart();
  f.io.run();
  EXPECT_EQ(done, 200);
}

TEST(async_client, many_clients_on_one_thread_plain_and_tls) {
  running_server plain;
  running_server tls(ts::tls_mode::implicit);
  plain.s.append("joe", "INBOX", message_text);
  tls.s.append("joe", "INBOX", message_text);
  asio::io_context io(1);
  std::vector<std::unique_ptr<async_client>> clients;
  int done = 0;
  for (int i = 0; i < 40; ++i) {
    auto options = i % 2 == 0 ? plain.to() : tls.to().port(tls.s.port()).protect(security::tls);
    if (i % 2 != 0) options.mode = security::tls;
    clients.push_back(std::make_unique<async_client>(io, options));
    asio::co_spawn(
        io,
        [](async_client& c, int& n) -> asio::awaitable<void> {
          co_await log_in(c);
          auto s = c.stream(fetch(uid_set::all(), fetch_items().body_peek("")));
          std::string body;
          while (const auto* e = co_await s.async_next()) body += e->chunk;
          EXPECT_EQ(body, message_text);
          co_await c.async_close();
          ++n;
        }(*clients.back(), done),
        [](const std::exception_ptr& e) {
          if (e) std::rethrow_exception(e);
        });
  }
  io.run();
  EXPECT_EQ(done, 40);
}

TEST(async_client, clients_on_strands_of_a_pool_are_used_from_many_threads) {
  running_server r;
  r.s.append("joe", "INBOX", message_text);
  asio::thread_pool pool(4);
  {
    std::vector<std::unique_ptr<async_client>> clients;
    std::vector<std::future<void>> opened;
    for (int i = 0; i < 8; ++i) {
      clients.push_back(std::make_unique<async_client>(asio::make_strand(pool.get_executor()), r.to()));
      opened.push_back(clients.back()->async_connect(joe(), asio::use_future));
    }
    for (auto& o : opened) o.get();
    std::atomic<int> done{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) {
          for (auto& c : clients) {
            auto status = c->with(asio::use_future).status("INBOX", status_items().messages());
            c->async_run(noop(), [&done](const std::exception_ptr& e) { done += e ? 0 : 1; });
            if (i % 5 == 0) c->cancel();
            try {
              EXPECT_EQ(status.get().messages, 1U);
            } catch (const error& e) {
              EXPECT_EQ(e.code(), errc::cancelled);
            }
          }
        }
      });
    }
    for (auto& t : threads) t.join();
    for (auto& c : clients) c->async_close(asio::use_future).get();
    EXPECT_GT(done, 0);
    std::promise<void> destroyed;
    for (auto& c : clients) {
      asio::post(c->get_executor(), [&c] { c.reset(); });
    }
    pool.join();
  }
}

TEST(async_client, handlers_run_on_their_own_executor) {
  session_fixture f;
  f.open();
  asio::thread_pool other(1);
  std::promise<std::thread::id> there;
  f.c.async_run(noop(), asio::bind_executor(other.get_executor(), [&there](const std::exception_ptr& e) {
                  EXPECT_FALSE(e);
                  there.set_value(std::this_thread::get_id());
                }));
  f.io.restart();
  f.io.run();
  EXPECT_NE(there.get_future().get(), std::this_thread::get_id());
  other.join();
}

TEST(async_client, a_handler_that_throws_does_not_lose_the_others) {
  session_fixture f;
  f.open();
  kept second;
  f.c.async_run(noop(), [](const std::exception_ptr&) { throw std::runtime_error("mine"); });
  f.c.async_run(noop(), [&second](const std::exception_ptr& e) {
    second.called = true;
    second.failure = e;
  });
  f.io.restart();
  EXPECT_THROW(f.io.run(), std::runtime_error);
  f.io.run();
  EXPECT_TRUE(second.called);
  EXPECT_FALSE(second.failure);
}

TEST(async_client, cancellation_returns_at_once_and_leaves_nothing_behind) {
  session_fixture f(ts::faults().add(ts::when("NOOP").stall().times(1)));
  f.open();
  asio::cancellation_signal signal;
  kept k;
  f.c.async_run(noop(), asio::bind_cancellation_slot(signal.slot(), [&k](const std::exception_ptr& e) {
                  k.called = true;
                  k.failure = e;
                }));
  asio::steady_timer timer(f.io, 50ms);
  timer.async_wait([&](const std::error_code&) { signal.emit(asio::cancellation_type::terminal); });
  const auto start = clock::now();
  f.io.restart();
  f.io.run();  // returns although the server never answered: nobody waits any more
  EXPECT_EQ(k.code(), errc::cancelled);
  EXPECT_LT(clock::now() - start, 3s);
  EXPECT_TRUE(f.c.connected());
}

TEST(async_client, total_cancellation_takes_back_only_what_was_not_sent) {
  session_fixture f;
  f.open();
  const auto before = f.server.s.command_count();
  asio::cancellation_signal early;
  asio::cancellation_signal late;
  kept first;
  kept second;
  const auto keep = [](kept& k) {
    return [&k](const std::exception_ptr& e) {
      k.called = true;
      k.failure = e;
    };
  };
  asio::post(f.io, [&] {
    f.c.async_run(noop(), asio::bind_cancellation_slot(early.slot(), keep(first)));
    early.emit(asio::cancellation_type::total);
  });
  f.io.restart();
  f.io.run();
  EXPECT_EQ(first.code(), errc::cancelled);
  f.c.async_run(check(), asio::bind_cancellation_slot(late.slot(), keep(second)));
  f.io.restart();
  while (f.server.s.command_count() == before && f.io.poll_one() != 0) {
  }
  late.emit(asio::cancellation_type::total);
  f.io.run();
  EXPECT_TRUE(second.called);
  EXPECT_EQ(second.code(), errc::success);
  EXPECT_EQ(f.server.s.received(0).find("NOOP"), std::string::npos);
}

TEST(async_client, a_time_limit_ends_one_operation_and_not_the_connection) {
  session_fixture f(ts::faults().add(ts::when("NOOP").send_before("* OK late\r\n").times(1)));
  f.open();
  f.server.s.set_faults(ts::faults());
  f.run([](async_client& c) -> asio::awaitable<void> {
    auto events = c.events();
    try {
      co_await events.async_next_within(100ms);
      ADD_FAILURE();
    } catch (const error& e) {
      EXPECT_EQ(e.code(), errc::timeout);
      EXPECT_FALSE(e.is_fatal() && !c.connected());
    }
    co_await c.within(10s).noop();
    EXPECT_TRUE(c.connected());
  }(f.c));
}

// The answer may be anywhere: not sent, half read, complete. Whatever was cancelled, the next command gets its own.
TEST(async_client, random_cancellations_do_not_confuse_the_connection) {
  for (const auto mode : {ts::tls_mode::plain, ts::tls_mode::implicit}) {
    running_server r(mode);
    for (int i = 0; i < 10; ++i)
      r.s.append("joe", "INBOX", "Subject: n" + std::to_string(i) + "\r\n\r\n" + std::string(3000, 'b') + "\r\n");
    asio::io_context io(1);
    auto options = r.to();
    if (mode == ts::tls_mode::implicit) options.protect(security::tls);
    async_client c(io, options);
    finish(io, log_in(c));
    std::mt19937 dice(20260717);
    const auto upto = [&dice](unsigned n) { return dice() % n; };
    std::size_t cancelled = 0;
    const auto n = rounds(300);
    for (std::size_t round = 0; round < n; ++round) {
      asio::cancellation_signal signal;
      kept k;
      const auto handler = asio::bind_cancellation_slot(signal.slot(), [&k](const std::exception_ptr& e, auto&&...) {
        k.called = true;
        k.failure = e;
      });
      std::optional<async_fetch_stream> stream;
      switch (upto(6)) {
        case 0: c.async_run(noop(), handler); break;
        case 1: c.async_run(fetch(uid_set::all(), fetch_items().body_peek("")), handler); break;
        case 2: c.async_run(uid_search(search_key::all()), handler); break;
        case 3: c.async_run(status("INBOX", status_items().messages()), handler); break;
        case 4: c.async_move_messages(uid_set(7), "INBOX", handler); break;
        default:
          stream.emplace(c.stream(fetch(uid_set::all(), fetch_items().body_peek(""))));
          stream->async_next(handler);
      }
      io.restart();
      const auto steps = upto(12);
      for (unsigned i = 0; i < steps; ++i) io.poll_one();
      if (upto(3) == 0) std::this_thread::sleep_for(std::chrono::microseconds(upto(800)));
      signal.emit(asio::cancellation_type::terminal);
      stream.reset();
      io.run();
      ASSERT_TRUE(k.called) << round;
      if (k.failure) {
        ASSERT_TRUE(k.code() == errc::cancelled || k.code() == errc::no) << round;
        ++cancelled;
      }
      const auto uid = static_cast<std::uint32_t>(upto(9) % 6 + 1);
      const auto rows = finish(io, c.fetch(uid_set(uid), fetch_items().header_fields("Subject")));
      ASSERT_EQ(rows.size(), 1U) << round;
      ASSERT_EQ(rows[0].uid(), uid) << round;
    }
    EXPECT_GT(cancelled, n / 10);
    EXPECT_TRUE(c.connected());
  }
}

TEST(async_client, cancelling_a_connect_ends_it_in_each_phase) {
  for (const bool reach_greeting : {false, true}) {
    running_server r(ts::tls_mode::plain, reach_greeting ? ts::faults().stall_after(0) : ts::faults());
    asio::io_context io(1);
    async_client c(io, r.to());
    asio::cancellation_signal signal;
    kept k;
    c.async_connect(joe(), asio::bind_cancellation_slot(signal.slot(), [&k](const std::exception_ptr& e) {
                      k.called = true;
                      k.failure = e;
                    }));
    if (reach_greeting) io.run_for(100ms);
    signal.emit(asio::cancellation_type::terminal);
    io.restart();
    io.run();
    EXPECT_EQ(k.code(), errc::cancelled);
    EXPECT_FALSE(c.connected());
  }
}

TEST(async_client, back_pressure_is_not_reading) {
  session_fixture f;
  f.fill(40, 1'000'000);
  f.open();
  f.run([](session_fixture& at) -> asio::awaitable<void> {
    auto s = at.c.stream(fetch(uid_set::all(), fetch_items().body_peek("")));
    EXPECT_NE(co_await s.async_next(), nullptr);
    // It comes to a standstill when the buffers of both sockets are full.
    std::size_t sent = 0;
    for (std::size_t before = 1; sent != before;) {
      before = sent;
      co_await pause(250ms);
      sent = at.server.s.sent(0).size();
    }
    EXPECT_LT(sent, 20'000'000U);
    // Another command must get through all the same; what is in its way is kept.
    EXPECT_EQ((co_await at.c.uid_search(search_key::all())).size(), 40U);
    std::size_t octets = 0;
    std::size_t rows = 0;
    const auto use = [&](const fetch_event& e) {
      octets += e.chunk.size();
      rows += e.what == fetch_event::kind::row ? 1 : 0;
    };
    while (const auto* e = co_await s.async_next()) {
      use(*e);
      while (const auto* more = s.next_received()) use(*more);
    }
    EXPECT_EQ(rows, 40U);
    EXPECT_EQ(octets, 40U * (1'000'002U + 14U));
    EXPECT_EQ(co_await s.async_next(), nullptr);
  }(f));
}

TEST(async_client, a_stream_and_commands_in_other_coroutines_do_not_disturb_each_other) {
  session_fixture f;
  f.fill(60, 40'000);
  f.open();
  bool over = false;
  std::size_t nested = 0;
  asio::co_spawn(
      f.io,
      [](async_client& c, bool& stop, std::size_t& n) -> asio::awaitable<void> {
        while (!stop) {
          const auto r = co_await c.fetch(uid_set(static_cast<std::uint32_t>(n % 60 + 1)), fetch_items().rfc822_size());
          EXPECT_EQ(r.size(), 1U);
          ++n;
        }
      }(f.c, over, nested),
      asio::detached);
  f.run([](async_client& c, bool& stop) -> asio::awaitable<void> {
    auto s = c.stream(fetch(uid_set::all(), fetch_items().body_peek("")));
    std::size_t rows = 0;
    std::string body;
    while (const auto* e = co_await s.async_next()) {
      if (e->what == fetch_event::kind::body_chunk) body += e->chunk;
      if (e->what != fetch_event::kind::row) continue;
      EXPECT_EQ(body, "Subject: x\r\n\r\n" + std::string(40'000, 'b') + "\r\n");
      body.clear();
      EXPECT_EQ(e->row->uid(), ++rows);
    }
    EXPECT_EQ(rows, 60U);
    stop = true;
  }(f.c, over));
  EXPECT_GT(nested, 0U);
}

TEST(async_client, events_and_commands_run_side_by_side) {
  session_fixture f(ts::faults().add(ts::when("STATUS").send_before("* STATUS Other (MESSAGES 7)\r\n").times(1)));
  f.open();
  std::vector<push_event> heard;
  asio::co_spawn(
      f.io,
      [](async_client& c, std::vector<push_event>& to) -> asio::awaitable<void> {
        auto events = c.events();
        do {
          to.push_back(co_await events.async_next());
        } while (to.back().change.what != mailbox_event::kind::exists || to.back().change.number != 3);
      }(f.c, heard),
      asio::detached);
  f.run([](session_fixture& at) -> asio::awaitable<void> {
    co_await pause(50ms);  // IDLE runs by now, and gives way
    EXPECT_EQ((co_await at.c.status("INBOX", status_items().messages())).messages, 0U);
    for (int i = 0; i < 3; ++i) {
      at.server.s.append("joe", "INBOX", message_text);
      co_await pause(20ms);
      co_await at.c.noop();
    }
  }(f));
  std::uint32_t exists = 0;
  bool pushed = false;
  for (const auto& e : heard) {
    if (e.what == push_event::kind::mailbox && e.change.what == mailbox_event::kind::exists) exists = e.change.number;
    if (e.what == push_event::kind::data) {
      const auto* s = std::get_if<status_data>(e.data.get());
      ASSERT_NE(s, nullptr);
      EXPECT_EQ(s->status.messages, 7U);
      pushed = true;
    }
  }
  EXPECT_EQ(exists, 3U);
  EXPECT_TRUE(pushed);
  EXPECT_NE(f.server.s.received(0).find("DONE"), std::string::npos);
}

TEST(async_client, tickets_wait_later_and_may_outlive_the_client) {
  session_fixture f;
  f.open();
  auto ticket = f.c.submit(noop());
  auto forgotten = std::make_unique<async_ticket<status>>(f.c.submit(status("INBOX", status_items().messages())));
  forgotten.reset();
  f.run([](async_client& c, async_ticket<noop>& t) -> asio::awaitable<void> {
    co_await c.check();
    co_await t.async_wait();
    try {
      co_await t.async_wait();
      ADD_FAILURE();
    } catch (const error& e) {
      EXPECT_EQ(e.code(), errc::invalid_argument);
    }
  }(f.c, ticket));
  auto late = f.c.submit(noop());
  {
    const async_client gone(std::move(f.c));
  }
  auto told = late.async_wait(asio::use_future);
  f.io.restart();
  f.io.run();
  EXPECT_THROW(told.get(), error);
}

TEST(async_client, destroying_the_client_ends_what_waits) {
  session_fixture f(ts::faults().add(ts::when("NOOP").stall()));
  f.open();
  kept k;
  auto c = std::make_unique<async_client>(std::move(f.c));
  c->async_run(noop(), [&k](const std::exception_ptr& e) {
    k.called = true;
    k.failure = e;
  });
  f.io.restart();
  f.io.run_for(50ms);
  EXPECT_FALSE(k.called);
  c.reset();
  f.io.restart();
  f.io.run();
  EXPECT_EQ(k.code(), errc::closed);
}

// A coroutine that owns its client and waits: the context's end frees both (the leak checker looks).
TEST(async_client, a_context_may_end_while_operations_wait) {
  running_server r(ts::tls_mode::plain, ts::faults().add(ts::when("NOOP").stall()));
  auto life = std::make_shared<int>(0);
  {
    asio::io_context io(1);
    for (int i = 0; i < 3; ++i) {
      asio::co_spawn(
          io,
          [](asio::io_context& context, connect_options to, std::shared_ptr<int>, int what) -> asio::awaitable<void> {
            async_client c(context, std::move(to));
            if (what == 0) co_await pause(10s);
            co_await log_in(c);
            auto events = c.events();
            if (what == 1) co_await events.async_next();
            co_await c.noop();
          }(io, r.to(), life, i),
          asio::detached);
    }
    io.run_for(200ms);
    EXPECT_EQ(life.use_count(), 4);
  }
  EXPECT_EQ(life.use_count(), 1);
}

TEST(async_client, works_over_a_socket_of_the_applications_own) {
  running_server r;
  asio::io_context io(1);
  async_client c(io, connect_options("pipe", security::plain));
  ASSERT_TRUE(c.adopt(r.s.connect_pair()));
  finish(io, log_in(c));
  EXPECT_EQ(finish(io, c.list()).size(), 1U);
  kept again;
  c.async_connect([&again](const std::exception_ptr& e) { again.failure = e; });
  io.restart();
  io.run();
  EXPECT_EQ(again.code(), errc::wrong_state);
  async_client program(io, connect_options().command({"/bin/true"}));
  program.async_connect([&again](const std::exception_ptr& e) { again.failure = e; });
  io.restart();
  io.run();
  EXPECT_EQ(again.code(), errc::invalid_argument);
}

}  // namespace
}  // namespace imapxx
