#include "codec/fetch.hpp"

#include <imapxx/commands/fetch.hpp>

#include "base/ascii.hpp"
#include "codec/cut.hpp"
#include "commands/support.hpp"

#include <algorithm>
#include <limits>

namespace imapxx::inline v0 {
namespace {

// One bit of a 32-bit mask for each item asked for. Beyond that, items share a bit, and another that never comes keeps
// rows open for more pieces.
constexpr std::uint32_t shared_bit = 1U << 30U;
constexpr std::uint32_t never_bit = 1U << 31U;
constexpr std::size_t own_bits = 30;
// Names of sections that are remembered with their meaning: more than any reasonable command asks for.
constexpr std::size_t max_known_names = 64;

std::uint32_t bit_for(std::size_t index) noexcept { return index < own_bits ? 1U << index : shared_bit; }

constexpr std::size_t index_of(fetch_item kind) noexcept { return static_cast<std::size_t>(kind); }

// What servers tell of messages without being asked.
bool is_volunteered(fetch_item kind) noexcept {
  return kind == fetch_item::uid || kind == fetch_item::flags || kind == fetch_item::modseq;
}

constexpr auto with_section = codec::section_kinds | codec::bits_of({fetch_item::binary_size});
// Those whose name says more than their kind.
constexpr auto told_by_name = with_section | codec::bits_of({fetch_item::other});

constexpr bool has_section(fetch_item kind) noexcept { return (with_section & codec::bits_of({kind})) != 0; }
constexpr bool is_told_by_name(fetch_item kind) noexcept { return (told_by_name & codec::bits_of({kind})) != 0; }

}  // namespace

constexpr command_traits fetch::traits_uid =
    command_traits("UID FETCH", states::selected).answered_by(answer::fetch).repeatable<fetch>();
constexpr command_traits fetch::traits_seq = command_traits("FETCH", states::selected)
                                                 .answered_by(answer::fetch)
                                                 .sequence_numbers()
                                                 .no_expunge()
                                                 .repeatable<fetch>();
constexpr command_traits fetch::traits_uid_to_sink = command_traits(traits_uid).without_total_deadline();
constexpr command_traits fetch::traits_seq_to_sink = command_traits(traits_seq).without_total_deadline();

fetch::fetch(const fetch&) = default;
fetch::fetch(fetch&&) noexcept = default;
fetch& fetch::operator=(const fetch&) = default;
fetch& fetch::operator=(fetch&&) noexcept = default;
fetch::~fetch() = default;

fetch::fetch(uid_set set, fetch_items items) : set_(std::move(set)), items_(std::move(items)) {
  // RFC 9051 section 6.4.9: the UID comes in any case; asked for, it comes first.
  if (!items_.empty()) items_.uid();
}

fetch::fetch(seq_set set, fetch_items items) : set_(std::move(set)), items_(std::move(items)) {}

fetch& fetch::changed_since(std::uint64_t modseq) {
  changed_since_ = modseq;
  return *this;
}

fetch& fetch::to(std::shared_ptr<body_sink> sink) {
  sink_ = std::move(sink);
  return *this;
}

const command_traits& fetch::traits() const noexcept {
  if (by_uid()) return sink_ ? traits_uid_to_sink : traits_uid;
  return sink_ ? traits_seq_to_sink : traits_seq;
}

result<void> fetch::check(const session_info& info) const {
  if (auto ok = commands::check_set(set_); !ok) return ok;
  if (auto ok = items_.check(info); !ok) return ok;
  if (!changed_since_) return {};
  // RFC 7162 section 7: mod-sequence-value, 1 ... 2^63-1; servers fail on 0 (quirk S-24).
  if (*changed_since_ == 0 || *changed_since_ > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return error(errc::invalid_argument, "CHANGEDSINCE takes 1 ... 2^63-1");
  }
  return commands::require(info, "CONDSTORE|QRESYNC", "CHANGEDSINCE");
}

void fetch::prepare(const submit_context& context) {
  max_rows_ = context.limits.collected_responses;
  max_octets_ = context.limits.collected_octets;
  learn_items();
  const auto& range = std::visit([](const auto& s) { return s.ranges().front(); }, set_);  // `check` was there before
  first_ = range.first;
  last_ = range.last;
  rows_.expect(all_, by_uid(), context.limits.nesting);
}

command_scope fetch::scope() const noexcept {
  command_scope s;
  std::visit([&s](const auto& set) { s.of(set); }, set_);
  const bool seen = items_.sets_seen();
  return s.asking(items_)
      .with_flags(items_.has(fetch_item::flags) || items_.has(fetch_item::modseq) || changed_since_)
      .changing_flags(seen)
      .reading(!seen);
}

std::size_t fetch::split(std::size_t line_octets, std::size_t most) {
  parts_ = commands::split_set(set_, line_octets, most);
  return std::max<std::size_t>(parts_.size(), 1);
}

// Gives each item its bit. UID decides nothing, unless nothing else was asked for: any update may carry it.
void fetch::learn_items() {
  const auto& entries = items_.entries();
  all_ = decisive_ = 0;
  last_kinds_ = last_carried_ = 0;
  bit_of_.fill(0);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto bit = bit_for(i);
    all_ |= bit;
    if (entries[i].kind != fetch_item::uid) decisive_ |= bit;
    if (!is_told_by_name(entries[i].kind)) bit_of_[index_of(entries[i].kind)] = bit;
  }
  if ((all_ & shared_bit) != 0) all_ |= never_bit;
  if (decisive_ == 0) decisive_ = all_;
}

// fetch = "FETCH" SP sequence-set SP ("ALL" / ... / "(" fetch-att *(SP fetch-att) ")") [fetch-modifiers]
void fetch::encode(wire::encoder& out) {
  out.raw(traits().name).sp();
  commands::encode_set(out, parts_.empty() ? set_ : parts_[part_]);
  out.sp();
  items_.encode(out);
  if (changed_since_) out.raw(" (CHANGEDSINCE ").number(*changed_since_).raw(")");
}

std::uint32_t fetch::carried_sections(const fetch_row::item& i) const {
  const auto known =
      std::find_if(known_names_.begin(), known_names_.end(), [&i](const auto& k) { return k.first == i.name; });
  if (known != known_names_.end()) return known->second;
  std::uint32_t bits = 0;
  const auto came = codec::section_of(i.kind, i.name);
  const auto& entries = items_.entries();
  for (std::size_t n = 0; n < entries.size(); ++n) {
    const auto& e = entries[n];
    const bool same = i.kind == fetch_item::other ? e.kind == i.kind && base::iequals(e.name, i.name)
                                                  : came && has_section(e.kind) && e.section.matches(*came);
    if (same) bits |= bit_for(n);
  }
  if (known_names_.size() < max_known_names) known_names_.emplace_back(i.name, bits);
  return bits;
}

std::uint32_t fetch::carried(const fetch_row& row) const {
  const auto kinds = row.kinds();
  if (kinds == last_kinds_) return last_carried_;
  std::uint32_t have = 0;
  for (const auto& i : row.items()) {
    have |= is_told_by_name(i.kind) ? carried_sections(i) : bit_of_[index_of(i.kind)];
  }
  if ((kinds & told_by_name) == 0) {
    last_kinds_ = kinds;
    last_carried_ = have;
  }
  return have;
}

bool fetch::is_mine(const fetch_row& row, std::uint32_t uid, std::uint32_t have) const {
  if ((have & decisive_) == 0) {
    // A first piece that names the message and nothing else.
    return by_uid() && uid != 0 && row.items().size() == 1 && commands::asks_for(set_, uid);
  }
  if (const auto number = by_uid() ? uid : row.seq(); number != 0 || !by_uid())
    return (first_ <= number && number <= last_) || commands::asks_for(set_, number);
  // Without its UID (quirk F-06): a further piece of a message that is known, or data that servers do not volunteer.
  if (rows_.has_incomplete(row.seq())) return true;
  return std::any_of(row.items().begin(), row.items().end(), [](const auto& i) { return !is_volunteered(i.kind); });
}

bool fetch::claims(const fetch_row& row) const {
  const auto uid = row.uid().value_or(0);
  // Of the same items as the row before, and in the middle of the set: the way of a million rows.
  const auto number = by_uid() ? uid : row.seq();
  if (row.kinds() == last_kinds_ && (last_carried_ & decisive_) != 0 && first_ <= number && number <= last_)
    return true;
  return is_mine(row, uid, carried(row));
}

bool fetch::on_fetch(const fetch_row& row) {
  const auto uid = row.uid().value_or(0);
  const bool as_before = row.kinds() == last_kinds_;
  const auto have = as_before ? last_carried_ : carried(row);
  const auto number = by_uid() ? uid : row.seq();
  const bool inside = as_before && (have & decisive_) != 0 && first_ <= number && number <= last_;  // as in `claims`
  if (!inside && !is_mine(row, uid, have)) return false;
  if (failure_) return true;
  const auto text = row.text();
  const bool too_many = ++row_count_ > max_rows_;
  if (too_many || text.size() > max_octets_ || rows_.octets() > max_octets_ - text.size() ||
      text.size() > std::numeric_limits<std::uint32_t>::max() / 4) {
    failure_ = too_many ? commands::over_limit("collected_responses", max_rows_)
                        : commands::over_limit("collected_octets", max_octets_);
    rows_.clear();
    return true;
  }
  return rows_.add(row, have);
}

body_sink* fetch::on_body(const body_info& info) { return wants_section(info) ? sink_.get() : nullptr; }

bool fetch::wants_section(const body_info& info) const noexcept {
  if (by_uid() ? info.uid && !commands::asks_for(set_, *info.uid) : !commands::asks_for(set_, info.seq)) return false;
  const auto& entries = items_.entries();
  return std::any_of(entries.begin(), entries.end(),
                     [&info](const auto& e) { return has_section(e.kind) && e.section.matches(info.section); });
}

result<void> fetch::on_complete(const status_response& status) {
  rows_.finish();
  if (auto ok = command::on_complete(status); !ok) return ok;
  return failure_;
}

void fetch::abandon() noexcept {
  sink_.reset();
  rows_.clear();
}

}  // namespace imapxx::inline v0
