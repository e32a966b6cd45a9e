#include "base/ascii.hpp"
#include "base/swar.hpp"
#include "codec/fetch.hpp"
#include "codec/tree.hpp"

#include <algorithm>

namespace imapxx::inline v0::codec {
namespace {

/// A part that is still to be read, and its place. A list of them instead of recursion: the depth costs no stack.
struct pending_part {
  std::uint32_t at;
  body_structure* out;
};
using pending_parts = std::vector<pending_part>;

constexpr std::string_view default_encoding = "7BIT";

// body-fld-param = "(" string SP string *(SP string SP string) ")" / nil
void read_parameters(const tree& t, std::uint32_t at, body_parameters& out) {
  if (!t.is_list(at)) {
    if (!t.is_nil(at)) tolerate(quirk::b08);
    return;
  }
  const auto list = t.elements_of(at);
  bool odd = list.empty() || list.size() % 2 == 1;
  for (std::size_t i = 0; i < list.size(); i += 2) {
    const bool paired = i + 1 < list.size();
    odd = odd || t[list[i]].kind != node_kind::string || !paired || t[list[i + 1]].kind != node_kind::string;
    if (!t.is_text(list[i])) continue;
    out.items.emplace_back(t.text(list[i]), paired ? t.text(list[i + 1]) : std::string());
  }
  if (odd) tolerate(quirk::b08);
}

// body-fld-lang = nstring / "(" string *(SP string) ")"
void read_languages(const tree& t, std::uint32_t at, std::vector<std::string>& out) {
  if (t.is_text(at)) out.push_back(t.text(at));
  if (!t.is_list(at)) return;
  for (const auto i : t.elements_of(at)) {
    if (t.is_text(i)) {
      out.push_back(t.text(i));
    } else {
      tolerate(quirk::b14);
    }
  }
}

// Whether a value has the shape `("inline" (…))` of a disposition.
bool is_disposition(const tree& t, std::uint32_t at) {
  if (!t.is_list(at)) return false;
  const auto list = t.elements_of(at);
  if (list.empty() || !t.is_text(list[0])) return false;
  if (is_language_tag(t.text(list[0]))) return list.size() > 1 && t.is_list(list[1]);
  return list.size() == 1 || !t.is_text(list[1]);
}

// body-fld-dsp = "(" string SP body-fld-param ")" / nil, or what stands there instead (B-06, B-07).
void read_disposition(const tree& t, std::uint32_t at, body_structure& out) {
  if (t.is_nil(at)) return;
  if (t.is_text(at)) {
    const auto text = t.text(at);
    if (is_language_tag(text)) {
      tolerate(quirk::b07);
      out.languages.push_back(text);
    } else if (text.find(' ') != std::string::npos) {
      tolerate(quirk::b07);  // a description
    } else {
      tolerate(quirk::b06);
      out.disposition = body_disposition{text, {}};
    }
    return;
  }
  if (!is_disposition(t, at)) {
    const auto list = t.elements_of(at);
    const bool empty = std::all_of(list.begin(), list.end(), [&](auto i) { return t.is_nil(i); });
    tolerate(empty ? quirk::b06 : quirk::b07);
    if (!empty) read_languages(t, at, out.languages);
    return;
  }
  const auto list = t.elements_of(at);
  if (list.size() == 1) tolerate(quirk::b06);
  out.disposition.emplace();
  out.disposition->type = t.text(list[0]);
  if (list.size() > 1) read_parameters(t, list[1], out.disposition->parameters);
}

// What follows md5 or, in a multipart, the parameters: body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP
// body-extension)]]
void read_extensions(const tree& t, const elements& list, std::size_t i, body_structure& out) {
  if (i < list.size()) {
    read_disposition(t, list[i], out);
    ++i;
  }
  if (i < list.size()) {
    if (!out.disposition && is_disposition(t, list[i])) {
      tolerate(quirk::b07);
      read_disposition(t, list[i], out);
    } else {
      read_languages(t, list[i], out.languages);
    }
    ++i;
  }
  if (i < list.size()) {
    if (t.is_list(list[i])) tolerate(quirk::b14);
    out.location = t.ntext(list[i]);
    ++i;
  }
  for (; i < list.size(); ++i) out.extensions.emplace_back(t[list[i]].raw);
}

// A part whose list fits no form: its place among its siblings is kept, and what was sent.
void unknown_part(const tree& t, std::uint32_t at, body_structure& out) {
  out = body_structure();
  out.type = "application";
  out.subtype = "octet-stream";
  out.encoding = default_encoding;
  out.octets_known = false;
  out.extensions.emplace_back(t[at].raw);
}

// A NIL where a part is due: an empty text (B-03).
void empty_text(body_structure& out) {
  tolerate(quirk::b03);
  out.type = "text";
  out.subtype = "plain";
  out.encoding = default_encoding;
}

// body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
bool read_multipart(const tree& t, const elements& list, body_structure& out, pending_parts& todo) {
  const auto subtype = std::find_if(list.begin(), list.end(), [&](auto e) { return t.is_text(e); });
  if (subtype == list.end()) return false;
  out.type = "multipart";
  auto i = static_cast<std::size_t>(subtype - list.begin());
  out.children.resize(i);
  for (std::size_t n = 0; n < i; ++n) {
    if (n > 0 && t[list[n]].spaced) tolerate(quirk::b15);
    if (t.is_nil(list[n])) {
      empty_text(out.children[n]);
    } else {
      todo.push_back({list[n], &out.children[n]});
    }
  }
  out.subtype = t.text(list[i++]);
  out.extension_data = i < list.size();
  if (i < list.size()) read_parameters(t, list[i++], out.parameters);
  read_extensions(t, list, i, out);
  return true;
}

// `("MIXED" ("BOUNDARY" "x") NIL NIL)`: a multipart of which only the subtype is left (B-01), also with a NIL in front
// (B-03).
bool read_childless(const tree& t, const elements& list, std::size_t i, body_structure& out) {
  tolerate(i == 0 ? quirk::b01 : quirk::b03);
  out.type = "multipart";
  out.subtype = t.text(list[i++]);
  out.extension_data = i < list.size();
  if (i < list.size()) read_parameters(t, list[i++], out.parameters);
  read_extensions(t, list, i, out);
  return true;
}

void read_type(const tree& t, const elements& list, body_structure& out) {
  if (t.is_nil(list[0]) || t.is_nil(list[1])) {
    const bool all_nil = t.is_nil(list[0]) && t.is_nil(list[1]);
    tolerate(all_nil ? quirk::b04 : quirk::b05);
    out.type = "application";
    out.subtype = "octet-stream";
    if (!all_nil) out.extensions.emplace_back(t[t.is_nil(list[0]) ? list[1] : list[0]].raw);
    return;
  }
  out.type = t.text(list[0]);
  out.subtype = t.text(list[1]);
}

void read_encoding(const tree& t, std::uint32_t at, body_structure& out) {
  const auto text = t.text(at);
  out.encoding = base::trim_spaces(text);
  if (t[at].kind != node_kind::string || out.encoding.size() != text.size()) tolerate(quirk::b09);
  if (out.encoding.empty()) out.encoding = default_encoding;
}

// A count of octets or lines; NIL and negative ones mean: unknown (B-10).
std::optional<std::uint64_t> read_count(const tree& t, std::uint32_t at) {
  const auto text = t.text(at);
  lexer in(text);
  std::uint64_t n = 0;
  const auto base_quirk = t[at].kind == node_kind::number ? quirk::g15 : quirk::b10;
  if (!in.rest().empty() && read_number(in, n) == number_read::value && in.at_end()) {
    if (base_quirk == quirk::b10) tolerate(quirk::b10);
    return n;
  }
  tolerate(quirk::b10);
  return std::nullopt;
}

// message/rfc822: SP envelope SP body SP body-fld-lines. \return the index behind them
std::size_t read_message(const tree& t, const elements& list, std::size_t i, body_structure& out, pending_parts& todo) {
  auto e = std::make_unique<envelope>();
  if (!read_envelope(t, list[i], *e)) tolerate(quirk::b12);
  out.nested_envelope = std::move(e);
  if (!out.is("message", "rfc822") && !out.is("message", "global")) tolerate(quirk::b13);
  ++i;
  if (i < list.size() && !t.is_text(list[i])) {
    if (t.is_list(list[i]) && t[list[i]].count > 0) {
      out.children.resize(1);
      todo.push_back({list[i], &out.children.front()});
    } else {
      tolerate(quirk::b12);
    }
    ++i;
  }
  if (i < list.size() && t[list[i]].kind == node_kind::number) {
    out.lines = read_count(t, list[i++]);
  } else if (i < list.size() && (t[list[i]].kind == node_kind::atom || (t.is_nil(list[i]) && list.size() - i > 4))) {
    out.lines = read_count(t, list[i++]);
  } else {
    tolerate(quirk::b12);
  }
  return i;
}

// body-fld-lines of a text part; other parts have it from some servers. \return the index behind it
std::size_t read_lines(const tree& t, const elements& list, std::size_t i, body_structure& out) {
  const bool text = base::iequals(out.type, "text");
  if (i == list.size()) {
    if (text) tolerate(quirk::b11);
    return i;
  }
  const auto kind = t[list[i]].kind;
  if (kind == node_kind::number || kind == node_kind::atom) {
    if (!text) tolerate(quirk::b11);
    out.lines = read_count(t, list[i]);
    return i + 1;
  }
  if (!text) return i;
  // A NIL is either the count or, the count missing, the MD5. The disposition, the one list to come, tells how far it
  // is to it.
  const auto disposition =
      std::find_if(list.begin() + static_cast<std::ptrdiff_t>(i), list.end(), [&](auto e) { return t.is_list(e); });
  const auto left = list.size() - i;
  const bool count = disposition != list.end() ? disposition - list.begin() == static_cast<std::ptrdiff_t>(i) + 2
                                               : left == 1 || left >= 5;
  if (count && t.is_nil(list[i])) {
    tolerate(quirk::b10);
    return i + 1;
  }
  tolerate(quirk::b11);
  return i;
}

// body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]
bool read_leaf(const tree& t, const elements& list, body_structure& out, pending_parts& todo) {
  if (list.size() < 7) return false;
  read_type(t, list, out);
  read_parameters(t, list[2], out.parameters);
  if (t.is_list(list[3]) || t.is_list(list[4]) || t.is_list(list[5]) || t.is_list(list[6])) return false;
  out.id = t.ntext(list[3]);
  out.description = t.ntext(list[4]);
  read_encoding(t, list[5], out);
  const auto octets = read_count(t, list[6]);
  out.octets = octets.value_or(0);
  out.octets_known = octets.has_value();
  std::size_t i = 7;
  const bool envelope_follows = i < list.size() && t.is_list(list[i]);
  if (envelope_follows) {
    i = read_message(t, list, i, out, todo);
  } else {
    if (out.is_multipart()) {
      tolerate(quirk::b02);
    } else if (out.is("message", "rfc822")) {
      tolerate(quirk::b12);
    } else if (out.is("message", "global")) {
      tolerate(quirk::b13);
    }
    i = read_lines(t, list, i, out);
  }
  out.extension_data = i < list.size();
  if (i < list.size() && !t.is_list(list[i])) out.md5 = t.ntext(list[i++]);
  read_extensions(t, list, i, out);
  return true;
}

// body = "(" (body-type-1part / body-type-mpart) ")", told apart by what comes first.
bool read_part(const tree& t, std::uint32_t at, body_structure& out, pending_parts& todo) {
  if (!t.is_list(at)) return false;
  const auto list = t.elements_of(at);
  if (list.empty()) return false;
  const auto first_text = std::find_if(list.begin(), list.end(), [&](auto i) { return t.is_text(i); });
  const bool list_before_text = std::any_of(list.begin(), first_text, [&](auto i) { return t.is_list(i); });
  if (t.is_list(list[0]) || (t.is_nil(list[0]) && list_before_text && first_text - list.begin() < 5)) {
    return read_multipart(t, list, out, todo);
  }
  if (t.is_nil(list[0]) && list.size() > 1 && t.is_text(list[1]) && list.size() < 7)
    return read_childless(t, list, 1, out);
  if (t.is_text(list[0]) && (list.size() == 1 || t.is_list(list[1]))) return read_childless(t, list, 0, out);
  return read_leaf(t, list, out, todo);
}

}  // namespace

bool is_language_tag(std::string_view text) noexcept {
  const auto primary = std::min(text.find('-'), text.size());
  return (primary == 2 || primary == 3) &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(primary), base::is_alpha);
}

bool parse_body(lexer& in, const value_limits& l, body_structure& out) {
  // Envelopes within it count their octets above 127 (quirk E-13) where they are read one by one.
  if (!base::has_8bit(in.rest())) {
    if (const auto end = read_exact_body(in.rest(), out); end != 0 && end == in.rest().size()) {
      in.skip(end);
      return true;
    }
    out = body_structure();
  }
  tree t;
  if (!t.read(in, l.nesting, l.nodes)) return false;
  pending_parts todo{{0, &out}};
  while (!todo.empty()) {
    const auto part = todo.back();
    todo.pop_back();
    const auto others = todo.size();
    if (read_part(t, part.at, *part.out, todo)) continue;
    if (part.out == &out) {
      in.fail("body");
      return false;
    }
    todo.resize(others);
    unknown_part(t, part.at, *part.out);
  }
  return true;
}

}  // namespace imapxx::inline v0::codec
