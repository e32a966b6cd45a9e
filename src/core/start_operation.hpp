/// \file
/// Log-in, ENABLE, ID, SELECT and the first FETCH in as few flights as is safe.
#pragma once

#include <imapxx/commands/fetch.hpp>
#include <imapxx/start.hpp>

#include "core/connect_operation.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imapxx::inline v0::core {

/// Behind a log-in that takes one line (LOGIN, AUTHENTICATE PLAIN with its first message, on a server with SASL-IR),
/// the commands that build on it leave at once. When it fails, the server refuses them, and their answers are waited
/// for and dropped. FETCH goes along when it names UIDs, or when the number of messages is remembered and nothing is
/// marked as seen; a wrong number shows in SELECT's answer, and the FETCH is sent again.
class start_operation final : public login_operation {
 public:
  start_operation(credentials who, start_plan plan, std::shared_ptr<const server_facts> known, bool enable_rev2);
  void start(operation_host& host, time_point now) override;
  [[nodiscard]] std::vector<std::string> plan(const session_info& info) const override;
  [[nodiscard]] start_result take_result() { return std::move(result_); }

 private:
  [[nodiscard]] capability_set remembered() const override { return known_ ? known_->before_login : capability_set(); }
  void on_sent(operation_host& host, bool one_step) override;
  void on_logged_in(operation_host& host) override;
  void on_failed(operation_host& host, const error& why) override;

  [[nodiscard]] result<void> check_plan() const;
  [[nodiscard]] bool is_known_mailbox() const;
  void send_rest(operation_host& host, const capability_set& caps);
  void send_enable(operation_host& host, const capability_set& caps);
  void send_id(operation_host& host, const capability_set& caps);
  void send_select(operation_host& host);
  void send_fetch(operation_host& host, std::uint32_t exists, bool ahead);
  void send_uid_fetch(operation_host& host);
  void on_selected(operation_host& host, completion& c);
  void on_fetched(operation_host& host, completion& c, bool useless);
  /// Counts a command that is under way; its handler is not called when the log-in in front of it failed.
  void follow(operation_host& host, std::unique_ptr<command> cmd, handler then, bool ahead = true);
  void send_capability(operation_host& host);
  void look_whether_done(operation_host& host);
  void fail(const error& why);

  start_plan wanted_;
  std::shared_ptr<const server_facts> known_;
  start_result result_;
  error failure_, select_failure_;
  int under_way_ = 0;
  unsigned attempt_ = 0;            ///< of logging in: what left ahead of an earlier one is dropped
  bool rest_sent_ = false;          ///< ahead of the log-in's answer
  bool asks_capability_ = false;    ///< together with the log-in
  bool misses_capability_ = false;  ///< to be asked for with the next flight
  bool logged_in_ = false;
  bool login_over_ = false;
  std::optional<std::uint32_t> assumed_exists_;  ///< of the FETCH that left ahead
};

}  // namespace imapxx::inline v0::core
