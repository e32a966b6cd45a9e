/// \file
/// Character classes of the IMAP grammar (RFC 9051 section 9).
#pragma once

#include "base/ascii.hpp"

#include <array>

namespace imapxx::inline v0::wire {

namespace detail {
constexpr std::array<bool, 256> make_atom_chars() {
  std::array<bool, 256> set{};
  for (unsigned c = 0x21; c < 0x7F; ++c) set[c] = true;
  for (const char c : {'(', ')', '{', ' ', '%', '*', '"', '\\', ']'}) set[static_cast<unsigned char>(c)] = false;
  return set;
}
inline constexpr auto atom_chars = make_atom_chars();
}  // namespace detail

/// ATOM-CHAR: any CHAR but atom-specials = "(" / ")" / "{" / SP / CTL / list-wildcards / quoted-specials /
/// resp-specials.
[[nodiscard]] constexpr bool is_atom_char(char c) noexcept { return detail::atom_chars[static_cast<unsigned char>(c)]; }
/// ASTRING-CHAR = ATOM-CHAR / resp-specials.
[[nodiscard]] constexpr bool is_astring_char(char c) noexcept { return is_atom_char(c) || c == ']'; }
/// list-char = ATOM-CHAR / list-wildcards / resp-specials.
[[nodiscard]] constexpr bool is_list_char(char c) noexcept { return is_astring_char(c) || c == '%' || c == '*'; }

}  // namespace imapxx::inline v0::wire
