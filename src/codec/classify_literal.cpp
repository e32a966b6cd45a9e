#include "base/ascii.hpp"
#include "codec/cut.hpp"
#include "codec/fetch.hpp"
#include "wire/literal_header.hpp"

namespace imapxx::inline v0::codec {
namespace {

// `* n FETCH (` or `* n UIDFETCH (`; `text` is left at the parenthesis.
bool read_head(lexer& in, pending_literal& out) {
  std::uint32_t n = 0;
  if (!in.literal_char('*') || !in.spaces() || !read_number32(in, n) || !in.spaces()) return false;
  if (in.keyword("FETCH")) {
    out.seq = n;
  } else if (in.keyword("UIDFETCH")) {
    out.uid = n;
  } else {
    return false;
  }
  in.spaces();
  return in.literal_char('(');
}

// More literals than that in one item name, or behind a quote that is never closed, and the response is given up.
constexpr std::size_t most_stuck = 64;

// Whether the header at `at` is the one that ends the text.
bool is_last(std::string_view text, std::size_t at) {
  const auto header = wire::read_literal_header(text.substr(at));
  if (header.kind != wire::literal_header::form::plain) return false;
  return text.find_first_not_of(" \r\n", at + header.length) == std::string_view::npos;
}

}  // namespace

pending_literal classify_literal(std::string_view text_so_far) { return literal_classifier().classify(text_so_far); }

void literal_classifier::start(std::string_view text) {
  *this = literal_classifier();
  lexer in(text);
  head_.is_fetch = read_head(in, head_);
  at_ = in.position();
}

pending_literal literal_classifier::classify(std::string_view text) {
  // All of this is read again, and counted, when the response is complete.
  base::tentative_leniency not_counted;
  if (at_ == 0 || at_ > text.size()) start(text);
  if (!head_.is_fetch) return {};
  if (stuck_ > most_stuck) return head_;
  const auto before = at_;
  // Whatever stands in front of the literal's header was balanced or belongs to the value that the literal is in.
  while (at_ < text.size()) {
    const char c = text[at_];
    if (depth_ > 0) {
      if (!step_inside(text)) break;
    } else if (c == ' ' || c == ')') {
      if (c == ')') expects_value_ = false;
      ++at_;
    } else if (expects_value_) {
      if (!step_value(text)) break;
    } else if (c == '(') {
      ++at_;
    } else {
      const auto end = end_of_name(text, at_);
      if (end == std::string_view::npos || end == text.size()) break;
      const auto name = text.substr(at_, end - at_);
      kind_ = kind_of(name);
      section_ = is_section(kind_) ? section_of(kind_, name) : std::nullopt;
      expects_value_ = end != at_;
      at_ = expects_value_ ? end : end + 1;
    }
  }
  if (at_ == before) ++stuck_;
  auto out = head_;
  if (at_literal_ && depth_ == 0) out.sec = section_;
  at_literal_ = false;
  return out;
}

// Within a list: only its depth matters.
bool literal_classifier::step_inside(std::string_view text) {
  const char c = text[at_];
  if (c == '"') {
    const auto end = closing_quote(text, at_, quoting::strict);
    if (end == std::string_view::npos) return false;
    at_ = end + 1;
    return true;
  }
  if (c == '{') {
    if (is_last(text, at_)) return false;
    if (const auto found = find_literal(text, at_)) {
      at_ = found->end;
      return true;
    }
  }
  if (c == '(') ++depth_;
  if (c == ')' && --depth_ == 0) expects_value_ = false;
  ++at_;
  return true;
}

bool literal_classifier::step_value(std::string_view text) {
  const char c = text[at_];
  if (c == '(') {
    depth_ = 1;
    ++at_;
    return true;
  }
  if ((c == '{' || c == '~') && is_last(text, at_)) {
    // Not passed over: when it is there, its octets stand behind the header, or a mark that they went elsewhere.
    at_literal_ = true;
    return false;
  }
  const auto end = end_of_value(text, at_, quoting::strict, 1);
  if (end.at == std::string_view::npos || end.at == at_) return false;
  if (kind_ == fetch_item::uid) {
    lexer number(text.substr(at_, end.at - at_));
    std::uint32_t n = 0;
    if (read_number32(number, n) && n != 0) head_.uid = n;
  }
  at_ = end.at;
  expects_value_ = false;
  return true;
}

}  // namespace imapxx::inline v0::codec
