/// \file
/// Values of responses that extensions define: THREAD, QUOTA, ACL, METADATA, ANNOTATION, ID.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/model/mailbox_name.hpp>
#include <imapxx/model/number_set.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {

/// One message of a THREAD answer (RFC 5256) with the messages that answer it. `number` is 0 for a missing parent.
/// A long conversation is a long chain: go through it with `walk`, not with a recursive function. Copies and
/// destruction do not recurse.
struct IMAPXX_API thread_node {
  message_number number = 0;
  std::vector<thread_node> children;

  thread_node() = default;
  explicit thread_node(message_number n) : number(n) {}
  thread_node(const thread_node& other);
  thread_node(thread_node&& other) noexcept = default;
  thread_node& operator=(const thread_node& other);
  thread_node& operator=(thread_node&& other) noexcept;
  ~thread_node();
  friend IMAPXX_API bool operator==(const thread_node& a, const thread_node& b) noexcept;
};

/// A message in a walk through threads, and how many messages stand above it.
struct thread_step {
  message_number number = 0;
  std::size_t depth = 0;
  friend bool operator==(const thread_step&, const thread_step&) = default;
};
/// All messages, each thread in its order, an answered message before its answers.
[[nodiscard]] IMAPXX_API std::vector<thread_step> walk(const std::vector<thread_node>& threads);

/// One resource of a quota root (RFC 9208 section 4.2.1): units of 1024 octets for STORAGE.
struct quota_resource {
  std::string name;
  std::uint64_t usage = 0;
  std::uint64_t limit = 0;
  bool limited = true;  ///< false when the server sent a negative limit, by which some mean none
  friend bool operator==(const quota_resource&, const quota_resource&) = default;
};
struct quota {
  std::string root;
  std::vector<quota_resource> resources;
  friend bool operator==(const quota&, const quota&) = default;
};
struct quota_root {
  mailbox_name mailbox;
  std::vector<std::string> roots;
  friend bool operator==(const quota_root&, const quota_root&) = default;
};

/// ACL (RFC 4314 section 3.6): identifier and rights; a leading `-` on the identifier means negative rights.
struct acl {
  mailbox_name mailbox;
  std::vector<std::pair<std::string, std::string>> entries;
  friend bool operator==(const acl&, const acl&) = default;
};
struct list_rights {
  mailbox_name mailbox;
  std::string identifier;
  std::string required;               ///< always granted
  std::vector<std::string> optional;  ///< sets of rights that are granted together
  friend bool operator==(const list_rights&, const list_rights&) = default;
};
struct my_rights {
  mailbox_name mailbox;
  std::string rights;
  friend bool operator==(const my_rights&, const my_rights&) = default;
};

/// METADATA (RFC 5464): entries with values (GETMETADATA), or names only (unsolicited: `values` false).
struct metadata {
  mailbox_name mailbox;  ///< empty: the server
  bool values = true;
  std::vector<std::pair<std::string, std::optional<std::string>>> entries;
  friend bool operator==(const metadata&, const metadata&) = default;
};

/// ANNOTATION (RFC 5257 and the older ANNOTATEMORE draft): mailbox, entry, attributes with values.
struct annotation {
  mailbox_name mailbox;
  std::string entry;
  std::vector<std::pair<std::string, std::optional<std::string>>> attributes;
  friend bool operator==(const annotation&, const annotation&) = default;
};

/// ID (RFC 2971): field and value in the server's order.
using id_fields = std::vector<std::pair<std::string, std::optional<std::string>>>;

/// ESEARCH (RFC 4731, 5267, 9394, 9051 section 7.3.4).
struct esearch {
  std::string tag;   ///< of the command it answers; may be empty
  bool uid = false;  ///< numbers are UIDs
  std::optional<message_number> min, max;
  std::optional<std::uint64_t> count, modseq;
  /// ALL: one of the two is filled by `uid`; `all_present` tells it from an empty result.
  seq_set all_seq;
  uid_set all_uids;
  bool all_present = false;
  std::optional<std::pair<std::string, std::string>> partial;  ///< range asked for, raw result set or NIL
  std::vector<std::pair<std::string, std::string>>
      others;  ///< other items: name and raw value (ADDTO, REMOVEFROM, RELEVANCY …)
  friend bool operator==(const esearch&, const esearch&) = default;
};

}  // namespace imapxx::inline v0
