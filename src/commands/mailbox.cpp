#include <imapxx/commands/mailbox.hpp>

#include "commands/support.hpp"

#include <algorithm>
#include <utility>

namespace imapxx::inline v0 {
namespace detail {

mailbox_command::mailbox_command(mailbox_name name) : name_(std::move(name)) {}

result<void> mailbox_command::check(const session_info&) const { return commands::check_name(name_); }

void mailbox_command::encode(wire::encoder& out) { out.raw(traits().name).sp().mailbox(name_); }

}  // namespace detail

constexpr command_traits create::traits_v = command_traits("CREATE", states::authenticated);
const command_traits& create::traits() const noexcept { return traits_v; }

create::create(mailbox_name name) : name_(std::move(name)) {}

create& create::use(flag attribute) {
  uses_.insert(std::move(attribute));
  return *this;
}

result<void> create::check(const session_info& info) const {
  if (auto ok = commands::check_name(name_); !ok) return ok;
  if (uses_.empty()) return {};
  const bool valid =
      std::all_of(uses_.begin(), uses_.end(), [](const flag& f) { return f.is_system() && f.is_valid(); });
  if (!valid) return error(errc::invalid_argument, "a special use is written \\Name");
  return commands::require(info, "CREATE-SPECIAL-USE", "creating a mailbox with a special use");
}

// create = "CREATE" SP mailbox [SP "(USE " "(" [use-attr *(SP use-attr)] ")" ")"] (RFC 6154 section 6)
void create::encode(wire::encoder& out) {
  out.raw(traits_v.name).sp().mailbox(name_);
  if (!uses_.empty()) out.raw(" (USE ").flags(uses_).raw(")");
}

result<void> create::on_complete(const status_response& status) {
  if (auto ok = command::on_complete(status); !ok) return ok;
  if (status.code.kind == code::objectid_mailbox && !status.code.strings.empty()) id_ = status.code.strings.front();
  return {};
}

constexpr command_traits delete_mailbox::traits_v = command_traits("DELETE", states::authenticated);
const command_traits& delete_mailbox::traits() const noexcept { return traits_v; }

delete_mailbox::delete_mailbox(mailbox_name name) : mailbox_command(std::move(name)) {}

result<void> delete_mailbox::check(const session_info& info) const {
  if (name_.is_inbox()) return error(errc::invalid_argument, "INBOX cannot be deleted");  // RFC 9051 section 6.3.5
  return mailbox_command::check(info);
}

constexpr command_traits rename::traits_v = command_traits("RENAME", states::authenticated);
const command_traits& rename::traits() const noexcept { return traits_v; }

rename::rename(mailbox_name from, mailbox_name to) : from_(std::move(from)), to_(std::move(to)) {}

result<void> rename::check(const session_info&) const {
  if (auto ok = commands::check_name(from_); !ok) return ok;
  return commands::check_name(to_);
}

void rename::encode(wire::encoder& out) { out.raw(traits_v.name).sp().mailbox(from_).sp().mailbox(to_); }

constexpr command_traits subscribe::traits_v =
    command_traits("SUBSCRIBE", states::authenticated).repeatable<subscribe>();
const command_traits& subscribe::traits() const noexcept { return traits_v; }

subscribe::subscribe(mailbox_name name) : mailbox_command(std::move(name)) {}
constexpr command_traits unsubscribe::traits_v =
    command_traits("UNSUBSCRIBE", states::authenticated).repeatable<unsubscribe>();
const command_traits& unsubscribe::traits() const noexcept { return traits_v; }

unsubscribe::unsubscribe(mailbox_name name) : mailbox_command(std::move(name)) {}

}  // namespace imapxx::inline v0
