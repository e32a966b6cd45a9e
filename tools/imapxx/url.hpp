// imap[s]://user@host[:port]/mailbox;UID=set, as RFC 5092 writes it, with the user's leniency and without passwords.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace imapxx::cli {

struct imap_url {
  bool tls = false;  ///< imaps
  std::string user;
  std::string mechanism;          ///< of ;AUTH=, empty for none and for *
  std::string host;               ///< IPv6 without brackets
  std::uint16_t port = 0;         ///< 0: the scheme's
  std::string mailbox;            ///< UTF-8; empty when the URL names none
  std::uint32_t uidvalidity = 0;  ///< 0: not given
  std::string uids;               ///< text of ;UID=

  /// Without user: for messages.
  [[nodiscard]] std::string address() const;
};

/// \throws failure (usage) that says what is wrong
[[nodiscard]] imap_url parse_url(std::string_view text);

/// The URL of a mailbox; everything that needs it is percent-encoded.
[[nodiscard]] std::string to_string(const imap_url& url);

}  // namespace imapxx::cli
