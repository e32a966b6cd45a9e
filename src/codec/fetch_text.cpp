#include <imapxx/fetch_text.hpp>
#include <imapxx/wire/lexer.hpp>

#include "base/ascii.hpp"
#include "codec/fetch.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace imapxx::inline v0 {
namespace {

using wire::lexer;

// `codec::read_item`'s reason for an item without an end.
constexpr std::string_view unbalanced = "balanced value";

bool is_structure(fetch_item kind) noexcept { return kind == fetch_item::body || kind == fetch_item::bodystructure; }

/// What stands before the list of items: `* 158 FETCH `, `158 `, and parentheses around.
class preamble {
 public:
  explicit preamble(lexer& in) {
    in.spaces();
    if (in.literal_char('*')) in.spaces();
    // Around the number, or around the list.
    while (!number_follows(in) && in.peek() == '(' && encloses(in)) {
      in.skip();
      in.spaces();
    }
    if (number_follows(in)) {
      seq = in.number().value_or(0);
      in.spaces();
      if (in.keyword("FETCH")) in.spaces();
    }
  }
  std::uint32_t seq = 0;

 private:
  static bool number_follows(const lexer& in) noexcept { return base::is_digit(in.peek()); }
  // Whether a number or a further list stands behind the parenthesis, rather than an item's name.
  static bool encloses(const lexer& in) noexcept {
    const auto rest = in.rest();
    const auto inside = rest.find_first_not_of(' ', 1);
    return inside != std::string_view::npos && (base::is_digit(rest[inside]) || rest[inside] == '(');
  }
};

// Whether the text is a structure without a name: `(("TEXT" …` or `("TEXT" …`.
bool is_bare_structure(std::string_view text) noexcept {
  const auto first = text.find_first_not_of("( ");
  return first != 0 && first != std::string_view::npos &&
         (text[first] == '"' || base::istarts_with(text.substr(first), "NIL"));
}

result<body_structure> read_structure(std::string_view value, std::size_t offset) {
  lexer in(value, offset);
  in.spaces();
  body_structure out;
  if (codec::parse_body(in, {}, out)) return out;
  in.fail("body");
  return in.failure();
}

}  // namespace

result<fetch_data> parse_fetch_text(std::string_view text) {
  lexer in(text);
  const preamble before(in);
  if (in.peek() != '(') {
    in.fail("list of FETCH items");
    return in.failure();
  }
  // What closes the parentheses around the whole is no part of the row.
  const auto begin = in.position();
  const auto list = in.any_value();
  if (!list) in.seek(text.size());
  fetch_row row;
  row.assign(before.seq, text.substr(begin, in.position() - begin), begin);
  auto data = row.to_data();
  for (auto& u : data.unparsed) {
    // What does not end is known by its beginning only.
    if (u.reason != unbalanced || !is_structure(codec::kind_of(u.name))) continue;
    if (const auto read = read_structure(u.raw, static_cast<std::size_t>(u.offset)); !read)
      u.offset = read.error().offset();
  }
  return data;
}

result<body_structure> parse_body_structure(std::string_view text) {
  if (is_bare_structure(text)) return read_structure(text, 0);
  auto data = parse_fetch_text(text);
  if (!data) return data.error();
  if (data->bodystructure) return std::move(*data->bodystructure);
  if (data->body) return std::move(*data->body);
  for (const auto& u : data->unparsed)
    if (is_structure(codec::kind_of(u.name))) return error(errc::unparsed, u.reason).set_offset(u.offset);
  return error(errc::unparsed, "expected BODYSTRUCTURE");
}

}  // namespace imapxx::inline v0
