/// \file
/// Text in the charset that a SEARCH names.
#pragma once

#include <string>
#include <string_view>

namespace imapxx::inline v0::imaplib {

/// UTF-8 to `charset` (a name that iconv(3) knows). \throws std::invalid_argument for a charset that is not known, and
/// for text that it cannot express
[[nodiscard]] std::string to_charset(std::string_view utf8, const std::string& charset);

}  // namespace imapxx::inline v0::imaplib
