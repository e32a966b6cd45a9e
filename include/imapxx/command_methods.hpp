/// \file
/// The named methods of both clients: each is one line that runs a command, so that the blocking and the asynchronous
/// API read the same.
#pragma once

#include <imapxx/commands.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {

/// Mixed into a client that has `run(command)`. What each method means, needs and may fail with is documented at the
/// command of the same name in `imapxx/commands/`.
template <class Client>
class command_methods {
 public:
  auto capability() { return self().run(imapxx::v0::capability()); }
  auto noop() { return self().run(imapxx::v0::noop()); }
  auto check() { return self().run(imapxx::v0::check()); }
  auto id(id_fields fields = {}) { return self().run(imapxx::v0::id(std::move(fields))); }
  template <class... Names>
  auto enable(const Names&... names) {
    return self().run(imapxx::v0::enable(names...));
  }

  auto login(std::string_view user, secret password) {
    return self().run(imapxx::v0::login(user, std::move(password)));
  }

  auto select(const mailbox_name& mailbox) { return self().run(imapxx::v0::select(mailbox)); }
  auto examine(const mailbox_name& mailbox) { return self().run(imapxx::v0::examine(mailbox)); }
  auto close_mailbox() { return self().run(imapxx::v0::close()); }
  auto unselect() { return self().run(imapxx::v0::unselect()); }

  auto create(const mailbox_name& mailbox) { return self().run(imapxx::v0::create(mailbox)); }
  auto delete_mailbox(const mailbox_name& mailbox) { return self().run(imapxx::v0::delete_mailbox(mailbox)); }
  auto rename(const mailbox_name& from, const mailbox_name& to) { return self().run(imapxx::v0::rename(from, to)); }
  auto subscribe(const mailbox_name& mailbox) { return self().run(imapxx::v0::subscribe(mailbox)); }
  auto unsubscribe(const mailbox_name& mailbox) { return self().run(imapxx::v0::unsubscribe(mailbox)); }
  auto list(const mailbox_name& reference = "", const mailbox_name& pattern = "*") {
    return self().run(imapxx::v0::list(reference, pattern));
  }
  auto lsub(const mailbox_name& reference = "", const mailbox_name& pattern = "*") {
    return self().run(imapxx::v0::lsub(reference, pattern));
  }
  auto status(const mailbox_name& mailbox, status_items items) {
    return self().run(imapxx::v0::status(mailbox, items));
  }
  auto namespaces() { return self().run(imapxx::v0::namespace_list()); }

  auto append(const mailbox_name& mailbox, std::string message, flag_list flags = {}) {
    return self().run(std::move(imapxx::v0::append(mailbox, std::move(message)).flags(std::move(flags))));
  }
  auto append(const mailbox_name& mailbox, std::shared_ptr<literal_source> message, flag_list flags = {}) {
    return self().run(std::move(imapxx::v0::append(mailbox, std::move(message)).flags(std::move(flags))));
  }

  auto search(search_key key) { return self().run(imapxx::v0::search(std::move(key))); }
  auto uid_search(search_key key) { return self().run(imapxx::v0::uid_search(std::move(key))); }
  auto fetch(const uid_set& messages, fetch_items items) {
    return self().run(imapxx::v0::fetch(messages, std::move(items)));
  }
  auto fetch(const seq_set& messages, fetch_items items) {
    return self().run(imapxx::v0::fetch(messages, std::move(items)));
  }
  auto store(const uid_set& messages, store_mode mode, flag_list flags) {
    return self().run(imapxx::v0::store(messages, mode, std::move(flags)));
  }
  auto store(const seq_set& messages, store_mode mode, flag_list flags) {
    return self().run(imapxx::v0::store(messages, mode, std::move(flags)));
  }
  auto copy(const uid_set& messages, const mailbox_name& to) { return self().run(imapxx::v0::copy(messages, to)); }
  auto copy(const seq_set& messages, const mailbox_name& to) { return self().run(imapxx::v0::copy(messages, to)); }
  /// The MOVE command itself, which needs MOVE or IMAP4rev2; `move_messages` has the fallbacks.
  auto move(const uid_set& messages, const mailbox_name& to) { return self().run(imapxx::v0::move(messages, to)); }
  auto move(const seq_set& messages, const mailbox_name& to) { return self().run(imapxx::v0::move(messages, to)); }
  auto expunge() { return self().run(imapxx::v0::expunge()); }
  auto uid_expunge(const uid_set& messages) { return self().run(imapxx::v0::uid_expunge(messages)); }

 protected:
  command_methods() = default;
  ~command_methods() = default;
  command_methods(command_methods&&) noexcept = default;
  command_methods& operator=(command_methods&&) noexcept = default;

 private:
  Client& self() noexcept { return static_cast<Client&>(*this); }
};

}  // namespace imapxx::inline v0
