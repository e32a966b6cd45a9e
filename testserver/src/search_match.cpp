#include "date_time.hpp"
#include "search_program.hpp"
#include "text.hpp"

#include <algorithm>

namespace imapxx::testserver::detail {

namespace {

using kind = search_key::kind;

std::int64_t day_of(std::int64_t seconds) {
  constexpr std::int64_t day = 86400;
  return seconds / day - (seconds % day < 0 ? 1 : 0);
}

/// Day of the Date field in its own zone, for RFC 3501 disregards time and zone; the epoch when there is none.
std::int64_t sent_day(const message_content& content) {
  const header_field* f = content.root().first_field("Date");
  auto date = f == nullptr ? std::nullopt : parse_header_date(f->value);
  return date ? day_of(date->seconds + date->zone_minutes * 60) : 0;
}

bool in_set(const search_key& key, const mailbox_view& view, std::uint32_t sequence) {
  const view_entry& e = view.entries[sequence - 1];
  if (key.set.saved()) return std::binary_search(view.saved.begin(), view.saved.end(), e.message->uid);
  if (key.what == kind::uid) return key.set.contains(e.message->uid, view.entries.back().message->uid);
  return key.set.contains(sequence, static_cast<std::uint32_t>(view.entries.size()));
}

bool date_matches(const search_key& key, const stored_message& m, std::int64_t now) {
  switch (key.what) {
    case kind::before: return day_of(m.date) < key.day;
    case kind::on: return day_of(m.date) == key.day;
    case kind::since: return day_of(m.date) >= key.day;
    case kind::sent_before: return sent_day(*m.content) < key.day;
    case kind::sent_on: return sent_day(*m.content) == key.day;
    case kind::sent_since: return sent_day(*m.content) >= key.day;
    case kind::older:
      return m.date <= now - static_cast<std::int64_t>(std::min<std::uint64_t>(key.number, 0xffffffffU));
    default: return m.date >= now - static_cast<std::int64_t>(std::min<std::uint64_t>(key.number, 0xffffffffU));
  }
}

bool message_matches(const search_key& key, const view_entry& e, std::int64_t now) {
  const stored_message& m = *e.message;
  switch (key.what) {
    case kind::flag_set: return (m.flags.bits & key.number) != 0;
    case kind::flag_unset: return (m.flags.bits & key.number) == 0;
    case kind::keyword: return m.flags.has_keyword(key.value);
    case kind::unkeyword: return !m.flags.has_keyword(key.value);
    case kind::recent: return e.recent;
    case kind::not_recent: return !e.recent;
    case kind::fresh: return e.recent && (m.flags.bits & flag::seen) == 0;
    case kind::larger: return m.content->raw().size() > key.number;
    case kind::smaller: return m.content->raw().size() < key.number;
    case kind::body: return m.content->body_contains(key.value);
    case kind::text: return m.content->text_contains(key.value);
    case kind::header: return m.content->header_contains(key.field, key.value, header_match::plain);
    case kind::header_key:
      return m.content->header_contains(key.field, key.value,
                                        key.field == "SUBJECT" ? header_match::single_spaced : header_match::addresses);
    case kind::modseq: return m.modseq >= key.number;
    default: return date_matches(key, m, now);
  }
}

}  // namespace

bool matches(const search_key& key, const mailbox_view& view, std::uint32_t sequence, std::int64_t now) {
  auto child = [&](const search_key& k) { return matches(k, view, sequence, now); };
  switch (key.what) {
    case kind::all_of: return std::all_of(key.children.begin(), key.children.end(), child);
    case kind::any_of: return std::any_of(key.children.begin(), key.children.end(), child);
    case kind::negated: return !child(key.children.front());
    case kind::everything: return true;
    case kind::sequence:
    case kind::uid: return in_set(key, view, sequence);
    default: return message_matches(key, view.entries[sequence - 1], now);
  }
}

}  // namespace imapxx::testserver::detail
