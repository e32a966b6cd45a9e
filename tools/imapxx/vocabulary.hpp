// Words that are the protocol's, not a person's. All functions take the case that is said; none allocates.
#pragma once

#include <string_view>

namespace imapxx::cli {

/// Commands, responses, items, search keys, response codes, return options (in capitals).
[[nodiscard]] bool is_protocol_word(std::string_view capitals) noexcept;
/// Flags and mailbox attributes that a standard or a large server defines, with their `\` or `$` (in small letters).
[[nodiscard]] bool is_known_flag(std::string_view small) noexcept;
/// Names of header fields that tell nothing about anybody (in small letters).
[[nodiscard]] bool is_header_field(std::string_view small) noexcept;
/// Media types, parameters, charsets, transfer encodings, dispositions (in small letters).
[[nodiscard]] bool is_mime_word(std::string_view small) noexcept;
/// Fields of ID (RFC 2971), and parts of METADATA entries (RFC 5464) (in small letters).
[[nodiscard]] bool is_field_word(std::string_view small) noexcept;
/// Search keys whose next argument is a person's text; HEADER has two (in capitals).
[[nodiscard]] bool takes_text(std::string_view capitals) noexcept;

}  // namespace imapxx::cli
