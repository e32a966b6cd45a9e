/// \file
/// A row of FETCH is cut in one pass where it keeps the grammar, and by a tolerant cutter where not: both must see the
/// same.
#pragma once

#include <imapxx/model/fetch_data.hpp>
#include <imapxx/response.hpp>

#include "choices.hpp"

#include <string>
#include <string_view>

namespace imapxx::fuzz {

/// The items of a row as text, and what had to be tolerated to find them.
inline std::string cut_to_text(std::string_view text, std::size_t max_nesting, std::string_view not_counted) {
  reset_leniency();
  fetch_row row;
  row.assign(1, text, 0, max_nesting);
  std::string out;
  for (const auto& i : row.items()) {
    out += std::to_string(static_cast<int>(i.kind)) + (i.malformed ? " malformed " : " ");
    out += std::string(i.name) + " = " + std::string(i.value) + "\n";
  }
  out += "UID " + std::to_string(row.uid().value_or(0)) + "\n";
  for (const auto& l : leniency()) {
    if (l.quirk != not_counted) out += std::string(l.quirk) + " " + std::to_string(l.count) + "\n";
  }
  return out;
}

/// A space before the first item leaves the row to the tolerant cutter, and may change nothing but the count of just
/// this (G-04). \param text what follows `* n FETCH `
inline void require_same_cut(std::string_view text, std::size_t max_nesting = 64) {
  if (text.size() < 2 || text[0] != '(' || text[1] == ' ' || text[1] == '(' || text[1] == ')') return;
  const auto spaced = "( " + std::string(text.substr(1));
  require_equal(cut_to_text(text, max_nesting, "G-04"), cut_to_text(spaced, max_nesting, "G-04"),
                "a row is cut otherwise by the tolerant cutter");
}

}  // namespace imapxx::fuzz
