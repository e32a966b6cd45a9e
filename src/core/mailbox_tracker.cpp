#include "core/mailbox_tracker.hpp"

#include "base/ascii.hpp"
#include "base/swar.hpp"

#include <algorithm>
#include <utility>

namespace imapxx::inline v0::core {
namespace {

// Flags that are learnt from messages: more than people use, few enough to be searched for each keyword of each row.
constexpr std::size_t most_flags = 256;

}  // namespace

void mailbox_tracker::select_sent(const mailbox_name& name, bool read_only) {
  ++flags_forgotten_;
  next_ = std::make_unique<mailbox_view>();
  next_->name = name;
  next_->read_only = read_only;
}

void mailbox_tracker::restart() {
  ++flags_forgotten_;
  mailbox_view fresh;
  fresh.name = std::move(next_->name);
  fresh.read_only = next_->read_only;
  *next_ = std::move(fresh);
}

void mailbox_tracker::select_done(bool ok, const status_response& status) {
  ++flags_forgotten_;
  if (ok) {
    status_code(status.code);
    if (next_) view_ = std::move(*next_);
  } else if (status.kind == status_kind::no) {
    view_ = mailbox_view();
  }
  next_.reset();
}

void mailbox_tracker::closed() {
  ++flags_forgotten_;
  view_ = mailbox_view();
}

std::optional<mailbox_event> mailbox_tracker::exists(std::uint32_t count) {
  auto& v = current();
  const bool changed = v.exists != count;
  v.exists = count;
  if (track_uids_) {
    // A mailbox only shrinks by EXPUNGE; where a server says otherwise nothing that is known about UIDs can be kept.
    if (count < v.uids.size()) v.uids.assign_unknown(count);
    v.uids.grow(count);
  }
  if (next_ || !changed) return std::nullopt;
  mailbox_event e;
  e.what = mailbox_event::kind::exists;
  e.number = count;
  return e;
}

std::optional<mailbox_event> mailbox_tracker::recent(std::uint32_t count) {
  auto& v = current();
  const bool changed = v.recent != count;
  v.recent = count;
  if (next_ || !changed) return std::nullopt;
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
  if (const auto uid = v.uids[seq - 1]; uid != 0) e.uid = uid;
  v.uids.erase(seq - 1);
  return e;
}

std::optional<mailbox_event> mailbox_tracker::vanished(const uid_set& uids, bool earlier) {
  auto& v = current();
  if (!earlier) {
    v.uids.erase(uids);
    // RFC 7162 section 3.2.10: VANISHED without EARLIER reduces the count by the number of its UIDs.
    v.exists -= static_cast<std::uint32_t>(std::min<std::uint64_t>(uids.size(), v.exists));
  }
  mailbox_event e;
  e.what = mailbox_event::kind::vanished;
  e.uids = uids;
  return e;
}

void mailbox_tracker::flags(const flag_list& defined) {
  ++flags_forgotten_;
  current().flags = defined;
}

void mailbox_tracker::status_code(const response_code& c) {
  if (c.kind != code::closed) {
    (void)current().learn(c);
    return;
  }
  // RFC 9051 section 7.1: what came before was about the mailbox that was selected until now.
  closed();
  if (next_) restart();
}

void mailbox_tracker::learn_uid(const fetch_row& row) {
  if (row.seq() == 0) return;
  if (const auto uid = row.uid()) current().uids.set(row.seq() - 1, *uid);
}

namespace {

// Whether a name in the list begins without a backslash.
bool has_keyword(std::string_view list) noexcept {
  for (std::size_t at = 1; at < list.size(); ++at) {
    if (list[at] != '\\' && list[at] != ')' && list[at] != ' ') return true;
    at = base::find_first_of<' ', '('>(list, at);
  }
  return false;
}

}  // namespace

// Quirk S-07a: FLAGS need not name the keywords in use. No flag_list is made: rows come by the million, mostly without
// keywords.
void mailbox_tracker::learn_keywords(std::string_view list) {
  if (list.starts_with('(') && has_keyword(list)) insert_keywords(list);
}

void mailbox_tracker::insert_keywords(std::string_view list) {
  auto& known = current().flags;
  for (std::size_t at = 1; at < list.size();) {
    const auto end = base::find_first_of<' ', ')'>(list, at);
    const auto name = list.substr(at, end - at);
    at = end + 1;
    if (name.empty() || name.front() == '\\' || known.size() >= most_flags) continue;
    const bool is_new =
        std::none_of(known.begin(), known.end(), [name](const flag& f) { return base::iequals(f.name(), name); });
    if (is_new && !base::iequals(name, "NIL")) known.insert(flag(name));
  }
}

}  // namespace imapxx::inline v0::core
