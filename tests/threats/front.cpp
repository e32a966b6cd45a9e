#include "threats/front.hpp"

#include <sys/socket.h>

namespace imapxx::threats {
namespace {

template <class F>
error caught(F&& f) {
  try {
    f();
  } catch (const error& e) {
    return e;
  }
  return {};
}

class blocking_front final : public front {
 public:
  error connect(connect_options options) override {
    return caught([&] { client_ = std::make_unique<client>(std::move(options)); });
  }
  error log_in(const credentials& who) override {
    return caught([&] { client_->authenticate_as(who); });
  }
  error idle(std::chrono::milliseconds duration, const std::function<bool(const mailbox_event&)>& stop) override {
    return caught([&] { (void)client_->idle(duration, stop); });
  }
  void expires_after(std::chrono::milliseconds duration) override { client_->expires_after(duration); }
  void cancel() override { client_->cancel(); }
  void close() override { client_->close(); }
  [[nodiscard]] bool tls() const override { return client_ && client_->tls(); }
  [[nodiscard]] const session& protocol() const override { return client_->protocol(); }

 protected:
  error run_any(std::shared_ptr<command> cmd) override {
    auto done = client_->try_run(any_command(std::move(cmd)));
    return done ? error() : done.error();
  }

 private:
  std::unique_ptr<client> client_;
};

std::string text_of(const response& r) {
  if (const auto* s = std::get_if<status_response>(&r)) return s->text;
  if (const auto* u = std::get_if<unknown_response>(&r)) return u->name + " " + u->text;
  if (const auto* l = std::get_if<list_response>(&r)) return "LIST " + l->entry.name.utf8();
  if (const auto* c = std::get_if<capability_response>(&r)) return "CAPABILITY " + c->capabilities.to_string();
  return "response " + std::to_string(r.index());
}

}  // namespace

std::vector<driver> drivers() {
  std::vector<driver> all = {
      {"blocking", []() -> std::unique_ptr<front> { return std::make_unique<blocking_front>(); }}};
  if (auto other = asio_driver()) all.push_back(*other);
  return all;
}

void listener::on_mailbox_event(const mailbox_event& e) {
  heard += "mailbox " + std::to_string(static_cast<int>(e.what)) + " " + std::to_string(e.number) + "\n";
}
void listener::on_alert(std::string_view text) { heard.append("alert ").append(text).append("\n"); }
void listener::on_status(const status_response& s) { heard.append("status ").append(s.text).append("\n"); }
void listener::on_unclaimed(const response& r) { heard.append("unclaimed ").append(text_of(r)).append("\n"); }
void listener::on_unparsed(const unparsed_item& u) {
  heard.append("unparsed ").append(u.name).append(": ").append(u.reason).append("\n");
}
void listener::on_trace(trace_direction, std::string_view text) { trace.append(text).append("\n"); }

void threat::renew() {
  client.reset();
  client = GetParam().make();
  ears = listener();
}

connect_options threat::to(std::uint16_t port, security mode, const std::string& ca) {
  timeouts t;
  t.connect = t.handshake = t.greeting = t.command = t.stall = 20s;  // machines are busy; see `hasty`
  t.logout = 200ms;
  session_options session;
  session.use_timeouts(t).observe(&ears);
  tls_options tls;
  if (!ca.empty()) tls.ca_pem(ca);
  return connect_options("127.0.0.1", mode, port).tls(std::move(tls)).session(std::move(session));
}

connect_options hasty(connect_options options) {
  auto& t = options.session_settings.timeouts;
  t.greeting = t.command = t.stall = 250ms;
  return options;
}

ts::server_options account(ts::tls_mode mode) {
  ts::server_options o;
  o.user("ann", password()).security(mode);
  return o;
}

credentials ann() { return credentials("ann", secret(password())).allow_plaintext(); }

std::string dialogue_server::peer::line() {
  for (;;) {
    if (const auto end = in_.find('\n'); end != std::string::npos) {
      auto text = in_.substr(0, end);
      in_.erase(0, end + 1);
      if (text.ends_with('\r')) text.pop_back();
      return text;
    }
    char buffer[4096];
    const auto n = ::recv(fd_, buffer, sizeof buffer, 0);
    if (n <= 0) return {};
    in_.append(buffer, static_cast<std::size_t>(n));
    received_.append(buffer, static_cast<std::size_t>(n));
  }
}

void dialogue_server::peer::send(std::string_view octets) { (void)test::loopback_server::send_all(fd_, octets); }

dialogue_server::dialogue_server(std::function<void(peer&)> talk)
    : talk_(std::move(talk)), server_([this](int fd) { serve(fd); }) {}

void dialogue_server::serve(int fd) {
  ++connections_;
  peer other(fd);
  talk_(other);
  const std::lock_guard lock(mutex_);
  received_ += other.received_;
}

std::string dialogue_server::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

}  // namespace imapxx::threats
