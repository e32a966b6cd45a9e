#include "faults/replay_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace imapxx::faults {
namespace {

bool send_all(int fd, std::string_view octets) {
  while (!octets.empty()) {
    const auto n = ::send(fd, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool receive(int fd, std::size_t n) {
  char buffer[4096];
  while (n != 0) {
    const auto got = ::recv(fd, buffer, std::min(n, sizeof buffer), 0);
    if (got <= 0) return false;
    n -= static_cast<std::size_t>(got);
  }
  return true;
}

void wait_for_end(int fd) {
  char buffer[4096];
  while (::recv(fd, buffer, sizeof buffer, 0) > 0) {
  }
}

}  // namespace

replay_server::replay_server() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  constexpr int backlog = 64;
  if (listener_ < 0 || ::bind(listener_, raw, size) != 0 || ::listen(listener_, backlog) != 0 ||
      ::getsockname(listener_, raw, &size) != 0)
    throw std::runtime_error("no port to listen on");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

replay_server::~replay_server() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  if (const int fd = current_; fd >= 0) ::shutdown(fd, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

void replay_server::plan(const test::recording& r, disturbance d) {
  const std::lock_guard lock(mutex_);
  recording_ = &r;
  disturbance_ = d;
}

void replay_server::serve() {
  while (!stopping_) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) {
      if (stopping_) return;
      continue;
    }
    const test::recording* r = nullptr;
    disturbance d;
    {
      const std::lock_guard lock(mutex_);
      r = recording_;
      d = disturbance_;
    }
    current_ = fd;
    if (!stopping_ && r != nullptr) talk(fd, *r, d);
    current_ = -1;
    ::close(fd);
  }
}

void replay_server::talk(int fd, const test::recording& r, disturbance d) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  std::size_t played = 0;
  for (const auto& p : r.pieces) {
    if (!p.from_server) {
      if (!receive(fd, p.octets.size())) return;
      continue;
    }
    const std::string_view octets = p.octets;
    const bool here = d.what != disturbance::kind::none && d.at < played + octets.size();
    if (!send_all(fd, octets.substr(0, here ? d.at - std::min(d.at, played) : octets.size()))) return;
    if (here && d.what == disturbance::kind::close) return;
    if (here && d.what == disturbance::kind::reset) {
      const linger at_once{1, 0};
      ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      return;
    }
    if (here && d.what == disturbance::kind::silence) return wait_for_end(fd);
    if (here) {
      for (const char c : octets.substr(d.at - std::min(d.at, played))) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        if (stopping_ || !send_all(fd, std::string_view(&c, 1))) return;
      }
    }
    played += octets.size();
  }
  wait_for_end(fd);
}

}  // namespace imapxx::faults
