/// \file
/// The header of a literal: `["~"] "{" number64 ["+"] "}"` (RFC 9051 section 9, RFC 3516), and what servers make of it.
#pragma once

#include "base/ascii.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace imapxx::inline v0::wire {

struct literal_header {
  enum class form : std::uint8_t {
    none,      ///< not a header at all
    plain,     ///< the octets follow
    streamed,  ///< `{n!}`, the framer's own notation: the octets went elsewhere
    nil,       ///< `{-1}`: nothing follows, the value is NIL (quirk X-02)
    invalid    ///< digits, but no size: negative, too big, or something behind them
  };
  form kind = form::none;
  bool literal8 = false;
  bool spaces = false;  ///< inside the braces (quirk X-05)
  bool zeros = false;   ///< in front of the digits (quirk G-15)
  bool plus = false;    ///< `{n+}`, which a server must not send
  std::uint64_t size = 0;
  std::size_t length = 0;  ///< through the closing brace
};

/// Reads the header at the start of `text`, without the line end behind it.
[[nodiscard]] constexpr literal_header read_literal_header(std::string_view text) noexcept {
  literal_header h;
  std::size_t at = 0;
  const auto peek = [&] { return at < text.size() ? text[at] : '\0'; };
  const auto skip_spaces = [&] {
    for (; peek() == ' '; ++at) h.spaces = true;
  };
  if (peek() == '~') {
    h.literal8 = true;
    ++at;
  }
  if (peek() != '{') return {};
  ++at;
  skip_spaces();
  const bool negative = peek() == '-';
  if (negative) ++at;
  if (!base::is_digit(peek())) return {};
  h.zeros = peek() == '0' && at + 1 < text.size() && base::is_digit(text[at + 1]);
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  bool fits = true;
  for (; base::is_digit(peek()); ++at) {
    const auto digit = static_cast<std::uint64_t>(peek() - '0');
    fits = fits && h.size <= (largest - digit) / 10;
    if (fits) h.size = h.size * 10 + digit;
  }
  skip_spaces();
  const char mark = peek();
  if (mark == '+' || mark == '!') ++at;
  h.plus = mark == '+';
  skip_spaces();
  const bool closed = peek() == '}';
  h.length = at + 1;
  if (!closed || !fits || (negative && (h.size != 1 || mark != '}'))) {
    h.kind = literal_header::form::invalid;
  } else if (negative) {
    h.kind = literal_header::form::nil;
  } else {
    h.kind = mark == '!' ? literal_header::form::streamed : literal_header::form::plain;
  }
  return h;
}

}  // namespace imapxx::inline v0::wire
