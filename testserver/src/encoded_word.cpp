#include "content.hpp"
#include "text.hpp"

namespace imapxx::testserver::detail {

namespace {

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  char u = ascii_upper(c);
  return u >= 'A' && u <= 'F' ? u - 'A' + 10 : -1;
}

std::string decode_q(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    int high = s[i] == '=' && i + 2 < s.size() ? hex_value(s[i + 1]) : -1;
    int low = high >= 0 ? hex_value(s[i + 2]) : -1;
    if (low >= 0) {
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(s[i] == '_' ? ' ' : s[i]);
    }
  }
  return out;
}

/// An encoded-word at the start of `s` (RFC 2047, section 2): its length, 0 when there is none.
std::size_t take_encoded_word(std::string_view s, std::string& out) {
  if (s.substr(0, 2) != "=?") return 0;
  auto charset_end = s.find('?', 2);
  if (charset_end == std::string_view::npos || charset_end + 2 >= s.size() || s[charset_end + 2] != '?') return 0;
  auto text_end = s.find("?=", charset_end + 3);
  if (text_end == std::string_view::npos) return 0;
  auto charset = s.substr(2, charset_end - 2);
  charset = charset.substr(0, charset.find('*'));  // RFC 2231, section 5: a language may follow
  auto text = s.substr(charset_end + 3, text_end - charset_end - 3);
  if (text.find_first_of("\r\n") != std::string_view::npos) return 0;
  char method = ascii_upper(s[charset_end + 1]);
  if (method != 'Q' && method != 'B') return 0;
  auto octets = method == 'Q' ? decode_q(text) : decode_transfer(text, "base64").value_or("");
  auto utf8 = charset_to_utf8(octets, charset);
  if (!utf8) return 0;
  out += *utf8;
  return text_end + 2;
}

}  // namespace

std::string decode_header_text(std::string_view value) {
  std::string out;
  std::string space;
  bool after_word = false;
  auto text = *charset_to_utf8(value, "utf-8");
  std::string_view rest = text;
  while (!rest.empty()) {
    // White space between two encoded-words is not shown (RFC 2047, 6.2).
    std::size_t n = 0;
    while (n < rest.size() && is_space(rest[n])) ++n;
    space.assign(rest.substr(0, n));
    rest.remove_prefix(n);
    std::string word;
    if (auto length = take_encoded_word(rest, word)) {
      if (!after_word) out += space;
      out += word;
      rest.remove_prefix(length);
      after_word = true;
      continue;
    }
    out += space;
    after_word = false;
    if (rest.empty()) break;
    out.push_back(rest.front());
    rest.remove_prefix(1);
  }
  return out;
}

}  // namespace imapxx::testserver::detail
