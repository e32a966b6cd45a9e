/// \file
/// One value as the only item of a FETCH response, in the ways that the library has of reading it.
#pragma once

#include <imapxx/response.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace imapxx::fuzz {

/// Keeps the octets that its row is a view of.
class fetch_value {
 public:
  fetch_value(std::string_view name, std::string_view value)
      : text_(std::string("(").append(name).append(" ").append(value).append(")")) {
    row_.assign(1, text_);
  }
  fetch_value(const fetch_value&) = delete;
  fetch_value& operator=(const fetch_value&) = delete;
  [[nodiscard]] const fetch_row& row() const noexcept { return row_; }

 private:
  std::string text_;
  fetch_row row_;
};

/// The same value with a space behind its first parenthesis, which leaves it to the tolerant reader; nullopt when that
/// would make it another one.
[[nodiscard]] inline std::optional<std::string> for_tolerant_reader(std::string_view value) {
  if (!value.starts_with('(') || value.size() < 2 || value[1] == ' ' || value[1] == ')') return std::nullopt;
  return "( " + std::string(value.substr(1));
}

/// The tolerances that `read` counts, but for the one that `for_tolerant_reader` needs.
template <class Read>
[[nodiscard]] std::string tolerances_of(Read&& read) {
  reset_leniency();
  (void)read();
  std::string out;
  for (const auto& l : leniency()) {
    if (l.quirk != "G-04") out += std::string(l.quirk) + std::to_string(l.count) + " ";
  }
  return out;
}

}  // namespace imapxx::fuzz
