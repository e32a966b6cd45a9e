/// \file
/// STORE and UID STORE: changing flags.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/flag.hpp>
#include <imapxx/model/number_set.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace imapxx::inline v0 {

enum class store_mode : std::uint8_t { add, remove, replace };

/// One message's flags after STORE.
class stored_flags {
 public:
  stored_flags() = default;
  std::uint32_t seq = 0;
  std::optional<std::uint32_t> uid;
  flag_list flags;
  std::optional<std::uint64_t> modseq;
};

/// What STORE changed, as far as the server told it.
class IMAPXX_API store_result {
 public:
  store_result() = default;
  std::vector<stored_flags> messages;
  /// Messages that `unchanged_since` kept from being changed (RFC 7162 section 3.1.3), numbers of the command's kind,
  /// as sent.
  std::string modified;
  [[nodiscard]] uid_set modified_uids() const;  ///< after UID STORE
  [[nodiscard]] seq_set modified_seqs() const;  ///< after STORE
};

/// Changes flags. RFC 9051 sections 6.4.6 and 6.4.9; selected state, not after EXAMINE. With a `uid_set` it is UID
/// STORE, with a `seq_set` STORE. Adding or removing nothing is refused; replacing by nothing clears. `\Recent` cannot
/// be stored. A set that is too long for one line is divided among several commands, as with `fetch`. Errors:
/// invalid_argument, capability_required, limit_exceeded, no (READ-ONLY mailbox, EXPUNGEISSUED ...), bad.
class IMAPXX_API store final : public command {
 public:
  using result_type = store_result;
  static const command_traits traits_uid;
  static const command_traits traits_seq;
  store(uid_set set, store_mode mode, flag_list flags);
  store(seq_set set, store_mode mode, flag_list flags);
  store(const store&);
  store(store&&) noexcept;
  store& operator=(const store&);
  store& operator=(store&&) noexcept;
  ~store() override;
  /// Asks the server not to answer with the new flags; the result is empty then (but for mod-sequences and what it
  /// tells all the same).
  store& silent(bool on = true);
  /// Only messages not changed after this mod-sequence; the others are `store_result::modified`. Requires CONDSTORE.
  store& unchanged_since(std::uint64_t modseq);

  [[nodiscard]] bool is_silent() const noexcept { return silent_; }
  [[nodiscard]] const std::variant<uid_set, seq_set>& messages() const noexcept { return set_; }
  [[nodiscard]] store_mode mode() const noexcept { return mode_; }
  [[nodiscard]] const flag_list& wanted_flags() const noexcept { return flags_; }
  [[nodiscard]] std::optional<std::uint64_t> condition() const noexcept { return unchanged_since_; }
  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  void prepare(const submit_context& context) override;
  [[nodiscard]] command_scope scope() const noexcept override;
  [[nodiscard]] std::size_t split(std::size_t line_octets, std::size_t most) override;
  void use_part(std::size_t index) override { part_ = index; }
  void encode(wire::encoder& out) override;
  bool on_fetch(const fetch_row& row) override;
  [[nodiscard]] bool claims(const fetch_row& row) const noexcept override;
  result<void> on_complete(const status_response& status) override;
  void abandon() noexcept override;
  /// Not with `unchanged_since`: the first one may have been what changed them.
  [[nodiscard]] bool may_be_repeated() const noexcept override {
    return !unchanged_since_ && command::may_be_repeated();
  }
  [[nodiscard]] result_type take_result() { return std::move(result_); }

 private:
  std::variant<uid_set, seq_set> set_;
  std::vector<std::variant<uid_set, seq_set>> parts_;  // of `set_`, when it is too long for one line
  std::size_t part_ = 0;
  flag_list flags_;
  std::optional<std::uint64_t> unchanged_since_;
  store_result result_;
  error failure_;
  std::uint64_t max_rows_ = UINT64_MAX, max_octets_ = UINT64_MAX, octets_ = 0;
  store_mode mode_;
  bool silent_ = false;
};

}  // namespace imapxx::inline v0
