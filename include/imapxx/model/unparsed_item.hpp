/// \file
/// What is left of data that the server sent malformed.
#pragma once

#include <cstdint>
#include <string>

namespace imapxx::inline v0 {

/// An item, or a response, that could not be parsed.
struct unparsed_item {
  std::string name;          ///< as sent
  std::string raw;           ///< its octets
  std::string reason;        ///< the grammar rule that failed
  std::uint64_t offset = 0;  ///< of the failure, from the response's start
  friend bool operator==(const unparsed_item&, const unparsed_item&) = default;
};

}  // namespace imapxx::inline v0
