#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::testserver::detail {

/// An IMAP `address`; a group starts with only `mailbox` set and ends with nothing set (RFC 3501, 7.4.2).
struct address {
  std::optional<std::string> name;
  std::optional<std::string> route;
  std::optional<std::string> mailbox;
  std::optional<std::string> host;
};

/// RFC 5322 address-list with its obsolete forms. Broken addresses become MISSING_MAILBOX, MISSING_DOMAIN and
/// SYNTAX_ERROR as Dovecot writes them, so that both servers can be compared.
std::vector<address> parse_addresses(std::string_view value);

/// The list as text: name <mailbox@host>, …
std::string format_addresses(const std::vector<address>& list);

}  // namespace imapxx::testserver::detail
