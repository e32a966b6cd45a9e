/// \file
/// How many texts each place gets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IMAPXX_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IMAPXX_TEST_SANITIZED 1
#endif
#endif

namespace imapxx::threats {

constexpr std::uint64_t injection_seed = 20;

inline std::size_t strings_per_place() {
  if (std::getenv("IMAPXX_SOAK") != nullptr) return 10'000;
#ifdef IMAPXX_TEST_SANITIZED
  return 100;
#else
  return 500;
#endif
}

/// Over a socket.
inline std::size_t sampled_strings_per_place() { return std::getenv("IMAPXX_SOAK") != nullptr ? 100 : 15; }

}  // namespace imapxx::threats
