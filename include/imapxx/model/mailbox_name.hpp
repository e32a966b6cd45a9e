/// \file
/// Mailbox names: the octets the server knows, and the text a person reads (RFC 9051 section 5.1, RFC 3501
/// section 5.1.3).
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0 {

/// A mailbox name. Names that came from a server keep their raw octets, and commands send exactly those; names made by
/// a program are UTF-8 and become modified UTF-7 on the wire (or stay UTF-8 once UTF8=ACCEPT or IMAP4rev2 is enabled).
/// `INBOX` is the same in any case.
class IMAPXX_API mailbox_name {
 public:
  mailbox_name() = default;
  /// From UTF-8. CR, LF, NUL and invalid UTF-8 are refused when the name is sent (`is_valid`).
  mailbox_name(std::string_view utf8);                                      // NOLINT(google-explicit-constructor)
  mailbox_name(const char* utf8) : mailbox_name(std::string_view(utf8)) {}  // NOLINT(google-explicit-constructor)
  mailbox_name(const std::string& utf8)
      : mailbox_name(std::string_view(utf8)) {}  // NOLINT(google-explicit-constructor)
  /// From the octets of a server. `utf8_wire`: the session has UTF8=ACCEPT or IMAP4rev2 enabled, so that the octets are
  /// UTF-8 and no UTF-7.
  [[nodiscard]] static mailbox_name from_wire(std::string_view octets, bool utf8_wire = false);

  [[nodiscard]] std::string_view raw() const noexcept {
    return raw_;
  }  ///< octets for the wire (modified UTF-7, or as the server sent them)
  [[nodiscard]] const std::string& utf8() const noexcept { return utf8_; }  ///< for people; see `decoded`
  [[nodiscard]] bool decoded() const noexcept {
    return decoded_;
  }  ///< false: `utf8()` is the raw octets, those that are not UTF-8 replaced
  [[nodiscard]] bool is_inbox() const noexcept;
  [[nodiscard]] bool empty() const noexcept { return raw_.empty(); }
  [[nodiscard]] bool is_valid() const noexcept;  ///< can be sent: no CR, LF, NUL
  /// Parts between `separator` (as UTF-8); the whole name for '\0' (flat).
  [[nodiscard]] std::vector<std::string> split(char separator) const;
  friend IMAPXX_API bool operator==(const mailbox_name& a, const mailbox_name& b) noexcept;
  friend IMAPXX_API bool operator<(const mailbox_name& a, const mailbox_name& b) noexcept;

 private:
  std::string raw_;
  std::string utf8_;
  bool decoded_ = true;
  bool from_wire_ = false;
};

}  // namespace imapxx::inline v0
