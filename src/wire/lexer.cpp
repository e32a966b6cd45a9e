#include <imapxx/wire/lexer.hpp>

#include "base/ascii.hpp"
#include "wire/characters.hpp"
#include "wire/scan.hpp"

#include <limits>

namespace imapxx::inline v0::wire {

namespace {
using scan::none;
using scan::read_string;

// BODY[...], BINARY[...] and their kin are the only places where brackets hold a text with blanks and strings.
bool takes_section(std::string_view word) noexcept {
  for (std::string_view name : {"BODY", "BODY.PEEK", "BINARY", "BINARY.PEEK", "BINARY.SIZE"}) {
    if (base::iequals(word, name)) return true;
  }
  return false;
}

// The end of a run of octets that is neither list nor string: blanks, parentheses, quotes and literals end it.
std::size_t skip_word(std::string_view text, std::size_t at) noexcept {
  const std::size_t begin = at;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '[' && takes_section(text.substr(begin, at - begin))) {
      const std::size_t end = scan::find_outside_strings(text, at, ']');
      if (end == none) return none;
      at = end + 1;
      continue;
    }
    if (c == ' ' || c == '(' || c == ')' || c == '"' || c == '\r' || c == '\n') break;
    if (c == '{' && read_string(text, at).end != none) break;
    ++at;
  }
  return at;
}
}  // namespace

std::string string_token::to_string() const {
  std::string out;
  append_to(out);
  return out;
}

void string_token::append_to(std::string& out) const {
  if (!escaped_) {
    out += raw_;
    return;
  }
  out.reserve(out.size() + raw_.size());
  for (std::size_t i = 0; i < raw_.size(); ++i) {
    if (raw_[i] == '\\' && i + 1 < raw_.size()) ++i;
    out += raw_[i];
  }
}

bool lexer::keyword(std::string_view upper) noexcept {
  if (!base::istarts_with(rest(), upper)) return false;
  const std::size_t end = at_ + upper.size();
  if (end < text_.size() && (is_atom_char(text_[end]) || base::is_8bit(text_[end]))) return false;
  at_ = end;
  return true;
}

bool lexer::nil() noexcept { return keyword("NIL"); }

std::optional<std::uint64_t> lexer::number64() noexcept {
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  std::uint64_t n = 0;
  std::size_t at = at_;
  for (; at < text_.size() && base::is_digit(text_[at]); ++at) {
    const auto digit = static_cast<std::uint64_t>(text_[at] - '0');
    if (n > (largest - digit) / 10) return std::nullopt;
    n = n * 10 + digit;
  }
  if (at == at_) return std::nullopt;
  at_ = at;
  return n;
}

std::optional<std::uint32_t> lexer::number() noexcept {
  const std::size_t before = at_;
  const auto n = number64();
  if (n && *n <= std::numeric_limits<std::uint32_t>::max()) return static_cast<std::uint32_t>(*n);
  at_ = before;
  return std::nullopt;
}

std::optional<std::string_view> lexer::atom() noexcept {
  std::size_t at = at_;
  while (at < text_.size() && (is_astring_char(text_[at]) || base::is_8bit(text_[at]))) ++at;
  if (at == at_) return std::nullopt;
  const auto word = text_.substr(at_, at - at_);
  at_ = at;
  return word;
}

std::optional<std::string_view> lexer::flag() noexcept {
  std::size_t at = at_;
  if (at < text_.size() && text_[at] == '\\') ++at;
  const std::size_t name = at;
  if (name != at_ && at < text_.size() && text_[at] == '*') {
    ++at;
  } else {
    const auto belongs = [](char c) { return is_astring_char(c) || base::is_8bit(c) || c == '{' || c == '%'; };
    while (at < text_.size() && belongs(text_[at])) ++at;
  }
  if (at == name) return std::nullopt;
  const auto word = text_.substr(at_, at - at_);
  at_ = at;
  return word;
}

std::optional<string_token> lexer::string() noexcept {
  const auto s = read_string(text_, at_);
  if (s.end == none) return std::nullopt;
  at_ = s.end;
  return s.token;
}

std::optional<string_token> lexer::nstring() noexcept {
  if (nil()) return string_token();
  return string();
}

std::optional<string_token> lexer::astring() noexcept {
  if (auto s = string()) return s;
  if (auto a = atom()) return string_token(string_token::form::atom, *a);
  return std::nullopt;
}

std::optional<string_token> lexer::nastring() noexcept {
  if (nil()) return string_token();
  return astring();
}

std::optional<std::string_view> lexer::any_value(std::size_t max_nesting) noexcept {
  std::size_t at = at_;
  std::size_t depth = 0;
  do {
    while (depth > 0 && at < text_.size() && text_[at] == ' ') ++at;
    if (at >= text_.size()) return std::nullopt;
    const char c = text_[at];
    if (c == '(') {
      if (++depth > max_nesting) return std::nullopt;
      ++at;
    } else if (c == ')') {
      if (depth == 0) return std::nullopt;
      --depth;
      ++at;
    } else if (const auto s = read_string(text_, at); s.end != none) {
      at = s.end;
    } else {
      const std::size_t end = skip_word(text_, at);
      if (end == none || end == at) return std::nullopt;
      at = end;
    }
  } while (depth > 0);
  const auto value = text_.substr(at_, at - at_);
  at_ = at;
  return value;
}

std::optional<std::string_view> lexer::until(char c) noexcept {
  const std::size_t end = scan::find_outside_strings(text_, at_, c);
  if (end == none) return std::nullopt;
  const auto text = text_.substr(at_, end - at_);
  at_ = end;
  return text;
}

void lexer::fail(const char* rule) noexcept {
  if (rule_ != nullptr) return;
  rule_ = rule;
  failed_at_ = at_;
}

error lexer::failure() const {
  if (rule_ == nullptr) return {};
  return error(errc::unparsed, std::string("expected ") + rule_).set_offset(base_ + failed_at_);
}

}  // namespace imapxx::inline v0::wire
