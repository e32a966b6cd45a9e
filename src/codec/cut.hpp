/// \file
/// Cuts the list of a FETCH response into names and values, without parsing the values.
#pragma once

#include <imapxx/model/fetch_data.hpp>

#include "codec/quoting.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imapxx::inline v0::codec {

/// The end of the item name that starts at `at`, with section and origin; npos when its bracket is not closed.
[[nodiscard]] std::size_t end_of_name(std::string_view text, std::size_t at) noexcept;

/// The end of a name without a section: the first octet at or behind `at` that cannot belong to one.
[[nodiscard]] std::size_t end_of_name_on_line(std::string_view text, std::size_t at) noexcept;

/// What `end_of_value` found.
struct value_end {
  std::size_t at = std::string_view::npos;  ///< npos: not balanced
  bool too_deep = false;
};
/// The end of the value that starts at `at`: list, string, literal or a word.
[[nodiscard]] value_end end_of_value(std::string_view text, std::size_t at, quoting mode,
                                     std::size_t max_nesting) noexcept;

/// The end of a value that is written as the grammar wants it: what `end_of_value` finds when it need not be lenient.
/// npos when it is not so, or nests too deep.
[[nodiscard]] std::size_t end_of_plain_value(std::string_view text, std::size_t at, std::size_t max_nesting) noexcept;

/// The same for a text that may hold more than this response: npos, too, where a line ends or a literal begins.
[[nodiscard]] std::size_t end_of_value_on_line(std::string_view text, std::size_t at, std::size_t max_nesting) noexcept;

/// Whether the item's value is an nstring with octets of the message.
[[nodiscard]] constexpr bool is_section(fetch_item kind) noexcept {
  return kind == fetch_item::body_section || kind == fetch_item::binary || kind == fetch_item::rfc822 ||
         kind == fetch_item::rfc822_header || kind == fetch_item::rfc822_text;
}

}  // namespace imapxx::inline v0::codec
