#include "base/utf7.hpp"

#include "base/ascii.hpp"

#include <cstddef>
#include <cstdint>

namespace imapxx::inline v0::base {

namespace {
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

constexpr bool represents_itself(char32_t c) noexcept { return c >= 0x20 && c <= 0x7E; }

std::optional<std::uint32_t> digit_value(char c) noexcept {
  if (is_upper(c)) return static_cast<std::uint32_t>(c - 'A');
  if (is_lower(c)) return static_cast<std::uint32_t>(c - 'a') + 26U;
  if (is_digit(c)) return static_cast<std::uint32_t>(c - '0') + 52U;
  if (c == '+') return 62U;
  if (c == ',') return 63U;
  return std::nullopt;
}

// Takes UTF-16 units one by one and appends the characters they make.
class utf16_reader {
 public:
  explicit utf16_reader(std::string& out) : out_(out) {}
  [[nodiscard]] bool put(std::uint32_t unit) {
    if (high_ != 0) {
      if (unit < 0xDC00 || unit > 0xDFFF) return false;
      utf8_append(out_, 0x10000U + ((high_ - 0xD800U) << 10U) + (unit - 0xDC00U));
      high_ = 0;
      return true;
    }
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      high_ = unit;
      return true;
    }
    if ((unit >= 0xDC00 && unit <= 0xDFFF) || represents_itself(unit)) return false;
    utf8_append(out_, unit);
    return true;
  }
  [[nodiscard]] bool complete() const noexcept { return high_ == 0; }

 private:
  std::string& out_;
  std::uint32_t high_ = 0;
};

// What stands between `&` and `-`. Fewer than six bits, all zero, may remain: that is the only way to spell the units.
bool decode_shift(std::string_view digits, std::string& out) {
  utf16_reader units(out);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (char c : digits) {
    const auto v = digit_value(c);
    if (!v) return false;
    bits = (bits << 6U) | *v;
    count += 6;
    if (count < 16) continue;
    count -= 16;
    if (!units.put(bits >> count)) return false;
    bits &= (1U << count) - 1U;
  }
  return units.complete() && count < 6 && bits == 0;
}

class shift_writer {
 public:
  explicit shift_writer(std::string& out) : out_(out) {}
  void put(char32_t c) {
    if (!open_) out_ += '&';
    open_ = true;
    if (c < 0x10000) return put_unit(static_cast<std::uint32_t>(c));
    const std::uint32_t v = static_cast<std::uint32_t>(c) - 0x10000U;
    put_unit(0xD800U + (v >> 10U));
    put_unit(0xDC00U + (v & 0x3FFU));
  }
  void close() {
    if (!open_) return;
    if (count_ > 0) out_ += alphabet[(bits_ << (6U - count_)) & 63U];
    out_ += '-';
    open_ = false;
    bits_ = 0;
    count_ = 0;
  }

 private:
  void put_unit(std::uint32_t unit) {
    bits_ = (bits_ << 16U) | unit;
    count_ += 16;
    while (count_ >= 6) {
      count_ -= 6;
      out_ += alphabet[(bits_ >> count_) & 63U];
    }
    bits_ &= (1U << count_) - 1U;
  }
  std::string& out_;
  std::uint32_t bits_ = 0;
  unsigned count_ = 0;
  bool open_ = false;
};
}  // namespace

std::optional<std::string> utf7_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool after_shift = false;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c != '&') {
      if (!represents_itself(static_cast<unsigned char>(c))) return std::nullopt;
      out += c;
      after_shift = false;
      continue;
    }
    const std::size_t end = text.find('-');
    if (end == std::string_view::npos) return std::nullopt;
    if (end == 0) {
      out += '&';
      after_shift = false;
    } else {
      if (after_shift || !decode_shift(text.substr(0, end), out)) return std::nullopt;
      after_shift = true;
    }
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string utf7_encode(std::string_view utf8) {
  constexpr char32_t replacement = 0xFFFD;
  std::string out;
  out.reserve(utf8.size() + utf8.size() / 2);
  shift_writer shift(out);
  while (!utf8.empty()) {
    const utf8_char c = utf8_first(utf8);
    if (c.length == 1 && represents_itself(c.value)) {
      shift.close();
      out += utf8.front();
      if (c.value == '&') out += '-';
    } else {
      shift.put(c.length == 0 ? replacement : c.value);
    }
    utf8.remove_prefix(c.length == 0 ? 1 : c.length);
  }
  shift.close();
  return out;
}

}  // namespace imapxx::inline v0::base
