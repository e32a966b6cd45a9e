/// \file
/// LOGIN and AUTHENTICATE.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>
#include <imapxx/sasl.hpp>
#include <imapxx/secret.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace imapxx::inline v0 {

/// Logs in with a name and a password in the clear. RFC 9051 section 6.2.3; not authenticated state, TLS unless allowed
/// otherwise. Arguments are hidden from traces. Errors: login_disabled while the server says LOGINDISABLED,
/// plaintext_refused without TLS, invalid_argument (NUL in an argument), no (AUTHENTICATIONFAILED, UNAVAILABLE ...),
/// bad.
class IMAPXX_API login final : public command {
 public:
  using result_type = void;
  static const command_traits traits_v;
  login(std::string_view user, secret password);
  /// Sends the password even though the session is not protected by TLS.
  login& allow_plaintext(bool allow = true);

  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  void encode(wire::encoder& out) override;
  result<void> on_complete(const status_response& status) override;
  void take_result() noexcept {}

 private:
  std::string user_;
  secret password_;
  bool allow_plaintext_ = false;
};

/// Logs in with a SASL mechanism. RFC 9051 section 6.2.2, RFC 4422, RFC 4959; not authenticated state. The mechanism's
/// first message goes with the command when the server offers SASL-IR. A challenge that is no base64, one too many, or
/// one that the mechanism refuses ends the exchange with `*` and makes the command fail; so does a mechanism that is
/// not satisfied at the tagged OK, and then the session must not be used. Errors: plaintext_refused, no_mechanism (no
/// mechanism given), authentication_failed, limit_exceeded (sasl_steps), no, bad.
class IMAPXX_API authenticate final : public command {
 public:
  using result_type = void;
  static const command_traits traits_v;
  explicit authenticate(std::unique_ptr<sasl_mechanism> mechanism);
  /// Never sends the first message with the command, although the server offers SASL-IR: for servers that fail on it.
  authenticate& initial_response(bool when_offered);
  /// The server is known to take the first message with the command, although it has not said so on this connection.
  authenticate& takes_initial_response(bool known = true);
  /// Lets a mechanism that sends the secret itself (PLAIN, LOGIN, tokens) do so without TLS.
  authenticate& allow_plaintext(bool allow = true);

  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  void prepare(const submit_context& context) override;
  void encode(wire::encoder& out) override;
  result<std::optional<secret>> on_continuation(std::string_view text) override;
  result<void> on_complete(const status_response& status) override;
  void abandon() noexcept override;
  void take_result() noexcept {}
  /// What the server said of a failure inside the exchange (the JSON of OAUTHBEARER and XOAUTH2); untrusted.
  [[nodiscard]] std::string server_error() const;

 private:
  secret cancel(error why);
  std::unique_ptr<sasl_mechanism> mechanism_;
  error failure_;
  std::size_t max_steps_ = limits().sasl_steps;
  std::size_t steps_ = 0;
  bool with_first_ = true;
  bool known_first_ = false;
  bool send_first_ = false;
  bool spoke_ = false;
  bool cancelled_ = false;
  bool allow_plaintext_ = false;
};

}  // namespace imapxx::inline v0
