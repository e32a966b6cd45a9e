/// \file
/// Plays the server's part of recorded sessions on real sockets, and disturbs it.
#pragma once

#include "support/core/recordings.hpp"
#include "support/loopback_server.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace imapxx::faults {

/// What goes wrong behind the server's octet `at`.
struct disturbance {
  enum class kind : std::uint8_t {
    none,
    close,    ///< the stream ends properly
    reset,    ///< RST
    silence,  ///< nothing more comes, for as long as the client stays
    drip      ///< an octet every 10 ms from there on
  };
  kind what = kind::none;
  std::size_t at = 0;
};

/// Listens on the loopback. One client at a time; what it says is compared by length only.
class replay_server {
 public:
  replay_server() : server_([this](int fd) { serve(fd); }) {}
  [[nodiscard]] std::uint16_t port() const noexcept { return server_.port(); }
  /// For the connections that follow. `r` must outlive them.
  void plan(const test::recording& r, disturbance d);

 private:
  void serve(int fd);
  void talk(int fd, const test::recording& r, disturbance d);
  std::mutex mutex_;
  const test::recording* recording_ = nullptr;
  disturbance disturbance_;
  test::loopback_server server_;  // the last: its thread uses the others
};

}  // namespace imapxx::faults
