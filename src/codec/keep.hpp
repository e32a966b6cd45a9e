/// \file
/// Texts of a view, made in the place where an owning value has them: a string that is made elsewhere and moved there
/// costs more than its octets.
#pragma once

#include <imapxx/model/envelope_view.hpp>

#include <string>

namespace imapxx::inline v0::codec {

inline void keep(text_view text, std::string& out) {
  if (text.escaped() || text.raw().size() > out.capacity()) {
    out = text.to_string();  // no larger than the text, as one that grows would be
  } else {
    out.assign(text.raw());
  }
}

/// \param out an empty `std::optional<std::string>` or `boxed_optional<std::string>`
template <class Optional>
inline void keep(text_view text, Optional& out) {
  if (!text.has_value()) return;
  if (text.escaped()) {
    out.emplace(text.to_string());
  } else {
    out.emplace(text.raw());
  }
}

}  // namespace imapxx::inline v0::codec
