#include "core/reconnect.hpp"

#include <imapxx/commands/enable.hpp>
#include <imapxx/commands/select.hpp>

#include "core/connect_operation.hpp"

#include <algorithm>
#include <utility>

namespace imapxx::inline v0::core {

// The server, or the network, may be there again in a while.
bool recovery::may_pass(const error& why) {
  if (why.is_temporary()) return true;
  switch (why.code()) {
    case errc::closed:
    case errc::bye:
    case errc::io:
    case errc::timeout:
    case errc::resolve:
    case errc::connect:
    case errc::tls_handshake: return true;
    default: return false;
  }
}

// --- the new connection

void recovery::tell(reconnect_event::kind what, const error& why, std::string_view name) {
  reconnect_event e;
  e.what = what;
  e.why = why;
  e.attempt = attempt_;
  e.command = name;
  if (what == reconnect_event::kind::waiting)
    e.delay = std::chrono::duration_cast<std::chrono::milliseconds>(wake_at_ - now_);
  policy_.tell(e);
}

void recovery::begin(const error& why) {
  if (attempt_ == 0) began_ = now_;
  next_attempt(why);
}

void recovery::next_attempt(const error& why) {
  last_failure_ = why;
  if (attempt_ >= policy_.most_attempts()) return give_up(why, false);
  const auto delay = policy_.delay(++attempt_, why);
  wake_at_ = now_ + delay;
  const bool too_late =
      (policy_.limit().count() > 0 && wake_at_ > began_ + policy_.limit()) || (expires_at_ && wake_at_ > *expires_at_);
  if (too_late) return give_up(why, false);
  state_ = state::waiting;
  tell(reconnect_event::kind::waiting, why);
}

std::optional<time_point> recovery::wakeup() const {
  if (state_ == state::waiting) return wake_at_;
  return guard_ && state_ == state::up ? guard_->wakeup() : std::nullopt;
}

void recovery::on_time(time_point now) {
  now_ = now;
  if (state_ == state::waiting && now >= wake_at_) state_ = state::wanting;
  if (state_ != state::up || !guard_) return;
  if (const auto at = guard_->wakeup(); at && *at <= now) guard_->on_time(*this, now);
  if (guard_->done()) finish_guard(nullptr);
}

void recovery::transport_failed(const error& why, time_point now) {
  now_ = now;
  attempt_failed(why);
}

void recovery::attempt_failed(const error& why) {
  step_.reset();
  after_step_ = nullptr;
  selecting_ = 0;
  if (!may_pass(why)) return give_up(why, true);
  next_attempt(why);
}

void recovery::transport_ready(time_point now) {
  now_ = now;
  owner_.renew_link(now);
  running_.clear();
  state_ = state::connecting;
  run_step(std::make_unique<connect_operation>(mode_), [this] { log_in(); });
}

void recovery::run_step(std::unique_ptr<operation> step, std::function<void()> then) {
  step_ = std::move(step);
  after_step_ = std::move(then);
  step_->start(*this, now_);
  check_step();
}

void recovery::check_step() {
  if (!step_ || !step_->done()) return;
  const auto step = std::move(step_);
  const auto then = std::exchange(after_step_, nullptr);
  if (step->failure()) return attempt_failed(step->failure());
  then();
}

void recovery::log_in() {
  if (!who_ || protocol().state() != session_state::not_authenticated) return enable();
  run_step(std::make_unique<login_operation>(*who_, protocol().options().rev2), [this] { enable(); });
}

namespace {

/// ENABLE of what was enabled before. What the server does not know any more is left out by it.
class enable_again final : public operation {
 public:
  explicit enable_again(std::vector<std::string> names) : names_(std::move(names)) {}
  void start(operation_host& host, time_point) override {
    std::erase_if(names_, [&host](const auto& n) { return host.protocol().info().enabled.contains(n); });
    if (names_.empty()) return finish();
    run(host, std::make_unique<imapxx::v0::enable>(names_),
        [this](operation_host&, completion& c) { finish(c.failure.is_fatal() ? c.failure : error()); });
  }
  [[nodiscard]] std::vector<std::string> plan(const session_info&) const override { return {"ENABLE"}; }

 private:
  std::vector<std::string> names_;
};

}  // namespace

void recovery::enable() {
  run_step(std::make_unique<enable_again>(enabled_), [this] { select(); });
}

void recovery::select() {
  if (!selection_ || protocol().state() == session_state::not_authenticated) {
    if (!selection_ && selection_lost_)
      stale_ = error(errc::mailbox_changed, "which mailbox is selected became unknown when the connection was lost");
    return ready();
  }
  auto id = submit(reselect());
  if (!id) return attempt_failed(id.error());
  selecting_ = *id;
}

void recovery::selected_again(session_event& e) {
  selecting_ = 0;
  if (e.failure.is_fatal()) return;  // the end of the session follows
  if (e.failure && may_pass(e.failure)) return attempt_failed(e.failure);
  renumbered_ = true;
  const auto& view = protocol().mailbox();
  if (e.failure) {
    stale_ = error(errc::mailbox_changed, "the mailbox cannot be selected again: " + std::string(e.failure.message()));
    stale_.set_status({}, e.failure.response_code(), e.failure.server_text());
  } else if (!view.uidvalidity || view.uidvalidity != selection_->uidvalidity) {
    stale_ = error(errc::mailbox_changed, "the mailbox has another UIDVALIDITY now: UIDs mean other messages");
  } else if (view.exists != selection_->exists || view.uidnext != selection_->uidnext) {
    owner_.mailbox_may_have_changed(view);
  }
  ready();
}

void recovery::ready() {
  state_ = state::up;
  ready_at_ = now_;
  tell(reconnect_event::kind::connected);
  selection_lost_ = false;
  auto again = std::move(held_);
  held_.clear();
  for (auto& e : again) {
    tell(reconnect_event::kind::repeating, {}, e.cmd->traits().name);
    auto ticket = e.ticket;
    if (auto why = refusal(*e.cmd)) {
      fail(std::move(e), std::move(why));
    } else if (auto refused = pass_on(std::move(e))) {
      fail({ticket, nullptr, false}, std::move(refused));
    }
  }
  if (guard_) {
    guard_->resume(*this, now_, !stale_);
    if (guard_->done()) finish_guard(nullptr);
  }
  pass_on_queued();
}

void recovery::give_up(const error& why, bool for_good) {
  tell(reconnect_event::kind::gave_up, why);
  step_.reset();
  after_step_ = nullptr;
  selecting_ = 0;
  attempt_ = 0;
  state_ = for_good ? state::over : state::idle;
  fail_everything(why);
  if (for_good) owner_.all_over(why);
}

void recovery::on_closed(const error& why) {
  // While the session lasted, its view was the newest.
  if (state_ == state::connecting) return attempt_failed(why);
  if (state_ != state::up) return;
  if (selection_ && guard_ == nullptr) {
    selection_->exists = protocol().mailbox().exists;
    selection_->uidnext = protocol().mailbox().uidnext;
  }
  const auto enabled = protocol().info().enabled.names();
  enabled_.assign(enabled.begin(), enabled.end());
  if (leaving_ || !may_pass(why)) {
    state_ = state::over;
    fail_everything(why);
    return owner_.all_over(why);
  }
  // It was of use, even if it has only waited, as IDLE does.
  if (now_ - ready_at_ > policy_.longest_delay()) attempt_ = 0;
  tell(reconnect_event::kind::lost, why);
  last_failure_ = why;
  state_ = state::idle;
  if (!held_.empty() || !queue_.empty() || guard_) begin(why);
}

// --- the host of its own commands

result<command_id> recovery::submit(std::unique_ptr<command> cmd) {
  return owner_.present_session().submit(std::move(cmd));
}
const session& recovery::protocol() const { return std::as_const(owner_).present_session(); }

std::unique_ptr<command> recovery::reselect() const {
  return selection_ ? selection_->cmd->traits().copy(*selection_->cmd) : nullptr;
}

bool recovery::is_selected(const mailbox_name& name) const {
  return selection_ && !stale_ && selection_->name == name && protocol().state() == session_state::selected;
}

}  // namespace imapxx::inline v0::core
