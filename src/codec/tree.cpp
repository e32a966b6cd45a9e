#include "codec/tree.hpp"

#include "base/ascii.hpp"
#include "base/swar.hpp"

#include <algorithm>

namespace imapxx::inline v0::codec {

namespace {

// quoted = DQUOTE *QUOTED-CHAR DQUOTE, as `lexer::string` reads it. \return where it ends, or npos
std::size_t read_quoted(std::string_view text, std::size_t at, wire::string_token& token) noexcept {
  bool escaped = false;
  std::size_t i = at + 1;
  for (;; ++i) {
    i = base::find_first_of<'"', '\\', '\r', '\n'>(text, i);
    if (i == text.size() || text[i] == '\r' || text[i] == '\n') return std::string_view::npos;
    if (text[i] == '"') break;
    escaped = true;
    ++i;
    if (i == text.size() || text[i] == '\r' || text[i] == '\n') return std::string_view::npos;
  }
  token = wire::string_token(wire::string_token::form::quoted, text.substr(at + 1, i - at - 1), escaped);
  return i + 1;
}

node_kind kind_of_word(std::string_view word) noexcept {
  if (word == "NIL" || base::iequals(word, "NIL")) return node_kind::nil;
  return std::all_of(word.begin(), word.end(), base::is_digit) ? node_kind::number : node_kind::atom;
}

}  // namespace

// One token that is no list. `at` moves behind it, and on failure to where the reason is.
bool tree::read_token(std::string_view text, std::size_t& at) {
  node& n = nodes_.back();
  const auto begin = at;
  if (text[at] == '"') {
    const auto end = read_quoted(text, at, n.token);
    if (end == std::string_view::npos) return false;
    n.kind = node_kind::string;
    at = end;
    // A quote within a string (E-10) shows itself by what stands right behind the seeming end.
    if (at < text.size() && text[at] != ' ' && text[at] != ')' && text[at] != '(') return false;
    n.raw = text.substr(begin, at - begin);
    return true;
  }
  if (text[at] == '{' || text[at] == '~') {
    lexer in(text.substr(at));
    if (const auto s = in.string()) {
      n.kind = s->is_nil() ? node_kind::nil : node_kind::string;
      n.token = *s;
      at += in.position();
      n.raw = text.substr(begin, at - begin);
      return true;
    }
  }
  const auto end = base::find_first_of<' ', '(', ')', '"', '\r', '\n'>(text, at);
  if (end == at || (end < text.size() && text[end] == '"')) return false;
  at = end;
  n.raw = text.substr(begin, at - begin);
  n.kind = kind_of_word(n.raw);
  return true;
}

bool tree::read(lexer& in, std::size_t max_nesting, std::size_t max_nodes) {
  struct open_list {
    std::uint32_t node;
    std::size_t at;
  };
  const auto start = in.position();
  const auto text = in.rest();
  const char* const octets = text.data();
  const std::size_t size = text.size();
  std::size_t at = 0;
  const auto fail = [&](const char* rule) {
    in.seek(start + at);
    in.fail(rule);
    return false;
  };
  nodes_.clear();
  // What a token of an honest value takes on the wire, at least; dishonest ones grow as they must.
  constexpr std::size_t octets_per_node = 6;
  constexpr std::size_t most_ahead = 256;
  nodes_.reserve(std::min({max_nodes, most_ahead, size / octets_per_node + 2}));
  std::vector<open_list> opened;  // lists not yet closed
  do {
    const auto blanks_at = at;
    const bool inside = !opened.empty();
    while (inside && at < size && octets[at] == ' ') ++at;
    const bool spaced = at != blanks_at;
    if (at > blanks_at + 1) tolerate(quirk::g02);
    if (inside && at < size && octets[at] == ')') {
      ++at;
      if (spaced) tolerate(quirk::g04);
      auto& list = nodes_[opened.back().node];
      list.next = static_cast<std::uint32_t>(nodes_.size());
      list.raw = text.substr(opened.back().at, at - opened.back().at);
      opened.pop_back();
      continue;
    }
    if (spaced && nodes_[opened.back().node].count == 0) tolerate(quirk::g04);
    if (at == size) return fail("closing parenthesis");
    if (nodes_.size() >= max_nodes) return fail("limit of tokens");
    if (inside) ++nodes_[opened.back().node].count;
    auto& n = nodes_.emplace_back();
    n.spaced = spaced;
    if (octets[at] == '(') {
      n.kind = node_kind::list;
      opened.push_back({static_cast<std::uint32_t>(nodes_.size() - 1), at++});
      if (opened.size() > max_nesting) return fail(limit_nesting);
      continue;
    }
    if (!read_token(text, at)) return fail("string");
    n.next = static_cast<std::uint32_t>(nodes_.size());
  } while (!opened.empty());
  in.seek(start + at);
  return true;
}

elements::elements(const std::vector<node>& nodes, std::uint32_t list) : size_(nodes[list].count) {
  std::uint32_t* to = few_.data();
  if (size_ > inline_elements) {
    many_.resize(size_);
    to = many_.data();
  }
  auto at = list + 1;
  for (std::size_t n = 0; n < size_; ++n) {
    to[n] = at;
    at = nodes[at].next;
  }
}

std::string tree::text(std::uint32_t i) const {
  const auto& n = nodes_[i];
  if (n.kind == node_kind::string) return text_of(n.token);
  if (n.kind == node_kind::atom || n.kind == node_kind::number) return std::string(n.raw);
  return {};
}

std::optional<std::string> tree::ntext(std::uint32_t i) const {
  if (!is_text(i)) return std::nullopt;
  return text(i);
}

}  // namespace imapxx::inline v0::codec
