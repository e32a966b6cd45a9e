#pragma once

#include "session.hpp"

#include <string>
#include <vector>

namespace imapxx::testserver::detail {

/// Tag and name of a command; the name of a UID command is "UID FETCH".
struct command_head {
  std::string tag;
  std::string name;
};

command_head read_head(arguments& args);

/// Runs one command and writes its tagged reply.
void dispatch(session& s, const command_head& head, arguments& args);

}  // namespace imapxx::testserver::detail
