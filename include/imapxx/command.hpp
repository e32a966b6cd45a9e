/// \file
/// The base of every command. Applications may write their own: one class, no change to the library (CONTRIBUTING.md
/// shows one).
#pragma once

#include <imapxx/command_scope.hpp>
#include <imapxx/error.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/capability.hpp>
#include <imapxx/response.hpp>
#include <imapxx/result.hpp>
#include <imapxx/secret.hpp>
#include <imapxx/sink.hpp>
#include <imapxx/wire/encoder.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace imapxx::inline v0 {

/// The states of RFC 9051 section 3; `none` before the greeting.
enum class session_state : std::uint8_t {
  none = 0,
  not_authenticated = 1,
  authenticated = 2,
  selected = 4,
  logout = 8
};
[[nodiscard]] IMAPXX_API std::string_view to_string(session_state s) noexcept;

/// A set of states, written `session_state::authenticated | session_state::selected`.
class state_set {
 public:
  constexpr state_set(session_state s) noexcept
      : bits_(static_cast<std::uint8_t>(s)) {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] constexpr bool contains(session_state s) const noexcept {
    return (bits_ & static_cast<std::uint8_t>(s)) != 0;
  }
  friend constexpr state_set operator|(state_set a, state_set b) noexcept {
    return state_set(static_cast<std::uint8_t>(a.bits_ | b.bits_));
  }

 private:
  constexpr explicit state_set(std::uint8_t bits) noexcept : bits_(bits) {}
  std::uint8_t bits_;
};
constexpr state_set operator|(session_state a, session_state b) noexcept { return state_set(a) | state_set(b); }

namespace states {
inline constexpr state_set any =
    session_state::not_authenticated | session_state::authenticated | state_set(session_state::selected);
inline constexpr state_set not_authenticated = session_state::not_authenticated;
inline constexpr state_set authenticated =
    session_state::authenticated | session_state::selected;  ///< authenticated, a mailbox selected or not
inline constexpr state_set selected = session_state::selected;
}  // namespace states

/// Kinds of untagged data, as bits: what can answer a command. Two commands that share a bit are not in flight
/// together, unless the data itself tells which it answers (RFC 9051 section 5.5).
enum class answer : std::uint32_t {
  none = 0,
  capability = 1U << 0U,
  list = 1U << 1U,
  lsub = 1U << 2U,
  status = 1U << 3U,
  search = 1U << 4U,
  fetch = 1U << 5U,
  mailbox = 1U << 6U,
  names = 1U << 7U,
  id = 1U << 8U,
  enabled = 1U << 9U,
  sort = 1U << 10U,
  thread = 1U << 11U,
  quota = 1U << 12U,
  acl = 1U << 13U,
  metadata = 1U << 14U,
  expunge = 1U << 15U,
  copied = 1U << 16U,  ///< COPYUID in an untagged OK (RFC 6851 section 4.3)
  other = 1U << 31U
};
constexpr answer operator|(answer a, answer b) noexcept {
  return static_cast<answer>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr bool operator&(answer a, answer b) noexcept {
  return (static_cast<std::uint32_t>(a) & static_cast<std::uint32_t>(b)) != 0;
}

class command;

namespace detail {
/// \return a copy; nullptr when `original` is no C, but a wrapper of the application's around one
template <class C>
[[nodiscard]] std::unique_ptr<command> copy_of(const command& original);
}  // namespace detail

/// What the session must know of a command before it may be sent, and beside which others it may be in flight (the rows
/// of docs/design's pipelining table). Trivially destructible; names must have static lifetime.
class command_traits {
 public:
  constexpr command_traits(std::string_view command_name, state_set allowed) noexcept
      : name(command_name), states(allowed) {}
  /// One of these capabilities, separated by `|`: "MOVE|IMAP4rev2".
  constexpr command_traits& needs(std::string_view alternatives) noexcept {
    capability = alternatives;
    return *this;
  }
  constexpr command_traits& answered_by(answer a) noexcept {
    answers = a;
    return *this;
  }
  constexpr command_traits& exclusive() noexcept {
    is_exclusive = true;
    return *this;
  }
  constexpr command_traits& sequence_numbers() noexcept {
    uses_sequence_numbers = true;
    return *this;
  }
  constexpr command_traits& no_expunge() noexcept {
    may_expunge = false;
    return *this;
  }
  constexpr command_traits& reads() noexcept {
    only_reads = true;
    return *this;
  }
  constexpr command_traits& selects() noexcept {
    changes_selection = true;
    return *this;
  }
  constexpr command_traits& without_total_deadline() noexcept {
    stall_deadline = true;
    return *this;
  }
  constexpr command_traits& in_phase(phase p) noexcept {
    in = p;
    return *this;
  }
  /// The command may be carried out twice: it changes nothing, or nothing more the second time. `C` is the command's
  /// own class, which is copied before it is sent, so that the copy can be sent when the connection was lost before its
  /// answer (see reconnect.hpp). Never declare it for what adds, moves or removes messages.
  template <class C>
  constexpr command_traits& repeatable() noexcept {
    copy = &detail::copy_of<C>;
    return *this;
  }

  std::string_view name;  ///< as it goes to the wire: "UID FETCH"
  state_set states;
  std::string_view capability;
  answer answers = answer::none;
  phase in = phase::command;
  bool is_exclusive = false;           ///< nothing else may be outstanding (STARTTLS, AUTHENTICATE, IDLE, LOGOUT …)
  bool uses_sequence_numbers = false;  ///< names messages by sequence number, or is answered by them
  bool may_expunge = true;             ///< false for FETCH, STORE and SEARCH (RFC 9051 section 7.5.1)
  bool changes_selection = false;      ///< SELECT, EXAMINE, CLOSE, UNSELECT
  bool only_reads = false;             ///< changes nothing, so it may go round others of this kind that must wait
  bool stall_deadline = false;         ///< `timeouts::stall` without progress instead of `timeouts::command` in all
  /// Makes a fresh copy of a command that may be repeated; nullptr for one that may not.
  std::unique_ptr<command> (*copy)(const command& original) = nullptr;
};

/// Which message and section a body literal belongs to.
class body_info {
 public:
  body_info() = default;
  std::uint32_t seq = 0;
  std::optional<std::uint32_t> uid;
  imapxx::v0::section section;
  std::uint64_t size = 0;  ///< octets that will come
};

/// Read-only facts about the session that a command may look at before it is sent.
class session_info {
 public:
  session_info() = default;
  session_state state = session_state::none;
  capability_set capabilities;
  capability_set enabled;
  bool tls = false;
  bool utf8 = false;
};

/// What a command learns at the moment it is written.
class submit_context {
 public:
  submit_context(std::string_view command_tag, const session_info& session, const imapxx::v0::limits& bounds) noexcept
      : tag(command_tag), info(session), limits(bounds) {}
  std::string_view tag;
  const session_info& info;
  const imapxx::v0::limits& limits;
};

/// One command. The session owns it from `submit` to its tagged response; all functions are called on the thread that
/// drives the session. Concrete commands are movable values with a declared constructor and a `result_type`, and have
/// `result_type take_result()`.
class IMAPXX_API command {
 public:
  command() = default;
  command(const command&) = default;
  command(command&&) = default;
  command& operator=(const command&) = default;
  command& operator=(command&&) = default;
  virtual ~command();

  [[nodiscard]] virtual const command_traits& traits() const noexcept = 0;
  /// Anything that `traits` cannot say. An error means that nothing is sent.
  [[nodiscard]] virtual result<void> check(const session_info& info) const;
  /// Called once, directly before `encode`: for what depends on the tag, the capabilities or the limits. By default
  /// nothing.
  virtual void prepare(const submit_context& context);
  /// What it is about; asked once, when it is submitted. By default nothing is known, see `command_scope`.
  [[nodiscard]] virtual command_scope scope() const noexcept;
  /// Its line would have `line_octets`, and `most` are allowed: divides what it asks for among several commands, all
  /// under one roof: they leave together, and it is over when all of them are answered. \return how many; 1 (the
  /// default) when it cannot be divided
  [[nodiscard]] virtual std::size_t split(std::size_t line_octets, std::size_t most);
  /// From now on `encode` writes the part `index` of those that `split` made. `on_complete` is called for each.
  virtual void use_part(std::size_t index);
  /// Writes everything between the tag and the final CRLF, the command's name included.
  virtual void encode(wire::encoder& out) = 0;
  /// An untagged response whose kind is among `traits().answers`. \return true if it is this command's (it may be moved
  /// from)
  virtual bool on_response(response& r);
  /// A FETCH response. \return true if it answers this command
  virtual bool on_fetch(const fetch_row& row);
  /// Whether a FETCH response answers this command, without taking it: for streaming, where rows go to the caller
  /// instead of `on_fetch`.
  [[nodiscard]] virtual bool claims(const fetch_row& row) const;
  /// A body literal is about to come. A sink takes its octets; nullptr has them collected into the row.
  virtual body_sink* on_body(const body_info& info);
  /// Whether a body literal of this section can be this command's, before it is known which message it is about.
  [[nodiscard]] virtual bool wants_section(const body_info& info) const noexcept;
  /// The server's `+` outside of literals: `text` is what follows it. The returned octets are sent with CRLF; nullopt
  /// sends nothing.
  virtual result<std::optional<secret>> on_continuation(std::string_view text);
  /// The tagged response. An error makes the command fail even though the server said OK.
  virtual result<void> on_complete(const status_response& status);
  /// Whether this object, with its arguments, may be sent again when its answer was lost. By default as
  /// `traits().repeatable` says; never with sequence numbers, which mean other messages then.
  [[nodiscard]] virtual bool may_be_repeated() const noexcept;
  /// The caller has gone away: drop sinks and collected data at once.
  virtual void abandon() noexcept;
};

template <class C>
std::unique_ptr<command> detail::copy_of(const command& original) {
  const auto* mine = dynamic_cast<const C*>(&original);
  return mine != nullptr ? std::make_unique<C>(*mine) : nullptr;
}

/// What `client::run` and its siblings accept.
template <class C>
concept typed_command = std::is_base_of_v<command, C> && requires(C& c) {
  typename C::result_type;
  { c.take_result() } -> std::convertible_to<typename C::result_type>;
};

}  // namespace imapxx::inline v0
