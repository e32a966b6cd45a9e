/// \file
/// Reads values that are written exactly as the grammar wants them, as views, and gives up on anything else: the tree
/// is for that.
#pragma once

#include <imapxx/model/envelope_view.hpp>

#include "base/ascii.hpp"
#include "base/swar.hpp"
#include "codec/quoting.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imapxx::inline v0::codec {

/// A cursor. Each reader returns whether its token was there; after a failure the cursor means nothing.
class exact_reader {
 public:
  explicit exact_reader(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
  [[nodiscard]] std::string_view since(std::size_t begin) const noexcept { return text_.substr(begin, at_ - begin); }
  /// The same with the octet that ended the last token, which a reader of these tokens wants to see.
  [[nodiscard]] std::string_view since_with_end(std::size_t begin) const noexcept {
    return text_.substr(begin, at_ - begin + 1);
  }
  [[nodiscard]] std::string_view rest() const noexcept { return text_.substr(at_); }
  void skip(std::size_t n) noexcept { at_ += n; }
  bool octet(char c) noexcept {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  bool nil() noexcept {
    if (text_.substr(at_, 3) != "NIL" || !ends_token(at_ + 3)) return false;
    at_ += 3;
    return true;
  }
  /// string = quoted / literal; what stands behind it must be fit to.
  bool string(text_view& out) noexcept {
    if (peek() == '"') return quoted(out);
    return peek() == '{' && literal_string(out);
  }
  /// nstring = string / nil
  bool nstring(text_view& out) noexcept {
    if (peek() == '"') return quoted(out);
    if (nil()) {
      out = text_view();
      return true;
    }
    return peek() == '{' && literal_string(out);
  }
  /// number64, without zeros in front.
  bool number(std::uint64_t& out) noexcept {
    constexpr std::size_t most = 18;
    const auto begin = at_;
    out = 0;
    while (at_ < text_.size() && at_ - begin <= most && base::is_digit(text_[at_]))
      out = out * 10 + static_cast<std::uint64_t>(text_[at_++] - '0');
    const auto digits = at_ - begin;
    return digits != 0 && digits <= most && (text_[begin] != '0' || digits == 1) && ends_token(at_);
  }
  /// A list with all that is in it, unread.
  bool skip_list() noexcept {
    if (peek() != '(') return false;
    std::size_t depth = 0;
    do {
      at_ = base::find_first_of<'(', ')', '"', '{'>(text_, at_);
      if (at_ == text_.size()) return false;
      if (text_[at_] == '(') {
        ++depth;
        ++at_;
      } else if (text_[at_] == ')') {
        --depth;
        ++at_;
      } else if (text_[at_] == '"') {
        const auto quote = closing_quote(text_, at_, quoting::strict);
        if (quote == std::string_view::npos) return false;
        at_ = quote + 1;
      } else {
        const auto found = find_literal(text_, at_);
        if (!found) return false;
        at_ = found->end;
      }
    } while (depth > 0);
    return true;
  }

 private:
  [[nodiscard]] bool ends_token(std::size_t at) const noexcept {
    return at < text_.size() && (text_[at] == ' ' || text_[at] == ')');
  }
  bool quoted(text_view& out) noexcept {
    const auto begin = at_ + 1;
    bool escaped = false;
    for (at_ = begin;; at_ += 2) {
      at_ = base::find_first_of<'"', '\\', '\r', '\n'>(text_, at_);
      if (at_ == text_.size() || text_[at_] == '\r' || text_[at_] == '\n') return false;
      if (text_[at_] == '"') break;
      if (at_ + 1 == text_.size() || (text_[at_ + 1] != '"' && text_[at_ + 1] != '\\')) return false;  // quirk E-11
      escaped = true;
    }
    out = text_view(since(begin), escaped);
    ++at_;
    return ends_token(at_);
  }
  bool literal_string(text_view& out) noexcept {
    const auto found = find_literal(text_, at_);
    if (!found || found->streamed || found->negative || found->padded || !ends_token(found->end)) return false;
    out = text_view(text_.substr(found->begin, found->end - found->begin));
    at_ = found->end;
    return true;
  }
  std::string_view text_;
  std::size_t at_ = 0;
};

/// Longer values are left to the tree, which counts tokens.
inline constexpr std::size_t most_octets_of_exact_value = 200'000;

/// Counts names and subjects with octets above 127 (quirk E-13), and spaces between addresses (E-08).
/// \param value what the view was read from
void count_tolerances(const envelope_view& e, std::string_view value) noexcept;

}  // namespace imapxx::inline v0::codec
