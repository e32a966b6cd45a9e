/// \file
/// One front for both clients, so that a scenario is written once: `any_client` looks like `imapxx::client` and runs on
/// whatever `driver` it is given.
#pragma once

#include <imapxx/client.hpp>

#include "support/any_command.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace imapxx::test {

using finished_command = result<std::shared_ptr<command>>;

/// A client of some kind, called by one thread.
class driver {
 public:
  class ticket {
   public:
    virtual ~ticket() = default;
    virtual finished_command wait() = 0;
  };
  class stream {
   public:
    virtual ~stream() = default;
    virtual result<const fetch_event*> try_next() = 0;
  };
  virtual ~driver() = default;
  virtual result<void> connect() = 0;
  virtual result<void> authenticate(const credentials& who) = 0;
  virtual finished_command run(any_command cmd) = 0;
  virtual std::unique_ptr<ticket> submit(any_command cmd) = 0;
  virtual std::unique_ptr<stream> open(fetch cmd) = 0;
  virtual result<move_result> move(const uid_set& messages, const mailbox_name& to) = 0;
  virtual result<move_result> move(const seq_set& messages, const mailbox_name& to) = 0;
  virtual result<std::vector<list_entry>> plain(list what) = 0;
  virtual result<seq_search_result> plain(search what) = 0;
  virtual result<uid_search_result> plain(uid_search what) = 0;
  virtual result<store_result> plain(store what) = 0;
  virtual result<fetch_messages_result> plain(fetch what) = 0;
  virtual bool idle(std::chrono::milliseconds duration, const std::function<bool(const mailbox_event&)>& stop) = 0;
  virtual void idle_poll(std::chrono::milliseconds every) = 0;
  virtual bool poll(std::chrono::milliseconds timeout) = 0;
  virtual void flush() = 0;
  virtual void cancel() = 0;
  virtual void expires_after(std::optional<std::chrono::milliseconds> duration) = 0;
  virtual void close() = 0;
  [[nodiscard]] virtual bool connected() const = 0;
  [[nodiscard]] virtual bool tls() const = 0;
  [[nodiscard]] virtual std::string tls_description() const = 0;
  [[nodiscard]] virtual const session& protocol() const = 0;
};

using driver_maker = std::function<std::unique_ptr<driver>(connect_options)>;
/// Makes blocking clients.
[[nodiscard]] std::unique_ptr<driver> make_blocking_driver(connect_options options);
/// What `any_client` uses; the blocking client at first.
[[nodiscard]] driver_maker& default_driver();

template <typed_command C>
class any_ticket {
 public:
  explicit any_ticket(std::unique_ptr<driver::ticket> t) : t_(std::move(t)) {}
  typename C::result_type wait() { return static_cast<C&>(*t_->wait().value()).take_result(); }

 private:
  std::unique_ptr<driver::ticket> t_;
};

class any_stream {
 public:
  explicit any_stream(std::unique_ptr<driver::stream> s) : s_(std::move(s)) {}
  [[nodiscard]] result<const fetch_event*> try_next() { return s_->try_next(); }
  const fetch_event* next() { return try_next().value(); }
  const fetch_row* next_row() {
    for (;;) {
      const auto* e = next();
      if (e == nullptr || e->what == fetch_event::kind::row) return e != nullptr ? e->row : nullptr;
    }
  }

 private:
  std::unique_ptr<driver::stream> s_;
};

class any_client : public command_methods<any_client> {
 public:
  explicit any_client(connect_options options, const driver_maker& make = default_driver())
      : d_(make(std::move(options))) {
    d_->connect().value();
  }
  any_client(connect_options options, const credentials& who, const driver_maker& make = default_driver())
      : any_client(std::move(options), make) {
    if (state() == session_state::not_authenticated) authenticate_as(who);
  }
  static result<any_client> try_connect(connect_options options) {
    auto d = default_driver()(std::move(options));
    if (auto ok = d->connect(); !ok) return ok.error();
    return any_client(std::move(d));
  }

  void authenticate_as(const credentials& who) { d_->authenticate(who).value(); }
  [[nodiscard]] result<void> try_authenticate_as(const credentials& who) { return d_->authenticate(who); }
  template <class Set>
  move_result move_messages(const Set& messages, const mailbox_name& to) {
    return d_->move(messages, to).value();
  }
  std::vector<list_entry> list_mailboxes(imapxx::v0::list what) { return d_->plain(std::move(what)).value(); }
  seq_search_result search_messages(imapxx::v0::search what) { return d_->plain(std::move(what)).value(); }
  uid_search_result search_messages(imapxx::v0::uid_search what) { return d_->plain(std::move(what)).value(); }
  store_result store_flags(imapxx::v0::store what) { return d_->plain(std::move(what)).value(); }
  fetch_messages_result fetch_messages(imapxx::v0::fetch what) { return d_->plain(std::move(what)).value(); }
  bool idle(std::chrono::milliseconds duration, const std::function<bool(const mailbox_event&)>& stop) {
    return d_->idle(duration, stop);
  }
  any_client& idle_poll(std::chrono::milliseconds every) { return d_->idle_poll(every), *this; }
  template <typed_command C>
  typename C::result_type run(C cmd) {
    return try_run(std::move(cmd)).value();
  }
  template <typed_command C>
  [[nodiscard]] result<typename C::result_type> try_run(C cmd) {
    auto done = d_->run(any_command(std::make_unique<C>(std::move(cmd))));
    if (!done) return done.error();
    if constexpr (std::is_void_v<typename C::result_type>) {
      return {};
    } else {
      return static_cast<C&>(**done).take_result();
    }
  }
  template <typed_command C>
  [[nodiscard]] any_ticket<C> submit(C cmd) {
    return any_ticket<C>(d_->submit(any_command(std::make_unique<C>(std::move(cmd)))));
  }
  [[nodiscard]] any_stream stream(imapxx::v0::fetch cmd) { return any_stream(d_->open(std::move(cmd))); }
  bool poll(std::chrono::milliseconds timeout) { return d_->poll(timeout); }
  void flush() { d_->flush(); }
  void cancel() { d_->cancel(); }
  any_client& expires_after(std::optional<std::chrono::milliseconds> t) { return d_->expires_after(t), *this; }
  void close() { d_->close(); }
  [[nodiscard]] bool connected() const { return d_->connected(); }
  [[nodiscard]] const mailbox_view& mailbox() const { return protocol().mailbox(); }
  [[nodiscard]] session_state state() const { return protocol().state(); }
  [[nodiscard]] const capability_set& capabilities() const { return protocol().info().capabilities; }
  [[nodiscard]] bool tls() const { return d_->tls(); }
  [[nodiscard]] std::string tls_description() const { return d_->tls_description(); }
  [[nodiscard]] const session& protocol() const { return d_->protocol(); }

 private:
  explicit any_client(std::unique_ptr<driver> d) : d_(std::move(d)) {}
  std::unique_ptr<driver> d_;
};

}  // namespace imapxx::test
