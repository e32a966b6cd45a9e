#include "support/loopback_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <stdexcept>
#include <utility>

namespace imapxx::test {

loopback_server::loopback_server(std::function<void(int fd)> serve) : serve_(std::move(serve)) {
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
  thread_ = std::thread([this] { accept_all(); });
}

loopback_server::~loopback_server() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  if (const int fd = current_; fd >= 0) ::shutdown(fd, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

bool loopback_server::send_all(int fd, std::string_view octets) {
  while (!octets.empty()) {
    const auto n = ::send(fd, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void loopback_server::accept_all() {
  while (!stopping_) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    current_ = fd;
    if (!stopping_) serve_(fd);
    current_ = -1;
    ::close(fd);
  }
}

}  // namespace imapxx::test
