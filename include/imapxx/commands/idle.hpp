/// \file
/// IDLE.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>

namespace imapxx::inline v0 {

/// Lets the server tell what is new, until `session::end_idle`. RFC 9051 section 6.3.13, RFC 2177; requires IDLE or
/// IMAP4rev2; authenticated or selected state: without a mailbox some servers refuse it (quirk I-07), and others never
/// tell anything. The session writes DONE, and ends an IDLE by itself when another command is submitted. Some servers
/// complete it unasked. Errors: capability_required, no, bad.
class IMAPXX_API idle final : public command {
 public:
  using result_type = void;
  static const command_traits traits_v;
  idle();
  [[nodiscard]] const command_traits& traits() const noexcept override;
  void encode(wire::encoder& out) override;
  void take_result() noexcept {}
};

}  // namespace imapxx::inline v0
