/// \file
/// Memory as a resource that runs out: this program has its own operator new, and the linker sends the library's
/// malloc and realloc here as well (tests/faults/CMakeLists.txt). What shared libraries take from malloc themselves
/// (OpenSSL, libgsasl) is not seen.
#pragma once

#include <cstdint>

namespace imapxx::faults {

/// Looks at what the calling thread allocates while this lives, and lets an allocation fail. One for each thread at a
/// time.
class memory_watch {
 public:
  enum class mode : std::uint8_t {
    once,   ///< one allocation fails
    onward  ///< that one and all after it
  };
  /// Nothing fails.
  memory_watch() noexcept;
  /// The k-th allocation fails, counted from 1.
  explicit memory_watch(std::uint64_t k, mode how = mode::once) noexcept;
  ~memory_watch();
  memory_watch(const memory_watch&) = delete;
  memory_watch& operator=(const memory_watch&) = delete;

  /// Allocations that were asked for.
  [[nodiscard]] static std::uint64_t made() noexcept;
  [[nodiscard]] static bool failed() noexcept;
  /// Nothing fails from here on.
  static void stop_failing() noexcept;
  /// Blocks that were allocated and not released since.
  [[nodiscard]] static std::int64_t blocks() noexcept;
  /// What they are as large as, now and at most.
  [[nodiscard]] static std::int64_t octets() noexcept;
  [[nodiscard]] static std::int64_t most_octets() noexcept;
};

}  // namespace imapxx::faults
