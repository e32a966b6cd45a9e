/// \file
/// The blocking driver: moves bytes between a stream and the engine, and waits no longer than the deadlines allow.
#pragma once

#include <imapxx/client.hpp>

#include "blocking/cancel_event.hpp"
#include "core/engine.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace imapxx::inline v0::detail {

/// Shared by the client, its tickets and its fetch streams. One thread at a time; only `cancel` from others.
class client_core final {
 public:
  static result<std::shared_ptr<client_core>> connect(connect_options options, std::unique_ptr<stream> transport);
  client_core(connect_options options, std::shared_ptr<blocking::cancel_event> cancelled);

  result<command_id> submit(std::unique_ptr<command> cmd, bool streaming);
  /// Drives until the operation is done.
  result<void> perform(core::operation& op);
  result<std::unique_ptr<command>> wait(command_id id);
  /// A row of the stream that is here already; nullptr when `fill` must be asked.
  const fetch_event* received_row(command_id id, core::fetch_spool& spool);
  /// Drives until something was put into the stream's spool, or its command is over.
  result<void> fill(command_id id, core::fetch_spool& spool);
  [[nodiscard]] bool is_done(command_id id) const noexcept { return engine_.is_done(id); }
  void abandon(command_id id) noexcept { engine_.abandon(id); }
  result<bool> poll(std::chrono::milliseconds timeout);
  result<void> flush();
  void cancel() noexcept { cancel_->cancel(); }
  void close() noexcept;
  void drop() noexcept;

  [[nodiscard]] core::engine& engine() noexcept { return engine_; }
  [[nodiscard]] const session& protocol() const noexcept { return engine_.protocol(); }
  [[nodiscard]] stream* transport() noexcept { return transport_.get(); }

  std::chrono::milliseconds idle_poll{60'000};

 private:
  using condition = std::function<bool()>;
  /// A client that was moved from or closed refuses everything with this.
  [[nodiscard]] error gone() const { return engine_.gone(); }
  [[nodiscard]] result<std::unique_ptr<stream>> open_transport(core::time_point started);
  /// Handles events and moves bytes until `done`. Errors: timeout, cancelled (both of this wait), or the connection's
  /// end.
  error drive(const condition& done, deadline_point until);
  error drive_on(const condition& done, deadline_point until);
  template <class F>
  auto ending_without_memory(F&& f) -> decltype(f());
  error move_bytes(deadline_point until);
  /// One step towards another connection. Errors as of `drive`.
  error get_over_loss(deadline_point until);
  [[nodiscard]] bool sleep_until(core::time_point at) const;
  [[nodiscard]] bool usable() const noexcept { return transport_ != nullptr || engine_.lost(); }
  result<void> send_pending(deadline_point until);

  std::shared_ptr<blocking::cancel_event> cancel_;
  core::engine engine_;
  std::unique_ptr<stream> transport_;
};

}  // namespace imapxx::inline v0::detail
