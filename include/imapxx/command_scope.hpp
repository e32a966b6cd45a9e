/// \file
/// What one command is about: the part of pipelining's rules (RFC 9051 section 5.5) that its class alone does not tell.
#pragma once

#include <imapxx/model/mailbox_name.hpp>
#include <imapxx/model/number_set.hpp>

namespace imapxx::inline v0 {

class fetch_items;

/// Returned by `command::scope`. Pointers are to members of that command and live as long as it does. What is left out
/// counts as "anything": a command that says nothing is kept apart from all others that share a kind of answer with it.
class command_scope {
 public:
  command_scope() = default;
  /// The messages that it names, and by which numbers.
  command_scope& of(const uid_set& set) noexcept {
    messages = &set;
    by_uid = true;
    return *this;
  }
  command_scope& of(const seq_set& set) noexcept {
    messages = &set;
    by_uid = false;
    return *this;
  }
  command_scope& of(const mailbox_name& name) noexcept {
    mailbox = &name;
    return *this;
  }
  /// FETCH: what it asks for.
  command_scope& asking(const fetch_items& what) noexcept {
    items = &what;
    return *this;
  }
  /// Its answer tells flags.
  command_scope& with_flags(bool yes = true) noexcept {
    tells_flags = yes;
    return *this;
  }
  /// It changes flags, which the server may tell of.
  command_scope& changing_flags(bool yes = true) noexcept {
    changes_flags = yes;
    return *this;
  }
  /// Its answer names its tag (ESEARCH), or says in another way which of such commands it belongs to.
  command_scope& tagged(bool yes = true) noexcept {
    names_tag = yes;
    return *this;
  }
  /// It changes nothing on the server and nothing in the session, so that it may go round others that change nothing.
  command_scope& reading(bool yes = true) noexcept {
    only_reads = yes;
    return *this;
  }
  /// It names messages by sequence number, whatever its class says.
  command_scope& by_sequence_numbers(bool yes = true) noexcept {
    uses_sequence_numbers = yes;
    return *this;
  }

  const detail::number_ranges* messages = nullptr;
  const mailbox_name* mailbox = nullptr;
  const fetch_items* items = nullptr;
  bool by_uid = false;
  bool tells_flags = false;
  bool changes_flags = false;
  bool names_tag = false;
  bool only_reads = false;
  bool uses_sequence_numbers = false;
};

}  // namespace imapxx::inline v0
