/// \file
/// The blocking driver: moves bytes between a stream and the connection, keeps the deadlines, runs operations.
#pragma once

#include <imapxx/client.hpp>

#include "blocking/cancel_event.hpp"
#include "blocking/fetch_spool.hpp"
#include "core/connection.hpp"
#include "core/operation.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace imapxx::inline v0::detail {

/// Shared by the client, its tickets and its fetch streams. One thread at a time; only `cancel` from others.
class client_core final : public core::operation_host, public observer {
 public:
  static result<std::shared_ptr<client_core>> connect(connect_options options, std::unique_ptr<stream> transport);
  client_core(connect_options options, std::shared_ptr<blocking::cancel_event> cancelled);

  // --- core::operation_host
  result<command_id> submit(std::unique_ptr<command> cmd) override { return submit(std::move(cmd), false); }
  void end_idle(command_id id) override { link_.protocol().end_idle(id); }
  result<void> start_tls() override { return link_.start_tls(); }
  [[nodiscard]] const session& protocol() const override { return link_.protocol(); }
  [[nodiscard]] sasl_context sasl() const override { return link_.sasl(); }
  [[nodiscard]] bool tls() const override { return link_.tls(); }

  result<command_id> submit(std::unique_ptr<command> cmd, bool streaming);
  /// Drives until the operation is done.
  result<void> perform(core::operation& op);
  result<std::unique_ptr<command>> wait(command_id id);
  /// Drives until something was put into the stream's spool, or its command is over.
  result<void> fill(command_id id, blocking::fetch_spool& spool);
  void attach(command_id id, blocking::fetch_spool& spool) { spools_[id] = &spool; }
  void detach(command_id id) noexcept { spools_.erase(id); }
  [[nodiscard]] bool is_done(command_id id) const noexcept { return finished_.contains(id); }
  void abandon(command_id id) noexcept;
  result<bool> poll(std::chrono::milliseconds timeout);
  result<void> flush();
  void cancel() noexcept { cancel_->cancel(); }
  void close() noexcept;
  void drop() noexcept;

  [[nodiscard]] core::connection& link() noexcept { return link_; }
  [[nodiscard]] stream* transport() noexcept { return transport_.get(); }
  [[nodiscard]] const std::string& greeting() const noexcept { return greeting_; }
  /// A client that was moved from or closed refuses everything with this.
  [[nodiscard]] error gone() const;

  std::optional<core::time_point> expires_at;
  std::chrono::milliseconds idle_poll{60'000};
  /// While set, hears of each change in the mailbox; returning true ends IDLE.
  std::function<bool(const mailbox_event&)> on_change;
  bool change_wanted_stop = false;

  // --- observer: passes everything on to the caller's, and changes to `on_change`
  void on_mailbox_event(const mailbox_event& e) override;
  void on_alert(std::string_view text) override;
  void on_status(const status_response& s) override;
  void on_unclaimed(const response& r) override;
  void on_unparsed(const unparsed_item& u) override;
  void on_raw(std::string_view text) override;
  void on_trace(trace_direction d, std::string_view text) override;
  [[nodiscard]] bool wants_trace() const noexcept override;

 private:
  struct outcome {
    error failure;
    std::unique_ptr<command> finished;
  };
  using condition = std::function<bool()>;
  [[nodiscard]] result<std::unique_ptr<stream>> open_transport(core::time_point started);
  /// Handles events and moves bytes until `done`. Errors: timeout, cancelled (both of this wait), or the connection's
  /// end.
  error drive(const condition& done, core::operation* op, deadline_point until);
  /// \return whether there was one
  bool handle_event(core::operation* op);
  error move_bytes(core::operation* op, deadline_point until);
  [[nodiscard]] deadline_point next_deadline(core::operation* op, deadline_point until, bool& fatal, phase& in) const;
  result<void> send_pending(deadline_point until);

  connect_options options_;
  observer* outer_;
  std::shared_ptr<blocking::cancel_event> cancel_;
  core::connection link_;
  std::unique_ptr<stream> transport_;
  std::map<command_id, outcome> finished_;
  std::map<command_id, blocking::fetch_spool*> spools_;
  std::set<command_id> dropped_;   ///< abandoned: nobody will ask how they ended
  command_id waiting_stream_ = 0;  ///< the stream whose `next` is waiting: its events need no copy
  std::string greeting_;
  core::time_point last_progress_;
  std::uint64_t octets_received_ = 0;
  core::time_point oldest_since_;
  std::optional<error> over_;
  bool greeted_ = false;
  bool network_ended_ = false;
};

}  // namespace imapxx::inline v0::detail
