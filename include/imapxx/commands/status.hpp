/// \file
/// STATUS: numbers about a mailbox without selecting it.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/mailbox.hpp>
#include <imapxx/model/mailbox_name.hpp>

#include <cstdint>
#include <utility>

namespace imapxx::inline v0 {

/// Which numbers STATUS and LIST's RETURN (STATUS ...) ask for: `status_items().messages().unseen()`. A value of a few
/// bits.
class IMAPXX_API status_items {
 public:
  status_items() noexcept {}  // NOLINT(modernize-use-equals-default): no aggregate, and no implicit bits
  status_items& messages() noexcept { return add(0); }
  status_items& recent() noexcept { return add(1); }  ///< RFC 3501 only
  status_items& uidnext() noexcept { return add(2); }
  status_items& uidvalidity() noexcept { return add(3); }
  status_items& unseen() noexcept { return add(4); }
  status_items& deleted() noexcept { return add(5); }        ///< requires IMAP4rev2 or QUOTA=RES-MESSAGE
  status_items& size() noexcept { return add(6); }           ///< requires STATUS=SIZE or IMAP4rev2
  status_items& highestmodseq() noexcept { return add(7); }  ///< requires CONDSTORE
  status_items& appendlimit() noexcept { return add(8); }    ///< requires APPENDLIMIT
  status_items& mailboxid() noexcept { return add(9); }      ///< requires OBJECTID
  [[nodiscard]] bool empty() const noexcept { return bits_ == 0; }
  /// Errors: invalid_argument when empty; capability_required.
  [[nodiscard]] result<void> check(const session_info& info) const;
  /// Writes `(MESSAGES UNSEEN)`, always in the same order.
  void encode(wire::encoder& out) const;
  friend bool operator==(const status_items&, const status_items&) = default;

 private:
  status_items& add(unsigned bit) noexcept {
    bits_ |= 1U << bit;
    return *this;
  }
  std::uint32_t bits_ = 0;
};

/// Asks for numbers about a mailbox. RFC 9051 section 6.3.11; authenticated or selected state, not meant for the
/// selected mailbox. Items that the server leaves out stay nullopt. Errors: invalid_argument, capability_required,
/// incomplete_result (OK without an answer), no (NONEXISTENT ...), bad.
class IMAPXX_API status final : public command {
 public:
  using result_type = mailbox_status;
  static const command_traits traits_v;
  status(mailbox_name name, status_items items);

  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  [[nodiscard]] command_scope scope() const noexcept override { return command_scope().of(name_).reading(); }
  void encode(wire::encoder& out) override;
  bool on_response(response& r) override;
  result<void> on_complete(const status_response& s) override;
  [[nodiscard]] result_type take_result() { return std::move(found_); }

 private:
  mailbox_name name_;
  status_items items_;
  mailbox_status found_;
  bool answered_ = false;
};

}  // namespace imapxx::inline v0
