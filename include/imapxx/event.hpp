/// \file
/// Data that the server sends unasked, the view of the selected mailbox that is kept from it, and the observer that
/// hears of it.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/flag.hpp>
#include <imapxx/model/mailbox_name.hpp>
#include <imapxx/model/number_set.hpp>
#include <imapxx/model/uid_map.hpp>
#include <imapxx/response.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imapxx::inline v0 {

/// A change in the selected mailbox (RFC 9051 section 7.4 and 7.5).
struct mailbox_event {
  enum class kind : std::uint8_t { exists, recent, expunge, vanished, flags };
  kind what = kind::exists;
  std::uint32_t number = 0;          ///< exists, recent: the new count; expunge, flags: the sequence number
  std::optional<std::uint32_t> uid;  ///< flags: when the server sent it; expunge: when UIDs are tracked
  flag_list flags;                   ///< flags
  uid_set uids;                      ///< vanished
};

/// The selected mailbox as the server's responses describe it; always as new as the last response that was read.
class IMAPXX_API mailbox_view {
 public:
  mailbox_view() = default;
  mailbox_view(const mailbox_view&);
  mailbox_view(mailbox_view&&) noexcept;
  mailbox_view& operator=(const mailbox_view&);
  mailbox_view& operator=(mailbox_view&&) noexcept;
  ~mailbox_view();
  mailbox_name name;
  bool read_only = false;
  std::uint32_t exists = 0;
  std::uint32_t recent = 0;
  std::optional<std::uint32_t> unseen;  ///< the first unseen message's sequence number (RFC 3501)
  std::optional<std::uint32_t> uidvalidity, uidnext;
  std::optional<std::uint64_t> highestmodseq;  ///< nullopt also for NOMODSEQ
  std::optional<std::string> mailboxid;
  bool uid_not_sticky = false;
  flag_list flags;                           ///< FLAGS, and keywords that messages were seen with
  std::optional<flag_list> permanent_flags;  ///< nullopt: none sent, so all flags may be stored
  [[nodiscard]] bool may_store(const flag& f) const noexcept;
  /// Takes what a response code says of the mailbox (UIDVALIDITY, READ-ONLY ...). \return whether it is about one
  bool learn(const response_code& c);

  /// UIDs by sequence number, when `session_options::track_uids` is on.
  uid_map uids;
};

enum class trace_direction : std::uint8_t { sent, received, note };

/// Hears what no command asked for. All functions do nothing by default; they are called on the thread that drives the
/// session, between two of its events, and must not call into it. Exceptions that leave them end the call in progress.
class IMAPXX_API observer {
 public:
  virtual ~observer();
  virtual void on_mailbox_event(const mailbox_event& e);
  /// Text that the server wants a person to see (ALERT, RFC 9051 section 7.1). Never called for text that came in the
  /// clear while TLS is required.
  virtual void on_alert(std::string_view text);
  /// An untagged status response that answers no command.
  virtual void on_status(const status_response& s);
  /// Any other response that no command claimed: unknown ones, and data the server volunteers.
  virtual void on_unclaimed(const response& r);
  /// A response that could not be parsed. The connection lives.
  virtual void on_unparsed(const unparsed_item& u);
  /// Whether `on_trace` is to be called at all; asked before each line, so that a trace which nobody reads costs
  /// nothing.
  [[nodiscard]] virtual bool wants_trace() const noexcept;
  /// The exact octets of each response before it is parsed (bodies that are streamed excluded). May hold secrets of the
  /// server's making.
  virtual void on_raw(std::string_view response);
  /// The protocol with secrets redacted, without final CRLF.
  virtual void on_trace(trace_direction d, std::string_view text);
};

}  // namespace imapxx::inline v0
