// Random commands, cancelled at random moments, on both clients: the caller gets back at once, and the connection goes
// on unless a literal was half sent; what follows is answered by its own answer.
#include <imapxx/testserver/server.hpp>

#include "faults/drivers.hpp"
#include "faults/lateness.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

#ifdef ASIO_SEPARATE_COMPILATION
#include "support/asio/driver.hpp"
#endif

namespace imapxx::faults {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
namespace ts = testserver;

constexpr std::uint32_t messages = 20;

/// Another thread that says "now" once for each time it is asked to, some microseconds later.
class other_thread {
 public:
  explicit other_thread(std::function<void()> act) : act_(std::move(act)), thread_([this] { run(); }) {}
  ~other_thread() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  other_thread(const other_thread&) = delete;
  other_thread& operator=(const other_thread&) = delete;
  void act_in(std::chrono::microseconds delay) {
    {
      const std::lock_guard lock(mutex_);
      delay_ = delay;
      busy_ = true;
    }
    changed_.notify_all();
  }
  /// Waits until it has acted. \return when that was
  clock::time_point wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !busy_; });
    return acted_;
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return busy_ || over_; });
      if (over_) return;
      const auto until = clock::now() + delay_;
      lock.unlock();
      while (clock::now() < until) std::this_thread::yield();  // to the microsecond, which no sleep is
      const auto now = clock::now();
      act_();
      lock.lock();
      acted_ = now;
      busy_ = false;
      changed_.notify_all();
    }
  }
  std::function<void()> act_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::chrono::microseconds delay_{};
  clock::time_point acted_;
  bool busy_ = false, over_ = false;
  std::thread thread_;
};

std::string subject_of(std::uint32_t n) { return "Subject: message " + std::to_string(n) + "\r\n\r\n"; }

class server {
 public:
  server() : server_(ts::server_options().user("ann", "pw").mailbox("ann", "Sent")) {
    server_.start();
    for (std::uint32_t n = 1; n <= messages; ++n)
      server_.append("ann", "INBOX", subject_of(n) + std::string(2000 + 300 * n, 'b') + "\r\n");
  }
  [[nodiscard]] connect_options options() const { return options_for(server_.port()); }

 private:
  ts::server server_;
};

// What is in flight when the cancellation comes. \return what it ended with
error do_something(test::driver& d, unsigned what, std::uint32_t n) {
  const auto run = [&d](auto cmd) {
    auto done = d.run(test::any_command(std::make_unique<decltype(cmd)>(std::move(cmd))));
    return done ? error() : done.error();
  };
  switch (what) {
    case 0: return run(noop());
    case 1: return run(fetch(uid_set::all(), fetch_items().uid().flags().body_peek("")));
    case 2: return run(fetch(uid_set(n), fetch_items().uid().envelope().bodystructure()));
    case 3: return run(list("", "*"));
    case 4: return run(status("Sent", status_items().messages()));
    case 5: return run(uid_search(search_key::subject("message")));
    case 6: return run(store(uid_set(n), store_mode::add, flag_list(flags::seen)));
    case 7: return run(append("Sent", "Subject: x\r\n\r\n" + std::string(200'000, 'm')));
    case 8: {
      std::vector<std::unique_ptr<test::driver::ticket>> all;
      for (std::uint32_t i = 1; i <= 5; ++i) {
        auto cmd = std::make_unique<fetch>(uid_set(i), fetch_items().uid().body_peek(""));
        all.push_back(d.submit(test::any_command(std::move(cmd))));
      }
      error first;
      for (auto& t : all) {
        if (auto done = t->wait(); !done && !first) first = done.error();
      }
      return first;
    }
    default: {
      auto rows = d.open(fetch(uid_set::all(), fetch_items().uid().body_peek("")));
      for (;;) {
        auto next = rows->try_next();
        if (!next) return next.error();
        if (*next == nullptr) return {};
      }
    }
  }
}

constexpr unsigned kinds = 10;
bool sends_a_literal(unsigned what) { return what == 7; }

// The answer to a question is the answer to this question.
void expect_sane(test::driver& d, std::uint32_t n) {
  const auto ask = [&] {
    return d.run(test::any_command(std::make_unique<fetch>(uid_set(n), fetch_items().uid().header_fields("Subject"))));
  };
  auto got = ask();
  // A cancellation that came too late for the last call ends the next one.
  if (!got && got.error().code() == errc::cancelled) got = ask();
  ASSERT_TRUE(got) << got.error().what();
  const auto rows = static_cast<fetch&>(**got).take_result();
  ASSERT_EQ(rows.size(), 1U);
  const auto data = rows[0].to_data();
  EXPECT_EQ(rows.uid(0), n);
  ASSERT_EQ(data.sections.size(), 1U);
  EXPECT_EQ(data.sections[0].data, subject_of(n));
}

std::vector<named_driver> ways() {
  auto all = drivers();
#ifdef ASIO_SEPARATE_COMPILATION
  all.push_back(
      {"asio on a strand", [](connect_options o) { return test::make_asio_driver(std::move(o), test::way::strand); }});
#endif
  return all;
}

struct counts {
  int cancelled = 0, survived = 0, ended = 0;
  clock::duration slowest{};
};

std::unique_ptr<test::driver> selected(const server& s, const named_driver& way) {
  auto d = way.make(s.options());
  d->connect().value();
  d->authenticate(credentials("ann", secret("pw")).allow_plaintext()).value();
  (void)d->run(test::any_command(std::make_unique<select>("INBOX"))).value();
  return d;
}

TEST(cancel, random_commands_at_random_moments) {
  const int rounds = soaking() ? 10'000 : sanitized() ? 100 : 600;
  const lateness machine;
  const server s;
  int cancelled = 0;
  for (const auto& way : ways()) {
    SCOPED_TRACE(way.name);
    std::mt19937 random(43);  // NOLINT(cert-msc32-c)
    counts seen;
    // How long a command of each kind takes when it is left alone, so that the moment falls into it.
    std::array<std::chrono::microseconds, kinds> usual;
    usual.fill(300us);
    auto d = selected(s, way);
    std::optional<other_thread> other(std::in_place, [&d] { d->cancel(); });
    for (int i = 0; i < rounds && !testing::Test::HasFailure(); ++i) {
      const auto what = static_cast<unsigned>(random()) % kinds;
      const auto n = static_cast<std::uint32_t>(random()) % messages + 1;
      const auto span = static_cast<unsigned>(usual[what].count()) + 20;
      other->act_in(std::chrono::microseconds(static_cast<unsigned>(random()) % span));
      const auto began = clock::now();
      const auto why = do_something(*d, what, n);
      const auto back = clock::now();
      const auto took = std::chrono::duration_cast<std::chrono::microseconds>(back - began);
      if (!why) usual[what] = (usual[what] * 3 + took) / 4;
      const auto asked = other->wait();
      seen.slowest = std::max(seen.slowest, back - asked);
      if (why) {
        ++seen.cancelled;
        ASSERT_EQ(why.code(), errc::cancelled) << "command " << what << ": " << why.what();
      }
      if (d->connected() && !d->protocol().closed()) {
        ++seen.survived;
        expect_sane(*d, n);
      } else {
        ++seen.ended;
        EXPECT_TRUE(sends_a_literal(what)) << "command " << what << " cost the connection: " << why.what();
        EXPECT_TRUE(why.is_fatal());
        other.reset();
        d = selected(s, way);
        other.emplace([&d] { d->cancel(); });
      }
    }
    other.reset();
    cancelled += seen.cancelled;
    EXPECT_GT(seen.survived, rounds / 2);
    EXPECT_LT(seen.slowest, 2s + machine.allowance());
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(seen.slowest).count();
    RecordProperty(way.name + " slowest_ms", static_cast<int>(ms));
    if (soaking()) {
      std::printf("%s: %d cancelled, %d connections went on, %d ended, slowest return %lld ms\n", way.name.c_str(),
                  seen.cancelled, seen.survived, seen.ended, static_cast<long long>(ms));
    }
  }
  EXPECT_GT(cancelled, 0);  // where one processor does everything, most come too late
}

// Name, TCP, TLS, greeting, SASL: whatever is under way, the caller gets back at once, and nothing is left behind.
TEST(cancel, at_random_moments_of_connecting) {
  const int rounds = soaking() ? 2000 : sanitized() ? 20 : 60;
  const lateness machine;
  int cancelled = 0;
  ts::server s(ts::server_options().user("ann", "pw").security(ts::tls_mode::implicit));
  s.start();
  for (const auto& way : ways()) {
    SCOPED_TRACE(way.name);
    std::mt19937 random(44);  // NOLINT(cert-msc32-c)
    auto usual = std::chrono::microseconds(3000);
    for (int i = 0; i < rounds; ++i) {
      auto options = options_for(s.port());
      options.mode = security::tls;
      tls_options tls;
      options.tls(tls.ca_pem(s.ca_pem()));
      const auto d = way.make(options);
      clock::time_point asked;
      error why;
      {
        // The blocking client cannot be cancelled before it exists; it is while it logs in.
        const bool early = way.name != "blocking";
        if (!early) d->connect().value();
        other_thread other([&] { d->cancel(); });
        other.act_in(std::chrono::microseconds(static_cast<unsigned>(random()) % static_cast<unsigned>(usual.count())));
        const auto began = clock::now();
        if (early) {
          if (auto ok = d->connect(); !ok) why = ok.error();
        }
        if (!why) {
          if (auto ok = d->authenticate(credentials("ann", secret("pw"))); !ok) why = ok.error();
        }
        const auto back = clock::now();
        asked = other.wait();
        if (why) {
          EXPECT_LT(back - asked, 2s + machine.allowance());
        } else {
          usual = (usual * 3 + std::chrono::duration_cast<std::chrono::microseconds>(back - began)) / 4 + 20us;
        }
      }
      if (why) {
        ++cancelled;
        EXPECT_EQ(why.code(), errc::cancelled) << why.what();
      }
    }
  }
  EXPECT_GT(cancelled, 0);
}

}  // namespace
}  // namespace imapxx::faults
