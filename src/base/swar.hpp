/// \file
/// Eight octets at a time, without instructions of one processor: strings in protocol text are too short for a call of
/// memchr to pay, and too long for one octet at a time.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace imapxx::inline v0::base {

namespace detail {
inline constexpr std::uint64_t low_bits = 0x0101010101010101U;
inline constexpr std::uint64_t high_bits = 0x8080808080808080U;

/// The high bit of each octet of `word` that is `c` (Mycroft); exact up to the first one from the low end.
[[nodiscard]] constexpr std::uint64_t octets_equal(std::uint64_t word, char c) noexcept {
  const std::uint64_t x = word ^ (low_bits * static_cast<unsigned char>(c));
  return (x - low_bits) & ~x & high_bits;
}
}  // namespace detail

/// The position at or behind `at` of the first octet of `text` that is one of `Stops`; `text.size()` when there is
/// none.
template <char... Stops>
[[nodiscard]] inline std::size_t find_first_of(std::string_view text, std::size_t at) noexcept {
  const char* const octets = text.data();
  const std::size_t size = text.size();
  while (size - at >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, octets + at, sizeof word);
    const std::uint64_t found = (detail::octets_equal(word, Stops) | ...);
    if (found == 0) {
      at += sizeof word;
      continue;
    }
    if constexpr (std::endian::native == std::endian::little) {
      return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
    } else {
      break;  // within these eight; the loop below finds which
    }
  }
  while (at < size && ((octets[at] != Stops) && ...)) ++at;
  return at;
}

/// Whether there is an octet above 127.
[[nodiscard]] inline bool has_8bit(std::string_view text) noexcept {
  std::size_t at = 0;
  for (; text.size() - at >= sizeof(std::uint64_t); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & detail::high_bits) != 0) return true;
  }
  for (; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) >= 0x80) return true;
  }
  return false;
}

}  // namespace imapxx::inline v0::base
