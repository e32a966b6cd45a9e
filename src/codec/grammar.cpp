#include "codec/grammar.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <limits>

namespace imapxx::inline v0::codec {

bool gap(lexer& in) noexcept {
  if (!in.sp()) return false;
  skip_spaces(in, quirk::g02);
  return true;
}

void skip_spaces(lexer& in, quirk q) noexcept {
  if (in.peek() != ' ') return;
  in.spaces();
  tolerate(q);
}

bool open(lexer& in) noexcept {
  if (!in.literal_char('(')) return false;
  skip_spaces(in, quirk::g04);
  return true;
}

bool close(lexer& in) noexcept {
  const auto at = in.position();
  const bool blank = in.spaces();
  if (!in.literal_char(')')) {
    in.seek(at);
    return false;
  }
  if (blank) tolerate(quirk::g04);
  return true;
}

number_read read_number(lexer& in, std::uint64_t& value) noexcept {
  const bool padded = in.peek() == '0' && in.rest().size() > 1 && base::is_digit(in.rest()[1]);
  if (const auto n = in.number64()) {
    if (padded) tolerate(quirk::g15);
    value = *n;
    return number_read::value;
  }
  const auto rest = in.rest();
  const bool negative = rest.size() > 1 && rest[0] == '-' && base::is_digit(rest[1]);
  std::size_t n = negative ? 1 : 0;
  while (n < rest.size() && base::is_digit(rest[n])) ++n;
  if (n == 0) return number_read::none;
  in.skip(n);
  if (negative) {
    tolerate(quirk::g17);
    return number_read::unknown;
  }
  tolerate(quirk::g16);
  value = std::numeric_limits<std::int64_t>::max();
  return number_read::value;
}

bool read_number32(lexer& in, std::uint32_t& value) noexcept {
  std::uint64_t n = 0;
  const auto at = in.position();
  if (read_number(in, n) != number_read::value) {
    in.seek(at);
    return false;
  }
  constexpr auto largest = std::numeric_limits<std::uint32_t>::max();
  if (n > largest) tolerate(quirk::g16);
  value = static_cast<std::uint32_t>(std::min<std::uint64_t>(n, largest));
  return true;
}

bool at_string(const lexer& in) noexcept {
  const char c = in.peek();
  return c == '"' || c == '{' || in.rest().substr(0, 2) == "~{";
}

std::string text_of(const wire::string_token& token) {
  const auto raw = token.raw();
  if (!token.escaped()) return std::string(raw);
  for (std::size_t i = 0; i + 1 < raw.size(); ++i) {
    if (raw[i] != '\\') continue;
    ++i;
    if (raw[i] != '"' && raw[i] != '\\') {
      tolerate(quirk::e11);
      break;
    }
  }
  return token.to_string();
}

bool read_text(lexer& in, std::string& out) {
  const auto token = in.nastring();
  if (!token) return false;
  out = text_of(*token);
  return true;
}

bool read_ntext(lexer& in, std::optional<std::string>& out) {
  const auto token = in.nastring();
  if (!token) return false;
  out.reset();
  if (!token->is_nil()) out = text_of(*token);
  return true;
}

namespace {

// An unquoted name: an atom, or what servers send in its place (L-01, S-17).
bool read_bare_name(lexer& in, name_end end, std::string_view& name) {
  const auto rest = in.rest();
  std::size_t n = 0;
  if (end == name_end::space) {
    n = std::min(rest.find(' '), rest.size());
  } else {
    n = std::min(rest.find(" ("), rest.size());
    while (n > 0 && rest[n - 1] == ' ') --n;
  }
  name = rest.substr(0, n);
  if (name.empty()) return false;
  in.skip(n);
  return true;
}

bool is_astring(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u > 0x20 && u < 0x7f && std::string_view("(){%*\"\\").find(c) == std::string_view::npos;
  });
}

}  // namespace

bool read_mailbox(lexer& in, const parse_options& options, name_end end, mailbox_name& out) {
  bool utf8 = options.utf8;
  if (in.rest().substr(0, 2) == "*\"") {
    in.skip();
    tolerate(quirk::l16a);
    utf8 = true;
  }
  if (at_string(in)) {
    const auto token = in.string();
    if (!token) return false;
    out = mailbox_name::from_wire(text_of(*token), utf8);
  } else {
    std::string_view name;
    if (!read_bare_name(in, end, name)) return false;
    if (!is_astring(name)) tolerate(end == name_end::list ? quirk::l01 : quirk::s17);
    out = mailbox_name::from_wire(name, utf8);
  }
  if (!out.decoded()) tolerate(quirk::l24);
  return true;
}

bool read_flags(lexer& in, std::size_t max_elements, bool star, flag_list& out) {
  if (in.nil()) {
    tolerate(quirk::s09);
    out = {};
    return true;
  }
  if (!open(in)) {
    in.fail("flag-list");
    return false;
  }
  std::vector<flag> flags;
  constexpr std::ptrdiff_t usual = 16;
  const auto ahead = in.rest().substr(0, 256);
  flags.reserve(static_cast<std::size_t>(std::min(usual, std::count(ahead.begin(), ahead.end(), ' ') + 1)));
  while (!close(in)) {
    if (!flags.empty()) (void)gap(in);
    if (at_limit(in, flags.size(), max_elements)) return false;
    if (const auto name = in.flag()) {
      if (*name == "\\*" && !star) {
        tolerate(quirk::s07);
      } else if (base::iequals(*name, "NIL")) {
        tolerate(quirk::s09);
      } else {
        flags.emplace_back(*name);
      }
    } else if (in.peek() == '"' || in.peek() == '{') {
      const auto text = in.string();
      if (!text) {
        in.fail("flag");
        return false;
      }
      tolerate(quirk::s08);
      flags.emplace_back(text_of(*text));
    } else if (in.peek() == '\\') {
      in.skip();  // a backslash without a name
      tolerate(quirk::l07);
    } else if (in.at_end() || in.peek() == '(' || in.peek() == ' ') {
      in.fail("flag-list");
      return false;
    } else {
      const auto rest = in.rest();
      const auto n = std::min(rest.find_first_of(" ()"), rest.size());
      flags.emplace_back(rest.substr(0, n));
      tolerate(quirk::s10);
      in.skip(n);
    }
  }
  const auto before = flags.size();
  out = flag_list::from(std::move(flags));
  if (out.size() != before) tolerate(quirk::s11);
  return true;
}

capability_set read_capabilities(std::string_view text) {
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
    if (text.empty() || text.back() != ' ') tolerate(quirk::g03);
  }
  if (text.find("  ") != std::string_view::npos) tolerate(quirk::g02);
  capability_set out(text);
  if (!out.contains("+")) return out;
  std::string repaired;
  for (const auto& name : out.names()) {
    const bool plus_of_literal =
        name == "+" && base::iequals(std::string_view(repaired).substr(repaired.rfind(' ') + 1), "LITERAL");
    if (plus_of_literal) {
      tolerate(quirk::g05);
    } else {
      repaired += ' ';
    }
    repaired += name;
  }
  out = capability_set(repaired);
  return out;
}

bool at_limit(lexer& in, std::size_t elements, std::size_t most) noexcept {
  if (elements < most) return false;
  in.fail(limit_list_elements);
  return true;
}

bool fail_set(lexer& in, const error& why, const char* rule) noexcept {
  in.fail(why.code() == errc::limit_exceeded ? limit_set_ranges : rule);
  return false;
}

std::string_view exceeded_limit(const error& why) noexcept {
  for (const std::string_view name : {limit_nesting, limit_list_elements, limit_set_ranges}) {
    if (why.message().ends_with(name)) return name;
  }
  return {};
}

std::string reason_of(const error& why, std::size_t nesting, std::size_t list_elements, std::size_t set_ranges) {
  const auto name = exceeded_limit(why);
  if (name.empty()) return std::string(why.message());
  const auto value = name == limit_nesting ? nesting : name == limit_list_elements ? list_elements : set_ranges;
  return std::string(name) + " = " + std::to_string(value) + " is exceeded";
}

}  // namespace imapxx::inline v0::codec
