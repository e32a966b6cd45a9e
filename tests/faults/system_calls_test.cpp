// System call k fails with EINTR, EAGAIN, one octet, a reset or a lack of resources, for every k of the recorded
// sessions through both clients: what a call may do at any time changes nothing, and the rest is an error that says
// what happened.
#include "core/fetch_spool.hpp"
#include "faults/call_faults.hpp"
#include "faults/drivers.hpp"
#include "faults/replay_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>

namespace imapxx::faults {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

struct disturbed {
  outcome how;
  std::uint64_t made = 0, struck = 0;
  std::string victim;
  clock::duration took{};
};

disturbed run(const test::recording& r, const named_driver& d, std::uint16_t port, std::uint64_t k, fault f,
              std::uint64_t more) {
  disturbed all;
  auto options = options_for(port);
  const auto begin = clock::now();
  {
    const call_watch watch(k, f, more);
    all.how = live_through(r, std::move(options), d.make);
    all.made = call_watch::made();
    all.struck = call_watch::struck();
    all.victim = call_watch::victim();
  }
  all.took = clock::now() - begin;
  return all;
}

// Faults that a caller of the system must expect at any time, and that are no reason to end anything.
bool is_harmless(fault f, const std::string& victim) {
  if (f == fault::interrupted) return victim != "getaddrinfo";
  return f == fault::again || f == fault::short_count;
}

void check(const disturbed& d, fault f, const std::string& where, std::size_t commands) {
  EXPECT_LT(d.took, 20s) << where;
  if (d.struck == 0 || is_harmless(f, d.victim)) {
    EXPECT_FALSE(d.how.failure) << where << ": " << d.how.failure.what();
    EXPECT_EQ(d.how.completed, commands) << where;
    return;
  }
  // The end of a session that is over already need not hurt.
  if (!d.how.failure) return;
  EXPECT_TRUE(d.how.failure.is_fatal()) << where << ": " << d.how.failure.what();
  const auto code = d.how.failure.code();
  EXPECT_TRUE(code == errc::io || code == errc::connect || code == errc::resolve || code == errc::closed)
      << where << ": " << d.how.failure.what();
  EXPECT_NE(d.how.failure.where(), phase::none) << where << ": " << d.how.failure.what();
}

TEST(system_calls, every_one_of_recorded_sessions_fails_on_both_clients) {
  const auto step = soaking() ? 1U : 5 * stride(5);
  replay_server server;
  std::map<std::string, int> seen;
  std::uint64_t offset = 0;
  for (const auto& d : drivers()) {
    for (const auto& r : test::recordings()) {
      server.plan(r, {});
      const auto commands = test::recorded_commands(r.scenario, r.box).size();
      for (const auto f : {fault::interrupted, fault::again, fault::short_count, fault::reset, fault::no_resource}) {
        // Once, and as long as it lasts: signals and full buffers come in series.
        for (const std::uint64_t more : {0U, 7U}) {
          for (std::uint64_t k = 1 + offset++ % step;; k += step) {
            const auto how = run(r, d, server.port(), k, f, more);
            const auto where = d.name + ", " + r.name() + ": " + name_of(f) + " at call " + std::to_string(k) + " (" +
                               how.victim + ")";
            check(how, f, where, commands);
            if (HasFailure()) return;
            if (how.struck != 0) ++seen[d.name + " " + how.victim + " " + name_of(f)];
            if (k > how.made) break;
          }
        }
      }
    }
  }
  for (const auto& [what, times] : seen) RecordProperty(what, times);
  EXPECT_GE(seen.size(), 10U);
}

// One octet a call, from the first to the last.
TEST(system_calls, sessions_in_single_octets) {
  replay_server server;
  for (const auto& d : drivers()) {
    for (const auto& r : test::recordings()) {
      server.plan(r, {});
      const auto how = run(r, d, server.port(), 1, fault::short_count, 1'000'000);
      EXPECT_FALSE(how.how.failure) << d.name << ", " << r.name() << ": " << how.how.failure.what();
      EXPECT_GT(how.struck, r.server_octets);
    }
  }
}

// A disk that is full costs the stream whose data waits on it, and nothing else.
TEST(system_calls, no_space_for_data_that_waits) {
  const std::string chunk(std::size_t{1} << 20U, 'x');
  const auto fill = [&chunk](std::uint64_t k) {
    core::fetch_spool spool;
    body_info about;
    session_event e;
    e.what = session_event::kind::body_chunk;
    e.body = &about;
    e.chunk = chunk;
    const call_watch watch(k, fault::no_space, k == 0 ? 0 : 1'000'000);
    error failed;
    for (int i = 0; i < 20 && !failed; ++i) {
      if (auto ok = spool.put(e, false); !ok) failed = ok.error();
    }
    return std::pair(failed, call_watch::made());
  };
  const auto [fine, calls] = fill(0);
  EXPECT_FALSE(fine);
  EXPECT_GT(calls, 10U);
  for (std::uint64_t k = 1; k <= calls; ++k) {
    const auto failed = fill(k).first;
    EXPECT_EQ(failed.code(), errc::io) << "call " << k;
    EXPECT_EQ(failed.system_error(), ENOSPC) << "call " << k;
  }
}

}  // namespace
}  // namespace imapxx::faults
