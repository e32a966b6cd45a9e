// The JSON of a response as lines for a person.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace imapxx::cli {

/// One line a value: `fetch`, then `  uid: 7`, `  flags: \Seen \Flagged`; objects and lists of objects are indented.
/// Encoded words (RFC 2047) are decoded; text of several lines stands on lines of its own. \param json an object as
/// `to_json` makes it
[[nodiscard]] std::vector<std::string> readable_lines(std::string_view json);

}  // namespace imapxx::cli
