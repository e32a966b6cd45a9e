#include "support/driver.hpp"

namespace imapxx::test {
namespace {

class blocking_ticket final : public driver::ticket {
 public:
  explicit blocking_ticket(imapxx::ticket<any_command> t) : t_(std::move(t)) {}
  finished_command wait() override { return t_.try_wait(); }

 private:
  imapxx::ticket<any_command> t_;
};

class blocking_stream final : public driver::stream {
 public:
  explicit blocking_stream(fetch_stream s) : s_(std::move(s)) {}
  result<const fetch_event*> try_next() override { return s_.try_next(); }

 private:
  fetch_stream s_;
};

template <class F>
auto caught(F f) -> result<decltype(f())> {
  try {
    if constexpr (std::is_void_v<decltype(f())>) {
      f();
      return {};
    } else {
      return f();
    }
  } catch (const error& e) {
    return e;
  }
}

class blocking_driver final : public driver {
 public:
  explicit blocking_driver(connect_options options) : options_(std::move(options)) {}
  result<void> connect() override {
    return caught([this] { c_.emplace(options_); });
  }
  result<void> authenticate(const credentials& who) override { return c_->try_authenticate_as(who); }
  finished_command run(any_command cmd) override { return c_->try_run(std::move(cmd)); }
  std::unique_ptr<ticket> submit(any_command cmd) override {
    return std::make_unique<blocking_ticket>(c_->submit(std::move(cmd)));
  }
  std::unique_ptr<stream> open(fetch cmd) override {
    return std::make_unique<blocking_stream>(c_->stream(std::move(cmd)));
  }
  result<move_result> move(const uid_set& messages, const mailbox_name& to) override {
    return caught([&] { return c_->move_messages(messages, to); });
  }
  result<move_result> move(const seq_set& messages, const mailbox_name& to) override {
    return caught([&] { return c_->move_messages(messages, to); });
  }
  result<std::vector<list_entry>> plain(list what) override {
    return caught([&] { return c_->list_mailboxes(std::move(what)); });
  }
  result<seq_search_result> plain(search what) override {
    return caught([&] { return c_->search_messages(std::move(what)); });
  }
  result<uid_search_result> plain(uid_search what) override {
    return caught([&] { return c_->search_messages(std::move(what)); });
  }
  result<store_result> plain(store what) override {
    return caught([&] { return c_->store_flags(std::move(what)); });
  }
  result<fetch_messages_result> plain(fetch what) override {
    return caught([&] { return c_->fetch_messages(std::move(what)); });
  }
  bool idle(std::chrono::milliseconds duration, const std::function<bool(const mailbox_event&)>& stop) override {
    return c_->idle(duration, stop);
  }
  void idle_poll(std::chrono::milliseconds every) override { c_->idle_poll(every); }
  bool poll(std::chrono::milliseconds timeout) override { return c_->poll(timeout); }
  void flush() override { c_->flush(); }
  void cancel() override { c_->cancel(); }
  void expires_after(std::optional<std::chrono::milliseconds> t) override { c_->expires_after(t); }
  void close() override { c_->close(); }
  bool connected() const override { return c_->connected(); }
  bool tls() const override { return c_->tls(); }
  std::string tls_description() const override { return c_->tls_description(); }
  const session& protocol() const override { return c_->protocol(); }

 private:
  connect_options options_;
  std::optional<client> c_;
};

}  // namespace

std::unique_ptr<driver> make_blocking_driver(connect_options options) {
  return std::make_unique<blocking_driver>(std::move(options));
}

driver_maker& default_driver() {
  static driver_maker make = &make_blocking_driver;
  return make;
}

}  // namespace imapxx::test
