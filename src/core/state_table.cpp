#include "core/state_table.hpp"

#include <array>

namespace imapxx::inline v0::core {
namespace {

using enum session_state;

constexpr std::array<transition, 17> table{{
    {"greeting", status_kind::ok, none, not_authenticated},
    {"greeting", status_kind::preauth, none, authenticated},
    {"greeting", status_kind::bye, none, logout},
    {"LOGIN", status_kind::ok, not_authenticated, authenticated},
    {"AUTHENTICATE", status_kind::ok, not_authenticated, authenticated},
    {"SELECT", status_kind::ok, states::authenticated, selected},
    {"EXAMINE", status_kind::ok, states::authenticated, selected},
    // A SELECT that fails leaves no mailbox selected, even when one was before (RFC 9051 section 6.3.2).
    {"SELECT", status_kind::no, states::authenticated, authenticated},
    {"EXAMINE", status_kind::no, states::authenticated, authenticated},
    {"CLOSE", status_kind::ok, selected, authenticated},
    {"UNSELECT", status_kind::ok, selected, authenticated},
    {"UNAUTHENTICATE", status_kind::ok, states::authenticated, not_authenticated},
    {"LOGOUT", status_kind::ok, states::any, logout},
    {"LOGOUT", status_kind::no, states::any, logout},
    {"LOGOUT", status_kind::bad, states::any, logout},
    {"bye", status_kind::bye, states::any, logout},
    {"bye", status_kind::bye, none, logout},
}};

}  // namespace

session_state next_state(session_state now, std::string_view trigger, status_kind status) noexcept {
  for (const auto& row : table) {
    if (row.trigger != trigger || row.status != status) continue;
    if (now == none ? row.from.contains(none) || row.trigger == "greeting" || row.trigger == "bye"
                    : row.from.contains(now))
      return row.to;
  }
  return now;
}

}  // namespace imapxx::inline v0::core
