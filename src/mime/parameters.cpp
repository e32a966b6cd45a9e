#include "mime/parameters.hpp"

#include <imapxx/mime/headers.hpp>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "mime/charset.hpp"
#include "mime/header_text.hpp"

#include <algorithm>
#include <functional>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace imapxx::inline v0::mime {
namespace {

constexpr auto npos = std::string_view::npos;
// A field with more is an attack or an accident; what lies beyond is not read.
constexpr std::size_t field_octets_max = std::size_t{64} << 10U;
constexpr std::size_t parameters_max = 1000;

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

class reader {
 public:
  explicit reader(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return at_ >= text_.size(); }
  void skip_blanks_and_comments() {
    while (!at_end()) {
      if (is_blank(text_[at_])) {
        ++at_;
      } else if (text_[at_] != '(' || !skip_comment()) {
        return;
      }
    }
  }
  void skip_separators() {
    for (skip_blanks_and_comments(); !at_end() && text_[at_] == ';'; skip_blanks_and_comments()) ++at_;
  }
  // Up to `stop`, a comment or the end; without the blanks around.
  std::string word(std::string_view stop) {
    const auto begin = at_;
    while (!at_end() && stop.find(text_[at_]) == npos) ++at_;
    return std::string(trim(text_.substr(begin, at_ - begin)));
  }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] char peek() const noexcept { return at_end() ? '\0' : text_[at_]; }
  // Only \" and \\ are escapes: senders write paths of Windows without doubling their backslashes.
  std::string quoted() {
    std::string out;
    while (!at_end()) {
      char c = text_[at_++];
      if (c == '"') return out;
      if (c == '\\' && !at_end() && (text_[at_] == '"' || text_[at_] == '\\')) c = text_[at_++];
      out.push_back(c);
    }
    return std::string(trim(out));
  }

 private:
  bool skip_comment() {
    auto at = at_;
    int open = 0;
    for (; at < text_.size(); ++at) {
      if (text_[at] == '\\') {
        ++at;
      } else if (text_[at] == '(') {
        ++open;
      } else if (text_[at] == ')' && --open == 0) {
        at_ = at + 1;
        return true;
      }
    }
    // A comment without an end swallows the rest, once: looking for the end again and again would be quadratic.
    at_ = text_.size();
    return true;
  }
  std::string_view text_;
  std::size_t at_ = 0;
};

// Names of files have blanks and parentheses even where their senders forgot the quotes.
bool is_name_of_file(std::string_view name) {
  const auto plain = name.substr(0, name.find('*'));
  return base::iequals(plain, "filename") || base::iequals(plain, "name");
}

// RFC 2046 wants quotes around a boundary with blanks or parentheses; senders forget them, or one of them.
std::string read_boundary(reader& in) {
  auto out = in.word(";");
  out.erase(std::min(out.find(" ("), out.size()));
  while (!out.empty() && (out.back() == '"' || out.back() == ' ')) out.pop_back();
  return out;
}

std::string read_value(reader& in, std::string_view name) {
  while (is_blank(in.peek())) in.take(in.peek());
  if (in.take('"')) return in.quoted();
  if (base::iequals(name, "boundary")) return read_boundary(in);
  return is_name_of_file(name) ? in.word(";") : in.word("; \t(");
}

int hex(char c) noexcept {
  if (base::is_digit(c)) return c - '0';
  const char l = base::to_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

void append_percent_decoded(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out.push_back(static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
}

struct segment {
  unsigned number = 0;
  bool encoded = false;
  const std::string* value = nullptr;
};

// All spellings of one parameter.
struct spellings {
  std::string name;
  const std::string* plain = nullptr;
  const std::string* encoded = nullptr;
  std::vector<segment> segments;
};

// `*n` or `*n*` behind a parameter's name (RFC 2231 section 3).
bool read_segment(std::string_view suffix, segment& out) {
  if (!suffix.empty() && suffix.back() == '*') {
    out.encoded = true;
    suffix.remove_suffix(1);
  }
  if (suffix.empty() || suffix.size() > 4) return false;
  for (const char c : suffix) {
    if (!base::is_digit(c)) return false;
    out.number = out.number * 10 + static_cast<unsigned>(c - '0');
  }
  return true;
}

void sort_in(spellings& to, std::string_view suffix, const std::string& value) {
  segment part;
  part.value = &value;
  if (suffix.empty()) {
    if (to.plain == nullptr) to.plain = &value;
  } else if (suffix == "*") {
    if (to.encoded == nullptr) to.encoded = &value;
  } else if (read_segment(suffix.substr(1), part)) {
    to.segments.push_back(part);
  }
}

// charset'language'text (RFC 2231 section 4); without the two quotes there is no charset.
std::pair<std::string, std::string_view> split_charset(std::string_view value) {
  const auto first = value.find('\'');
  const auto second = first == npos ? npos : value.find('\'', first + 1);
  if (second == npos) return {{}, value};
  return {std::string(value.substr(0, first)), value.substr(second + 1)};
}

std::string join(std::vector<segment>& segments) {
  // The values lie in one vector in the order of the message, so their addresses keep equal numbers in that order.
  std::sort(segments.begin(), segments.end(), [](const auto& a, const auto& b) {
    return a.number != b.number ? a.number < b.number : std::less<>()(a.value, b.value);
  });
  std::string charset;
  std::string octets;
  bool first = true;
  const segment* before = nullptr;
  for (const auto& s : segments) {
    if (before != nullptr && before->number == s.number) continue;
    before = &s;
    std::string_view value = *s.value;
    if (!s.encoded) {
      octets.append(value);
    } else {
      if (first) std::tie(charset, value) = split_charset(value);
      append_percent_decoded(octets, value);
    }
    first = false;
  }
  return to_utf8(octets, charset);
}

std::string decode_plain(std::string_view name, const std::string& value) {
  if (name == "boundary" || name == "charset") return value;
  return value.find("=?") != npos || !base::is_utf8(value) ? decode_header(value) : value;
}

std::string decode_spellings(spellings& s) {
  if (s.encoded != nullptr) {
    const auto [charset, text] = split_charset(*s.encoded);
    std::string octets;
    append_percent_decoded(octets, text);
    return to_utf8(octets, charset);
  }
  if (s.plain != nullptr && s.segments.empty()) return decode_plain(s.name, *s.plain);
  auto joined = join(s.segments);
  return joined.find("=?") != npos ? decode_plain(s.name, joined) : joined;
}

}  // namespace

parameterised read_parameterised(std::string_view field) {
  const auto text = unfold(field.substr(0, field_octets_max));
  reader in(text);
  parameterised out;
  in.skip_blanks_and_comments();
  out.value = in.word("; \t(");
  in.skip_blanks_and_comments();
  while (!in.at_end() && in.peek() != ';') {  // words that belong nowhere, such as in "text/plain charset=utf-8"
    const auto junk = in.word("; \t(=");
    if (in.take('=')) out.items.emplace_back(junk, read_value(in, junk));
    in.skip_blanks_and_comments();
  }
  for (in.skip_separators(); !in.at_end() && out.items.size() < parameters_max; in.skip_separators()) {
    auto name = in.word("=; \t(");
    in.skip_blanks_and_comments();
    if (in.take('=')) {
      auto value = read_value(in, name);
      if (!name.empty()) out.items.emplace_back(std::move(name), std::move(value));
    }
  }
  return out;
}

parameters parameters::decode(const std::vector<item>& raw) {
  std::vector<spellings> all;
  std::unordered_map<std::string, std::size_t> index;
  for (const auto& [name, value] : raw) {
    const auto star = std::min(name.find('*'), name.size());
    auto key = base::to_lower(std::string_view(name).substr(0, star));
    const auto [at, added] = index.emplace(key, all.size());
    if (added) all.emplace_back().name = std::move(key);
    sort_in(all[at->second], std::string_view(name).substr(star), value);
  }
  parameters out;
  for (auto& s : all) {
    if (s.plain == nullptr && s.encoded == nullptr && s.segments.empty()) continue;
    auto value = decode_spellings(s);
    out.items_.emplace_back(std::move(s.name), std::move(value));
  }
  return out;
}

const std::string* parameters::find(std::string_view name) const noexcept {
  for (const auto& [key, value] : items_) {
    if (base::iequals(key, name)) return &value;
  }
  return nullptr;
}

std::optional<std::string> parameters::get(std::string_view name) const {
  const auto* value = find(name);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

content_type::content_type() : type_("text"), subtype_("plain") {}

content_type::content_type(std::string_view type, std::string_view subtype, mime::parameters params)
    : type_(base::to_lower(type)), subtype_(base::to_lower(subtype)), parameters_(std::move(params)) {}

content_type content_type::parse(std::string_view value) {
  const auto field = read_parameterised(value);
  const std::string_view name = field.value;
  const auto slash = name.find('/');
  auto params = mime::parameters::decode(field.items);
  if (slash == 0 || slash == npos || slash + 1 == name.size() || name.find('/', slash + 1) != npos) {
    return {"text", "plain", std::move(params)};
  }
  return {name.substr(0, slash), name.substr(slash + 1), std::move(params)};
}

bool content_type::is(std::string_view type, std::string_view subtype) const noexcept {
  return (type == "*" || base::iequals(type_, type)) && (subtype == "*" || base::iequals(subtype_, subtype));
}

disposition::disposition(std::string_view type, mime::parameters params)
    : type_(base::to_lower(type)), parameters_(std::move(params)) {}

disposition disposition::parse(std::string_view value) {
  const auto field = read_parameterised(value);
  return disposition(field.value.empty() ? "inline" : std::string_view(field.value),
                     mime::parameters::decode(field.items));
}

}  // namespace imapxx::inline v0::mime
