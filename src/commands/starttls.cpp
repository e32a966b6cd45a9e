#include <imapxx/commands/starttls.hpp>

namespace imapxx::inline v0 {

constexpr command_traits starttls::traits_v =
    command_traits("STARTTLS", states::not_authenticated).needs("STARTTLS").exclusive().in_phase(phase::starttls);
const command_traits& starttls::traits() const noexcept { return traits_v; }

starttls::starttls() = default;

result<void> starttls::check(const session_info& info) const {
  if (info.tls) return error(errc::wrong_state, "TLS is on already");
  return {};
}

void starttls::encode(wire::encoder& out) { out.raw(traits_v.name); }

}  // namespace imapxx::inline v0
