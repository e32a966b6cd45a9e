#include "codec/tree.hpp"

#include "base/ascii.hpp"

#include <algorithm>

namespace imapxx::inline v0::codec {

// One token that is no list; `begin` is where it stands.
bool tree::read_token(lexer& in, std::size_t begin) {
  const auto from = in.rest();
  node& n = nodes_.back();
  if (const auto s = in.string()) {
    n.kind = s->is_nil() ? node_kind::nil : node_kind::string;
    n.token = *s;
    // A quote within a string (E-10) shows itself by what stands right behind the seeming end.
    const bool quoted = s->kind() == wire::string_token::form::quoted;
    if (quoted && !in.at_end() && std::string_view(" ()").find(in.peek()) == std::string_view::npos) return false;
  } else if (from.front() == '"') {
    return false;
  } else {
    const auto length = std::min(from.find_first_of(" ()\"\r\n"), from.size());
    if (length == 0 || (length < from.size() && from[length] == '"')) return false;
    in.skip(length);
    const auto word = from.substr(0, length);
    const bool number = std::all_of(word.begin(), word.end(), base::is_digit);
    n.kind = base::iequals(word, "NIL") ? node_kind::nil : number ? node_kind::number : node_kind::atom;
  }
  n.raw = from.substr(0, in.position() - begin);
  return true;
}

bool tree::read(lexer& in, std::size_t max_nesting, std::size_t max_nodes) {
  nodes_.clear();
  std::vector<std::pair<std::uint32_t, std::size_t>> opened;  // lists not yet closed: node and position
  const auto close_list = [&] {
    auto& list = nodes_[opened.back().first];
    list.next = static_cast<std::uint32_t>(nodes_.size());
    const auto length = in.position() - opened.back().second;
    in.seek(opened.back().second);
    list.raw = in.rest().substr(0, length);
    in.skip(length);
    opened.pop_back();
  };
  do {
    const bool first = !nodes_.empty() && !opened.empty() && nodes_[opened.back().first].count == 0;
    const auto blanks_at = in.position();
    const bool spaced = !opened.empty() && in.spaces();
    if (in.position() > blanks_at + 1) tolerate(quirk::g02);
    if (in.literal_char(')') && !opened.empty()) {
      if (spaced) tolerate(quirk::g04);
      close_list();
      continue;
    }
    if (spaced && first) tolerate(quirk::g04);
    if (in.at_end()) {
      in.fail("closing parenthesis");
      return false;
    }
    if (nodes_.size() >= max_nodes) {
      in.fail("limit of tokens");
      return false;
    }
    if (!opened.empty()) ++nodes_[opened.back().first].count;
    const auto begin = in.position();
    nodes_.emplace_back();
    nodes_.back().spaced = spaced;
    if (in.literal_char('(')) {
      if (opened.size() == max_nesting) {
        in.fail(limit_nesting);
        return false;
      }
      nodes_.back().kind = node_kind::list;
      opened.emplace_back(static_cast<std::uint32_t>(nodes_.size() - 1), begin);
      continue;
    }
    if (!read_token(in, begin)) {
      in.fail("string");
      return false;
    }
    nodes_.back().next = static_cast<std::uint32_t>(nodes_.size());
  } while (!opened.empty());
  return true;
}

std::vector<std::uint32_t> tree::elements(std::uint32_t i) const {
  std::vector<std::uint32_t> out;
  out.reserve(nodes_[i].count);
  auto at = i + 1;
  for (std::uint32_t n = 0; n < nodes_[i].count; ++n) {
    out.push_back(at);
    at = nodes_[at].next;
  }
  return out;
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
