// --dry-run: what a command would send, checked as if it were sent.
#pragma once

#include <imapxx/client.hpp>

#include "json.hpp"
#include "output.hpp"

#include <string>

namespace imapxx::cli {

/// The command as it would go to this server, without tag. \throws error when the client would refuse to send it
[[nodiscard]] std::string command_text(client& c, command& cmd);

inline void print_planned(output& out, bool as_json, std::string_view line) {
  if (as_json) {
    out.json_line(json_planned(line));
  } else {
    out.line("would send: " + std::string(line));
  }
}

/// Runs the command, or with `dry_run` only says what would be sent. \return whether it was run
template <class Command>
bool run_or_plan(client& c, Command cmd, bool dry_run, bool as_json, output& out) {
  if (!dry_run) {
    c.run(std::move(cmd));
    return true;
  }
  print_planned(out, as_json, command_text(c, cmd));
  return false;
}

}  // namespace imapxx::cli
