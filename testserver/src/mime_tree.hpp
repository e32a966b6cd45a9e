#pragma once

#include "header.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::testserver::detail {

/// One MIME entity as offsets into the stored message, so that sections and sizes are exact.
struct mime_part {
  std::size_t header_begin = 0;
  std::size_t header_end = 0;                        ///< behind the empty line
  std::size_t body_begin = 0;                        ///< behind the empty line
  std::size_t body_end = 0;                          ///< before the line end that belongs to the boundary
  std::vector<std::unique_ptr<mime_part>> children;  ///< of a multipart; of message/rfc822: its one root part

  bool has_content_type = false;  ///< a Content-Type field is there
  bool mime = false;              ///< MIME-Version or Content-Type is there, or the part lies in a MIME multipart
  bool multipart = false;
  bool message = false;  ///< message/rfc822, also by multipart/digest default
  std::string type;      ///< as written
  std::string subtype;
  std::vector<parameter> parameters;
  std::vector<header_field> fields;

  std::string_view header(std::string_view raw) const { return raw.substr(header_begin, header_end - header_begin); }
  std::string_view body(std::string_view raw) const { return raw.substr(body_begin, body_end - body_begin); }
  bool is_text() const { return !multipart && !message && (!has_content_type || is_type("text")); }
  bool is_type(std::string_view wanted) const;
  const header_field* last_field(std::string_view name) const;
  const header_field* first_field(std::string_view name) const;
};

/// Never fails; nesting and the number of parts are limited.
std::unique_ptr<mime_part> parse_mime(std::string_view raw);

/// Number of line feeds.
std::size_t count_lines(std::string_view s);

}  // namespace imapxx::testserver::detail
