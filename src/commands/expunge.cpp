#include <imapxx/commands/expunge.hpp>

#include "commands/support.hpp"

#include <algorithm>
#include <variant>

namespace imapxx::inline v0 {
namespace detail {

expunge_base::expunge_base() = default;

void expunge_base::prepare(const submit_context& context) { max_responses_ = context.limits.collected_responses; }

bool expunge_base::on_response(response& r) {
  const auto* e = std::get_if<expunge_response>(&r);
  auto* v = std::get_if<vanished_response>(&r);
  if (e == nullptr && (v == nullptr || v->earlier)) return false;
  if (failure_) return true;
  if (++responses_ > max_responses_) {
    failure_ = commands::over_limit("collected_responses", max_responses_);
    result_ = expunge_result();
  } else if (e != nullptr) {
    result_.sequence_numbers.push_back(e->seq);
  } else {
    result_.vanished |= v->uids;
  }
  return true;
}

result<void> expunge_base::on_complete(const status_response& status) {
  if (auto ok = command::on_complete(status); !ok) return ok;
  return failure_;
}

void expunge_base::abandon() noexcept { result_ = expunge_result(); }

}  // namespace detail

constexpr command_traits expunge::traits_v = command_traits("EXPUNGE", states::selected).answered_by(answer::expunge);
const command_traits& expunge::traits() const noexcept { return traits_v; }

expunge::expunge() = default;

void expunge::encode(wire::encoder& out) { out.raw(traits_v.name); }

constexpr command_traits uid_expunge::traits_v = command_traits("UID EXPUNGE", states::selected)
                                                     .needs("UIDPLUS|IMAP4rev2")
                                                     .answered_by(answer::expunge)
                                                     .repeatable<uid_expunge>();
const command_traits& uid_expunge::traits() const noexcept { return traits_v; }

uid_expunge::uid_expunge(const uid_expunge&) = default;
uid_expunge::uid_expunge(uid_expunge&&) noexcept = default;
uid_expunge& uid_expunge::operator=(const uid_expunge&) = default;
uid_expunge& uid_expunge::operator=(uid_expunge&&) noexcept = default;
uid_expunge::~uid_expunge() = default;

uid_expunge::uid_expunge(uid_set set) : set_(std::move(set)) {}

result<void> uid_expunge::check(const session_info&) const { return commands::check_set(set_); }

std::size_t uid_expunge::split(std::size_t line_octets, std::size_t most) {
  parts_ = commands::split_set(set_, line_octets, most);
  return std::max<std::size_t>(parts_.size(), 1);
}

void uid_expunge::encode(wire::encoder& out) {
  out.raw(traits_v.name).sp().set(parts_.empty() ? set_ : std::get<uid_set>(parts_[part_]));
}

}  // namespace imapxx::inline v0
