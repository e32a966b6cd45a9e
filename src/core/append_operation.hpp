/// \file
/// Several messages at once (RFC 3502), or one after the other.
#pragma once

#include <imapxx/commands/append.hpp>

#include "core/operation.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace imapxx::inline v0::core {

/// MULTIAPPEND; else APPEND for each message, which ends at the first that fails: what is sent behind it would be added
/// all the same (RFC 3502 section 3).
class append_operation final : public operation {
 public:
  append_operation(mailbox_name mailbox, std::vector<append_message> messages)
      : mailbox_(std::move(mailbox)), messages_(std::move(messages)) {}
  void start(operation_host& host, time_point now) override;
  [[nodiscard]] std::vector<std::string> plan(const session_info& info) const override;
  [[nodiscard]] append_messages_result take_result() { return std::move(result_); }

 private:
  void append_next(operation_host& host);
  void on_all(const append_result& added);
  mailbox_name mailbox_;
  std::vector<append_message> messages_;
  std::size_t next_ = 0;
  append_messages_result result_;
};

}  // namespace imapxx::inline v0::core
