#include "core/idle_operation.hpp"

#include <imapxx/commands/idle.hpp>
#include <imapxx/commands/simple.hpp>

#include <algorithm>

namespace imapxx::inline v0::core {
namespace {

// Quirk I-09: a server that ends IDLE so soon, so often, does not do it.
constexpr std::chrono::seconds too_soon{1};
constexpr int too_often = 3;

}  // namespace

void idle_operation::start(operation_host& host, time_point now) {
  const auto& caps = host.protocol().info().capabilities;
  use_idle_ = caps.contains("IDLE") || caps.imap4rev2();
  renew_at_ = now + (use_idle_ ? refresh_ : poll_);
  begin(host);
}

void idle_operation::begin(operation_host& host) {
  if (!use_idle_) {
    return run_or_fail(host, std::make_unique<noop>(), [this](operation_host&, completion&) {
      if (stopping_) finish();
    });
  }
  run(host, std::make_unique<idle>(), [this](operation_host& h, completion& c) {
    idle_ = 0;
    if (c.failure.is_fatal()) return finish(c.failure);
    if (stopping_) return finish();
    // NO or BAD to an optional command takes the plain path; an IDLE that the server ended by itself is asked for
    // again.
    if (c.failure || ended_too_soon_again(h.now())) poll_from(h.now());
    begin(h);
  });
  idle_ = waiting_for();
  began_at_ = host.now();
}

bool idle_operation::ended_too_soon_again(time_point now) noexcept {
  const bool soon = !renewing_ && now - began_at_ < too_soon;
  renewing_ = false;
  soon_ended_ = soon ? soon_ended_ + 1 : 0;
  return soon_ended_ == too_often;
}

void idle_operation::poll_from(time_point now) noexcept {
  use_idle_ = false;
  renew_at_ = now + poll_;
}

void idle_operation::on_continuation(operation_host& host, command_id id, time_point now) {
  if (id != idle_) return;
  renew_at_ = now + refresh_;
  if (stopping_) host.end_idle(id);
}

std::optional<time_point> idle_operation::wakeup() const {
  if (stopping_) return std::nullopt;
  if (until_ && renew_at_) return std::min(*until_, *renew_at_);
  return until_ ? until_ : renew_at_;
}

void idle_operation::on_time(operation_host& host, time_point now) {
  if (until_ && now >= *until_) return stop(host);
  if (!renew_at_ || now < *renew_at_) return;
  renew_at_ = now + (use_idle_ ? refresh_ : poll_);
  if (use_idle_) {
    renewing_ = true;
    host.end_idle(idle_);  // its completion begins the next one
  } else if (waiting_for() == 0) {
    begin(host);
  }
}

void idle_operation::stop(operation_host& host) {
  if (stopping_) return;
  stopping_ = true;
  if (idle_ != 0) return host.end_idle(idle_);
  if (waiting_for() == 0) finish();
}

std::vector<std::string> idle_operation::plan(const session_info& info) const {
  const auto seconds = [](std::chrono::milliseconds t) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(t).count()) + " s";
  };
  if (info.capabilities.contains("IDLE") || info.capabilities.imap4rev2())
    return {"IDLE, again every " + seconds(refresh_)};
  return {"NOOP every " + seconds(poll_)};
}

}  // namespace imapxx::inline v0::core
