#include "codec/fetch_items.hpp"

#include "base/ascii.hpp"
#include "codec/cut.hpp"
#include "model/date_time.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace imapxx::inline v0::codec {
namespace {

using wire::string_token;

bool read_uid(lexer& in, std::optional<std::uint32_t>& out) {
  std::uint32_t n = 0;
  if (!read_number32(in, n)) return false;
  if (n == 0) {
    tolerate(quirk::f01a);
  } else {
    out = n;
  }
  return true;
}

// EMAILID and THREADID: "(" objectid ")" / nil, leniently bare (U-07).
bool read_object_id(lexer& in, boxed_optional<std::string>& out) {
  if (in.nil()) return true;
  const bool listed = open(in);
  if (!listed) tolerate(quirk::u07);
  std::string id;
  if (!read_text(in, id) || (listed && !close(in))) return false;
  out = std::move(id);
  return true;
}

bool read_labels(lexer& in, std::size_t max_elements, std::vector<std::string>& out) {
  if (in.nil()) return true;
  if (!open(in)) return false;
  for (bool first = true; !close(in); first = false) {
    if (!first) (void)gap(in);
    if (at_limit(in, out.size(), max_elements)) return false;
    if (in.nil()) {
      tolerate(quirk::u02);
      continue;
    }
    if (in.peek() == '\\') {
      const auto label = in.flag();
      if (!label) return false;
      out.emplace_back(*label);
      continue;
    }
    std::string label;
    if (!read_text(in, label)) return false;
    out.push_back(std::move(label));
  }
  return true;
}

bool read_64(lexer& in, std::optional<std::uint64_t>& out) {
  // X-GM-MSGID uses all 64 bits (U-03), one more than RFC 9051's number64.
  const auto rest = in.rest();
  const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  std::uint64_t n = 0;
  const auto [end, failure] = std::from_chars(rest.data(), rest.data() + digits, n);
  if (digits == 0 || failure != std::errc()) return false;
  in.skip(digits);
  out = n;
  return true;
}

// section's value: nstring / literal8, or nothing (F-15)
bool read_section(const fetch_row::item& i, lexer& in, fetch_data& out) {
  auto where = section_of(i.kind, i.name);
  if (!where) return false;
  fetched_section part;
  part.section = std::move(*where);
  if (!in.at_end()) {
    const auto token = in.nstring();
    if (!token) return false;
    if (token->kind() == string_token::form::streamed) {
      part.streamed = token->streamed_size();
    } else if (!token->is_nil()) {
      part.data = token->to_string();
    }
  }
  out.sections.push_back(std::move(part));
  return true;
}

bool read_binary_size(const fetch_row::item& i, lexer& in, fetch_data& out) {
  const auto where = section_of(i.kind, i.name);
  std::uint64_t n = 0;
  if (!where) return false;
  const auto read = read_number(in, n);
  if (read == number_read::value) out.binary_sizes.emplace_back(where->part, n);
  return read != number_read::none;
}

bool read_preview(lexer& in, boxed_optional<std::string>& out) {
  std::optional<std::string> text;
  if (!read_ntext(in, text)) return false;
  out = std::move(text);
  return true;
}

bool read_savedate(lexer& in, std::optional<std::optional<date_time>>& out) {
  std::optional<date_time> when;
  if (!in.nil() && !read_date_time(in, when)) return false;
  out = when;
  return true;
}

// Parses `in`, which holds the item's value, strictly in its quotes.
bool read_value(const fetch_row::item& i, lexer& in, const value_limits& l, fetch_data& out) {
  switch (i.kind) {
    case fetch_item::uid: return read_uid(in, out.uid);
    case fetch_item::flags: out.flags.emplace(); return read_flags(in, l.list_elements, false, *out.flags);
    case fetch_item::internaldate: return read_date_time(in, out.internaldate);
    case fetch_item::rfc822_size: return read_size(in, out.rfc822_size);
    case fetch_item::envelope: return parse_envelope(in, l, out.envelope);
    case fetch_item::body: return parse_body(in, l, out.body.emplace());
    case fetch_item::bodystructure: return parse_body(in, l, out.bodystructure.emplace());
    case fetch_item::body_section:
    case fetch_item::binary:
    case fetch_item::rfc822:
    case fetch_item::rfc822_header:
    case fetch_item::rfc822_text: return read_section(i, in, out);
    case fetch_item::binary_size: return read_binary_size(i, in, out);
    case fetch_item::modseq: return read_modseq(in, out.modseq);
    case fetch_item::emailid: return read_object_id(in, out.emailid);
    case fetch_item::threadid: return read_object_id(in, out.threadid);
    case fetch_item::savedate: return read_savedate(in, out.savedate);
    case fetch_item::preview: return read_preview(in, out.preview);
    case fetch_item::gm_msgid: return read_64(in, out.gm_msgid);
    case fetch_item::gm_thrid: return read_64(in, out.gm_thrid);
    case fetch_item::gm_labels: return read_labels(in, l.list_elements, out.gm_labels.emplace());
    case fetch_item::annotation:
    case fetch_item::other: break;
  }
  out.others.emplace_back(i.name, i.value);
  in.skip(i.value.size());
  return true;
}

// What a failed attempt may have left behind.
void forget(fetch_item kind, fetch_data& out) {
  switch (kind) {
    case fetch_item::flags: return out.flags.reset();
    case fetch_item::internaldate: return out.internaldate.reset();
    case fetch_item::rfc822_size: return out.rfc822_size.reset();
    case fetch_item::envelope: return out.envelope.reset();
    case fetch_item::body: return out.body.reset();
    case fetch_item::bodystructure: return out.bodystructure.reset();
    case fetch_item::modseq: return out.modseq.reset();
    case fetch_item::emailid: return out.emailid.reset();
    case fetch_item::threadid: return out.threadid.reset();
    case fetch_item::savedate: return out.savedate.reset();
    case fetch_item::preview: return out.preview.reset();
    case fetch_item::gm_msgid: return out.gm_msgid.reset();
    case fetch_item::gm_thrid: return out.gm_thrid.reset();
    case fetch_item::gm_labels: return out.gm_labels.reset();
    default: return;  // others stand in lists, with what was read of them
  }
}

// Only values that hold strings can be mended by reading their quotes another way.
bool may_have_bad_quotes(fetch_item kind) {
  return kind == fetch_item::envelope || kind == fetch_item::body || kind == fetch_item::bodystructure ||
         kind == fetch_item::gm_labels || kind == fetch_item::internaldate || kind == fetch_item::preview;
}

// Whether `read` reads all of `in`; what it counted stays only then.
template <class Read>
bool read_whole(fetch_item kind, lexer& in, const Read& read) {
  base::tentative_leniency counted;
  if (!read(in) || !in.at_end()) {
    in.fail(to_string(kind).empty() ? "value" : to_string(kind).data());
    return false;
  }
  counted.keep();
  return true;
}

// As the grammar wants it, and then with its quotes read another way. `in` tells why not.
template <class Read>
bool read_leniently(const fetch_row::item& i, std::size_t value_at, lexer& in, const Read& read) {
  if (read_whole(i.kind, in, read)) return true;
  if (!may_have_bad_quotes(i.kind)) return false;
  base::tentative_leniency counted;
  const auto repaired = repair_quotes(i.value);
  if (!repaired) return false;
  lexer again(*repaired, value_at);
  if (!read_whole(i.kind, again, read)) return false;
  counted.keep();
  return true;
}

}  // namespace

bool read_size(lexer& in, std::optional<std::uint64_t>& out) noexcept {
  std::uint64_t n = 0;
  const auto text = in.rest();
  const auto read = read_number(in, n);
  if (read == number_read::none) return false;
  if (read == number_read::unknown) return true;
  if (in.peek() == '.' || in.peek() == 'e' || in.peek() == 'E') {
    double approximate = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), approximate);
    if (failure != std::errc() || approximate > 9e18) return false;
    tolerate(quirk::g15);
    n = static_cast<std::uint64_t>(std::llround(approximate));
    in.skip(static_cast<std::size_t>(end - text.data()) - (text.size() - in.rest().size()));
  }
  out = n;
  return true;
}

bool read_modseq(lexer& in, std::optional<std::uint64_t>& out) noexcept {
  const bool listed = open(in);
  std::uint64_t n = 0;
  const auto read = read_number(in, n);
  if (read == number_read::none || (listed && !close(in))) return false;
  if (read == number_read::unknown || n == 0) {
    tolerate(quirk::s20);
  } else {
    out = n;
  }
  return true;
}

bool read_date_time(lexer& in, std::optional<date_time>& out) {
  // Nearly all are quoted, and written as they should be.
  const auto value = in.rest();
  if (value.size() > 2 && value.front() == '"' && value.back() == '"' &&
      model::read_exact_date_time(value.substr(1, value.size() - 2), out.emplace())) {
    in.skip(value.size());
    return true;
  }
  out.reset();
  if (in.nil()) {
    tolerate(quirk::f13);
    return true;
  }
  const auto token = in.nastring();
  if (!token) return false;
  std::string unescaped;
  if (token->escaped()) unescaped = text_of(*token);
  const std::string_view text = token->escaped() ? unescaped : token->raw();
  out = date_time::parse(text);
  if (!out) {
    // A day that cannot be, but in the form of a date: absent. Anything else: malformed.
    tolerate(quirk::f13);
    return std::count(text.begin(), text.end(), '-') >= 2 && text.find_first_of("0123456789") < 2;
  }
  // date-day-fixed is two digits or a space and a digit; "-0000" is a zone, too.
  date_time same;
  if (model::read_exact_date_time(text, same) || text.ends_with("-0000")) return true;
  auto fixed = std::string(text);
  if (fixed.starts_with('0')) fixed.front() = ' ';
  if (!base::iequals(fixed, out->to_imap())) tolerate(quirk::f13);
  return true;
}

std::optional<unparsed_item> read_item(const fetch_row::item& i, std::size_t at, const value_limits& l,
                                       fetch_data& out) {
  const auto value_at = at + static_cast<std::size_t>(i.value.data() - i.name.data());
  if (i.malformed) return unparsed_item{std::string(i.name), std::string(i.value), "balanced value", value_at};
  lexer in(i.value, value_at);
  const auto read = [&](lexer& from) {
    const bool done = read_value(i, from, l, out);
    if (!done || !from.at_end()) forget(i.kind, out);
    return done;
  };
  if (read_leniently(i, value_at, in, read)) return std::nullopt;
  const auto why = in.failure();
  const parse_options bounds;
  return unparsed_item{std::string(i.name), std::string(i.value),
                       reason_of(why, l.nesting, l.list_elements, bounds.set_ranges), why.offset()};
}

namespace {

bool read_into(lexer& in, const value_limits& l, std::optional<flag_list>& out) {
  return read_flags(in, l.list_elements, false, out.emplace());
}
bool read_into(lexer& in, const value_limits& /*l*/, std::optional<date_time>& out) { return read_date_time(in, out); }
bool read_into(lexer& in, const value_limits& l, std::optional<envelope>& out) { return parse_envelope(in, l, out); }
bool read_into(lexer& in, const value_limits& l, std::optional<body_structure>& out) {
  return parse_body(in, l, out.emplace());
}

}  // namespace

template <class T>
std::optional<T> read_alone(const fetch_row::item* i, const value_limits& l) {
  std::optional<T> out;
  if (i == nullptr || i->malformed) return out;
  lexer in(i->value);
  if (!read_leniently(*i, 0, in, [&](lexer& from) { return read_into(from, l, out); })) out.reset();
  return out;
}

template std::optional<flag_list> read_alone(const fetch_row::item* i, const value_limits& l);
template std::optional<date_time> read_alone(const fetch_row::item* i, const value_limits& l);
template std::optional<envelope> read_alone(const fetch_row::item* i, const value_limits& l);
template std::optional<body_structure> read_alone(const fetch_row::item* i, const value_limits& l);

std::optional<unparsed_item> check_item(const fetch_row::item& i, std::size_t at, const value_limits& l) {
  if (!i.malformed && is_section(i.kind)) {
    lexer in(i.value);
    if (section_of(i.kind, i.name) && (in.at_end() || (in.nstring() && in.at_end()))) return std::nullopt;
  }
  base::tentative_leniency not_counted;
  fetch_data scratch;
  return read_item(i, at, l, scratch);
}

}  // namespace imapxx::inline v0::codec
