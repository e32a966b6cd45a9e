/// \file
/// Strings as broken servers quote them: where a quoted string most likely ends, and text with such strings put right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imapxx::inline v0::codec {

/// How to look for the end of a quoted string.
enum class quoting : std::uint8_t {
  strict,    ///< RFC 9051 section 9: the first `"` without a backslash
  content,   ///< a `"` ends the string only where something fitting follows (quirk E-10)
  backslash  ///< as `content`, and `\"` also ends it there (quirk E-11)
};

/// The position of the closing quote of the string whose opening quote stands at `open`; npos when there is none.
[[nodiscard]] std::size_t closing_quote(std::string_view text, std::size_t open, quoting mode) noexcept;

/// A literal within a text: its header from `{` or `~` on, and where its octets stand.
struct literal {
  std::size_t begin = 0;  ///< of the octets
  std::size_t end = 0;
  bool streamed = false;  ///< `{n!}`: its octets are not in the text
  bool negative = false;  ///< `{-1}`: some servers' NIL (quirk X-02)
  bool padded = false;    ///< with blanks or leading zeros (quirk X-05)
};
/// The literal whose header stands at `at`; nullopt when there is none or its octets are not all there.
[[nodiscard]] std::optional<literal> find_literal(std::string_view text, std::size_t at) noexcept;

/// `text` with every quoted string written as the grammar wants it, or nullopt when no reading of the quotes is
/// consistent or nothing changes. Counts E-10 or E-11.
[[nodiscard]] std::optional<std::string> repair_quotes(std::string_view text);

}  // namespace imapxx::inline v0::codec
