#include "text.hpp"

#include <algorithm>
#include <limits>

namespace imapxx::testserver::detail {

std::string to_upper(std::string_view s) {
  std::string r(s);
  std::transform(r.begin(), r.end(), r.begin(), ascii_upper);
  return r;
}

std::string to_lower(std::string_view s) {
  std::string r(s);
  std::transform(r.begin(), r.end(), r.begin(), ascii_lower);
  return r;
}

bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

bool istarts_with(std::string_view s, std::string_view prefix) {
  return s.size() >= prefix.size() && iequals(s.substr(0, prefix.size()), prefix);
}

bool icontains(std::string_view s, std::string_view needle) {
  return std::search(s.begin(), s.end(), needle.begin(), needle.end(),
                     [](char x, char y) { return ascii_lower(x) == ascii_lower(y); }) != s.end() ||
         needle.empty();
}

bool has_8bit(std::string_view s) { return std::any_of(s.begin(), s.end(), is_8bit); }

std::string_view trim(std::string_view s) {
  while (!s.empty() && is_space(s.front())) s.remove_prefix(1);
  while (!s.empty() && is_space(s.back())) s.remove_suffix(1);
  return s;
}

std::optional<std::uint64_t> parse_number(std::string_view s) {
  if (s.empty()) return std::nullopt;
  std::uint64_t v = 0;
  for (char c : s) {
    if (!is_digit(c)) return std::nullopt;
    auto d = static_cast<std::uint64_t>(c - '0');
    if (v > (std::numeric_limits<std::uint64_t>::max() - d) / 10) return std::nullopt;
    v = v * 10 + d;
  }
  return v;
}

namespace {

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view utf7_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// One code point from UTF-8, or nothing; `pos` moves behind it.
std::optional<char32_t> next_code_point(std::string_view s, std::size_t& pos) {
  auto c = static_cast<unsigned char>(s[pos]);
  std::size_t extra = c < 0x80 ? 0 : (c & 0xe0) == 0xc0 ? 1 : (c & 0xf0) == 0xe0 ? 2 : (c & 0xf8) == 0xf0 ? 3 : 9;
  if (extra == 9 || pos + extra >= s.size()) return std::nullopt;
  char32_t v = extra == 0 ? c : c & (0x3fU >> extra);
  for (std::size_t i = 1; i <= extra; ++i) {
    auto d = static_cast<unsigned char>(s[pos + i]);
    if ((d & 0xc0) != 0x80) return std::nullopt;
    v = (v << 6) | (d & 0x3fU);
  }
  constexpr char32_t smallest[] = {0, 0x80, 0x800, 0x10000};
  if (v < smallest[extra] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000)) return std::nullopt;
  pos += extra + 1;
  return v;
}

void append_utf8(std::string& out, char32_t v) {
  auto put = [&out](char32_t octet) { out.push_back(static_cast<char>(static_cast<unsigned char>(octet))); };
  if (v < 0x80)
    put(v);
  else if (v < 0x800) {
    put(0xc0 | (v >> 6));
    put(0x80 | (v & 0x3f));
  } else if (v < 0x10000) {
    put(0xe0 | (v >> 12));
    put(0x80 | ((v >> 6) & 0x3f));
    put(0x80 | (v & 0x3f));
  } else {
    put(0xf0 | (v >> 18));
    put(0x80 | ((v >> 12) & 0x3f));
    put(0x80 | ((v >> 6) & 0x3f));
    put(0x80 | (v & 0x3f));
  }
}

std::string encode_digits(std::string_view s, std::string_view digits, bool pad) {
  std::string r;
  std::uint32_t bits = 0;
  int count = 0;
  for (char c : s) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) r.push_back(digits[(bits >> (count - 6)) & 63]);
  }
  if (count > 0) r.push_back(digits[(bits << (6 - count)) & 63]);
  while (pad && r.size() % 4 != 0) r.push_back('=');
  return r;
}

}  // namespace

std::string base64_encode(std::string_view s) { return encode_digits(s, base64_digits, true); }

std::optional<std::string> base64_decode(std::string_view s) {
  if (s.size() % 4 != 0) return std::nullopt;
  for (int i = 0; i < 2 && !s.empty() && s.back() == '='; ++i) s.remove_suffix(1);
  std::string r;
  std::uint32_t bits = 0;
  int count = 0;
  for (char c : s) {
    auto d = base64_digits.find(c);
    if (d == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(d);
    count += 6;
    if (count >= 8) {
      count -= 8;
      r.push_back(static_cast<char>((bits >> count) & 0xff));
    }
  }
  return r;
}

std::string utf7_encode(std::string_view utf8) {
  std::string out;
  std::string utf16;
  auto flush = [&] {
    if (!utf16.empty()) out += "&" + encode_digits(utf16, utf7_digits, false) + "-";
    utf16.clear();
  };
  auto put16 = [&utf16](char32_t unit) {
    utf16.push_back(static_cast<char>((unit >> 8) & 0xff));
    utf16.push_back(static_cast<char>(unit & 0xff));
  };
  for (std::size_t pos = 0; pos < utf8.size();) {
    auto v = next_code_point(utf8, pos);
    if (!v) {
      v = U'\uFFFD';
      ++pos;
    }
    if (*v >= 0x20 && *v <= 0x7e) {
      flush();
      out.push_back(static_cast<char>(*v));
      if (*v == '&') out.push_back('-');
    } else if (*v >= 0x10000) {
      put16(0xd800 + ((*v - 0x10000) >> 10));
      put16(0xdc00 + ((*v - 0x10000) & 0x3ff));
    } else
      put16(*v);
  }
  flush();
  return out;
}

namespace {

bool utf7_run(std::string_view run, std::string& out) {
  std::uint32_t bits = 0;
  int count = 0;
  char32_t high = 0;
  for (char c : run) {
    auto d = utf7_digits.find(c);
    if (d == std::string_view::npos) return false;
    bits = (bits << 6) | static_cast<std::uint32_t>(d);
    count += 6;
    if (count < 16) continue;
    count -= 16;
    char32_t unit = (bits >> count) & 0xffff;
    if (unit >= 0xd800 && unit < 0xdc00 && high == 0)
      high = unit;
    else if (unit >= 0xdc00 && unit < 0xe000 && high != 0) {
      append_utf8(out, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
      high = 0;
    } else if (high != 0 || (unit >= 0xdc00 && unit < 0xe000) || (unit >= 0x20 && unit < 0x7f))
      return false;
    else
      append_utf8(out, unit);
  }
  return high == 0 && count < 6 && (bits & ((1U << count) - 1)) == 0;
}

}  // namespace

std::optional<std::string> utf7_decode(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size();) {
    if (is_8bit(s[i]) || static_cast<unsigned char>(s[i]) < 0x20) return std::nullopt;
    if (s[i] != '&') {
      out.push_back(s[i++]);
      continue;
    }
    auto end = s.find('-', i);
    if (end == std::string_view::npos) return std::nullopt;
    if (end == i + 1)
      out.push_back('&');
    else if (!utf7_run(s.substr(i + 1, end - i - 1), out))
      return std::nullopt;
    i = end + 1;
  }
  return out;
}

bool valid_utf8(std::string_view s) {
  for (std::size_t pos = 0; pos < s.size();)
    if (!next_code_point(s, pos)) return false;
  return true;
}

std::string to_crlf(std::string_view s) {
  std::string r;
  r.reserve(s.size() + s.size() / 32);
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '\n' && (i == 0 || s[i - 1] != '\r')) r.push_back('\r');
    r.push_back(s[i]);
  }
  return r;
}

namespace {

bool quotable(std::string_view s, bool utf8) {
  constexpr std::size_t longest_quoted = 4096;
  return s.size() <= longest_quoted && std::none_of(s.begin(), s.end(), [utf8](char c) {
           return c == '\r' || c == '\n' || c == 0 || (!utf8 && is_8bit(c));
         });
}

void append_quoted(std::string& out, std::string_view s) {
  out.push_back('"');
  for (char c : s) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

bool is_atom(std::string_view s) {
  return !s.empty() && !iequals(s, "NIL") && std::none_of(s.begin(), s.end(), [](char c) {
    return c <= ' ' || c == 0x7f || std::string_view("(){%*\"\\").find(c) != std::string_view::npos;
  });
}

}  // namespace

void append_literal(std::string& out, std::string_view s) {
  out += '{' + std::to_string(s.size()) + "}\r\n";
  auto start = out.size();
  out += s;
  // A plain literal cannot carry NUL (RFC 3501, section 4.3); 0x80 is what Dovecot puts there.
  std::replace(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), '\0', static_cast<char>(0x80));
}

void append_string(std::string& out, std::string_view s) {
  if (quotable(s, false))
    append_quoted(out, s);
  else
    append_literal(out, s);
}

void append_nstring(std::string& out, const std::optional<std::string>& s) {
  if (s)
    append_string(out, *s);
  else
    out += "NIL";
}

void append_astring(std::string& out, std::string_view s, bool utf8) {
  if (is_atom(s))
    out += s;
  else if (quotable(s, utf8))
    append_quoted(out, s);
  else
    append_literal(out, s);
}

std::string compress_set(const std::vector<std::uint32_t>& sorted) {
  std::string r;
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t j = i;
    while (j + 1 < sorted.size() && sorted[j + 1] == sorted[j] + 1) ++j;
    if (!r.empty()) r.push_back(',');
    r += std::to_string(sorted[i]);
    if (j > i) r += ':' + std::to_string(sorted[j]);
    i = j + 1;
  }
  return r;
}

}  // namespace imapxx::testserver::detail
