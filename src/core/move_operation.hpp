/// \file
/// MOVE, or the sequence that comes closest without ever losing mail (RFC 6851 section 3.3, RFC 4315).
#pragma once

#include <imapxx/commands/copy_move.hpp>
#include <imapxx/model/mailbox_name.hpp>
#include <imapxx/model/number_set.hpp>
#include <imapxx/move_result.hpp>

#include "core/operation.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imapxx::inline v0::core {

/// One of three ways, by what the server offers: MOVE; COPY, STORE `\Deleted`, UID EXPUNGE of exactly these messages;
/// or COPY and STORE only, which leaves the originals marked. A plain EXPUNGE is never sent: it would remove messages
/// that others marked.
class move_operation final : public operation {
 public:
  move_operation(uid_set messages, mailbox_name to) : uids_(std::move(messages)), to_(std::move(to)) {}
  move_operation(seq_set messages, mailbox_name to) : seqs_(std::move(messages)), to_(std::move(to)) {}
  void start(operation_host& host, time_point now) override;
  [[nodiscard]] std::vector<std::string> plan(const session_info& info) const override;
  [[nodiscard]] move_result take_result() { return std::move(result_); }

 private:
  void copy_then_mark(operation_host& host);
  void mark(operation_host& host);
  void expunge(operation_host& host);
  uid_set uids_;
  std::optional<seq_set> seqs_;
  mailbox_name to_;
  move_result result_;
};

}  // namespace imapxx::inline v0::core
