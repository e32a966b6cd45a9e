/// \file
/// Cuts names and values out of octets that go on behind the response: nothing here looks beyond a line end, and what
/// is not written exactly as the grammar wants it, or holds a literal, is left to the ways that know more. Inline: rows
/// come by the million.
#pragma once

#include "base/swar.hpp"
#include "codec/cut.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace imapxx::inline v0::codec {

/// The end of the name without a section that starts at `at`: the first octet that cannot belong to one, or `end`.
[[nodiscard]] inline const char* end_of_name_on_line(const char* at, const char* end) noexcept {
  while (at != end && !ends_name[static_cast<unsigned char>(*at)]) ++at;
  return at;
}

/// Behind the string whose first quote is at `at`; nullptr when it does not end on this line.
[[nodiscard]] inline const char* end_of_string_on_line(const char* at, const char* end) noexcept {
  at = base::find_first_of<'"', '\\', '\r', '\n'>(at + 1, end);
  while (at != end && *at == '\\') {
    ++at;
    if (at == end || *at == '\r' || *at == '\n') return nullptr;
    at = base::find_first_of<'"', '\\', '\r', '\n'>(at + 1, end);
  }
  return at != end && *at == '"' ? at + 1 : nullptr;
}

/// As `end_of_list_on_line`, 64 octets at a time; nullptr also where backslashes or braces need a closer look.
[[nodiscard]] inline const char* end_of_plain_list_on_line(const char* at, const char* end,
                                                           std::size_t max_nesting) noexcept {
  constexpr std::ptrdiff_t at_once = 64;
  std::array<char, at_once> last{};
  std::size_t depth = 0;
  std::uint64_t in_string = 0;  // all bits, when the octet in front of these is in a string
  for (;; at += at_once) {
    const char* octets = at;
    if (end - at < at_once) {
      std::copy(at, end, last.begin());
      octets = last.data();
    }
    const auto in_strings = base::parity_of_bits(base::octets_that_are<'"'>(octets)) ^ in_string;
    const auto open = base::octets_that_are<'('>(octets) & ~in_strings;
    auto parentheses = open | (base::octets_that_are<')'>(octets) & ~in_strings);
    const auto odd = base::octets_that_are<'\\', '{', '\r', '\n'>(octets);
    for (; parentheses != 0; parentheses &= parentheses - 1) {
      const auto one = parentheses & (~parentheses + 1);
      depth += (open & one) != 0 ? std::size_t{1} : ~std::size_t{0};
      if (depth - 1 < max_nesting) continue;
      // The end, or too deep.
      return depth == 0 && (odd & (one - 1)) == 0 ? at + std::countr_zero(one) + 1 : nullptr;
    }
    if (odd != 0 || end - at <= at_once) return nullptr;
    in_string = std::uint64_t{0} - (in_strings >> 63U);
  }
}

/// Behind the list whose first parenthesis is at `at`; nullptr when it does not end on this line or nests too deep.
[[nodiscard]] inline const char* end_of_list_on_line(const char* at, const char* end,
                                                     std::size_t max_nesting) noexcept {
  if (max_nesting == 0) return nullptr;
  std::size_t depth = 1;
  ++at;
  // A list of lists or strings is long enough for that.
  if (at != end && (*at == '(' || *at == '"')) {
    if (const char* const behind = end_of_plain_list_on_line(at - 1, end, max_nesting); behind != nullptr)
      return behind;
  }
  for (;;) {
    at = base::find_first_of<'(', ')', '"', '{', '\r', '\n'>(at, end);
    if (at == end) return nullptr;
    if (*at == ')') {
      ++at;
      if (--depth == 0) return at;
    } else if (*at == '"') {
      at = end_of_string_on_line(at, end);
      if (at == nullptr) return nullptr;
    } else if (*at == '(') {
      if (++depth > max_nesting) return nullptr;
      ++at;
    } else {
      return nullptr;
    }
  }
}

/// Behind the value that starts at `at`; nullptr when it does not end on this line, nests too deep or is a literal.
[[nodiscard]] inline const char* end_of_value_on_line(const char* at, const char* end,
                                                      std::size_t max_nesting) noexcept {
  constexpr static auto ends_word = make_octet_set(" ()\"{\r\n");
  if (at == end) return nullptr;
  if (*at == '(') return end_of_list_on_line(at, end, max_nesting);
  if (*at == '"') return end_of_string_on_line(at, end);
  if (*at == '~') return nullptr;
  while (at != end && !ends_word[static_cast<unsigned char>(*at)]) ++at;
  return at != end && (*at == ' ' || *at == ')') ? at : nullptr;
}

}  // namespace imapxx::inline v0::codec
