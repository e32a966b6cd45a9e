// Octets that may be text, and their base64 form.
#pragma once

#include <string>
#include <string_view>

namespace imapxx::cli {

/// Strictly: no overlong forms, no surrogates, nothing above U+10FFFF (RFC 3629).
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;
[[nodiscard]] std::string base64(std::string_view octets);

}  // namespace imapxx::cli
