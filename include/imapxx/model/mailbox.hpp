/// \file
/// What LIST, LSUB, STATUS and NAMESPACE say of mailboxes (RFC 9051 sections 7.3.1, 7.3.4, 6.3.10; RFC 5258, 5819,
/// 6154).
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/model/flag.hpp>
#include <imapxx/model/mailbox_name.hpp>
#include <imapxx/model/unparsed_item.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {

/// STATUS items (RFC 9051 section 7.3.4, RFC 7162, 8438, 8474, 7889). What the server did not send is nullopt.
struct mailbox_status {
  mailbox_name mailbox;
  std::optional<std::uint64_t> messages, recent, uidnext, uidvalidity, unseen, deleted, size, highestmodseq,
      appendlimit, deleted_storage;
  bool appendlimit_nil = false;  ///< APPENDLIMIT NIL: no limit for this mailbox
  std::optional<std::string> mailboxid;
  std::vector<std::pair<std::string, std::string>> others;  ///< unknown items: name and raw value
  std::vector<unparsed_item> unparsed;                      ///< malformed items; their neighbours are valid
  friend bool operator==(const mailbox_status&, const mailbox_status&) = default;
};

/// One LIST or LSUB response.
struct IMAPXX_API list_entry {
  mailbox_name name;
  char separator = '\0';                                      ///< '\0' for NIL: a flat name
  flag_list attributes;                                       ///< as sent: `\Noselect`, `\HasChildren`, `\Sent` …
  std::vector<std::string> childinfo;                         ///< RFC 5258 CHILDINFO
  std::optional<mailbox_name> oldname;                        ///< RFC 9051 OLDNAME
  std::vector<std::pair<std::string, std::string>> extended;  ///< other extended items: tag and raw value
  std::optional<mailbox_status> status;                       ///< joined from LIST-STATUS by the `list` command
  [[nodiscard]] bool has(std::string_view attribute) const noexcept { return attributes.contains(flag(attribute)); }
  [[nodiscard]] bool selectable() const noexcept { return !has("\\Noselect") && !has("\\NonExistent"); }
  friend bool operator==(const list_entry&, const list_entry&) = default;
};

/// One entry of NAMESPACE (RFC 2342).
struct namespace_entry {
  mailbox_name prefix;
  char separator = '\0';
  std::vector<std::pair<std::string, std::vector<std::string>>> extensions;
  friend bool operator==(const namespace_entry&, const namespace_entry&) = default;
};
struct namespaces {
  std::vector<namespace_entry> personal, other_users, shared;
  friend bool operator==(const namespaces&, const namespaces&) = default;
};

}  // namespace imapxx::inline v0
