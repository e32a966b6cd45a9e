#include <imapxx/mime/transfer.hpp>

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#ifdef __x86_64__
#include <tmmintrin.h>
#define IMAPXX_SIXTEEN_DIGITS
#endif

namespace imapxx::inline v0::mime {
namespace {

constexpr std::array<signed char, 256> make_alphabet() {
  std::array<signed char, 256> out{};
  out.fill(-1);
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < letters.size(); ++i) {
    out[static_cast<unsigned char>(letters[i])] = static_cast<signed char>(i);
  }
  return out;
}
constexpr auto alphabet = make_alphabet();

// Four digits at once: each of them in its place among the 24 bits, and a mark above them for what is no digit.
constexpr std::uint32_t no_digit = 1U << 31U;
using digit_table = std::array<std::uint32_t, 256>;
constexpr std::array<digit_table, 4> make_digits() {
  std::array<digit_table, 4> out{};
  for (std::size_t place = 0; place < out.size(); ++place) {
    for (std::size_t c = 0; c < alphabet.size(); ++c) {
      out[place][c] = alphabet[c] < 0 ? no_digit : static_cast<std::uint32_t>(alphabet[c]) << (6 * (3 - place));
    }
  }
  return out;
}
constexpr auto digits = make_digits();

#ifdef IMAPXX_SIXTEEN_DIGITS
// What tells a digit from other octets, and its value, by its two halves. Octets with the same upper half are of one
// class, a bit each; those of which none is a digit share one.
struct halves {
  alignas(16) std::array<std::uint8_t, 16> class_of_upper{};
  alignas(16) std::array<std::uint8_t, 16> refused_by_lower{};  // the classes in which it makes no digit
  alignas(16) std::array<std::uint8_t, 16> to_value{};          // to be added; by the upper half, that of '/' less one
};
constexpr halves make_halves() {
  constexpr std::size_t first_upper = 2;
  constexpr std::size_t last_upper = 7;
  constexpr std::uint8_t no_class = 0x80;
  halves out;
  out.class_of_upper.fill(no_class);
  out.refused_by_lower.fill(no_class);
  for (std::size_t upper = first_upper; upper <= last_upper; ++upper) {
    const auto own = static_cast<std::uint8_t>(1U << (upper - first_upper));
    out.class_of_upper[upper] = own;
    for (std::size_t lower = 0; lower < 16; ++lower) {
      const auto octet = upper * 16 + lower;
      if (alphabet[octet] < 0) {
        out.refused_by_lower[lower] |= own;
      } else {
        out.to_value[octet == '/' ? upper - 1 : upper] =
            static_cast<std::uint8_t>(alphabet[octet] - static_cast<int>(octet));
      }
    }
  }
  return out;
}
constexpr auto by_halves = make_halves();

#define IMAPXX_WITH_SHUFFLE [[gnu::target("ssse3"), gnu::always_inline]] inline

class sixteen_digits {
 public:
  IMAPXX_WITH_SHUFFLE sixteen_digits() noexcept
      : classes_(row_of(by_halves.class_of_upper)),
        refused_(row_of(by_halves.refused_by_lower)),
        to_value_(row_of(by_halves.to_value)) {}

  /// Reads sixteen octets, and writes the twelve that they stand for and four more. \return zero octets for the digits
  IMAPXX_WITH_SHUFFLE __m128i decode(const char* at, char* to) const noexcept {
    __m128i octets;
    std::memcpy(&octets, at, sizeof octets);
    const auto half = _mm_set1_epi8(0x0F);
    const auto upper = _mm_and_si128(_mm_srli_epi16(octets, 4), half);
    const auto lower = _mm_and_si128(octets, half);
    const auto wrong = _mm_and_si128(_mm_shuffle_epi8(classes_, upper), _mm_shuffle_epi8(refused_, lower));
    const auto index = _mm_add_epi8(upper, _mm_cmpeq_epi8(octets, _mm_set1_epi8('/')));
    const auto values = _mm_add_epi8(octets, _mm_shuffle_epi8(to_value_, index));
    // Two of six bits become one of twelve, two of these one of 24, whose three octets then follow each other.
    const auto pairs = _mm_maddubs_epi16(values, _mm_set1_epi16(0x0140));
    const auto fours = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00011000));
    const auto order = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    const auto packed = _mm_shuffle_epi8(fours, order);
    std::memcpy(to, &packed, sizeof packed);
    return wrong;
  }

  /// Which octets are digits, a bit for each, by what `decode` returned.
  IMAPXX_WITH_SHUFFLE static unsigned right(__m128i wrong) noexcept {
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(wrong, _mm_setzero_si128())));
  }
  static constexpr unsigned all = 0xFFFF;

 private:
  IMAPXX_WITH_SHUFFLE static __m128i row_of(const std::array<std::uint8_t, 16>& octets) noexcept {
    __m128i row;
    std::memcpy(&row, octets.data(), sizeof row);
    return row;
  }
  __m128i classes_;
  __m128i refused_;
  __m128i to_value_;
};

// As `decode_groups`, as long as there are sixteen octets.
[[gnu::target("ssse3")]] const char* decode_sixteens(const char* at, const char* end, char*& to) noexcept {
  const sixteen_digits sixteen;
  char* out = to;
  for (; end - at >= 16; at += 16, out += 12) {
    const auto right = sixteen_digits::right(sixteen.decode(at, out));
    if (right == sixteen_digits::all) continue;
    const auto groups = std::countr_one(right) / 4;
    out += 3 * groups;
    at += 4 * groups;
    break;
  }
  to = out;
  return at;
}

// Whole lines of `length` digits, each behind a CR LF: what a long text consists of. The last sixteen of a line overlap
// those in front of them, so that no rest is left.
[[gnu::target("ssse3")]] const char* decode_lines(const char* at, const char* end, std::ptrdiff_t length,
                                                  char*& to) noexcept {
  constexpr std::ptrdiff_t line_end = 2;
  const sixteen_digits sixteen;
  char* out = to;
  for (; end - at >= line_end + length && at[0] == '\r' && at[1] == '\n'; at += line_end + length) {
    const char* const line = at + line_end;
    auto wrong = sixteen.decode(line, out);
    for (std::ptrdiff_t i = 16; i < length - 16; i += 16)
      wrong = _mm_or_si128(wrong, sixteen.decode(line + i, out + i / 4 * 3));
    const auto last = length - 16;
    wrong = _mm_or_si128(wrong, sixteen.decode(line + last, out + last / 4 * 3));
    if (sixteen_digits::right(wrong) != sixteen_digits::all) break;
    out += length / 4 * 3;
  }
  to = out;
  return at;
}

#undef IMAPXX_WITH_SHUFFLE

bool has_shuffle() noexcept {
  static const bool has = __builtin_cpu_supports("ssse3") != 0;
  return has;
}
#endif

// `decode_groups` may write so many octets more than all digits could become.
constexpr std::size_t written_beyond = 4;

// As many whole groups of four digits as stand at `at` with nothing between them but the line ends of lines that are
// all as long as the first. \return where they end
const char* decode_groups(const char* at, const char* end, char*& to) noexcept {
#ifdef IMAPXX_SIXTEEN_DIGITS
  const char* const begin = at;
  if (has_shuffle()) at = decode_sixteens(at, end, to);
#endif
  for (; end - at >= 4; at += 4) {
    const auto octet = [at](std::size_t i) { return static_cast<unsigned char>(at[i]); };
    const auto bits = digits[0][octet(0)] | digits[1][octet(1)] | digits[2][octet(2)] | digits[3][octet(3)];
    if ((bits & no_digit) != 0) break;
    to[0] = static_cast<char>(bits >> 16U);
    to[1] = static_cast<char>((bits >> 8U) & 0xFFU);
    to[2] = static_cast<char>(bits & 0xFFU);
    to += 3;
  }
#ifdef IMAPXX_SIXTEEN_DIGITS
  if (at - begin >= 16 && has_shuffle()) at = decode_lines(at, end, at - begin, to);
#endif
  return at;
}

// Blanks at a line's end are dropped (RFC 2045 section 6.7, rule 3); a longer run than any honest line is passed on.
constexpr std::size_t held_max = 1000;
// A line of uuencode has at most 61 octets; longer ones are no uuencode.
constexpr std::size_t uuencode_line_max = 128;

int hex(char c) noexcept {
  if (base::is_digit(c)) return c - '0';
  const char l = base::to_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

}  // namespace

transfer_encoding parse_transfer_encoding(std::string_view value) noexcept {
  const auto first = value.find_first_not_of(" \t\r\n\"");
  if (first == std::string_view::npos) return transfer_encoding::identity;
  value.remove_prefix(first);
  value = value.substr(0, value.find_first_of(" \t\r\n;(\""));
  if (base::iequals(value, "base64")) return transfer_encoding::base64;
  if (base::iequals(value, "quoted-printable")) return transfer_encoding::quoted_printable;
  if (base::iequals(value, "x-uuencode") || base::iequals(value, "uuencode") || base::iequals(value, "x-uue") ||
      base::iequals(value, "uue")) {
    return transfer_encoding::uuencode;
  }
  return transfer_encoding::identity;
}

void transfer_decoder::feed(std::string_view octets, std::string& out) {
  switch (encoding_) {
    case transfer_encoding::identity: out.append(octets); return;
    case transfer_encoding::base64: return feed_base64(octets, out);
    case transfer_encoding::quoted_printable: return feed_quoted_printable(octets, out);
    case transfer_encoding::uuencode: return feed_uuencode(octets, out);
  }
}

void transfer_decoder::finish(std::string& out) {
  if (encoding_ == transfer_encoding::base64) {
    char rest[2];
    char* to = rest;
    flush_base64(to);
    out.append(rest, to);
  } else if (encoding_ == transfer_encoding::quoted_printable) {
    // A '=' at the very end is a soft line break that lost its line; blanks there are those of a line's end.
    if (held_.size() > 1 && held_[0] == '=' && !is_blank(held_[1]) && held_[1] != '\r') out.append(held_);
  } else if (encoding_ == transfer_encoding::uuencode && !held_.empty()) {
    uuencode_line(out);
  }
  held_.clear();
  done_ = false;
  count_ = 0;
  pads_ = 0;
  bits_ = 0;
}

void transfer_decoder::feed_base64(std::string_view octets, std::string& out) {
  if (done_) return;
  // Room at once for all that can come of it: with what is held, three octets for four digits, and the end.
  constexpr std::size_t held_and_end = 8;
  const std::size_t had = out.size();
  out.resize(had + octets.size() / 4 * 3 + held_and_end + written_beyond);
  char* to = out.data() + had;
  const char* const end = octets.data() + octets.size();
  for (const char* at = octets.data(); at != end && !done_;) {
    if (count_ == 0) {
      const char* const begin = at;
      at = decode_groups(at, end, to);
      while (at != end && (*at == '\r' || *at == '\n')) ++at;
      if (at != begin) continue;
    }
    base64_octet(*at++, to);
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
}

void transfer_decoder::base64_octet(char c, char*& to) noexcept {
  const auto value = alphabet[static_cast<unsigned char>(c)];
  if (value >= 0) {
    pads_ = 0;
    bits_ = (bits_ << 6U) | static_cast<std::uint32_t>(value);
    if (++count_ < 4) return;
    *to++ = static_cast<char>((bits_ >> 16U) & 0xFFU);
    *to++ = static_cast<char>((bits_ >> 8U) & 0xFFU);
    *to++ = static_cast<char>(bits_ & 0xFFU);
    count_ = 0;
    bits_ = 0;
  } else if (c == '=' && count_ >= 2 && count_ + ++pads_ == 4) {  // the end of the data (RFC 2045 section 6.8)
    flush_base64(to);
    done_ = true;
  }
}

void transfer_decoder::flush_base64(char*& to) noexcept {
  if (count_ == 2) {
    *to++ = static_cast<char>((bits_ >> 4U) & 0xFFU);
  } else if (count_ == 3) {
    *to++ = static_cast<char>((bits_ >> 10U) & 0xFFU);
    *to++ = static_cast<char>((bits_ >> 2U) & 0xFFU);
  }
  count_ = 0;
  pads_ = 0;
  bits_ = 0;
}

void transfer_decoder::feed_quoted_printable(std::string_view octets, std::string& out) {
  while (!octets.empty()) {
    if (held_.empty()) {
      const auto plain = std::min(octets.find_first_of("= \t"), octets.size());
      out.append(octets.substr(0, plain));
      octets.remove_prefix(plain);
      if (octets.empty()) return;
    }
    quoted_printable(octets.front(), out);
    octets.remove_prefix(1);
  }
}

void transfer_decoder::release_held(std::string& out) {
  out.append(held_);
  held_.clear();
}

// One octet that may begin, go on with or end what is held: "=", "=X", "= \t", "= \r", " \t", " \r".
void transfer_decoder::quoted_printable(char c, std::string& out) {
  const bool escape = !held_.empty() && held_[0] == '=';
  const bool after_cr = !held_.empty() && held_.back() == '\r';
  const bool lone = held_.size() == 1;
  if (c == '\n' && !held_.empty() && (!escape || lone || after_cr || is_blank(held_[1]))) {
    if (!escape) out.append(after_cr ? "\r\n" : "\n");
    held_.clear();
    return;
  }
  if (escape && lone && hex(c) >= 0) {
    held_.push_back(c);
    return;
  }
  if (escape && held_.size() == 2 && hex(held_[1]) >= 0) {
    if (hex(c) >= 0) {
      out.push_back(static_cast<char>(hex(held_[1]) * 16 + hex(c)));
      held_.clear();
      return;
    }
    release_held(out);
    return quoted_printable(c, out);
  }
  const bool goes_on = held_.empty() ? (c == '=' || is_blank(c)) : ((is_blank(c) || c == '\r') && !after_cr);
  if (goes_on && held_.size() < held_max) {
    held_.push_back(c);
  } else if (held_.empty()) {
    out.push_back(c);
  } else {
    release_held(out);
    quoted_printable(c, out);
  }
}

void transfer_decoder::feed_uuencode(std::string_view octets, std::string& out) {
  while (!octets.empty()) {
    const auto end = octets.find('\n');
    const auto line = octets.substr(0, end);
    if (held_.size() < uuencode_line_max) held_.append(line.substr(0, uuencode_line_max - held_.size()));
    if (end == std::string_view::npos) return;
    uuencode_line(out);
    octets.remove_prefix(end + 1);
  }
}

// `count_` is 1 between "begin" and "end".
void transfer_decoder::uuencode_line(std::string& out) {
  std::string line = std::exchange(held_, {});
  while (!line.empty() && line.back() == '\r') line.pop_back();
  if (done_ || line.empty()) return;
  if (count_ == 0) {
    count_ = line.substr(0, 6) == "begin " ? 1 : 0;
    return;
  }
  if (line == "end") {
    done_ = true;
    return;
  }
  const auto bits = [&line](std::size_t at) {
    return at < line.size() ? (static_cast<unsigned>(static_cast<unsigned char>(line[at])) - 32U) & 0x3FU : 0U;
  };
  auto left = bits(0);
  for (std::size_t at = 1; left > 0 && at < line.size(); at += 4) {
    const auto word = bits(at) << 18U | bits(at + 1) << 12U | bits(at + 2) << 6U | bits(at + 3);
    for (unsigned shift = 16; left > 0; shift -= 8) {
      out.push_back(static_cast<char>((word >> shift) & 0xFFU));
      --left;
      if (shift == 0) break;
    }
  }
}

namespace {

class decoding_sink final : public body_sink {
 public:
  decoding_sink(std::shared_ptr<body_sink> to, std::string_view encoding) : to_(std::move(to)), decoder_(encoding) {}

  result<void> begin(const body_info& info) override {
    std::string dropped;
    decoder_.finish(dropped);
    return to_->begin(info);
  }
  result<void> write(std::string_view octets) override {
    // Pieces of a size that keeps the buffer small, and the calls of `to` few, whatever the caller's pieces are.
    constexpr std::size_t piece = std::size_t{64} << 10U;
    while (!octets.empty()) {
      decoder_.feed(octets.substr(0, piece), buffer_);
      octets.remove_prefix(std::min(piece, octets.size()));
      if (auto passed = pass_on(); !passed) return passed;
    }
    return {};
  }
  result<void> end(const body_info& info) override {
    decoder_.finish(buffer_);
    if (auto passed = pass_on(); !passed) return passed;
    return to_->end(info);
  }

 private:
  result<void> pass_on() {
    if (buffer_.empty()) return {};
    auto written = to_->write(buffer_);
    buffer_.clear();
    return written;
  }
  std::shared_ptr<body_sink> to_;
  transfer_decoder decoder_;
  std::string buffer_;
};

}  // namespace

std::shared_ptr<body_sink> sink_decoding(std::shared_ptr<body_sink> to, std::string_view content_transfer_encoding) {
  return std::make_shared<decoding_sink>(std::move(to), content_transfer_encoding);
}

}  // namespace imapxx::inline v0::mime
