/// \file
/// A cursor over one framed response: tokens of the IMAP grammar (RFC 9051 section 9), as views, leniently.
#pragma once

#include <imapxx/error.hpp>
#include <imapxx/export.hpp>
#include <imapxx/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imapxx::inline v0::wire {

/// A string in whatever form it came: the octets on the wire, and whether backslashes in them must be undone.
class string_token {
 public:
  enum class form : std::uint8_t { atom, quoted, literal, literal8, streamed, nil };
  string_token() = default;
  string_token(form f, std::string_view raw, bool escaped = false, std::uint64_t streamed = 0) noexcept
      : raw_(raw), streamed_size_(streamed), form_(f), escaped_(escaped) {}

  [[nodiscard]] form kind() const noexcept { return form_; }
  [[nodiscard]] bool is_nil() const noexcept { return form_ == form::nil; }
  /// The octets between the quotes or after the literal's header, backslashes still in place.
  [[nodiscard]] std::string_view raw() const noexcept { return raw_; }
  [[nodiscard]] bool escaped() const noexcept { return escaped_; }
  /// For `streamed`: the literal's announced size; its octets went elsewhere.
  [[nodiscard]] std::uint64_t streamed_size() const noexcept { return streamed_size_; }
  /// The value, with backslashes undone; empty for NIL and streamed.
  [[nodiscard]] IMAPXX_API std::string to_string() const;
  /// As `to_string`, appended to `out`.
  IMAPXX_API void append_to(std::string& out) const;

 private:
  std::string_view raw_;
  std::uint64_t streamed_size_ = 0;
  form form_ = form::nil;
  bool escaped_ = false;
};

/// Reads tokens from left to right. Every reader returns nullopt or false *without moving* when the token is not there,
/// so that callers can try another; `fail` records the first error with its offset and rule. Views point into the text
/// given at construction. No allocation. Not thread-safe.
class IMAPXX_API lexer {
 public:
  /// \param text one framed response or a part of it (without final CRLF); must outlive the lexer
  /// \param base offset of `text` in the whole response, for error positions
  explicit lexer(std::string_view text, std::size_t base = 0) noexcept : text_(text), base_(base) {}

  [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }
  [[nodiscard]] char peek() const noexcept { return at_end() ? '\0' : text_[at_]; }
  [[nodiscard]] std::string_view rest() const noexcept { return text_.substr(at_); }
  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  [[nodiscard]] std::size_t offset() const noexcept { return base_ + at_; }
  void seek(std::size_t position) noexcept { at_ = position < text_.size() ? position : text_.size(); }
  void skip(std::size_t n = 1) noexcept { seek(at_ + n); }

  /// Exactly this character.
  bool literal_char(char c) noexcept {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool sp() noexcept { return literal_char(' '); }  ///< exactly one space
  /// Any number of spaces, at least one (servers send two).
  bool spaces() noexcept {
    const std::size_t before = at_;
    while (peek() == ' ') ++at_;
    return at_ != before;
  }
  bool keyword(
      std::string_view upper) noexcept;  ///< this word, in any case, followed by a non-atom character or the end
  bool nil() noexcept;                   ///< NIL, in any case
  std::optional<std::uint64_t> number64() noexcept;  ///< digits, at most 2^63-1 (RFC 9051 `number64`)
  std::optional<std::uint32_t> number() noexcept;    ///< digits, at most 2^32-1
  std::optional<std::string_view> atom() noexcept;   ///< 1*ATOM-CHAR, leniently also `]` and octets above 127
  std::optional<std::string_view> flag() noexcept;   ///< `\Name`, `\*` or a keyword (leniently with `[`, `]`, `{`, `%`)
  std::optional<string_token> string() noexcept;     ///< quoted or literal
  std::optional<string_token> nstring() noexcept;    ///< string or NIL
  std::optional<string_token> astring() noexcept;    ///< atom (with `]`) or string
  std::optional<string_token>
  nastring() noexcept;  ///< string, NIL or leniently an atom: what broken servers send for strings
  /// One balanced value of any kind: atom, string, literal, NIL or a parenthesised list with all that is in it, and
  /// `BODY[...]<...>`-like atoms.
  /// \return its text, or nullopt when it is unbalanced or deeper than `max_nesting`
  std::optional<std::string_view> any_value(std::size_t max_nesting = 64) noexcept;
  /// Everything up to (not including) the next `c` outside of strings; nullopt when there is none.
  std::optional<std::string_view> until(char c) noexcept;

  /// Records the first failure; `rule` is the ABNF rule's name and must be a string with static lifetime.
  void fail(const char* rule) noexcept;
  [[nodiscard]] bool failed() const noexcept { return rule_ != nullptr; }
  /// `errc::unparsed` with offset and rule.
  [[nodiscard]] error failure() const;

 private:
  std::string_view text_;
  std::size_t base_ = 0;
  std::size_t at_ = 0;
  const char* rule_ = nullptr;
  std::size_t failed_at_ = 0;
};

}  // namespace imapxx::inline v0::wire
