/// \file
/// The one thing that another thread may do to a blocking operation.
#pragma once

#include <imapxx/result.hpp>

#include <atomic>
#include <memory>

namespace imapxx::inline v0::blocking {

/// A sticky flag that poll(2) can wait for. It is shared by the name look-up, the connect and the stream of one client,
/// so that one `cancel` ends whichever of them is running. `cancel` is thread-safe and async-signal-safe; the rest
/// belongs to the driving thread.
class cancel_event {
 public:
  /// Errors: io (no file descriptors left)
  [[nodiscard]] static result<std::shared_ptr<cancel_event>> create();
  cancel_event(const cancel_event&) = delete;
  cancel_event& operator=(const cancel_event&) = delete;
  ~cancel_event();

  void cancel() noexcept;
  void reset() noexcept;
  [[nodiscard]] bool cancelled() const noexcept { return cancelled_.load(std::memory_order_acquire); }
  /// Readable while cancelled.
  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  explicit cancel_event(int fd) noexcept : fd_(fd) {}
  std::atomic<bool> cancelled_{false};
  int fd_;
};

}  // namespace imapxx::inline v0::blocking
