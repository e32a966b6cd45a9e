#include <imapxx/commands/store.hpp>

#include "commands/support.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

namespace imapxx::inline v0 {

uid_set store_result::modified_uids() const {
  auto set = uid_set::try_parse(modified);
  return set ? *std::move(set) : uid_set();
}

seq_set store_result::modified_seqs() const {
  auto set = seq_set::try_parse(modified);
  return set ? *std::move(set) : seq_set();
}

constexpr command_traits store::traits_uid =
    command_traits("UID STORE", states::selected).answered_by(answer::fetch).repeatable<store>();
constexpr command_traits store::traits_seq =
    command_traits("STORE", states::selected).answered_by(answer::fetch).sequence_numbers().no_expunge();

store::store(const store&) = default;
store::store(store&&) noexcept = default;
store& store::operator=(const store&) = default;
store& store::operator=(store&&) noexcept = default;
store::~store() = default;

store::store(uid_set set, store_mode mode, flag_list flags)
    : set_(std::move(set)), flags_(std::move(flags)), mode_(mode) {}
store::store(seq_set set, store_mode mode, flag_list flags)
    : set_(std::move(set)), flags_(std::move(flags)), mode_(mode) {}

store& store::silent(bool on) {
  silent_ = on;
  return *this;
}

store& store::unchanged_since(std::uint64_t modseq) {
  unchanged_since_ = modseq;
  return *this;
}

const command_traits& store::traits() const noexcept {
  return std::holds_alternative<uid_set>(set_) ? traits_uid : traits_seq;
}

result<void> store::check(const session_info& info) const {
  if (auto ok = commands::check_set(set_); !ok) return ok;
  if (auto ok = commands::check_flags(flags_); !ok) return ok;
  if (flags_.empty() && mode_ != store_mode::replace) {
    return error(errc::invalid_argument, "STORE would add or remove no flag");  // BAD on some servers (quirk P-17)
  }
  if (!unchanged_since_) return {};
  // RFC 7162 section 7: mod-sequence-valzer
  if (*unchanged_since_ > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return error(errc::invalid_argument, "UNCHANGEDSINCE takes 0 ... 2^63-1");
  }
  return commands::require(info, "CONDSTORE|QRESYNC", "UNCHANGEDSINCE");
}

void store::prepare(const submit_context& context) {
  max_rows_ = context.limits.collected_responses;
  max_octets_ = context.limits.collected_octets;
}

command_scope store::scope() const noexcept {
  command_scope s;
  std::visit([&s](const auto& set) { s.of(set); }, set_);
  return s.with_flags().changing_flags();
}

std::size_t store::split(std::size_t line_octets, std::size_t most) {
  parts_ = commands::split_set(set_, line_octets, most);
  return std::max<std::size_t>(parts_.size(), 1);
}

// store = "STORE" SP sequence-set [store-modifiers] SP store-att-flags
void store::encode(wire::encoder& out) {
  out.raw(traits().name).sp();
  commands::encode_set(out, parts_.empty() ? set_ : parts_[part_]);
  if (unchanged_since_) out.raw(" (UNCHANGEDSINCE ").number(*unchanged_since_).raw(")");
  out.raw(mode_ == store_mode::add ? " +FLAGS" : mode_ == store_mode::remove ? " -FLAGS" : " FLAGS");
  out.raw(silent_ ? ".SILENT " : " ").flags(flags_);
}

// Under CONDSTORE the answer to a silent STORE holds the mod-sequence alone (RFC 7162 section 3.1.3).
bool store::claims(const fetch_row& row) const noexcept {
  if (!row.has(fetch_item::flags) && !row.has(fetch_item::modseq)) return false;
  for (const auto& i : row.items()) {
    if (i.kind != fetch_item::uid && i.kind != fetch_item::flags && i.kind != fetch_item::modseq) return false;
  }
  if (std::holds_alternative<seq_set>(set_)) return commands::asks_for(set_, row.seq());
  const auto uid = row.uid();
  return uid && commands::asks_for(set_, *uid);
}

bool store::on_fetch(const fetch_row& row) {
  if (!claims(row)) return false;
  if (failure_) return true;
  octets_ += sizeof(stored_flags) + 2 * row.text().size();
  if (result_.messages.size() >= max_rows_ || octets_ > max_octets_) {
    failure_ = result_.messages.size() >= max_rows_ ? commands::over_limit("collected_responses", max_rows_)
                                                    : commands::over_limit("collected_octets", max_octets_);
    result_.messages = {};
    return true;
  }
  auto& m = result_.messages.emplace_back();
  m.seq = row.seq();
  m.uid = row.uid();
  m.modseq = row.modseq();
  if (auto f = row.flags()) m.flags = std::move(*f);
  return true;
}

result<void> store::on_complete(const status_response& status) {
  if (status.code.kind == code::modified) {
    if (!result_.modified.empty()) result_.modified += ',';
    result_.modified += status.code.modified;
  }
  // Servers answer a conditional STORE that changed only some with OK or with NO (quirk P-18).
  const bool partly = unchanged_since_ && status.kind == status_kind::no && status.code.kind == code::modified;
  if (auto ok = command::on_complete(status); !ok && !partly) return ok;
  return failure_;
}

void store::abandon() noexcept { result_ = store_result(); }

}  // namespace imapxx::inline v0
