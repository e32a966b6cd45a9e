#include <imapxx/model/body_structure.hpp>

#include "base/ascii.hpp"

#include <algorithm>

namespace imapxx::inline v0 {

const std::string* body_parameters::find(std::string_view name) const noexcept {
  for (const auto& [key, value] : items) {
    if (base::iequals(key, name)) return &value;
  }
  return nullptr;
}

body_structure::body_structure() = default;
body_structure::body_structure(body_structure&&) noexcept = default;
body_structure& body_structure::operator=(body_structure&&) noexcept = default;
body_structure::~body_structure() = default;

body_structure::body_structure(const body_structure& o)
    : type(o.type),
      subtype(o.subtype),
      parameters(o.parameters),
      id(o.id),
      description(o.description),
      encoding(o.encoding),
      octets(o.octets),
      octets_known(o.octets_known),
      extension_data(o.extension_data),
      lines(o.lines),
      nested_envelope(o.nested_envelope ? std::make_unique<envelope>(*o.nested_envelope) : nullptr),
      children(o.children),
      md5(o.md5),
      disposition(o.disposition),
      languages(o.languages),
      location(o.location),
      extensions(o.extensions) {}

body_structure& body_structure::operator=(const body_structure& o) {
  if (this != &o) *this = body_structure(o);
  return *this;
}

bool operator==(const body_structure& a, const body_structure& b) noexcept {
  const bool same_envelope = a.nested_envelope && b.nested_envelope ? *a.nested_envelope == *b.nested_envelope
                                                                    : !a.nested_envelope && !b.nested_envelope;
  return same_envelope && a.type == b.type && a.subtype == b.subtype && a.parameters == b.parameters && a.id == b.id &&
         a.description == b.description && a.encoding == b.encoding && a.octets == b.octets &&
         a.octets_known == b.octets_known && a.lines == b.lines && a.children == b.children &&
         a.extension_data == b.extension_data && a.md5 == b.md5 && a.disposition == b.disposition &&
         a.languages == b.languages && a.location == b.location && a.extensions == b.extensions;
}

bool body_structure::is_multipart() const noexcept { return base::iequals(type, "multipart"); }

bool body_structure::is_message() const noexcept {
  return base::iequals(type, "message") && nested_envelope != nullptr && !children.empty();
}

bool body_structure::is(std::string_view t, std::string_view s) const noexcept {
  return base::iequals(type, t) && (s == "*" || base::iequals(subtype, s));
}

namespace {

std::string join(const std::string& prefix, std::size_t n) {
  return prefix.empty() ? std::to_string(n) : prefix + "." + std::to_string(n);
}

// RFC 9051 section 6.4.5.1: the parts of a multipart are counted from 1; a message's own body counts as a multipart
// would, and the multipart right inside a message/rfc822 shares the number of the message that holds it.
void visit(const body_structure& part, const std::string& number, const std::string& prefix, std::size_t depth,
           std::vector<body_part>& out) {
  out.push_back({&part, number, depth});
  if (part.is_multipart()) {
    std::size_t n = 0;
    for (const auto& child : part.children) {
      const auto name = join(prefix, ++n);
      visit(child, name, name, depth + 1, out);
    }
  } else if (part.is_message()) {
    const auto& inner = part.children.front();
    if (inner.is_multipart()) {
      visit(inner, number + ".TEXT", number, depth + 1, out);
    } else {
      const auto name = join(number, 1);
      visit(inner, name, name, depth + 1, out);
    }
  }
}

}  // namespace

std::vector<body_part> walk(const body_structure& root) {
  std::vector<body_part> out;
  visit(root, root.is_multipart() ? "" : "1", root.is_multipart() ? "" : "1", 0, out);
  return out;
}

const body_structure* body_structure::find(std::string_view part_number) const noexcept {
  const body_structure* at = this;
  bool entering = true;  // whether `at` is a message's body, whose own number is 1 when it is no multipart
  while (!part_number.empty()) {
    if (base::iequals(part_number, "TEXT")) {
      if (entering) return at;
      return at->is_message() ? &at->children.front() : nullptr;
    }
    std::size_t n = 0;
    std::size_t used = 0;
    while (used < part_number.size() && base::is_digit(part_number[used]) && n < 1'000'000) {
      n = n * 10 + static_cast<std::size_t>(part_number[used++] - '0');
    }
    const bool more = used < part_number.size();
    if (n == 0 || (more && (part_number[used] != '.' || used + 1 == part_number.size()))) return nullptr;
    part_number.remove_prefix(std::min(part_number.size(), used + 1));
    if (!entering && at->is_message()) {
      at = &at->children.front();
      entering = true;
    }
    if (at->is_multipart()) {
      if (n > at->children.size()) return nullptr;
      at = &at->children[n - 1];
    } else if (!entering || n != 1) {
      return nullptr;
    }
    entering = false;
  }
  return at;
}

}  // namespace imapxx::inline v0
