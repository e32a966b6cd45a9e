/// \file
/// What becomes of a connection that was lost: whether it is made again, how often, and what is told of it. See
/// docs/reconnect.md.
#pragma once

#include <imapxx/error.hpp>
#include <imapxx/export.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace imapxx::inline v0 {

/// One step of getting over a lost connection. A value; `command` and `why` are empty where there is none.
class reconnect_event {
 public:
  enum class kind : std::uint8_t {
    lost,       ///< the connection ended: `why`
    waiting,    ///< attempt `attempt` begins after `delay`; `why` says how the one before it failed
    connected,  ///< connected, logged in, and the mailbox is selected again, after `attempt` attempts
    repeating,  ///< `command` changes nothing when it is carried out twice, and is sent again
    resolved,   ///< `command` had been carried out before the connection was lost; it is not sent again
    not_done,   ///< `command` had not been carried out, or not for all messages; what is missing is sent again
    unknown,    ///< nobody can tell whether `command` was carried out: it fails with `errc::outcome_unknown`
    gave_up     ///< no further attempt: `why`
  };
  reconnect_event() = default;
  kind what = kind::lost;
  unsigned attempt = 0;                ///< 1 is the first
  std::chrono::milliseconds delay{0};  ///< waiting
  std::string command;                 ///< its name, such as "APPEND"; never its arguments
  error why;
};

/// Whether and how a lost connection is made again, by either client: `connect_options().reconnect(...)`. Off by
/// default (`attempts` is 0): then a lost connection is an error, and nothing is done behind the caller's back.
///
/// When it is on, a connection that ends (closed, reset, BYE, no answer in time) while commands are waiting, or before
/// the next one, is made again: TCP, TLS as before, log-in with the credentials that were used (they are kept in memory
/// for that), ENABLE of what was enabled, SELECT or EXAMINE of the mailbox that was selected. Then
/// - commands that may be repeated (`command_traits::repeatable`: FETCH by UID, SEARCH, STATUS, LIST, NOOP ...) are
/// sent
///   again, those that had not left yet for the first time;
/// - APPEND, COPY, MOVE, and STORE with `unchanged_since` are looked after: what was there before is remembered before
///   they are sent (STATUS of the target and, for COPY and MOVE, size and Message-ID of the messages), and after the
///   loss the mailbox tells whether they were carried out. If so they succeed; if not they are sent again; if that
///   cannot be told they fail with `errc::outcome_unknown`, and nothing is sent. Commands submitted after them wait for
///   that;
/// - everything else (EXPUNGE, CREATE, RENAME ..., streams, sequence numbers) fails as it would without this, and the
///   client goes on.
///
/// Where UIDVALIDITY is another one, or the mailbox cannot be selected, commands of the selected state fail with
/// `errc::mailbox_changed` and are not sent, until the caller selects a mailbox. Commands with sequence numbers do so
/// after every reconnection.
///
/// Not made again: a connection over a transport or socket of the caller's own (`client(options, transport)`, `adopt`),
/// one that was cancelled or closed by the caller, one that ended because the server broke the protocol or a limit. A
/// refusal of the credentials, of TLS, or of the certificate ends the attempts at once.
class IMAPXX_API reconnect_policy {
 public:
  reconnect_policy();
  /// Attempts after each loss; they count from the last
  /// command that was answered, or connection that lasted longer than the longest delay. 0, the default, is off.
  reconnect_policy& attempts(unsigned n);
  /// Before the first attempt, and at most before any; each waits twice as long as the one before. 500 ms and 60 s by
  /// default. A time that the server asks for (`error::retry_after`) is waited for even if it is longer.
  reconnect_policy& back_off(std::chrono::milliseconds first, std::chrono::milliseconds longest);
  /// The part of each delay, 0 to 1, that is left to chance, so that many clients do not come back at once. 0.5 by
  /// default.
  reconnect_policy& jitter(double part);
  /// Where chance comes from: a function that returns a number in [0, 1). The system's by default.
  reconnect_policy& random(std::function<double()> source);
  /// All attempts after one loss, with their delays, take no longer. 5 minutes by default; 0: no limit.
  reconnect_policy& total(std::chrono::milliseconds limit);
  /// How long a server may still be at work on a command whose connection *we* gave up because no answer came: the
  /// mailbox is looked at again after that time, and only then is the outcome unknown. 10 s by default.
  reconnect_policy& settle(std::chrono::milliseconds time);
  /// Hears of each step, on the thread that drives the client. It must not call the client. Default: nobody.
  reconnect_policy& notify(std::function<void(const reconnect_event&)> listener);

  [[nodiscard]] bool enabled() const noexcept { return attempts_ != 0; }
  [[nodiscard]] unsigned most_attempts() const noexcept { return attempts_; }
  [[nodiscard]] std::chrono::milliseconds limit() const noexcept { return total_; }
  [[nodiscard]] std::chrono::milliseconds longest_delay() const noexcept { return longest_; }
  [[nodiscard]] std::chrono::milliseconds settle_time() const noexcept { return settle_; }
  /// The delay before attempt `attempt` (1 is the first): a pure function but for `random`.
  [[nodiscard]] std::chrono::milliseconds delay(unsigned attempt, const error& last) const;
  void tell(const reconnect_event& e) const {
    if (notify_) notify_(e);
  }

 private:
  std::function<double()> random_;
  std::function<void(const reconnect_event&)> notify_;
  std::chrono::milliseconds first_, longest_, total_, settle_;
  double jitter_;
  unsigned attempts_ = 0;
};

}  // namespace imapxx::inline v0
