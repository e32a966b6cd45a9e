// Recorded sessions on real sockets: closed, reset, silent and slowed to an octet at sampled offsets (at all of them
// with IMAPXX_SOAK=1), on both clients.
#include "faults/drivers.hpp"
#include "faults/lateness.hpp"
#include "faults/replay_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <random>
#include <thread>

namespace imapxx::faults {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using kind = disturbance::kind;

constexpr auto limit = 200ms;         // of every phase, where nothing or little comes
constexpr auto grace = 2s;            // no call returns later than so much after its deadline
constexpr std::size_t samples = 200;  // for each client

struct job {
  const test::recording* recording;
  disturbance what;
};

const char* name_of(kind k) {
  switch (k) {
    case kind::none: return "nothing";
    case kind::close: return "closed";
    case kind::reset: return "reset";
    case kind::silence: return "silent";
    case kind::drip: return "drips";
  }
  return "?";
}

std::vector<job> all_jobs() {
  std::vector<job> all;
  for (const auto& r : test::recordings()) {
    for (std::size_t at = 0; at < r.server_octets; ++at) {
      for (const auto k : {kind::close, kind::reset, kind::silence, kind::drip}) all.push_back({&r, {k, at}});
    }
  }
  if (soaking()) return all;
  std::mt19937 random(200);  // NOLINT(cert-msc32-c): the same each time
  std::shuffle(all.begin(), all.end(), random);
  all.resize(samples);
  return all;
}

struct findings {
  lateness machine;
  std::mutex mutex;
  std::vector<std::string> wrong;
  clock::duration most_late{};
};

void run_one(const job& j, replay_server& server, const named_driver& d, findings& found) {
  server.plan(*j.recording, j.what);
  auto options = options_for(server.port());
  const bool slow = j.what.what == kind::silence || j.what.what == kind::drip;
  if (slow) {
    auto& t = options.session_settings.timeouts;
    t.greeting = t.command = t.stall = limit;
  }
  const auto how = live_through(*j.recording, options, d.make);
  std::string wrong;
  const auto code = how.failure.code();
  switch (j.what.what) {
    case kind::close:
      if (code != errc::closed) wrong = "not told that it was closed";
      break;
    case kind::reset:
      // Octets that were sent before a reset may be lost with it, so that it is all that is seen.
      // It may even come before connect() has looked.
      if (code != errc::io && code != errc::closed && code != errc::connect) wrong = "not told that it was reset";
      break;
    case kind::silence:
      if (code != errc::timeout) wrong = "no time-out";
      break;
    default:
      if (how.failure && code != errc::timeout) wrong = "another error than a time-out";
      break;
  }
  if (how.failure && !how.failure.is_fatal()) wrong = "not fatal";
  // What goes on as long as octets come may take any time.
  const auto commands = test::recorded_commands(j.recording->scenario, j.recording->box);
  const bool progressing = j.what.what == kind::drip && how.completed < commands.size() &&
                           commands[how.completed]()->traits().stall_deadline;
  const auto late = progressing ? clock::duration() : slow ? how.last_call - limit : how.last_call;
  if (late > grace + found.machine.allowance()) wrong = "came back too late";
  const std::lock_guard lock(found.mutex);
  found.most_late = std::max<clock::duration>(found.most_late, late);
  if (!wrong.empty()) {
    found.wrong.push_back(d.name + ", " + j.recording->name() + " " + name_of(j.what.what) + " at " +
                          std::to_string(j.what.at) + ": " + wrong + ": " + how.failure.what());
  }
}

TEST(sampled_offsets, on_sockets_every_call_comes_back_in_time) {
  const auto jobs = all_jobs();
  for (const auto& d : drivers()) {
    findings found;
    std::atomic<std::size_t> next = 0;
    const std::size_t threads = soaking() ? 32 : 8;  // they wait, most of the time
    std::vector<std::thread> workers;
    workers.reserve(threads);
    while (workers.size() < threads) {
      workers.emplace_back([&] {
        replay_server server;
        for (auto n = next++; n < jobs.size(); n = next++) run_one(jobs[n], server, d, found);
      });
    }
    for (auto& w : workers) w.join();
    for (const auto& w : found.wrong) ADD_FAILURE() << w;
    const auto late = std::chrono::duration_cast<std::chrono::milliseconds>(found.most_late).count();
    RecordProperty(d.name + "_most_ms_behind_the_deadline", static_cast<int>(late));
    if (soaking())
      std::printf("%s: %zu runs, at most %lld ms behind the deadline\n", d.name.c_str(), jobs.size(),
                  static_cast<long long>(late));
  }
}

}  // namespace
}  // namespace imapxx::faults
