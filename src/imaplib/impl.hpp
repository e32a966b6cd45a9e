/// \file
/// What an `IMAP4` object is made of: the session, the transport under it, and what Python's object remembers.
#pragma once

#include <imapxx/display.hpp>
#include <imapxx/event.hpp>
#include <imapxx/imaplib/imap4.hpp>
#include <imapxx/secret.hpp>
#include <imapxx/session.hpp>
#include <imapxx/transports.hpp>

#include "imaplib/raw_command.hpp"

#include <cstdint>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0::imaplib {

/// One argument as it goes to the wire, behind a space.
struct wire_argument {
  wire_argument() = default;
  wire_argument(std::string text, bool hidden) : octets(std::move(text)), is_secret(hidden) {}
  wire_argument(const wire_argument&) = default;
  wire_argument(wire_argument&&) = default;
  wire_argument& operator=(const wire_argument&) = default;
  wire_argument& operator=(wire_argument&&) = default;
  ~wire_argument() {
    if (is_secret) secret::wipe(octets);
  }
  std::string octets;
  bool is_secret = false;
  bool absent = false;  ///< None: neither it nor its space
  std::string refused;  ///< why it cannot be sent, when that is said only after the checks of the state
};

struct IMAP4::impl final : observer {
  impl(IMAP4& object, settings how_to);

  // --- engine.cpp: commands to results, on the session
  /// Python's `_simple_command`: state check, tag, octets, tagged response.
  reply simple(std::string_view name, const std::vector<wire_argument>& args);
  reply simple_with_literal(std::string_view name, const std::vector<wire_argument>& args, std::string_view before,
                            std::string literal, std::string_view after);
  reply run(std::unique_ptr<raw_command> cmd, std::string_view name);
  reply leave_mailbox(std::string_view name);
  /// Gives the command to the session, and its tag to `tagged`.
  command_id submit(std::unique_ptr<raw_command> cmd);
  [[nodiscard]] bool offers(std::string_view capability) const;
  void require_state(std::string_view name);
  void before_sending();
  /// What Python puts before the text of an exception; it does so only once the whole command is sent.
  [[nodiscard]] std::string_view named_in_errors(std::string_view command) const;
  /// Sends and reads until `done`; what the network does to it is thrown as Python throws it.
  template <class Done>
  void drive(const Done& done) {
    while (!done()) {
      // Responses are taken while the session looks for events; only then is it known whether more is needed.
      if (!report_event() && !done()) move_octets();
    }
  }
  bool report_event();
  void move_octets();
  void feed(std::string_view octets);
  void read_more();
  void handle(session_event& e);
  /// What Python raises when the connection ends in the middle of a command.
  [[noreturn]] void lost(const imapxx::v0::error& why, std::string_view name);
  [[nodiscard]] std::unique_ptr<raw_command> make(std::string_view name, const std::vector<wire_argument>& args) const;
  void connect();
  void tls_started();

  // --- untagged.cpp: raw responses to Python's items
  void on_raw(std::string_view text) override;
  void file_response(std::string_view text);
  void file_untagged(std::string_view text);
  void file(std::string type, std::vector<datum> items);
  /// \return whether there was a response code, and it was filed
  bool file_code(std::string_view text);
  reply untagged(reply r, std::string_view name);
  [[nodiscard]] std::vector<datum> take(std::string_view name);
  void learn_capabilities(const bytes& line);
  void get_capabilities();
  void refresh_capabilities();

  // --- arguments.cpp: what quoting the profile wants
  [[nodiscard]] std::string encoded(const argument& a) const;
  [[nodiscard]] wire_argument plain(const argument& a) const;
  [[nodiscard]] wire_argument astring(const argument& a, bool wildcards = false) const;
  [[nodiscard]] wire_argument mailbox(const argument& a, bool wildcards = false) const;
  [[nodiscard]] wire_argument in_parentheses(const argument& a, bool always = false) const;
  [[nodiscard]] wire_argument message_set(const argument& a) const;
  [[nodiscard]] wire_argument fetch_parts(const argument& a) const;
  [[nodiscard]] wire_argument quoted_secret(const argument& a) const;
  [[nodiscard]] std::vector<wire_argument> criteria(const std::vector<argument>& rest, const keywords& kw,
                                                    const argument& charset) const;
  void add(std::vector<wire_argument>& to, const argument& a) const;
  [[nodiscard]] bool quotes() const noexcept { return how.profile != compat::p11; }
  [[nodiscard]] bool p16() const noexcept { return how.profile == compat::p16; }
  void require_p16(std::string_view method, const keywords* kw = nullptr) const;

  // --- debug_log.cpp
  void on_trace(trace_direction d, std::string_view text) override;
  [[nodiscard]] bool wants_trace() const noexcept override { return true; }
  void log_line(const std::string& line);
  void say(int level, std::string_view text);
  void print_ring();
  void dump_untagged(int level);

  // --- transport, of the default read, readline, send
  bytes read_buffered(std::size_t size);
  bytes read_line();
  bool fill();
  [[nodiscard]] deadline_point io_deadline() const;

  IMAP4& self;
  settings how;
  int debug = 0;
  session protocol;
  std::unique_ptr<stream> transport;
  bool tls = false;
  std::string received;  ///< read from the transport, not yet asked for
  std::size_t received_at = 0;
  bool transport_ended = false;
  timeout_t timeout;
  deadline_point read_until;  ///< of `idle`

  std::string host;
  std::uint16_t port = 0;
  std::string state = "NONAUTH";
  datum welcome;
  std::vector<std::string> capabilities;
  std::string protocol_version;
  bool utf8 = false;
  bool is_readonly = false;
  bytes tagpre;
  std::uint32_t tagnum = 0;
  datum continuation;
  untagged_map unread;
  std::map<std::string, std::optional<reply>, std::less<>> tagged;
  std::map<std::string, std::vector<std::string>, std::less<>> commands;
  std::deque<std::string> ring;
  std::string literal_to_come;  ///< for the debug output
  std::optional<bytes> untraced;

  struct outcome {
    imapxx::v0::error failure;
    std::optional<reply> answer;  ///< nullopt: no tagged response came
    std::string tag;
  };
  [[nodiscard]] outcome take_outcome(command_id id);
  std::map<command_id, outcome> outcomes;
  std::map<command_id, std::string> tags;
  std::optional<imapxx::v0::error> over;  ///< how the session ended
  bool greeted = false;
  bool prompted = false;        ///< a continuation came for the command that runs
  bool sending_failed = false;  ///< of the command that runs
  bool read_only_told = false;  ///< the exception for the READ-ONLY that is kept was thrown
  std::string unterminated;
  std::optional<bytes> raw_tagged;  ///< the last response with our tag, or without any, as it came
  std::exception_ptr callback_failure;
  // IDLE
  bool capturing = false;
  bool idle_accepted = false;
  std::deque<reply> captured;
};

/// Python's pieces of one response: (text with the literal's header, literal) for each literal, and the text behind the
/// last. A line end inside a framed response is always that of a literal's header.
[[nodiscard]] std::vector<datum> pieces_of(std::string_view data);
/// The table that `Commands` starts with.
[[nodiscard]] std::map<std::string, std::vector<std::string>, std::less<>> python_commands();

}  // namespace imapxx::inline v0::imaplib
