#include "core/operation.hpp"

namespace imapxx::inline v0::core {

void operation::on_greeting(operation_host&, const status_response&) {}
void operation::on_tls_ready(operation_host&) {}
void operation::on_continuation(operation_host&, command_id, time_point) {}
void operation::on_time(operation_host&, time_point) {}

void operation::give_up(operation_host& host) noexcept {
  if (current_ != 0) host.abandon(current_);
}

void operation::run(operation_host& host, std::unique_ptr<command> cmd, handler then) {
  auto id = host.submit(std::move(cmd));
  if (!id) {
    completion c;
    c.failure = id.error();
    return then(host, c);
  }
  current_ = *id;
  then_ = std::move(then);
}

void operation::run_or_fail(operation_host& host, std::unique_ptr<command> cmd, handler then) {
  run(host, std::move(cmd), [this, then = std::move(then)](operation_host& h, completion& c) {
    if (c.failure) return finish(c.failure);
    then(h, c);
  });
}

void operation::run_store(operation_host& host, store cmd, handler then) {
  if (host.habits().no_silent_store) cmd.silent(false);
  if (!cmd.is_silent()) return run(host, std::make_unique<store>(std::move(cmd)), std::move(then));
  auto plain = cmd;
  plain.silent(false);
  run(host, std::make_unique<store>(std::move(cmd)),
      [this, plain = std::move(plain), then = std::move(then)](operation_host& h, completion& c) {
        if (!not_understood(c.failure)) return then(h, c);
        run(h, std::make_unique<store>(plain), [then](operation_host& again, completion& second) {
          if (!second.failure) again.habits().no_silent_store = true;
          then(again, second);
        });
      });
}

bool operation::on_completed(operation_host& host, session_event& e) {
  if (e.id == 0 || e.id != current_) return false;
  current_ = 0;
  completion c;
  c.cmd = e.finished.get();
  c.status = e.status;
  c.failure = e.failure;
  const auto then = std::move(then_);
  then_ = nullptr;
  if (then) then(host, c);
  return true;
}

}  // namespace imapxx::inline v0::core
