// The dispatcher: which kind of response a line is, and who parses it.
#include <imapxx/response.hpp>

#include "base/ascii.hpp"
#include "codec/family.hpp"
#include "codec/quoting.hpp"

#include <algorithm>
#include <array>

namespace imapxx::inline v0 {
namespace {

using namespace codec;

struct entry {
  std::string_view name;
  family_parser parse;
};

#define IMAPXX_ENTRY(word, name) entry{word, parse_##name},
constexpr std::array named_responses = {IMAPXX_NAMED_RESPONSES(IMAPXX_ENTRY)};
constexpr std::array numbered_responses = {IMAPXX_NUMBERED_RESPONSES(IMAPXX_ENTRY)};
#undef IMAPXX_ENTRY

struct status_word {
  std::string_view name;
  status_kind kind;
};
constexpr status_word status_words[] = {{"OK", status_kind::ok},
                                        {"NO", status_kind::no},
                                        {"BAD", status_kind::bad},
                                        {"BYE", status_kind::bye},
                                        {"PREAUTH", status_kind::preauth}};

template <class Table>
family_parser find(const Table& table, std::string_view name) {
  for (const auto& e : table) {
    if (base::iequals(e.name, name)) return e.parse;
  }
  return nullptr;
}

std::optional<status_kind> status_of(std::string_view name) {
  for (const auto& w : status_words) {
    if (base::iequals(w.name, name)) return w.kind;
  }
  return std::nullopt;
}

std::string_view next_word(const lexer& in) {
  const auto rest = in.rest();
  return rest.substr(0, std::min(rest.find(' '), rest.size()));
}

/// Parses one response. `text` is what `raw` of an unparsed response shows.
class dispatcher {
 public:
  dispatcher(std::string_view text, const parse_options& options) noexcept
      : text_(text), in_(text), options_(options) {}

  response run() {
    const bool blank = in_.spaces();
    switch (in_.peek()) {
      case '*': return untagged();
      case '+': return continuation(blank);
      case '[': tolerate(quirk::g11); return status(status_kind::ok, {}, false);
      default: return blank ? without_tag() : tagged();
    }
  }

 private:
  [[nodiscard]] response unparsed(std::string_view name, const lexer& in) const {
    const auto why = in.failure();
    return unparsed_response{{std::string(name), std::string(text_),
                              reason_of(why, options_.nesting, options_.list_elements, options_.set_ranges),
                              why.offset()}};
  }
  response unparsed(std::string_view name, const char* rule) {
    in_.fail(rule);
    return unparsed(name, in_);
  }

  response status(status_kind kind, std::string_view tag, bool tag_missing) {
    status_response r;
    r.kind = kind;
    r.tag = tag;
    r.tag_missing = tag_missing;
    if (in_.at_end()) tolerate(quirk::g06);
    read_response_text(in_, options_, r.code, r.text);
    return r;
  }

  // continue-req = "+" SP (resp-text / base64), leniently without the space (G-07)
  response continuation(bool blank) {
    if (blank) tolerate(quirk::g10c);
    in_.skip();
    if (!in_.at_end() && in_.peek() != ' ') {
      in_.seek(0);
      return unparsed("", "response");
    }
    continuation_response r;
    if (!in_.sp()) tolerate(quirk::g07);
    read_response_text(in_, options_, r.code, r.text);
    return r;
  }

  // response-tagged = tag SP resp-cond-state
  response tagged() {
    const auto tag = next_word(in_);
    const auto start = in_.position();
    in_.skip(tag.size());
    (void)gap(in_);
    if (in_.peek() == '+' && (in_.rest().size() == 1 || in_.rest()[1] == ' ')) {
      tolerate(quirk::i09a);
      return continuation(false);
    }
    const auto word = next_word(in_);
    const auto kind = status_of(word);
    if (tag.empty() || !kind || *kind == status_kind::preauth) {
      in_.seek(start);
      tolerate(quirk::g10);
      return unparsed("", "response");
    }
    if (*kind == status_kind::bye) tolerate(quirk::g14);
    in_.skip(word.size());
    (void)gap(in_);
    return status(*kind, tag, false);
  }

  // A reply whose tag is a blank (G-10c).
  response without_tag() {
    const auto word = next_word(in_);
    const auto kind = status_of(word);
    if (!kind || *kind == status_kind::preauth || *kind == status_kind::bye) {
      tolerate(quirk::g10);
      return unparsed("", "response");
    }
    tolerate(quirk::g10c);
    in_.skip(word.size());
    (void)gap(in_);
    return status(*kind, {}, true);
  }

  response untagged() {
    in_.skip();
    if (in_.sp()) {
      skip_spaces(in_, quirk::g02a);
    } else if (in_.peek() != '[') {
      return unparsed("", "space");
    }
    if (in_.peek() == '[') {
      tolerate(quirk::g11);
      return status(status_kind::ok, {}, false);
    }
    if (base::is_digit(in_.peek()) || (in_.peek() == '-' && in_.rest().size() > 1 && base::is_digit(in_.rest()[1])))
      return numbered();
    const auto name = next_word(in_);
    if (name.empty() || !base::is_alpha(name.front()) || name.find_first_of("(){%*\"\\") != std::string_view::npos)
      return unparsed("", "response name");
    if (const auto kind = status_of(name)) {
      in_.skip(name.size());
      (void)gap(in_);
      return status(*kind, {}, false);
    }
    if (const auto parse = find(named_responses, name)) {
      in_.skip(name.size());
      return family(parse, base::to_upper(name), 0);
    }
    in_.skip(name.size());
    if (find(numbered_responses, name) != nullptr || base::iequals(name, "FETCH"))
      return unparsed(base::to_upper(name), "number");
    (void)in_.sp();
    return unknown_response{std::string(name), std::nullopt, std::string(in_.rest())};
  }

  response numbered() {
    std::uint64_t wide = 0;
    const auto start = in_.position();
    const auto read = read_number(in_, wide);
    if (!gap(in_)) return unparsed("", "space");
    const auto name = next_word(in_).substr(0, next_word(in_).find('('));
    const bool negative = read == number_read::unknown;
    if (base::iequals(name, "FETCH") || base::iequals(name, "UIDFETCH")) return fetch(name, negative ? 0 : clamp(wide));
    const auto parse = find(numbered_responses, name);
    if (parse != nullptr && !negative) {
      in_.skip(name.size());
      return family(parse, base::to_upper(name), clamp(wide));
    }
    if (name.empty() || parse != nullptr) {
      in_.seek(start);
      return unparsed(base::to_upper(name), "nz-number");
    }
    in_.skip(name.size());
    (void)in_.sp();
    return unknown_response{std::string(name), wide, std::string(in_.rest())};
  }

  static std::uint32_t clamp(std::uint64_t n) {
    constexpr std::uint64_t largest = 0xFFFFFFFFU;
    if (n > largest) tolerate(quirk::g16);
    return static_cast<std::uint32_t>(std::min(n, largest));
  }

  response fetch(std::string_view name, std::uint32_t number) {
    const bool by_uid = name.size() == 8;
    in_.skip(name.size());
    in_.spaces();
    if (in_.peek() != '(') return unparsed(base::to_upper(name), "msg-att");
    if (number == 0) tolerate(quirk::f01);
    fetch_response r;
    if (by_uid) {
      r.row.assign_uid(number, in_.rest(), in_.position(), options_.nesting);
    } else {
      r.row.assign(number, in_.rest(), in_.position(), options_.nesting);
    }
    if (r.row.items().empty()) tolerate(quirk::f03);
    return r;
  }

  static bool attempt(family_parser parse, lexer& in, const parse_options& options, std::uint32_t number,
                      response& out) {
    base::tentative_leniency counted;
    if (in.rest().find_first_not_of(' ') == std::string_view::npos) {
      skip_spaces(in, quirk::g03);
    } else {
      (void)gap(in);
    }
    input i{in, options, number};
    if (!parse(i, out)) {
      in.fail("response");
      return false;
    }
    skip_spaces(in, quirk::g03);
    if (!in.at_end()) {
      in.fail("end of response");
      return false;
    }
    counted.keep();
    return true;
  }

  response family(family_parser parse, std::string_view name, std::uint32_t number) {
    response out;
    const auto arguments_at = in_.position();
    lexer strict = in_;
    if (attempt(parse, strict, options_, number, out)) return out;
    // What is too much does not become less by other quotes.
    if (!exceeded_limit(strict.failure()).empty()) return unparsed(name, strict);
    base::tentative_leniency counted;
    if (const auto repaired = repair_quotes(in_.rest())) {
      lexer again(*repaired, arguments_at);
      if (attempt(parse, again, options_, number, out)) {
        counted.keep();
        return out;
      }
    }
    return unparsed(name, strict);
  }

  std::string_view text_;
  lexer in_;
  const parse_options& options_;
};

}  // namespace

std::string_view to_string(status_kind k) noexcept {
  for (const auto& w : status_words) {
    if (w.kind == k) return w.name;
  }
  return "";
}

response parse_response(std::string_view text, const parse_options& options) { return dispatcher(text, options).run(); }

std::vector<leniency_count> leniency() {
  std::vector<leniency_count> out;
  for (std::size_t i = 0; i < base::quirk_ids.size(); ++i) {
    if (const auto n = base::tolerated(i); n != 0) {
      leniency_count c;
      c.quirk = base::quirk_ids[i];
      c.count = n;
      out.push_back(c);
    }
  }
  return out;
}

void reset_leniency() { base::forget_tolerated(); }

}  // namespace imapxx::inline v0
