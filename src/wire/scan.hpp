/// \file
/// Finding the end of strings in a framed response; shared by the lexer and the framer.
#pragma once

#include <imapxx/wire/lexer.hpp>

#include <cstddef>
#include <string_view>

namespace imapxx::inline v0::wire::scan {

inline constexpr std::size_t none = std::string_view::npos;

struct found_string {
  string_token token;
  std::size_t end = none;   ///< behind the string; `none` when no string stands there
  std::size_t stopped = 0;  ///< for a quoted string that is not closed: where that became certain
};

/// The quoted string or literal that begins at `at`.
[[nodiscard]] found_string read_string(std::string_view text, std::size_t at) noexcept;
/// The position of the next `stop` outside of strings, or `none`. A quote or brace that opens no string is an ordinary
/// octet.
[[nodiscard]] std::size_t find_outside_strings(std::string_view text, std::size_t at, char stop) noexcept;
/// Whether more parentheses are opened than closed in `text`, strings not counted.
[[nodiscard]] bool has_open_list(std::string_view text) noexcept;
/// Whether `text` ends within a quoted string.
[[nodiscard]] bool has_open_string(std::string_view text) noexcept;

}  // namespace imapxx::inline v0::wire::scan
