#include "core/connection.hpp"

#include "core/session_gate.hpp"
#include "filter/tls_openssl.hpp"

#include <utility>
#include <vector>

namespace imapxx::inline v0::core {
namespace {

// Ciphertext of one read. One block for each thread: bytes never stay in it between two calls of a driver.
constexpr std::size_t network_block = std::size_t{128} << 10U;

std::vector<char>& network_scratch() {
  thread_local std::vector<char> block(network_block);
  return block;
}

}  // namespace

void clear_text_guard::on_mailbox_event(const mailbox_event& e) {
  if (trusted_ && to_ != nullptr) to_->on_mailbox_event(e);
}
void clear_text_guard::on_alert(std::string_view text) {
  if (trusted_ && to_ != nullptr) to_->on_alert(text);
}
void clear_text_guard::on_status(const status_response& s) {
  if (trusted_ && to_ != nullptr) to_->on_status(s);
}
void clear_text_guard::on_unclaimed(const response& r) {
  if (trusted_ && to_ != nullptr) to_->on_unclaimed(r);
}
void clear_text_guard::on_unparsed(const unparsed_item& u) {
  if (trusted_ && to_ != nullptr) to_->on_unparsed(u);
}
bool clear_text_guard::wants_trace() const noexcept { return to_ != nullptr && to_->wants_trace(); }
void clear_text_guard::on_raw(std::string_view text) {
  if (to_ != nullptr) to_->on_raw(text);
}
void clear_text_guard::on_trace(trace_direction d, std::string_view text) {
  if (to_ != nullptr) to_->on_trace(d, text);
}

connection::connection(const connect_options& options, std::string_view host, observer* to)
    : options_(options),
      host_(host),
      // A subprocess is a tunnel of the caller's own, which TLS does not concern.
      guard_(to, options.mode == security::plain || !options.command_argv.empty()),
      session_(session_gate::with_shared_options(options.session_settings, to != nullptr ? &guard_ : nullptr)) {}

connection::~connection() = default;

result<void> connection::may_start_tls() {
  if (filter_) return error(errc::wrong_state, "TLS is in use already").set_phase(phase::tls);
  if (session_.state() != session_state::none) {
    if (auto clean = session_.tls_started(); !clean) return clean.error().set_host(host_);
  }
  return {};
}

result<void> connection::start_tls(std::unique_ptr<filter::stream_filter> with) {
  if (auto ok = may_start_tls(); !ok) return ok;
  filter_ = std::move(with);
  return {};
}

result<void> connection::start_tls() {
  if (auto ok = may_start_tls(); !ok) return ok;
  const auto& tls = options_.tls_settings;
  auto made = filter::make_tls_filter(
      tls, tls.expected_name.empty() ? std::string_view(host_) : std::string_view(tls.expected_name));
  if (!made) {
    auto why = made.error().set_phase(phase::tls).set_host(host_);
    session_.expire(why);
    return why;
  }
  filter_ = std::move(made).value();
  return {};
}

void connection::fail(error why) {
  if (why.where() == phase::none) why.set_phase(tls_up_ ? phase::command : phase::tls);
  session_.expire(why.set_host(host_));
}

step connection::next() {
  step s;
  if (handshaking() && !session_.closed()) {
    pump_in();
    auto status = filter_->handshake();
    while (status == filter::stream_filter::status::want_input && !pending_in_.empty()) {
      const auto before = pending_in_.size() - pending_at_;
      pump_in();
      if (pending_in_.size() - pending_at_ == before) break;
      status = filter_->handshake();
    }
    switch (status) {
      case filter::stream_filter::status::ok:
        tls_up_ = true;
        more_ = true;
        guard_.trust();
        session_.set_tls(true);
        s.what = step::kind::tls_ready;
        return s;
      case filter::stream_filter::status::failed: fail(filter_->failure()); break;
      default:
        if (network_ended_)
          fail(network_error_.value_or(
              error(errc::closed, "the server closed the connection during the TLS handshake")));
        break;
    }
  }
  // What the session had no room for follows when it has used what it had.
  do {
    if (tls_up_ && more_) pump_in();
    s.event = session_.next();
  } while (s.event.what == session_event::kind::none && more_ && !session_.input_buffer().empty());
  if (s.event.what != session_event::kind::none) {
    s.what = step::kind::event;
    if (s.event.failure) s.event.failure.set_host(host_);
  }
  return s;
}

std::size_t connection::next_rows(command_id id, std::span<fetch_row> into) {
  if (handshaking()) return 0;
  if (more_) pump_in();
  return session_.next_rows(id, into);
}

// Protected bytes to plain ones, as far as the session has room. \return the octets of `protected_bytes` that were used
std::size_t connection::decode(std::string_view protected_bytes) {
  std::size_t used = 0;
  more_ = false;
  bool progress = true;
  while (progress && !session_.closed()) {
    progress = false;
    if (used < protected_bytes.size()) {
      const auto taken = filter_->put_network(protected_bytes.substr(used));
      used += taken;
      progress = taken != 0;
    }
    if (!tls_up_) return used;
    const auto room = session_.input_buffer();
    if (room.empty()) {
      more_ = true;
      return used;
    }
    std::size_t n = 0;
    const auto status = filter_->read(room, n);
    if (n != 0) {
      session_.input_received(n);
      progress = true;
    } else if (status == filter::stream_filter::status::closed) {
      session_.input_closed(error());
      return protected_bytes.size();
    } else if (status == filter::stream_filter::status::failed) {
      session_.input_closed(filter_->failure());
      return protected_bytes.size();
    }
  }
  return used;
}

void connection::pump_in() {
  if (filter_ == nullptr) return;
  pending_at_ += decode(std::string_view(pending_in_).substr(pending_at_));
  if (pending_at_ == pending_in_.size()) {
    pending_in_ = std::string();
    pending_at_ = 0;
  }
}

void connection::pump_out() {
  if (!tls_up_) return;
  for (;;) {
    const auto plain = session_.output();
    if (plain.empty()) return;
    const auto taken = filter_->write(plain);
    if (taken == 0) return;
    session_.output_sent(taken);
  }
}

std::span<char> connection::input_buffer() {
  if (!filter_) return session_.input_buffer();
  return network_scratch();
}

void connection::input_received(std::size_t n) {
  if (!filter_) return session_.input_received(n);
  const std::string_view got(network_scratch().data(), n);
  if (pending_in_.empty()) {
    pending_in_.assign(got.substr(decode(got)));
    more_ = more_ || !pending_in_.empty();
  } else {
    pending_in_.append(got);
  }
}

void connection::input_closed(const error& why) {
  network_ended_ = true;
  if (why) network_error_ = why;
  if (!filter_ || why) return session_.input_closed(why);
  filter_->network_closed();
}

std::string_view connection::output() {
  if (!filter_) return session_.output();
  pump_out();
  return filter_->network_output();
}

void connection::output_sent(std::size_t n) {
  if (!filter_) return session_.output_sent(n);
  filter_->network_sent(n);
}

void connection::expire(const error& why) { session_.expire(why); }

void connection::shutdown() {
  if (filter_ && tls_up_) filter_->shutdown();
}

deadline_hint connection::deadline() const noexcept {
  auto hint = session_.deadline();
  if (handshaking()) {
    hint.phase = phase::tls;
    hint.since_progress = false;
    const auto limit = options_.session_settings.timeouts.handshake;
    hint.after = limit.count() > 0 ? std::optional(limit) : std::nullopt;
  }
  return hint;
}

sasl_context connection::sasl() const {
  sasl_context c;
  c.host = host_;
  c.port = options_.effective_port();
  c.tls = tls_up_;
  c.limits = options_.session_settings.limits;
  if (filter_) {
    const auto p = filter_->info();
    c.tls_exporter = p.tls_exporter;
    c.tls_unique = p.tls_unique;
  }
  return c;
}

}  // namespace imapxx::inline v0::core
