/// \file
/// Making, removing, renaming and subscribing mailboxes: CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/flag.hpp>
#include <imapxx/model/mailbox_name.hpp>

#include <optional>
#include <string>
#include <vector>

namespace imapxx::inline v0 {

namespace detail {
/// What the commands share whose only argument is a mailbox.
class IMAPXX_API mailbox_command : public command {
 public:
  using result_type = void;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  void encode(wire::encoder& out) override;
  void take_result() noexcept {}

 protected:
  explicit mailbox_command(mailbox_name name);
  mailbox_name name_;
};
}  // namespace detail

/// Makes a mailbox. RFC 9051 section 6.3.4; authenticated or selected state. Errors: invalid_argument for a name that
/// cannot be sent; no (ALREADYEXISTS, CANNOT ...), bad.
class IMAPXX_API create final : public command {
 public:
  using result_type = void;
  static const command_traits traits_v;
  explicit create(mailbox_name name);
  /// What the mailbox is for: `\Sent`, `\Trash` ...; may be called several times. RFC 6154 section 3; requires
  /// CREATE-SPECIAL-USE.
  create& use(flag attribute);

  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  void encode(wire::encoder& out) override;
  result<void> on_complete(const status_response& status) override;
  void take_result() noexcept {}
  /// The new mailbox's id (RFC 8474 section 4.1), when the server told it; after completion.
  [[nodiscard]] const std::optional<std::string>& mailbox_id() const noexcept { return id_; }

 private:
  mailbox_name name_;
  flag_list uses_;
  std::optional<std::string> id_;
};

/// Removes a mailbox with all its messages. RFC 9051 section 6.3.5; authenticated or selected state (some servers
/// refuse, or end the session, when it is the selected one). Errors: invalid_argument, no (NONEXISTENT, HASCHILDREN
/// ...), bad.
class IMAPXX_API delete_mailbox final : public detail::mailbox_command {
 public:
  static const command_traits traits_v;
  explicit delete_mailbox(mailbox_name name);
  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
};

/// Gives a mailbox another name. RFC 9051 section 6.3.6; authenticated or selected state. Renaming INBOX moves its
/// messages and leaves it empty. Subscriptions may stay with the old name. Errors: invalid_argument, no, bad.
class IMAPXX_API rename final : public command {
 public:
  using result_type = void;
  static const command_traits traits_v;
  rename(mailbox_name from, mailbox_name to);
  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  void encode(wire::encoder& out) override;
  void take_result() noexcept {}

 private:
  mailbox_name from_;
  mailbox_name to_;
};

/// Adds a name to the subscribed ones. RFC 9051 section 6.3.7; authenticated or selected state. Errors:
/// invalid_argument, no, bad.
class IMAPXX_API subscribe final : public detail::mailbox_command {
 public:
  static const command_traits traits_v;
  explicit subscribe(mailbox_name name);
  [[nodiscard]] const command_traits& traits() const noexcept override;
};

/// Takes a name from the subscribed ones. RFC 9051 section 6.3.8; authenticated or selected state. Errors:
/// invalid_argument, no, bad.
class IMAPXX_API unsubscribe final : public detail::mailbox_command {
 public:
  static const command_traits traits_v;
  explicit unsubscribe(mailbox_name name);
  [[nodiscard]] const command_traits& traits() const noexcept override;
};

}  // namespace imapxx::inline v0
