#include "arguments.hpp"

#include "text.hpp"

namespace imapxx::testserver::detail {

void fail_bad(const std::string& text) { throw command_failure{"BAD", "", text}; }

void fail_no(const std::string& code, const std::string& text) { throw command_failure{"NO", code, text}; }

bool arguments::at_end() const { return pos_ >= current().size() && piece_ + 1 >= pieces_.size(); }

char arguments::peek() const { return pos_ < current().size() ? current()[pos_] : '\0'; }

bool arguments::at_literal() const { return pos_ >= current().size() && piece_ + 1 < pieces_.size(); }

bool arguments::literal_is_binary() const { return at_literal() && pieces_[piece_ + 1].binary; }

void arguments::space() { expect(' '); }

void arguments::expect(char c) {
  if (!accept(c)) fail_bad(c == ' ' ? "Missing argument" : std::string("Expected '") + c + "'");
}

bool arguments::accept(char c) {
  if (peek() != c || pos_ >= current().size()) return false;
  ++pos_;
  return true;
}

void arguments::end() const {
  if (!at_end()) fail_bad("Unexpected arguments");
}

std::string arguments::word(std::string_view stops) {
  auto start = pos_;
  while (pos_ < current().size() && peek() > ' ' && peek() != 0x7f && stops.find(peek()) == std::string_view::npos)
    ++pos_;
  if (start == pos_) fail_bad("Missing or invalid argument");
  return current().substr(start, pos_ - start);
}

std::string arguments::atom() { return word("(){%*\"\\]"); }

std::string arguments::take_literal() {
  auto text = std::move(pieces_[piece_ + 1].text);
  piece_ += 2;
  pos_ = 0;
  if (piece_ >= pieces_.size()) {
    pieces_.push_back({});
    piece_ = pieces_.size() - 1;
  }
  return text;
}

std::string arguments::literal() {
  if (!at_literal()) fail_bad("Literal expected");
  return take_literal();
}

std::string arguments::string() {
  if (at_literal()) return take_literal();
  expect('"');
  std::string out;
  for (; pos_ < current().size(); ++pos_) {
    char c = peek();
    if (c == '"') {
      ++pos_;
      return out;
    }
    if (c == '\\') {
      ++pos_;
      c = peek();
      if (c != '"' && c != '\\') fail_bad("Invalid escape in quoted string");
    }
    out.push_back(c);
  }
  fail_bad("Unterminated quoted string");
}

std::string arguments::astring() {
  if (at_literal() || at('"')) return string();
  auto start = pos_;
  while (pos_ < current().size() &&
         (is_8bit(peek()) ||
          (peek() > ' ' && peek() != 0x7f && std::string_view("(){%*\"\\").find(peek()) == std::string_view::npos)))
    ++pos_;
  if (start == pos_) fail_bad("Missing or invalid argument");
  return current().substr(start, pos_ - start);
}

std::string arguments::nstring(bool& null) {
  null = false;
  if (at_literal() || at('"')) return string();
  null = iequals(atom(), "NIL");
  if (!null) fail_bad("String or NIL expected");
  return {};
}

std::string arguments::list_pattern() {
  if (at_literal() || at('"')) return string();
  auto start = pos_;
  while (pos_ < current().size() &&
         (is_8bit(peek()) ||
          (peek() > ' ' && peek() != 0x7f && std::string_view("(){\"\\").find(peek()) == std::string_view::npos)))
    ++pos_;
  if (start == pos_) fail_bad("Missing or invalid argument");
  return current().substr(start, pos_ - start);
}

std::uint64_t arguments::number() {
  auto start = pos_;
  while (is_digit(peek())) ++pos_;
  auto n = parse_number(std::string_view(current()).substr(start, pos_ - start));
  if (!n) fail_bad("Number expected");
  return *n;
}

number_ranges arguments::sequence_set() {
  auto start = pos_;
  while (pos_ < current().size() &&
         (is_digit(peek()) || std::string_view("*:,$").find(peek()) != std::string_view::npos))
    ++pos_;
  auto set = number_ranges::parse(std::string_view(current()).substr(start, pos_ - start));
  if (!set) fail_bad("Invalid message set");
  return *set;
}

std::string arguments::rest() {
  auto r = current().substr(pos_);
  pos_ = current().size();
  return r;
}

}  // namespace imapxx::testserver::detail
