/// \file
/// Text of any charset to UTF-8, and the start of GMime.
#pragma once

#include <string>
#include <string_view>

namespace imapxx::inline v0::mime {

/// Makes GMime ready, once for the process. Thread-safe; call before any other function of GMime.
void ensure_gmime();

/// `octets` as UTF-8. See `part::text` for missing and unknown charsets. Never fails.
[[nodiscard]] std::string to_utf8(std::string_view octets, std::string_view charset);
/// `text` with everything that is no UTF-8 replaced by U+FFFD.
[[nodiscard]] std::string scrub_utf8(std::string_view text);

}  // namespace imapxx::inline v0::mime
