#include "message.hpp"

#include "address.hpp"
#include "content.hpp"
#include "text.hpp"

#include <algorithm>

namespace imapxx::testserver::detail {

const mime_part& message_content::root() const {
  std::call_once(parsed_, [this] { root_ = parse_mime(raw_); });
  return *root_;
}

namespace {

std::string encoding_of(const mime_part& part) {
  const header_field* f = part.last_field("Content-Transfer-Encoding");
  if (f == nullptr) return {};
  rfc822_cursor in(f->value);
  in.skip();
  std::string token;
  in.mime_token(token);
  return token;
}

std::string charset_of(const mime_part& part) {
  for (const parameter& p : part.parameters)
    if (iequals(p.name, "charset")) return p.value;
  return {};
}

/// Continuation lines joined by one space, so that a phrase is found across a fold.
std::string one_line(std::string_view value) {
  std::string r;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\r' || value[i] == '\n') continue;
    bool fold = i > 0 && value[i - 1] == '\n' && value[i] == '\t';
    r.push_back(fold ? ' ' : value[i]);
  }
  return std::string(trim(r));
}

std::string single_space(std::string_view s) {
  std::string r;
  for (char c : s)
    if (!is_space(c))
      r.push_back(c);
    else if (!r.empty() && r.back() != ' ')
      r.push_back(' ');
  return r;
}

bool contains(const std::vector<std::string>& texts, const std::string& key) {
  return key.empty() ||
         std::any_of(texts.begin(), texts.end(), [&](const auto& t) { return t.find(key) != std::string::npos; });
}

}  // namespace

void message_content::add_search_text(const mime_part& part) const {
  std::string header;
  for (const header_field& f : part.fields) header += decode_header_text(one_line(f.raw)) + "\r\n";
  headers_.push_back(search_form(header));
  bool searchable = !part.multipart && (!part.has_content_type ||
                                        (!part.subtype.empty() && (part.is_type("text") || part.is_type("message"))));
  if (searchable && part.children.empty()) {
    auto octets = decode_transfer(part.body(raw_), encoding_of(part));
    if (octets) {
      auto utf8 = charset_to_utf8(*octets, charset_of(part));
      bodies_.push_back(search_form(utf8 ? *utf8 : *octets));
    }
  }
  for (const auto& child : part.children) add_search_text(*child);
}

void message_content::build_search_text() const {
  std::call_once(indexed_, [this] { add_search_text(root()); });
}

bool message_content::body_contains(const std::string& key) const {
  build_search_text();
  return contains(bodies_, key);
}

bool message_content::text_contains(const std::string& key) const {
  build_search_text();
  return contains(headers_, key) || contains(bodies_, key);
}

bool message_content::header_contains(std::string_view name, const std::string& key, header_match how) const {
  for (const header_field& f : root().fields) {
    if (!iequals(f.name, name)) continue;
    auto value = one_line(f.value);
    if (how == header_match::addresses && !key.empty()) value = format_addresses(parse_addresses(value));
    if (how == header_match::single_spaced) value = single_space(value);
    if (key.empty() || search_form(decode_header_text(value)).find(key) != std::string::npos) return true;
  }
  return false;
}

const mime_part* find_part(const mime_part& root, const std::vector<unsigned>& path) {
  const mime_part* cur = nullptr;
  // A message that is no multipart is its own part 1 (RFC 3501, 6.4.5); so is, once, a leaf of a multipart: Dovecot's
  // reading.
  bool is_own_part = false;
  for (unsigned n : path) {
    const mime_part* inner = cur;
    if (cur == nullptr)
      inner = &root;
    else if (cur->message && !cur->children.empty())
      inner = cur->children.front().get();
    else if (!cur->multipart && is_own_part)
      return nullptr;
    if (n == 0 || n > std::max<std::size_t>(inner->children.size(), 1)) return nullptr;
    is_own_part = !inner->multipart;
    if (!inner->multipart && n != 1) return nullptr;
    if (inner->multipart && inner->children.empty()) return nullptr;
    cur = inner->multipart ? inner->children[n - 1].get() : inner;
  }
  return cur;
}

namespace {

std::string select_fields(const mime_part& part, const section_spec& section) {
  bool wanted = section.what == section_spec::kind::header_fields;
  std::string out;
  for (const header_field& f : part.fields) {
    bool listed = std::any_of(section.fields.begin(), section.fields.end(),
                              [&](const std::string& name) { return iequals(name, f.name); });
    if (listed == wanted) out += f.raw;
  }
  return out + "\r\n";
}

}  // namespace

std::optional<std::string> extract_section(const message_content& message, const section_spec& section) {
  using kind = section_spec::kind;
  const mime_part& root = message.root();
  if (section.path.empty() && section.what == kind::whole) return message.raw();
  const mime_part* part = section.path.empty() ? &root : find_part(root, section.path);
  if (part == nullptr) return std::nullopt;
  if (section.what == kind::whole) return std::string(part->body(message.raw()));
  if (section.what == kind::mime) return std::string(part->header(message.raw()));
  if (!section.path.empty()) {
    if (!part->message || part->children.empty()) return std::nullopt;
    part = part->children.front().get();
  }
  if (section.what == kind::header) return std::string(part->header(message.raw()));
  if (section.what == kind::text) return std::string(part->body(message.raw()));
  return select_fields(*part, section);
}

binary_status extract_binary(const message_content& message, const std::vector<unsigned>& path, std::string& out) {
  if (path.empty()) {
    out = message.raw();
    return binary_status::ok;
  }
  const mime_part* part = find_part(message.root(), path);
  if (part == nullptr) return binary_status::no_part;
  auto decoded = decode_transfer(part->body(message.raw()), part->multipart ? "" : encoding_of(*part));
  if (!decoded) return binary_status::unknown_encoding;
  out = std::move(*decoded);
  return binary_status::ok;
}

}  // namespace imapxx::testserver::detail
