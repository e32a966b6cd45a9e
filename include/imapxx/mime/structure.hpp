/// \file
/// The questions that `mime::part` answers, asked of a BODYSTRUCTURE: which part to fetch, without fetching the
/// message. The answers are those the message itself would give, as far as the server read it in the same way.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/mime/content_type.hpp>
#include <imapxx/model/body_structure.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0::mime {

/// The sender's name of the part, decoded (RFC 2231, 2047) and otherwise as it is: never use it as a path.
[[nodiscard]] IMAPXX_API std::optional<std::string> raw_filename(const body_structure& part);
/// A safe name (see `safe_filename`), never empty: without one of the sender's it is made of the number and the type.
[[nodiscard]] IMAPXX_API std::string filename(const body_structure& part, std::string_view number);
[[nodiscard]] inline std::string filename(const body_part& part) { return filename(*part.part, part.number); }
/// The media type, its parameters decoded.
[[nodiscard]] IMAPXX_API content_type type_of(const body_structure& part);
/// See `part::is_attachment`.
[[nodiscard]] IMAPXX_API bool is_attachment(const body_structure& part);
/// See `part::attachments`. The pointers are valid as long as `root` is unchanged.
[[nodiscard]] IMAPXX_API std::vector<body_part> attachments(const body_structure& root);
/// The part with the text a person would read first: text/plain, else text/html, that is no attachment; see
/// `part::best_text`.
[[nodiscard]] IMAPXX_API std::optional<body_part> best_text(const body_structure& root);

}  // namespace imapxx::inline v0::mime
