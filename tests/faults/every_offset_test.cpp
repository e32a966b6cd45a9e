// Recorded sessions of real servers, cut, delayed, silent and slowed to an octet at every offset, on a clock that only
// moves when everybody waits: every call ends at its deadline, to the millisecond.
#include "faults/drivers.hpp"
#include "faults/virtual_time.hpp"

#include <gtest/gtest.h>

namespace imapxx::faults {
namespace {

using namespace std::chrono_literals;
using kind = slowness::kind;

// Different, so that the moment of a time-out says which one it was.
constexpr milliseconds greeting_limit = 3000ms, command_limit = 7000ms, stall_limit = 5000ms;

connect_options options() {
  timeouts t;
  t.greeting = greeting_limit;
  t.command = command_limit;
  t.stall = stall_limit;
  session_options s;
  s.use_timeouts(t).first_tag(1);
  return connect_options("localhost", security::plain).session(std::move(s));
}

virtual_outcome run(const test::recording& r, slowness s, std::optional<milliseconds> expires = std::nullopt) {
  return virtual_driver(r, s, options()).run(expires);
}

/// What a recording consists of, seen by a command: its answer's octets.
struct answer {
  std::size_t begin = 0, end = 0;  ///< of the server's octets
  bool stalls = false;             ///< has no deadline but for progress
};

// The greeting, then each command's answer. A command with a synchronizing literal has its "+" in a piece of its own.
std::vector<answer> answers(const test::recording& r) {
  const auto commands = test::recorded_commands(r.scenario, r.box);
  std::vector<answer> all;
  std::size_t at = 0, literals = 0;
  bool goes_on = false;  // an answer that came in several reads
  for (const auto& p : r.pieces) {
    if (!p.from_server) {
      goes_on = false;
      continue;
    }
    const bool continues = p.octets.starts_with("+ ") || p.octets.starts_with("+\r\n");
    answer a{at, at + p.octets.size(), false};
    at = a.end;
    if (goes_on || (all.size() > 1 && literals != 0)) {
      all.back().end = a.end;
      literals = continues ? 1 : 0;
      goes_on = true;
      continue;
    }
    if (!all.empty() && all.size() <= commands.size()) a.stalls = commands[all.size() - 1]()->traits().stall_deadline;
    all.push_back(a);
    literals = continues ? 1 : 0;
    goes_on = true;
  }
  return all;
}

// What must happen when the server falls silent at an offset: nothing before took any time.
milliseconds silent_until(const std::vector<answer>& all, std::size_t offset) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (offset >= all[i].end) continue;
    if (i == 0) return greeting_limit;
    return all[i].stalls ? stall_limit : command_limit;
  }
  return 0ms;
}

TEST(every_offset, recordings_are_what_the_tests_take_them_for) {
  for (const auto& r : test::recordings()) {
    const auto whole = run(r, {});
    EXPECT_FALSE(whole.failure) << r.name() << ": " << whole.failure.what();
    EXPECT_EQ(whole.took, 0ms) << r.name();
    EXPECT_EQ(whole.completed, test::recorded_commands(r.scenario, r.box).size()) << r.name();
    EXPECT_EQ(answers(r).size(), whole.completed + 1) << r.name();
  }
}

TEST(every_offset, cut_ends_at_once) {
  for (const auto& r : test::recordings()) {
    for (std::size_t at = 0; at < r.server_octets; at += stride(23)) {
      const auto how = run(r, {kind::cut, at});
      ASSERT_FALSE(how.stuck) << r.name() << " at " << at;
      ASSERT_EQ(how.failure.code(), errc::closed) << r.name() << " at " << at << ": " << how.failure.what();
      ASSERT_TRUE(how.failure.is_fatal()) << r.name() << " at " << at;
      ASSERT_EQ(how.took, 0ms) << r.name() << " at " << at;
    }
  }
}

TEST(every_offset, silence_ends_exactly_at_the_deadline) {
  for (const auto& r : test::recordings()) {
    const auto all = answers(r);
    for (std::size_t at = 0; at < r.server_octets; at += stride(23)) {
      const auto how = run(r, {kind::silence, at});
      ASSERT_EQ(how.failure.code(), errc::timeout) << r.name() << " at " << at << ": " << how.failure.what();
      ASSERT_EQ(how.took, silent_until(all, at)) << r.name() << " at " << at;
      ASSERT_TRUE(how.failure.is_fatal());
      ASSERT_NE(how.failure.where(), phase::none) << r.name() << " at " << at;
    }
  }
}

TEST(every_offset, silence_ends_exactly_when_everything_expires) {
  constexpr auto sooner = 1234ms;
  for (const auto& r : test::recordings()) {
    for (std::size_t at = 0; at < r.server_octets; at += stride(23)) {
      const auto how = run(r, {kind::silence, at}, sooner);
      ASSERT_EQ(how.failure.code(), errc::timeout) << r.name() << " at " << at;
      ASSERT_EQ(how.took, sooner) << r.name() << " at " << at;
    }
  }
}

TEST(every_offset, a_delay_below_the_deadline_changes_nothing) {
  for (const auto& r : test::recordings()) {
    const auto all = answers(r);
    const auto commands = test::recorded_commands(r.scenario, r.box).size();
    for (std::size_t at = 0; at < r.server_octets; at += stride(23)) {
      const auto just_in_time = silent_until(all, at) - 1ms;
      const auto how = run(r, {kind::delay, at, just_in_time});
      ASSERT_FALSE(how.failure) << r.name() << " at " << at << ": " << how.failure.what();
      ASSERT_EQ(how.completed, commands) << r.name() << " at " << at;
      ASSERT_EQ(how.took, just_in_time) << r.name() << " at " << at;
    }
  }
}

// An octet each 100 ms is progress, but no answer: only what waits for progress goes on.
TEST(every_offset, drips_do_not_stretch_a_deadline) {
  constexpr auto each = 100ms;
  for (const auto& r : test::recordings()) {
    const auto all = answers(r);
    for (std::size_t at = 0; at < r.server_octets; at += stride(23)) {
      auto expected = 0ms;
      bool fails = false;
      for (std::size_t i = 0; i < all.size() && !fails; ++i) {
        if (all[i].end <= at) continue;
        const auto takes = each * static_cast<long>(all[i].end - std::max(all[i].begin, at));
        const auto limit = i == 0 ? greeting_limit : command_limit;
        // At the very moment of a deadline it has passed.
        fails = !all[i].stalls && takes >= limit;
        expected += fails ? limit : takes;
      }
      const auto how = run(r, {kind::drip, at, each});
      ASSERT_EQ(how.took, expected) << r.name() << " at " << at << ": " << how.failure.what();
      ASSERT_EQ(how.failure.code() == errc::timeout, fails) << r.name() << " at " << at << ": " << how.failure.what();
    }
  }
}

}  // namespace
}  // namespace imapxx::faults
