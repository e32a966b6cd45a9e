#include <imapxx/commands/idle.hpp>

namespace imapxx::inline v0 {

constexpr command_traits idle::traits_v = command_traits("IDLE", states::authenticated)
                                              .needs("IDLE|IMAP4rev2")
                                              .exclusive()
                                              .without_total_deadline()
                                              .in_phase(phase::idle)
                                              .repeatable<idle>();
const command_traits& idle::traits() const noexcept { return traits_v; }

idle::idle() = default;

void idle::encode(wire::encoder& out) { out.raw(traits_v.name); }

}  // namespace imapxx::inline v0
