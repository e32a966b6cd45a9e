#include "core/operation.hpp"

#include <algorithm>

namespace imapxx::inline v0::core {

void operation::on_greeting(operation_host&, const status_response&) {}
void operation::on_tls_ready(operation_host&) {}
void operation::on_continuation(operation_host&, command_id, time_point) {}
void operation::on_time(operation_host&, time_point) {}

void operation::give_up(operation_host& host) noexcept {
  const auto all = std::move(waiting_);
  waiting_.clear();
  for (const auto& w : all) host.abandon(w.id);
}

void operation::run(operation_host& host, std::unique_ptr<command> cmd, handler then) {
  wait(host, host.submit(std::move(cmd)), std::move(then));
}

void operation::run_ahead(operation_host& host, std::unique_ptr<command> cmd, handler then) {
  wait(host, host.submit_ahead(std::move(cmd)), std::move(then));
}

void operation::wait(operation_host& host, result<command_id> id, handler then) {
  if (!id) {
    completion c;
    c.failure = id.error();
    return then(host, c);
  }
  waiting_.push_back({*id, std::move(then)});
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
  const auto at = std::find_if(waiting_.begin(), waiting_.end(), [&e](const waiting& w) { return w.id == e.id; });
  if (e.id == 0 || at == waiting_.end()) return false;
  completion c;
  c.cmd = e.finished.get();
  c.status = e.status;
  c.failure = e.failure;
  const auto then = std::move(at->then);
  waiting_.erase(at);
  if (then) then(host, c);
  return true;
}

}  // namespace imapxx::inline v0::core
