#include <imapxx/testserver/script.hpp>

#include "script_player.hpp"
#include "tcp_listener.hpp"
#include "tls_identity.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace imapxx::testserver {

class scripted_server::impl {
 public:
  impl(std::vector<script> list, tls_mode mode)
      : scripts(std::move(list)), security(mode), identity(detail::make_tls_identity()) {
    if (scripts.empty()) throw std::invalid_argument("test server: no script");
  }
  ~impl() { stop(); }
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;

  void serve(detail::unique_fd fd) {
    std::lock_guard guard(mutex);
    if (stopped) return;
    const script& steps = scripts[std::min(clients.size(), scripts.size() - 1)];
    client c;
    c.player = std::make_unique<detail::script_player>(steps, std::move(fd), security == tls_mode::implicit,
                                                       identity.context.get());
    c.thread = std::thread([player = c.player.get()] { player->run(); });
    clients.push_back(std::move(c));
  }

  void stop() {
    {
      std::lock_guard guard(mutex);
      stopped = true;
    }
    listener.stop();
    for (client& c : clients) {
      c.player->shut_down();
      if (c.thread.joinable()) c.thread.join();
    }
  }

  struct client {
    std::unique_ptr<detail::script_player> player;
    std::thread thread;
  };

  std::vector<script> scripts;
  tls_mode security;
  detail::tls_identity identity;
  detail::tcp_listener listener;
  mutable std::mutex mutex;
  std::vector<client> clients;
  bool stopped = false;
};

scripted_server::scripted_server(script steps, tls_mode security)
    : scripted_server(std::vector<script>{std::move(steps)}, security) {}

scripted_server::scripted_server(std::vector<script> scripts, tls_mode security)
    : impl_(std::make_unique<impl>(std::move(scripts), security)) {}

scripted_server::~scripted_server() = default;

void scripted_server::start() {
  impl_->listener.start("127.0.0.1", 0, [this](detail::unique_fd fd) { impl_->serve(std::move(fd)); });
}

std::uint16_t scripted_server::port() const { return impl_->listener.port(); }

const std::string& scripted_server::ca_pem() const { return impl_->identity.ca_pem; }

int scripted_server::connect_pair() {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    throw std::system_error(errno, std::generic_category(), "test server: socketpair");
  impl_->serve(detail::unique_fd(pair[0]));
  return pair[1];
}

bool scripted_server::wait_finished(std::size_t connections, std::chrono::milliseconds limit) const {
  auto until = std::chrono::steady_clock::now() + limit;
  for (;;) {
    {
      std::lock_guard guard(impl_->mutex);
      auto done = std::count_if(impl_->clients.begin(), impl_->clients.end(),
                                [](const auto& c) { return c.player->finished(); });
      if (static_cast<std::size_t>(done) >= connections) return true;
    }
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

std::vector<std::string> scripted_server::errors() const {
  std::lock_guard guard(impl_->mutex);
  std::vector<std::string> all;
  for (const auto& c : impl_->clients)
    for (std::string& text : c.player->errors()) all.push_back(std::move(text));
  return all;
}

std::string scripted_server::received(std::size_t index) const {
  std::lock_guard guard(impl_->mutex);
  return impl_->clients.at(index).player->received();
}

void scripted_server::stop() { impl_->stop(); }

}  // namespace imapxx::testserver
