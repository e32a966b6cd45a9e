#include "faults/virtual_time.hpp"

#include "core/connect_operation.hpp"

#include <algorithm>
#include <cstring>

namespace imapxx::faults {

const test::recorded_piece* virtual_server::current() const {
  return piece_ < recording_.pieces.size() ? &recording_.pieces[piece_] : nullptr;
}

void virtual_server::advance(time_point now) {
  while (const auto* p = current()) {
    if (in_piece_ < p->octets.size()) break;
    in_piece_ = 0;
    ++piece_;
    ready_at_ = now;
  }
}

void virtual_server::received(std::size_t n, time_point now) {
  while (n != 0) {
    const auto* p = current();
    if (p == nullptr || p->from_server) return;  // more than was recorded
    const auto part = std::min(n, p->octets.size() - in_piece_);
    in_piece_ += part;
    n -= part;
    advance(now);
  }
}

std::string_view virtual_server::readable(time_point now) const {
  const auto* p = current();
  if (p == nullptr || !p->from_server) return {};
  auto rest = std::string_view(p->octets).substr(in_piece_);
  if (slow_.what == slowness::kind::none) return rest;
  if (played_ < slow_.at) return rest.substr(0, slow_.at - played_);
  switch (slow_.what) {
    case slowness::kind::delay: return !delayed_ && now < ready_at_ + slow_.by ? std::string_view() : rest;
    case slowness::kind::drip: return now < ready_at_ + slow_.by ? std::string_view() : rest.substr(0, 1);
    default: return {};
  }
}

void virtual_server::taken(std::size_t n, time_point now) {
  in_piece_ += n;
  if (slow_.what == slowness::kind::delay && played_ >= slow_.at) delayed_ = true;
  played_ += n;
  if (n != 0) ready_at_ = now;
  advance(now);
}

bool virtual_server::ended() const { return slow_.what == slowness::kind::cut && played_ >= slow_.at; }

std::optional<time_point> virtual_server::next_time() const {
  const auto* p = current();
  if (p == nullptr || !p->from_server) return std::nullopt;
  if (slow_.what == slowness::kind::delay || slow_.what == slowness::kind::drip) return ready_at_ + slow_.by;
  return std::nullopt;
}

virtual_driver::virtual_driver(const test::recording& r, slowness s, connect_options options)
    : recording_(r), engine_(std::move(options), start_), server_(r, s, start_) {}

bool virtual_driver::step() {
  if (engine_.handle_event() != core::engine::progress::none) return true;
  if (const auto out = engine_.output(); !out.empty()) {
    server_.received(out.size(), now_);
    engine_.sent(out.size());
    return true;
  }
  if (const auto octets = server_.readable(now_); !octets.empty() && !engine_.network_ended()) {
    const auto room = engine_.input_buffer();
    const auto n = std::min(room.size(), octets.size());
    std::memcpy(room.data(), octets.data(), n);
    engine_.received(n);
    server_.taken(n, now_);
    return true;
  }
  if (server_.ended() && !engine_.network_ended()) {
    engine_.ended(error());
    return true;
  }
  const auto limit = engine_.deadline();
  auto next = server_.next_time();
  for (const auto& other : {limit.at, engine_.wakeup()}) {
    if (other && (!next || *other < *next)) next = other;
  }
  if (!next) return false;
  now_ = std::max(now_, *next);
  engine_.set_now(now_);
  if (limit.at && *limit.at <= now_) engine_.expire(limit.in);
  engine_.wake(now_);
  return true;
}

template <class Done>
bool virtual_driver::drive(Done done) {
  while (!done()) {
    if (engine_.over()) return true;
    if (!step()) return false;
  }
  return true;
}

virtual_outcome virtual_driver::run(std::optional<milliseconds> expires_after) {
  virtual_outcome how;
  const auto end = [&](const error& why) {
    how.failure = why;
    how.took = std::chrono::duration_cast<milliseconds>(now_ - start_);
    return how;
  };
  if (expires_after) engine_.expires_at = start_ + *expires_after;
  core::connect_operation connecting(security::plain);
  engine_.attach(connecting);
  connecting.start(engine_, now_);
  how.stuck = !drive([&] { return connecting.done(); });
  engine_.detach(connecting);
  if (how.stuck) return end(error());
  if (!connecting.done()) return end(engine_.gone());
  if (connecting.failure()) return end(connecting.failure());
  for (const auto& next : test::recorded_commands(recording_.scenario, recording_.box)) {
    const auto id = engine_.submit(next(), false);
    if (!id) return end(id.error());
    how.stuck = !drive([&] { return engine_.is_done(*id); });
    if (how.stuck) return end(error());
    auto o = engine_.take(*id);
    if (!o) return end(engine_.gone());
    if (o->failure && o->failure.code() != errc::no) return end(o->failure);
    ++how.completed;
  }
  return end(error());
}

}  // namespace imapxx::faults
