/// \file
/// What `client::fetch_messages` brought.
#pragma once

#include <imapxx/commands/fetch_results.hpp>
#include <imapxx/error.hpp>
#include <imapxx/model/number_set.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imapxx::inline v0 {

/// A message that the server would not give, and why.
class refused_message {
 public:
  refused_message() = default;
  std::uint32_t uid = 0;
  error why;
};

/// The result of a FETCH that goes on where single messages are refused; see `client::fetch_messages`.
class fetch_messages_result {
 public:
  fetch_messages_result() = default;
  /// At most so many UID FETCH commands are sent, unless the caller says otherwise: enough for about ten refused
  /// messages among 10,000.
  static constexpr std::size_t default_commands = 250;

  /// By UID with `find_uid`. `is_complete` is false for what an answer left out, or a refusal cut off.
  fetch_results messages;
  std::vector<refused_message> refused;  ///< asked for one by one, and refused
  uid_set not_asked;                     ///< what was left when as many commands had been sent as were allowed
  std::size_t commands = 0;              ///< UID FETCH commands that were sent
  /// Whether nothing was refused or left.
  [[nodiscard]] bool complete() const noexcept { return refused.empty() && not_asked.empty(); }
};

}  // namespace imapxx::inline v0
