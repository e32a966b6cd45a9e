// Allocation k fails, for every k of 36 sessions without I/O, and of the recorded ones through both clients: what is
// thrown is std::bad_alloc, everything can be destroyed afterwards, and nothing is left behind.
#include "faults/drivers.hpp"
#include "faults/memory_faults.hpp"
#include "faults/replay_server.hpp"
#include "faults/session_scripts.hpp"
#include "support/core/recordings.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <iterator>
#include <thread>

namespace imapxx::faults {
namespace {

using mode = memory_watch::mode;

// Buffers that a thread keeps for the next session are there before and after a run.
void settle() {
  session s;
  (void)s.input_buffer();
}

std::ptrdiff_t open_files() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
}

// A server in another thread may still have to close its end: waits until there are no more than `most`, for a while.
std::ptrdiff_t open_files_at_last(std::ptrdiff_t most) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  auto n = open_files();
  while (n > most && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    n = open_files();
  }
  return n;
}

struct run_result {
  std::uint64_t made = 0;
  std::int64_t left = 0;
  bool failed = false, thrown = false;
  std::string unexpected;
};

// `k` 0: nothing fails.
run_result run_with(const std::function<void()>& run, std::uint64_t k, mode how) {
  run_result r;
  settle();
  const memory_watch watch(k, how);
  try {
    run();
  } catch (const std::bad_alloc&) {
    r.thrown = true;
  } catch (const std::exception& e) {
    memory_watch::stop_failing();
    r.unexpected = e.what();
  }
  memory_watch::stop_failing();
  r.made = memory_watch::made();
  r.failed = memory_watch::failed();
  settle();
  // What `unexpected` holds is not the run's.
  r.left = r.unexpected.empty() ? memory_watch::blocks() : 0;
  return r;
}

// \return how many runs there were
std::uint64_t exhaust(const std::string& name, const std::function<void()>& run, std::uint64_t step, bool must_throw) {
  SCOPED_TRACE(name);
  static const auto files = [&run] {
    run();
    return open_files();  // one more than needed, when the server was not quick enough
  }();
  for (int i = 0; i < 2; ++i) run();  // what is made once for all
  const auto whole = run_with(run, 0, mode::once);
  EXPECT_EQ(whole.unexpected, "");
  EXPECT_EQ(whole.left, 0) << "leaks without any failure";
  std::uint64_t runs = 0;
  for (const auto how : {mode::once, mode::onward}) {
    for (std::uint64_t k = 1 + runs % step; k <= whole.made && !testing::Test::HasFailure(); k += step, ++runs) {
      const auto r = run_with(run, k, how);
      EXPECT_EQ(r.unexpected, "") << "allocation " << k;
      EXPECT_EQ(r.left, 0) << "allocation " << k << " of " << whole.made << (r.thrown ? ", thrown" : ", hidden");
      if (must_throw && r.failed) {
        EXPECT_TRUE(r.thrown) << "allocation " << k << " failed and nobody was told";
      }
    }
  }
  // Each run that leaks loses one, and there are hundreds.
  EXPECT_LE(open_files_at_last(files + 8), files + 8) << "descriptors are left open";
  return runs;
}

TEST(memory_runs_out, in_every_allocation_of_sessions) {
  std::uint64_t runs = 0, sessions = 0;
  for (const auto& r : test::recordings()) {
    runs += exhaust(
        r.name(),
        [&r] {
          test::recorded_client c(r.scenario, r.box);
          (void)test::play(r, c, r.server_octets, 512);
        },
        stride(7), true);
    ++sessions;
  }
  for (const auto& s : session_scripts()) {
    runs += exhaust(s.name, s.run, stride(7), true);
    ++sessions;
  }
  EXPECT_GE(sessions, 30U);
  RecordProperty("runs", std::to_string(runs));
}

TEST(memory_runs_out, in_every_allocation_of_both_clients) {
  const auto step = soaking() ? 1U : 7 * stride(5);
  replay_server server;
  std::uint64_t runs = 0;
  for (const auto& d : drivers()) {
    for (const auto& r : test::recordings()) {
      if (HasFailure()) break;
      server.plan(r, {});
      runs += exhaust(
          d.name + (" " + r.name()), [&] { (void)live_through(r, options_for(server.port()), d.make); }, step, false);
    }
  }
  RecordProperty("runs", std::to_string(runs));
}

}  // namespace
}  // namespace imapxx::faults
