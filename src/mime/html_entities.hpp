/// \file
/// Character references of HTML.
#pragma once

#include <cstddef>
#include <string_view>

namespace imapxx::inline v0::mime {

struct entity_value {
  char32_t value = 0;
  std::size_t length = 0;  // 0: no reference stands there
};

/// The reference that `text` begins with, at its '&': numeric, or a name of ISO 8859-1, or of those usual in mail.
[[nodiscard]] entity_value read_entity(std::string_view text) noexcept;

}  // namespace imapxx::inline v0::mime
