/// \file
/// APPEND exactly once.
#pragma once

#include <imapxx/commands/append.hpp>

#include "core/resolve.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0::core {

/// The Message-ID of a header, without folding; empty if there is none.
[[nodiscard]] std::string message_id(std::string_view header);

/// Finds the message again by Message-ID and size, and by its octets where these do not decide.
class append_guard final : public arrival_guard {
 public:
  append_guard(guard_host& around, const append& cmd);
  void start(operation_host& host, time_point now) override;

 protected:
  [[nodiscard]] const mailbox_name& target() const override { return cmd_.mailbox(); }
  [[nodiscard]] bool needs_mailbox() const override { return false; }
  void recorded(operation_host& host) override { send(host); }
  void send(operation_host& host) override;
  [[nodiscard]] bool can_send_again() override;
  [[nodiscard]] bool surely_incomplete() const override;
  void judge(operation_host& host) override;
  [[nodiscard]] std::unique_ptr<command> fresh() const override { return std::make_unique<append>(cmd_); }

 private:
  class counted_source;
  class comparison;
  [[nodiscard]] std::string own_message_id();
  void compare_next(operation_host& host);
  void decide(operation_host& host);

  append cmd_;
  std::shared_ptr<counted_source> source_;
  std::vector<std::uint32_t> same_, to_compare_;
  unsigned similar_ = 0;
  bool first_ = true;
};

}  // namespace imapxx::inline v0::core
