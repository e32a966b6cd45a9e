#include <imapxx/mime/message.hpp>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "mime/html_entities.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace imapxx::inline v0::mime {
namespace {

constexpr auto npos = std::string_view::npos;

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

template <std::size_t N>
bool one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::any_of(names.begin(), names.end(), [name](std::string_view n) { return base::iequals(name, n); });
}

constexpr std::array<std::string_view, 7> unseen = {"script",   "style",    "title", "noscript",
                                                    "template", "textarea", "svg"};
constexpr std::array<std::string_view, 28> blocks = {
    "p",      "div",     "h1",      "h2",    "h3",   "h4",         "h5",     "h6",      "ul",   "ol",
    "li",     "dl",      "dt",      "dd",    "tr",   "pre",        "hr",     "table",   "form", "header",
    "footer", "section", "article", "aside", "main", "blockquote", "center", "fieldset"};
constexpr std::array<std::string_view, 9> spaced = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote"};

/// Collects text; knows how many line breaks are wanted before the next word.
class page {
 public:
  void text(char32_t c) {
    if (pre_ == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f')) {
      blank_ = true;
    } else if (c == '\r') {
      return;
    } else if (pre_ != 0 && c == '\n') {
      line_break();
    } else {
      begin_word();
      base::utf8_append(out_, c);
    }
  }
  void octets(std::string_view s) {
    begin_word();
    out_.append(s);
  }
  void line_break() {
    breaks_ = std::min(breaks_ + 1, 3U);
    blank_ = false;
  }
  void block(unsigned breaks) {
    breaks_ = std::max(breaks_, breaks);
    blank_ = false;
  }
  void cell() { blank_ = true; }
  void preformatted(bool on) { pre_ = on ? pre_ + 1 : pre_ - std::min(pre_, 1U); }
  std::string finish() {
    if (!out_.empty()) out_.push_back('\n');
    return std::move(out_);
  }

 private:
  void begin_word() {
    if (!out_.empty()) {
      if (breaks_ > 0) {
        out_.append(breaks_, '\n');
      } else if (blank_) {
        out_.push_back(' ');
      }
    }
    breaks_ = 0;
    blank_ = false;
  }
  std::string out_;
  unsigned breaks_ = 0;
  unsigned pre_ = 0;
  bool blank_ = false;
};

class reducer {
 public:
  explicit reducer(std::string_view html) : in_(html) {}

  std::string run() {
    while (at_ < in_.size()) {
      const char c = in_[at_];
      if (c == '<' && starts_tag()) {
        tag();
      } else if (c == '&') {
        entity();
      } else if (base::is_8bit(c)) {
        const auto end = std::min(std::size_t{8}, in_.size() - at_);
        const auto u = base::utf8_first(in_.substr(at_, end));
        page_.octets(u.length == 0 ? "\xEF\xBF\xBD" : in_.substr(at_, u.length));
        at_ += std::max<std::size_t>(u.length, 1);
      } else {
        page_.text(static_cast<unsigned char>(c));
        ++at_;
      }
    }
    return page_.finish();
  }

 private:
  // "<" before anything else is text, as in "a < b".
  [[nodiscard]] bool starts_tag() const {
    if (at_ + 1 >= in_.size()) return false;
    const char next = in_[at_ + 1];
    return base::is_alpha(next) || next == '/' || next == '!' || next == '?';
  }

  void tag() {
    if (in_.substr(at_, 4) == "<!--") return skip_past("-->", at_ + 4);
    if (in_[at_ + 1] == '!' || in_[at_ + 1] == '?') return skip_past(">", at_ + 2);
    const bool closing = in_[at_ + 1] == '/';
    const auto begin = at_ + (closing ? 2 : 1);
    auto end = begin;
    while (end < in_.size() && (base::is_alnum(in_[end]) || in_[end] == '-')) ++end;
    const auto name = in_.substr(begin, end - begin);
    at_ = end;
    skip_attributes();
    apply(name, closing);
  }

  // To behind the '>', which may stand in quoted values. A tag without an end takes the rest, so nothing is read twice.
  void skip_attributes() {
    char quote = '\0';
    char before = '\0';
    for (; at_ < in_.size(); ++at_) {
      const char c = in_[at_];
      if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == '>') {
        ++at_;
        return;
      } else if ((c == '"' || c == '\'') && before == '=') {
        quote = c;
      }
      if (!is_space(c)) before = c;
    }
  }

  void apply(std::string_view name, bool closing) {
    if (!closing && one_of(name, unseen)) return skip_element(name);
    if (base::iequals(name, "br")) {
      page_.line_break();
    } else if (base::iequals(name, "td") || base::iequals(name, "th")) {
      page_.cell();
    } else if (one_of(name, blocks)) {
      page_.block(one_of(name, spaced) ? 2 : 1);
      if (base::iequals(name, "pre")) page_.preformatted(!closing);
      if (!closing && base::iequals(name, "li")) page_.octets("* ");
      if (!closing && base::iequals(name, "hr")) {
        page_.octets("----");
        page_.block(1);
      }
    }
  }

  void skip_past(std::string_view end, std::size_t from) {
    const auto found = in_.find(end, from);
    at_ = found == npos ? in_.size() : found + end.size();
  }

  void skip_element(std::string_view name) {
    for (auto from = in_.find("</", at_); from != npos; from = in_.find("</", from + 2)) {
      if (!base::iequals(in_.substr(from + 2, name.size()), name)) continue;
      at_ = from + 2 + name.size();
      return skip_past(">", at_);
    }
    at_ = in_.size();
  }

  void entity() {
    const auto e = read_entity(in_.substr(at_, 40));
    if (e.length == 0) {
      page_.text(U'&');
      ++at_;
      return;
    }
    if (e.value == 0xA0) {
      page_.octets(" ");
    } else {
      page_.text(e.value);
    }
    at_ += e.length;
  }

  std::string_view in_;
  std::size_t at_ = 0;
  page page_;
};

}  // namespace

std::string html_to_text(std::string_view html) { return reducer(html).run(); }

}  // namespace imapxx::inline v0::mime
