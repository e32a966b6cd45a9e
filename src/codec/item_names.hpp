/// \file
/// The names of FETCH items that have no section (RFC 9051 section 7.5.2 and the extensions'), found by their size and
/// their octets as whole words: a million rows name them.
#pragma once

#include <imapxx/model/fetch_data.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace imapxx::inline v0::codec {

/// A name; its octets and the space behind it as two words, and which of their bits count.
struct item_name {
  std::string_view name{};
  fetch_item kind = fetch_item::other;
  std::uint64_t first = 0, second = 0;
  std::uint64_t first_mask = 0, second_mask = 0;

  /// \param at sixteen readable octets
  [[nodiscard]] bool stands_at(const char* at) const noexcept {
    std::uint64_t words[2];
    std::memcpy(&words, at, sizeof words);
    return (((words[0] ^ first) & first_mask) | ((words[1] ^ second) & second_mask)) == 0;
  }
};

inline constexpr std::size_t longest_item_name = 15;

namespace detail {

[[nodiscard]] constexpr item_name make_item_name(std::string_view name, fetch_item kind) noexcept {
  constexpr std::size_t word = sizeof(std::uint64_t);
  using octets = std::array<char, word>;
  std::array<octets, 2> text{};
  std::array<octets, 2> mask{};
  for (std::size_t i = 0; i <= name.size(); ++i) {
    text[i / word][i % word] = i < name.size() ? name[i] : ' ';
    mask[i / word][i % word] = '\xFF';
  }
  const auto as_word = [](const octets& o) { return std::bit_cast<std::uint64_t>(o); };
  return {name, kind, as_word(text[0]), as_word(text[1]), as_word(mask[0]), as_word(mask[1])};
}

}  // namespace detail

/// By size, the frequent ones first.
inline constexpr std::array item_names = {
    detail::make_item_name("UID", fetch_item::uid),
    detail::make_item_name("BODY", fetch_item::body),
    detail::make_item_name("FLAGS", fetch_item::flags),
    detail::make_item_name("MODSEQ", fetch_item::modseq),
    detail::make_item_name("RFC822", fetch_item::rfc822),
    detail::make_item_name("EMAILID", fetch_item::emailid),
    detail::make_item_name("PREVIEW", fetch_item::preview),
    detail::make_item_name("ENVELOPE", fetch_item::envelope),
    detail::make_item_name("THREADID", fetch_item::threadid),
    detail::make_item_name("SAVEDATE", fetch_item::savedate),
    detail::make_item_name("ANNOTATION", fetch_item::annotation),
    detail::make_item_name("X-GM-MSGID", fetch_item::gm_msgid),
    detail::make_item_name("X-GM-THRID", fetch_item::gm_thrid),
    detail::make_item_name("RFC822.SIZE", fetch_item::rfc822_size),
    detail::make_item_name("RFC822.TEXT", fetch_item::rfc822_text),
    detail::make_item_name("X-GM-LABELS", fetch_item::gm_labels),
    detail::make_item_name("INTERNALDATE", fetch_item::internaldate),
    detail::make_item_name("BODYSTRUCTURE", fetch_item::bodystructure),
    detail::make_item_name("RFC822.HEADER", fetch_item::rfc822_header),
};

/// The name that stands at `at` in upper case with a space behind it; nullptr when it is none of the table, or is too
/// close to `end` to tell. \param guess which of them it may be: that of the row before. Corrected
[[nodiscard]] inline const item_name* name_at(const char* at, const char* end, std::uint8_t& guess) noexcept {
  constexpr std::ptrdiff_t octets = 16;
  if (end - at < octets) return nullptr;
  const auto* guessed = item_names.data() + guess;
  if (guessed->stands_at(at)) return guessed;
  for (std::size_t i = 0; i < item_names.size(); ++i) {
    if (item_names[i].stands_at(at)) {
      guess = static_cast<std::uint8_t>(i);
      return &item_names[i];
    }
  }
  return nullptr;
}

}  // namespace imapxx::inline v0::codec
