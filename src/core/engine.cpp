#include "core/engine.hpp"

#include "core/session_gate.hpp"
#include "core/shared_options.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace imapxx::inline v0::core {

engine::engine(connect_options options, time_point now)
    : outer_(options.session_settings.observer),
      options_(shared_options(std::move(options))),
      now_(now),
      last_progress_(now),
      last_sent_(now),
      oldest_since_(now) {
  make_link();
}

void engine::make_link() {
  link_.emplace(*options_, options_->host_name, this);
  if (outer_ == nullptr) session_gate::nobody_hears_octets(link_->protocol());
}

void engine::expect_losses() {
  if (!options_->reconnecting.enabled() || recovery_) return;
  const auto mode = options_->command_argv.empty() ? options_->mode : security::plain;
  recovery_ = std::make_unique<recovery>(*this, options_->reconnecting, mode, link_->protocol().commands_outstanding());
  recovery_->set_now(now_);
}

void engine::remember(const credentials& who) {
  if (recovery_) recovery_->remember(who);
}

void engine::renew_link(time_point now) {
  make_link();
  greeted_ = network_ended_ = false;
  trip_ = trip::none;
  restart_clock(now);
}

void engine::mailbox_may_have_changed(const mailbox_view& view) {
  mailbox_event e;
  e.what = mailbox_event::kind::exists;
  e.number = view.exists;
  on_mailbox_event(e);
}

void engine::end_idle(command_id id) {
  if (recovery_) return recovery_->end_idle_of(id);
  link_->protocol().end_idle(id);
}

error engine::gone() const {
  if (over_) return *over_;
  if (lost() && recovery_->last_failure()) return error(recovery_->last_failure()).set_fatal(true);
  return error(errc::closed, "the connection is closed").set_fatal(true);
}

result<command_id> engine::submit(std::unique_ptr<command> cmd, bool streaming) {
  if (broken_ || (over_ && recovery_)) return gone();
  if (link_->protocol().commands_outstanding() == 0) {
    oldest_since_ = last_progress_ = now_;
    trip_ = trip::submitted;
  }
  if (recovery_) recovery_->set_limit(expires_at);
  auto id =
      recovery_ ? recovery_->take_on(std::move(cmd), streaming) : link_->protocol().submit(std::move(cmd), streaming);
  if (!id) return id.error().set_host(link_->host());
  return id;
}

result<command_id> engine::submit_ahead(std::unique_ptr<command> cmd) {
  if (recovery_)
    return submit(std::move(cmd), false);  // one command after the other is as right, and told apart by ticket
  auto id = session_gate::submit_ahead(link_->protocol(), std::move(cmd));
  if (!id) return id.error().set_host(link_->host());
  return id;
}

void engine::abandon(command_id id) noexcept {
  spools_.erase(id);
  if (finished_.erase(id) != 0 || broken_) return;
  try {
    if (recovery_) {
      if (recovery_->session_id(id) != 0) dropped_.insert(id);
      return recovery_->drop(id);
    }
    dropped_.insert(id);
    link_->protocol().abandon(id);
  } catch (const std::bad_alloc&) {  // destructors call this
    break_off();
  }
}

void engine::break_off() noexcept {
  broken_ = true;
  if (!over_) over_.emplace(errc::closed);  // needs no memory
}

std::optional<outcome> engine::take(command_id id) {
  const auto at = finished_.find(id);
  if (at == finished_.end()) return std::nullopt;
  auto o = std::move(at->second);
  finished_.erase(at);
  return o;
}

// Quiet for so long that a server may hang up (RFC 9051 section 5.4): it counts from our last command, however much it
// says itself meanwhile.
bool engine::idle_too_long() const {
  const auto refresh = options().session_settings.timeouts.idle_refresh;
  const auto state = link_->protocol().state();
  return refresh.count() > 0 && link_->protocol().commands_outstanding() == 0 && now_ - last_sent_ >= refresh &&
         state != session_state::none && state != session_state::logout;
}

void engine::keep_pieces() {
  for (auto& [id, spool] : spools_) {
    if (id != waiting_stream_) spool->keep();
  }
}

engine::progress engine::handle_event() {
  if (broken_) return progress::none;
  if (recovery_) {
    if (auto e = recovery_->next_event()) return completed(*e);
    if (recovery_->lost()) return progress::none;
  }
  auto s = link_->next();
  if (s.what == step::kind::io) {
    if (!network_ended_ || link_->protocol().closed()) return progress::none;
    // Nothing more will come, and the end was not a proper one (TLS without close_notify).
    link_->expire(error(errc::closed, "the server closed the connection").set_fatal(true));
    return progress::other;
  }
  if (s.what == step::kind::event) return handle_session_event(s.event);
  if (recovery_) recovery_->on_tls();
  for (std::size_t i = 0; i < operations_.size(); ++i) operations_[i]->on_tls_ready(*this);
  return progress::other;
}

engine::progress engine::handle_session_event(session_event& e) {
  if (recovery_ && recovery_->on_event(e)) return progress::other;
  // An operation may attach or detach others of its kind, but never itself, while it is told.
  const auto each = [this](const auto& tell) {
    for (std::size_t i = 0; i < operations_.size(); ++i) tell(*operations_[i]);
  };
  switch (e.what) {
    case session_event::kind::greeting:
      greeted_ = true;
      greeting_ = e.status->text;
      each([&](operation& op) { op.on_greeting(*this, *e.status); });
      break;
    case session_event::kind::continuation: each([&](operation& op) { op.on_continuation(*this, e.id, now_); }); break;
    case session_event::kind::row:
    case session_event::kind::body_begin:
    case session_event::kind::body_chunk:
    case session_event::kind::body_end: return stream_piece(e);
    case session_event::kind::completed: return completed(e);
    case session_event::kind::closed: over_ = e.failure; break;
    case session_event::kind::none: break;
  }
  return progress::other;
}

engine::progress engine::stream_piece(const session_event& e) {
  const auto at = spools_.find(e.id);
  if (at == spools_.end()) return progress::other;
  last_ = e.id;
  if (auto ok = at->second->put(e, waiting_stream_ == e.id); !ok) {
    spools_.erase(at);
    const auto id = e.id;
    finished_[id].failure = ok.error();
    if (recovery_) {
      recovery_->drop(id);
    } else {
      link_->protocol().abandon(id);
    }
  }
  return progress::streamed;
}

engine::progress engine::completed(session_event& e) {
  oldest_since_ = now_;
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    if (operations_[i]->on_completed(*this, e)) return progress::other;
  }
  if (dropped_.erase(e.id) != 0 || finished_.contains(e.id)) return progress::other;
  finished_[e.id] = outcome{e.failure, std::move(e.finished)};
  last_ = e.id;
  return progress::finished;
}

void engine::sent(std::size_t n) {
  if (n == 0) return;
  link_->output_sent(n);
  last_progress_ = last_sent_ = now_;
  if (trip_ == trip::submitted) trip_ = trip::sent;
}

// Other servers' traffic and slow commands make it longer, data that was on its way shorter: of the two latest, the
// shorter one is closest.
void engine::measure_round_trip() {
  if (std::exchange(trip_, trip::none) != trip::sent) return;
  const auto t = std::chrono::duration_cast<std::chrono::microseconds>(now_ - last_sent_);
  habits().round_trip = last_trip_ ? std::min(*last_trip_, t) : t;
  last_trip_ = t;
}

void engine::received(std::size_t n) {
  if (n == 0) return;
  link_->input_received(n);
  octets_received_ += n;
  measure_round_trip();
  last_progress_ = now_;
}

void engine::ended(const error& why) {
  network_ended_ = true;
  link_->input_closed(why);
}

engine::limit engine::deadline() const {
  limit l;
  const auto hint = lost() ? deadline_hint() : link_->deadline();
  if (hint.after) l.at = (hint.since_progress ? last_progress_ : oldest_since_) + *hint.after;
  l.in = hint.phase;
  if (expires_at && (!l.at || *expires_at < *l.at)) l.at = expires_at;
  return l;
}

void engine::expire(phase in) {
  if (lost()) return recovery_->expire(error(errc::timeout, "there was no connection in time").set_fatal(true));
  link_->expire(error(errc::timeout, "the server did not answer in time").set_phase(in).set_fatal(true));
}

deadline_point engine::wakeup() const {
  deadline_point first;
  for (const auto* op : operations_) {
    if (const auto at = op->wakeup(); at && (!first || *at < *first)) first = at;
  }
  if (recovery_) {
    if (const auto at = recovery_->wakeup(); at && (!first || *at < *first)) first = at;
  }
  return first;
}

void engine::wake(time_point now) {
  set_now(now);
  if (recovery_) {
    if (const auto at = recovery_->wakeup(); at && *at <= now) recovery_->on_time(now);
  }
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    if (const auto at = operations_[i]->wakeup(); at && *at <= now) operations_[i]->on_time(*this, now);
  }
}

void engine::on_mailbox_event(const mailbox_event& e) {
  if (on_change) on_change(e);
  if (outer_ != nullptr) outer_->on_mailbox_event(e);
}
void engine::on_alert(std::string_view text) {
  if (outer_ != nullptr) outer_->on_alert(text);
}
void engine::on_status(const status_response& s) {
  if (outer_ != nullptr) outer_->on_status(s);
}
void engine::on_unclaimed(const response& r) {
  if (on_push) on_push(r);
  if (outer_ != nullptr) outer_->on_unclaimed(r);
}
void engine::on_unparsed(const unparsed_item& u) {
  if (outer_ != nullptr) outer_->on_unparsed(u);
}
void engine::on_raw(std::string_view text) {
  if (outer_ != nullptr) outer_->on_raw(text);
}
void engine::on_trace(trace_direction d, std::string_view text) {
  if (outer_ != nullptr) outer_->on_trace(d, text);
}
bool engine::wants_trace() const noexcept { return outer_ != nullptr && outer_->wants_trace(); }

}  // namespace imapxx::inline v0::core
