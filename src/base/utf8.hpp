/// \file
/// UTF-8, one character at a time (RFC 3629).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace imapxx::inline v0::base {

/// A decoded character and the octets it took; `length` 0 means that no valid character stands there.
struct utf8_char {
  char32_t value = 0;
  std::size_t length = 0;
};

/// The first character of `text`. Overlong forms, surrogates and values above U+10FFFF are invalid.
[[nodiscard]] utf8_char utf8_first(std::string_view text) noexcept;
/// Appends a scalar value.
void utf8_append(std::string& out, char32_t c);
/// Whether all of `text` is UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace imapxx::inline v0::base
