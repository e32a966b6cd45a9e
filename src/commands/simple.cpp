#include <imapxx/commands/simple.hpp>

#include "commands/support.hpp"

#include <variant>

namespace imapxx::inline v0 {

constexpr command_traits capability::traits_v = command_traits("CAPABILITY", states::any)
                                                    .answered_by(answer::capability)
                                                    .in_phase(phase::capability)
                                                    .repeatable<capability>();
const command_traits& capability::traits() const noexcept { return traits_v; }

capability::capability() = default;

void capability::encode(wire::encoder& out) { out.raw(traits_v.name); }

bool capability::on_response(response& r) {
  auto* c = std::get_if<capability_response>(&r);
  if (c == nullptr) return false;
  found_ = std::move(c->capabilities);
  return true;
}

result<void> capability::on_complete(const status_response& status) {
  if (auto ok = command::on_complete(status); !ok) return ok;
  if (found_.empty() && status.code.kind == code::capability) found_ = status.code.capabilities;
  if (found_.empty()) return commands::no_answer(traits_v.name, "a list of capabilities");
  return {};
}

constexpr command_traits noop::traits_v = command_traits("NOOP", states::any).repeatable<noop>();
const command_traits& noop::traits() const noexcept { return traits_v; }

noop::noop() = default;

void noop::encode(wire::encoder& out) { out.raw(traits_v.name); }

constexpr command_traits check::traits_v = command_traits("CHECK", states::selected).repeatable<check>();
const command_traits& check::traits() const noexcept { return traits_v; }

check::check() = default;

void check::encode(wire::encoder& out) { out.raw(traits_v.name); }

constexpr command_traits logout::traits_v = command_traits("LOGOUT", states::any).exclusive().in_phase(phase::logout);
const command_traits& logout::traits() const noexcept { return traits_v; }

logout::logout() = default;

void logout::encode(wire::encoder& out) { out.raw(traits_v.name); }

// Whatever stands here, the session is over, as the caller wanted (quirk I-12).
result<void> logout::on_complete(const status_response&) { return {}; }

}  // namespace imapxx::inline v0
