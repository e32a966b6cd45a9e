/// \file
/// The protocol engine without I/O: bytes in, events out (RFC 9051 sections 3 to 7). The two clients are thin drivers
/// of it; other event loops use it directly (see docs/other-event-loops.md).
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/event.hpp>
#include <imapxx/export.hpp>
#include <imapxx/options.hpp>
#include <imapxx/response.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace imapxx::inline v0 {

/// Names a submitted command for as long as the session lives. 0 names none.
using command_id = std::uint64_t;

/// What `session::next` reports. Views in it live until the following call of any non-const function of the session.
class session_event {
 public:
  enum class kind : std::uint8_t {
    none,        ///< nothing to report before more bytes are moved
    greeting,    ///< `status` holds it; `session::state` is set
    row,         ///< streaming FETCH: one response of command `id`
    body_begin,  ///< streaming FETCH: a literal starts
    body_chunk,
    body_end,
    continuation,  ///< IDLE was accepted (`id`)
    completed,     ///< command `id` is over: `status`, `failure`, and the command itself in `finished`
    closed         ///< the session is over: `failure`; reported once, after all commands completed with it
  };
  kind what = kind::none;
  command_id id = 0;
  const fetch_row* row = nullptr;           ///< row
  const body_info* body = nullptr;          ///< body_begin, body_chunk, body_end
  std::string_view chunk;                   ///< body_chunk
  const status_response* status = nullptr;  ///< greeting, completed (nullptr when no tagged response came)
  error failure;                            ///< completed, closed: success or why not
  bool sent = true;                         ///< completed: false when no octet of it can have reached the server
  std::unique_ptr<command> finished;        ///< completed: the caller may keep it
};

/// How long the session may wait for the peer, in the situation it is in. The driver owns the clock.
class deadline_hint {
 public:
  deadline_hint() = default;
  std::optional<std::chrono::milliseconds> after;  ///< nullopt: wait for ever (nothing is outstanding)
  bool since_progress = false;  ///< measured from the last byte moved, else from the oldest command's submission
  imapxx::v0::phase phase = phase::none;
};

/// A client session on plain text. Not thread-safe. Never throws but std::bad_alloc, after which it must be destroyed.
///
/// Calling protocol: move bytes (`output`/`output_sent`, `input_buffer`/`input_received`), then call `next` until it
/// reports `none`; repeat.
class IMAPXX_API session {
 public:
  explicit session(session_options options = {});
  ~session();
  session(session&&) noexcept;
  session& operator=(session&&) noexcept;

  /// Queues a command. Checked now: state (as it will be when the commands before it succeed), capabilities, arguments.
  /// On an error nothing is sent and nothing changes. `streaming`: FETCH data is reported as events instead of being
  /// collected by the command.
  result<command_id> submit(std::unique_ptr<command> cmd, bool streaming = false);
  /// Forgets a command's caller: a command that has not left is dropped, one that has is drained. It still completes,
  /// with `errc::cancelled`.
  void abandon(command_id id);
  /// Ends a running IDLE with DONE (RFC 9051 section 6.3.13); does nothing otherwise.
  void end_idle(command_id id);

  [[nodiscard]] session_event next();
  /// A shortcut where rows come by the million: as long as what stands next is a row of the streaming command `id` with
  /// no body in it, cuts it into the next place of `into`. The views live until the following `next`, `next_rows` or
  /// `input_buffer`; the places behind the rows may be overwritten, too. \return how many there were; 0 says nothing of
  /// what is to come: `next` tells
  [[nodiscard]] std::size_t next_rows(command_id id, std::span<fetch_row> into);

  /// Where to put received bytes. Call `input_received` with how many came.
  [[nodiscard]] std::span<char> input_buffer();
  void input_received(std::size_t n);
  /// Whether the next octets belong to a literal, and how many of it are missing; 0: a line comes next. True after
  /// `next` said `none`; for callers that read line by line.
  [[nodiscard]] std::uint64_t literal_octets_missing() const noexcept;
  /// The stream ended or failed.
  void input_closed(const error& why);
  /// Bytes that wait to be sent; stays valid until `output_sent`, `submit` or `next`.
  [[nodiscard]] std::string_view output();
  void output_sent(std::size_t n);

  /// After the tagged OK of STARTTLS: forgets all that was learnt in the clear. Errors: starttls_injection when bytes
  /// stand behind that OK.
  result<void> tls_started();
  /// Tells that the stream is TLS from the start.
  void set_tls(bool on) noexcept;
  /// A deadline passed: all commands fail with `errc::timeout` and the session is over.
  void expire(const error& why);

  [[nodiscard]] session_state state() const noexcept;
  [[nodiscard]] const session_info& info() const noexcept;
  /// Whether capabilities are known for the present TLS and log-in situation.
  [[nodiscard]] bool capabilities_known() const noexcept;
  [[nodiscard]] const mailbox_view& mailbox() const noexcept;
  [[nodiscard]] deadline_hint deadline() const noexcept;
  [[nodiscard]] std::size_t commands_outstanding() const noexcept;
  [[nodiscard]] bool closed() const noexcept;
  /// Tagged responses that named no command in flight and were ignored (after log-in).
  [[nodiscard]] std::uint64_t stray_completions() const noexcept;
  [[nodiscard]] const session_options& options() const noexcept;

 private:
  friend class session_gate;
  struct IMAPXX_LOCAL impl;
  explicit session(std::unique_ptr<impl> made) noexcept;
  std::unique_ptr<impl> impl_;
};

}  // namespace imapxx::inline v0
