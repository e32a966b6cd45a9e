/// \file
/// What takes more than one tagged command: log-in with its capability refresh, MOVE's fallback, IDLE's re-issue.
#pragma once

#include <imapxx/commands/store.hpp>
#include <imapxx/sasl.hpp>
#include <imapxx/session.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0::core {

using time_point = std::chrono::steady_clock::time_point;

/// What operations found out about this server, for those that follow on the same connection.
struct server_habits {
  bool no_list_options = false;      ///< LIST with options is offered and does not work (quirks L-10, L-12)
  bool no_esearch = false;           ///< SEARCH RETURN is offered and does not work (quirks Q-05a, Q-05b)
  bool no_silent_store = false;      ///< STORE refuses `.SILENT` (quirk P-16a)
  bool no_partial_fetch = false;     ///< partial FETCH is answered with everything (quirk F-18)
  bool partial_fetch_works = false;  ///< it was answered with what was asked for
  /// From the last octet of a command, sent while nothing else was outstanding, to the next octet of the server: the
  /// shorter of the two latest.
  std::optional<std::chrono::microseconds> round_trip;
};

/// What an operation may ask of the driver that runs it.
class operation_host {
 public:
  virtual ~operation_host() = default;
  [[nodiscard]] server_habits& habits() noexcept { return habits_; }
  virtual result<command_id> submit(std::unique_ptr<command> cmd) = 0;
  /// See `session_gate::submit_ahead`.
  virtual result<command_id> submit_ahead(std::unique_ptr<command> cmd) { return submit(std::move(cmd)); }
  /// The text of the greeting.
  [[nodiscard]] virtual std::string_view greeting() const { return {}; }
  virtual void end_idle(command_id id) = 0;
  /// Nobody will ask how it ended; its answer is dropped.
  virtual void abandon(command_id) noexcept {}
  [[nodiscard]] virtual time_point now() const { return {}; }
  virtual result<void> start_tls() = 0;
  [[nodiscard]] virtual const session& protocol() const = 0;
  [[nodiscard]] virtual sasl_context sasl() const = 0;
  [[nodiscard]] virtual bool tls() const = 0;

 private:
  server_habits habits_;
};

/// How one command of an operation ended.
struct completion {
  command* cmd = nullptr;
  const status_response* status = nullptr;
  error failure;
};

/// A state machine without I/O: it submits commands and reacts to their completion. Time is an input. Drivers run it
/// until `done()`.
class operation {
 public:
  virtual ~operation() = default;
  operation() = default;
  operation(const operation&) = delete;
  operation& operator=(const operation&) = delete;

  virtual void start(operation_host& host, time_point now) = 0;
  virtual void on_greeting(operation_host& host, const status_response& greeting);
  virtual void on_tls_ready(operation_host& host);
  virtual void on_continuation(operation_host& host, command_id id, time_point now);
  /// Called when `wakeup()` has come.
  virtual void on_time(operation_host& host, time_point now);
  [[nodiscard]] virtual std::optional<time_point> wakeup() const { return std::nullopt; }
  /// The commands it will send as far as can be foreseen, one line each, with what they guarantee.
  [[nodiscard]] virtual std::vector<std::string> plan(const session_info& info) const = 0;

  [[nodiscard]] bool done() const noexcept { return done_; }
  [[nodiscard]] const error& failure() const noexcept { return failure_; }
  /// \return whether `id` was this operation's command; its handler has then been called
  virtual bool on_completed(operation_host& host, session_event& e);
  /// Its caller has gone away: abandons what is outstanding.
  virtual void give_up(operation_host& host) noexcept;
  /// A command it is waiting for, the oldest one; 0 if none.
  [[nodiscard]] command_id waiting_for() const noexcept { return waiting_.empty() ? 0 : waiting_.front().id; }
  void finish(error why = {}) {
    done_ = true;
    failure_ = std::move(why);
  }

 protected:
  using handler = std::function<void(operation_host&, completion&)>;
  /// Submits a command and has `then` called with its end. A refusal before sending goes to `then` as well. Several may
  /// be under way.
  void run(operation_host& host, std::unique_ptr<command> cmd, handler then);
  /// As `run`, without waiting for the log-in or SELECT in front of it.
  void run_ahead(operation_host& host, std::unique_ptr<command> cmd, handler then);
  /// As `run`, but any failure ends the operation.
  void run_or_fail(operation_host& host, std::unique_ptr<command> cmd, handler then);
  /// STORE; where BAD is the answer to `.SILENT`, once more without it (quirk P-16a).
  void run_store(operation_host& host, store cmd, handler then);
  /// Whether the server did not understand a command, so that another form of it may do. A throttled one would be
  /// refused in any form (quirk G-31).
  [[nodiscard]] static bool not_understood(const error& why) noexcept {
    return why.code() == errc::bad && !why.is_fatal() && !why.retry_after();
  }

 private:
  struct waiting {
    command_id id;
    handler then;
  };
  void wait(operation_host& host, result<command_id> id, handler then);
  std::vector<waiting> waiting_;
  bool done_ = false;
  error failure_;
};

}  // namespace imapxx::inline v0::core
