/// \file
/// Python's `_quote`.
#pragma once

#include <string>
#include <string_view>

namespace imapxx::inline v0::imaplib {

[[nodiscard]] inline std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace imapxx::inline v0::imaplib
