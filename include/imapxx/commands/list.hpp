/// \file
/// LIST with all that LIST-EXTENDED, LIST-STATUS and SPECIAL-USE add, and LSUB.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/commands/status.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/mailbox.hpp>
#include <imapxx/model/mailbox_name.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imapxx::inline v0 {

namespace detail {
/// Collects entries, one for each mailbox: a name that comes again adds its attributes.
class IMAPXX_API list_collector {
 public:
  list_collector();
  list_collector(const list_collector& other);
  list_collector(list_collector&& other) noexcept;
  list_collector& operator=(const list_collector& other);
  list_collector& operator=(list_collector&& other) noexcept;
  ~list_collector();

  void bound(std::uint64_t responses, std::uint64_t octets) noexcept;
  void add(list_entry&& e);
  /// Joins a STATUS answer. \return false when no entry has that name
  bool join(mailbox_status& s);
  [[nodiscard]] const error& failure() const noexcept { return failure_; }
  [[nodiscard]] std::vector<list_entry> take();
  void clear() noexcept;

 private:
  struct names;
  std::vector<list_entry> entries_;
  std::unique_ptr<names> names_;
  error failure_;
  std::uint64_t responses_ = 0, octets_ = 0;
  std::uint64_t max_responses_ = UINT64_MAX, max_octets_ = UINT64_MAX;
};
}  // namespace detail

/// Lists mailboxes. RFC 9051 section 6.3.9; authenticated or selected state. `%` matches within a level, `*` across
/// levels; pattern "" asks for the hierarchy separator. Names keep the octets of the server, so they can be sent back
/// as they are. A mailbox that the server lists twice stands once in the result, with the attributes of both.
///
/// All setters but `pattern` write the extended form, which requires LIST-EXTENDED or IMAP4rev2 (RFC 5258).
/// Errors: invalid_argument, capability_required, limit_exceeded, no, bad.
class IMAPXX_API list final : public command {
 public:
  using result_type = std::vector<list_entry>;
  static const command_traits traits_v;
  static const command_traits traits_with_status;
  list(mailbox_name reference, mailbox_name pattern);
  list(const list&);
  list(list&&) noexcept;
  list& operator=(const list&);
  list& operator=(list&&) noexcept;
  ~list() override;
  /// One more pattern (extended form).
  list& pattern(mailbox_name also);
  list& subscribed();       ///< only subscribed names (selection)
  list& remote();           ///< remote mailboxes, too (selection)
  list& recursive_match();  ///< also parents of matching ones; only together with another selection but `remote`
  list& special_use();      ///< only mailboxes with a special use (selection); requires SPECIAL-USE, RFC 6154 section 4
  list& return_subscribed();   ///< tell `\Subscribed`
  list& return_children();     ///< tell `\HasChildren`, `\HasNoChildren`
  list& return_special_use();  ///< tell `\Sent` and so on; requires SPECIAL-USE
  /// Numbers for each mailbox, in `list_entry::status` (nullopt where the server kept silent); requires LIST-STATUS
  /// (RFC 5819) or IMAP4rev2 and what the items require.
  list& return_status(status_items items);

  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  void prepare(const submit_context& context) override;
  void encode(wire::encoder& out) override;
  bool on_response(response& r) override;
  result<void> on_complete(const status_response& s) override;
  void abandon() noexcept override;
  [[nodiscard]] result_type take_result() { return found_.take(); }

  /// Whether it is written in the extended form.
  [[nodiscard]] bool extended() const noexcept;
  [[nodiscard]] const mailbox_name& reference() const noexcept { return reference_; }
  [[nodiscard]] const std::vector<mailbox_name>& patterns() const noexcept { return patterns_; }
  /// Which subset of the names is asked for, and what for each of them.
  [[nodiscard]] bool selects_any() const noexcept { return select_ != 0; }
  [[nodiscard]] bool selects_subscribed() const noexcept;
  [[nodiscard]] bool selects_special_use() const noexcept;
  [[nodiscard]] bool returns_subscribed() const noexcept;
  [[nodiscard]] const std::optional<status_items>& returns_status() const noexcept { return status_; }

 private:
  mailbox_name reference_;
  std::vector<mailbox_name> patterns_;
  std::uint8_t select_ = 0;  // bits, in the order of the wire
  std::uint8_t return_ = 0;
  std::optional<status_items> status_;
  detail::list_collector found_;
};

/// Lists subscribed names. RFC 3501 section 6.3.9 (gone from RFC 9051, where `list().subscribed()` stands for it);
/// authenticated or selected state. Its attributes mean little, and the names need not exist. Errors: invalid_argument,
/// limit_exceeded, no, bad.
class IMAPXX_API lsub final : public command {
 public:
  using result_type = std::vector<list_entry>;
  static const command_traits traits_v;
  lsub(mailbox_name reference, mailbox_name pattern);
  lsub(const lsub&);
  lsub(lsub&&) noexcept;
  lsub& operator=(const lsub&);
  lsub& operator=(lsub&&) noexcept;
  ~lsub() override;

  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  void prepare(const submit_context& context) override;
  void encode(wire::encoder& out) override;
  bool on_response(response& r) override;
  result<void> on_complete(const status_response& s) override;
  void abandon() noexcept override;
  [[nodiscard]] result_type take_result() { return found_.take(); }

 private:
  mailbox_name reference_;
  mailbox_name pattern_;
  detail::list_collector found_;
};

}  // namespace imapxx::inline v0
