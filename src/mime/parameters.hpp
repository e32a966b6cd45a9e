/// \file
/// The lenient reader of `value; name=value; ...`.
#pragma once

#include <imapxx/mime/content_type.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0::mime {

struct parameterised {
  std::string value;                          // what stands before the first ';', comments removed
  std::vector<mime::parameters::item> items;  // as written, without quotes
};

/// Reads a field's value, folded or not.
[[nodiscard]] parameterised read_parameterised(std::string_view field);

}  // namespace imapxx::inline v0::mime
