/// \file
/// BODY and BODYSTRUCTURE (RFC 9051 section 7.5.2) as a tree of parts.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/model/boxed_optional.hpp>
#include <imapxx/model/envelope.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {

/// `name=value` parameters, raw as sent; names compare without regard to case.
class IMAPXX_API body_parameters {
 public:
  std::vector<std::pair<std::string, std::string>> items;
  [[nodiscard]] const std::string* find(std::string_view name) const noexcept;
  friend bool operator==(const body_parameters&, const body_parameters&) = default;
};

struct body_disposition {
  std::string type;  ///< as sent: "attachment", "INLINE" …
  body_parameters parameters;
  friend bool operator==(const body_disposition&, const body_disposition&) = default;
};

/// One part: a leaf, a multipart with `children`, or a message/rfc822 with one child, `nested_envelope` and `lines`.
/// The part's number (RFC 9051 section 6.4.5.1) is given by `walk` and `find`. Owning; nesting is bounded by
/// `limits::nesting`.
struct IMAPXX_API body_structure {
  std::string type;  ///< as sent; "TEXT", "multipart" …
  std::string subtype;
  body_parameters parameters;
  boxed_optional<std::string> id;
  boxed_optional<std::string> description;
  std::string encoding;                ///< empty for multiparts
  std::uint64_t octets = 0;            ///< in its transfer encoding
  bool octets_known = true;            ///< false when the server sent NIL or a negative number
  bool extension_data = false;         ///< whether the last five members were sent (BODYSTRUCTURE as against BODY)
  std::optional<std::uint64_t> lines;  ///< text and message/rfc822
  std::unique_ptr<envelope> nested_envelope;  ///< message/rfc822 and message/global
  std::vector<body_structure> children;
  boxed_optional<std::string> md5;
  boxed_optional<body_disposition> disposition;
  std::vector<std::string> languages;
  boxed_optional<std::string> location;
  std::vector<std::string> extensions;  ///< raw text of what later standards may add

  body_structure();
  body_structure(const body_structure&);
  body_structure(body_structure&&) noexcept;
  body_structure& operator=(const body_structure&);
  body_structure& operator=(body_structure&&) noexcept;
  ~body_structure();

  [[nodiscard]] bool is_multipart() const noexcept;
  [[nodiscard]] bool is_message() const noexcept;  ///< message/rfc822 or message/global with a nested structure
  [[nodiscard]] bool is(std::string_view t,
                        std::string_view s = "*") const noexcept;  ///< type/subtype without regard to case
  /// The part with this number as walk() and FETCH have it: "1.2"; "3.TEXT" for the body of the message in part 3; ""
  /// or "TEXT" for the root itself. nullptr when there is none. Valid as long as this object is unchanged.
  [[nodiscard]] const body_structure* find(std::string_view part_number) const noexcept;
  friend IMAPXX_API bool operator==(const body_structure&, const body_structure&) noexcept;
};

/// One step of a walk: the part, its number as FETCH wants it ("1" for the only part of a message that is no
/// multipart), and its depth.
struct body_part {
  const body_structure* part = nullptr;
  std::string number;
  std::size_t depth = 0;
};
/// All parts in document order, the root first (its number is "" for a multipart, "1" for a single part); goes into
/// nested messages.
[[nodiscard]] IMAPXX_API std::vector<body_part> walk(const body_structure& root);

}  // namespace imapxx::inline v0
