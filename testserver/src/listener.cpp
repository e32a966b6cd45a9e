#include "server_impl.hpp"

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

namespace imapxx::testserver {

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

server::impl::impl(server_options::data data)
    : options(std::move(data)),
      core(options.separator, options.uid_validity),
      plan(options.plan),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  core.config = options.config;
  core.identity = detail::make_tls_identity();
  auto lock = core.store.lock();
  for (const auto& [name, password] : options.users) core.store.add_user(name, password);
  for (const auto& [name, token] : options.tokens) user(name)->tokens.push_back(token);
  for (const auto& m : options.mailboxes)
    if (auto box = core.store.create_mailbox(*user(m.user), m.name)) box->special_use = m.special_use;
}

server::impl::~impl() { stop(); }

void server::impl::listen_on() {
  sockaddr_storage address;
  auto length = make_address(options.address, options.port, address);
  listener_.reset(::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  int on = 1;
  if (listener_.get() < 0 || ::setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      ::listen(listener_.get(), SOMAXCONN) != 0)
    fail("cannot listen");
  socklen_t size = sizeof address;
  if (::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) fail("getsockname");
  bound_port = ntohs(address.ss_family == AF_INET ? reinterpret_cast<sockaddr_in*>(&address)->sin_port
                                                  : reinterpret_cast<sockaddr_in6*>(&address)->sin6_port);
}

void server::impl::start() {
  std::lock_guard guard(mutex);
  if (acceptor_.joinable() || stopped_) throw std::logic_error("test server: start() may be called once");
  listen_on();
  acceptor_ = std::thread([this] { accept_loop(); });
}

void server::impl::accept_loop() {
  std::array<pollfd, 2> fds = {pollfd{listener_.get(), POLLIN, 0}, pollfd{wake_.get(), POLLIN, 0}};
  for (;;) {
    if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) return;
    if ((fds[1].revents & POLLIN) != 0) return;
    if ((fds[0].revents & POLLIN) == 0) continue;
    detail::unique_fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (fd.get() < 0) continue;
    int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    serve(std::move(fd));
  }
}

void server::impl::serve(detail::unique_fd fd) {
  std::lock_guard guard(mutex);
  if (stopped_) return;
  client c;
  c.link = std::make_unique<detail::connection>(core, std::move(fd), plan);
  c.thread = std::thread([link = c.link.get()] { link->run(); });
  clients.push_back(std::move(c));
}

void server::impl::drop_connections() {
  std::lock_guard guard(mutex);
  for (client& c : clients) c.link->shut_down();
}

void server::impl::stop() {
  std::uint64_t one = 1;
  {
    std::lock_guard guard(mutex);
    stopped_ = true;
  }
  static_cast<void>(::write(wake_.get(), &one, sizeof one));
  if (acceptor_.joinable()) acceptor_.join();
  listener_.reset();
  drop_connections();
  // No thread is added any more; the connections stay for their transcripts.
  for (client& c : clients)
    if (c.thread.joinable()) c.thread.join();
}

const detail::connection& server::impl::link(std::size_t index) const {
  std::lock_guard guard(mutex);
  return *clients.at(index).link;
}

detail::user_ptr server::impl::user(const std::string& name) const {
  auto found = core.store.find_user(name);
  if (!found) throw std::runtime_error("test server: no such user: " + name);
  return found;
}

detail::mailbox_ptr server::impl::mailbox(const std::string& user_name, const std::string& name) const {
  auto box = core.store.find_mailbox(*user(user_name), name);
  if (!box || !box->selectable) throw std::runtime_error("test server: no such mailbox: " + name);
  return box;
}

}  // namespace imapxx::testserver
