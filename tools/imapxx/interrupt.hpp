// SIGINT, SIGTERM and SIGHUP, taken by a thread of their own, so that no signal handler runs and `client::cancel` may
// be called.
#pragma once

#include <functional>

namespace imapxx::cli {

/// Blocks the signals in all threads that start from now on and starts the watching thread; ignores SIGPIPE.
/// Call once, before anything else. A second signal, or one while nothing is registered, ends the process with 130.
void watch_for_interrupts();

/// Whether a signal came.
[[nodiscard]] bool interrupted() noexcept;

/// The last signal has been dealt with: the next one is a first one again.
void forget_interrupt() noexcept;

/// Blocks until a signal comes.
void wait_for_interrupt();

/// While it lives, a signal calls `action` (on the watching thread) instead of ending the process.
class on_interrupt {
 public:
  explicit on_interrupt(std::function<void()> action);
  ~on_interrupt();
  on_interrupt(const on_interrupt&) = delete;
  on_interrupt& operator=(const on_interrupt&) = delete;
};

/// `action` runs (also) before the process is ended by a signal: to give the terminal its echo back.
void before_sudden_end(std::function<void()> action);

/// To be called in a child process: gives it the signals that we took.
void restore_signals_in_child() noexcept;

}  // namespace imapxx::cli
