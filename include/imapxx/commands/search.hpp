/// \file
/// SEARCH and UID SEARCH, with the result options of ESEARCH and SEARCHRES.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/number_set.hpp>
#include <imapxx/model/search_key.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {

/// What SEARCH shall return: `search_return().count().min()`. RFC 9051 section 6.4.4 and RFC 4731 section 3.1.
class search_return {
 public:
  search_return() noexcept {}                         // NOLINT(modernize-use-equals-default): no aggregate
  search_return& min() noexcept { return add(1); }    ///< the lowest number
  search_return& max() noexcept { return add(2); }    ///< the highest number
  search_return& all() noexcept { return add(4); }    ///< all numbers
  search_return& count() noexcept { return add(8); }  ///< how many
  search_return& save() noexcept { return add(16); }  ///< keep the result as `$` (SEARCHRES, RFC 5182)
  [[nodiscard]] bool has(unsigned bit) const noexcept { return (bits_ & bit) != 0; }
  [[nodiscard]] bool has_min() const noexcept { return has(1); }
  [[nodiscard]] bool has_max() const noexcept { return has(2); }
  [[nodiscard]] bool has_all() const noexcept { return has(4); }
  [[nodiscard]] bool has_count() const noexcept { return has(8); }
  [[nodiscard]] bool has_save() const noexcept { return has(16); }
  [[nodiscard]] bool empty() const noexcept { return bits_ == 0; }

 private:
  search_return& add(unsigned bit) noexcept {
    bits_ |= bit;
    return *this;
  }
  unsigned bits_ = 0;
};

/// The numbers found (it is a set), and what else was asked for with `returning`. What was not asked for, or not sent,
/// is nullopt: after `returning(search_return().count())` the set is empty and `count` holds the number.
template <class Tag>
class basic_search_result : public basic_number_set<Tag> {
 public:
  using set_type = basic_number_set<Tag>;
  basic_search_result() = default;
  explicit basic_search_result(set_type s) : set_type(std::move(s)) {}
  [[nodiscard]] const set_type& numbers() const noexcept { return *this; }
  std::optional<message_number> min, max;
  std::optional<std::uint64_t> count;
  std::optional<std::uint64_t> modseq;  ///< the highest mod-sequence of the messages found (RFC 7162 section 3.1.5)
};
using seq_search_result = basic_search_result<seq_tag>;
using uid_search_result = basic_search_result<uid_tag>;

namespace detail {
/// What the two commands share.
class IMAPXX_API search_base : public command {
 public:
  search_base(const search_base&);
  search_base(search_base&&) noexcept;
  search_base& operator=(const search_base&);
  search_base& operator=(search_base&&) noexcept;
  ~search_base() override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  [[nodiscard]] command_scope scope() const noexcept override;
  void prepare(const submit_context& context) override;
  void encode(wire::encoder& out) override;
  bool on_response(response& r) override;
  result<void> on_complete(const status_response& status) override;
  void abandon() noexcept override;
  /// Not with a set of sequence numbers in the key, nor with `$` or `save`: they mean something else on another
  /// connection.
  [[nodiscard]] bool may_be_repeated() const noexcept override;
  /// What `returning` was called with.
  [[nodiscard]] const search_return& returns() const noexcept { return returning_; }

 protected:
  search_base(search_key key, bool uid);
  template <class Result>
  Result take_as();
  search_return returning_;

 private:
  void take(std::vector<number_range> more);
  search_key key_;
  std::optional<message_number> min_, max_;
  std::optional<std::uint64_t> count_, modseq_;
  std::vector<number_range> ranges_;  // of all answers, as they came
  std::string tag_;
  std::uint64_t max_ranges_ = UINT64_MAX;
  error failure_;
  bool uid_;
};
}  // namespace detail

/// Finds messages; the result holds sequence numbers, which any later EXPUNGE changes: prefer `uid_search`. RFC 9051
/// section 6.4.4; selected state. `CHARSET UTF-8` is sent when a text needs it. Answers in both forms, SEARCH and
/// ESEARCH, and in several pieces are united. Errors: invalid_argument, capability_required (keys of extensions,
/// `returning`), incomplete_result (numbers of the wrong kind), limit_exceeded, no (BADCHARSET, NOTSAVED ...), bad.
class IMAPXX_API search final : public detail::search_base {
 public:
  using result_type = seq_search_result;
  static const command_traits traits_v;
  explicit search(search_key key);
  /// Requires ESEARCH or IMAP4rev2; `save` requires SEARCHRES or IMAP4rev2.
  search& returning(search_return what);
  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result_type take_result();
};

/// As `search`, with UIDs. RFC 9051 section 6.4.9.
class IMAPXX_API uid_search final : public detail::search_base {
 public:
  using result_type = uid_search_result;
  static const command_traits traits_v;
  explicit uid_search(search_key key);
  /// Requires ESEARCH or IMAP4rev2; `save` requires SEARCHRES or IMAP4rev2.
  uid_search& returning(search_return what);
  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result_type take_result();
};

}  // namespace imapxx::inline v0
