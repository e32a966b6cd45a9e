#include "core/resolve.hpp"

#include <imapxx/commands/fetch.hpp>
#include <imapxx/commands/select.hpp>
#include <imapxx/commands/simple.hpp>
#include <imapxx/commands/status.hpp>

#include "core/resolve_append.hpp"
#include "core/resolve_copy.hpp"
#include "core/resolve_store.hpp"

#include <algorithm>
#include <utility>

namespace imapxx::inline v0::core {

void guard::tell(reconnect_event::kind what) const {
  reconnect_event e;
  e.what = what;
  e.command = name_;
  around_.policy().tell(e);
}

void guard::unknown(std::string_view known) {
  tell(reconnect_event::kind::unknown);
  error why(errc::outcome_unknown,
            "the connection was lost, and whether it was carried out cannot be told: " + std::string(known));
  finish(why.set_command(name_).set_phase(phase::command).set_safe_to_retry(false));
}

void guard::resolved(std::unique_ptr<command> cmd, const status_response& as_if) {
  tell(reconnect_event::kind::resolved);
  auto ok = cmd->on_complete(as_if);
  finished_ = std::move(cmd);
  finish(ok ? error() : ok.error());
}

void guard::lost(bool sent, bool by_peer) noexcept {
  if (stage_ != stage::sending) return;
  sent_ = sent;
  by_peer_ = by_peer;
}

void guard::no_connection(const error& why) {
  const bool may_be_done = (stage_ == stage::sending && sent_) || stage_ == stage::looking;
  if (may_be_done) return unknown("no new connection (" + std::string(why.message()) + ")");
  finish(error(why).set_command(name_).set_safe_to_retry(true));
}

void arrival_guard::resume(operation_host& host, time_point now, bool same) {
  now_ = now;
  elsewhere_ = false;
  look_again_.reset();
  if (needs_mailbox() && !same) {
    if (stage_ != stage::recording && sent_) return unknown("the mailbox has other UIDs now, or cannot be selected");
    error why(errc::mailbox_changed, "the mailbox has other UIDs since the connection was lost; nothing was sent");
    return finish(why.set_command(name_));
  }
  if (stage_ == stage::recording) return record(host);
  if (stage_ == stage::looking) return look(host);
  settled_ = false;
  if (sent_ && !surely_incomplete()) return look(host);
  if (!can_send_again()) return finish(error(loss_).set_command(name_).set_safe_to_retry(true));
  tell(reconnect_event::kind::not_done);
  record(host);
}

void arrival_guard::on_time(operation_host& host, time_point now) {
  now_ = now;
  look_again_.reset();
  settled_ = true;
  look(host);
}

void arrival_guard::record(operation_host& host) {
  stage_ = stage::recording;
  run(host, std::make_unique<status>(target(), status_items().uidnext().uidvalidity()),
      [this](operation_host& h, completion& c) {
        if (c.failure.is_fatal()) return;
        learn(h, c);
        recorded(h);
      });
}

void arrival_guard::learn(operation_host&, completion& c) {
  uidnext_.reset();
  uidvalidity_.reset();
  target_missing_ = c.failure.code() == errc::no;
  if (c.failure) return;
  const auto found = static_cast<status&>(*c.cmd).take_result();
  if (found.uidnext) uidnext_ = static_cast<std::uint32_t>(*found.uidnext);
  if (found.uidvalidity) uidvalidity_ = static_cast<std::uint32_t>(*found.uidvalidity);
}

void arrival_guard::look(operation_host& host) {
  stage_ = stage::looking;
  arrived_.clear();
  gap_ = false;
  look_at_source(host);
}

void arrival_guard::look_at_target(operation_host& host) {
  run(host, std::make_unique<status>(target(), status_items().uidnext().uidvalidity()),
      [this](operation_host& h, completion& c) {
        if (c.failure.is_fatal()) return;
        if (c.failure) {
          if (target_missing_ && c.failure.code() == errc::no) return judge(h);
          return conclude_unknown(h, "the target mailbox cannot be looked at");
        }
        const auto now = static_cast<status&>(*c.cmd).take_result();
        if (!uidnext_ || !uidvalidity_) return conclude_unknown(h, "the target mailbox told no UIDNEXT before");
        if (now.uidvalidity != *uidvalidity_) return conclude_unknown(h, "the target mailbox has other UIDs now");
        if (!now.uidnext) return conclude_unknown(h, "the target mailbox tells no UIDNEXT");
        if (*now.uidnext == *uidnext_) return judge(h);
        open_target(h, static_cast<std::uint32_t>(*now.uidnext));
      });
}

void arrival_guard::open_target(operation_host& host, std::uint32_t uidnext_now) {
  const auto then = [this, uidnext_now](operation_host& h, completion& c) {
    if (c.failure.is_fatal()) return;
    if (c.failure) return conclude_unknown(h, "the target mailbox cannot be opened");
    fetch_arrivals(h, uidnext_now);
  };
  // NOOP: a server may show only what it has announced.
  if (around_.is_selected(target())) return run(host, std::make_unique<noop>(), then);
  elsewhere_ = true;
  run(host, std::make_unique<examine>(target()), then);
}

void arrival_guard::fetch_arrivals(operation_host& host, std::uint32_t uidnext_now) {
  fetch_items items;
  items.rfc822_size().header_fields("MESSAGE-ID", "DATE", "FROM", "SUBJECT");
  run(host, std::make_unique<fetch>(uid_set::from(*uidnext_), std::move(items)),
      [this, uidnext_now](operation_host& h, completion& c) {
        if (c.failure.is_fatal()) return;
        if (c.failure) return conclude_unknown(h, "what came into the target mailbox cannot be looked at");
        arrived_ = read(static_cast<fetch&>(*c.cmd).take_result());
        const auto below = std::count_if(arrived_.begin(), arrived_.end(),
                                         [uidnext_now](const arrival& a) { return a.uid < uidnext_now; });
        gap_ = static_cast<std::uint64_t>(below) < std::uint64_t{uidnext_now} - *uidnext_;
        judge(h);
      });
}

std::vector<arrival_guard::arrival> arrival_guard::read(const fetch_results& rows) {
  std::vector<arrival> out;
  for (const auto& row : rows) {
    const auto data = row.to_data();
    arrival a;
    a.uid = data.uid.value_or(0);
    a.size = data.rfc822_size.value_or(0);
    if (!data.sections.empty()) a.identity = data.sections.front().data.value_or("");
    if (a.uid != 0) out.push_back(std::move(a));
  }
  std::sort(out.begin(), out.end(), [](const arrival& a, const arrival& b) { return a.uid < b.uid; });
  return out;
}

uid_set arrival_guard::uids_of(const std::vector<arrival>& list) {
  uid_set out;
  for (const auto& a : list) out.insert(a.uid);
  return out;
}

bool arrival_guard::believe_absence(operation_host& host) {
  // The server closed the connection, so it is done with what it had received. Where we gave it up, it may be busy.
  if (by_peer_) return true;
  if (settled_) {
    conclude_unknown(host, "it had no effect so far, but the server may still be at work on it");
    return false;
  }
  go_back(host, [this](operation_host&) { look_again_ = now_ + around_.policy().settle_time(); });
  return false;
}

void arrival_guard::go_back(operation_host& host, std::function<void(operation_host&)> then) {
  if (!elsewhere_) return then(host);
  auto cmd = around_.reselect();
  // Nothing was selected before. After EXAMINE, CLOSE removes nothing (RFC 9051 section 6.4.1).
  if (!cmd) cmd = std::make_unique<close>();
  run(host, std::move(cmd), [this, then = std::move(then)](operation_host& h, completion& c) {
    if (c.failure.is_fatal()) return;
    elsewhere_ = static_cast<bool>(c.failure);
    then(h);
  });
}

void arrival_guard::send_again(operation_host& host) {
  if (!can_send_again()) {
    return go_back(host, [this](operation_host&) { finish(error(loss_).set_command(name_).set_safe_to_retry(true)); });
  }
  tell(reconnect_event::kind::not_done);
  go_back(host, [this](operation_host& h) { record(h); });
}

void arrival_guard::conclude(operation_host& host, status_response as_if) {
  as_if.kind = status_kind::ok;
  go_back(host, [this, as_if = std::move(as_if)](operation_host&) { resolved(fresh(), as_if); });
}

void arrival_guard::conclude_unknown(operation_host& host, std::string known) {
  go_back(host, [this, known = std::move(known)](operation_host&) { unknown(known); });
}

std::unique_ptr<guard> make_guard(guard_host& around, command& cmd) {
  if (const auto* a = dynamic_cast<const append*>(&cmd)) {
    if (a->message()) return std::make_unique<append_guard>(around, *a);
  } else if (const auto* c = dynamic_cast<const copy*>(&cmd)) {
    return std::make_unique<transfer_guard>(around, *c);
  } else if (const auto* m = dynamic_cast<const imapxx::v0::move*>(&cmd)) {
    return std::make_unique<transfer_guard>(around, *m);
  } else if (const auto* s = dynamic_cast<const store*>(&cmd)) {
    const bool by_uid = std::holds_alternative<uid_set>(s->messages());
    if (s->condition() && by_uid) return std::make_unique<store_guard>(around, *s);
  }
  return nullptr;
}

}  // namespace imapxx::inline v0::core
