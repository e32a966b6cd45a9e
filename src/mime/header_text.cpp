#include "mime/header_text.hpp"

#include <imapxx/mime/headers.hpp>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "mime/charset.hpp"

#include <gmime/gmime.h>

#include <memory>
#include <utility>

namespace imapxx::inline v0::mime {
namespace {

struct g_freer {
  void operator()(char* p) const noexcept { g_free(p); }
};

constexpr auto npos = std::string_view::npos;

// Many writers leave out the padding of a base64 word; GMime then drops the last character.
void append_word(std::string& out, std::string_view word) {
  const auto charset_end = word.find('?', 2);
  const auto text_at = charset_end + 3;
  out.append(word.substr(0, word.size() - 2));
  if (base::to_upper(word[charset_end + 1]) == 'B') {
    const auto text = word.substr(text_at, word.size() - 2 - text_at);
    if (text.find('=') == npos && text.size() % 4 > 1) out.append(4 - text.size() % 4, '=');
  }
  out.append("?=");
}

// The length of the encoded word that `text` begins with, 0 for none. It ends at the first "?=" behind its three '?'.
std::size_t encoded_word_length(std::string_view text) {
  if (text.substr(0, 2) != "=?") return 0;
  std::size_t at = 2;
  while (at < text.size() && text[at] != '?' && text[at] > ' ' && at < 80) ++at;
  if (at == 2 || at + 3 > text.size() || text[at] != '?' || text[at + 2] != '?') return 0;
  if (const char encoding = base::to_upper(text[at + 1]); encoding != 'Q' && encoding != 'B') return 0;
  // Words longer than the 75 octets that RFC 2047 allows are common; what has no end near is no word.
  const auto end = text.substr(at + 3, 64 * 1024).find('?');
  if (end == npos || text.substr(at + 3 + end, 2) != "?=") return 0;
  return at + 3 + end + 2;
}

// A run of words with nothing but blanks between them: GMime drops these and joins a character that two words share.
std::string decode_words(const std::string& words) {
  ensure_gmime();
  const std::unique_ptr<char, g_freer> decoded(g_mime_utils_header_decode_text(nullptr, words.c_str()));
  return decoded == nullptr ? scrub_utf8(words) : scrub_utf8(decoded.get());
}

void append_plain(std::string& out, std::string_view text) { out.append(to_utf8(text, {})); }

}  // namespace

std::string unfold(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (const char c : value) {
    if (c == '\r' || c == '\n') continue;
    out.push_back(c == '\0' ? ' ' : c);
  }
  return out;
}

std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string decode_header(std::string_view raw) {
  auto text = unfold(trim(raw));
  if (text.find("=?") == npos && base::is_utf8(text)) return text;
  // Only whole words are given to GMime: its time on many beginnings of words grows with the cube of their number.
  std::string out;
  std::string words;
  std::size_t plain_at = 0;
  for (std::size_t at = text.find("=?"); at != npos; at = text.find("=?", at)) {
    const auto length = encoded_word_length(std::string_view(text).substr(at));
    if (length == 0) {
      at += 2;
      continue;
    }
    const auto between = std::string_view(text).substr(plain_at, at - plain_at);
    if (words.empty() || !trim(between).empty()) {
      if (!words.empty()) out.append(decode_words(std::exchange(words, {})));
      append_plain(out, between);
    } else {
      words.append(" ");
    }
    append_word(words, std::string_view(text).substr(at, length));
    at += length;
    plain_at = at;
  }
  if (!words.empty()) out.append(decode_words(words));
  append_plain(out, std::string_view(text).substr(plain_at));
  return std::string(trim(out));
}

}  // namespace imapxx::inline v0::mime
