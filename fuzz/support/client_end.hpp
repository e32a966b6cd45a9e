/// \file
/// A session in the selected state that answers the server's part by itself: what a command sends, literals included.
#pragma once

#include <imapxx/commands.hpp>
#include <imapxx/session.hpp>

#include "choices.hpp"

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace imapxx::fuzz {

class client_end {
 public:
  /// \param literals LITERAL+, LITERAL- or nothing
  explicit client_end(std::string_view literals) : session_(session_options().first_tag(1)) {
    feed(std::string("* PREAUTH [CAPABILITY IMAP4rev1 ID MOVE UIDPLUS ESEARCH SEARCHRES WITHIN CONDSTORE BINARY "
                     "LIST-EXTENDED LIST-STATUS SPECIAL-USE STATUS=SIZE ")
             .append(literals)
             .append("] in\r\n"));
    require(session_.submit(std::make_unique<imapxx::select>("INBOX")).has_value());
    session_.output_sent(session_.output().size());
    feed("* FLAGS (\\Seen)\r\n* 9 EXISTS\r\nA1 OK [READ-WRITE] done\r\n");
    require(session_.state() == session_state::selected, "not selected");
  }

  /// Empty: the command was refused.
  template <class C>
  std::string sent(C cmd) {
    if (!session_.submit(std::make_unique<C>(std::move(cmd)))) return {};
    std::string all;
    for (;;) {
      const auto out = session_.output();
      if (out.empty()) return all;
      all += out;
      session_.output_sent(out.size());
      if (!session_.output().empty()) continue;
      // A literal that waits for its go-ahead.
      if (all.ends_with("}\r\n") && !all.ends_with("+}\r\n")) feed("+ go on\r\n");
    }
  }

 private:
  void feed(std::string_view octets) {
    const auto room = session_.input_buffer();
    require(room.size() >= octets.size());
    std::memcpy(room.data(), octets.data(), octets.size());
    session_.input_received(octets.size());
    while (session_.next().what != session_event::kind::none) {
    }
  }
  session session_;
};

}  // namespace imapxx::fuzz
