/// \file
/// Opening and closing a mailbox: SELECT, EXAMINE, CLOSE, UNSELECT.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/event.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/mailbox_name.hpp>

#include <utility>

namespace imapxx::inline v0 {

/// What SELECT and EXAMINE share.
class IMAPXX_API open_mailbox : public command {
 public:
  using result_type = mailbox_view;
  open_mailbox(const open_mailbox&);
  open_mailbox(open_mailbox&&) noexcept;
  open_mailbox& operator=(const open_mailbox&);
  open_mailbox& operator=(open_mailbox&&) noexcept;
  ~open_mailbox() override;

  [[nodiscard]] result<void> check(const session_info& info) const override;
  void encode(wire::encoder& out) override;
  bool on_response(response& r) override;
  result<void> on_complete(const status_response& status) override;
  [[nodiscard]] result_type take_result() { return std::move(view_); }
  [[nodiscard]] const mailbox_name& mailbox() const noexcept { return name_; }

 protected:
  open_mailbox(mailbox_name name, bool read_only);
  bool condstore_ = false;

 private:
  mailbox_name name_;
  mailbox_view view_;
  bool read_only_;
};

/// Opens a mailbox for reading and writing. RFC 9051 section 6.3.2; authenticated or selected state. The result is the
/// mailbox as the answer described it; the session's own view goes on from there. The mailbox that was selected before
/// is left, also when this fails. Errors: invalid_argument for a name that cannot be sent; no, bad.
class IMAPXX_API select final : public open_mailbox {
 public:
  static const command_traits traits_v;
  explicit select(mailbox_name name);
  /// Asks for mod-sequences (`SELECT name (CONDSTORE)`). RFC 7162 section 3.1.8; requires CONDSTORE.
  select& condstore(bool on = true);
  [[nodiscard]] const command_traits& traits() const noexcept override;
};

/// Opens a mailbox for reading only: nothing in it is changed, `\Seen` and `\Recent` included. RFC 9051 section 6.3.3;
/// authenticated or selected state. Otherwise like `select`.
class IMAPXX_API examine final : public open_mailbox {
 public:
  static const command_traits traits_v;
  explicit examine(mailbox_name name);
  /// Asks for mod-sequences (`EXAMINE name (CONDSTORE)`). RFC 7162 section 3.1.8; requires CONDSTORE.
  examine& condstore(bool on = true);
  [[nodiscard]] const command_traits& traits() const noexcept override;
};

/// Removes the messages marked `\Deleted` (not after EXAMINE) and leaves the mailbox. RFC 9051 section 6.4.1; selected
/// state.
class IMAPXX_API close final : public command {
 public:
  using result_type = void;
  static const command_traits traits_v;
  close();
  [[nodiscard]] const command_traits& traits() const noexcept override;
  void encode(wire::encoder& out) override;
  void take_result() noexcept {}
};

/// Leaves the mailbox and removes nothing. RFC 9051 section 6.4.2, RFC 3691; requires UNSELECT or IMAP4rev2; selected
/// state.
class IMAPXX_API unselect final : public command {
 public:
  using result_type = void;
  static const command_traits traits_v;
  unselect();
  [[nodiscard]] const command_traits& traits() const noexcept override;
  void encode(wire::encoder& out) override;
  void take_result() noexcept {}
};

}  // namespace imapxx::inline v0
