#pragma once

#include "sasl.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace imapxx::testserver::detail {

struct ssl_deleter {
  void operator()(ssl_st* p) const;
};

/// Owns a file descriptor.
class unique_fd {
 public:
  explicit unique_fd(int fd = -1) : fd_(fd) {}
  ~unique_fd() { reset(); }
  unique_fd(unique_fd&& other) noexcept : fd_(other.release()) {}
  unique_fd& operator=(unique_fd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  int get() const { return fd_; }
  int release() {
    int fd = fd_;
    fd_ = -1;
    return fd;
  }
  void reset(int fd = -1);

 private:
  int fd_;
};

/// A connected socket, with TLS over it after start_tls(). One thread uses it; a write to the wake descriptor
/// (an eventfd) interrupts a wakeable receive, shutdown(2) of the socket from another thread ends everything.
class transport {
 public:
  transport(unique_fd fd, int wake_fd);

  enum class result { data, closed, woken };

  /// Waits for octets and appends them to `in`.
  result receive(std::string& in, bool wakeable);
  /// Sends all; false when the peer is gone.
  bool send(std::string_view data);
  bool start_tls(ssl_ctx_st* context);
  bool has_tls() const { return ssl_ != nullptr; }
  channel_binding binding() const;
  /// False when the connection ended meanwhile.
  bool pause(std::chrono::milliseconds time);
  /// TLS close_notify and shutdown; the descriptor stays open.
  void close();
  void release();
  int fd() const { return fd_.get(); }
  void set_wake(int fd) { wake_fd_ = fd; }

 private:
  bool wait(short events, bool wakeable, bool& woken) const;
  bool send_raw(std::string_view data);
  bool flush_tls();
  result receive_raw(std::string& in, bool wakeable);

  unique_fd fd_;
  int wake_fd_;
  std::unique_ptr<ssl_st, ssl_deleter> ssl_;
};

}  // namespace imapxx::testserver::detail
