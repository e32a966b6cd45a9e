#include "core/resolve_store.hpp"

#include <imapxx/commands/fetch.hpp>

#include <algorithm>

namespace imapxx::inline v0::core {

store_guard::store_guard(guard_host& around, const store& cmd) : guard(around, cmd.traits().name), cmd_(cmd) {}

void store_guard::start(operation_host& host, time_point) { send(host); }

void store_guard::send(operation_host& host) {
  stage_ = stage::sending;
  sent_ = false;
  run(host, std::make_unique<store>(cmd_), [this](operation_host&, completion& c) {
    if (!c.failure.is_fatal()) return finish(c.failure);
    loss_ = c.failure;
  });
}

void store_guard::resume(operation_host& host, time_point, bool same) {
  if (!same) {
    if (sent_) return unknown("the mailbox has other UIDs now, or cannot be selected");
    error why(errc::mailbox_changed, "the mailbox has other UIDs since the connection was lost; nothing was sent");
    return finish(why.set_command(name_));
  }
  if (stage_ == stage::looking || sent_) return look(host);
  tell(reconnect_event::kind::not_done);
  send(host);
}

bool store_guard::as_wanted(const flag_list& present) const {
  const auto& wanted = cmd_.wanted_flags();
  const auto has = [&](const flag& f) { return present.contains(f); };
  switch (cmd_.mode()) {
    case store_mode::add: return std::all_of(wanted.begin(), wanted.end(), has);
    case store_mode::remove: return std::none_of(wanted.begin(), wanted.end(), has);
    case store_mode::replace:
      return std::all_of(wanted.begin(), wanted.end(), has) &&
             std::all_of(present.begin(), present.end(),
                         [&](const flag& f) { return f == flag(flags::recent) || wanted.contains(f); });
  }
  return true;
}

void store_guard::look(operation_host& host) {
  stage_ = stage::looking;
  const auto& set = std::get<uid_set>(cmd_.messages());
  run(host, std::make_unique<fetch>(set, fetch_items().flags().modseq()), [this](operation_host& h, completion& c) {
    if (c.failure.is_fatal()) return;
    if (c.failure) return unknown("the flags cannot be looked at");
    const auto rows = static_cast<fetch&>(*c.cmd).take_result();
    uid_set doubtful;
    for (const auto& row : rows) {
      const auto present = row.flags();
      const bool later = row.modseq().value_or(UINT64_MAX) > cmd_.condition().value_or(0);
      if (later && (!present || as_wanted(*present)) && row.uid()) doubtful.insert(*row.uid());
    }
    if (!doubtful.empty()) {
      return unknown("the flags of the UIDs " + doubtful.to_string() +
                     " are as wanted, by this command or by somebody else");
    }
    // Whoever changed the others, it was not this command: the server will say so once more.
    if (!by_peer_) return unknown("it had no effect so far, but the server may still be at work on it");
    tell(reconnect_event::kind::not_done);
    send(h);
  });
}

}  // namespace imapxx::inline v0::core
