#include "delaying_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <list>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace bench {
namespace {

using clock_type = std::chrono::steady_clock;

struct chunk {
  clock_type::time_point due;
  unsigned trip = 0;  // whose octets these are
  std::string octets;
};

struct direction {
  int from = -1;
  int to = -1;
  bool ended = false;  // nothing more will be read
  bool shut = false;   // and that was passed on
  std::deque<chunk> waiting;
  unsigned delivered = 0;  // the last trip of which something has arrived at `to`
};

struct relay {
  std::array<direction, 2> ways;
};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  a.sin_port = htons(port);
  return a;
}

void no_delay(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

class delaying_proxy::impl {
 public:
  impl(std::uint16_t target, std::chrono::microseconds round_trip) : target_(target), delay_(round_trip / 2) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 128) != 0 || ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("the delaying proxy cannot listen");
    port_ = ntohs(address.sin_port);
  }
  ~impl() {
    for (auto& r : relays_) close(r);
    ::close(listener_);
  }
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] unsigned trips() const noexcept { return trips_; }

  void step() {
    std::vector<pollfd> fds{{listener_, POLLIN, 0}};
    auto wake = clock_type::now() + std::chrono::milliseconds(20);
    for (auto& r : relays_) {
      for (auto& way : r.ways) {
        fds.push_back({way.ended ? -1 : way.from, POLLIN, 0});
        if (!way.waiting.empty()) wake = std::min(wake, way.waiting.front().due);
      }
    }
    const auto left = std::max(wake - clock_type::now(), clock_type::duration::zero());
    timespec timeout{};
    timeout.tv_nsec = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
    ::ppoll(fds.data(), fds.size(), &timeout, nullptr);
    std::size_t i = 1;
    for (auto& r : relays_) {
      for (auto& way : r.ways) {
        const bool from_client = &way == &r.ways[0];
        const auto trip = from_client ? r.ways[1].delivered + 1 : r.ways[0].delivered;
        if ((fds[i++].revents & (POLLIN | POLLHUP | POLLERR)) != 0) take(way, trip);
      }
    }
    for (auto& r : relays_) {
      for (auto& way : r.ways) pass_on(way);
    }
    if (!relays_.empty()) trips_ = relays_.back().ways[1].delivered;
    relays_.remove_if([](relay& r) {
      if (!r.ways[0].shut || !r.ways[1].shut) return false;
      close(r);
      return true;
    });
    if (fds[0].revents != 0) accept_one();
  }

 private:
  static void close(relay& r) {
    ::close(r.ways[0].from);
    ::close(r.ways[0].to);
  }

  void accept_one() {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(target_);
    if (server < 0 || ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(client);
      if (server >= 0) ::close(server);
      return;
    }
    no_delay(client);
    no_delay(server);
    relay r;
    r.ways[0].from = r.ways[1].to = client;
    r.ways[0].to = r.ways[1].from = server;
    relays_.push_back(std::move(r));
  }

  void take(direction& way, unsigned trip) const {
    std::string octets(std::size_t{256} << 10U, '\0');
    const auto n = ::recv(way.from, octets.data(), octets.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) way.ended = true;
    octets.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    way.waiting.push_back({clock_type::now() + delay_, trip, std::move(octets)});
  }

  static void pass_on(direction& way) {
    while (!way.waiting.empty() && way.waiting.front().due <= clock_type::now()) {
      const auto& octets = way.waiting.front().octets;
      if (!octets.empty()) way.delivered = std::max(way.delivered, way.waiting.front().trip);
      for (std::size_t sent = 0; sent < octets.size();) {
        const auto n = ::send(way.to, octets.data() + sent, octets.size() - sent, MSG_NOSIGNAL);
        if (n <= 0) break;
        sent += static_cast<std::size_t>(n);
      }
      if (octets.empty()) {
        ::shutdown(way.to, SHUT_WR);
        way.shut = true;
      }
      way.waiting.pop_front();
    }
  }

  std::atomic<unsigned> trips_{0};
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::uint16_t target_;
  std::chrono::microseconds delay_;
  std::list<relay> relays_;
};

delaying_proxy::delaying_proxy(std::uint16_t target, std::chrono::microseconds round_trip)
    : impl_(std::make_unique<impl>(target, round_trip)), port_(impl_->port()), thread_([this] {
        while (!stop_) impl_->step();
      }) {}

unsigned delaying_proxy::round_trips() const noexcept { return impl_->trips(); }

delaying_proxy::~delaying_proxy() {
  stop_ = true;
  thread_.join();
}

}  // namespace bench
