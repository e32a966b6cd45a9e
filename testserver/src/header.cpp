#include "header.hpp"

#include "text.hpp"

#include <algorithm>
#include <map>

namespace imapxx::testserver::detail {

std::vector<header_field> split_header(std::string_view block) {
  std::vector<header_field> fields;
  for (std::size_t pos = 0; pos < block.size();) {
    std::size_t end = pos;
    do {
      auto lf = block.find('\n', end);
      end = lf == std::string_view::npos ? block.size() : lf + 1;
    } while (end < block.size() && (block[end] == ' ' || block[end] == '\t'));
    header_field f;
    f.raw = block.substr(pos, end - pos);
    pos = end;
    std::string_view line = f.raw;
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    if (line.empty()) break;
    auto colon = line.find(':');
    if (colon != std::string_view::npos && line.substr(0, colon).find('\n') == std::string_view::npos) {
      f.name = trim(line.substr(0, colon));
      f.value = line.substr(colon + 1);
    }
    fields.push_back(f);
  }
  return fields;
}

std::string unfold(std::string_view value) {
  std::string r;
  while (!value.empty() && is_space(value.front())) value.remove_prefix(1);
  for (char c : value)
    if (c != '\r' && c != '\n') r.push_back(c);
  return r;
}

namespace {

bool is_atext(char c) {
  return is_8bit(c) || (c > ' ' && c != 0x7f && std::string_view("()<>[]:;@\\,.\"").find(c) == std::string_view::npos);
}

bool is_mime_token(char c) {
  return is_8bit(c) ||
         (c > ' ' && c != 0x7f && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos);
}

}  // namespace

bool rfc822_cursor::skip_comment() {
  comment_.clear();
  int depth = 0;
  for (; pos_ < text_.size(); ++pos_) {
    char c = text_[pos_];
    if (c == '(' && depth++ == 0) continue;
    if (c == ')' && --depth == 0) {
      ++pos_;
      return true;
    }
    if (c == '\\' && pos_ + 1 < text_.size()) c = text_[++pos_];
    if (c != '\r' && c != '\n') comment_.push_back(c);
  }
  return false;
}

rfc822_cursor::state rfc822_cursor::skip() {
  while (!at_end()) {
    if (is_space(peek()))
      ++pos_;
    else if (peek() != '(')
      break;
    else if (!skip_comment())
      return state::bad;
  }
  return here();
}

rfc822_cursor::state rfc822_cursor::quoted_string(std::string& out) {
  for (++pos_; !at_end(); ++pos_) {
    char c = peek();
    if (c == '"') {
      ++pos_;
      return skip();
    }
    if (c == '\\' && pos_ + 1 < text_.size()) c = text_[++pos_];
    if (c != '\r' && c != '\n') out.push_back(c);
  }
  return state::bad;
}

rfc822_cursor::state rfc822_cursor::atom_or_dot(std::string& out) {
  auto start = pos_;
  while (!at_end() && (is_atext(peek()) || peek() == '.')) ++pos_;
  if (start == pos_) return state::bad;
  out += text_.substr(start, pos_ - start);
  return skip();
}

rfc822_cursor::state rfc822_cursor::dot_atom(std::string& out, bool loose) {
  if (at_end() || !(is_atext(peek()) || (loose && peek() == '.'))) return state::bad;
  for (;;) {
    auto start = pos_;
    while (!at_end() && is_atext(peek())) ++pos_;
    if (!loose && start == pos_) return state::bad;
    out += text_.substr(start, pos_ - start);
    if (auto s = skip(); s != state::more) return s;
    if (peek() != '.') return state::more;
    while (at('.')) {
      out.push_back('.');
      ++pos_;
      if (auto s = skip(); s != state::more) return loose ? s : state::bad;
      if (!loose) break;
    }
    if (loose && !is_atext(peek())) return state::more;
  }
}

rfc822_cursor::state rfc822_cursor::phrase(std::string& out) {
  if (at_end()) return state::end;
  if (peek() == '.') return state::bad;
  for (;;) {
    auto s = peek() == '"' ? quoted_string(out) : atom_or_dot(out);
    if (s != state::more) return s;
    if (!is_atext(peek()) && peek() != '"' && peek() != '.') return skip();
    out.push_back(' ');
  }
}

rfc822_cursor::state rfc822_cursor::domain_literal(std::string& out) {
  for (; !at_end(); ++pos_) {
    char c = peek();
    if (c == '\\' && pos_ + 1 < text_.size())
      out.push_back(text_[++pos_]);
    else if (!is_space(c))
      out.push_back(c);
    if (c == ']') {
      ++pos_;
      return skip();
    }
  }
  return state::bad;
}

rfc822_cursor::state rfc822_cursor::domain(std::string& out) {
  ++pos_;  // the @
  if (auto s = skip(); s != state::more) return state::bad;
  return peek() == '[' ? domain_literal(out) : dot_atom(out, false);
}

rfc822_cursor::state rfc822_cursor::mime_token(std::string& out) {
  auto start = pos_;
  while (!at_end() && is_mime_token(peek())) ++pos_;
  out += text_.substr(start, pos_ - start);
  auto s = skip();
  return start == pos_ ? state::bad : s;
}

namespace {

using state = rfc822_cursor::state;

bool skip_to_semicolon(rfc822_cursor& in) {
  while (!in.at_end() && !in.at(';')) in.advance();
  return !in.at_end();
}

/// Up to the next semicolon or white space: values with characters that belong in quotes are common.
state loose_value(rfc822_cursor& in, std::string& out) {
  while (!in.at_end() && !in.at(';') && !is_space(in.peek())) {
    out.push_back(in.peek());
    in.advance();
  }
  return in.skip();
}

bool one_parameter(rfc822_cursor& in, parameter& p) {
  if (in.mime_token(p.name) != state::more || !in.at('=')) return false;
  in.advance();
  if (in.skip() == state::bad) return false;
  if (in.at('"')) return in.quoted_string(p.value) != state::bad;
  return loose_value(in, p.value) != state::bad;
}

std::string percent_encode(std::string_view s) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string r;
  for (char c : s) {
    auto u = static_cast<unsigned char>(c);
    if (u <= ' ' || u >= 0x7f || std::string_view("*'()<>@,;:\\\"/[]?=%").find(c) != std::string_view::npos) {
      r.push_back('%');
      r.push_back(hex[u >> 4]);
      r.push_back(hex[u & 15]);
    } else
      r.push_back(c);
  }
  return r;
}

struct segment {
  std::string value;
  bool extended = false;
};

/// Joins name*0, name*1* … (RFC 2231, 3 and 4.1).
parameter join_segments(const std::string& name, const std::map<std::uint64_t, segment>& segments) {
  parameter p{name, {}};
  bool extended = std::any_of(segments.begin(), segments.end(), [](const auto& s) { return s.second.extended; });
  if (extended) p.name += '*';
  for (const auto& [index, s] : segments) p.value += extended && !s.extended ? percent_encode(s.value) : s.value;
  return p;
}

}  // namespace

std::vector<parameter> parse_parameters(rfc822_cursor& in) {
  std::vector<parameter> result;
  std::vector<std::pair<std::string, std::map<std::uint64_t, segment>>> continued;
  while (in.skip() != state::bad && skip_to_semicolon(in)) {
    in.advance();
    if (in.skip() != state::more) break;
    parameter p;
    if (!one_parameter(in, p)) continue;
    auto star = p.name.find('*');
    bool extended = star != std::string::npos && p.name.back() == '*' && star + 1 < p.name.size();
    auto digits = star == std::string::npos ? std::string() : p.name.substr(star + 1);
    if (extended) digits.pop_back();
    auto index = parse_number(digits);
    if (!index) {
      result.push_back(p);
      continue;
    }
    auto name = p.name.substr(0, star);
    auto it = std::find_if(continued.begin(), continued.end(), [&](const auto& c) { return iequals(c.first, name); });
    if (it == continued.end()) it = continued.insert(continued.end(), {name, {}});
    it->second[*index] = segment{p.value, extended};
  }
  for (const auto& [name, segments] : continued) result.push_back(join_segments(name, segments));
  return result;
}

}  // namespace imapxx::testserver::detail
