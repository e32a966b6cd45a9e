/// \file
/// FETCH and UID FETCH.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/commands/fetch_items.hpp>
#include <imapxx/commands/fetch_results.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/number_set.hpp>
#include <imapxx/sink.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace imapxx::inline v0 {

/// Fetches data of messages. RFC 9051 sections 6.4.5 and 6.4.9; selected state. With a `uid_set` it is UID FETCH, and
/// `uid()` is added to the items; with a `seq_set` it is FETCH, whose numbers any EXPUNGE changes: prefer UIDs.
///
/// A response belongs to this command when it is about a message of the set and brings a requested item (UID alone does
/// not count, unless nothing else was asked for). What comes in pieces becomes one row. Messages that do not exist (any
/// more) are missing from the result, without an error. An answer beyond `n:*` whose UID is below n is no result.
/// Bodies are collected, up to `limits::body_in_memory_octets` each, or go to a sink. A set that is too long for one
/// line (RFC 7162 section 4) is divided among several commands that leave together; the results are one.
/// Errors: invalid_argument (empty set, no items, an impossible section), capability_required, limit_exceeded
/// (collected_responses, collected_octets: the connection lives), no, bad, and the sink's.
class IMAPXX_API fetch final : public command {
 public:
  using result_type = fetch_results;
  static const command_traits traits_uid;
  static const command_traits traits_seq;
  static const command_traits traits_uid_to_sink;
  static const command_traits traits_seq_to_sink;

  fetch(uid_set set, fetch_items items);
  fetch(seq_set set, fetch_items items);
  fetch(const fetch&);
  fetch(fetch&&) noexcept;
  fetch& operator=(const fetch&);
  fetch& operator=(fetch&&) noexcept;
  ~fetch() override;
  /// Only messages changed after `modseq` (at least 1); MODSEQ comes with them. RFC 7162 section 3.1.4.1; requires
  /// CONDSTORE.
  fetch& changed_since(std::uint64_t modseq);
  /// Bodies go to the sink as they arrive, and rows hold everything else. Deadline: without progress, instead of in
  /// all.
  fetch& to(std::shared_ptr<body_sink> sink);

  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  void prepare(const submit_context& context) override;
  [[nodiscard]] command_scope scope() const noexcept override;
  [[nodiscard]] std::size_t split(std::size_t line_octets, std::size_t most) override;
  void use_part(std::size_t index) override { part_ = index; }
  void encode(wire::encoder& out) override;
  bool on_fetch(const fetch_row& row) override;
  [[nodiscard]] bool claims(const fetch_row& row) const override;
  body_sink* on_body(const body_info& info) override;
  [[nodiscard]] bool wants_section(const body_info& info) const noexcept override;
  result<void> on_complete(const status_response& status) override;
  void abandon() noexcept override;
  /// Not to a sink, which would get octets twice.
  [[nodiscard]] bool may_be_repeated() const noexcept override { return !sink_ && command::may_be_repeated(); }
  [[nodiscard]] result_type take_result() { return std::move(rows_); }
  [[nodiscard]] const fetch_items& items() const noexcept { return items_; }
  [[nodiscard]] bool by_uid() const noexcept { return std::holds_alternative<uid_set>(set_); }
  [[nodiscard]] const std::variant<uid_set, seq_set>& messages() const noexcept { return set_; }
  [[nodiscard]] bool has_sink() const noexcept { return sink_ != nullptr; }
  /// For operations: the same of other messages.
  void use(uid_set other) { set_ = std::move(other); }

 private:
  [[nodiscard]] std::uint32_t carried(const fetch_row& row) const;
  [[nodiscard]] std::uint32_t carried_sections(const fetch_row::item& i) const;
  [[nodiscard]] bool is_mine(const fetch_row& row, std::uint32_t uid, std::uint32_t have) const;
  void learn_items();

  std::variant<uid_set, seq_set> set_;
  std::vector<std::variant<uid_set, seq_set>> parts_;  // of `set_`, when it is too long for one line
  std::size_t part_ = 0;
  fetch_items items_;
  std::optional<std::uint64_t> changed_since_;
  std::shared_ptr<body_sink> sink_;
  fetch_results rows_;
  error failure_;
  std::uint64_t max_rows_ = UINT64_MAX, max_octets_ = UINT64_MAX, row_count_ = 0;
  std::uint32_t all_ = 0;       // one bit for each item asked for
  std::uint32_t decisive_ = 0;  // those whose presence makes a response ours
  std::array<std::uint32_t, static_cast<std::size_t>(fetch_item::other) + 1> bit_of_{};
  mutable std::uint32_t last_kinds_ = 0, last_carried_ = 0;  // of the last row that holds no sections
  std::uint32_t first_ = 1, last_ = 0;                       // the first range of `set_`: most have no other
  mutable std::vector<std::pair<std::string, std::uint32_t>> known_names_;  // section names as this server writes them
};

}  // namespace imapxx::inline v0
