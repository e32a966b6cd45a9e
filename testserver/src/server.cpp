#include <imapxx/testserver/server.hpp>

#include "date_time.hpp"
#include "server_impl.hpp"
#include "text.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <system_error>

namespace imapxx::testserver {

namespace {

detail::flag_set parse_flags(std::string_view text) {
  detail::flag_set flags;
  while (!text.empty()) {
    auto end = text.find(' ');
    if (end != 0 && !flags.add_name(text.substr(0, end))) throw std::runtime_error("test server: unknown flag");
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return flags;
}

std::vector<std::string> sorted_names(const detail::flag_set& flags) {
  std::vector<std::string> names;
  auto text = flags.text();
  std::string_view rest = text;
  while (!rest.empty()) {
    auto end = rest.find(' ');
    names.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

server::server(server_options options) : impl_(std::make_unique<impl>(std::move(*options.data_))) {}

server::~server() = default;

void server::start() { impl_->start(); }

void server::stop() { impl_->stop(); }

std::uint16_t server::port() const { return impl_->port(); }

const std::string& server::ca_pem() const { return impl_->core.identity.ca_pem; }

void server::serve_fd(int fd) { impl_->serve(detail::unique_fd(fd)); }

int server::connect_pair() {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    throw std::system_error(errno, std::generic_category(), "test server: socketpair");
  serve_fd(pair[0]);
  return pair[1];
}

void server::add_user(const std::string& name, const std::string& password) {
  auto lock = impl_->core.store.lock();
  impl_->core.store.add_user(name, password);
}

void server::add_token(const std::string& user, const std::string& token) {
  auto lock = impl_->core.store.lock();
  impl_->user(user)->tokens.push_back(token);
}

void server::create_mailbox(const std::string& user, const std::string& name, const std::string& special_use) {
  auto lock = impl_->core.store.lock();
  auto box = impl_->core.store.create_mailbox(*impl_->user(user), name);
  if (box) box->special_use = special_use;
}

std::uint32_t server::append(const std::string& user, const std::string& mailbox, std::string_view message,
                             std::string_view flags, std::string_view date) {
  auto parsed = parse_flags(flags);
  auto when =
      date.empty()
          ? std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
                .count()
          : detail::parse_date_time(date).value_or(-1);
  if (!date.empty() && !detail::parse_date_time(date))
    throw std::runtime_error("test server: not a date-time: " + std::string(date));
  auto content = std::make_shared<detail::message_content>(detail::to_crlf(message));
  auto lock = impl_->core.store.lock();
  return impl_->core.store.append(*impl_->mailbox(user, mailbox), std::move(content), parsed, when)->uid;
}

void server::set_flags(const std::string& user, const std::string& mailbox, std::uint32_t uid, std::string_view flags) {
  auto parsed = parse_flags(flags);
  auto lock = impl_->core.store.lock();
  auto box = impl_->mailbox(user, mailbox);
  auto message = box->find(uid);
  if (!message) throw std::runtime_error("test server: no such message");
  impl_->core.store.set_flags(*box, *message, parsed);
}

void server::expunge(const std::string& user, const std::string& mailbox, std::uint32_t uid) {
  auto lock = impl_->core.store.lock();
  auto box = impl_->mailbox(user, mailbox);
  auto message = box->find(uid);
  if (!message) throw std::runtime_error("test server: no such message");
  impl_->core.store.expunge(*box, message);
}

mailbox_snapshot server::snapshot(const std::string& user, const std::string& mailbox) const {
  auto lock = impl_->core.store.lock();
  auto box = impl_->mailbox(user, mailbox);
  std::vector<message_snapshot> messages;
  for (const detail::message_ptr& m : box->messages)
    messages.emplace_back(m->uid, sorted_names(m->flags), detail::format_date_time(m->date), m->content->raw());
  return {box->uid_validity, box->uid_next, std::move(messages)};
}

std::vector<std::string> server::mailboxes(const std::string& user) const {
  auto lock = impl_->core.store.lock();
  std::vector<std::string> names;
  for (const auto& [name, box] : impl_->user(user)->mailboxes) names.push_back(name);
  return names;
}

void server::set_faults(faults plan) {
  std::lock_guard guard(impl_->mutex);
  impl_->plan = std::move(plan);
}

void server::drop_connections() { impl_->drop_connections(); }

std::size_t server::connection_count() const {
  std::lock_guard guard(impl_->mutex);
  return impl_->clients.size();
}

std::size_t server::command_count() const { return impl_->core.commands; }

std::vector<std::string> server::transcript(std::size_t index) const { return impl_->link(index).log().lines(); }

std::string server::received(std::size_t index) const { return impl_->link(index).log().bytes(true); }

std::string server::sent(std::size_t index) const { return impl_->link(index).log().bytes(false); }

std::string server::authenticated(std::size_t index) const { return impl_->link(index).log().login(); }

}  // namespace imapxx::testserver
