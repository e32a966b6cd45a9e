// Words replaced by others of the same length and kind, the same word always by the same one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace imapxx::cli {

/// Takes the words out of text and leaves its form. Not thread-safe; remembers every word it has seen.
///
/// A word is a run of letters, or of digits. Its replacement depends on nothing but its length, its letters' kinds
/// (capital or small; octets of each UTF-8 sequence; octets that are no UTF-8) and how many such words came before it,
/// so it cannot be reversed without the original. Everything else stays: blanks, punctuation, controls, marks that
/// change the direction of writing. INBOX and `<redacted>` stay as well.
class scrambler {
 public:
  /// Text in a string: encoded words (RFC 2047), `=XX` and `%XX` stay what they are, with other octets in them; base64
  /// of at least 16 characters becomes base64 of other octets.
  [[nodiscard]] std::string text(std::string_view original);
  /// A literal that may be a header, a message or a part of one: in addition, names of well-known header fields stay,
  /// as do the values of Content-Type and its like where they are words of MIME, and dates in the Date field.
  [[nodiscard]] std::string body(std::string_view original);
  /// A mailbox name: what stands between `&` and `-` stays modified UTF-7 (RFC 3501 section 5.1.3).
  [[nodiscard]] std::string name(std::string_view original);
  /// Text that keeps the words of MIME: types, parameters, charsets, encodings.
  [[nodiscard]] std::string mime(std::string_view original);

 private:
  std::string plain(std::string_view original);
  std::string words(std::string_view octets);
  std::string encoded_word(std::string_view word);
  std::string base64_run(std::string_view run);
  std::string utf7_run(std::string_view run);
  std::string field(std::string_view name, std::string_view value);
  const std::string& replacement(std::string_view word, const std::string& shape);
  std::uint64_t seed_of(std::string_view what);

  std::unordered_map<std::string, std::string> known_;
  std::map<std::string, std::uint64_t> count_of_shape_;
  std::unordered_map<std::string, std::uint64_t> seeds_;
};

/// Whether this is a date and nothing else: digits, names of days, months and zones (`1-Feb-2026`, `Mon, 2 Feb 2026
/// 10:00:00 +0100`).
[[nodiscard]] bool is_date(std::string_view text) noexcept;

}  // namespace imapxx::cli
