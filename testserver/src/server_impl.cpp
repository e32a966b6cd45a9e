#include "server_impl.hpp"

#include <stdexcept>

namespace imapxx::testserver {

server::impl::impl(server_options::data data)
    : options(std::move(data)), core(options.separator, options.uid_validity), plan(options.plan) {
  core.config = options.config;
  core.identity = detail::make_tls_identity(options.config.certificate);
  auto lock = core.store.lock();
  for (const auto& [name, password] : options.users) core.store.add_user(name, password);
  for (const auto& [name, token] : options.tokens) user(name)->tokens.push_back(token);
  for (const auto& m : options.mailboxes)
    if (auto box = core.store.create_mailbox(*user(m.user), m.name)) box->special_use = m.special_use;
}

server::impl::~impl() { stop(); }

void server::impl::start() {
  listener_.start(options.address, options.port, [this](detail::unique_fd fd) { serve(std::move(fd)); });
}

void server::impl::serve(detail::unique_fd fd) {
  std::lock_guard guard(mutex);
  if (stopped_) return;
  for (client& c : clients)
    if (c.link->finished() && c.thread.joinable()) c.thread.join();
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
  {
    std::lock_guard guard(mutex);
    stopped_ = true;
  }
  listener_.stop();
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
