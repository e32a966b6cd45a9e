#pragma once

#include "transport.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

namespace imapxx::testserver::detail {

/// Accepts TCP connections in a thread of its own.
class tcp_listener {
 public:
  tcp_listener();
  ~tcp_listener() { stop(); }
  tcp_listener(const tcp_listener&) = delete;
  tcp_listener& operator=(const tcp_listener&) = delete;

  /// Throws std::system_error when the address cannot be used. `accepted` runs in the thread.
  void start(const std::string& ip, std::uint16_t port, std::function<void(unique_fd)> accepted);
  void stop();
  /// 0 before start().
  std::uint16_t port() const { return port_; }

 private:
  void run();

  unique_fd fd_;
  unique_fd wake_;
  std::atomic<std::uint16_t> port_{0};
  std::function<void(unique_fd)> accepted_;
  std::thread thread_;
};

}  // namespace imapxx::testserver::detail
