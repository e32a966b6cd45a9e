/// \file
/// The other end of a client without I/O, made of the embedded server's own parts: it cuts octets into commands as its
/// connections do, consents to literals, and reads arguments with its parser.
#pragma once

#include "../testserver/src/arguments.hpp"
#include "../testserver/src/dispatcher.hpp"
#include "../testserver/src/session.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::threats {

namespace server_side = testserver::detail;

class server_end {
 public:
  /// \param say gives octets of the server to the client
  /// \param hear returns what the client has sent since the last time
  server_end(std::function<void(std::string_view)> say, std::function<std::string()> hear)
      : say_(std::move(say)), hear_(std::move(hear)) {}

  struct command {
    server_side::command_head head;
    std::vector<server_side::command_piece> pieces;
    /// Behind the name and the blank that follows it.
    server_side::arguments arguments{{}};
  };
  /// nullopt: the client sent nothing. What no client may send is in `wrong`.
  std::optional<command> next();
  /// One line, without its end.
  std::string line();
  void say(std::string_view octets) { say_(octets); }
  /// Octets that belong to no command; also those that come only now.
  [[nodiscard]] std::string left_over();

  /// The octets were recorded: nothing waits for consent any more.
  bool recorded = false;
  /// Why the octets so far are not what a client may send; empty when they are.
  std::string wrong;

 private:
  std::optional<std::string> cut_line();
  std::function<void(std::string_view)> say_;
  std::function<std::string()> hear_;
  std::string in_;
};

/// The embedded server's session where only its capabilities matter: its parser asks it what is offered.
[[nodiscard]] server_side::session& offline_session();

}  // namespace imapxx::threats
