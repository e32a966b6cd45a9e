#include "core/mailbox_tracker.hpp"

#include <algorithm>

namespace imapxx::inline v0 {

bool mailbox_view::may_store(const flag& f) const noexcept {
  if (read_only) return false;
  if (!permanent_flags) return true;
  if (permanent_flags->contains(f)) return true;
  return !f.is_system() && permanent_flags->contains(flag("\\*"));
}

namespace core {

void mailbox_tracker::select_sent(const mailbox_name& name, bool read_only, bool already_selected) {
  next_ = mailbox_view();
  next_.name = name;
  next_.read_only = read_only;
  // Servers without [CLOSED] (RFC 9051 section 7.1) never send data of the old mailbox once they work on SELECT, which
  // runs alone (pipelining table).
  selecting_ = true;
  (void)already_selected;
}

void mailbox_tracker::select_done(bool ok, const status_response& status) {
  if (ok) {
    status_code(status.code);
    view_ = std::move(next_);
  } else if (status.kind == status_kind::no) {
    view_ = mailbox_view();
  }
  next_ = mailbox_view();
  selecting_ = false;
}

void mailbox_tracker::closed() { view_ = mailbox_view(); }

std::optional<mailbox_event> mailbox_tracker::exists(std::uint32_t count) {
  auto& v = current();
  const bool changed = v.exists != count;
  v.exists = count;
  if (track_uids_) {
    // A mailbox only shrinks by EXPUNGE; where a server says otherwise nothing that is known about UIDs can be kept.
    if (count < v.uids.size()) v.uids.assign(count, 0);
    v.uids.resize(count, 0);
  }
  if (selecting_ || !changed) return std::nullopt;
  mailbox_event e;
  e.what = mailbox_event::kind::exists;
  e.number = count;
  return e;
}

std::optional<mailbox_event> mailbox_tracker::recent(std::uint32_t count) {
  auto& v = current();
  const bool changed = v.recent != count;
  v.recent = count;
  if (selecting_ || !changed) return std::nullopt;
  mailbox_event e;
  e.what = mailbox_event::kind::recent;
  e.number = count;
  return e;
}

std::optional<mailbox_event> mailbox_tracker::expunge(std::uint32_t seq) {
  auto& v = current();
  if (seq == 0 || seq > v.exists) return std::nullopt;
  --v.exists;
  mailbox_event e;
  e.what = mailbox_event::kind::expunge;
  e.number = seq;
  if (track_uids_ && seq <= v.uids.size()) {
    const auto at = v.uids.begin() + (seq - 1);
    if (*at != 0) e.uid = *at;
    v.uids.erase(at);
  }
  return e;
}

std::optional<mailbox_event> mailbox_tracker::vanished(const uid_set& uids, bool earlier) {
  auto& v = current();
  if (!earlier) {
    if (track_uids_) std::erase_if(v.uids, [&](std::uint32_t u) { return u != 0 && uids.contains(u); });
    // RFC 7162 section 3.2.10: VANISHED without EARLIER reduces the count by the number of its UIDs.
    v.exists -= static_cast<std::uint32_t>(std::min<std::uint64_t>(uids.size(), v.exists));
  }
  mailbox_event e;
  e.what = mailbox_event::kind::vanished;
  e.uids = uids;
  return e;
}

void mailbox_tracker::flags(const flag_list& defined) { current().flags = defined; }

void mailbox_tracker::status_code(const response_code& c) {
  auto& v = current();
  const auto number = static_cast<std::uint32_t>(c.number);
  switch (c.kind) {
    case code::permanentflags: v.permanent_flags = c.flags; break;
    case code::uidvalidity: v.uidvalidity = number; break;
    case code::uidnext: v.uidnext = number; break;
    case code::unseen: v.unseen = number; break;
    case code::highestmodseq: v.highestmodseq = c.number; break;
    case code::nomodseq: v.highestmodseq.reset(); break;
    case code::read_only: v.read_only = true; break;
    case code::read_write: v.read_only = false; break;
    case code::uidnotsticky: v.uid_not_sticky = true; break;
    case code::objectid_mailbox:
      if (!c.strings.empty()) v.mailboxid = c.strings.front();
      break;
    case code::closed: view_ = mailbox_view(); break;
    default: break;
  }
}

void mailbox_tracker::fetched(const fetch_row& row) {
  if (!track_uids_) return;
  auto& v = current();
  const auto seq = row.seq();
  if (seq == 0 || seq > v.uids.size()) return;
  if (const auto uid = row.uid()) v.uids[seq - 1] = *uid;
}

}  // namespace core
}  // namespace imapxx::inline v0
