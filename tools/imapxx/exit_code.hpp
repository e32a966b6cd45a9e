// The documented exit codes (docs/cli.md), and the two ways in which a command ends early by its own decision.
#pragma once

#include <stdexcept>
#include <string>

namespace imapxx::cli {

enum class exit_code : int {
  ok = 0,
  refused = 1,     ///< nothing found, or the server said NO or BAD, or not everything could be done
  usage = 2,       ///< the command line is wrong; nothing was sent
  connection = 3,  ///< no connection, TLS failure, time-out, connection lost
  login = 4,       ///< the server did not accept the credentials, or there are none
  protocol = 5,    ///< the server's answer cannot be understood
  local = 6,       ///< a local file or program
  internal = 70,   ///< a bug in imapxx, or no memory
  interrupted = 130
};

/// Something that the person at the keyboard can put right.
class failure : public std::runtime_error {
 public:
  failure(exit_code code, const std::string& what, std::string hint = {})
      : std::runtime_error(what), code_(code), hint_(std::move(hint)) {}
  [[nodiscard]] exit_code code() const noexcept { return code_; }
  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }

 private:
  exit_code code_;
  std::string hint_;
};

inline failure usage_error(const std::string& what, std::string hint = {}) {
  return {exit_code::usage, what, std::move(hint)};
}
inline failure local_error(const std::string& what, std::string hint = {}) {
  return {exit_code::local, what, std::move(hint)};
}

}  // namespace imapxx::cli
