/// \file
/// FETCH of messages some of which the server cannot read (docs/QUIRKS.md F-10, F-11).
#pragma once

#include <imapxx/commands/fetch.hpp>
#include <imapxx/fetch_messages.hpp>

#include "core/operation.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace imapxx::inline v0::core {

/// UID FETCH; what the server refuses with NO is looked up (UID SEARCH) and asked for again in halves, until single
/// messages are known to be the cause.
class fetch_operation final : public operation {
 public:
  fetch_operation(fetch cmd, std::size_t most_commands) : cmd_(std::move(cmd)), most_commands_(most_commands) {}
  void start(operation_host& host, time_point now) override;
  [[nodiscard]] std::vector<std::string> plan(const session_info& info) const override;
  [[nodiscard]] fetch_messages_result take_result() { return std::move(result_); }

 private:
  void fetch_part(operation_host& host, uid_set part);
  void fetch_next(operation_host& host);
  result<uid_set> take_rows(operation_host& host, fetch& from, bool halves_too);
  void look_up(operation_host& host, uid_set part, uid_set came, const error& why);
  void divide(const uid_set& missing, const error& why);

  fetch cmd_;
  std::size_t most_commands_;
  fetch_messages_result result_;
  std::vector<uid_set> to_fetch_;  // the next one at the end
  bool looked_up_ = false;         // the parts hold only messages that are there
};

}  // namespace imapxx::inline v0::core
