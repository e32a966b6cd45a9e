/// \file
/// Plays the server's part of recorded sessions on real sockets, and disturbs it.
#pragma once

#include "support/core/recordings.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

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
  replay_server();
  ~replay_server();
  replay_server(const replay_server&) = delete;
  replay_server& operator=(const replay_server&) = delete;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// For the connections that follow. `r` must outlive them.
  void plan(const test::recording& r, disturbance d);

 private:
  void serve();
  void talk(int fd, const test::recording& r, disturbance d);
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  const test::recording* recording_ = nullptr;
  disturbance disturbance_;
  std::atomic<int> current_ = -1;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace imapxx::faults
