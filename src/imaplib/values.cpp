#include <imapxx/imaplib/values.hpp>

#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace imapxx::inline v0::imaplib {

namespace {

constexpr std::string_view white_space = " \t\n\r\v\f";

void hex(std::string& out, std::uint32_t value, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += "0123456789abcdef"[(value >> shift) & 0xF];
}

/// What Python escapes though it is no ASCII control: controls, formats, separators but the space, private use.
constexpr std::pair<char32_t, char32_t> not_printable[] = {
    {0x80, 0xA0},       {0xAD, 0xAD},       {0x600, 0x605},      {0x61C, 0x61C},   {0x6DD, 0x6DD},   {0x70F, 0x70F},
    {0x8E2, 0x8E2},     {0x1680, 0x1680},   {0x180E, 0x180E},    {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F},
    {0x3000, 0x3000},   {0xE000, 0xF8FF},   {0xFDD0, 0xFDEF},    {0xFEFF, 0xFEFF}, {0xFFF0, 0xFFFB}, {0xFFFE, 0xFFFF},
    {0x1D173, 0x1D17A}, {0xE0001, 0xE007F}, {0xF0000, 0x10FFFF},
};

bool printable(char32_t c) {
  return std::none_of(std::begin(not_printable), std::end(not_printable),
                      [c](const auto& range) { return c >= range.first && c <= range.second; });
}

/// Python prefers apostrophes, unless the text has some and no double quote.
char quote_for(std::string_view text) {
  return text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos ? '"' : '\'';
}

/// \return whether `c` was written: all of ASCII.
bool ascii_repr(std::string& out, char c, char quote) {
  const auto octet = static_cast<unsigned char>(c);
  if (octet >= 0x80) return false;
  if (c == quote || c == '\\') {
    out += '\\';
    out += c;
  } else if (c == '\t') {
    out += "\\t";
  } else if (c == '\n') {
    out += "\\n";
  } else if (c == '\r') {
    out += "\\r";
  } else if (octet < 0x20 || octet == 0x7F) {
    out += "\\x";
    hex(out, octet, 2);
  } else {
    out += c;
  }
  return true;
}

std::string bytes_repr(std::string_view octets) {
  const char quote = quote_for(octets);
  std::string out = "b";
  out += quote;
  for (const char c : octets) {
    if (ascii_repr(out, c, quote)) continue;
    out += "\\x";
    hex(out, static_cast<unsigned char>(c), 2);
  }
  return out += quote;
}

std::string str_repr(std::string_view text) {
  const char quote = quote_for(text);
  std::string out(1, quote);
  while (!text.empty()) {
    if (ascii_repr(out, text.front(), quote)) {
      text.remove_prefix(1);
      continue;
    }
    const auto c = base::utf8_first(text);
    if (c.length == 0) {  // as Python shows what it could not decode
      out += "\\udc";
      hex(out, static_cast<unsigned char>(text.front()), 2);
      text.remove_prefix(1);
      continue;
    }
    if (printable(c.value)) {
      out += text.substr(0, c.length);
    } else if (c.value < 0x100) {
      out += "\\x";
      hex(out, c.value, 2);
    } else if (c.value < 0x10000) {
      out += "\\u";
      hex(out, c.value, 4);
    } else {
      out += "\\U";
      hex(out, c.value, 8);
    }
    text.remove_prefix(c.length);
  }
  return out += quote;
}

template <class T>
std::string list_repr(const std::vector<T>& items) {
  std::string out = "[";
  for (const T& item : items) {
    if (out.size() > 1) out += ", ";
    out += item.repr();  // NOLINT(misc-no-recursion): as deep as the caller nested it
  }
  return out += ']';
}

}  // namespace

std::vector<bytes> bytes::split() const {
  std::vector<bytes> out;
  std::size_t at = 0;
  while ((at = find_first_not_of(white_space, at)) != npos) {
    const std::size_t end = std::min(find_first_of(white_space, at), size());
    out.emplace_back(std::string_view(*this).substr(at, end - at));
    at = end;
  }
  return out;
}

std::string bytes::repr() const { return bytes_repr(*this); }

const bytes& datum::octets() const noexcept { return (*this)[0]; }

const bytes& datum::operator[](std::size_t i) const noexcept {
  static const bytes empty;
  if (const auto* pair = std::get_if<std::pair<bytes, bytes>>(&value_)) {
    if (i > 1) return empty;
    return i == 0 ? pair->first : pair->second;
  }
  const auto* octets = std::get_if<bytes>(&value_);
  return octets != nullptr && i == 0 ? *octets : empty;
}

const std::vector<datum>& datum::items() const noexcept {
  static const std::vector<datum> empty;
  const auto* list = std::get_if<std::vector<datum>>(&value_);
  return list != nullptr ? *list : empty;
}

std::string datum::repr() const {  // NOLINT(misc-no-recursion): as deep as the caller nested it
  switch (what()) {
    case kind::none: return "None";
    case kind::bytes: return octets().repr();
    case kind::pair: return "(" + (*this)[0].repr() + ", " + (*this)[1].repr() + ")";
    case kind::list: break;
  }
  return list_repr(items());
}

bool operator==(const datum& a, const datum& b) { return a.value_ == b.value_; }  // NOLINT(misc-no-recursion)

std::string reply::repr() const { return "(" + str_repr(typ) + ", " + list_repr(data) + ")"; }

bool argument::falsy() const noexcept {
  switch (what_) {
    case kind::str:
    case kind::bytes: return text_.empty();
    case kind::number:
    case kind::boolean: return number_ == 0;
    case kind::list: return items_.empty();
    case kind::none: break;
  }
  return true;
}

std::string argument::repr() const {  // NOLINT(misc-no-recursion): as deep as the caller nested it
  switch (what_) {
    case kind::str: return str_repr(text_);
    case kind::bytes: return bytes_repr(text_);
    case kind::number: return std::to_string(number_);
    case kind::boolean: return number_ != 0 ? "True" : "False";
    case kind::list: return list_repr(items_);
    case kind::none: break;
  }
  return "None";
}

}  // namespace imapxx::inline v0::imaplib
