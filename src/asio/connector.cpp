#include "asio/connector.hpp"

#include <asio/ip/address.hpp>
#include <asio/post.hpp>
#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <new>
#include <utility>

namespace imapxx::inline v0::detail {
namespace {

/// RFC 8305 section 8, "Connection Attempt Delay".
constexpr std::chrono::milliseconds head_start{250};
/// A name with more addresses is a mistake or an attack.
constexpr std::size_t max_addresses = 32;
/// Keep-alive probes: the first after 5 quiet minutes, then every 30 s; a dead peer is noticed within 7 minutes.
constexpr int keep_idle_s = 300;
constexpr int keep_interval_s = 30;
constexpr int keep_count = 4;

void set_options(asio::ip::tcp::socket& s) {
  const auto set = [fd = s.native_handle()](int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof value);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, keep_idle_s);
  set(IPPROTO_TCP, TCP_KEEPINTVL, keep_interval_s);
  set(IPPROTO_TCP, TCP_KEEPCNT, keep_count);
}

/// How a connect() that had to be waited for ended.
std::error_code outcome_of(asio::ip::tcp::socket& s) {
  int reason = 0;
  socklen_t size = sizeof reason;
  if (::getsockopt(s.native_handle(), SOL_SOCKET, SO_ERROR, &reason, &size) != 0) reason = errno;
  return {reason, std::system_category()};
}

/// The families in turns, beginning with the system's favourite (RFC 8305 section 4).
std::vector<asio::ip::tcp::endpoint> interleaved(const std::vector<asio::ip::tcp::endpoint>& all) {
  std::vector<asio::ip::tcp::endpoint> first;
  std::vector<asio::ip::tcp::endpoint> second;
  for (const auto& e : all) (e.protocol() == all.front().protocol() ? first : second).push_back(e);
  std::vector<asio::ip::tcp::endpoint> mixed;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) mixed.push_back(first[i]);
    if (i < second.size()) mixed.push_back(second[i]);
  }
  mixed.resize(std::min(mixed.size(), max_addresses));
  return mixed;
}

}  // namespace

connector::connector(asio::any_io_executor executor, std::string host, std::uint16_t port)
    : executor_(std::move(executor)), host_(std::move(host)), port_(port), resolver_(executor_), timer_(executor_) {}

void connector::start(callback done) {
  done_ = std::move(done);
  asio::post(executor_, [self = shared_from_this()] {
    if (self->done_) self->look_up();
  });
}

void connector::cancel() noexcept {
  done_ = nullptr;
  // What cannot be cancelled calls back, and finds nothing to do.
  try {
    resolver_.cancel();
  } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch)
  }
  try {
    timer_.cancel();
  } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch)
  }
  for (auto& a : attempts_) {
    std::error_code ignored;
    (void)a->socket.close(ignored);
  }
}

void connector::look_up() {
  // Other names never reach DNS as they were meant; internationalised ones are to be given as A-labels (RFC 5890).
  const bool plain = std::all_of(host_.begin(), host_.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (host_.empty()) return fail(errc::invalid_argument, "no host to connect to", phase::connect);
  if (!plain) {
    return fail(errc::invalid_argument, "not a host name or address in ASCII (internationalised names: xn--...)",
                phase::resolve);
  }
  std::error_code not_numeric;
  if (const auto address = asio::ip::make_address(host_, not_numeric); !not_numeric)
    return use({endpoint(address, port_)});
  resolver_.async_resolve(
      host_, std::to_string(port_),
      [self = shared_from_this()](const std::error_code& ec, const asio::ip::tcp::resolver::results_type& found) {
        if (!self->done_) return;
        if (ec) {
          return self->fail(errc::resolve, "the host name cannot be looked up: " + ec.message(), phase::resolve,
                            ec.category() == std::system_category() ? ec : std::error_code());
        }
        std::vector<endpoint> all;
        for (const auto& entry : found) all.push_back(entry.endpoint());
        self->use(all);
      });
}

void connector::use(const std::vector<endpoint>& found) {
  if (found.empty()) return fail(errc::resolve, "the host name has no address", phase::resolve);
  resolved_ = true;
  addresses_ = interleaved(found);
  start_next();
}

void connector::start_next() {
  const auto index = attempts_.size();
  auto& a = *attempts_.emplace_back(std::make_unique<attempt>(executor_));
  const auto& to = addresses_[index];
  ++running_;
  (void)a.socket.open(to.protocol(), a.reason);
  if (a.reason) {
    asio::post(executor_, [self = shared_from_this(), index, ec = a.reason] { self->on_connected(index, ec); });
    return;
  }
  set_options(a.socket);
  a.socket.async_connect(to, [self = shared_from_this(), index](const std::error_code& ec) {
    if (ec == asio::error::interrupted) return self->wait_for(index);
    self->on_connected(index, ec);
  });
  if (attempts_.size() == addresses_.size()) return;
  timer_.expires_after(head_start);
  timer_.async_wait([self = shared_from_this(), next = index + 1](const std::error_code& ec) {
    if (!ec && self->done_ && self->attempts_.size() == next) self->start_next();
  });
}

// An interrupted connect() goes on by itself (POSIX.1); Asio takes it for a failure.
void connector::wait_for(std::size_t index) {
  if (!done_) return;
  auto& s = attempts_[index]->socket;
  s.async_wait(asio::ip::tcp::socket::wait_write, [self = shared_from_this(), index](std::error_code ec) {
    if (!ec && self->done_) ec = outcome_of(self->attempts_[index]->socket);
    self->on_connected(index, ec);
  });
}

void connector::on_connected(std::size_t index, const std::error_code& ec) {
  --running_;
  if (!done_) return;
  auto& a = *attempts_[index];
  if (!ec) return finish(stream_socket(std::move(a.socket)));
  a.reason = ec;
  std::error_code ignored;
  (void)a.socket.close(ignored);
  if (attempts_.size() < addresses_.size()) return start_next();
  if (running_ == 0) {
    fail(errc::connect, "cannot connect to port " + std::to_string(port_) + ": " + reasons(), phase::connect, ec);
  }
}

std::string connector::reasons() const {
  std::string text;
  for (std::size_t i = 0; i < attempts_.size(); ++i) {
    if (i != 0) text.append("; ");
    const auto& reason = attempts_[i]->reason;
    text.append(addresses_[i].address().to_string()).append(": ");
    text.append(reason ? reason.message() : "no answer");
  }
  return text;
}

void connector::fail(errc code, const std::string& why, phase in, const std::error_code& reason) {
  error e(code, why);
  e.set_phase(in).set_host(host_);
  if (reason) e.set_system_error(reason.value());
  finish(e);
}

void connector::finish(result<stream_socket> outcome) {
  const auto done = std::exchange(done_, nullptr);
  cancel();
  done(outcome);
}

}  // namespace imapxx::inline v0::detail
