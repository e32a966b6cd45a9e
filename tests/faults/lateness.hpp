/// \file
/// How late this machine is, so that what is asserted about time holds on a busy one.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

namespace imapxx::faults {

/// A thread that sleeps and looks when it is woken, as long as this lives.
class lateness {
 public:
  lateness() : thread_([this] { watch(); }) {}
  ~lateness() {
    over_ = true;
    thread_.join();
  }
  lateness(const lateness&) = delete;
  lateness& operator=(const lateness&) = delete;

  /// What may be added to a bound: a call needs several threads to get their turn one after the other.
  [[nodiscard]] std::chrono::nanoseconds allowance() const { return std::chrono::nanoseconds(worst_.load()) * 10; }

 private:
  void watch() {
    using clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds nap{5};
    while (!over_) {
      const auto due = clock::now() + nap;
      std::this_thread::sleep_until(due);
      const auto late = std::chrono::duration_cast<std::chrono::nanoseconds>(clock::now() - due).count();
      worst_ = std::max<std::int64_t>(worst_, late);
    }
  }
  std::atomic<bool> over_ = false;
  std::atomic<std::int64_t> worst_ = 0;
  std::thread thread_;
};

}  // namespace imapxx::faults
