#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Octet helpers of the test server. They are deliberately not the library's own, so that a bug there cannot hide.
namespace imapxx::testserver::detail {

inline char ascii_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

inline char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

inline bool is_8bit(char c) { return static_cast<unsigned char>(c) >= 0x80; }

inline bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string to_upper(std::string_view s);
std::string to_lower(std::string_view s);
bool iequals(std::string_view a, std::string_view b);
bool istarts_with(std::string_view s, std::string_view prefix);
bool icontains(std::string_view s, std::string_view needle);
bool has_8bit(std::string_view s);
std::string_view trim(std::string_view s);

/// Unsigned decimal without sign or spaces; nothing on overflow.
std::optional<std::uint64_t> parse_number(std::string_view s);

std::string base64_encode(std::string_view s);
/// Strict RFC 4648 base64; nothing when a character or the padding is wrong.
std::optional<std::string> base64_decode(std::string_view s);

/// Modified UTF-7 of RFC 3501, 5.1.3.
std::string utf7_encode(std::string_view utf8);
std::optional<std::string> utf7_decode(std::string_view s);
bool valid_utf8(std::string_view s);

/// LF to CRLF; existing CRLF stays.
std::string to_crlf(std::string_view s);

/// A `string`: quoted where RFC 3501 permits it, else a literal.
void append_string(std::string& out, std::string_view s);
void append_literal(std::string& out, std::string_view s);
/// A `nstring`.
void append_nstring(std::string& out, const std::optional<std::string>& s);
/// An `astring`: atom where possible. With `utf8` octets above 127 may stand in quotes (RFC 9051, 4.3).
void append_astring(std::string& out, std::string_view s, bool utf8 = false);

/// Sorted numbers as a sequence-set: 1:3,5.
std::string compress_set(const std::vector<std::uint32_t>& sorted);

}  // namespace imapxx::testserver::detail
