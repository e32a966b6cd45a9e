#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Decoding of message content. Transfer encodings, charsets and case live in the one file that knows GMime and GLib.
namespace imapxx::testserver::detail {

/// Header value with encoded words (RFC 2047) as UTF-8.
std::string decode_header_text(std::string_view value);

/// Takes base64, quoted-printable or uuencode away; nothing for an unknown encoding.
std::optional<std::string> decode_transfer(std::string_view body, std::string_view encoding);

/// Octets in `charset` as UTF-8; nothing when the charset is unknown.
std::optional<std::string> charset_to_utf8(std::string_view s, std::string_view charset);

/// Form in which texts are compared: decomposed and in one case (RFC 5051 in spirit).
std::string search_form(std::string_view utf8);

}  // namespace imapxx::testserver::detail
