#include "structure.hpp"
#include "text.hpp"

#include <algorithm>

namespace imapxx::testserver::detail {

namespace {

constexpr std::string_view empty_body = R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0)";

void append_parameters(std::string& out, const std::vector<parameter>& list, bool default_charset) {
  bool charset = std::any_of(list.begin(), list.end(), [](const parameter& p) { return iequals(p.name, "charset"); });
  bool add_charset = default_charset && !charset;
  if (list.empty() && !add_charset) {
    out += "NIL";
    return;
  }
  out += '(';
  for (const parameter& p : list) {
    if (out.back() != '(') out += ' ';
    append_string(out, p.name);
    out += ' ';
    append_string(out, p.value);
  }
  if (add_charset) out += out.back() == '(' ? R"("charset" "us-ascii")" : R"( "charset" "us-ascii")";
  out += ')';
}

/// Content fields count in MIME entities only (RFC 2045, section 4).
const header_field* content_field(const mime_part& part, std::string_view name) {
  return part.mime ? part.first_field(name) : nullptr;
}

std::optional<std::string> field_text(const mime_part& part, std::string_view name) {
  const header_field* f = content_field(part, name);
  return f == nullptr ? std::nullopt : std::optional(unfold(f->value));
}

/// First token of a field such as Content-Transfer-Encoding.
std::optional<std::string> field_token(const mime_part& part, std::string_view name) {
  const header_field* f = content_field(part, name);
  if (f == nullptr) return std::nullopt;
  rfc822_cursor in(f->value);
  in.skip();
  std::string token;
  if (in.mime_token(token) == rfc822_cursor::state::bad) return std::nullopt;
  return token;
}

/// Of several fields the first with parameters counts, else the last, as for Dovecot.
void append_disposition(std::string& out, const mime_part& part) {
  std::string name;
  std::vector<parameter> parameters;
  for (const header_field& f : part.fields) {
    if (!part.mime || !parameters.empty() || !iequals(f.name, "Content-Disposition")) continue;
    rfc822_cursor in(f.value);
    in.skip();
    std::string token;
    if (in.mime_token(token) == rfc822_cursor::state::bad) continue;
    name = token;
    parameters = parse_parameters(in);
  }
  if (name.empty()) {
    out += "NIL";
    return;
  }
  out += '(';
  append_string(out, name);
  out += ' ';
  append_parameters(out, parameters, false);
  out += ')';
}

void append_language(std::string& out, const mime_part& part) {
  const header_field* f = content_field(part, "Content-Language");
  std::vector<std::string> tags;
  if (f != nullptr) {
    rfc822_cursor in(f->value);
    in.skip();
    for (std::string tag; !in.at_end() && in.mime_token(tag) != rfc822_cursor::state::bad; tag.clear()) {
      tags.push_back(tag);
      if (!in.at(',')) break;
      in.advance();
      in.skip();
    }
  }
  if (tags.empty()) {
    out += "NIL";
    return;
  }
  out += '(';
  for (const std::string& tag : tags) {
    if (out.back() != '(') out += ' ';
    append_string(out, tag);
  }
  out += ')';
}

/// Disposition, language, location: the tail that single parts and multiparts share.
void append_extension(std::string& out, const mime_part& part) {
  out += ' ';
  append_disposition(out, part);
  out += ' ';
  append_language(out, part);
  out += ' ';
  append_nstring(out, field_text(part, "Content-Location"));
}

void append_part(std::string& out, const mime_part& part, std::string_view raw, bool extended);

void append_multipart(std::string& out, const mime_part& part, std::string_view raw, bool extended) {
  if (part.children.empty()) out += std::string(empty_body) + (extended ? " NIL NIL NIL NIL)" : ")");
  for (const auto& child : part.children) append_part(out, *child, raw, extended);
  out += ' ';
  append_string(out, part.subtype);
  if (!extended) return;
  out += ' ';
  append_parameters(out, part.parameters, false);
  append_extension(out, part);
}

void append_single(std::string& out, const mime_part& part, std::string_view raw, bool extended) {
  if (part.message) {
    out += R"("message" "rfc822" )";
    append_parameters(out, part.parameters, false);
  } else if (part.has_content_type) {
    append_string(out, part.type);
    out += ' ';
    append_string(out, part.subtype);
    out += ' ';
    append_parameters(out, part.parameters, part.is_type("text"));
  } else {
    out += R"("text" "plain" ("charset" "us-ascii"))";
  }
  out += ' ';
  append_nstring(out, field_text(part, "Content-ID"));
  out += ' ';
  append_nstring(out, field_text(part, "Content-Description"));
  out += ' ';
  append_string(out, field_token(part, "Content-Transfer-Encoding").value_or("7bit"));
  auto body = part.body(raw);
  out += ' ' + std::to_string(body.size());
  if (part.message && !part.children.empty()) {
    out += ' ' + format_envelope(*part.children.front()) + ' ';
    append_part(out, *part.children.front(), raw, extended);
  }
  if (part.is_text() || part.message) out += ' ' + std::to_string(count_lines(body));
  if (!extended) return;
  out += ' ';
  append_nstring(out, field_text(part, "Content-MD5"));
  append_extension(out, part);
}

void append_part(std::string& out, const mime_part& part, std::string_view raw, bool extended) {
  out += '(';
  if (part.multipart)
    append_multipart(out, part, raw, extended);
  else
    append_single(out, part, raw, extended);
  out += ')';
}

}  // namespace

std::string format_body(const mime_part& part, std::string_view raw, bool extended) {
  std::string out;
  append_part(out, part, raw, extended);
  return out;
}

}  // namespace imapxx::testserver::detail
