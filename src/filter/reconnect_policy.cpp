#include <imapxx/reconnect.hpp>

#include <algorithm>
#include <random>
#include <utility>

namespace imapxx::inline v0 {
namespace {

using std::chrono::milliseconds;

// The first delay is what a server needs to be there again after a restart of one process; the longest keeps a client
// that waits for hours from being hours late.
constexpr milliseconds first_default{500};
constexpr milliseconds longest_default{60'000};
constexpr milliseconds total_default{5 * 60'000};
// Longer than a busy server needs for what it has received.
constexpr milliseconds settle_default{10'000};
constexpr double jitter_default = 0.5;

double system_random() {
  thread_local std::minstd_rand engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
}

}  // namespace

reconnect_policy::reconnect_policy()
    : random_(&system_random),
      first_(first_default),
      longest_(longest_default),
      total_(total_default),
      settle_(settle_default),
      jitter_(jitter_default) {}

reconnect_policy& reconnect_policy::attempts(unsigned n) {
  attempts_ = n;
  return *this;
}

reconnect_policy& reconnect_policy::back_off(milliseconds first, milliseconds longest) {
  first_ = std::max(first, milliseconds(0));
  longest_ = std::max(longest, first_);
  return *this;
}

reconnect_policy& reconnect_policy::jitter(double part) {
  jitter_ = std::clamp(part, 0.0, 1.0);
  return *this;
}

reconnect_policy& reconnect_policy::random(std::function<double()> source) {
  random_ = source ? std::move(source) : std::function<double()>(&system_random);
  return *this;
}

reconnect_policy& reconnect_policy::total(milliseconds limit) {
  total_ = limit;
  return *this;
}

reconnect_policy& reconnect_policy::settle(milliseconds time) {
  settle_ = std::max(time, milliseconds(0));
  return *this;
}

reconnect_policy& reconnect_policy::notify(std::function<void(const reconnect_event&)> listener) {
  notify_ = std::move(listener);
  return *this;
}

milliseconds reconnect_policy::delay(unsigned attempt, const error& last) const {
  auto wait = std::min(first_, longest_);
  for (unsigned i = 1; i < attempt && wait < longest_; ++i) wait = std::min(longest_, wait * 2);
  const auto chance = std::clamp(random_(), 0.0, 1.0);
  wait -= milliseconds(static_cast<std::int64_t>(static_cast<double>(wait.count()) * jitter_ * chance));
  // What the server asks for is not shortened by chance.
  if (const auto asked = last.retry_after()) wait = std::max(wait, *asked);
  return wait;
}

}  // namespace imapxx::inline v0
