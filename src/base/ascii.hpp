/// \file
/// ASCII without locale: the protocol's words are compared without regard to case (RFC 9051 section 9), everything else
/// octet by octet.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace imapxx::inline v0::base {

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
[[nodiscard]] constexpr bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
[[nodiscard]] constexpr bool is_alpha(char c) noexcept { return is_upper(c) || is_lower(c); }
[[nodiscard]] constexpr bool is_alnum(char c) noexcept { return is_alpha(c) || is_digit(c); }
/// C0 and DEL.
[[nodiscard]] constexpr bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
}
/// An octet above 127.
[[nodiscard]] constexpr bool is_8bit(char c) noexcept { return static_cast<unsigned char>(c) >= 0x80; }

[[nodiscard]] constexpr char to_upper(char c) noexcept { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }
[[nodiscard]] constexpr char to_lower(char c) noexcept { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
[[nodiscard]] inline std::string to_upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = to_upper(c);
  return out;
}
[[nodiscard]] inline std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = to_lower(c);
  return out;
}

[[nodiscard]] constexpr bool iequals(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_upper(a[i]) != to_upper(b[i])) return false;
  }
  return true;
}
[[nodiscard]] constexpr bool istarts_with(std::string_view text, std::string_view prefix) noexcept {
  return text.size() >= prefix.size() && iequals(text.substr(0, prefix.size()), prefix);
}
/// Orders as unsigned octets after mapping to upper case.
[[nodiscard]] constexpr std::strong_ordering icompare(std::string_view a, std::string_view b) noexcept {
  const std::size_t common = a.size() < b.size() ? a.size() : b.size();
  for (std::size_t i = 0; i < common; ++i) {
    const auto x = static_cast<unsigned char>(to_upper(a[i]));
    const auto y = static_cast<unsigned char>(to_upper(b[i]));
    if (x != y) return x <=> y;
  }
  return a.size() <=> b.size();
}
/// FNV-1a over the upper-cased octets: equal for all spellings of a word, usable as a `switch` label.
[[nodiscard]] constexpr std::uint64_t ihash(std::string_view text) noexcept {
  std::uint64_t h = 14695981039346656037ULL;
  for (char c : text) h = (h ^ static_cast<unsigned char>(to_upper(c))) * 1099511628211ULL;
  return h;
}

/// For ordered and unordered containers, with look-up by `string_view`.
struct iless {
  using is_transparent = void;
  [[nodiscard]] constexpr bool operator()(std::string_view a, std::string_view b) const noexcept {
    return icompare(a, b) < 0;
  }
};
struct iequal {
  using is_transparent = void;
  [[nodiscard]] constexpr bool operator()(std::string_view a, std::string_view b) const noexcept {
    return iequals(a, b);
  }
};
struct ihasher {
  using is_transparent = void;
  [[nodiscard]] constexpr std::size_t operator()(std::string_view text) const noexcept {
    return static_cast<std::size_t>(ihash(text));
  }
};

/// `text` with blanks removed at both ends.
[[nodiscard]] constexpr std::string_view trim_spaces(std::string_view text) noexcept {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace imapxx::inline v0::base
