// The recovery's other half: commands on their way through sessions that come and go.
#include "core/reconnect.hpp"

#include <algorithm>
#include <utility>

namespace imapxx::inline v0::core {

bool recovery::must_queue() const noexcept {
  // A session that is closed may not have said so yet.
  return state_ != state::up || guard_ || !queue_.empty() || protocol().closed();
}

error recovery::refusal(const command& cmd) const {
  const auto& t = cmd.traits();
  if (t.changes_selection) return {};
  const bool selected_only = !t.states.contains(session_state::authenticated);
  if (stale_ && selected_only) return error(stale_).set_command(t.name);
  if (renumbered_ && t.uses_sequence_numbers) {
    return error(errc::mailbox_changed, "the connection was made again, and sequence numbers may mean other messages")
        .set_command(t.name);
  }
  return {};
}

result<command_id> recovery::take_on(std::unique_ptr<command> cmd, bool streaming) {
  if (!cmd) return error(errc::invalid_argument, "no command");
  const auto& t = cmd->traits();
  if (auto why = refusal(*cmd)) return why;
  if (t.changes_selection) {
    // From here on the caller's numbers are those of what it selects.
    stale_ = error();
    renumbered_ = false;
  }
  if (t.name == "LOGOUT") leaving_ = true;
  entry e{next_ticket_++, std::move(cmd), streaming};
  const auto ticket = e.ticket;
  if (!must_queue()) {
    if (auto why = pass_on(std::move(e))) return why;
    return ticket;
  }
  queue_.push_back(std::move(e));
  if (state_ == state::idle) begin(last_failure_);
  return ticket;
}

error recovery::pass_on(entry e) {
  if (!e.streaming) {
    if (auto g = make_guard(*this, *e.cmd)) {
      if (auto ok = e.cmd->check(protocol().info()); !ok) return ok.error().set_command(e.cmd->traits().name);
      guard_ = std::move(g);
      guard_ticket_ = e.ticket;
      guard_->start(*this, now_);
      if (guard_->done()) finish_guard(nullptr);
      return {};
    }
  }
  const auto& t = e.cmd->traits();
  running r;
  r.ticket = e.ticket;
  r.streaming = e.streaming;
  r.selected_only = !t.states.contains(session_state::authenticated);
  r.sequence_numbers = t.uses_sequence_numbers;
  if (!e.streaming && e.cmd->may_be_repeated()) r.copy = t.copy(*e.cmd);
  auto id = owner_.present_session().submit(std::move(e.cmd), e.streaming);
  if (!id) return id.error();
  running_.emplace(*id, std::move(r));
  return {};
}

void recovery::pass_on_queued() {
  while (!queue_.empty() && state_ == state::up && !guard_ && !protocol().closed()) {
    auto e = std::move(queue_.front());
    queue_.pop_front();
    const auto ticket = e.ticket;
    if (auto why = refusal(*e.cmd)) {
      fail(std::move(e), std::move(why));
    } else if (auto refused = pass_on(std::move(e))) {
      fail({ticket, nullptr, false}, std::move(refused));
    }
  }
}

void recovery::fail(entry e, error why) {
  session_event gone;
  gone.what = session_event::kind::completed;
  gone.id = e.ticket;
  if (e.cmd && why.command().empty()) why.set_command(e.cmd->traits().name);
  gone.failure = std::move(why);
  gone.finished = std::move(e.cmd);
  events_.push_back(std::move(gone));
}

std::optional<session_event> recovery::next_event() {
  if (events_.empty()) return std::nullopt;
  auto e = std::move(events_.front());
  events_.pop_front();
  return e;
}

void recovery::fail_everything(const error& why) {
  for (auto* list : {&held_, &queue_}) {
    for (auto& e : *list) fail(std::move(e), error(why).set_safe_to_retry(true));
    list->clear();
  }
  if (!guard_) return;
  guard_->no_connection(why);
  finish_guard(nullptr);
}

command_id recovery::session_id(command_id ticket) const noexcept {
  const auto at =
      std::find_if(running_.begin(), running_.end(), [ticket](const auto& r) { return r.second.ticket == ticket; });
  return at == running_.end() ? 0 : at->first;
}

void recovery::drop(command_id ticket) {
  if (const auto id = session_id(ticket); id != 0) {
    running_[id].abandoned = true;
    return owner_.present_session().abandon(id);
  }
  const auto mine = [ticket](const entry& e) { return e.ticket == ticket; };
  std::erase_if(held_, mine);
  std::erase_if(queue_, mine);
  if (!guard_ || guard_ticket_ != ticket) return;
  const auto gone = std::move(guard_);
  if (state_ != state::up) return;
  if (const auto id = gone->waiting_for(); id != 0) owner_.present_session().abandon(id);
  // In another mailbox than the caller's: a new connection is the way back.
  if (gone->elsewhere()) owner_.present_session().expire(error(errc::closed, "cancelled while it was looked after"));
  pass_on_queued();
}

void recovery::end_idle_of(command_id ticket) {
  if (const auto id = session_id(ticket); id != 0) return owner_.present_session().end_idle(id);
  for (auto* list : {&held_, &queue_}) {
    const auto at = std::find_if(list->begin(), list->end(), [ticket](const entry& e) { return e.ticket == ticket; });
    if (at == list->end()) continue;
    fail(std::move(*at), error());
    list->erase(at);
    return;
  }
}

void recovery::on_tls() {
  if (!step_) return;
  step_->on_tls_ready(*this);
  check_step();
}

bool recovery::on_event(session_event& e) {
  if (e.what == session_event::kind::closed) {
    on_closed(e.failure);
    return true;
  }
  if (e.what == session_event::kind::greeting) {
    if (step_) {
      step_->on_greeting(*this, *e.status);
      check_step();
    }
    return false;
  }
  const auto at = running_.find(e.id);
  if (at != running_.end()) {
    if (e.what != session_event::kind::completed) {
      e.id = at->second.ticket;
      return false;
    }
    auto r = std::move(at->second);
    running_.erase(at);
    if (hold(e, r)) return true;
    completed(e, std::move(r));
    return false;
  }
  if (e.what != session_event::kind::completed) return foreign_ == 0;
  if (e.id == selecting_ && selecting_ != 0) {
    selected_again(e);
    return true;
  }
  if (step_) {
    (void)step_->on_completed(*this, e);
    check_step();
    return true;
  }
  if (guard_ && guard_heard(e)) return true;
  if (foreign_ == 0 || state_ != state::up) return true;
  --foreign_;
  return false;
}

void recovery::completed(session_event& e, running r) {
  e.id = r.ticket;
  if (!e.failure.is_fatal()) attempt_ = 0;  // the connection was of use
  learn_selection(e, r);
}

void recovery::learn_selection(const session_event& e, running& r) {
  if (!e.finished || !e.finished->traits().changes_selection) return;
  if (e.failure.is_fatal()) {
    selection_.reset();
    selection_lost_ = e.sent || selection_lost_;
    return;
  }
  if (protocol().state() != session_state::selected) {
    selection_.reset();
  } else if (!e.failure) {
    const auto& view = protocol().mailbox();
    selection_.reset();
    if (r.copy) selection_ = selection{std::move(r.copy), view.name, view.uidvalidity, view.uidnext, view.exists};
    selection_lost_ = !selection_;
  }
}

// Whether the command is kept for the next connection.
bool recovery::hold(session_event& e, running& r) {
  if (!e.failure.is_fatal() || !e.finished || r.abandoned || leaving_ || selection_lost_) return false;
  if (!may_pass(e.failure)) return false;
  if (r.sequence_numbers && r.selected_only) return false;
  if (e.sent && !r.copy) return false;
  auto cmd = e.sent ? std::move(r.copy) : std::move(e.finished);
  held_.push_back({r.ticket, std::move(cmd), r.streaming});
  return true;
}

bool recovery::guard_heard(session_event& e) {
  if (e.id == 0 || e.id != guard_->waiting_for()) return false;
  if (e.failure.is_fatal()) guard_->lost(e.sent, e.failure.code() != errc::timeout);
  (void)guard_->on_completed(*this, e);
  if (guard_->done()) finish_guard(std::move(e.finished));
  return true;
}

void recovery::finish_guard(std::unique_ptr<command> last) {
  const auto done = std::move(guard_);
  if (!done->failure().is_fatal()) attempt_ = 0;
  session_event e;
  e.what = session_event::kind::completed;
  e.id = guard_ticket_;
  e.failure = done->failure();
  e.finished = done->take_command();
  if (!e.finished) e.finished = std::move(last);
  events_.push_back(std::move(e));
  pass_on_queued();
}

}  // namespace imapxx::inline v0::core
