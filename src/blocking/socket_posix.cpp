#include "blocking/socket_posix.hpp"

#include "blocking/fd_stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace imapxx::inline v0::blocking {

namespace {

using clock = std::chrono::steady_clock;

/// RFC 8305 section 8, "Connection Attempt Delay".
constexpr std::chrono::milliseconds head_start{250};
/// A name with more addresses is a mistake or an attack.
constexpr std::size_t max_addresses = 32;
/// Keep-alive probes: the first after 5 quiet minutes, then every 30 s; a dead peer is noticed within 7 minutes.
constexpr int keep_idle_s = 300;
constexpr int keep_interval_s = 30;
constexpr int keep_count = 4;

void set_option(int fd, int level, int name, int value) { ::setsockopt(fd, level, name, &value, sizeof value); }

int open_socket(int family) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return fd;
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, keep_idle_s);
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, keep_interval_s);
  set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, keep_count);
  return fd;
}

/// The families in turns, beginning with the system's favourite (RFC 8305 section 4).
std::vector<endpoint> interleaved(std::span<const endpoint> all) {
  std::vector<endpoint> first;
  std::vector<endpoint> second;
  for (const endpoint& e : all) (e.family() == all.front().family() ? first : second).push_back(e);
  std::vector<endpoint> mixed;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) mixed.push_back(first[i]);
    if (i < second.size()) mixed.push_back(second[i]);
  }
  mixed.resize(std::min(mixed.size(), max_addresses));
  return mixed;
}

/// The race of several connects.
class connector {
 public:
  connector(std::span<const endpoint> addresses, deadline_point until, const cancel_event& cancelled)
      : addresses_(interleaved(addresses)), reasons_(addresses_.size()), until_(until), cancel_(cancelled) {
    running_.reserve(addresses_.size());  // so that a descriptor always finds its place
  }
  connector(const connector&) = delete;
  connector& operator=(const connector&) = delete;
  ~connector() {
    for (const attempt& a : running_) close_fd(a.fd);
  }

  /// The winner's descriptor, or why there is none.
  result<int> run() {
    while (next_ < addresses_.size() || !running_.empty()) {
      if (cancel_.cancelled()) return errc::cancelled;
      if (until_ && *until_ <= clock::now()) return errc::timeout;
      if (next_ < addresses_.size() && (running_.empty() || clock::now() >= next_start_)) {
        if (const int fd = start_next(); fd >= 0) return fd;
        continue;
      }
      if (const int fd = wait_for_one(); fd >= 0) return fd;
      if (broken_ != 0) return error(errc::io).set_system_error(last_reason_ = broken_);
    }
    return errc::connect;
  }

  /// "192.0.2.1: Connection refused; 2001:db8::1: no answer"
  [[nodiscard]] std::string reasons() const {
    std::string text;
    for (std::size_t i = 0; i < next_; ++i) {
      if (i != 0) text.append("; ");
      text.append(addresses_[i].text()).append(": ");
      text.append(reasons_[i] == 0 ? "no answer" : std::generic_category().message(reasons_[i]));
    }
    return text;
  }
  [[nodiscard]] int last_reason() const noexcept { return last_reason_; }

 private:
  class attempt {
   public:
    int fd = -1;
    std::size_t index = 0;
  };

  void failed(std::size_t index, int error_number) {
    reasons_[index] = last_reason_ = error_number;
    next_start_ = clock::now();
  }

  /// \return a descriptor if it connected at once, else -1
  int start_next() {
    const std::size_t index = next_++;
    const endpoint& to = addresses_[index];
    const int fd = open_socket(to.family());
    if (fd < 0) {
      failed(index, errno);
      return -1;
    }
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&to.address), to.size) == 0) return fd;
    // An interrupted connect goes on by itself (POSIX).
    if (errno == EINPROGRESS || errno == EINTR) {
      attempt a;
      a.fd = fd;
      a.index = index;
      running_.push_back(a);
      next_start_ = clock::now() + head_start;
    } else {
      failed(index, errno);
      close_fd(fd);
    }
    return -1;
  }

  /// Waits until one attempt ends, the next one may start, or the time is over. \return a connected descriptor, or -1
  int wait_for_one() {
    std::vector<pollfd> fds{{cancel_.fd(), POLLIN, 0}};
    for (const attempt& a : running_) fds.push_back({a.fd, POLLOUT, 0});
    deadline_point until = until_;
    if (next_ < addresses_.size() && (!until || *until > next_start_)) until = next_start_;
    const int n = ::poll(fds.data(), fds.size(), poll_timeout(until));
    // Trying again and again without ever waiting would help nobody.
    if (n < 0 && errno != EINTR && errno != EAGAIN) broken_ = errno;
    if (n <= 0) return -1;
    for (std::size_t i = fds.size() - 1; i > 0; --i) {
      if (fds[i].revents == 0) continue;
      const attempt a = running_[i - 1];
      running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i - 1));
      int reason = 0;
      socklen_t size = sizeof reason;
      if (::getsockopt(a.fd, SOL_SOCKET, SO_ERROR, &reason, &size) != 0) reason = errno;
      if (reason == 0) return a.fd;
      failed(a.index, reason);
      close_fd(a.fd);
    }
    return -1;
  }

  std::vector<endpoint> addresses_;
  std::vector<int> reasons_;
  deadline_point until_;
  const cancel_event& cancel_;
  std::vector<attempt> running_;
  std::size_t next_ = 0;
  clock::time_point next_start_{};
  int last_reason_ = 0;
  int broken_ = 0;  ///< why poll(2) cannot be used
};

}  // namespace

result<std::unique_ptr<stream>> connect_any(std::span<const endpoint> addresses, std::string_view host,
                                            std::uint16_t port, deadline_point until,
                                            std::shared_ptr<cancel_event> cancelled) {
  connector race(addresses, until, *cancelled);
  const auto fd = race.run();
  if (fd) {
    fd_guard open(*fd);
    auto made = std::make_unique<fd_stream>(*fd, *fd, std::move(cancelled), io_calls::socket());
    open.release();
    return std::unique_ptr<stream>(std::move(made));
  }
  std::string message;
  if (fd.error().code() != errc::cancelled) {
    message = "cannot connect to port " + std::to_string(port) + ": " + race.reasons();
  }
  error e(fd.error().code(), message);
  e.set_phase(phase::connect).set_host(host).set_system_error(race.last_reason());
  return e;
}

result<std::unique_ptr<stream>> connect_tcp(std::string_view host, std::uint16_t port, deadline_point until,
                                            std::shared_ptr<cancel_event> cancelled) {
  const auto addresses = resolve(host, port, until, *cancelled);
  if (!addresses) return addresses.error();
  return connect_any(*addresses, host, port, until, std::move(cancelled));
}

}  // namespace imapxx::inline v0::blocking
