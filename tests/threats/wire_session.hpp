/// \file
/// A session without I/O: octets in, what it sends and reports out.
#pragma once

#include <imapxx/commands.hpp>
#include <imapxx/session.hpp>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace imapxx::threats {

class wire_session {
 public:
  explicit wire_session(session_options o = {}) : protocol(std::move(o.first_tag(1))) {}

  wire_session& feed(std::string_view octets) {
    while (!octets.empty()) {
      const auto room = protocol.input_buffer();
      if (room.empty()) return *this;
      const auto n = std::min(room.size(), octets.size());
      std::memcpy(room.data(), octets.data(), n);
      protocol.input_received(n);
      octets.remove_prefix(n);
      collect();
    }
    return *this;
  }
  void end() {
    protocol.input_closed(error());
    collect();
  }
  /// All that waits to be sent.
  std::string output() {
    std::string all;
    for (;;) {
      const auto waiting = protocol.output();
      if (waiting.empty()) return all;
      all += waiting;
      protocol.output_sent(waiting.size());
      collect();
    }
  }
  template <class C>
  command_id submit(C cmd, bool streaming = false) {
    auto id = protocol.submit(std::make_unique<C>(std::move(cmd)), streaming);
    if (!id) {
      refused = id.error();
      return 0;
    }
    collect();
    return *id;
  }
  wire_session& authenticated(std::string_view capabilities = "IMAP4rev1") {
    return feed("* PREAUTH [CAPABILITY " + std::string(capabilities) + "] in\r\n");
  }
  wire_session& selected(std::string_view capabilities = "IMAP4rev1", std::uint32_t exists = 10) {
    authenticated(capabilities);
    submit(select("INBOX"));
    const auto sent = output();
    return feed("* " + std::to_string(exists) + " EXISTS\r\n" + sent.substr(0, sent.find(' ')) + " OK done\r\n");
  }
  void collect() {
    for (;;) {
      auto e = protocol.next();
      if (e.what == session_event::kind::none) return;
      if (e.what == session_event::kind::closed) closed = e.failure;
      if (e.what == session_event::kind::completed) {
        failures[e.id] = e.failure;
        finished[e.id] = std::move(e.finished);
      }
      if (e.what == session_event::kind::body_chunk) streamed += e.chunk.size();
    }
  }
  [[nodiscard]] bool done(command_id id) const { return failures.contains(id); }

  session protocol;
  error refused, closed;
  std::map<command_id, error> failures;
  std::map<command_id, std::unique_ptr<command>> finished;
  std::uint64_t streamed = 0;
};

}  // namespace imapxx::threats
