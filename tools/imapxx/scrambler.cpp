#include "scrambler.hpp"

#include "octets.hpp"
#include "vocabulary.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace imapxx::cli {
namespace {

constexpr std::string_view redacted = "<redacted>";
constexpr std::string_view base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

unsigned octet(char c) noexcept { return static_cast<unsigned char>(c); }
bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_base64(char c) noexcept { return base64_alphabet.find(c) != std::string_view::npos; }

// --- words

// What an octet sequence at the start of `s` is: its length and a letter for its kind.
struct unit {
  std::size_t size = 1;
  char kind = ' ';  // a letter: 'a' ASCII, '2' '3' '4' UTF-8, 'x' no UTF-8; '0' a digit; ' ' anything else
};

// Symbols, punctuation and marks above ASCII, which tell nothing and may be the very thing that a report is about.
bool is_mark(unsigned lead, unsigned second) noexcept {
  return lead == 0xC2 || (lead == 0xE2 && second <= 0x81) || (lead == 0xE3 && second == 0x80) || lead == 0xEF;
}

unit unit_at(std::string_view s) noexcept {
  const auto lead = octet(s.front());
  if (lead < 0x80) {
    if (is_upper(s.front()) || is_lower(s.front())) return {1, 'a'};
    return {1, is_digit(s.front()) ? '0' : ' '};
  }
  const std::size_t size = lead >= 0xF0 ? 4 : (lead >= 0xE0 ? 3 : 2);
  if (s.size() < size || !is_utf8(s.substr(0, size))) return {1, 'x'};
  return {size, is_mark(lead, octet(s[1])) ? ' ' : static_cast<char>('0' + size)};
}

// The `d`-th letter of a kind. Without vowels, so that no word comes out.
std::string letter(char kind, std::uint64_t d, bool capital) {
  constexpr std::string_view consonants = "bcdfgjkpqvwxz";
  const auto at = static_cast<char>(d % 13);
  switch (kind) {
    case '2': return {'\xC3', static_cast<char>('\xA0' + at)};
    case '3': return {'\xE4', '\xB8', static_cast<char>('\x80' + at)};
    case '4': return {'\xF0', '\x9F', '\x98', static_cast<char>('\x80' + at)};
    case 'x': return {static_cast<char>('\xE0' + at)};
    default: break;
  }
  const char c = consonants[static_cast<std::size_t>(at)];
  return {capital ? static_cast<char>(c - 'a' + 'A') : c};
}

constexpr std::uint64_t base = 13;
constexpr std::size_t counted_letters = 12;  // 13^12 words of each shape are told apart

std::uint64_t mixed(std::uint64_t x) noexcept {  // splitmix64
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

// The `n`-th word of a shape: different for each n as long as the shape has room.
std::string nth_word(const std::string& shape, std::uint64_t n) {
  constexpr std::uint64_t step = 7919;  // has no factor in common with 10 or 13
  const bool digits = shape.front() == '0';
  const auto radix = digits ? 10U : base;
  std::uint64_t room = 1;
  for (std::size_t i = 0; i < std::min(shape.size(), counted_letters); ++i) room *= radix;
  auto value = (n + 1) * step % room;
  std::string out;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const auto digit = i < counted_letters ? value % radix + i * 5 : mixed(n + i);
    value /= radix;
    out += digits ? std::string(1, static_cast<char>('0' + digit % 10)) : letter(shape[i], digit, false);
  }
  return out;
}

std::string lower(std::string_view s) {
  std::string out(s);
  for (auto& c : out)
    if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
  return out;
}

// --- base64

std::optional<std::string> base64_octets(std::string_view text) {
  std::string out;
  unsigned bits = 0, have = 0;
  const auto data = text.substr(0, text.find('='));
  if (text.size() % 4 != 0 || text.size() - data.size() > 2 || data.size() % 4 == 1) return std::nullopt;
  for (const char c : data) {
    bits = (bits << 6U) | static_cast<unsigned>(base64_alphabet.find(c));
    have += 6;
    if (have < 8) continue;
    have -= 8;
    out += static_cast<char>((bits >> have) & 0xFFU);
  }
  return out;
}

// Whether this is base64 rather than a long word.
bool looks_encoded(std::string_view run) noexcept {
  constexpr std::size_t shortest = 16, surely = 56;
  if (run.size() < shortest) return false;
  int kinds = 0;
  for (const auto& of : {is_upper, is_lower, is_digit}) kinds += std::any_of(run.begin(), run.end(), of) ? 1 : 0;
  return kinds == 3 || (run.size() >= surely && kinds == 2);
}

std::size_t base64_end(std::string_view s, std::size_t at) noexcept {
  while (at < s.size() && is_base64(s[at])) ++at;
  return at;
}

// The end of base64 that starts at `at` and may go on over whole lines; `at` when there is none.
std::size_t encoded_end(std::string_view s, std::size_t at) noexcept {
  auto end = base64_end(s, at);
  if (!looks_encoded(s.substr(at, end - at))) return at;
  for (;;) {
    auto padded = end;
    while (padded < s.size() && s[padded] == '=' && padded - end < 2) ++padded;
    if (padded != end) return padded;
    const auto line_end = s.substr(end, 2) == "\r\n" ? end + 2 : (s.substr(end, 1) == "\n" ? end + 1 : end);
    auto next = base64_end(s, line_end);
    if (line_end == end || next == line_end) return end;
    while (next < s.size() && s[next] == '=') ++next;
    if (next != s.size() && s[next] != '\r' && s[next] != '\n') return end;
    end = base64_end(s, line_end);
  }
}

bool is_readable(std::string_view octets) noexcept {
  return is_utf8(octets) && std::none_of(octets.begin(), octets.end(), [](char c) { return octet(c) < 9; });
}

int hex(char c) noexcept {
  if (is_digit(c)) return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

const std::string& scrambler::replacement(std::string_view word, const std::string& shape) {
  auto [at, fresh] = known_.try_emplace(lower(word));
  if (fresh) at->second = nth_word(shape, count_of_shape_[shape]++);
  return at->second;
}

// Runs of letters and of digits, nothing decoded.
std::string scrambler::words(std::string_view octets) {
  std::string out;
  out.reserve(octets.size());
  for (std::size_t at = 0; at < octets.size();) {
    std::string shape;
    auto end = at;
    while (end < octets.size()) {
      const auto u = unit_at(octets.substr(end));
      if (u.kind == ' ' || (!shape.empty() && (u.kind == '0') != (shape.front() == '0'))) break;
      shape += u.kind;
      end += u.size;
    }
    if (shape.empty()) {
      const auto size = unit_at(octets.substr(at)).size;
      out += octets.substr(at, size);
      at += size;
      continue;
    }
    const auto word = octets.substr(at, end - at);
    at = end;
    if (lower(word) == "inbox") {
      out += word;
      continue;
    }
    const auto& other = replacement(word, shape);
    for (std::size_t i = 0; i < word.size(); ++i)
      out += is_upper(word[i]) ? static_cast<char>(other[i] - 'a' + 'A') : other[i];
  }
  return out;
}

// Octets written as =XX or %XX are words' octets like others, and are written so again.
std::string scrambler::plain(std::string_view original) {
  if (original.find_first_of("=%") == std::string_view::npos) return words(original);
  std::string octets;
  std::string forms;  // ' ' as it is, 'X' =XX, 'x' its small form
  for (std::size_t i = 0; i < original.size(); ++i) {
    const bool mark = (original[i] == '=' || original[i] == '%') && i + 2 < original.size();
    const int high = mark ? hex(original[i + 1]) : -1, low = mark ? hex(original[i + 2]) : -1;
    if (high < 0 || low < 0) {
      octets += original[i];
      forms += ' ';
      continue;
    }
    octets += static_cast<char>(high * 16 + low);
    const bool small = is_lower(original[i + 1]) || is_lower(original[i + 2]);
    forms += original[i] == '=' ? (small ? 'x' : 'X') : (small ? 'p' : 'P');
    i += 2;
  }
  const auto other = words(octets);
  std::string out;
  for (std::size_t i = 0; i < other.size(); ++i) {
    if (forms[i] == ' ') {
      out += other[i];
      continue;
    }
    const bool small = is_lower(forms[i]);
    const std::string_view digits = small ? "0123456789abcdef" : "0123456789ABCDEF";
    out += forms[i] == 'x' || forms[i] == 'X' ? '=' : '%';
    out += digits[octet(other[i]) >> 4U];
    out += digits[octet(other[i]) & 15U];
  }
  return out;
}

std::uint64_t scrambler::seed_of(std::string_view what) {
  return seeds_.try_emplace(std::string(what), seeds_.size()).first->second;
}

// base64 of text becomes base64 of other text; of anything else, of other octets. Line ends stay where they are.
std::string scrambler::base64_run(std::string_view run) {
  std::string data;
  for (const char c : run)
    if (c != '\r' && c != '\n') data += c;
  std::string other;
  if (auto octets = base64_octets(data)) {
    const auto seed = seed_of(data);
    if (is_readable(*octets)) {
      other = base64(words(*octets));
    } else {
      for (std::size_t i = 0; i < octets->size(); ++i) (*octets)[i] = static_cast<char>(mixed(seed * 1'000'003 + i));
      other = base64(*octets);
    }
  } else {
    const auto seed = seed_of(data);
    for (std::size_t i = 0; i < data.size(); ++i)
      other += data[i] == '=' ? '=' : base64_alphabet[mixed(seed * 1'000'003 + i) % 64];
  }
  std::string out;
  std::size_t at = 0;
  for (const char c : run) out += c == '\r' || c == '\n' ? c : other[at++];
  return out;
}

// =?charset?Q?...?=, the whole of it.
std::string scrambler::encoded_word(std::string_view word) {
  const auto payload = word.find('?', word.find('?', 2) + 1) + 1;
  const auto text = word.substr(payload, word.size() - payload - 2);
  const bool is_b = word[payload - 2] == 'B' || word[payload - 2] == 'b';
  const bool all_base64 = std::all_of(text.begin(), text.end(), [](char c) { return is_base64(c) || c == '='; });
  const bool whole = is_b && all_base64 && !text.empty();
  return std::string(word.substr(0, payload)) + (whole ? base64_run(text) : plain(text)) + "?=";
}

namespace {

// The end of the encoded word at `at`, or `at`.
std::size_t encoded_word_end(std::string_view s, std::size_t at) noexcept {
  if (s.substr(at, 2) != "=?") return at;
  constexpr std::size_t longest = 2000;  // RFC 2047 says 75
  s = s.substr(0, at + longest);
  const auto first = s.find('?', at + 2);
  if (first == std::string_view::npos || first + 2 >= s.size() || s[first + 2] != '?') return at;
  const auto charset = s.substr(at + 2, first - at - 2);
  if (charset.find_first_of(" \r\n\"") != std::string_view::npos) return at;
  if (std::string_view("QqBb").find(s[first + 1]) == std::string_view::npos) return at;
  const auto end = s.find("?=", first + 3);
  if (end == std::string_view::npos) return at;
  const auto payload = s.substr(first + 3, end - first - 3);
  return payload.find_first_of("?\r\n") == std::string_view::npos ? end + 2 : at;
}

}  // namespace

std::string scrambler::text(std::string_view original) {
  std::string out;
  std::size_t begun = 0;  // of what is plain
  bool in_word = false;
  for (std::size_t at = 0; at < original.size();) {
    const auto word = encoded_word_end(original, at);
    const bool mark = original.substr(at, redacted.size()) == redacted;
    const auto run = in_word || !is_base64(original[at]) ? at : encoded_end(original, at);
    if (word == at && run == at && !mark) {
      in_word = is_base64(original[at]);
      ++at;
      continue;
    }
    out += plain(original.substr(begun, at - begun));
    const auto end = mark ? at + redacted.size() : std::max(word, run);
    const auto piece = original.substr(at, end - at);
    out += mark ? std::string(piece) : (word != at ? encoded_word(piece) : base64_run(piece));
    at = begun = end;
    in_word = false;
  }
  return out + plain(original.substr(begun));
}

std::string scrambler::mime(std::string_view original) {
  std::string out;
  std::size_t begun = 0;
  constexpr std::string_view in_word = "-._+'";
  const auto of_word = [&](char c) {
    return is_upper(c) || is_lower(c) || is_digit(c) || in_word.find(c) != std::string_view::npos;
  };
  for (std::size_t at = 0; at < original.size();) {
    if (!of_word(original[at])) {
      ++at;
      continue;
    }
    auto end = at;
    while (end < original.size() && of_word(original[end])) ++end;
    // filename*0*=utf-8''...: the charset stands in front of the first quote, and the digits are a place.
    const bool place = at != 0 && original[at - 1] == '*' && end - at <= 2 && is_digit(original[at]);
    auto word = original.substr(at, end - at);
    if (const auto quote = word.find('\''); quote != std::string_view::npos) word = word.substr(0, quote);
    if (place || is_mime_word(lower(word))) {
      out += text(original.substr(begun, at - begun));
      out += word;
      begun = at + word.size();
    }
    at = end;
  }
  return out + text(original.substr(begun));
}

std::string scrambler::field(std::string_view name, std::string_view value) {
  const auto known = lower(name);
  if (known == "mime-version") return std::string(value);
  if (known.starts_with("content-")) return mime(value);
  if (known.ends_with("date")) {
    const auto line = value.substr(0, value.find_last_not_of("\r\n") + 1);
    if (is_date(line)) return std::string(value);
  }
  return text(value);
}

// Line by line, as long as header fields stand there; the rest in one piece, as base64 goes over lines.
std::string scrambler::body(std::string_view original) {
  std::string out;
  std::size_t begun = 0;
  for (std::size_t at = 0; at < original.size();) {
    const auto line_end = std::min(original.find('\n', at), original.size() - 1) + 1;
    constexpr std::size_t longest_name = 64;
    const auto colon = original.substr(at, std::min(line_end - at, longest_name)).find(':');
    if (colon == std::string_view::npos || !is_header_field(lower(original.substr(at, colon)))) {
      at = line_end;
      continue;
    }
    auto end = line_end;
    while (end < original.size() && (original[end] == ' ' || original[end] == '\t'))
      end = std::min(original.find('\n', end), original.size() - 1) + 1;
    out += text(original.substr(begun, at - begun));
    out += original.substr(at, colon + 1);
    out += field(original.substr(at, colon), original.substr(at + colon + 1, end - at - colon - 1));
    at = begun = end;
  }
  return out + text(original.substr(begun));
}

// `run` between `&` and `-`: UTF-16 in base64 with `,` for `/`.
std::string scrambler::utf7_run(std::string_view run) {
  std::string standard(run);
  std::replace(standard.begin(), standard.end(), ',', '/');
  const auto seed = seed_of("&" + standard);
  const auto letters = run.size();
  standard.append((4 - standard.size() % 4) % 4, '=');
  auto octets = base64_octets(standard);
  if (!octets || octets->size() % 2 != 0) {
    std::string out;
    for (std::size_t i = 0; i < letters; ++i) out += base64_alphabet[mixed(seed * 1'000'003 + i) % 62];
    return out;
  }
  for (std::size_t i = 0; i < octets->size(); i += 2) {
    const auto high = octet((*octets)[i]);
    const auto other = static_cast<char>(mixed(seed * 1'000'003 + i) % 64);
    if (high >= 0xD8 && high <= 0xDB) {
      (*octets)[i] = '\xD8';
      (*octets)[i + 1] = '\x3D';
    } else if (high >= 0xDC && high <= 0xDF) {
      (*octets)[i] = '\xDE';
      (*octets)[i + 1] = other;
    } else if (high != 0x20 && (high != 0 || octet((*octets)[i + 1]) >= 0xC0 || is_lower((*octets)[i + 1]) ||
                                is_upper((*octets)[i + 1]))) {
      (*octets)[i] = '\x4E';
      (*octets)[i + 1] = other;
    }
  }
  auto out = base64(*octets).substr(0, letters);
  std::replace(out.begin(), out.end(), '/', ',');
  return out;
}

std::string scrambler::name(std::string_view original) {
  std::string out;
  std::size_t begun = 0;
  for (auto at = original.find('&'); at != std::string_view::npos; at = original.find('&', at + 1)) {
    const auto end =
        original.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,", at + 1);
    if (end == std::string_view::npos || original[end] != '-' || end == at + 1) continue;
    out += text(original.substr(begun, at - begun));
    out += '&' + utf7_run(original.substr(at + 1, end - at - 1));
    begun = end;
    at = end;
  }
  return out + text(original.substr(begun));
}

bool is_date(std::string_view text) noexcept {
  constexpr std::array<std::string_view, 26> names = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep",
                                                      "oct", "nov", "dec", "mon", "tue", "wed", "thu", "fri", "sat",
                                                      "sun", "gmt", "utc", "est", "edt", "pst", "pdt", "cet"};
  bool digits = false, month = false;
  for (std::size_t at = 0; at < text.size();) {
    if (is_digit(text[at])) digits = true;
    if (!is_upper(text[at]) && !is_lower(text[at])) {
      if (!is_digit(text[at]) && std::string_view(" ,:+-()\t").find(text[at]) == std::string_view::npos) return false;
      ++at;
      continue;
    }
    auto end = at;
    while (end < text.size() && (is_upper(text[end]) || is_lower(text[end]))) ++end;
    const auto word = lower(text.substr(at, end - at));
    const auto found = std::find(names.begin(), names.end(), word);
    if (found == names.end()) return false;
    month = month || found - names.begin() < 12;
    at = end;
  }
  return digits && month;
}

}  // namespace imapxx::cli
