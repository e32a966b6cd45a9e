/// \file
/// The makers behind `make_mechanism`. Each gets credentials that were checked for what the mechanism needs.
#pragma once

#include <imapxx/result.hpp>
#include <imapxx/sasl.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace imapxx::inline v0::filter {

/// What policy needs to know about a mechanism.
class mechanism_traits {
 public:
  enum class needs : unsigned char { nothing, password, token };

  constexpr mechanism_traits(std::string_view n, needs s, bool plain, bool who, bool authz, bool listed) noexcept
      : name(n), secret_kind(s), sends_secret(plain), needs_user(who), takes_authzid(authz), automatic(listed) {}

  std::string_view name;
  needs secret_kind;
  bool sends_secret;
  bool needs_user;
  bool takes_authzid;
  bool automatic;  ///< used without being asked for
};

/// The LOGIN command as an entry of mechanism lists.
inline constexpr std::string_view login_command = "LOGIN-COMMAND";

/// The -PLUS forms of SCRAM, which prove that both ends see the same TLS connection (RFC 5802 section 6).
[[nodiscard]] inline bool binds_channel(std::string_view name) noexcept { return name.ends_with("-PLUS"); }

/// By upper-case name, `login_command` included; null: unknown.
[[nodiscard]] const mechanism_traits* find_mechanism(std::string_view name) noexcept;

[[nodiscard]] result<std::unique_ptr<sasl_mechanism>> make_gsasl_mechanism(const mechanism_traits& traits,
                                                                           const credentials& who,
                                                                           const sasl_context& context);
[[nodiscard]] result<std::unique_ptr<sasl_mechanism>> make_scram(const mechanism_traits& traits, const credentials& who,
                                                                 const sasl_context& context);
[[nodiscard]] result<std::unique_ptr<sasl_mechanism>> make_oauth(const mechanism_traits& traits, const credentials& who,
                                                                 const sasl_context& context);

/// An error of the phase `authenticate`.
[[nodiscard]] error sasl_error(errc code, std::string_view mechanism, std::string_view message);

}  // namespace imapxx::inline v0::filter
