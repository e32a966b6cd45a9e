#include "tcp_listener.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace imapxx::testserver::detail {

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), std::string("test server: ") + what);
}

/// Fills a socket address from a literal IP; returns its length.
socklen_t make_address(const std::string& ip, std::uint16_t port, sockaddr_storage& to) {
  std::memset(&to, 0, sizeof to);
  auto* v4 = reinterpret_cast<sockaddr_in*>(&to);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&to);
  if (::inet_pton(AF_INET, ip.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    return sizeof *v4;
  }
  if (::inet_pton(AF_INET6, ip.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    return sizeof *v6;
  }
  throw std::runtime_error("test server: not an IP address: " + ip);
}

}  // namespace

tcp_listener::tcp_listener() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void tcp_listener::start(const std::string& ip, std::uint16_t port, std::function<void(unique_fd)> accepted) {
  if (thread_.joinable()) throw std::logic_error("test server: start() may be called once");
  sockaddr_storage address;
  auto length = make_address(ip, port, address);
  fd_.reset(::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  int on = 1;
  if (fd_.get() < 0 || ::setsockopt(fd_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), length) != 0 || ::listen(fd_.get(), SOMAXCONN) != 0)
    fail("cannot listen");
  socklen_t size = sizeof address;
  if (::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) fail("getsockname");
  port_ = ntohs(address.ss_family == AF_INET ? reinterpret_cast<sockaddr_in*>(&address)->sin_port
                                             : reinterpret_cast<sockaddr_in6*>(&address)->sin6_port);
  accepted_ = std::move(accepted);
  thread_ = std::thread([this] { run(); });
}

void tcp_listener::run() {
  std::array<pollfd, 2> fds = {pollfd{fd_.get(), POLLIN, 0}, pollfd{wake_.get(), POLLIN, 0}};
  for (;;) {
    if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) return;
    if ((fds[1].revents & POLLIN) != 0) return;
    if ((fds[0].revents & POLLIN) == 0) continue;
    unique_fd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (fd.get() < 0) continue;
    int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    accepted_(std::move(fd));
  }
}

void tcp_listener::stop() {
  std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);  // cannot fail: the counter never fills
  if (thread_.joinable()) thread_.join();
  fd_.reset();
}

}  // namespace imapxx::testserver::detail
