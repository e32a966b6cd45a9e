#include "mime/header_text.hpp"

#include <imapxx/mime/headers.hpp>
#include <imapxx/mime/transfer.hpp>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "mime/charset.hpp"

#include <algorithm>

namespace imapxx::inline v0::mime {
namespace {

constexpr auto npos = std::string_view::npos;

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

// RFC 2047 section 4.2.
std::string decode_q(std::string_view text) {
  std::string in(text);
  std::replace(in.begin(), in.end(), '_', ' ');
  // A blank at the end belongs to the word, while quoted-printable drops it at the end of a line.
  in.push_back('.');
  std::string out;
  transfer_decoder decoder(transfer_encoding::quoted_printable);
  decoder.feed(in, out);
  decoder.finish(out);
  out.pop_back();
  return out;
}

std::string decode_b(std::string_view text) {
  std::string out;
  transfer_decoder decoder(transfer_encoding::base64);
  decoder.feed(text, out);
  decoder.finish(out);
  return out;
}

/// Text as it is put together. The octets of neighbouring words of one charset are converted as one, because many
/// writers cut a character in two.
class assembly {
 public:
  void word(std::string_view word) {
    const auto charset_end = word.find('?', 2);
    const auto text = word.substr(charset_end + 3, word.size() - 2 - (charset_end + 3));
    auto charset = word.substr(2, charset_end - 2);
    charset = charset.substr(0, charset.find('*'));  // the language of RFC 2231 section 5
    if (!base::iequals(charset, charset_)) flush();
    charset_ = charset;
    octets_.append(base::to_upper(word[charset_end + 1]) == 'B' ? decode_b(text) : decode_q(text));
    in_words_ = true;
  }
  void plain(std::string_view text, bool before_word) {
    if (in_words_ && before_word && trim(text).empty()) return;  // blanks between words are layout
    flush();
    in_words_ = false;
    out_.append(to_utf8(text, {}));
  }
  std::string finish() {
    flush();
    return std::string(trim(out_));
  }

 private:
  void flush() {
    out_.append(to_utf8(octets_, charset_));
    octets_.clear();
  }
  std::string out_;
  std::string octets_;
  std::string_view charset_;
  bool in_words_ = false;
};

}  // namespace

std::string unfold(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\n' || (c == '\r' && i + 1 < value.size() && value[i + 1] == '\n')) continue;
    out.push_back(c == '\0' || c == '\r' ? ' ' : c);
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
  // Not GMime's decoder: it loses what follows a padded base64 word, and takes more than quadratic time on words
  // without an end.
  assembly out;
  std::size_t plain_at = 0;
  for (std::size_t at = text.find("=?"); at != npos; at = text.find("=?", at)) {
    const auto length = encoded_word_length(std::string_view(text).substr(at));
    if (length == 0) {
      at += 2;
      continue;
    }
    out.plain(std::string_view(text).substr(plain_at, at - plain_at), true);
    out.word(std::string_view(text).substr(at, length));
    at += length;
    plain_at = at;
  }
  out.plain(std::string_view(text).substr(plain_at), false);
  return out.finish();
}

}  // namespace imapxx::inline v0::mime
