#include "base/utf8.hpp"

#include "base/ascii.hpp"

namespace imapxx::inline v0::base {

namespace {
struct lead {
  std::size_t length;
  char32_t bits;
  char32_t smallest;  // anything below is an overlong form
};

lead read_lead(unsigned char c) noexcept {
  if (c < 0x80) return {1, c, 0};
  if (c >= 0xC2 && c <= 0xDF) return {2, c & 0x1FU, 0x80};
  if (c >= 0xE0 && c <= 0xEF) return {3, c & 0x0FU, 0x800};
  if (c >= 0xF0 && c <= 0xF4) return {4, c & 0x07U, 0x10000};
  return {0, 0, 0};
}
}  // namespace

utf8_char utf8_first(std::string_view text) noexcept {
  if (text.empty()) return {};
  const lead l = read_lead(static_cast<unsigned char>(text[0]));
  if (l.length == 0 || l.length > text.size()) return {};
  char32_t value = l.bits;
  for (std::size_t i = 1; i < l.length; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (c & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < l.smallest || value > 0x10FFFF || surrogate) return {};
  return {value, l.length};
}

void utf8_append(std::string& out, char32_t c) {
  const auto octet = [](char32_t bits) { return static_cast<char>(static_cast<unsigned char>(bits)); };
  if (c < 0x80) {
    out += octet(c);
  } else if (c < 0x800) {
    out += octet(0xC0U | (c >> 6U));
    out += octet(0x80U | (c & 0x3FU));
  } else if (c < 0x10000) {
    out += octet(0xE0U | (c >> 12U));
    out += octet(0x80U | ((c >> 6U) & 0x3FU));
    out += octet(0x80U | (c & 0x3FU));
  } else {
    out += octet(0xF0U | (c >> 18U));
    out += octet(0x80U | ((c >> 12U) & 0x3FU));
    out += octet(0x80U | ((c >> 6U) & 0x3FU));
    out += octet(0x80U | (c & 0x3FU));
  }
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    if (!is_8bit(text[0])) {
      text.remove_prefix(1);
      continue;
    }
    const utf8_char c = utf8_first(text);
    if (c.length == 0) return false;
    text.remove_prefix(c.length);
  }
  return true;
}

}  // namespace imapxx::inline v0::base
