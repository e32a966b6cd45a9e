/// \file
/// The byte stream under a blocking client. The library brings TCP and subprocesses; applications may bring their own
/// transport.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/result.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace imapxx::inline v0 {

/// When an operation must be over; empty: never.
using deadline_point = std::optional<std::chrono::steady_clock::time_point>;

/// What one `stream::transfer` moved.
class transferred {
 public:
  transferred() = default;

  std::size_t read = 0;     ///< octets now in `in`
  std::size_t written = 0;  ///< octets of `out` that are on their way
  bool eof = false;         ///< the peer sends nothing more
};

/// A bidirectional byte stream that blocks. TLS is no matter of the stream: it runs on top of these bytes.
///
/// One thread at a time drives it; only `cancel` may be called from another thread meanwhile.
class IMAPXX_API stream {
 public:
  stream() = default;
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;
  virtual ~stream();

  /// A deadline that means: move what can be moved at once, and never wait.
  static constexpr std::chrono::steady_clock::time_point no_wait = std::chrono::steady_clock::time_point::min();

  /// Reads into `in` and writes from `out` at the same time, so that a peer that will not read before it has written
  /// cannot bring both to a standstill. An empty `in` or `out` leaves that direction out. Returns as soon as one octet
  /// moved in either direction, or the peer ended its side (`eof`; only when `in` is not empty).
  ///
  /// A deadline that has passed is `errc::timeout` at once, even if octets are waiting: a peer that drips cannot
  /// stretch an operation. Errors: timeout (nothing moved, the stream is as usable as before), cancelled (likewise), io
  /// with `system_error()`, closed after `close`.
  virtual result<transferred> transfer(std::span<char> in, std::string_view out, deadline_point until) = 0;

  /// A file descriptor that becomes readable when the peer sends, for foreign event loops; -1: there is none.
  [[nodiscard]] virtual int native_handle() const noexcept = 0;

  /// Ends both directions. Octets that were written before still go out as far as the transport can do that without
  /// waiting.
  virtual void close() noexcept = 0;

  /// Makes the running and every later `transfer` fail with `errc::cancelled` until `reset_cancel`. Thread-safe.
  virtual void cancel() noexcept = 0;
  /// Takes `cancel` back. To be called by the driving thread.
  virtual void reset_cancel() noexcept = 0;
};

}  // namespace imapxx::inline v0
