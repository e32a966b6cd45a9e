#include "faults/replay_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <thread>

namespace imapxx::faults {
namespace {

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

void replay_server::plan(const test::recording& r, disturbance d) {
  const std::lock_guard lock(mutex_);
  recording_ = &r;
  disturbance_ = d;
}

void replay_server::serve(int fd) {
  const test::recording* r = nullptr;
  disturbance d;
  {
    const std::lock_guard lock(mutex_);
    r = recording_;
    d = disturbance_;
  }
  if (r != nullptr) talk(fd, *r, d);
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
    if (!server_.send_all(fd, octets.substr(0, here ? d.at - std::min(d.at, played) : octets.size()))) return;
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
        if (server_.stopping() || !server_.send_all(fd, std::string_view(&c, 1))) return;
      }
    }
    played += octets.size();
  }
  wait_for_end(fd);
}

}  // namespace imapxx::faults
