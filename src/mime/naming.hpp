/// \file
/// Names of files, shared by messages and BODYSTRUCTUREs.
#pragma once

#include <imapxx/mime/content_type.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace imapxx::inline v0::mime {

/// The sender's name: `filename` of the disposition, else `name` of the type. Empty ones do not count.
[[nodiscard]] std::optional<std::string> name_of(const disposition* d, const content_type& type);
/// "part-1.2.pdf".
[[nodiscard]] std::string fallback_filename(std::string_view number, const content_type& type);

}  // namespace imapxx::inline v0::mime
