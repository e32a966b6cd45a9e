/// \file
/// The session's state and its parts: `session_write.cpp` (commands to bytes), `session_read.cpp` (bytes to responses),
/// `session_rows.cpp` (those that come by the million), `session_complete.cpp` (what a tagged response means).
#pragma once

#include <imapxx/session.hpp>

#include "base/fifo.hpp"
#include "base/on_demand.hpp"
#include "base/read_buffer.hpp"
#include "codec/fetch.hpp"
#include "codec/row_pattern.hpp"
#include "codec/search_in_pieces.hpp"
#include "core/in_flight.hpp"
#include "core/mailbox_tracker.hpp"
#include "core/send_window.hpp"
#include "wire/framer.hpp"

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0 {

/// A session's options: its own, or those that its owner keeps for many sessions. Only who hears of what is told
/// differs among these.
struct session_settings {
  explicit session_settings(session_options o)
      : own(std::make_unique<const session_options>(std::move(o))), all(*own), observer(all.observer) {}
  session_settings(const session_options& shared, imapxx::v0::observer* to) : all(shared), observer(to) {}

  std::unique_ptr<const session_options> own;
  const session_options& all;
  imapxx::v0::observer* observer;  ///< instead of `all.observer`
  const imapxx::v0::limits& limits = all.limits;
  const imapxx::v0::timeouts& timeouts = all.timeouts;
};

struct session::impl {
  explicit impl(session_settings o);

  // --- session.cpp
  result<command_id> submit(std::unique_ptr<command> cmd, bool streaming, bool ahead = false);
  void abandon(command_id id);
  void end_idle(command_id id);
  session_event next();
  /// Before more is waited for: lets go of all memory that nothing needs any more.
  void release_memory();
  result<void> tls_started();
  void fail_all(const error& why);
  [[nodiscard]] core::in_flight_command* find(command_id id) noexcept;
  [[nodiscard]] core::in_flight_command* find_tag(std::string_view tag) noexcept;
  [[nodiscard]] result<void> check(const command& c, session_state state) const;
  [[nodiscard]] deadline_hint deadline() const noexcept;
  /// Describes an error with what is known of the command.
  [[nodiscard]] static error in_context(error e, const core::in_flight_command& c);

  // --- session_write.cpp
  void pump_output();
  bool finish_half_written();
  bool start_next(std::size_t& index, std::size_t& held);
  void start(core::in_flight_command& c);
  void encode(core::in_flight_command& c);
  void put(std::string_view octets);
  [[nodiscard]] result<void> check_ahead(const core::in_flight_command& c) const;
  void begin_line(core::in_flight_command& c);
  bool begin_next_part(core::in_flight_command& c);
  void end_idle_for(const core::in_flight_command& waiting);
  void write_segments(core::in_flight_command& c);
  bool write_source(core::in_flight_command& c, const wire::segment& s);
  void send_line(core::in_flight_command& c, std::string_view octets, bool is_secret);
  [[nodiscard]] bool may_start(const core::in_flight_command& c, std::size_t index) const noexcept;
  [[nodiscard]] bool blocks(const core::in_flight_command& earlier,
                            const core::in_flight_command& later) const noexcept;
  [[nodiscard]] session_state state_ahead() const noexcept;
  [[nodiscard]] bool fully_sent(const core::in_flight_command& c) const noexcept;
  void trace_command(const core::in_flight_command& c);

  // --- session_read.cpp
  [[nodiscard]] std::optional<bool> read_numbers();
  /// Whether anybody wants to know what comes, octet for octet.
  [[nodiscard]] bool is_heard() const noexcept { return !octets_unheard && options.observer != nullptr; }
  void hear_numbers(const codec::search_in_pieces& read);
  /// Each response passes here once, whichever way it is read.
  void hear(std::string_view text) {
    if (is_heard()) tell_observer(text);
  }
  void tell_observer(std::string_view text);
  bool on_frame(const wire::frame& f);
  void trace_received(std::string_view text);
  void on_response_text(std::string_view text);
  void parse_and_handle(std::string_view text);
  [[nodiscard]] bool cut_fetch(std::string_view text, fetch_row& into) const;
  void on_row(const fetch_row& r, std::size_t octets);
  void hand_out(const fetch_row& r, std::size_t octets);
  void on_response(response& r);
  void on_literal_begin(const wire::frame& f);
  void on_literal_bytes(std::string_view octets);
  void on_literal_end();
  void deliver_row(core::in_flight_command& owner, const fetch_row& row);
  void deliver_inline_bodies(core::in_flight_command& owner, const fetch_row& row);
  void unclaimed(response& r);
  /// Counts a response that no command asked for. \return whether that was one too many; the session is over then
  bool flooded();
  void tell(const std::optional<mailbox_event>& e);
  void drained(core::in_flight_command& c, std::uint64_t octets);
  core::in_flight_command* body_owner(const body_info& info);

  // --- session_rows.cpp
  bool read_frame();
  [[nodiscard]] bool read_rows(std::size_t most);
  std::size_t next_rows(command_id id, std::span<fetch_row> into);
  [[nodiscard]] bool next_framed_row(core::in_flight_command* reader, fetch_row& into);
  void expect_rows() noexcept;
  [[nodiscard, gnu::always_inline]] std::size_t take_row(const char* begin, const char* end, std::size_t most,
                                                         fetch_row& into);
  [[nodiscard, gnu::noinline]] std::size_t take_new_row(std::string_view octets, std::size_t size, std::size_t most,
                                                        fetch_row& into);
  [[nodiscard]] core::in_flight_command* first_reader(command_id id) noexcept;
  void give_to_others(const fetch_row& r, std::size_t octets);

  // --- session_complete.cpp
  void on_greeting(status_response& s);
  void on_status(status_response& s);
  void on_tagged(status_response& s);
  void on_continuation(const continuation_response& c);
  void on_bye(const status_response& s);
  void complete(core::in_flight_command& c, const status_response& s);
  [[nodiscard]] bool line_was_sent(const core::in_flight_command& c, std::string_view tag) const noexcept;
  void distrust_search_tags();
  bool complete_line(core::in_flight_command& c, std::string_view tag);
  void apply_completion(const core::in_flight_command& c, const status_response& s);
  void finish(core::in_flight_command& c, error failure, bool with_status);
  void learn_capabilities(const capability_set& caps);

  session_settings options;
  session_info info;
  core::mailbox_tracker tracker;
  wire::framer framer;
  base::read_buffer input;
  core::in_flight_list commands;
  core::send_window window;
  std::size_t outstanding = 0;     ///< of `commands`
  std::size_t state_changers = 0;  ///< of `commands`: those after which others mean something else
  command_id half_written = 0;     ///< nothing else may be written before the rest of it
  bool search_tags = true;         ///< ESEARCH has named its command so far
  bool plan_stale = true;          ///< something happened that may let a command go
  base::fifo<session_event> events;

  std::string output;              ///< octets that wait to be sent
  std::size_t output_at = 0;       ///< octets of it that were sent
  std::uint64_t staged_total = 0;  ///< octets ever put into `output`
  std::uint64_t sent_total = 0;

  std::size_t consume_next = 0;                         ///< octets of `input` that the last event's views still need
  base::on_demand<fetch_row> row;                       ///< reused, so that a row costs no allocation
  base::on_demand<codec::row_pattern> pattern;          ///< of the rows before; see `expect_rows`
  std::uint32_t pattern_flags = 0;                      ///< `tracker.flags_forgotten` when it was used last
  std::unique_ptr<status_response> status;              ///< what the last event's `status` points to
  base::on_demand<codec::literal_classifier> literals;  ///< of the response that is being received
  base::on_demand<codec::search_in_pieces> numbers;     ///< of the SEARCH response that is being received
  base::on_demand<body_info> body;                      ///< of the literal that is being streamed
  core::in_flight_command* owner = nullptr;             ///< of that literal; nullptr drops it
  body_sink* sink = nullptr;
  bool in_body = false;
  struct inline_piece {
    body_info about;
    std::string octets;
  };
  std::list<inline_piece> inline_bodies;  ///< bodies that came inside the row; the events' views point here

  command_id next_id = 1;
  std::uint32_t next_tag = 1;
  std::uint64_t stray = 0;
  std::uint64_t unasked = 0;    ///< since the last completion
  bool octets_unheard = false;  ///< the observer does nothing with `on_raw` and `on_trace`
  bool capabilities_known = false;
  bool capabilities_fresh = false;  ///< learnt since the log-in in progress was sent
  bool greeted = false;
  bool is_closed = false;
  bool closed_reported = false;
  bool input_ended = false;
  std::optional<error> end_reason;
  std::optional<error> bye;
};

}  // namespace imapxx::inline v0
