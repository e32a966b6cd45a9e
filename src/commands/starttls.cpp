#include <imapxx/commands/starttls.hpp>

namespace imapxx::inline v0 {

starttls::starttls() = default;

result<void> starttls::check(const session_info& info) const {
  if (info.tls) return error(errc::wrong_state, "TLS is on already");
  return {};
}

void starttls::encode(wire::encoder& out) { out.raw(traits_v.name); }

}  // namespace imapxx::inline v0
