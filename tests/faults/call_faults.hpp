/// \file
/// System calls that fail: the linker sends what the library and Asio call here (tests/faults/CMakeLists.txt). Only
/// the calling thread is disturbed, so that a server in the same process is not.
#pragma once

#include <cstdint>
#include <string>

namespace imapxx::faults {

enum class fault : std::uint8_t {
  interrupted,  ///< EINTR: read, write, poll, connect (which goes on by itself), name look-up
  again,        ///< EAGAIN: read, write, poll
  short_count,  ///< one octet is moved
  reset,        ///< ECONNRESET, EPIPE, ECONNREFUSED
  no_resource,  ///< ENOMEM of poll and epoll, EMFILE of socket, EAI_AGAIN of the look-up
  no_space      ///< ENOSPC: what is written to files, also through stdio
};
[[nodiscard]] const char* name_of(fault f) noexcept;

/// Counts this thread's system calls while it lives, and lets some fail. One for each thread at a time.
class call_watch {
 public:
  call_watch() noexcept;
  /// The k-th call (from 1) and the `more` that follow it fail like this, if they are of a kind that can.
  call_watch(std::uint64_t k, fault f, std::uint64_t more = 0) noexcept;
  ~call_watch();
  call_watch(const call_watch&) = delete;
  call_watch& operator=(const call_watch&) = delete;

  [[nodiscard]] static std::uint64_t made() noexcept;
  /// How many did fail.
  [[nodiscard]] static std::uint64_t struck() noexcept;
  /// The name of the first that did.
  [[nodiscard]] static const char* victim() noexcept;
};

}  // namespace imapxx::faults
