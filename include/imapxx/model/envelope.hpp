/// \file
/// ENVELOPE (RFC 9051 section 7.5.2).
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/model/boxed_optional.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0 {

/// One address as the server parsed it. All texts are raw octets of the message (often RFC 2047 encoded words).
struct IMAPXX_API address {
  std::optional<std::string> name;
  boxed_optional<std::string> route;   ///< the obsolete source route
  std::optional<std::string> mailbox;  ///< local part; the group's name at a group's start
  std::optional<std::string> host;     ///< nullopt at a group's start and end
  [[nodiscard]] bool is_group_start() const noexcept { return !host && mailbox; }
  [[nodiscard]] bool is_group_end() const noexcept { return !host && !mailbox; }
  [[nodiscard]] std::string addr_spec() const;  ///< `mailbox@host`
  friend bool operator==(const address&, const address&) = default;
};

/// Addresses with their RFC 5322 group structure: a group without a name holds the addresses that stand in none.
struct address_group {
  std::optional<std::string> name;
  std::vector<address> members;
  friend bool operator==(const address_group&, const address_group&) = default;
};
using address_list = std::vector<address>;
/// Folds the flat list with its start and end marks into groups (marks that do not pair are read leniently).
[[nodiscard]] IMAPXX_API std::vector<address_group> to_groups(const address_list& flat);

/// The header fields that a server parsed out of a message. Absent (NIL) is nullopt or an empty list; empty strings
/// stay empty strings.
struct IMAPXX_API envelope {
  std::optional<std::string> date;
  std::optional<std::string> subject;
  address_list from, sender, reply_to, to, cc, bcc;
  std::optional<std::string> in_reply_to;
  std::optional<std::string> message_id;
  /// What RFC 9051 section 7.5.2 has servers fill in, and some do not: Sender and Reply-To are From when they are
  /// absent.
  [[nodiscard]] const address_list& sender_or_from() const noexcept { return sender.empty() ? from : sender; }
  [[nodiscard]] const address_list& reply_to_or_from() const noexcept { return reply_to.empty() ? from : reply_to; }
  friend bool operator==(const envelope&, const envelope&) = default;
};

}  // namespace imapxx::inline v0
