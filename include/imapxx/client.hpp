/// \file
/// The blocking client.
#pragma once

#include <imapxx/command_methods.hpp>
#include <imapxx/commands.hpp>
#include <imapxx/download.hpp>
#include <imapxx/export.hpp>
#include <imapxx/fetch_messages.hpp>
#include <imapxx/fetch_stream.hpp>
#include <imapxx/move_result.hpp>
#include <imapxx/options.hpp>
#include <imapxx/sasl.hpp>
#include <imapxx/session.hpp>
#include <imapxx/start.hpp>
#include <imapxx/stream.hpp>
#include <imapxx/ticket.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {

/// A connection to one server, driven by the thread that calls it.
///
/// *Output* leaves in `wait` (of any ticket), `run`, `poll`, `flush`, and when 64 KiB are queued; `submit` alone only
/// queues. *Keep-alive* happens inside `poll`, `wait` and `idle`: a client that is not called does nothing, so call
/// `poll` before the server's 30 minutes are over. *Deadlines* are those of `session_options::timeouts`, and
/// `expires_after` for everything from now on; they span whole operations, name look-up included. *Thread safety*: one
/// thread at a time; only `cancel` may be called from another one. Two clients share nothing. *Errors*: `run` and the
/// named methods throw `error` (`status_error` for NO and BAD); `try_run` returns them. After an error with
/// `is_fatal()` the client only refuses; make a new one, or let `connect_options::reconnect` see to it.
class IMAPXX_API client : public command_methods<client> {
 public:
  /// Connects, establishes TLS as the options say, reads the greeting and the capabilities. \throws error
  explicit client(connect_options options);
  /// The same over a transport of the application's own, which is connected already.
  client(connect_options options, std::unique_ptr<stream> transport);
  /// Connects and logs in. \throws error
  client(connect_options options, const credentials& who);
  /// Like the constructors, without throwing.
  [[nodiscard]] static result<client> try_connect(connect_options options);
  /// Closes without LOGOUT. Tickets that are still held become errors.
  ~client();
  client(client&&) noexcept;
  client& operator=(client&&) noexcept;

  /// Logs in: the strongest SASL mechanism that server and credentials allow, or LOGIN; then asks for the capabilities
  /// again. RFC 9051 section 6.2; not-authenticated state. Errors: no (AUTHENTICATIONFAILED …), no_mechanism,
  /// plaintext_refused, login_disabled.
  void authenticate_as(const credentials& who);
  [[nodiscard]] result<void> try_authenticate_as(const credentials& who);

  /// Logs in, and does what the plan says in as few round trips as is safe (docs/pipelining.md): with SASL-IR and a
  /// mechanism of one step, two, and one when `connect_options::remember` told how many messages the mailbox has.
  /// Errors: those of `authenticate_as`, SELECT and FETCH; the session stays usable as far as it got.
  start_result start(const credentials& who, start_plan plan);
  /// Moves messages without ever losing one: MOVE; else COPY, STORE `\Deleted` and UID EXPUNGE of exactly these; else
  /// COPY and STORE, which leaves the originals marked (see `move_result::method`). RFC 6851, RFC 4315; selected state.
  /// Errors: those of the commands sent.
  move_result move_messages(const uid_set& messages, const mailbox_name& to);
  move_result move_messages(const seq_set& messages, const mailbox_name& to);
  /// What `move_messages` would send to this server, one line a command.
  [[nodiscard]] std::vector<std::string> plan_move() const;

  /// LIST with options on any server. Where they are not offered, or are answered with BAD, or with nothing though
  /// INBOX must be there (docs/QUIRKS.md L-10, L-12), the same is found out by LIST, LSUB and STATUS, now and for the
  /// rest of the connection; REMOTE and RECURSIVEMATCH have no such form and are left out then. RFC 9051 section 6.3.9,
  /// RFC 5258; authenticated or selected state. Errors: those of `list`.
  std::vector<list_entry> list_mailboxes(imapxx::v0::list what);
  /// SEARCH with `returning` on any server. Where that is not offered, or refused with BAD, or leaves out what was
  /// asked for (docs/QUIRKS.md Q-05, Q-05a), all numbers are searched and the rest is worked out from them, now and for
  /// the rest of the connection. SAVE has no such form. RFC 9051 section 6.4.4; selected state. Errors: those of
  /// `search`.
  seq_search_result search_messages(imapxx::v0::search what);
  uid_search_result search_messages(imapxx::v0::uid_search what);
  /// STORE; where the server refuses `silent` with BAD (docs/QUIRKS.md P-16a), without it. RFC 9051 section 6.4.6;
  /// selected state. Errors: those of `store`.
  store_result store_flags(imapxx::v0::store what);

  /// UID FETCH of messages some of which the server may be unable to read. What it refuses with NO (docs/QUIRKS.md
  /// F-10, F-11) is looked up with UID SEARCH and asked for again in halves, until single messages are known to be the
  /// cause; the rest is there. RFC 9051 section 6.4.5; selected state.
  /// \param most_commands how many UID FETCH may be sent; then `not_asked` holds what is left
  /// Errors: those of `fetch`, but for NO, and the NO itself when the search is refused as well; invalid_argument (a
  /// set of sequence numbers, a sink, no command allowed). Limits hold for all commands together.
  fetch_messages_result fetch_messages(imapxx::v0::fetch what,
                                       std::size_t most_commands = fetch_messages_result::default_commands);

  /// Brings one message, or one part of it, to a sink, a descriptor or a file: as one literal where the round trip is
  /// short, else in pipelined pieces; a file's download goes on where an earlier one was interrupted, on whatever
  /// connection that was. See `download` and docs/downloads.md. RFC 9051 section 6.4.5; selected state. Errors: those
  /// of `download`.
  download_result download_message(download what);
  /// Adds several messages: by one MULTIAPPEND, all or none; where the server lacks that, by an APPEND for each, until
  /// one fails (`append_messages_result::failure`). A message that the server is known to refuse (APPENDLIMIT) is found
  /// before anything is sent. RFC 3502; authenticated or selected state. Errors: those of `append`, when none was
  /// added.
  append_messages_result append_messages(const mailbox_name& mailbox, std::vector<append_message> messages);

  /// Waits for changes of the selected mailbox, with IDLE renewed in time (or NOOP every `idle_poll` where IDLE is
  /// missing), until `stop` returns true or `duration` is over. `stop` is called for each change; the observer hears of
  /// it as well. RFC 2177; selected state recommended.
  /// \return whether `stop` ended it
  bool idle(std::chrono::milliseconds duration, const std::function<bool(const mailbox_event&)>& stop);
  /// How often NOOP replaces a missing IDLE. Default 60 s.
  client& idle_poll(std::chrono::milliseconds every);

  /// Sends a command and waits for its result. \throws error
  template <typed_command C>
  typename C::result_type run(C cmd) {
    return static_cast<C&>(*detail::run_command(core_, std::make_unique<C>(std::move(cmd)))).take_result();
  }
  template <typed_command C>
  [[nodiscard]] result<typename C::result_type> try_run(C cmd) {
    return submit(std::move(cmd)).try_wait();
  }
  /// Queues a command; `ticket::wait` sends what is queued and waits. Many tickets may be outstanding; commands leave
  /// together as far as RFC 9051 section 5.5 allows. A refused command (wrong state, bad argument) is told by `wait`.
  template <typed_command C>
  [[nodiscard]] ticket<C> submit(C cmd) {
    return ticket<C>(core_, detail::submit_command(*core_, std::make_unique<C>(std::move(cmd)), false));
  }
  /// Delivers FETCH data while it arrives, in bounded memory. Other commands of this client may be run while the stream
  /// is open.
  [[nodiscard]] fetch_stream stream(imapxx::v0::fetch cmd);

  /// Reads what the server has sent, for at most `timeout` (zero: without waiting), and keeps the connection alive.
  /// \return whether anything came
  bool poll(std::chrono::milliseconds timeout);
  /// Sends what is queued.
  void flush();
  /// Ends whatever this client is waiting for, now or next, with `errc::cancelled`. Thread-safe. The connection
  /// survives when the rest of the answer fits the drain budget, unless a literal, TLS or SASL was under way.
  void cancel() noexcept;
  /// All calls from now on must be over by then. nullopt: only the options' timeouts.
  client& expires_after(std::optional<std::chrono::milliseconds> duration);

  /// LOGOUT, and closes; waits for the answer at most `timeouts::logout`. Never throws.
  void close() noexcept;
  [[nodiscard]] bool connected() const noexcept;

  [[nodiscard]] const mailbox_view& mailbox() const noexcept;
  [[nodiscard]] session_state state() const noexcept;
  [[nodiscard]] const capability_set& capabilities() const noexcept;
  /// Whether the bytes on the wire are protected by a finished TLS handshake.
  [[nodiscard]] bool tls() const noexcept;
  /// For the user: "TLSv1.3 TLS_AES_256_GCM_SHA384", or empty.
  [[nodiscard]] std::string tls_description() const;
  /// The text of the greeting; untrusted.
  [[nodiscard]] const std::string& greeting() const noexcept;
  /// A descriptor that becomes readable when the server sends; -1 when the transport has none.
  [[nodiscard]] int native_handle() const noexcept;
  [[nodiscard]] const session& protocol() const noexcept;

 private:
  explicit client(std::shared_ptr<detail::client_core> core);
  std::shared_ptr<detail::client_core> core_;
};

}  // namespace imapxx::inline v0
