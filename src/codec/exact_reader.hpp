/// \file
/// Reads values that are written exactly as the grammar wants them, as views, and gives up on anything else: the tree
/// is for that.
#pragma once

#include <imapxx/model/envelope_view.hpp>

#include "base/ascii.hpp"
#include "base/swar.hpp"
#include "codec/quoting.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imapxx::inline v0::codec {

/// A cursor, small enough to be handed on by value: then it stays in registers. Each reader returns whether its token
/// was there; after a failure the cursor means nothing.
class exact_reader {
 public:
  explicit exact_reader(std::string_view text) noexcept : at_(text.data()), end_(text.data() + text.size()) {}
  /// What is returned where something could not be read.
  [[nodiscard]] static exact_reader failed() noexcept { return exact_reader(std::string_view()); }
  [[nodiscard]] explicit operator bool() const noexcept { return at_ != nullptr; }

  [[nodiscard]] const char* position() const noexcept { return at_; }
  [[nodiscard]] char peek() const noexcept { return at_ != end_ ? *at_ : '\0'; }
  [[nodiscard]] std::string_view since(const char* begin) const noexcept { return {begin, at_}; }
  /// The same with the octet that ended the last token, which a reader of these tokens wants to see.
  [[nodiscard]] std::string_view since_with_end(const char* begin) const noexcept { return {begin, at_ + 1}; }
  [[nodiscard]] std::string_view rest() const noexcept { return {at_, end_}; }
  void skip(std::size_t n) noexcept { at_ += n; }
  [[gnu::always_inline]] bool octet(char c) noexcept {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  [[gnu::always_inline]] bool nil() noexcept {
    constexpr std::ptrdiff_t length = 3;
    if (end_ - at_ <= length || at_[0] != 'N' || at_[1] != 'I' || at_[2] != 'L' || !ends_token(at_ + length))
      return false;
    at_ += length;
    return true;
  }
  /// string = quoted / literal; what stands behind it must be fit to.
  [[gnu::always_inline]] bool string(text_view& out) noexcept {
    if (peek() == '"') return quoted(out);
    return peek() == '{' && literal_string(out);
  }
  /// nstring = string / nil
  [[gnu::always_inline]] bool nstring(text_view& out) noexcept {
    if (peek() == '"') return quoted(out);
    if (nil()) {
      out = text_view();
      return true;
    }
    return peek() == '{' && literal_string(out);
  }
  /// number64, without zeros in front.
  [[gnu::always_inline]] bool number(std::uint64_t& out) noexcept {
    constexpr std::ptrdiff_t most = 18;
    const char* const begin = at_;
    out = 0;
    while (at_ != end_ && at_ - begin <= most && base::is_digit(*at_))
      out = out * 10 + static_cast<std::uint64_t>(*at_++ - '0');
    const auto digits = at_ - begin;
    return digits != 0 && digits <= most && (*begin != '0' || digits == 1) && ends_token(at_);
  }
  /// A list with all that is in it, unread.
  bool skip_list() noexcept {
    if (peek() != '(') return false;
    std::size_t depth = 0;
    do {
      at_ = base::find_first_of<'(', ')', '"', '{'>(at_, end_);
      if (at_ == end_) return false;
      if (*at_ == '(') {
        ++depth;
        ++at_;
      } else if (*at_ == ')') {
        --depth;
        ++at_;
      } else {
        text_view unread;
        if (!string(unread)) return false;
      }
    } while (depth > 0);
    return true;
  }

 private:
  [[nodiscard]] bool ends_token(const char* at) const noexcept { return at != end_ && (*at == ' ' || *at == ')'); }
  [[gnu::always_inline]] bool quoted(text_view& out) noexcept {
    const char* const begin = at_ + 1;
    const auto close = find_closing_quote(begin, end_);
    if (close.quote == nullptr) return false;
    out = text_view({begin, close.quote}, close.escaped);
    at_ = close.quote + 1;
    return ends_token(at_);
  }
  struct closing {
    const char* quote;  // nullptr: there is none, or something that needs a closer look
    bool escaped;
  };
  [[gnu::always_inline]] static closing find_closing_quote(const char* at, const char* end) noexcept {
    // Most strings are short: nothing is called for them.
    const char* const stop = base::find_among_sixteen<'"', '\\', '\r', '\n'>(at, end);
    if (stop != nullptr && *stop == '"') return {stop, false};
    return find_closing_quote_anywhere(at, end);
  }
  [[gnu::noinline]] static closing find_closing_quote_anywhere(const char* at, const char* end) noexcept {
    bool escaped = false;
    for (;; at += 2) {
      at = base::find_first_of<'"', '\\', '\r', '\n'>(at, end);
      if (at != end && *at == '"') return {at, escaped};
      if (end - at < 2 || *at != '\\' || (at[1] != '"' && at[1] != '\\')) return {nullptr, false};  // quirk E-11
      escaped = true;
    }
  }
  bool literal_string(text_view& out) noexcept {
    const auto found = find_literal(rest(), 0);
    if (!found || found->streamed || found->negative || found->padded || !ends_token(at_ + found->end)) return false;
    out = text_view(rest().substr(found->begin, found->end - found->begin));
    at_ += found->end;
    return true;
  }
  const char* at_;
  const char* end_;
};

/// Longer values are left to the tree, which counts tokens.
inline constexpr std::size_t most_octets_of_exact_value = 200'000;

/// Counts names and subjects with octets above 127 (quirk E-13), and spaces between addresses (E-08).
/// \param value what the view was read from
void count_tolerances(const envelope_view& e, std::string_view value) noexcept;

}  // namespace imapxx::inline v0::codec
