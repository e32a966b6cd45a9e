/// \file
/// STARTTLS.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>

namespace imapxx::inline v0 {

/// Asks for TLS. RFC 9051 section 6.2.1; requires STARTTLS; not authenticated state, without TLS yet. After its OK the
/// driver makes the handshake and calls `session::tls_started`. Errors: capability_required, wrong_state when TLS is on
/// already, no, bad.
class IMAPXX_API starttls final : public command {
 public:
  using result_type = void;
  static const command_traits traits_v;
  starttls();
  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  void encode(wire::encoder& out) override;
  void take_result() noexcept {}
};

}  // namespace imapxx::inline v0
