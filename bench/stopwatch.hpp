/// \file
/// What a piece of work costs this process: time, processor time, and memory above what it held before.
#pragma once

#include <chrono>

namespace bench {

struct figures {
  double wall_ms = 0;
  double cpu_ms = 0;
  double above_idle_mib = 0;
};

/// Measures from construction to `stop`: of this process, which does nothing else.
class stopwatch {
 public:
  stopwatch();
  [[nodiscard]] figures stop() const;

 private:
  long idle_kib_;
  double cpu_;
  std::chrono::steady_clock::time_point start_;
};

/// A file in memory for work that writes to one; -1 for other work.
[[nodiscard]] int open_target(bool to_file);

}  // namespace bench
