/// \file
/// Every change of the session's state, as a table (RFC 9051 section 3).
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/response.hpp>

#include <string_view>

namespace imapxx::inline v0::core {

/// `trigger` completed with `status` in one of the states `from`: the session is in `to` afterwards.
struct transition {
  std::string_view trigger;  ///< a command's name, or "greeting"
  status_kind status;
  state_set from;
  session_state to;
};

/// The state after `trigger` completed with `status`; `now` when the table has no row for it.
[[nodiscard]] session_state next_state(session_state now, std::string_view trigger, status_kind status) noexcept;

}  // namespace imapxx::inline v0::core
