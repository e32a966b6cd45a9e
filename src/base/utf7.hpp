/// \file
/// Modified UTF-7, the form of mailbox names on the wire of IMAP4rev1 (RFC 3501 section 5.1.3, RFC 9051 appendix A.1).
#pragma once

#include "base/utf8.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imapxx::inline v0::base {

/// Strict: nullopt for anything but the one canonical spelling of a name, so that two different names on the wire never
/// look the same. Refused are: octets that must be encoded, an open or empty shift, two shifts in a row, printable
/// ASCII inside a shift, lone surrogates, bits left over.
[[nodiscard]] std::optional<std::string> utf7_decode(std::string_view text);
/// The canonical spelling. `utf8` must be valid (`is_utf8`); octets that are not become U+FFFD.
[[nodiscard]] std::string utf7_encode(std::string_view utf8);

}  // namespace imapxx::inline v0::base
