/// \file
/// Cuts the list of a FETCH response into names and values, without parsing the values.
#pragma once

#include <imapxx/model/fetch_data.hpp>

#include "codec/quoting.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace imapxx::inline v0::codec {

/// A set of octets, looked up by one of them.
using octet_set = std::array<bool, 256>;
[[nodiscard]] constexpr octet_set make_octet_set(std::string_view octets) noexcept {
  octet_set set{};
  for (const char c : octets) set[static_cast<unsigned char>(c)] = true;
  return set;
}
/// What no name of an item holds in front of its section.
inline constexpr auto ends_name = make_octet_set("[ ()\"{\r\n");

/// The end of the item name that starts at `at`, with section and origin; npos when its bracket is not closed.
[[nodiscard]] std::size_t end_of_name(std::string_view text, std::size_t at) noexcept;

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

/// A bit for each of these kinds, as in `fetch_row::kinds`.
[[nodiscard]] constexpr std::uint32_t bits_of(std::initializer_list<fetch_item> kinds) noexcept {
  std::uint32_t bits = 0;
  for (const auto kind : kinds) bits |= 1U << static_cast<std::uint32_t>(kind);
  return bits;
}
/// The kinds whose value is an nstring with octets of the message.
inline constexpr auto section_kinds = bits_of({fetch_item::body_section, fetch_item::binary, fetch_item::rfc822,
                                               fetch_item::rfc822_header, fetch_item::rfc822_text});
[[nodiscard]] constexpr bool is_section(fetch_item kind) noexcept { return (section_kinds & bits_of({kind})) != 0; }

}  // namespace imapxx::inline v0::codec
