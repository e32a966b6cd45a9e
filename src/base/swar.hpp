/// \file
/// Sixteen octets at a time where the processor is known to have SSE2, else eight: strings in protocol text are too
/// short for a call of memchr to pay, and too long for one octet at a time.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace imapxx::inline v0::base {

namespace detail {
inline constexpr std::uint64_t low_bits = 0x0101010101010101U;
inline constexpr std::uint64_t high_bits = 0x8080808080808080U;

/// The high bit of each octet of `word` that is `c` (Mycroft); exact up to the first one from the low end.
[[nodiscard]] constexpr std::uint64_t octets_equal(std::uint64_t word, char c) noexcept {
  const std::uint64_t x = word ^ (low_bits * static_cast<unsigned char>(c));
  return (x - low_bits) & ~x & high_bits;
}

/// The number of eight digits 0 … 9, the first of them the lowest octet.
[[nodiscard]] constexpr std::uint32_t number_of_digits(std::uint64_t word) noexcept {
  // Pairs, then fours, then all eight.
  word = word * 10 + (word >> 8U);
  constexpr std::uint64_t pairs = 0x000000FF000000FFU;
  word = ((word & pairs) * 0x000F424000000064U + ((word >> 16U) & pairs) * 0x0000271000000001U) >> 32U;
  return static_cast<std::uint32_t>(word);
}

#ifdef __SSE2__
[[nodiscard]] inline __m128i sixteen(const char* at) noexcept {
  __m128i word;
  std::memcpy(&word, at, sizeof word);
  return word;
}
/// Which of sixteen octets are one of `Stops`, a bit for each.
template <char... Stops>
[[nodiscard]] inline unsigned equal_to(__m128i octets) noexcept {
  auto equal = _mm_setzero_si128();
  ((equal = _mm_or_si128(equal, _mm_cmpeq_epi8(octets, _mm_set1_epi8(Stops)))), ...);
  return static_cast<unsigned>(_mm_movemask_epi8(equal));
}
#endif
}  // namespace detail

/// The position at or behind `at` of the first octet of `text` that is one of `Stops`; `text.size()` when there is
/// none.
template <char... Stops>
[[nodiscard]] inline std::size_t find_first_of(std::string_view text, std::size_t at) noexcept {
  const char* const octets = text.data();
  const std::size_t size = text.size();
#ifdef __SSE2__
  while (size - at >= sizeof(__m128i)) {
    const auto found = detail::equal_to<Stops...>(detail::sixteen(octets + at));
    if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found));
    at += sizeof(__m128i);
  }
  if (at < size && size >= sizeof(__m128i)) {
    // The last sixteen, without those in front of `at`.
    const auto last = size - sizeof(__m128i);
    const auto found = detail::equal_to<Stops...>(detail::sixteen(octets + last)) >> (at - last);
    return found != 0 ? at + static_cast<std::size_t>(std::countr_zero(found)) : size;
  }
#endif
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

/// The same for [at, end): where the first one of `Stops` is, or `end`.
template <char... Stops>
[[nodiscard]] inline const char* find_first_of(const char* at, const char* end) noexcept {
#ifdef __SSE2__
  while (end - at >= static_cast<std::ptrdiff_t>(sizeof(__m128i))) {
    if (const auto found = detail::equal_to<Stops...>(detail::sixteen(at)); found != 0)
      return at + std::countr_zero(found);
    at += sizeof(__m128i);
  }
#endif
  while (at != end && ((*at != Stops) && ...)) ++at;
  return at;
}

/// The same among the first sixteen octets only: no loop, nothing that is not in registers. \return nullptr when none
/// is there, there are fewer octets, or the processor is not known to have SSE2
template <char... Stops>
[[nodiscard]] inline const char* find_among_sixteen([[maybe_unused]] const char* at,
                                                    [[maybe_unused]] const char* end) noexcept {
#ifdef __SSE2__
  if (end - at >= static_cast<std::ptrdiff_t>(sizeof(__m128i))) {
    if (const auto found = detail::equal_to<Stops...>(detail::sixteen(at)); found != 0)
      return at + std::countr_zero(found);
  }
#endif
  return nullptr;
}

/// Which of 64 octets are one of `Wanted`, a bit for each.
template <char... Wanted>
[[nodiscard]] inline std::uint64_t octets_that_are(const char* at) noexcept {
  std::uint64_t out = 0;
#ifdef __SSE2__
  for (unsigned i = 0; i != 4; ++i) {
    const auto equal = detail::equal_to<Wanted...>(detail::sixteen(at + std::size_t{16} * i));
    out |= std::uint64_t{equal} << (16 * i);
  }
#else
  for (unsigned i = 0; i != 64; ++i) out |= std::uint64_t{((at[i] == Wanted) || ...)} << i;
#endif
  return out;
}

/// The same for 32 octets.
template <char... Wanted>
[[nodiscard]] inline std::uint32_t octets_of_32_that_are(const char* at) noexcept {
#ifdef __SSE2__
  return detail::equal_to<Wanted...>(detail::sixteen(at)) | detail::equal_to<Wanted...>(detail::sixteen(at + 16))
                                                                << 16U;
#else
  std::uint32_t out = 0;
  for (unsigned i = 0; i != 32; ++i) out |= std::uint32_t{((at[i] == Wanted) || ...)} << i;
  return out;
#endif
}

/// Which of 32 octets of two texts are not the same, a bit for each.
[[nodiscard]] inline std::uint32_t octets_of_32_that_differ(const char* a, const char* b) noexcept {
#ifdef __SSE2__
  const auto same = [&](std::size_t at) {
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(detail::sixteen(a + at), detail::sixteen(b + at))));
  };
  return ~(same(0) | same(16) << 16U);
#else
  std::uint32_t out = 0;
  for (unsigned i = 0; i != 32; ++i) out |= std::uint32_t{a[i] != b[i]} << i;
  return out;
#endif
}

/// For each bit, whether the number of bits up to it, itself included, is odd: with the quotes of a text, which octets
/// are inside of them.
[[nodiscard]] constexpr std::uint64_t parity_of_bits(std::uint64_t bits) noexcept {
  for (unsigned n = 1; n != 64; n *= 2) bits ^= bits << n;
  return bits;
}

/// The digits that a text begins with, as far as eight octets hold them.
struct leading_digits {
  std::uint32_t value = 0;
  std::uint32_t count = 0;
};
/// \param at eight readable octets
[[nodiscard]] inline leading_digits read_digits(const char* at) noexcept {
  constexpr std::uint32_t most = 8;
  leading_digits out;
  if constexpr (std::endian::native == std::endian::little) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    word ^= detail::low_bits * '0';
    // The high bit of each octet that is above 9: the sum cannot carry below the first one.
    const std::uint64_t others = (word | (word + detail::low_bits * 0x76U)) & detail::high_bits;
    out.count = static_cast<std::uint32_t>(std::countr_zero(others)) / 8;  // 64 / 8 when all are digits
    if (out.count == 0) return out;
    word <<= 8 * (most - out.count);  // zeros in front
    out.value = detail::number_of_digits(word);
  } else {
    for (; out.count != most && at[out.count] >= '0' && at[out.count] <= '9'; ++out.count)
      out.value = out.value * 10 + static_cast<std::uint32_t>(at[out.count] - '0');
  }
  return out;
}

/// nz-number at the start of [at, end). \param behind where its digits end, or ten digits. \return 0 when there is
/// none, it begins with a zero or has more than 32 bits
[[nodiscard]] inline std::uint32_t read_nz_number(const char* at, const char* end, const char*& behind) noexcept {
  constexpr std::ptrdiff_t at_once = 8;
  constexpr std::ptrdiff_t most = 10;
  behind = at;
  if (at == end || *at == '0') return 0;
  std::uint64_t n = 0;
  if (end - at >= at_once) {
    const auto digits = read_digits(at);
    n = digits.value;
    behind += digits.count;
    if (digits.count < at_once) return static_cast<std::uint32_t>(n);
  }
  const char* const stop = at + (end - at < most ? end - at : most);
  for (; behind != stop && *behind >= '0' && *behind <= '9'; ++behind)
    n = n * 10 + static_cast<std::uint64_t>(*behind - '0');
  return n > 0xFFFFFFFFU ? 0 : static_cast<std::uint32_t>(n);
}

/// [at, end) as an nz-number, of which the end is known: so several can be read at once. \param at eight readable
/// octets, also where fewer belong to it \return 0 when it is none
[[nodiscard]] inline std::uint32_t nz_number_between(const char* at, const char* end) noexcept {
  constexpr std::ptrdiff_t at_once = 8;
  if constexpr (std::endian::native == std::endian::little) {
    if (const auto count = end - at; count > 0 && count <= at_once && *at != '0') {
      std::uint64_t word = 0;
      std::memcpy(&word, at, sizeof word);
      word = (word ^ (detail::low_bits * '0')) << (8 * static_cast<unsigned>(at_once - count));
      const bool other = ((word | (word + detail::low_bits * 0x76U)) & detail::high_bits) != 0;
      return other ? 0 : detail::number_of_digits(word);
    }
  }
  const char* behind = at;
  const auto n = read_nz_number(at, end, behind);
  return behind == end ? n : 0;
}

/// Whether there is an octet above 127.
[[nodiscard]] inline bool has_8bit(std::string_view text) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
#ifdef __SSE2__
  constexpr std::ptrdiff_t at_once = 4 * sizeof(__m128i);
  for (; end - at >= at_once; at += at_once) {
    const auto sum = _mm_or_si128(_mm_or_si128(detail::sixteen(at), detail::sixteen(at + 16)),
                                  _mm_or_si128(detail::sixteen(at + 32), detail::sixteen(at + 48)));
    if (_mm_movemask_epi8(sum) != 0) return true;
  }
#endif
  for (; end - at >= static_cast<std::ptrdiff_t>(sizeof(std::uint64_t)); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    if ((word & detail::high_bits) != 0) return true;
  }
  for (; at != end; ++at) {
    if (static_cast<unsigned char>(*at) >= 0x80) return true;
  }
  return false;
}

}  // namespace imapxx::inline v0::base
