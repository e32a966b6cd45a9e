#include <imapxx/commands/enable.hpp>

#include <algorithm>
#include <variant>

namespace imapxx::inline v0 {

constexpr command_traits enable::traits_v = command_traits("ENABLE", states::authenticated)
                                                .needs("ENABLE|IMAP4rev2")
                                                .answered_by(answer::enabled)
                                                .repeatable<enable>();
const command_traits& enable::traits() const noexcept { return traits_v; }

enable::enable(std::vector<std::string> names) : names_(std::move(names)) {}

result<void> enable::check(const session_info&) const {
  if (names_.empty()) return error(errc::invalid_argument, "ENABLE needs the name of an extension");
  if (!std::all_of(names_.begin(), names_.end(), [](const std::string& n) { return wire::is_atom(n); })) {
    return error(errc::invalid_argument, "the name of an extension is no atom");
  }
  return {};
}

// enable = "ENABLE" 1*(SP capability)
void enable::encode(wire::encoder& out) {
  out.raw(traits_v.name);
  for (const auto& n : names_) out.sp().atom(n);
}

bool enable::on_response(response& r) {
  auto* e = std::get_if<enabled_response>(&r);
  if (e == nullptr) return false;
  for (const auto& n : e->capabilities.names()) enabled_.insert(n);
  return true;
}

}  // namespace imapxx::inline v0
