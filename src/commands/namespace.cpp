#include <imapxx/commands/namespace.hpp>

#include "commands/support.hpp"

#include <variant>

namespace imapxx::inline v0 {

constexpr command_traits namespace_list::traits_v = command_traits("NAMESPACE", states::authenticated)
                                                        .needs("NAMESPACE|IMAP4rev2")
                                                        .answered_by(answer::names)
                                                        .reads()
                                                        .repeatable<namespace_list>();
const command_traits& namespace_list::traits() const noexcept { return traits_v; }

namespace_list::namespace_list() = default;

void namespace_list::encode(wire::encoder& out) { out.raw(traits_v.name); }

bool namespace_list::on_response(response& r) {
  auto* n = std::get_if<namespace_response>(&r);
  if (n == nullptr) return false;
  found_ = std::move(n->value);
  answered_ = true;
  return true;
}

result<void> namespace_list::on_complete(const status_response& status) {
  if (auto ok = command::on_complete(status); !ok) return ok;
  if (!answered_) return commands::no_answer(traits_v.name, "a NAMESPACE response");
  return {};
}

}  // namespace imapxx::inline v0
