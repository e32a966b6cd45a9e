#include <imapxx/commands/idle.hpp>

namespace imapxx::inline v0 {

idle::idle() = default;

void idle::encode(wire::encoder& out) { out.raw(traits_v.name); }

}  // namespace imapxx::inline v0
