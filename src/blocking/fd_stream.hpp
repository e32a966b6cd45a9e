/// \file
/// A stream over file descriptors: the machinery that TCP and subprocesses share.
#pragma once

#include <imapxx/stream.hpp>

#include "blocking/cancel_event.hpp"

#include <poll.h>
#include <sys/types.h>

#include <memory>

namespace imapxx::inline v0::blocking {

/// The system calls that a stream makes, as seen from errno's side; tests put EINTR, EAGAIN, short counts and errors
/// between.
class io_calls {
 public:
  ssize_t (*read)(int fd, void* to, std::size_t n) = nullptr;
  ssize_t (*write)(int fd, const void* from, std::size_t n) = nullptr;
  int (*poll)(pollfd* fds, nfds_t n, int timeout_ms) = nullptr;

  /// recv(2) and send(2) with MSG_NOSIGNAL.
  [[nodiscard]] static const io_calls& socket() noexcept;
  /// read(2) and write(2); SIGPIPE is held back from the thread while it writes.
  [[nodiscard]] static const io_calls& file() noexcept;
};

/// Milliseconds until `until`, rounded up, for poll(2); -1: no end; 0: it has passed.
[[nodiscard]] int poll_timeout(deadline_point until) noexcept;
/// Whether `until` has passed; never for `stream::no_wait`.
[[nodiscard]] bool has_passed(deadline_point until) noexcept;
/// Closes `fd` unless it is negative. EINTR is no reason to try again on Linux: the descriptor is gone.
void close_fd(int fd) noexcept;

/// Closes a descriptor that nobody took, whatever is thrown meanwhile.
class fd_guard {
 public:
  explicit fd_guard(int fd) noexcept : fd_(fd) {}
  ~fd_guard() { close_fd(fd_); }
  fd_guard(const fd_guard&) = delete;
  fd_guard& operator=(const fd_guard&) = delete;
  void release() noexcept { fd_ = -1; }

 private:
  int fd_;
};

/// Owns its descriptors, which are non-blocking. One descriptor may serve both directions.
class fd_stream : public stream {
 public:
  fd_stream(int in, int out, std::shared_ptr<cancel_event> cancelled, const io_calls& calls) noexcept;
  ~fd_stream() override;

  result<transferred> transfer(std::span<char> in, std::string_view out, deadline_point until) override;
  [[nodiscard]] int native_handle() const noexcept override { return in_; }
  void close() noexcept override;
  void cancel() noexcept override { cancel_->cancel(); }
  void reset_cancel() noexcept override { cancel_->reset(); }

 private:
  class readiness;
  [[nodiscard]] result<readiness> wait(bool reading, bool writing, deadline_point until) const;
  [[nodiscard]] error read_some(std::span<char> in, transferred& moved) const;
  [[nodiscard]] error write_some(std::string_view out, transferred& moved) const;

  int in_;
  int out_;
  std::shared_ptr<cancel_event> cancel_;
  const io_calls* calls_;
  bool more_likely_ = false;
};

/// A stream over two descriptors (or one, given twice), which it owns from now on and makes non-blocking: that concerns
/// everybody who shares the open file. Errors: io
[[nodiscard]] result<std::unique_ptr<stream>> make_fd_stream(int fd_in, int fd_out,
                                                             std::shared_ptr<cancel_event> cancelled = nullptr);

}  // namespace imapxx::inline v0::blocking
