/// \file
/// A listening socket with a thread, for tests that play the server themselves.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>
#include <thread>

namespace imapxx::test {

/// Listens on the loopback; one client at a time.
class loopback_server {
 public:
  /// `serve` is called on the thread with each connection, which is closed when it returns. What it uses must outlive
  /// this object.
  explicit loopback_server(std::function<void(int fd)> serve);
  /// Ends the present connection and waits for `serve`.
  ~loopback_server();
  loopback_server(const loopback_server&) = delete;
  loopback_server& operator=(const loopback_server&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// Whether `serve` should return.
  [[nodiscard]] bool stopping() const noexcept { return stopping_; }
  /// \return whether all of it was sent
  static bool send_all(int fd, std::string_view octets);

 private:
  void accept_all();
  std::function<void(int fd)> serve_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> current_ = -1;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace imapxx::test
