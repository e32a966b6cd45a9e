#include "codec/cut.hpp"

#include "base/ascii.hpp"
#include "base/swar.hpp"
#include "codec/fetch.hpp"

#include <array>

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

constexpr std::array<bool, 256> make_set(std::string_view octets) {
  std::array<bool, 256> set{};
  for (const char c : octets) set[static_cast<unsigned char>(c)] = true;
  return set;
}
constexpr auto ends_name = make_set("[ ()\"{\r\n");
constexpr auto ends_word = make_set(" ()\"{");
constexpr auto ends_word_on_line = make_set(" ()\"{\r\n");

// The first octet at or behind `at` that is in the set; the end when there is none.
std::size_t skip_until(const std::array<bool, 256>& set, std::string_view text, std::size_t at) noexcept {
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

std::size_t end_of_name_on_line(std::string_view text, std::size_t at) noexcept {
  return skip_until(ends_name, text, at);
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

// Behind the string that starts at `at`, or npos when it does not end on this line.
std::size_t end_of_string_on_line(std::string_view text, std::size_t at) noexcept {
  if (text[at] != '"') return none;
  at = base::find_first_of<'"', '\\', '\r', '\n'>(text, at + 1);
  while (at < text.size() && text[at] == '\\') {
    if (at + 1 == text.size() || text[at + 1] == '\r' || text[at + 1] == '\n') return none;
    at = base::find_first_of<'"', '\\', '\r', '\n'>(text, at + 2);
  }
  return at < text.size() && text[at] == '"' ? at + 1 : none;
}

// Behind the list that starts at `at`, whose strings `EndOfString` skips: it is asked at each of `Stops`, which are not
// parentheses. npos when it says so, or the list is not closed or nests too deep.
template <auto EndOfString, char... Stops>
std::size_t end_of_list(std::string_view text, std::size_t at, std::size_t max_nesting) noexcept {
  std::size_t depth = 0;
  do {
    at = base::find_first_of<'(', ')', Stops...>(text, at);
    if (at == text.size()) return none;
    if (text[at] == '(') {
      if (++depth > max_nesting) return none;
      ++at;
    } else if (text[at] == ')') {
      --depth;
      ++at;
    } else if ((at = EndOfString(text, at)) == none) {
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
  return end_of_list<end_of_plain_string, '"', '{'>(text, at, max_nesting);
}

std::size_t end_of_value_on_line(std::string_view text, std::size_t at, std::size_t max_nesting) noexcept {
  if (at == text.size()) return none;
  const char first = text[at];
  if (first == '"') return end_of_string_on_line(text, at);
  if (first == '~') return none;
  if (first == '(') return end_of_list<end_of_string_on_line, '"', '{', '\r', '\n'>(text, at, max_nesting);
  at = skip_until(ends_word_on_line, text, at);
  return at < text.size() && (text[at] == ' ' || text[at] == ')') ? at : none;
}

namespace {

// What an item is whose name has no section; `other` when it has one, or is not known.
fetch_item plain_kind_of(std::string_view name) noexcept {
  const auto is = [name](std::string_view known) { return name == known || base::iequals(name, known); };
  switch (name.size()) {
    case 3: return is("UID") ? fetch_item::uid : fetch_item::other;
    case 4: return is("BODY") ? fetch_item::body : fetch_item::other;
    case 5: return is("FLAGS") ? fetch_item::flags : fetch_item::other;
    case 6: return is("MODSEQ") ? fetch_item::modseq : is("RFC822") ? fetch_item::rfc822 : fetch_item::other;
    case 7: return is("EMAILID") ? fetch_item::emailid : is("PREVIEW") ? fetch_item::preview : fetch_item::other;
    case 8:
      return is("ENVELOPE")   ? fetch_item::envelope
             : is("THREADID") ? fetch_item::threadid
             : is("SAVEDATE") ? fetch_item::savedate
                              : fetch_item::other;
    case 10:
      return is("ANNOTATION")   ? fetch_item::annotation
             : is("X-GM-MSGID") ? fetch_item::gm_msgid
             : is("X-GM-THRID") ? fetch_item::gm_thrid
                                : fetch_item::other;
    case 11:
      return is("RFC822.SIZE")   ? fetch_item::rfc822_size
             : is("RFC822.TEXT") ? fetch_item::rfc822_text
             : is("X-GM-LABELS") ? fetch_item::gm_labels
                                 : fetch_item::other;
    case 12: return is("INTERNALDATE") ? fetch_item::internaldate : fetch_item::other;
    case 13:
      return is("BODYSTRUCTURE")   ? fetch_item::bodystructure
             : is("RFC822.HEADER") ? fetch_item::rfc822_header
                                   : fetch_item::other;
    default: return fetch_item::other;
  }
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
