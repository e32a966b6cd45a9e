/// \file
/// Making foreign text safe to show.
#pragma once

#include <imapxx/export.hpp>

#include <string>
#include <string_view>

namespace imapxx::inline v0 {

/// Text of a peer as one harmless line for a terminal or a log: controls (C0, DEL, C1), line separators, bidirectional
/// marks and octets that are no UTF-8 become visible (`\n`, `\x1b`, `\u{202e}`); all other UTF-8 stays as it is.
/// Thread-safe.
[[nodiscard]] IMAPXX_API std::string escape_for_display(std::string_view text);

}  // namespace imapxx::inline v0
