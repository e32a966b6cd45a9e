/// \file
/// IDLE that renews itself before servers hang up, or NOOP polling where IDLE is missing (RFC 2177, RFC 9051
/// section 6.3.13).
#pragma once

#include "core/operation.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace imapxx::inline v0::core {

/// Waits for changes until `stop` is called or `until` has come. What arrives goes to the session's observer as always.
class idle_operation final : public operation {
 public:
  /// \param refresh how long one IDLE lasts \param poll how often NOOP asks where the server has no IDLE
  idle_operation(std::optional<time_point> until, std::chrono::milliseconds refresh,
                 std::chrono::milliseconds poll) noexcept
      : until_(until), refresh_(refresh), poll_(poll) {}
  void start(operation_host& host, time_point now) override;
  void on_continuation(operation_host& host, command_id id, time_point now) override;
  void on_time(operation_host& host, time_point now) override;
  [[nodiscard]] std::optional<time_point> wakeup() const override;
  [[nodiscard]] std::vector<std::string> plan(const session_info& info) const override;
  /// Ends as soon as the server has answered DONE; every change until then is still reported.
  void stop(operation_host& host);

 private:
  void begin(operation_host& host);
  /// An IDLE that the server took has ended: for the third time in a row almost at once?
  [[nodiscard]] bool ended_too_soon_again(time_point now) noexcept;
  void poll_from(time_point now) noexcept;
  std::optional<time_point> until_;
  std::chrono::milliseconds refresh_;
  std::chrono::milliseconds poll_;
  std::optional<time_point> renew_at_;
  time_point began_at_;  // of the IDLE under way
  command_id idle_ = 0;
  int soon_ended_ = 0;
  bool renewing_ = false;
  bool stopping_ = false;
  bool use_idle_ = true;
};

}  // namespace imapxx::inline v0::core
