#include "codec/cut.hpp"

#include "base/ascii.hpp"
#include "base/swar.hpp"
#include "codec/fetch.hpp"
#include "codec/item_names.hpp"

namespace imapxx::inline v0::codec {
namespace {

constexpr std::size_t none = std::string_view::npos;

// The `]` that closes a section, outside of the strings that header lists may hold.
std::size_t end_of_section(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && text[at] != ']') {
    if (text[at] == '"') {
      const auto quote = closing_quote(text, at, quoting::strict);
      if (quote == none) return none;
      at = quote + 1;
    } else if (const auto found = text[at] == '{' ? find_literal(text, at) : std::nullopt) {
      at = found->end;
    } else {
      ++at;
    }
  }
  return at < text.size() ? at + 1 : none;
}

constexpr auto ends_word = make_octet_set(" ()\"{");

// The first octet at or behind `at` that is in the set; the end when there is none.
std::size_t skip_until(const octet_set& set, std::string_view text, std::size_t at) noexcept {
  const char* const end = text.data() + text.size();
  const char* octet = text.data() + at;
  while (octet != end && !set[static_cast<unsigned char>(*octet)]) ++octet;
  return static_cast<std::size_t>(octet - text.data());
}

}  // namespace

std::size_t end_of_name(std::string_view text, std::size_t at) noexcept {
  while (at < text.size()) {
    at = skip_until(ends_name, text, at);
    if (at == text.size()) break;
    if (text[at] == '[') {
      at = end_of_section(text, at);
      if (at == none) return none;
      if (at < text.size() && text[at] == '<') {
        const auto close = text.find_first_of("> )(", at);
        if (close == none || text[close] != '>') return none;
        at = close + 1;
      }
      return at;
    }
    return at;
  }
  return at;
}

value_end end_of_value(std::string_view text, std::size_t at, quoting mode, std::size_t max_nesting) noexcept {
  value_end out;
  std::size_t depth = 0;
  do {
    if (at == text.size()) return out;
    const char c = text[at];
    if (c == '(') {
      ++at;
      if (++depth > max_nesting) out.too_deep = true;
    } else if (c == ')') {
      if (depth == 0) break;
      --depth;
      ++at;
    } else if (c == '"') {
      const auto quote = closing_quote(text, at, mode);
      if (quote == none) return out;
      at = quote + 1;
    } else if (const auto found = c == '{' || c == '~' ? find_literal(text, at) : std::nullopt) {
      at = found->end;
    } else if (depth > 0 && c == ' ') {
      ++at;
    } else {
      // A brace that begins no literal is part of the word.
      if (c == '{') ++at;
      at = skip_until(ends_word, text, at);
    }
  } while (depth > 0);
  out.at = at;
  return out;
}

namespace {

// The end of the string or literal that starts at `at`; npos when it has none.
std::size_t end_of_plain_string(std::string_view text, std::size_t at) noexcept {
  if (text[at] == '"') {
    const auto quote = closing_quote(text, at, quoting::strict);
    return quote == none ? none : quote + 1;
  }
  const auto found = find_literal(text, at);
  return found ? found->end : none;
}

// Behind the list that starts at `at`; npos when it is not closed or nests too deep.
std::size_t end_of_plain_list(std::string_view text, std::size_t at, std::size_t max_nesting) noexcept {
  std::size_t depth = 0;
  do {
    at = base::find_first_of<'(', ')', '"', '{'>(text, at);
    if (at == text.size()) return none;
    if (text[at] == '(') {
      if (++depth > max_nesting) return none;
      ++at;
    } else if (text[at] == ')') {
      --depth;
      ++at;
    } else if ((at = end_of_plain_string(text, at)) == none) {
      return none;
    }
  } while (depth > 0);
  return at;
}

}  // namespace

std::size_t end_of_plain_value(std::string_view text, std::size_t at, std::size_t max_nesting) noexcept {
  if (at == text.size()) return none;
  const char first = text[at];
  if (first == '"' || first == '{' || first == '~') return end_of_plain_string(text, at);
  if (first != '(') return skip_until(ends_word, text, at);
  return end_of_plain_list(text, at, max_nesting);
}

namespace {

// What an item is whose name has no section; `other` when it has one, or is not known.
fetch_item plain_kind_of(std::string_view name) noexcept {
  for (const auto& known : item_names) {
    if (known.name.size() == name.size() && base::iequals(known.name, name)) return known.kind;
  }
  return fetch_item::other;
}

}  // namespace

fetch_item kind_of(std::string_view name) noexcept {
  constexpr std::size_t shortest = 6;  // BODY[]
  if (name.size() < shortest || (name.back() != ']' && name.back() != '>')) return plain_kind_of(name);
  if (base::istarts_with(name, "BODY[")) return fetch_item::body_section;
  if (base::istarts_with(name, "BINARY[")) return fetch_item::binary;
  if (base::istarts_with(name, "BINARY.SIZE[")) return fetch_item::binary_size;
  return fetch_item::other;
}

std::optional<section> section_of(fetch_item kind, std::string_view name) {
  section::item item = section::item::body;
  switch (kind) {
    case fetch_item::rfc822: item = section::item::rfc822; break;
    case fetch_item::rfc822_header: item = section::item::rfc822_header; break;
    case fetch_item::rfc822_text: item = section::item::rfc822_text; break;
    case fetch_item::binary: item = section::item::binary; break;
    case fetch_item::binary_size: item = section::item::binary_size; break;
    case fetch_item::body_section: break;
    default: return std::nullopt;
  }
  section out;
  out.kind = item;
  const auto open = name.find('[');
  if (open == none) return out;
  const auto close = name.rfind(']');
  auto parsed = section::try_parse(name.substr(open + 1, close - open - 1), item);
  if (!parsed) return std::nullopt;
  out = std::move(*parsed);
  if (close + 1 < name.size()) {
    lexer origin(name.substr(close + 2));
    std::uint64_t n = 0;
    if (read_number(origin, n) != number_read::value) return std::nullopt;
    if (origin.peek() != '>') tolerate(quirk::f18);
    out.origin = n;
  }
  return out;
}

}  // namespace imapxx::inline v0::codec
