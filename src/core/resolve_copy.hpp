/// \file
/// COPY and MOVE exactly once.
#pragma once

#include <imapxx/commands/copy_move.hpp>

#include "core/resolve.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace imapxx::inline v0::core {

/// Finds the messages again by size and header fields, which a copy has as its original has them. What is missing is
/// sent again, message by message; MOVE also looks at what is left where it was.
class transfer_guard final : public arrival_guard {
 public:
  transfer_guard(guard_host& around, const copy& cmd);
  transfer_guard(guard_host& around, const imapxx::v0::move& cmd);
  void start(operation_host& host, time_point now) override;
  void resume(operation_host& host, time_point now, bool same) override;

 protected:
  [[nodiscard]] const mailbox_name& target() const override { return to_; }
  [[nodiscard]] bool needs_mailbox() const override { return true; }
  void recorded(operation_host& host) override;
  void send(operation_host& host) override;
  void look_at_source(operation_host& host) override;
  void judge(operation_host& host) override;
  [[nodiscard]] std::unique_ptr<command> fresh() const override;

 private:
  using pair_list = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  ///< UID before, UID in the target
  /// Messages that cannot be told apart.
  struct group {
    std::vector<std::uint32_t> sources, left, arrived;
  };
  /// What the mailboxes tell.
  struct verdict {
    pair_list pairs;
    uid_set remaining;
    std::string doubt;     ///< why nothing can be told
    bool missing = false;  ///< a message is neither here nor there
  };
  transfer_guard(guard_host& around, const detail::copy_base& cmd, bool moves);
  [[nodiscard]] verdict weigh() const;
  void weigh_copy(const group& g, verdict& v) const;
  void weigh_move(const group& g, verdict& v) const;
  /// All rounds as the answer to one command, which `fresh` is from then on.
  [[nodiscard]] status_response as_copyuid();
  void sent_at_last(completion& c);

  bool moves_;
  mailbox_name to_;
  uid_set uids_;
  std::optional<seq_set> seqs_;  ///< until they are UIDs
  std::vector<arrival> sources_;
  bool sources_known_ = false;
  uid_set left_;
  pair_list pairs_;  ///< of earlier rounds
};

}  // namespace imapxx::inline v0::core
