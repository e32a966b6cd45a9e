/// \file
/// What stands between the brackets of `BODY[...]` and `BINARY[...]` (RFC 9051 section 6.4.5, `section`).
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0 {

/// A section of a message: part number, then HEADER, HEADER.FIELDS, MIME, TEXT or nothing, and which FETCH item it came
/// or goes under.
class IMAPXX_API section {
 public:
  enum class item : std::uint8_t { body, binary, binary_size, rfc822, rfc822_header, rfc822_text };
  enum class text : std::uint8_t { all, header, header_fields, header_fields_not, mime, text };

  section() = default;  ///< `BODY[]`, the whole message
  /// Reads "", "1.2", "HEADER", "1.HEADER.FIELDS (Subject From)", "TEXT", "2.MIME". Errors: invalid_argument
  [[nodiscard]] static result<section> try_parse(std::string_view spec, item kind = item::body);
  [[nodiscard]] static section parse(std::string_view spec, item kind = item::body) {
    return try_parse(spec, kind).value();
  }

  item kind = item::body;
  std::string part;  ///< "" or "1.2.3"
  text what = text::all;
  std::vector<std::string> fields;      ///< header field names
  std::optional<std::uint64_t> origin;  ///< `<origin>` of a partial answer

  /// Inside the brackets, canonical: "1.HEADER.FIELDS (SUBJECT FROM)".
  [[nodiscard]] std::string to_string() const;
  /// Whether `answer` is the server's name for what was asked: case and quoting of field names are ignored, and RFC822
  /// equals `BODY[]` and so on.
  [[nodiscard]] bool matches(const section& answer) const noexcept;
  friend bool operator==(const section&, const section&) = default;
};

}  // namespace imapxx::inline v0
