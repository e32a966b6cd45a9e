/// \file
/// Commands that must be carried out exactly once, over the loss of a connection: what was there before is remembered,
/// and the mailbox is asked what became of them (RFC 9051 section 2.3.1.1: UIDNEXT and UIDVALIDITY).
#pragma once

#include <imapxx/commands/fetch_results.hpp>
#include <imapxx/model/mailbox_name.hpp>
#include <imapxx/model/number_set.hpp>
#include <imapxx/reconnect.hpp>

#include "core/operation.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0::core {

/// What a guard needs to know of the reconnection around it.
class guard_host {
 public:
  virtual ~guard_host() = default;
  [[nodiscard]] virtual const reconnect_policy& policy() const noexcept = 0;
  /// Opens the caller's mailbox again; nullptr when there is none.
  [[nodiscard]] virtual std::unique_ptr<command> reselect() const = 0;
  [[nodiscard]] virtual bool is_selected(const mailbox_name& name) const = 0;
};

/// One command that is looked after. `start`; then, whenever its connection was lost and another one is ready,
/// `resume`; until `done`. Its commands are never repeated by anybody else.
class guard : public operation {
 public:
  guard(guard_host& around, std::string_view name) : around_(around), name_(name) {}
  /// \param same whether the mailbox that was selected is selected again, with the same UIDs
  virtual void resume(operation_host& host, time_point now, bool same) = 0;
  /// There will be no other connection.
  void no_connection(const error& why);
  /// The connection is gone. \param sent whether the command that waited can have reached the server \param by_peer
  /// whether the server ended it, so that it is done with what it had received
  void lost(bool sent, bool by_peer) noexcept;
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Whether another mailbox than the caller's is open at the moment.
  [[nodiscard]] bool elsewhere() const noexcept { return elsewhere_; }
  /// The command as its caller is to get it back; nullptr when that is the one which has just completed.
  [[nodiscard]] std::unique_ptr<command> take_command() noexcept { return std::move(finished_); }

  [[nodiscard]] std::vector<std::string> plan(const session_info&) const override { return {name_}; }

 protected:
  enum class stage : std::uint8_t { recording, sending, looking };
  void tell(reconnect_event::kind what) const;
  void unknown(std::string_view known);
  /// It was carried out, and this is the tagged response as it may have been.
  void resolved(std::unique_ptr<command> cmd, const status_response& as_if);
  guard_host& around_;
  std::string name_;
  stage stage_ = stage::recording;
  bool sent_ = false;
  bool by_peer_ = true;
  bool elsewhere_ = false;
  error loss_{errc::closed, "the connection was lost"};  // NOLINT(bugprone-throw-keyword-missing): kept

 private:
  std::unique_ptr<command> finished_;
};

/// Whatever puts messages into another mailbox: what APPEND, COPY and MOVE share.
class arrival_guard : public guard {
 public:
  using guard::guard;
  void resume(operation_host& host, time_point now, bool same) override;
  void on_time(operation_host& host, time_point now) override;
  [[nodiscard]] std::optional<time_point> wakeup() const override { return look_again_; }

 protected:
  /// A message that came into the target since.
  struct arrival {
    std::uint32_t uid = 0;
    std::uint64_t size = 0;
    std::string identity;  ///< header fields as the server writes them
  };
  void record(operation_host& host);
  void look(operation_host& host);
  /// Back to the caller's mailbox if need be, then `send`.
  void send_again(operation_host& host);
  /// Back to the caller's mailbox if need be, then the end: `as_if` on a copy of the command.
  void conclude(operation_host& host, status_response as_if);
  void conclude_unknown(operation_host& host, std::string known);
  /// It was not found. \return whether that can be believed; else it is looked for again, or the outcome is unknown
  bool believe_absence(operation_host& host);

  [[nodiscard]] virtual const mailbox_name& target() const = 0;
  [[nodiscard]] virtual bool needs_mailbox() const = 0;
  /// The target's numbers are known (or it does not exist): to what else must be known, then `send`.
  virtual void recorded(operation_host& host) = 0;
  virtual void send(operation_host& host) = 0;
  [[nodiscard]] virtual bool can_send_again() { return true; }
  [[nodiscard]] virtual bool surely_incomplete() const { return false; }
  /// Before the target is looked at.
  virtual void look_at_source(operation_host& host) { look_at_target(host); }
  void look_at_target(operation_host& host);
  /// What came since, sorted by UID.
  virtual void judge(operation_host& host) = 0;
  [[nodiscard]] virtual std::unique_ptr<command> fresh() const = 0;
  [[nodiscard]] static std::vector<arrival> read(const fetch_results& rows);
  [[nodiscard]] static imapxx::v0::uid_set uids_of(const std::vector<arrival>& list);

  std::optional<std::uint32_t> uidvalidity_, uidnext_;
  bool target_missing_ = false;
  std::vector<arrival> arrived_;
  bool gap_ = false;  ///< a message has come and gone again
  time_point now_{};

 private:
  void learn(operation_host& host, completion& c);
  void open_target(operation_host& host, std::uint32_t uidnext_now);
  void fetch_arrivals(operation_host& host, std::uint32_t uidnext_now);
  void go_back(operation_host& host, std::function<void(operation_host&)> then);
  std::optional<time_point> look_again_;
  bool settled_ = false;
};

/// A guard for this command; nullptr when it needs none. It takes over what it guards.
[[nodiscard]] std::unique_ptr<guard> make_guard(guard_host& around, command& cmd);

}  // namespace imapxx::inline v0::core
