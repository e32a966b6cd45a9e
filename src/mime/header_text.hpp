/// \file
/// Small readers of header field values.
#pragma once

#include <string>
#include <string_view>

namespace imapxx::inline v0::mime {

/// Line breaks of folding removed, the blanks behind them kept (RFC 5322 section 2.2.3); NUL and a carriage return
/// alone become blanks.
[[nodiscard]] std::string unfold(std::string_view value);
/// Blanks, tabs and line breaks removed at both ends.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

}  // namespace imapxx::inline v0::mime
