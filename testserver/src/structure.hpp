#pragma once

#include "mime_tree.hpp"

#include <string>
#include <string_view>

namespace imapxx::testserver::detail {

/// The `envelope` production for the header of `part` (RFC 3501, 7.4.2).
std::string format_envelope(const mime_part& part);

/// BODYSTRUCTURE, or BODY without the extension data.
std::string format_body(const mime_part& part, std::string_view raw, bool extended);

}  // namespace imapxx::testserver::detail
