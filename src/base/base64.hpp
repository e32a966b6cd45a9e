/// \file
/// Base64 (RFC 4648 section 4), as SASL exchanges use it (RFC 9051 section 9, `base64`).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace imapxx::inline v0::base {

[[nodiscard]] std::string base64_encode(std::string_view octets);
/// Strict: padding is required, unused bits are zero, nothing else may stand in `text`.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);
/// For servers that fold or forget: CR, LF and blanks are skipped, padding may be missing, unused bits are ignored.
[[nodiscard]] std::optional<std::string> base64_decode_lenient(std::string_view text);

}  // namespace imapxx::inline v0::base
