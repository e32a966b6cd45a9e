/// \file
/// Start-up in few round trips: log-in, ENABLE, ID, SELECT and a first FETCH planned as one. See docs/pipelining.md.
#pragma once

#include <imapxx/commands/fetch_items.hpp>
#include <imapxx/commands/fetch_results.hpp>
#include <imapxx/commands/id.hpp>
#include <imapxx/event.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/capability.hpp>
#include <imapxx/model/mailbox_name.hpp>
#include <imapxx/model/number_set.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace imapxx::inline v0 {

/// What is worth remembering of a server for the next connection to it, with the same name, port and `security`. A
/// value that the caller keeps. Everything in it is checked against what the server says then; what was wrong costs the
/// round trips that it should have saved, nothing else.
class server_facts {
 public:
  server_facts() = default;
  capability_set before_login;  ///< as they hold before the log-in, TLS included
  capability_set after_login;
  bool told_at_login = false;  ///< the answer to the log-in holds the capabilities
  /// The mailbox that was selected last, and how many messages it had.
  std::optional<mailbox_name> mailbox;
  std::optional<std::uint32_t> uidvalidity;
  std::uint32_t exists = 0;
};

/// What shall be done together with the log-in: `start_plan().open("INBOX").fetch_newest(50,
/// fetch_items().envelope())`.
class IMAPXX_API start_plan {
 public:
  start_plan();
  /// SELECT this mailbox.
  start_plan& open(mailbox_name name);
  /// EXAMINE it: nothing in it is changed.
  start_plan& examine(mailbox_name name);
  /// FETCH of the last `count` messages of the mailbox, oldest first. 0 fetches none.
  start_plan& fetch_newest(std::uint32_t count, fetch_items items);
  /// UID FETCH.
  start_plan& fetch(uid_set messages, fetch_items items);
  /// ID (RFC 2971), where the server has it.
  start_plan& identify(id_fields fields);
  /// Whether commands may leave before the log-in is answered (default), or everything waits for what it builds on.
  start_plan& ahead(bool yes);

  std::optional<mailbox_name> mailbox;
  bool read_only = false;
  std::uint32_t newest = 0;
  std::optional<uid_set> uids;
  fetch_items items;
  std::optional<id_fields> id;
  bool may_go_ahead = true;
};

/// What `client::start` brought.
class start_result {
 public:
  start_result() = default;
  std::optional<mailbox_view> mailbox;  ///< when one was opened
  fetch_results messages;
  id_fields server_id;
  server_facts facts;     ///< for the next connection (`connect_options::remember`)
  bool repeated = false;  ///< what was remembered was wrong, so that the FETCH was sent twice
};

}  // namespace imapxx::inline v0
