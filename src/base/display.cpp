#include <imapxx/display.hpp>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace imapxx::inline v0 {

namespace {
constexpr std::string_view hex_digits = "0123456789abcdef";

void append_hex_octet(std::string& out, char c) {
  const auto octet = static_cast<unsigned char>(c);
  out += "\\x";
  out += hex_digits[octet >> 4U];
  out += hex_digits[octet & 0x0FU];
}

void append_code_point(std::string& out, char32_t c) {
  out += "\\u{";
  bool started = false;
  for (int shift = 20; shift >= 0; shift -= 4) {
    const auto digit = static_cast<std::size_t>((c >> static_cast<unsigned>(shift)) & 0x0FU);
    started = started || digit != 0 || shift == 0;
    if (started) out += hex_digits[digit];
  }
  out += '}';
}

// C1 controls, which terminals obey; marks that reorder what is read; separators that break the line.
bool is_dangerous(char32_t c) noexcept {
  return (c >= 0x80 && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

void append_ascii(std::string& out, char c) {
  switch (c) {
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default:
      if (base::is_control(c)) {
        append_hex_octet(out, c);
      } else {
        out += c;
      }
  }
}
}  // namespace

std::string escape_for_display(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto c = base::utf8_first(text);
    const std::size_t taken = c.length == 0 ? 1 : c.length;
    if (c.length == 0) {
      append_hex_octet(out, text[0]);
    } else if (c.length == 1) {
      append_ascii(out, text[0]);
    } else if (is_dangerous(c.value)) {
      append_code_point(out, c.value);
    } else {
      out += text.substr(0, taken);
    }
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace imapxx::inline v0
