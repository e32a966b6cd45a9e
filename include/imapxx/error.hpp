/// \file
/// The one error model of imapxx: `errc` says what kind of failure it is, `error` carries everything that is known
/// about it.
#pragma once

#include <imapxx/export.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace imapxx::inline v0 {

/// What kind of failure an `error` reports.
///
/// The first group is found before anything is sent: the session is untouched. The second is the server's refusal of
/// one command: the session goes on. The third ends the connection (`is_fatal`).
enum class errc : std::uint8_t {
  success = 0,
  // --- the caller's, before anything is sent
  invalid_argument,     ///< an argument cannot be written (CR, LF, NUL, empty set, date out of range, ...)
  wrong_state,          ///< the command is not allowed in the present session state (RFC 9051 section 3)
  capability_required,  ///< the server does not offer what the command needs
  login_disabled,       ///< the server says LOGINDISABLED (RFC 9051 section 6.2.3)
  plaintext_refused,    ///< a plain-text password would go out without TLS, and the caller has not allowed that
  busy,                 ///< an exclusive command (STARTTLS, AUTHENTICATE, IDLE ...) is in progress
  unsafe_fallback,      ///< the only fallback could lose or duplicate mail, and the caller has not allowed it
  no_mechanism,         ///< no SASL mechanism is offered by the server and allowed by the caller
  // --- the server's answer to one command
  no,   ///< tagged NO
  bad,  ///< tagged BAD
  // --- data of one response, the connection lives
  unparsed,               ///< a response was malformed; see `offset()` and `what()`
  incomplete_result,      ///< tagged OK came, but not the data that the command asks for
  authentication_failed,  ///< the SASL exchange failed on the client's side (server signature, bad challenge ...)
  aborted_by_caller,      ///< a sink or source of the caller refused to go on
  // --- after a lost connection was made again (see reconnect.hpp)
  mailbox_changed,  ///< the numbers the caller has are not those of the mailbox that is selected now; nothing was sent
  outcome_unknown,  ///< whether a command was carried out cannot be told; `what()` says what is known
  // --- the connection is over
  cancelled,           ///< `cancel()` was called; `is_fatal()` of the error object says whether the connection survived
  timeout,             ///< a deadline passed
  bye,                 ///< the server closed the session with BYE
  closed,              ///< the stream ended or was closed
  io,                  ///< the operating system reported an error on the stream
  resolve,             ///< the host name could not be resolved
  connect,             ///< no address could be connected to
  tls_handshake,       ///< TLS could not be established
  tls_certificate,     ///< the certificate chain or the host name in it does not verify
  starttls_refused,    ///< STARTTLS was required and is not offered or was refused
  starttls_injection,  ///< bytes stood behind the tagged OK of STARTTLS
  preauth_without_tls,  ///< PREAUTH in the clear while TLS is required
  invalid_greeting,     ///< what the server sent first is no IMAP greeting
  framing_lost,         ///< the byte stream can no longer be divided into responses
  limit_exceeded,       ///< a limit of `limits` was hit; `limit_name()` and `limit_value()` say which
  protocol_error,       ///< the peer broke the protocol in a way that cannot be survived
  out_of_memory,        ///< memory ran out; the connection was closed
  internal_error        ///< a bug in imapxx
};

/// Where in a connection's life an error arose.
enum class phase : std::uint8_t {
  none,
  resolve,
  connect,
  tls,
  greeting,
  capability,
  starttls,
  authenticate,
  command,
  idle,
  logout
};

/// The `std::error_category` of `errc`; `make_error_code` makes `errc` usable as a `std::error_code`.
[[nodiscard]] IMAPXX_API const std::error_category& error_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(errc e) noexcept {
  return {static_cast<int>(e), error_category()};
}
/// A short lower-case name such as "wrong_state".
[[nodiscard]] IMAPXX_API std::string_view to_string(errc e) noexcept;
[[nodiscard]] IMAPXX_API std::string_view to_string(phase p) noexcept;
/// Whether an error of this kind ends the connection (for `cancelled` the error object knows better).
[[nodiscard]] IMAPXX_API bool is_fatal(errc e) noexcept;

/// An error: a cheap, immutable, shareable value that is also the exception which throwing functions throw.
///
/// It never holds command arguments or secrets. `server_text()` is the peer's word: untrusted, escape it before display
/// (`what()` has it escaped already). Thread-safe to copy and read.
class IMAPXX_API error : public std::exception {
 public:
  error() noexcept = default;  ///< `errc::success`
  explicit error(errc code, std::string_view message = {});

  [[nodiscard]] errc code() const noexcept { return code_; }
  [[nodiscard]] std::error_code error_code() const noexcept { return make_error_code(code()); }
  [[nodiscard]] explicit operator bool() const noexcept { return code() != errc::success; }
  /// One line for a person: phase, host, command name, what failed, the server's text (escaped).
  [[nodiscard]] const char* what() const noexcept override;
  /// The library's own words, without the context that `what()` adds.
  [[nodiscard]] std::string_view message() const noexcept;

  [[nodiscard]] imapxx::v0::phase where() const noexcept;
  [[nodiscard]] std::string_view host() const noexcept;
  [[nodiscard]] std::string_view command() const noexcept;  ///< the command's name, such as "UID FETCH"
  [[nodiscard]] std::string_view tag() const noexcept;
  [[nodiscard]] std::string_view response_code() const noexcept;  ///< raw, without brackets, such as "TRYCREATE"
  [[nodiscard]] std::string_view server_text() const noexcept;    ///< raw human-readable text of the server
  [[nodiscard]] std::uint64_t offset() const noexcept;            ///< for `unparsed`: octet in the response
  [[nodiscard]] std::string_view limit_name() const noexcept;
  [[nodiscard]] std::uint64_t limit_value() const noexcept;
  [[nodiscard]] int system_error() const noexcept;  ///< errno, or 0
  /// How long the server asks to wait before the next attempt, when it throttles ("Suggested Backoff Time: 81250
  /// milliseconds"); at most a day.
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry_after() const noexcept;
  /// Whether the server says that it cannot do it for the time being: it throttles, its response code is UNAVAILABLE,
  /// INUSE, LIMIT or SERVERBUG (RFC 5530, RFC 9051 section 7.1), or its text speaks of something temporary, whatever
  /// the code.
  [[nodiscard]] bool is_temporary() const noexcept;
  /// Whether the connection is unusable after this error.
  [[nodiscard]] bool is_fatal() const noexcept;
  /// Whether the same call may be repeated (perhaps on a new connection) without doing anything twice.
  [[nodiscard]] bool is_safe_to_retry() const noexcept;

  error& set_phase(imapxx::v0::phase p);
  error& set_host(std::string_view host);
  error& set_command(std::string_view name);
  error& set_status(std::string_view tag, std::string_view response_code, std::string_view server_text);
  error& set_offset(std::uint64_t offset);
  error& set_limit(std::string_view name, std::uint64_t value);
  error& set_system_error(int error_number);
  error& set_fatal(bool fatal);
  error& set_safe_to_retry(bool safe);

 private:
  struct details;
  template <class Change>
  error& change(Change&& apply);
  std::shared_ptr<const details> details_;  // copied on write, so that an error is as cheap to pass as a pointer
  errc code_ = errc::success;
};

/// Thrown instead of plain `error` when the server answered NO or BAD.
class IMAPXX_API status_error : public error {
 public:
  explicit status_error(const error& e) : error(e) {}
};

/// Throws `e` as `status_error` (for `errc::no` and `errc::bad`) or as `error`.
[[noreturn]] IMAPXX_API void throw_error(const error& e);

}  // namespace imapxx::inline v0

template <>
struct std::is_error_code_enum<imapxx::errc> : std::true_type {};
