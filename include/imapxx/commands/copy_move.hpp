/// \file
/// COPY and MOVE, by UID and by sequence number.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/mailbox_name.hpp>
#include <imapxx/model/number_set.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace imapxx::inline v0 {

/// Where messages went, when the server told it (COPYUID, RFC 4315 section 3). Nothing is known of messages when
/// `uidvalidity` is nullopt.
class IMAPXX_API copy_result {
 public:
  copy_result() = default;
  std::optional<std::uint32_t> uidvalidity;  ///< of the destination
  std::vector<number_range> sources;         ///< UIDs in the order sent; pairs with `destinations`, number by number
  std::vector<number_range> destinations;
  /// The new UID of the message that had this one.
  [[nodiscard]] std::optional<std::uint32_t> destination_of(std::uint32_t source_uid) const noexcept;
};

namespace detail {
/// What the two commands share.
class IMAPXX_API copy_base : public command {
 public:
  using result_type = copy_result;
  copy_base(const copy_base&);
  copy_base(copy_base&&) noexcept;
  copy_base& operator=(const copy_base&);
  copy_base& operator=(copy_base&&) noexcept;
  ~copy_base() override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  [[nodiscard]] command_scope scope() const noexcept override;
  void encode(wire::encoder& out) override;
  bool on_response(response& r) override;
  result<void> on_complete(const status_response& status) override;
  [[nodiscard]] result_type take_result() { return std::move(result_); }
  [[nodiscard]] const std::variant<uid_set, seq_set>& messages() const noexcept { return set_; }
  [[nodiscard]] const mailbox_name& destination() const noexcept { return destination_; }

 protected:
  copy_base(std::variant<uid_set, seq_set> set, mailbox_name destination);
  std::size_t split_uids(std::size_t line_octets, std::size_t most);
  std::size_t part_ = 0;
  [[nodiscard]] bool by_uid() const noexcept { return std::holds_alternative<uid_set>(set_); }

 private:
  bool learn(const response_code& c);
  std::variant<uid_set, seq_set> set_;
  std::vector<std::variant<uid_set, seq_set>> parts_;  // of `set_`, when it is too long for one line
  mailbox_name destination_;
  copy_result result_;
};
}  // namespace detail

/// Copies messages, all or none. RFC 9051 sections 6.4.7 and 6.4.9; selected state.
/// Errors: invalid_argument, no (TRYCREATE when the destination does not exist, OVERQUOTA ...), bad.
class IMAPXX_API copy final : public detail::copy_base {
 public:
  static const command_traits traits_uid;
  static const command_traits traits_seq;
  copy(uid_set set, mailbox_name destination);
  copy(seq_set set, mailbox_name destination);
  [[nodiscard]] const command_traits& traits() const noexcept override;
};

/// Moves messages. RFC 9051 sections 6.4.8 and 6.4.9, RFC 6851; requires MOVE or IMAP4rev2 (`client::move` has a
/// fallback); selected state. A message that fails stays where it is. A set of UIDs that is too long for one line is
/// divided, as with `fetch`. Errors: invalid_argument, capability_required, no
/// (TRYCREATE ...), bad.
class IMAPXX_API move final : public detail::copy_base {
 public:
  static const command_traits traits_uid;
  static const command_traits traits_seq;
  move(uid_set set, mailbox_name destination);
  move(seq_set set, mailbox_name destination);
  [[nodiscard]] std::size_t split(std::size_t line_octets, std::size_t most) override {
    return split_uids(line_octets, most);
  }
  void use_part(std::size_t index) override { part_ = index; }
  [[nodiscard]] const command_traits& traits() const noexcept override;
};

}  // namespace imapxx::inline v0
