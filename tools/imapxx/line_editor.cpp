#include "line_editor.hpp"

#include <imapxx/secret.hpp>

#include <algorithm>
#include <utility>

namespace imapxx::cli {
namespace {

constexpr char esc = '\x1b';
constexpr char del = '\x7f';
constexpr char ctrl(char letter) noexcept { return static_cast<char>(letter - '@'); }

bool continues(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// The line as columns: one cell a character, whatever its octets.
struct cells {
  std::vector<std::string_view> cell;
  std::size_t cursor = 0;
};

// Length of the well-formed character at `i`, or 0.
std::size_t character_at(std::string_view text, std::size_t i) noexcept {
  const auto lead = static_cast<unsigned char>(text[i]);
  const std::size_t length = lead < 0x80 ? 1 : (lead >= 0xF0 ? 4 : (lead >= 0xE0 ? 3 : 2));
  if (lead >= 0x80 && (lead < 0xC2 || lead > 0xF4)) return 0;
  if (i + length > text.size()) return 0;
  for (std::size_t k = 1; k < length; ++k)
    if (!continues(text[i + k])) return 0;
  return length;
}

bool drawable(std::string_view character) noexcept {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first >= 0x20 && first != 0x7F;
  // C1 controls, and everything general punctuation holds of marks and line separators.
  if (first == 0xC2) return static_cast<unsigned char>(character[1]) >= 0xA0;
  if (first == 0xD8) return static_cast<unsigned char>(character[1]) != 0x9C;
  return first != 0xE2 ||
         (static_cast<unsigned char>(character[1]) != 0x80 && static_cast<unsigned char>(character[1]) != 0x81);
}

cells lay_out(std::string_view text, std::size_t cursor, std::size_t hidden_from) {
  cells c;
  for (std::size_t i = 0; i < text.size();) {
    if (i <= cursor) c.cursor = c.cell.size() + (i < cursor ? 1 : 0);
    const auto length = character_at(text, i);
    const auto character = text.substr(i, std::max<std::size_t>(length, 1));
    if (i >= hidden_from) {
      c.cell.emplace_back("*");
    } else {
      c.cell.push_back(length != 0 && drawable(character) ? character : std::string_view("?"));
    }
    i += character.size();
  }
  if (cursor >= text.size()) c.cursor = c.cell.size();
  return c;
}

}  // namespace

line_editor::key_result line_editor::feed(char octet) {
  if (!escape_.empty()) {
    escape_ += octet;
    // ESC [ or ESC O, parameters, one final letter.
    const bool introducer = escape_.size() == 2 && (octet == '[' || octet == 'O');
    const bool parameter = escape_.size() > 2 && octet >= '0' && octet <= '?';
    if (introducer || parameter) return key_result::more;
    escape_sequence(octet);
    escape_.clear();
    return key_result::more;
  }
  if (octet == esc) {
    escape_ = esc;
    return key_result::more;
  }
  if (octet == del || static_cast<unsigned char>(octet) < 0x20) return control(octet);
  insert(octet);
  return key_result::more;
}

line_editor::key_result line_editor::control(char octet) {
  switch (octet) {
    case '\r':
    case '\n': return key_result::accepted;
    case '\t': complete(); break;
    case del:
    case ctrl('H'):
      if (cursor_ > 0) {
        const auto end = cursor_;
        left();
        erase(cursor_, end);
      }
      break;
    case ctrl('A'): cursor_ = 0; break;
    case ctrl('B'): left(); break;
    case ctrl('C'): (void)take(); return key_result::interrupted;
    case ctrl('D'):
      if (text_.empty()) return key_result::end_of_input;
      escape_ = "\x1b[3";
      escape_sequence('~');
      escape_.clear();
      break;
    case ctrl('E'): cursor_ = text_.size(); break;
    case ctrl('F'): right(); break;
    case ctrl('K'): erase(cursor_, text_.size()); break;
    case ctrl('N'): step_history(1); break;
    case ctrl('P'): step_history(-1); break;
    case ctrl('U'): erase(0, cursor_); break;
    case ctrl('W'): erase_word(); break;
    default: break;
  }
  return key_result::more;
}

void line_editor::escape_sequence(char last) {
  switch (last) {
    case 'A': return step_history(-1);
    case 'B': return step_history(1);
    case 'C': return right();
    case 'D': return left();
    case 'F': cursor_ = text_.size(); return;
    case 'H': cursor_ = 0; return;
    case '~': break;
    default: return;
  }
  const std::string_view parameter = std::string_view(escape_).substr(2);
  if (parameter.starts_with('1') || parameter.starts_with('7')) cursor_ = 0;
  if (parameter.starts_with('4') || parameter.starts_with('8')) cursor_ = text_.size();
  if (parameter.starts_with('3') && cursor_ < text_.size()) {
    const auto begin = cursor_;
    right();
    erase(begin, cursor_);
  }
}

void line_editor::insert(char octet) {
  if (text_.size() == text_.capacity()) {
    // A string that grows by itself would leave octets of a password behind.
    constexpr std::size_t first_capacity = 256;
    std::string bigger;
    bigger.reserve(std::max(first_capacity, 2 * text_.size()));
    bigger = text_;
    secret::wipe(text_);
    text_ = std::move(bigger);
  }
  text_.insert(cursor_, 1, octet);
  ++cursor_;
}

void line_editor::left() noexcept {
  if (cursor_ == 0) return;
  do {
    --cursor_;
  } while (cursor_ > 0 && continues(text_[cursor_]));
}

void line_editor::right() noexcept {
  if (cursor_ == text_.size()) return;
  do {
    ++cursor_;
  } while (cursor_ < text_.size() && continues(text_[cursor_]));
}

void line_editor::erase(std::size_t begin, std::size_t end) {
  text_.erase(begin, end - begin);
  cursor_ = begin;
}

void line_editor::erase_word() {
  auto begin = cursor_;
  while (begin > 0 && text_[begin - 1] == ' ') --begin;
  while (begin > 0 && text_[begin - 1] != ' ') --begin;
  erase(begin, cursor_);
}

void line_editor::step_history(int by) {
  if (hide_all_) return;
  if (by < 0 ? history_at_ == 0 : history_at_ == history_.size()) return;
  if (history_at_ == history_.size()) draft_ = text_;
  history_at_ = by < 0 ? history_at_ - 1 : history_at_ + 1;
  text_ = history_at_ == history_.size() ? draft_ : history_[history_at_];
  cursor_ = text_.size();
}

void line_editor::complete() {
  candidates_.clear();
  if (hide_all_ || !complete_) return;
  std::size_t from = cursor_;
  auto found = complete_(std::string_view(text_).substr(0, cursor_), from);
  if (found.empty() || from > cursor_) return;
  std::string common = found.front();
  for (const auto& word : found) {
    std::size_t n = 0;
    while (n < common.size() && n < word.size() && common[n] == word[n]) ++n;
    common.resize(n);
  }
  const bool only = found.size() == 1;
  if (only && !common.ends_with('[') && !common.ends_with('(')) common += ' ';
  if (common.size() <= cursor_ - from && !only) {
    candidates_ = std::move(found);
    return;
  }
  text_.replace(from, cursor_ - from, common);
  cursor_ = from + common.size();
}

std::string line_editor::take() {
  std::string line = text_;
  secret::wipe(text_);
  secret::wipe(draft_);
  cursor_ = 0;
  history_at_ = history_.size();
  return line;
}

void line_editor::remember(std::string line) {
  if (!line.empty() && (history_.empty() || history_.back() != line)) history_.push_back(std::move(line));
  if (history_.size() > longest_history) history_.erase(history_.begin());
  history_at_ = history_.size();
}

std::string line_editor::row(std::string_view prompt, std::size_t columns) const {
  const auto hidden = hide_all_ ? 0 : (hide_ != nullptr ? hide_(text_) : text_.size());
  const auto c = lay_out(text_, cursor_, hidden);
  constexpr std::size_t least = 10;
  const auto prompt_columns = lay_out(prompt, 0, prompt.size()).cell.size();
  const auto room = std::max(least, columns > prompt_columns + 1 ? columns - prompt_columns - 1 : 0);
  // The part of the line that holds the cursor.
  const auto begin = c.cursor > room ? c.cursor - room : 0;
  const auto end = std::min(c.cell.size(), begin + room);
  std::string out = "\r\x1b[K";
  out += prompt;
  for (std::size_t i = begin; i < end; ++i) out += c.cell[i];
  if (const auto back = end - c.cursor; back != 0) out += "\x1b[" + std::to_string(back) + "D";
  return out;
}

}  // namespace imapxx::cli
