#include "codec/quoting.hpp"

#include "base/ascii.hpp"
#include "base/leniency.hpp"
#include "base/swar.hpp"
#include "wire/literal_header.hpp"

#include <algorithm>

namespace imapxx::inline v0::codec {
namespace {

// Whether what stands at `at`, behind a space, can be the next token behind a string: not a word of a sentence.
bool fits_after_string(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && text[at] == ' ') ++at;
  if (at == text.size() || text[at] == '\r') return true;
  const char c = text[at];
  if (c == '"' || c == '(' || c == ')' || c == '{' || c == '~' || c == '\\') return true;
  std::size_t end = at;
  while (end < text.size() && text[end] != ' ' && text[end] != ')' && text[end] != '[' && text[end] != '\r') ++end;
  const auto word = text.substr(at, end - at);
  if (base::iequals(word, "NIL")) return true;
  if (std::all_of(word.begin(), word.end(), base::is_digit)) return !word.empty();
  const auto item_char = [](char x) { return base::is_upper(x) || base::is_digit(x) || x == '.' || x == '-'; };
  return word.size() > 2 && std::all_of(word.begin(), word.end(), item_char);
}

bool ends_here(std::string_view text, std::size_t quote) noexcept {
  const std::size_t next = quote + 1;
  if (next == text.size()) return true;
  const char c = text[next];
  if (c == ')' || c == ']' || c == '\r' || c == '\n') return true;
  return c == ' ' && fits_after_string(text, next);
}

}  // namespace

std::size_t closing_quote(std::string_view text, std::size_t open, quoting mode) noexcept {
  if (mode == quoting::strict) {
    std::size_t at = base::find_first_of<'"', '\\'>(text, open + 1);
    while (at < text.size() && text[at] == '\\') {
      // A backslash at the very end escapes nothing, and closes nothing.
      at = base::find_first_of<'"', '\\'>(text, std::min(at + 2, text.size()));
    }
    return at < text.size() ? at : std::string_view::npos;
  }
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') return std::string_view::npos;
    if (text[i] == '\\' && i + 1 < text.size()) {
      const bool stray = mode == quoting::backslash && text[i + 1] == '"' && ends_here(text, i + 1);
      if (stray) return i + 1;
      ++i;
      continue;
    }
    if (text[i] != '"') continue;
    if (ends_here(text, i)) return i;
  }
  return std::string_view::npos;
}

std::optional<literal> find_literal(std::string_view text, std::size_t at) noexcept {
  using form = wire::literal_header::form;
  const auto header = wire::read_literal_header(text.substr(at));
  if (header.kind == form::none || header.kind == form::invalid) return std::nullopt;
  std::size_t i = at + header.length;
  while (i < text.size() && text[i] == ' ') ++i;
  while (i < text.size() && text[i] == '\r') ++i;
  if (i == text.size() || text[i] != '\n') return std::nullopt;
  literal found;
  found.begin = i + 1;
  found.end = found.begin;
  found.padded = header.spaces || header.zeros || i != at + header.length + 1;
  found.negative = header.kind == form::nil;
  found.streamed = header.kind == form::streamed;
  if (header.kind == form::plain) {
    if (header.size > text.size() - found.begin) return std::nullopt;
    found.end += static_cast<std::size_t>(header.size);
  }
  return found;
}

std::optional<std::string> repair_quotes(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  bool content = false;
  bool backslash = false;
  while (at < text.size()) {
    if (const auto found = text[at] == '{' ? find_literal(text, at) : std::nullopt) {
      out.append(text.substr(at, found->end - at));
      at = found->end;
      continue;
    }
    if (text[at] != '"') {
      out += text[at++];
      continue;
    }
    auto mode = quoting::content;
    auto end = closing_quote(text, at, mode);
    if (end == std::string_view::npos) {
      mode = quoting::backslash;
      end = closing_quote(text, at, mode);
      if (end == std::string_view::npos) return std::nullopt;
    }
    out += '"';
    for (std::size_t i = at + 1; i < end; ++i) {
      if (text[i] == '\\' && i + 1 == end) {
        backslash = true;  // the stray backslash in front of what ends the string
      } else if (text[i] == '\\') {
        out += text[i];
        out += text[++i];
      } else if (text[i] == '"') {
        content = true;
        out += "\\\"";
      } else {
        out += text[i];
      }
    }
    out += '"';
    at = end + 1;
  }
  if (!content && !backslash) return std::nullopt;
  if (content) base::tolerate(base::quirk::e10);
  if (backslash) base::tolerate(base::quirk::e11);
  return out;
}

}  // namespace imapxx::inline v0::codec
