#include <imapxx/commands/copy_move.hpp>

#include "commands/support.hpp"

#include <algorithm>
#include <span>

namespace imapxx::inline v0 {
namespace {

std::uint64_t count(std::span<const number_range> ranges) noexcept {
  std::uint64_t n = 0;
  for (const auto& r : ranges) n += std::uint64_t{r.last} - r.first + 1;
  return n;
}

}  // namespace

std::optional<std::uint32_t> copy_result::destination_of(std::uint32_t source_uid) const noexcept {
  std::uint64_t at = 0;
  bool found = false;
  for (const auto& r : sources) {
    if (r.first <= source_uid && source_uid <= r.last) {
      at += source_uid - r.first;
      found = true;
      break;
    }
    at += std::uint64_t{r.last} - r.first + 1;
  }
  if (!found) return std::nullopt;
  for (const auto& r : destinations) {
    const std::uint64_t n = std::uint64_t{r.last} - r.first + 1;
    if (at < n) return static_cast<std::uint32_t>(r.first + at);
    at -= n;
  }
  return std::nullopt;
}

namespace detail {

copy_base::copy_base(const copy_base&) = default;
copy_base::copy_base(copy_base&&) noexcept = default;
copy_base& copy_base::operator=(const copy_base&) = default;
copy_base& copy_base::operator=(copy_base&&) noexcept = default;
copy_base::~copy_base() = default;

copy_base::copy_base(std::variant<uid_set, seq_set> set, mailbox_name destination)
    : set_(std::move(set)), destination_(std::move(destination)) {}

result<void> copy_base::check(const session_info&) const {
  if (auto ok = commands::check_set(set_); !ok) return ok;
  return commands::check_name(destination_);
}

command_scope copy_base::scope() const noexcept {
  command_scope s;
  std::visit([&s](const auto& set) { s.of(set); }, set_);
  return s;
}

std::size_t copy_base::split_uids(std::size_t line_octets, std::size_t most) {
  // Sequence numbers of the second part would no longer be those that the caller meant.
  if (by_uid()) parts_ = commands::split_set(set_, line_octets, most);
  return std::max<std::size_t>(parts_.size(), 1);
}

void copy_base::encode(wire::encoder& out) {
  out.raw(traits().name).sp();
  commands::encode_set(out, parts_.empty() ? set_ : parts_[part_]);
  out.sp().mailbox(destination_);
}

bool copy_base::learn(const response_code& c) {
  if (c.kind != code::copyuid) return false;
  // Empty sets, or sets of different sizes, pair nothing with nothing (quirks P-01, P-02).
  if (c.number == 0 || c.uids.empty() || count(c.uids) != count(c.source_uids)) return true;
  const auto uidvalidity = static_cast<std::uint32_t>(c.number);
  if (by_uid() && !commands::asks_for(set_, c.source_uids.front().first)) return false;  // another command's
  if (result_.uidvalidity != uidvalidity) result_ = copy_result();
  result_.uidvalidity = uidvalidity;
  result_.sources.insert(result_.sources.end(), c.source_uids.begin(), c.source_uids.end());
  result_.destinations.insert(result_.destinations.end(), c.uids.begin(), c.uids.end());
  return true;
}

// RFC 6851 section 4.3: MOVE sends COPYUID in an untagged OK, before the EXPUNGE responses.
bool copy_base::on_response(response& r) {
  const auto* s = std::get_if<status_response>(&r);
  return s != nullptr && s->kind == status_kind::ok && learn(s->code);
}

result<void> copy_base::on_complete(const status_response& status) {
  if (auto ok = command::on_complete(status); !ok) return ok;
  // Some servers send it in both places.
  const auto& known = result_.sources;
  const auto& told = status.code.source_uids;
  if (told.empty() || std::find(known.begin(), known.end(), told.front()) == known.end()) learn(status.code);
  return {};
}

}  // namespace detail

constexpr command_traits copy::traits_uid = command_traits("UID COPY", states::selected).answered_by(answer::copied);
constexpr command_traits copy::traits_seq =
    command_traits("COPY", states::selected).answered_by(answer::copied).sequence_numbers();
const command_traits& copy::traits() const noexcept { return by_uid() ? traits_uid : traits_seq; }

copy::copy(uid_set set, mailbox_name destination) : copy_base(std::move(set), std::move(destination)) {}
copy::copy(seq_set set, mailbox_name destination) : copy_base(std::move(set), std::move(destination)) {}

constexpr command_traits move::traits_uid =
    command_traits("UID MOVE", states::selected).needs("MOVE|IMAP4rev2").answered_by(answer::copied);
constexpr command_traits move::traits_seq =
    command_traits("MOVE", states::selected).needs("MOVE|IMAP4rev2").answered_by(answer::copied).sequence_numbers();
const command_traits& move::traits() const noexcept { return by_uid() ? traits_uid : traits_seq; }

move::move(uid_set set, mailbox_name destination) : copy_base(std::move(set), std::move(destination)) {}
move::move(seq_set set, mailbox_name destination) : copy_base(std::move(set), std::move(destination)) {}

}  // namespace imapxx::inline v0
