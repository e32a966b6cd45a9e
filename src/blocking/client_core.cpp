#include "blocking/client_core.hpp"

#include <imapxx/commands/simple.hpp>

#include "blocking/process_stream.hpp"
#include "blocking/socket_posix.hpp"
#include "core/connect_operation.hpp"

#include <algorithm>
#include <utility>

namespace imapxx::inline v0::detail {
namespace {

using clock = std::chrono::steady_clock;

// What `submit` may queue before it sends by itself.
constexpr std::size_t send_at_octets = std::size_t{64} << 10U;

deadline_point earlier(deadline_point a, deadline_point b) {
  if (!a) return b;
  if (!b) return a;
  return std::min(*a, *b);
}

connect_options with_observer(connect_options options, observer* o) {
  options.session_settings.observer = o;
  return options;
}

}  // namespace

client_core::client_core(connect_options options, std::shared_ptr<blocking::cancel_event> cancelled)
    : options_(std::move(options)),
      outer_(options_.session_settings.observer),
      cancel_(std::move(cancelled)),
      link_(with_observer(options_, this), options_.host_name),
      last_progress_(clock::now()),
      oldest_since_(last_progress_) {}

result<std::shared_ptr<client_core>> client_core::connect(connect_options options, std::unique_ptr<stream> transport) {
  auto cancelled = blocking::cancel_event::create();
  if (!cancelled) return cancelled.error();
  auto core = std::make_shared<client_core>(std::move(options), std::move(cancelled).value());
  if (transport) {
    core->transport_ = std::move(transport);
  } else {
    auto opened = core->open_transport(clock::now());
    if (!opened) return opened.error().set_host(core->options_.host_name);
    core->transport_ = std::move(opened).value();
  }
  core->last_progress_ = core->oldest_since_ = clock::now();
  core::connect_operation op(core->options_.command_argv.empty() ? core->options_.mode : security::plain);
  if (auto ok = core->perform(op); !ok) {
    core->drop();
    return ok.error().set_host(core->options_.host_name);
  }
  return core;
}

result<std::unique_ptr<stream>> client_core::open_transport(core::time_point started) {
  if (!options_.command_argv.empty()) return blocking::make_process_stream(options_.command_argv, cancel_);
  if (options_.host_name.empty())
    return error(errc::invalid_argument, "no host to connect to").set_phase(phase::connect);
  deadline_point until;
  if (const auto limit = options_.session_settings.timeouts.connect; limit.count() > 0) until = started + limit;
  return blocking::connect_tcp(options_.host_name, options_.effective_port(), until, cancel_);
}

error client_core::gone() const {
  if (over_) return *over_;
  return error(errc::closed, "the connection is closed").set_fatal(true);
}

result<command_id> client_core::submit(std::unique_ptr<command> cmd, bool streaming) {
  if (!transport_) return gone();
  if (link_.protocol().commands_outstanding() == 0) oldest_since_ = last_progress_ = clock::now();
  auto id = link_.protocol().submit(std::move(cmd), streaming);
  if (id && link_.output().size() >= send_at_octets) {
    if (auto ok = send_pending(stream::no_wait); !ok && ok.error().code() != errc::timeout) return ok.error();
  }
  return id;
}

bool client_core::handle_event(core::operation* op) {
  auto s = link_.next();
  if (s.what == core::step::kind::io) return false;
  if (s.what == core::step::kind::tls_ready) {
    if (op != nullptr) op->on_tls_ready(*this);
    return true;
  }
  auto& e = s.event;
  switch (e.what) {
    case session_event::kind::greeting:
      greeted_ = true;
      greeting_ = e.status->text;
      if (op != nullptr) op->on_greeting(*this, *e.status);
      break;
    case session_event::kind::continuation:
      if (op != nullptr) op->on_continuation(*this, e.id, clock::now());
      break;
    case session_event::kind::row:
    case session_event::kind::body_begin:
    case session_event::kind::body_chunk:
    case session_event::kind::body_end:
      if (const auto at = spools_.find(e.id); at != spools_.end()) {
        if (auto ok = at->second->put(e, op == nullptr && waiting_stream_ == e.id); !ok) {
          spools_.erase(at);
          finished_[e.id].failure = ok.error();
          link_.protocol().abandon(e.id);
        }
      }
      break;
    case session_event::kind::completed:
      oldest_since_ = clock::now();
      if (op != nullptr && op->on_completed(*this, e)) break;
      if (dropped_.erase(e.id) == 0 && !finished_.contains(e.id))
        finished_[e.id] = outcome{e.failure, std::move(e.finished)};
      break;
    case session_event::kind::closed: over_ = e.failure; break;
    case session_event::kind::none: break;
  }
  return true;
}

deadline_point client_core::next_deadline(core::operation* op, deadline_point until, bool& fatal, phase& in) const {
  const auto hint = link_.deadline();
  deadline_point at;
  if (hint.after) at = (hint.since_progress ? last_progress_ : oldest_since_) + *hint.after;
  in = hint.phase;
  if (expires_at && (!at || *expires_at < *at)) at = expires_at;
  fatal = at && (!until || *at <= *until);
  at = earlier(at, until);
  if (op != nullptr) {
    if (const auto wake = op->wakeup(); wake && (!at || *wake < *at)) {
      fatal = false;
      at = wake;
    }
  }
  return at;
}

error client_core::move_bytes(core::operation* op, deadline_point until) {
  bool fatal = false;
  auto in_phase = phase::none;
  const auto at = next_deadline(op, until, fatal, in_phase);
  const auto out = link_.output();
  auto room = network_ended_ ? std::span<char>() : link_.input_buffer();
  if (network_ended_ && out.empty()) {
    // The session has said all that it had to say of a stream that ended.
    return over_.value_or(error(errc::closed, "the server closed the connection"));
  }
  auto moved = transport_->transfer(room, out, at);
  if (!moved) {
    auto why = moved.error();
    if (why.code() == errc::timeout) {
      if (!fatal) return why;
      auto late = error(errc::timeout, "the server did not answer in time").set_phase(in_phase).set_fatal(true);
      link_.expire(late);
      return {};  // the session reports it to every command
    }
    if (why.code() == errc::cancelled) return why;
    network_ended_ = true;
    link_.input_closed(why);
    return {};
  }
  if (moved->written != 0) link_.output_sent(moved->written);
  if (moved->read != 0) link_.input_received(moved->read);
  octets_received_ += moved->read;
  if (moved->written != 0 || moved->read != 0) last_progress_ = clock::now();
  if (moved->eof) {
    network_ended_ = true;
    link_.input_closed(error());
  }
  return {};
}

error client_core::drive(const condition& done, core::operation* op, deadline_point until) {
  for (auto& [id, spool] : spools_) {
    if (id != waiting_stream_) spool->keep_current();
  }
  for (;;) {
    if (done()) return {};
    if (handle_event(op)) continue;
    if (done()) return {};
    if (over_ || !transport_) return gone();
    auto why = move_bytes(op, until);
    if (!why) continue;
    if (why.code() == errc::timeout && op != nullptr) {
      const auto now = clock::now();
      if (const auto wake = op->wakeup(); wake && *wake <= now) {
        op->on_time(*this, now);
        continue;
      }
    }
    if (why.code() == errc::cancelled) cancel_->reset();
    return why;
  }
}

result<void> client_core::perform(core::operation& op) {
  if (!transport_) return gone();
  op.start(*this, clock::now());
  const auto why = drive([&] { return op.done(); }, &op, std::nullopt);
  if (op.done()) return op.failure() ? result<void>(op.failure()) : result<void>();
  if (const auto id = op.waiting_for(); id != 0) abandon(id);
  if (why.code() == errc::cancelled) return error(why).set_fatal(link_.protocol().closed());
  return why;
}

result<std::unique_ptr<command>> client_core::wait(command_id id) {
  if (!transport_ && !finished_.contains(id)) return gone();
  const auto why = drive([&] { return finished_.contains(id); }, nullptr, std::nullopt);
  const auto at = finished_.find(id);
  if (at == finished_.end()) {
    abandon(id);
    return error(why).set_fatal(why.code() == errc::cancelled ? link_.protocol().closed() : true);
  }
  auto o = std::move(at->second);
  finished_.erase(at);
  if (o.failure) return o.failure;
  return std::move(o.finished);
}

result<void> client_core::fill(command_id id, blocking::fetch_spool& spool) {
  waiting_stream_ = id;
  const auto why = drive([&] { return !spool.empty() || finished_.contains(id); }, nullptr, std::nullopt);
  waiting_stream_ = 0;
  if (why && spool.empty() && !finished_.contains(id)) return why;
  return {};
}

void client_core::abandon(command_id id) noexcept {
  spools_.erase(id);
  if (finished_.erase(id) != 0) return;
  dropped_.insert(id);
  link_.protocol().abandon(id);
}

result<void> client_core::send_pending(deadline_point until) {
  while (transport_ && !link_.output().empty()) {
    auto moved = transport_->transfer({}, link_.output(), until);
    if (!moved) return moved.error();
    link_.output_sent(moved->written);
    if (moved->written != 0) last_progress_ = clock::now();
  }
  return {};
}

result<void> client_core::flush() {
  // Reads as well: a server that will not read before it has written must not bring both to a standstill.
  const auto why = drive([&] { return link_.output().empty(); }, nullptr, std::nullopt);
  return why ? result<void>(why) : result<void>();
}

result<bool> client_core::poll(std::chrono::milliseconds timeout) {
  if (!transport_) return gone();
  const auto refresh = options_.session_settings.timeouts.idle_refresh;
  const auto state = link_.protocol().state();
  if (refresh.count() > 0 && link_.protocol().commands_outstanding() == 0 && clock::now() - last_progress_ >= refresh &&
      state != session_state::none && state != session_state::logout) {
    if (auto kept = submit(std::make_unique<noop>(), false)) dropped_.insert(*kept);
  }
  const auto before = octets_received_;
  const auto why =
      drive([&] { return octets_received_ != before; }, nullptr,
            timeout.count() <= 0 ? deadline_point(stream::no_wait) : deadline_point(clock::now() + timeout));
  while (handle_event(nullptr)) {
  }
  if (over_) return *over_;
  if (why && why.code() != errc::timeout) return why;
  return octets_received_ != before;
}

void client_core::close() noexcept {
  try {
    if (transport_ && !over_ && greeted_) {
      const auto limit = options_.session_settings.timeouts.logout;
      const auto until = clock::now() + (limit.count() > 0 ? limit : std::chrono::milliseconds(1000));
      if (auto id = submit(std::make_unique<logout>(), false)) {
        (void)drive([&, key = *id] { return finished_.contains(key); }, nullptr, until);
      }
      link_.shutdown();
      (void)send_pending(stream::no_wait);
    }
  } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): closing goes on without the courtesy of LOGOUT
  }
  drop();
}

void client_core::drop() noexcept {
  if (transport_) {
    try {
      (void)send_pending(stream::no_wait);  // a TLS alert tells the server why
    } catch (const std::bad_alloc&) {       // NOLINT(bugprone-empty-catch): then it is not told
    }
    transport_->close();
  }
  transport_.reset();
}

void client_core::on_mailbox_event(const mailbox_event& e) {
  if (on_change && on_change(e)) change_wanted_stop = true;
  if (outer_ != nullptr) outer_->on_mailbox_event(e);
}
void client_core::on_alert(std::string_view text) {
  // Text that came in the clear must not pass for the server's word where TLS is required.
  const bool trusted = link_.tls() || options_.mode == security::plain || !options_.command_argv.empty();
  if (outer_ != nullptr && trusted) outer_->on_alert(text);
}
void client_core::on_status(const status_response& s) {
  if (outer_ != nullptr) outer_->on_status(s);
}
void client_core::on_unclaimed(const response& r) {
  if (outer_ != nullptr) outer_->on_unclaimed(r);
}
void client_core::on_unparsed(const unparsed_item& u) {
  if (outer_ != nullptr) outer_->on_unparsed(u);
}
void client_core::on_raw(std::string_view text) {
  if (outer_ != nullptr) outer_->on_raw(text);
}
void client_core::on_trace(trace_direction d, std::string_view text) {
  if (outer_ != nullptr) outer_->on_trace(d, text);
}
bool client_core::wants_trace() const noexcept { return outer_ != nullptr && outer_->wants_trace(); }

}  // namespace imapxx::inline v0::detail
