/// \file
/// Message bodies that came inside a FETCH row instead of as a streamed literal.
#pragma once

#include <imapxx/model/fetch_data.hpp>

#include <optional>
#include <string>

namespace imapxx::inline v0::core {

struct inline_body_data {
  section sec;
  std::string octets;
};

/// The section and octets of an item that holds a body as a quoted string or a collected literal; nullopt for anything
/// else (also for NIL and for literals that were streamed).
[[nodiscard]] std::optional<inline_body_data> inline_body(const fetch_row::item& item);

}  // namespace imapxx::inline v0::core
