/// \file
/// What the peers written in C++ share. A peer is a program `PEER PORT WORK TLS MESSAGES` that does one piece of work
/// of the end-to-end benchmark against the replay server, and prints what it cost: milliseconds, milliseconds of CPU,
/// MiB above idle. It ends with 77 when its library cannot do that work. The works `append` and `store` are for a real
/// server; the environment names its user.
#pragma once

#include "../small_message.hpp"
#include "../stopwatch.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace bench {

struct peer_work {
  std::uint16_t port;
  std::string name;  ///< flags, envelopes, bodies, literal, search; append, store
  bool tls;
  std::uint64_t messages;  ///< how many answers there are; of `literal`: MiB in the one
};

/// \tparam Run `figures(const peer_work&)`; a figure of 0 ms means that the library cannot do it
template <class Run>
int peer_main(int argc, char** argv, Run run) {
  if (argc != 5) {
    std::fprintf(stderr, "%s PORT WORK TLS MESSAGES\n", argv[0]);
    return 2;
  }
  try {
    const auto f = run(peer_work{static_cast<std::uint16_t>(std::atoi(argv[1])), argv[2], argv[3][0] == '1',
                                 std::strtoull(argv[4], nullptr, 10)});
    if (f.wall_ms == 0) return 77;
    std::printf("%f %f %f\n", f.wall_ms, f.cpu_ms, f.above_idle_mib);
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s: %s\n", argv[0], e.what());
    return 1;
  }
}

inline std::string from_environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}
inline std::string user() { return from_environment("IMAPXX_PEER_USER", "a"); }
inline std::string password() { return from_environment("IMAPXX_PEER_PASSWORD", "b"); }

inline void require(bool good, const char* what) {
  if (!good) throw std::runtime_error(what);
}

}  // namespace bench
