/// \file
/// Response codes in `[...]` of status responses (RFC 9051 section 7.1, RFC 5530, and the extensions' own).
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/model/capability.hpp>
#include <imapxx/model/flag.hpp>
#include <imapxx/model/number_set.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0 {

/// Which code it is; `other` for a name that this version does not know (its name and arguments are kept).
enum class code : std::uint8_t {
  none,
  other,
  // RFC 3501 and 9051
  alert,
  badcharset,
  capability,
  parse,
  permanentflags,
  read_only,
  read_write,
  trycreate,
  uidnext,
  uidvalidity,
  unseen,
  newname,
  // RFC 5530
  unavailable,
  authenticationfailed,
  authorizationfailed,
  expired,
  privacyrequired,
  contactadmin,
  noperm,
  inuse,
  expungeissued,
  corruption,
  servererror,
  clientbug,
  cannot,
  limit,
  overquota,
  alreadyexists,
  nonexistent,
  // RFC 4315, 9051
  appenduid,
  copyuid,
  uidnotsticky,
  closed,
  haschildren,
  unknown_cte,
  // RFC 7162, 5182, 5267, 5464, 5465, 4467, 4978, 6154, 2221, 8474, 9208, 9394, 9586 and others
  highestmodseq,
  nomodseq,
  modified,
  notsaved,
  noupdate,
  metadata,
  notificationoverflow,
  badevent,
  badurl,
  toobig,
  urlmech,
  compressionactive,
  useattr,
  referral,
  undefined_filter,
  badcomparator,
  maxconvertmessages,
  maxconvertparts,
  tempfail,
  objectid_mailbox,
  overquota_soft,
  toomany,
  uidrequired,
  messagelimit,
  inprogress,
  webalert,
  throttled
};

/// The RFC's spelling, such as "READ-ONLY"; empty for `none` and `other`.
[[nodiscard]] IMAPXX_API std::string_view to_string(code c) noexcept;

/// One response code with its arguments. Only the members that its `kind` names are filled. Owning.
struct IMAPXX_API response_code {
  code kind = code::none;
  std::string name;             ///< as sent, upper case
  std::string arguments;        ///< raw text behind the name, for any code
  std::uint64_t number = 0;     ///< uidnext, uidvalidity, unseen, highestmodseq, appenduid and copyuid (UIDVALIDITY),
                                ///< metadata's and limits' sizes
  capability_set capabilities;  ///< capability
  flag_list flags;              ///< permanentflags
  std::vector<std::string>
      strings;  ///< badcharset (charsets), badurl, referral, urlmech, newname (old, new), mailboxid, inprogress' tag
  /// appenduid: the new UIDs; copyuid: the destination UIDs *in the order sent* (pairs with `source_uids`).
  std::vector<number_range> uids;
  std::vector<number_range> source_uids;  ///< copyuid
  std::string modified;                   ///< modified: the set as text (sequence numbers or UIDs, as the command had)

  [[nodiscard]] explicit operator bool() const noexcept { return kind != code::none; }
};

}  // namespace imapxx::inline v0
