/// \file
/// A server for many connections that say nothing: log-in, SELECT and IDLE answered as Dovecot does.
#pragma once

#include <cstdint>
#include <string>

namespace bench {

/// Runs in a process of its own until it is destroyed.
class idle_server {
 public:
  explicit idle_server(bool tls);
  ~idle_server();
  idle_server(const idle_server&) = delete;
  idle_server& operator=(const idle_server&) = delete;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// The certificate, which is its own authority.
  [[nodiscard]] const std::string& pem() const noexcept { return pem_; }

 private:
  std::uint16_t port_ = 0;
  std::string pem_;
  int pid_ = -1;
};

}  // namespace bench
