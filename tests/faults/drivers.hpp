/// \file
/// Recorded sessions through the clients, by sockets.
#pragma once

#include "support/core/recordings.hpp"
#include "support/driver.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace imapxx::faults {

/// Whether the long forms were asked for.
[[nodiscard]] bool soaking();

/// Whether this is a build with a sanitizer, which takes its own memory, stack and time.
[[nodiscard]] constexpr bool sanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return true;
#else
  return false;
#endif
#else
  return false;
#endif
}

/// How many cases of a long list are skipped to the next one: with a sanitizer, where each costs ten times as much, all
/// but one in `n`; none in the long forms.
[[nodiscard]] inline std::size_t stride(std::size_t n) { return sanitized() && !soaking() ? n : 1; }

struct named_driver {
  std::string name;
  test::driver_maker make;
};
/// The blocking client, and the asynchronous one where it is built.
[[nodiscard]] std::vector<named_driver> drivers();

/// For a server on this machine, with tags as in the recordings and time-outs that are no part of the test.
[[nodiscard]] connect_options options_for(std::uint16_t port);

/// How a session went.
struct outcome {
  error failure;                                    ///< why it ended early
  std::size_t completed = 0;                        ///< commands that were answered
  std::chrono::steady_clock::duration last_call{};  ///< how long the last one took
};
/// Connects and runs the recording's commands, until one of them fails otherwise than by NO.
[[nodiscard]] outcome live_through(const test::recording& r, connect_options options, const test::driver_maker& make);

}  // namespace imapxx::faults
