/// \file
/// Getting over the loss of a connection: what was under way, when and how to connect again, and what is done then.
#pragma once

#include <imapxx/options.hpp>
#include <imapxx/sasl.hpp>

#include "core/operation.hpp"
#include "core/resolve.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imapxx::inline v0::core {

/// What the recovery needs of the engine that it belongs to.
class recovery_owner {
 public:
  virtual ~recovery_owner() = default;
  [[nodiscard]] virtual session& present_session() = 0;
  [[nodiscard]] virtual const session& present_session() const = 0;
  virtual result<void> begin_tls() = 0;
  [[nodiscard]] virtual sasl_context sasl_facts() const = 0;
  [[nodiscard]] virtual bool is_tls() const = 0;
  /// A new session in place of the one that ended.
  virtual void renew_link(time_point now) = 0;
  /// The selected mailbox may have changed while there was no connection.
  virtual void mailbox_may_have_changed(const mailbox_view& view) = 0;
  /// No connection will come any more.
  virtual void all_over(const error& why) = 0;
};

/// Stands between an engine and its session when a `reconnect_policy` is on. Commands get tickets that outlive the
/// session; a command whose session ended is repeated, looked after (`guard`), or fails. No I/O: the driver is told
/// that a transport is wanted. Time is an input. Not thread-safe.
class recovery final : public operation_host, public guard_host {
 public:
  /// \param before commands that the session has already, and that are none of the recovery's
  recovery(recovery_owner& owner, reconnect_policy policy, security mode, std::size_t before)
      : owner_(owner), policy_(std::move(policy)), mode_(mode), foreign_(before) {}

  /// What the log-in of a new connection is done with.
  void remember(credentials who) { who_ = std::move(who); }
  void set_now(time_point now) noexcept { now_ = now; }
  void set_limit(std::optional<time_point> at) noexcept { expires_at_ = at; }

  // --- commands, by ticket
  result<command_id> take_on(std::unique_ptr<command> cmd, bool streaming);
  void drop(command_id ticket);
  void end_idle_of(command_id ticket);
  /// \return 0 when no session has it
  [[nodiscard]] command_id session_id(command_id ticket) const noexcept;

  // --- events of the session
  /// \return whether the event was the recovery's own. Otherwise its id is a ticket now.
  bool on_event(session_event& e);
  void on_tls();
  /// An event that no session had: a command that was waited for is over.
  [[nodiscard]] std::optional<session_event> next_event();

  // --- the network
  /// There is no connection, and none is being set up: whatever transport there was is to be closed.
  [[nodiscard]] bool lost() const noexcept {
    return state_ == state::idle || state_ == state::waiting || wants_transport();
  }
  [[nodiscard]] bool wants_transport() const noexcept { return state_ == state::wanting; }
  void transport_ready(time_point now);
  void transport_failed(const error& why, time_point now);
  [[nodiscard]] std::optional<time_point> wakeup() const;
  void on_time(time_point now);
  /// Why there is no connection.
  [[nodiscard]] const error& last_failure() const noexcept { return last_failure_; }
  /// The caller's own deadline has passed while there was no connection.
  void expire(const error& why) { give_up(why, false); }

  // --- operation_host: for the recovery's own commands, which nobody repeats
  result<command_id> submit(std::unique_ptr<command> cmd) override;
  void abandon(command_id id) noexcept override { owner_.present_session().abandon(id); }
  [[nodiscard]] time_point now() const override { return now_; }
  void end_idle(command_id id) override { owner_.present_session().end_idle(id); }
  result<void> start_tls() override { return owner_.begin_tls(); }
  [[nodiscard]] const session& protocol() const override;
  [[nodiscard]] sasl_context sasl() const override { return owner_.sasl_facts(); }
  [[nodiscard]] bool tls() const override { return owner_.is_tls(); }

  // --- guard_host
  [[nodiscard]] const reconnect_policy& policy() const noexcept override { return policy_; }
  [[nodiscard]] std::unique_ptr<command> reselect() const override;
  [[nodiscard]] bool is_selected(const mailbox_name& name) const override;

 private:
  enum class state : std::uint8_t { up, idle, waiting, wanting, connecting, over };
  /// A command that no session has.
  struct entry {
    command_id ticket = 0;
    std::unique_ptr<command> cmd;
    bool streaming = false;
  };
  /// A command that the session has.
  struct running {
    command_id ticket = 0;
    std::unique_ptr<command> copy;  ///< as it was before it was sent; nullptr: not to be repeated
    bool streaming = false;
    bool abandoned = false;
    bool selected_only = false;
    bool sequence_numbers = false;
  };
  struct selection {
    std::unique_ptr<command> cmd;
    mailbox_name name;
    std::optional<std::uint32_t> uidvalidity, uidnext;
    std::uint32_t exists = 0;
  };

  [[nodiscard]] static bool may_pass(const error& why);
  [[nodiscard]] bool must_queue() const noexcept;
  [[nodiscard]] error refusal(const command& cmd) const;
  /// To the session. \return why not
  error pass_on(entry e);
  void pass_on_queued();
  void fail(entry e, error why);
  void completed(session_event& e, running r);
  bool hold(session_event& e, running& r);
  void learn_selection(const session_event& e, running& r);
  bool guard_heard(session_event& e);
  void finish_guard(std::unique_ptr<command> last);
  void on_closed(const error& why);
  void fail_everything(const error& why);

  void tell(reconnect_event::kind what, const error& why = {}, std::string_view name = {});
  void begin(const error& why);
  void next_attempt(const error& why);
  void attempt_failed(const error& why);
  void give_up(const error& why, bool for_good);
  void run_step(std::unique_ptr<operation> step, std::function<void()> then);
  void check_step();
  void log_in();
  void enable();
  void select();
  void selected_again(session_event& e);
  void ready();

  recovery_owner& owner_;
  reconnect_policy policy_;
  security mode_;
  std::size_t foreign_;
  std::optional<credentials> who_;
  state state_ = state::up;
  time_point now_{}, began_{}, wake_at_{}, ready_at_{};
  std::optional<time_point> expires_at_;
  unsigned attempt_ = 0;
  error last_failure_;

  command_id next_ticket_ = command_id{1} << 62U;
  std::map<command_id, running> running_;  ///< by the session's number
  std::deque<entry> held_;                 ///< sent on the connection that was lost, to be sent again
  std::deque<entry> queue_;                ///< not sent yet
  std::deque<session_event> events_;
  std::unique_ptr<guard> guard_;
  command_id guard_ticket_ = 0;
  std::unique_ptr<operation> step_;
  std::function<void()> after_step_;
  command_id selecting_ = 0;  ///< the session's number of the SELECT that opens the mailbox again

  std::optional<selection> selection_;
  std::vector<std::string> enabled_;
  error stale_;  ///< why commands of the selected state are refused, if they are
  bool renumbered_ = false;
  bool selection_lost_ = false;  ///< a command that selects was lost and is not repeated: what follows it is not either
  bool leaving_ = false;         ///< LOGOUT was submitted
};

}  // namespace imapxx::inline v0::core
