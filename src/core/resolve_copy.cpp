#include "core/resolve_copy.hpp"

#include <imapxx/commands/fetch.hpp>
#include <imapxx/commands/search.hpp>

#include <algorithm>
#include <map>

namespace imapxx::inline v0::core {

transfer_guard::transfer_guard(guard_host& around, const detail::copy_base& cmd, bool moves)
    : arrival_guard(around, moves ? "UID MOVE" : "UID COPY"), moves_(moves), to_(cmd.destination()) {
  if (const auto* by_uid = std::get_if<uid_set>(&cmd.messages())) {
    uids_ = *by_uid;
  } else {
    seqs_ = std::get<seq_set>(cmd.messages());
  }
}

transfer_guard::transfer_guard(guard_host& around, const copy& cmd) : transfer_guard(around, cmd, false) {}
transfer_guard::transfer_guard(guard_host& around, const imapxx::v0::move& cmd) : transfer_guard(around, cmd, true) {}

std::unique_ptr<command> transfer_guard::fresh() const {
  if (moves_) return std::make_unique<imapxx::v0::move>(uids_, to_);
  return std::make_unique<copy>(uids_, to_);
}

void transfer_guard::start(operation_host& host, time_point now) {
  now_ = now;
  if (!seqs_) return record(host);
  // On another connection the same sequence numbers may be other messages.
  run(host, std::make_unique<uid_search>(search_key::seq(*seqs_)), [this](operation_host& h, completion& c) {
    if (c.failure.is_fatal()) return;
    if (c.failure) return finish(c.failure);
    uids_ = static_cast<uid_search&>(*c.cmd).take_result().numbers();
    if (uids_.empty()) return finish(error(errc::invalid_argument, "there are no such messages").set_command(name_));
    seqs_.reset();
    record(h);
  });
}

void transfer_guard::resume(operation_host& host, time_point now, bool same) {
  if (!seqs_) return arrival_guard::resume(host, now, same);
  error why(errc::mailbox_changed, "sequence numbers mean nothing after the connection was lost; nothing was sent");
  finish(why.set_command(name_));
}

void transfer_guard::recorded(operation_host& host) {
  if (sources_known_) return send(host);
  fetch_items items;
  items.rfc822_size().header_fields("MESSAGE-ID", "DATE", "FROM", "SUBJECT");
  run(host, std::make_unique<fetch>(uids_, std::move(items)), [this](operation_host& h, completion& c) {
    if (c.failure.is_fatal()) return;
    if (!c.failure) {
      sources_ = read(static_cast<fetch&>(*c.cmd).take_result());
      sources_known_ = true;
      // A set with `*` is these messages from now on.
      if (!sources_.empty()) uids_ = uids_of(sources_);
    }
    send(h);
  });
}

void transfer_guard::send(operation_host& host) {
  stage_ = stage::sending;
  sent_ = false;
  run(host, fresh(), [this](operation_host&, completion& c) {
    if (!c.failure.is_fatal()) return sent_at_last(c);
    loss_ = c.failure;
  });
}

void transfer_guard::sent_at_last(completion& c) {
  if (c.failure || pairs_.empty()) return finish(c.failure);
  const auto last = static_cast<detail::copy_base&>(*c.cmd).take_result();
  for (const auto& s : sources_) {
    if (const auto to = last.destination_of(s.uid)) pairs_.emplace_back(s.uid, *to);
  }
  const auto as_if = as_copyuid();
  resolved(fresh(), as_if);
}

void transfer_guard::look_at_source(operation_host& host) {
  left_ = uid_set();
  if (!moves_ || sources_.empty()) return look_at_target(host);
  run(host, std::make_unique<uid_search>(search_key::uid(uids_of(sources_))), [this](operation_host& h, completion& c) {
    if (c.failure.is_fatal()) return;
    if (c.failure) return conclude_unknown(h, "the mailbox cannot be searched for what is left in it");
    left_ = static_cast<uid_search&>(*c.cmd).take_result().numbers();
    look_at_target(h);
  });
}

void transfer_guard::weigh_copy(const group& g, verdict& v) const {
  if (g.arrived.size() > g.sources.size()) {
    v.doubt = "more messages like these arrived than were copied, with the UIDs " +
              uid_set::from_numbers(g.arrived).to_string();
    return;
  }
  for (std::size_t i = 0; i < g.sources.size(); ++i) {
    if (i < g.arrived.size()) {
      v.pairs.emplace_back(g.sources[i], g.arrived[i]);
    } else {
      v.remaining.insert(g.sources[i]);
    }
  }
}

void transfer_guard::weigh_move(const group& g, verdict& v) const {
  std::vector<std::uint32_t> gone;
  for (const auto uid : g.sources) {
    if (std::find(g.left.begin(), g.left.end(), uid) == g.left.end()) gone.push_back(uid);
  }
  if (g.arrived.size() > gone.size() && !g.left.empty()) {
    v.doubt =
        "messages are in both mailboxes, in the target with the UIDs " + uid_set::from_numbers(g.arrived).to_string();
    return;
  }
  for (const auto uid : g.left) v.remaining.insert(uid);
  if (g.arrived.size() < gone.size()) v.missing = true;
  // With more than ours, which is whose cannot be told; but ours are among them.
  if (g.arrived.size() != gone.size()) return;
  for (std::size_t i = 0; i < gone.size(); ++i) v.pairs.emplace_back(gone[i], g.arrived[i]);
}

transfer_guard::verdict transfer_guard::weigh() const {
  std::map<std::pair<std::uint64_t, std::string>, group> groups;
  for (const auto& s : sources_) {
    auto& g = groups[{s.size, s.identity}];
    g.sources.push_back(s.uid);
    if (left_.contains(s.uid)) g.left.push_back(s.uid);
  }
  for (const auto& a : arrived_) {
    if (const auto at = groups.find({a.size, a.identity}); at != groups.end()) at->second.arrived.push_back(a.uid);
  }
  verdict v;
  for (const auto& [what, g] : groups) {
    if (moves_) {
      weigh_move(g, v);
    } else {
      weigh_copy(g, v);
    }
  }
  if (moves_ && v.missing && gap_) v.doubt = "messages are in neither mailbox, and some came and have gone again";
  if (!moves_ && gap_ && !v.remaining.empty()) v.doubt = "messages arrived and have gone again";
  std::sort(v.pairs.begin(), v.pairs.end());
  return v;
}

void transfer_guard::judge(operation_host& host) {
  const bool nothing_came = arrived_.empty() && !gap_;
  if (!sources_known_) {
    if (moves_ || !nothing_came) return conclude_unknown(host, "what it was about could not be looked at before");
    if (believe_absence(host)) send_again(host);
    return;
  }
  auto v = weigh();
  if (!v.doubt.empty()) return conclude_unknown(host, v.doubt);
  if (!v.remaining.empty() && !believe_absence(host)) return;
  pairs_.insert(pairs_.end(), v.pairs.begin(), v.pairs.end());
  if (v.remaining.empty()) return conclude(host, as_copyuid());
  uids_ = v.remaining;
  std::erase_if(sources_, [&v](const arrival& s) { return !v.remaining.contains(s.uid); });
  send_again(host);
}

status_response transfer_guard::as_copyuid() {
  status_response s;
  if (pairs_.empty()) return s;
  s.code.kind = code::copyuid;
  s.code.number = uidvalidity_.value_or(0);
  for (const auto& [from, to] : pairs_) {
    // The command that is told of it must have asked for what earlier rounds did, too.
    uids_.insert(from);
    detail::append_range(s.code.source_uids, from, from);
    detail::append_range(s.code.uids, to, to);
  }
  return s;
}

}  // namespace imapxx::inline v0::core
