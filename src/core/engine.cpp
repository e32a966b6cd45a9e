#include "core/engine.hpp"

#include "core/session_gate.hpp"

#include <algorithm>
#include <utility>

namespace imapxx::inline v0::core {
namespace {

const connect_options& with_observer(connect_options& options, observer* o) {
  options.session_settings.observer = o;
  return options;
}

}  // namespace

engine::engine(connect_options options, time_point now)
    : outer_(options.session_settings.observer),
      link_(with_observer(options, this), options.host_name),
      now_(now),
      last_progress_(now),
      last_sent_(now),
      oldest_since_(now) {}

error engine::gone() const {
  if (over_) return *over_;
  return error(errc::closed, "the connection is closed").set_fatal(true);
}

result<command_id> engine::submit(std::unique_ptr<command> cmd, bool streaming) {
  if (link_.protocol().commands_outstanding() == 0) {
    oldest_since_ = last_progress_ = now_;
    trip_ = trip::submitted;
  }
  auto id = link_.protocol().submit(std::move(cmd), streaming);
  if (!id) return id.error().set_host(link_.host());
  return id;
}

result<command_id> engine::submit_ahead(std::unique_ptr<command> cmd) {
  auto id = session_gate::submit_ahead(link_.protocol(), std::move(cmd));
  if (!id) return id.error().set_host(link_.host());
  return id;
}

void engine::abandon(command_id id) noexcept {
  spools_.erase(id);
  if (finished_.erase(id) != 0) return;
  dropped_.insert(id);
  link_.protocol().abandon(id);
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
  const auto state = link_.protocol().state();
  return refresh.count() > 0 && link_.protocol().commands_outstanding() == 0 && now_ - last_sent_ >= refresh &&
         state != session_state::none && state != session_state::logout;
}

void engine::keep_pieces() {
  for (auto& [id, spool] : spools_) {
    if (id != waiting_stream_) spool->keep_current();
  }
}

engine::progress engine::handle_event() {
  auto s = link_.next();
  if (s.what == step::kind::io) {
    if (!network_ended_ || link_.protocol().closed()) return progress::none;
    // Nothing more will come, and the end was not a proper one (TLS without close_notify).
    link_.expire(error(errc::closed, "the server closed the connection").set_fatal(true));
    return progress::other;
  }
  // An operation may attach or detach others of its kind, but never itself, while it is told.
  const auto each = [this](const auto& tell) {
    for (std::size_t i = 0; i < operations_.size(); ++i) tell(*operations_[i]);
  };
  if (s.what == step::kind::tls_ready) {
    each([this](operation& op) { op.on_tls_ready(*this); });
    return progress::other;
  }
  auto& e = s.event;
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
    finished_[e.id].failure = ok.error();
    link_.protocol().abandon(e.id);
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
  link_.output_sent(n);
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
  link_.input_received(n);
  octets_received_ += n;
  measure_round_trip();
  last_progress_ = now_;
}

void engine::ended(const error& why) {
  network_ended_ = true;
  link_.input_closed(why);
}

engine::limit engine::deadline() const {
  const auto hint = link_.deadline();
  limit l;
  if (hint.after) l.at = (hint.since_progress ? last_progress_ : oldest_since_) + *hint.after;
  l.in = hint.phase;
  if (expires_at && (!l.at || *expires_at < *l.at)) l.at = expires_at;
  return l;
}

void engine::expire(phase in) {
  link_.expire(error(errc::timeout, "the server did not answer in time").set_phase(in).set_fatal(true));
}

deadline_point engine::wakeup() const {
  deadline_point first;
  for (const auto* op : operations_) {
    if (const auto at = op->wakeup(); at && (!first || *at < *first)) first = at;
  }
  return first;
}

void engine::wake(time_point now) {
  now_ = now;
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
