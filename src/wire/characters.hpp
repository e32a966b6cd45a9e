/// \file
/// Character classes of the IMAP grammar (RFC 9051 section 9).
#pragma once

#include "base/ascii.hpp"

namespace imapxx::inline v0::wire {

/// ATOM-CHAR: any CHAR but atom-specials = "(" / ")" / "{" / SP / CTL / list-wildcards / quoted-specials /
/// resp-specials.
[[nodiscard]] constexpr bool is_atom_char(char c) noexcept {
  switch (c) {
    case '(':
    case ')':
    case '{':
    case ' ':
    case '%':
    case '*':
    case '"':
    case '\\':
    case ']': return false;
    default: return !base::is_control(c) && !base::is_8bit(c);
  }
}
/// ASTRING-CHAR = ATOM-CHAR / resp-specials.
[[nodiscard]] constexpr bool is_astring_char(char c) noexcept { return is_atom_char(c) || c == ']'; }
/// list-char = ATOM-CHAR / list-wildcards / resp-specials.
[[nodiscard]] constexpr bool is_list_char(char c) noexcept { return is_astring_char(c) || c == '%' || c == '*'; }

}  // namespace imapxx::inline v0::wire
