#include "base/base64.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace imapxx::inline v0::base {

namespace {
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 0xFF;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  for (auto& v : values) v = no_digit;
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr auto values = make_values();

// Collects digits of six bits into octets.
class bit_reader {
 public:
  [[nodiscard]] bool put(char c) {
    const std::uint8_t v = values[static_cast<unsigned char>(c)];
    if (v == no_digit) return false;
    bits_ = (bits_ << 6U) | v;
    count_ += 6;
    ++digits_;
    if (count_ >= 8) {
      count_ -= 8;
      out_ += static_cast<char>(static_cast<unsigned char>(bits_ >> count_));
      bits_ &= (1U << count_) - 1U;
    }
    return true;
  }
  [[nodiscard]] std::size_t digits() const noexcept { return digits_; }
  [[nodiscard]] bool rest_is_zero() const noexcept { return bits_ == 0; }
  [[nodiscard]] std::string take() noexcept { return std::move(out_); }
  void reserve(std::size_t n) { out_.reserve(n); }

 private:
  std::string out_;
  std::uint32_t bits_ = 0;
  unsigned count_ = 0;
  std::size_t digits_ = 0;
};
}  // namespace

std::string base64_encode(std::string_view octets) {
  std::string out;
  out.reserve((octets.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const auto octet = [&](std::size_t at) -> std::uint32_t {
      return at < octets.size() ? static_cast<unsigned char>(octets[at]) : 0U;
    };
    const std::uint32_t group = (octet(i) << 16U) | (octet(i + 1) << 8U) | octet(i + 2);
    out += alphabet[(group >> 18U) & 63U];
    out += alphabet[(group >> 12U) & 63U];
    out += i + 1 < octets.size() ? alphabet[(group >> 6U) & 63U] : '=';
    out += i + 2 < octets.size() ? alphabet[group & 63U] : '=';
  }
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string_view digits = text;
  for (int i = 0; i < 2 && digits.ends_with('='); ++i) digits.remove_suffix(1);
  bit_reader reader;
  reader.reserve(text.size() / 4 * 3);
  for (char c : digits) {
    if (!reader.put(c)) return std::nullopt;
  }
  if (!reader.rest_is_zero()) return std::nullopt;
  return reader.take();
}

std::optional<std::string> base64_decode_lenient(std::string_view text) {
  bit_reader reader;
  reader.reserve(text.size() / 4 * 3 + 3);
  bool padded = false;
  for (char c : text) {
    if (c == ' ' || c == '\r' || c == '\n') continue;
    if (c == '=') {
      padded = true;
    } else if (padded || !reader.put(c)) {
      return std::nullopt;
    }
  }
  if (reader.digits() % 4 == 1) return std::nullopt;
  return reader.take();
}

}  // namespace imapxx::inline v0::base
