#include <imapxx/error.hpp>
#include <imapxx/model/section.hpp>

#include "base/ascii.hpp"

#include <algorithm>

namespace imapxx::inline v0 {
namespace {

constexpr std::size_t max_fields = 10'000;

/// `digits *("." digits)`, without leading zeros; the dot before a keyword is consumed, too.
bool read_part(std::string_view& in, std::string& part) {
  while (!in.empty() && base::is_digit(in.front())) {
    std::size_t n = 0;
    while (n < in.size() && base::is_digit(in[n])) ++n;
    if (in.front() == '0' || n > 10) return false;
    if (!part.empty()) part += '.';
    part.append(in.substr(0, n));
    in.remove_prefix(n);
    if (in.empty()) return true;
    if (in.front() != '.' || in.size() == 1) return false;
    in.remove_prefix(1);
  }
  return true;
}

bool read_quoted(std::string_view& in, std::string& out) {
  for (std::size_t i = 1; i < in.size(); ++i) {
    if (in[i] == '"') {
      in.remove_prefix(i + 1);
      return true;
    }
    if (in[i] == '\\' && i + 1 < in.size()) ++i;
    out += in[i];
  }
  return false;
}

bool read_literal(std::string_view& in, std::string& out) {
  std::size_t i = 1;
  std::size_t size = 0;
  while (i < in.size() && base::is_digit(in[i]) && size <= in.size())
    size = size * 10 + static_cast<std::size_t>(in[i++] - '0');
  if (in.substr(i, 3) != "}\r\n" || size > in.size() - i - 3) return false;
  out = in.substr(i + 3, size);
  in.remove_prefix(i + 3 + size);
  return true;
}

/// `"(" astring *(SP astring) ")"`, with blanks anywhere.
bool read_fields(std::string_view& in, std::vector<std::string>& fields) {
  if (in.empty() || in.front() != '(') return false;
  in.remove_prefix(1);
  while (true) {
    while (!in.empty() && in.front() == ' ') in.remove_prefix(1);
    if (in.empty() || fields.size() > max_fields) return false;
    if (in.front() == ')') {
      in.remove_prefix(1);
      return true;
    }
    std::string field;
    if (in.front() == '"') {
      if (!read_quoted(in, field)) return false;
    } else if (in.front() == '{') {
      if (!read_literal(in, field)) return false;
    } else {
      const auto n = std::min(in.find_first_of(" ()\"{"), in.size());
      if (n == 0) return false;
      field = in.substr(0, n);
      in.remove_prefix(n);
    }
    fields.push_back(std::move(field));
  }
}

struct keyword {
  std::string_view name;
  section::text what;
};
constexpr keyword keywords[] = {{"HEADER.FIELDS.NOT", section::text::header_fields_not},
                                {"HEADER.FIELDS", section::text::header_fields},
                                {"HEADER", section::text::header},
                                {"TEXT", section::text::text},
                                {"MIME", section::text::mime}};

std::string_view name_of(section::text what) {
  for (const auto& k : keywords) {
    if (k.what == what) return k.name;
  }
  return {};
}

bool has_fields(section::text what) {
  return what == section::text::header_fields || what == section::text::header_fields_not;
}

bool includes(const std::vector<std::string>& all, const std::vector<std::string>& some) {
  return std::all_of(some.begin(), some.end(), [&](const std::string& name) {
    return std::any_of(all.begin(), all.end(), [&](const std::string& n) { return base::iequals(n, name); });
  });
}

// RFC 9051 section 6.4.5: RFC822 and its parts are other names of BODY sections.
section::text effective(const section& s) {
  if (s.kind == section::item::rfc822_header) return section::text::header;
  if (s.kind == section::item::rfc822_text) return section::text::text;
  return s.what;
}

section::item family(section::item kind) {
  return kind == section::item::binary || kind == section::item::binary_size ? kind : section::item::body;
}

}  // namespace

result<section> section::try_parse(std::string_view spec, item kind) {
  const error refused(errc::invalid_argument, "not a section of a message");
  section s;
  s.kind = kind;
  std::string_view in = base::trim_spaces(spec);
  if (!read_part(in, s.part)) return refused;
  if (in.empty()) return s;
  const auto found = std::find_if(std::begin(keywords), std::end(keywords),
                                  [&](const keyword& k) { return base::istarts_with(in, k.name); });
  if (found == std::end(keywords)) return refused;
  s.what = found->what;
  in.remove_prefix(found->name.size());
  if (has_fields(s.what)) {
    while (!in.empty() && in.front() == ' ') in.remove_prefix(1);
    if (!read_fields(in, s.fields)) return refused;
  }
  if (!in.empty() || (s.what == text::mime && s.part.empty())) return refused;
  return s;
}

namespace {

// As `read_fields` reads it; a server may name a field with anything.
void write_field(std::string& out, std::string_view name) {
  if (!name.empty() && name.find_first_of(" ()\"{") == std::string_view::npos) {
    out += base::to_upper(name);
    return;
  }
  out += '"';
  for (const char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += base::to_upper(std::string_view(&c, 1));
  }
  out += '"';
}

}  // namespace

std::string section::to_string() const {
  std::string out = part;
  if (what == text::all) return out;
  if (!out.empty()) out += '.';
  out += name_of(what);
  if (has_fields(what)) {
    out += " (";
    for (const auto& f : fields) {
      if (out.back() != '(') out += ' ';
      write_field(out, f);
    }
    out += ')';
  }
  return out;
}

bool section::matches(const section& answer) const noexcept {
  if (family(kind) != family(answer.kind) || part != answer.part || effective(*this) != effective(answer)) return false;
  // A server may leave the origin out and send everything; it may not send another piece than the one asked for.
  if (answer.origin && answer.origin != origin) return false;
  if (effective(*this) == text::header_fields) return includes(fields, answer.fields);
  if (effective(*this) == text::header_fields_not) {
    return includes(fields, answer.fields) && includes(answer.fields, fields);
  }
  return true;
}

}  // namespace imapxx::inline v0
