// Search conditions as people write them: `from:example.org since:2026-01-01 unseen -answered`, and as RFC 9051 does.
#pragma once

#include <imapxx/model/search_key.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace imapxx::cli {

/// Turns the words of the command line into a key. No words: every message. `today` is what relative days count from.
/// \throws failure (usage) that names the word
///
/// Side by side means and; `or` (small letters) stands between two conditions and binds closer; `-` in front, or `not`,
/// is the opposite; parentheses group. Capital `OR` is IMAP's own, in front of two conditions.
[[nodiscard]] search_key parse_words(const std::vector<std::string>& words, std::chrono::year_month_day today);

/// The words of a line, quoted parts and parentheses taken care of (exposed for its test).
struct search_token {
  std::string text;
  bool quoted = false;  ///< a value only: never a key word or a parenthesis
  friend bool operator==(const search_token&, const search_token&) = default;
};
[[nodiscard]] std::vector<search_token> split_words(const std::vector<std::string>& words);

}  // namespace imapxx::cli
