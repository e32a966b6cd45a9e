#include "codec/cut.hpp"

#include "base/ascii.hpp"
#include "codec/fetch.hpp"

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

struct known_name {
  std::string_view name;
  fetch_item kind;
};
constexpr known_name known_names[] = {{"UID", fetch_item::uid},
                                      {"FLAGS", fetch_item::flags},
                                      {"INTERNALDATE", fetch_item::internaldate},
                                      {"RFC822.SIZE", fetch_item::rfc822_size},
                                      {"ENVELOPE", fetch_item::envelope},
                                      {"BODY", fetch_item::body},
                                      {"BODYSTRUCTURE", fetch_item::bodystructure},
                                      {"RFC822", fetch_item::rfc822},
                                      {"RFC822.HEADER", fetch_item::rfc822_header},
                                      {"RFC822.TEXT", fetch_item::rfc822_text},
                                      {"MODSEQ", fetch_item::modseq},
                                      {"EMAILID", fetch_item::emailid},
                                      {"THREADID", fetch_item::threadid},
                                      {"SAVEDATE", fetch_item::savedate},
                                      {"PREVIEW", fetch_item::preview},
                                      {"X-GM-MSGID", fetch_item::gm_msgid},
                                      {"X-GM-THRID", fetch_item::gm_thrid},
                                      {"X-GM-LABELS", fetch_item::gm_labels},
                                      {"ANNOTATION", fetch_item::annotation}};

}  // namespace

std::size_t end_of_name(std::string_view text, std::size_t at) noexcept {
  while (at < text.size()) {
    const char c = text[at];
    if (c == '[') {
      at = end_of_section(text, at);
      if (at == none) return none;
      if (at < text.size() && text[at] == '<') {
        const auto close = text.find_first_of("> )(", at);
        if (close == none || text[close] != '>') return none;
        at = close + 1;
      }
      return at;
    }
    if (c == ' ' || c == '(' || c == ')' || c == '"' || c == '{' || c == '\r' || c == '\n') return at;
    ++at;
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
      const auto begin = at;
      while (at < text.size() && text[at] != ' ' && text[at] != '(' && text[at] != ')' && text[at] != '"' &&
             (text[at] != '{' || at == begin))
        ++at;
    }
  } while (depth > 0);
  out.at = at;
  return out;
}

fetch_item kind_of(std::string_view name) noexcept {
  // The commonest items are told by their first letter and length before any comparison.
  const char first = name.empty() ? '\0' : base::to_upper(name.front());
  if (first == 'U' && name.size() == 3 && base::iequals(name, "UID")) return fetch_item::uid;
  if (first == 'F' && name.size() == 5 && base::iequals(name, "FLAGS")) return fetch_item::flags;
  if (first == 'B' && name.size() > 4 && (name.back() == ']' || name.back() == '>')) {
    if (base::istarts_with(name, "BODY[")) return fetch_item::body_section;
    if (base::istarts_with(name, "BINARY[")) return fetch_item::binary;
    if (base::istarts_with(name, "BINARY.SIZE[")) return fetch_item::binary_size;
  }
  for (const auto& known : known_names) {
    if (known.name.size() == name.size() && known.name.front() == first && base::iequals(name, known.name))
      return known.kind;
  }
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
