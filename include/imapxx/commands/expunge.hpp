/// \file
/// EXPUNGE and UID EXPUNGE.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/number_set.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

namespace imapxx::inline v0 {

/// What was removed, as the server told it.
class expunge_result {
 public:
  expunge_result() = default;
  /// Sequence numbers in the order sent: each counts in the mailbox as the ones before it left it (RFC 9051
  /// section 7.5.1).
  std::vector<std::uint32_t> sequence_numbers;
  uid_set vanished;  ///< UIDs, from servers that send VANISHED instead (RFC 7162 section 3.2.10)
};

namespace detail {
/// What the two commands share.
class IMAPXX_API expunge_base : public command {
 public:
  using result_type = expunge_result;
  void prepare(const submit_context& context) override;
  bool on_response(response& r) override;
  result<void> on_complete(const status_response& status) override;
  void abandon() noexcept override;
  [[nodiscard]] result_type take_result() { return std::move(result_); }

 protected:
  expunge_base();

 private:
  expunge_result result_;
  error failure_;
  std::uint64_t max_responses_ = UINT64_MAX, responses_ = 0;
};
}  // namespace detail

/// Removes all messages marked `\Deleted`, also those that another client marked. RFC 9051 section 6.4.3; selected
/// state, not after EXAMINE. Errors: limit_exceeded, no (EXPUNGEISSUED, READ-ONLY mailbox ...), bad.
class IMAPXX_API expunge final : public detail::expunge_base {
 public:
  static const command_traits traits_v;
  expunge();
  [[nodiscard]] const command_traits& traits() const noexcept override;
  void encode(wire::encoder& out) override;
};

/// Removes those of the given messages that are marked `\Deleted`. RFC 9051 section 6.4.9, RFC 4315 section 2.1;
/// requires UIDPLUS or IMAP4rev2; selected state, not after EXAMINE. A set that is too long for one line is divided, as
/// with `fetch`. Errors: invalid_argument, capability_required,
/// limit_exceeded, no, bad.
class IMAPXX_API uid_expunge final : public detail::expunge_base {
 public:
  static const command_traits traits_v;
  explicit uid_expunge(uid_set set);
  uid_expunge(const uid_expunge&);
  uid_expunge(uid_expunge&&) noexcept;
  uid_expunge& operator=(const uid_expunge&);
  uid_expunge& operator=(uid_expunge&&) noexcept;
  ~uid_expunge() override;
  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  [[nodiscard]] std::size_t split(std::size_t line_octets, std::size_t most) override;
  void use_part(std::size_t index) override { part_ = index; }
  void encode(wire::encoder& out) override;

 private:
  uid_set set_;
  std::vector<std::variant<uid_set, seq_set>> parts_;  // of `set_`, when it is too long for one line
  std::size_t part_ = 0;
};

}  // namespace imapxx::inline v0
