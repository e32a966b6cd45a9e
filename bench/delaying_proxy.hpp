// A proxy that gives every octet half a round trip of delay in each direction, and limits nothing else.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>

namespace bench {

/// Listens on a loopback port of its own and forwards every connection to `target` on 127.0.0.1. Its own TCP handshake
/// is not delayed: what is measured through it counts round trips after TCP's own.
class delaying_proxy {
 public:
  delaying_proxy(std::uint16_t target, std::chrono::microseconds round_trip);
  ~delaying_proxy();
  delaying_proxy(const delaying_proxy&) = delete;
  delaying_proxy& operator=(const delaying_proxy&) = delete;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// Round trips of the newest connection, counted: how long the longest chain is of octets that were sent after others
  /// had come. Does not depend on how busy the machine is.
  [[nodiscard]] unsigned round_trips() const noexcept;

 private:
  class impl;
  std::unique_ptr<impl> impl_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace bench
