/// \file
/// SASL mechanisms for AUTHENTICATE (RFC 9051 section 6.2.2, RFC 4422).
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/limits.hpp>
#include <imapxx/result.hpp>
#include <imapxx/secret.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0 {

/// One authentication exchange. A mechanism object serves one exchange; applications may write their own. All data is
/// decoded (no base64). Called by the session on the thread that drives the connection.
class IMAPXX_API sasl_mechanism {
 public:
  virtual ~sasl_mechanism() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;  ///< upper case: "SCRAM-SHA-256"
  /// Whether the client speaks first, so that SASL-IR (RFC 4959) saves a round trip.
  [[nodiscard]] virtual bool client_first() const = 0;
  /// Whether the secret itself crosses the wire (PLAIN, LOGIN, OAUTHBEARER): then TLS is required unless the caller
  /// allowed otherwise.
  [[nodiscard]] virtual bool sends_secret() const = 0;
  /// Answers a challenge; the first call of a client-first mechanism gets an empty one. An error cancels the exchange
  /// (`*`).
  virtual result<secret> step(std::string_view challenge) = 0;
  /// Called at the tagged OK (after `step` of what the OK may carry): an error refuses the log-in, because the server
  /// never proved that it knows the password (SCRAM), or said OK before the exchange was over.
  virtual result<void> finish() = 0;
  /// What the server said of a failure inside the exchange (the JSON of OAUTHBEARER and XOAUTH2, the error of SCRAM),
  /// if anything. Untrusted.
  [[nodiscard]] virtual std::string server_error() const { return {}; }
};

/// Who logs in, and with which secrets. Copyable; secrets are zeroed when the last copy goes. Not an aggregate.
class IMAPXX_API credentials {
 public:
  credentials();
  credentials(std::string_view user, secret password);
  /// OAuth 2.0: the token for XOAUTH2 and OAUTHBEARER.
  [[nodiscard]] static credentials with_token(std::string_view user, secret token);

  credentials& user(std::string_view name);
  credentials& password(secret p);
  credentials& token(secret t);
  credentials& authorize_as(std::string_view authorization_identity);  ///< SASL authzid, to act for another user
  /// Only these mechanisms, in this order; "LOGIN-COMMAND" stands for the LOGIN command. Empty: the library's order
  /// (strongest first).
  credentials& mechanisms(std::vector<std::string> names);
  template <class... M>
  credentials& mechanism(const M&... names) {
    return mechanisms(std::vector<std::string>{std::string(names)...});
  }
  /// Allows PLAIN, LOGIN and tokens without TLS. Default: refused with `errc::plaintext_refused`.
  credentials& allow_plaintext(bool allow = true);

  [[nodiscard]] const std::string& user() const noexcept { return user_; }
  [[nodiscard]] const secret& password() const noexcept { return password_; }
  [[nodiscard]] const secret& token() const noexcept { return token_; }
  [[nodiscard]] const std::string& authorization_identity() const noexcept { return authzid_; }
  [[nodiscard]] const std::vector<std::string>& mechanisms() const noexcept { return mechanisms_; }
  [[nodiscard]] bool plaintext_allowed() const noexcept { return allow_plaintext_; }

 private:
  std::string user_;
  secret password_;
  secret token_;
  std::string authzid_;
  std::vector<std::string> mechanisms_;
  bool allow_plaintext_ = false;
};

/// What a mechanism may need to know about the connection.
class sasl_context {
 public:
  sasl_context() = default;
  std::string host;  ///< for DIGEST-MD5, GSSAPI, OAUTHBEARER
  unsigned port = 0;
  std::string tls_unique;    ///< channel binding data (RFC 5929), empty without TLS 1.2
  std::string tls_exporter;  ///< channel binding data (RFC 9266), empty without TLS 1.3
  bool tls = false;
  imapxx::v0::limits limits;
};

/// Makes the mechanism of this name: PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195), SCRAM-SHA-1 (RFC 5802),
/// SCRAM-SHA-256 (RFC 7677), EXTERNAL (RFC 4422; the identity is `authorization_identity()`, else `user()`, else the
/// certificate's), ANONYMOUS (RFC 4505; the trace is `user()`), XOAUTH2, OAUTHBEARER (RFC 7628).
///
/// User and password are prepared with SASLprep (RFC 4013) where the client hashes them (SCRAM, CRAM-MD5); PLAIN and
/// LOGIN send them as they are, and the server prepares them (RFC 4616 section 2). SCRAM-SHA-1-PLUS and
/// SCRAM-SHA-256-PLUS also prove that both ends see the same TLS connection, by tls-exporter (TLS 1.3, RFC 9266) or
/// tls-unique (TLS 1.2, RFC 5929).
///
/// Errors: no_mechanism for a name that is not known, for credentials that lack what it needs, and for an
/// `authorize_as` that it cannot express; plaintext_refused; invalid_argument for octets that it cannot send. The
/// exchange itself fails with authentication_failed; iteration counts of SCRAM outside of `limits` fail before anything
/// is hashed, and name the limit.
[[nodiscard]] IMAPXX_API result<std::unique_ptr<sasl_mechanism>> make_mechanism(std::string_view name,
                                                                                const credentials& who,
                                                                                const sasl_context& context);

/// The mechanisms that may be tried, in order, for what a server offers (names without "AUTH=", any case); a pure
/// function, so that policy can be tested and printed. A mechanism that sends the secret is never picked without TLS
/// unless allowed.
///
/// The library's own order: OAUTHBEARER, XOAUTH2 when there is a token, then, when there is a password, SCRAM-SHA-256,
/// SCRAM-SHA-1, CRAM-MD5, PLAIN, LOGIN, LOGIN-COMMAND. CRAM-MD5 is weaker than SCRAM in every respect, but it stands
/// above PLAIN: whatever is on the other end, it does not get the password itself. EXTERNAL, ANONYMOUS and the
/// -PLUS forms of SCRAM are used only when named in `credentials::mechanisms`, the latter because servers offer them
/// that cannot do them with TLS 1.3, and a refusal looks like a wrong password. `login_command_usable`: no
/// LOGINDISABLED stands (RFC 9051 section 6.2.3).
///
/// Errors: plaintext_refused (something would fit, but only with TLS), login_disabled, no_mechanism
[[nodiscard]] IMAPXX_API result<std::vector<std::string>> choose_mechanisms(const std::vector<std::string>& offered,
                                                                            bool login_command_usable,
                                                                            const credentials& who, bool tls);

/// The error code in the JSON with which a server refuses a token (RFC 7628 section 3.2.2, such as "invalid_token";
/// XOAUTH2 servers: "401"); empty if there is none that is made of printable ASCII.
[[nodiscard]] IMAPXX_API std::string oauth_error_status(std::string_view json);

}  // namespace imapxx::inline v0
