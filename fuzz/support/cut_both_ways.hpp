/// \file
/// A row of FETCH is cut in one pass where it keeps the grammar, and by a tolerant cutter where not: both must see the
/// same.
#pragma once

#include <imapxx/model/fetch_data.hpp>
#include <imapxx/response.hpp>

#include "choices.hpp"
#include "codec/row_pattern.hpp"

#include <set>
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

/// The items of a row, and where they stand in it.
inline void require_same_items(const fetch_row& a, const fetch_row& b, std::string_view what) {
  require(a.seq() == b.seq() && a.uid() == b.uid() && a.kinds() == b.kinds() && a.items().size() == b.items().size(),
          what);
  require_equal(std::string(a.text()), std::string(b.text()), what);
  for (std::size_t i = 0; i < a.items().size(); ++i) {
    const auto& x = a.items()[i];
    const auto& y = b.items()[i];
    require(x.kind == y.kind && x.malformed == y.malformed && x.name == y.name && x.value == y.value &&
                x.name.data() - a.text().data() == y.name.data() - b.text().data(),
            what);
  }
}

/// A row that is cut as one that was there before is what it would have been without that.
class row_comparison {
 public:
  /// \param response as the framer gives it, without its line end
  void add(std::string_view response) {
    const auto more = std::string(response) + "\r\n" + std::string(80, 'x');
    fetch_row as_before;
    fetch_row alone;
    const auto octets = pattern_.cut(more.data(), more.data() + more.size(), as_before);
    const auto octets_alone = alone.assign_response(more);
    if (octets != 0) {
      require(octets == octets_alone, "a row that is as the one before ends somewhere else");
      require_same_items(as_before, alone, "a row that is as the one before is cut otherwise");
      if (const auto* flags = alone.find(fetch_item::flags)) {
        require(pattern_.has_news() || seen_.contains(std::string(flags->value)), "flags that nobody has seen");
      }
    } else if (octets_alone != 0) {
      pattern_.missed(alone);
    }
    if (octets_alone == 0) return;
    if (const auto* flags = alone.find(fetch_item::flags)) seen_.insert(std::string(flags->value));
  }

 private:
  codec::row_pattern pattern_;
  std::set<std::string> seen_;
};

/// A response that can be cut before it is framed gives what it gives after that.
/// \param response as the framer gives it, without its line end
inline void require_same_response(std::string_view response, const fetch_row& framed, std::size_t max_nesting = 64) {
  const auto more = std::string(response) + "\r\n* 1 FETCH (UID 1)\r\n";
  fetch_row row;
  const auto octets = row.assign_response(more, max_nesting);
  if (octets == 0) return;
  require(octets == response.size() + 2, "a response ends somewhere else");
  require(row.seq() == framed.seq() && row.uid() == framed.uid(), "a response is about another message");
  require_equal(std::string(row.text()), std::string(framed.text()), "a response has another list");
  require_equal(cut_to_text(row.text(), max_nesting, ""), cut_to_text(framed.text(), max_nesting, ""),
                "a response is cut otherwise");
  require_same_items(row, framed, "an item is cut otherwise");
}

}  // namespace imapxx::fuzz
