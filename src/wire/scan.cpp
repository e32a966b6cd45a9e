#include "wire/scan.hpp"

#include "base/swar.hpp"
#include "wire/literal_header.hpp"

#include <algorithm>

namespace imapxx::inline v0::wire::scan {

namespace {
// The end of the line end at `at` (blanks, CRs, LF): what may stand behind a literal's header.
std::size_t skip_line_end(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && text[at] == ' ') ++at;
  while (at < text.size() && text[at] == '\r') ++at;
  return at < text.size() && text[at] == '\n' ? at + 1 : none;
}

// quoted = DQUOTE *QUOTED-CHAR DQUOTE; leniently any octet but CR and LF, and a backslash before any of them.
found_string read_quoted(std::string_view text, std::size_t at) noexcept {
  bool escaped = false;
  std::size_t i = at + 1;
  for (; i < text.size(); ++i) {
    i = base::find_first_of<'"', '\\', '\r', '\n'>(text, i);
    if (i == text.size()) break;
    switch (text[i]) {
      case '"': return {{string_token::form::quoted, text.substr(at + 1, i - at - 1), escaped}, i + 1};
      case '\r':
      case '\n': return {{}, none, i};
      case '\\':
        escaped = true;
        ++i;
        if (i < text.size() && (text[i] == '\r' || text[i] == '\n')) return {{}, none, i};
        break;
      default: break;
    }
  }
  return {{}, none, i};
}

found_string read_literal(std::string_view text, std::size_t at) noexcept {
  using form = literal_header::form;
  const literal_header h = read_literal_header(text.substr(at));
  if (h.kind == form::none || h.kind == form::invalid) return {};
  const std::size_t begin = skip_line_end(text, at + h.length);
  if (begin == none) return {};
  if (h.kind == form::nil) return {{string_token::form::nil, {}}, begin};
  if (h.kind == form::streamed) return {{string_token::form::streamed, {}, false, h.size}, begin};
  if (h.size > text.size() - begin) return {};
  const auto size = static_cast<std::size_t>(h.size);
  const auto token_form = h.literal8 ? string_token::form::literal8 : string_token::form::literal;
  return {{token_form, text.substr(begin, size)}, begin + size};
}

// Goes from one octet outside of strings to the next. Behind an unclosed quote no other can be closed before the same
// place; without remembering that the walk would be quadratic.
class outside_walker {
 public:
  explicit outside_walker(std::string_view text, std::size_t at = 0) noexcept : text_(text), at_(at) {}
  [[nodiscard]] bool at_end() const noexcept { return at_ >= text_.size(); }
  [[nodiscard]] char octet() const noexcept { return text_[at_]; }
  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  /// Where the search for the end of the last unclosed quote stopped.
  [[nodiscard]] std::size_t unclosed_until() const noexcept { return unclosed_until_; }
  void advance() noexcept {
    const char c = octet();
    const bool opens = c == '{' || (c == '"' && at_ >= unclosed_until_);
    const auto s = opens ? read_string(text_, at_) : found_string{};
    unclosed_until_ = std::max(unclosed_until_, s.stopped);
    at_ = s.end == none ? at_ + 1 : s.end;
  }

 private:
  std::string_view text_;
  std::size_t at_;
  std::size_t unclosed_until_ = 0;
};
}  // namespace

found_string read_string(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size()) return {};
  if (text[at] == '"') return read_quoted(text, at);
  if (text[at] == '{' || text[at] == '~') return read_literal(text, at);
  return {};
}

std::size_t find_outside_strings(std::string_view text, std::size_t at, char stop) noexcept {
  outside_walker walker(text, at);
  while (!walker.at_end() && walker.octet() != stop) walker.advance();
  return walker.at_end() ? none : walker.position();
}

bool has_open_list(std::string_view text) noexcept {
  std::size_t depth = 0;
  for (outside_walker walker(text); !walker.at_end(); walker.advance()) {
    if (walker.octet() == '(') ++depth;
    if (walker.octet() == ')' && depth > 0) --depth;
  }
  return depth > 0;
}

bool has_open_string(std::string_view text) noexcept {
  outside_walker walker(text);
  while (!walker.at_end()) walker.advance();
  return !text.empty() && walker.unclosed_until() == text.size();
}

}  // namespace imapxx::inline v0::wire::scan
