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

bool contains(const std::vector<std::string>& texts, const std::string& key) {
  return key.empty() ||
         std::any_of(texts.begin(), texts.end(), [&](const auto& t) { return t.find(key) != std::string::npos; });
}

bool is_address_field(std::string_view name) {
  return iequals(name, "From") || iequals(name, "To") || iequals(name, "Cc") || iequals(name, "Bcc");
}

}  // namespace

void message_content::add_search_text(const mime_part& part, bool under_root) const {
  std::string header;
  for (const header_field& f : part.fields)
    header += std::string(f.name) + ": " + decode_header_text(one_line(f.value)) + "\r\n";
  headers_.push_back(search_form(header));
  static_cast<void>(under_root);
  bool searchable = !part.multipart &&
                    (!part.has_content_type || part.type.empty() || part.is_type("text") || part.is_type("message"));
  if (searchable && part.children.empty()) {
    auto octets = decode_transfer(part.body(raw_), encoding_of(part));
    if (octets) {
      auto utf8 = charset_to_utf8(*octets, charset_of(part));
      bodies_.push_back(search_form(utf8 ? *utf8 : *octets));
    }
  }
  for (const auto& child : part.children) add_search_text(*child, false);
}

void message_content::build_search_text() const {
  std::call_once(indexed_, [this] { add_search_text(root(), true); });
}

bool message_content::body_contains(const std::string& key) const {
  build_search_text();
  return contains(bodies_, key);
}

bool message_content::text_contains(const std::string& key) const {
  build_search_text();
  return contains(headers_, key) || contains(bodies_, key);
}

bool message_content::header_contains(std::string_view name, const std::string& key) const {
  for (const header_field& f : root().fields) {
    if (!iequals(f.name, name)) continue;
    auto value = one_line(f.value);
    if (is_address_field(name) && !key.empty()) value = format_addresses(parse_addresses(value));
    if (key.empty() || search_form(decode_header_text(value)).find(key) != std::string::npos) return true;
  }
  return false;
}

const mime_part* find_part(const mime_part& root, const std::vector<unsigned>& path) {
  const mime_part* cur = nullptr;
  for (unsigned n : path) {
    // A message holds the parts of its multipart, or itself as part 1 (RFC 3501, 6.4.5).
    const mime_part* inner = cur == nullptr ? &root : cur;
    if (cur != nullptr && cur->message)
      inner = cur->children.empty() ? nullptr : cur->children.front().get();
    else if (cur != nullptr && !cur->multipart)
      inner = nullptr;
    if (inner == nullptr || n == 0) return nullptr;
    if (inner->multipart)
      cur = n <= inner->children.size() ? inner->children[n - 1].get() : nullptr;
    else
      cur = n == 1 ? inner : nullptr;
    if (cur == nullptr) return nullptr;
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
