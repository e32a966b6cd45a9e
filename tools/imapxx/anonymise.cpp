#include "anonymise.hpp"

#include "vocabulary.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace imapxx::cli {
namespace {

constexpr std::string_view redacted = "<redacted>";

// How the tokens of a part of a line are treated. Sets and numbers stay in all of them.
enum class context : std::uint8_t {
  keep,       // all as it is
  structure,  // words of the protocol stay, also dates in strings
  strict,     // nothing but NIL and dates stay
  names,      // mailbox names
  flags,
  fields,  // names of header fields
  mime,    // BODYSTRUCTURE: strings that are words of MIME stay
  pairs,   // ID, METADATA: names of fields, and entries
};

std::string capitals(std::string_view s) {
  std::string out(s);
  for (auto& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}
std::string small(std::string_view s) {
  std::string out(s);
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_set(std::string_view s) noexcept { return s.find_first_not_of("0123456789:,*.$-+") == std::string_view::npos; }

// "1.2.HEADER" without its numbers.
std::string_view without_part(std::string_view s) noexcept {
  const auto at = s.find_first_not_of("0123456789.");
  return at == std::string_view::npos ? s : s.substr(at);
}

bool is_rights(std::string_view s) noexcept {
  return s.find_first_not_of("lrswipkxtecdan0123456789+-\"") == std::string_view::npos;
}

}  // namespace

// One line, from left to right.
class anonymiser::walker {
 public:
  walker(std::string_view text, scrambler& scramble) : text_(text), scramble_(scramble) {}

  [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }
  [[nodiscard]] char peek() const noexcept { return at_end() ? '\0' : text_[at_]; }
  [[nodiscard]] std::string_view rest() const noexcept { return text_.substr(at_); }
  std::string take() { return std::move(out_); }
  void copy(std::size_t n) {
    out_ += text_.substr(at_, n);
    at_ += std::min(n, text_.size() - at_);
  }
  void blanks() {
    while (peek() == ' ') copy(1);
  }
  // The word up to the next blank, without moving.
  [[nodiscard]] std::string_view word() const noexcept {
    return rest().substr(0, std::min(rest().find_first_of(" ()[]\r\n"), rest().size()));
  }
  std::string copy_word() {
    const auto w = word();
    copy(w.size());
    blanks();
    return capitals(w);
  }
  void words() {  // a person's text
    out_ += scramble_.text(rest());
    at_ = text_.size();
  }
  void replace_rest(std::string_view with) {
    out_ += with;
    at_ = text_.size();
  }

  // One value: an atom, a string, or a list with all that is in it.
  void value(context c) {
    if (at_end()) return;
    if (peek() != '(') return token(c), blanks();
    std::size_t depth = 0;
    std::vector<context> outer;
    auto next = c;
    while (!at_end()) {
      if (peek() == '(') {
        outer.push_back(c);
        c = next;
        ++depth;
        copy(1);
      } else if (peek() == ')') {
        c = next = outer.back();
        outer.pop_back();
        copy(1);
        if (--depth == 0) break;
      } else if (peek() == ' ') {
        copy(1);
        continue;
      } else {
        next = item(c);
        continue;
      }
      next = c;
    }
    blanks();
  }
  void values(context c) {
    while (!at_end()) {
      const auto before = at_;
      if (peek() == '(') {
        value(after_);
      } else if (peek() == ' ') {
        copy(1);
        continue;
      } else {
        after_ = c;
        after_ = item(c);
        continue;
      }
      after_ = c;
      if (at_ == before) copy(1);
    }
  }
  void code();
  void search();

 private:
  // An atom or string. \return how the list behind it is to be treated
  context item(context c) {
    const auto name = capitals(word());
    token(c);
    if (c != context::structure) return c;
    if (name == "BODY" || name == "BODYSTRUCTURE") return peek() == '[' ? context::structure : context::mime;
    if (name == "ENVELOPE" || name == "EMAILID" || name == "THREADID" || name == "MAILBOXID" || name == "PREVIEW")
      return context::strict;
    if (name == "FLAGS" || name == "PERMANENTFLAGS" || name == "USE" || name == "FLAGS.SILENT") return context::flags;
    if (name == "X-GM-LABELS") return context::flags;
    if (name.find("HEADER.FIELDS") != std::string::npos) return context::fields;
    if (name == "OLDNAME") return context::names;
    return c;
  }
  void token(context c) {
    if (rest().starts_with(redacted)) return copy(redacted.size());
    if (peek() == '"') return quoted(c);
    if (peek() == '{' || rest().starts_with("~{")) return literal(c);
    constexpr std::string_view ends = " ()\"{[]<>\r\n";
    if (peek() != '\\' && ends.find(peek()) != std::string_view::npos) return copy(1);
    auto end = std::min(rest().find_first_of(ends, 1), rest().size());
    if (rest().substr(end).starts_with("{") && rest().substr(0, end).ends_with("~")) --end;
    atom(c, rest().substr(0, end));
  }
  void atom(context c, std::string_view a) {
    at_ += a.size();
    if (c == context::names) {
      out_ += scramble_.name(a);
    } else if (keeps(c, a)) {
      out_ += a;
    } else {
      out_ += scramble_.text(a);
    }
  }
  static bool keeps(context c, std::string_view a) {
    if (c == context::keep || is_set(a) || is_date(a) || capitals(a) == "NIL") return true;
    switch (c) {
      case context::structure: return is_protocol_word(capitals(without_part(a))) || is_known_flag(small(a));
      case context::flags: return is_known_flag(small(a));
      case context::fields: return is_header_field(small(a)) || is_protocol_word(capitals(without_part(a)));
      case context::mime: return is_mime_word(small(a));
      default: return false;
    }
  }
  std::string string(context c, std::string_view s) {
    if (c == context::keep || s.empty()) return std::string(s);
    switch (c) {
      case context::names: return scramble_.name(s);
      case context::flags: return is_known_flag(unescaped(small(s))) ? std::string(s) : scramble_.name(s);
      case context::fields: return is_header_field(small(s)) ? std::string(s) : scramble_.text(s);
      case context::mime: return is_date(s) ? std::string(s) : scramble_.mime(s);
      case context::pairs: return pair_string(s);
      default: break;
    }
    return is_date(s) ? std::string(s) : scramble_.text(s);
  }
  static std::string unescaped(std::string s) {
    if (s.starts_with("\\\\")) s.erase(0, 1);
    return s;
  }
  // "/private/comment", "name": the parts that a standard defines stay.
  std::string pair_string(std::string_view s) {
    if (is_field_word(small(s))) return std::string(s);
    if (!s.starts_with('/')) return scramble_.text(s);
    std::string out;
    while (!s.empty()) {
      const auto end = std::min(s.find('/', 1), s.size());
      const auto part = s.substr(1, end - 1);
      out += '/';
      out += is_field_word(small(part)) ? std::string(part) : scramble_.text(part);
      s.remove_prefix(end);
    }
    return out;
  }
  void quoted(context c) {
    auto end = at_ + 1;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2U : 1U;
    end = std::min(end, text_.size());
    out_ += '"';
    out_ += string(c, text_.substr(at_ + 1, end - at_ - 1));
    at_ = end;
    if (!at_end()) copy(1);
  }
  void literal(context c) {
    const auto line_end = rest().find("\r\n");
    recorded_literal l;
    if (line_end == std::string_view::npos || !ends_in_literal(rest().substr(0, line_end), l)) return copy(1);
    copy(line_end + 2);
    const auto mark = elided_octets(l.size);
    if (l.elided) return;
    if (rest().starts_with(mark)) return copy(mark.size());
    const auto octets = rest().substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(l.size, rest().size())));
    at_ += octets.size();
    out_ += c == context::structure || c == context::strict ? scramble_.body(octets) : string(c, octets);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
  scrambler& scramble_;
  context after_ = context::structure;  // of the list that follows the last token of `values`
};

// "[...] ", if one stands here.
void anonymiser::walker::code() {
  if (peek() != '[') return;
  copy(1);
  const auto name = capitals(word());
  auto inside = context::structure;
  if (name == "CAPABILITY" || name == "BADCHARSET") inside = context::keep;
  if (name == "PERMANENTFLAGS") inside = context::flags;
  if (name == "NEWNAME") inside = context::names;
  if (name == "REFERRAL" || name == "MAILBOXID" || name == "BADURL" || name == "UNDEFINED-FILTER")
    inside = context::strict;
  token(context::structure);
  while (!at_end() && peek() != ']') {
    if (peek() == '(') {
      value(inside);
    } else {
      token(inside);
    }
  }
  if (!at_end()) copy(1);
}

void anonymiser::walker::search() {
  while (!at_end()) {
    const auto key = capitals(word());
    if (peek() == ' ' || peek() == '(' || peek() == ')') {
      copy(1);
      continue;
    }
    token(context::structure);
    if (key == "CHARSET") {
      blanks();
      token(context::keep);
    }
    if (!takes_text(key)) continue;
    blanks();
    token(key == "HEADER" ? context::fields : (key.ends_with("KEYWORD") ? context::flags : context::strict));
    if (key != "HEADER") continue;
    blanks();
    token(context::strict);
  }
}

namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> all) {
  return std::find(all.begin(), all.end(), word) != all.end();
}

}  // namespace

std::string anonymiser::operator()(const trace_record& r) {
  switch (r.from) {
    case trace_record::source::client: return client(r.text);
    case trace_record::source::server: return server(r.text);
    case trace_record::source::note: break;
  }
  return r.text.starts_with("imapxx ") ? r.text : scramble_.text(r.text);
}

std::string anonymiser::server(std::string_view text) {
  walker w(text, scramble_);
  if (text.starts_with('+')) {
    w.copy(1);
    w.blanks();
    if (in_dialogue_ && !w.at_end()) w.replace_rest(redacted);
    w.code();
    w.words();
    return w.take();
  }
  const auto tag = w.copy_word();
  if (in_dialogue_ && tag == dialogue_tag_) in_dialogue_ = false;
  if (!w.at_end() && w.word().find_first_not_of("0123456789") == std::string_view::npos) (void)w.copy_word();
  const auto name = capitals(w.word());
  if (!is_protocol_word(name)) {
    w.values(context::strict);
    return w.take();
  }
  (void)w.copy_word();
  if (is_one_of(name, {"OK", "NO", "BAD", "BYE", "PREAUTH"})) {
    w.code();
    w.words();
  } else if (is_one_of(name, {"CAPABILITY", "ENABLED"})) {
    w.values(context::keep);
  } else if (is_one_of(name, {"LIST", "LSUB", "XLIST"})) {
    w.value(context::flags);
    w.value(context::keep);
    w.value(context::names);
    w.values(context::structure);
  } else if (is_one_of(name, {"STATUS", "QUOTA"})) {
    w.value(context::names);
    w.values(context::structure);
  } else if (is_one_of(name, {"QUOTAROOT", "NAMESPACE"})) {
    w.values(context::names);
  } else if (name == "FLAGS") {
    w.values(context::flags);
  } else if (is_one_of(name, {"ID", "METADATA", "ANNOTATION"})) {
    if (name != "ID") w.value(context::names);
    w.values(context::pairs);
  } else if (is_one_of(name, {"ACL", "LISTRIGHTS", "MYRIGHTS"})) {
    w.value(context::names);
    bool rights = name == "MYRIGHTS";
    while (!w.at_end()) {
      w.value(rights && is_rights(w.word()) ? context::keep : context::strict);
      rights = name != "ACL" || !rights;
    }
  } else {
    w.values(context::structure);
  }
  return w.take();
}

std::string anonymiser::client(std::string_view text) {
  walker w(text, scramble_);
  if (in_dialogue_) return std::string(redacted);
  if (capitals(text) == "DONE") return std::string(text);
  const auto tag = w.copy_word();
  auto name = w.copy_word();
  if (name == "UID") name = w.copy_word();
  if (name == "LOGIN" || name == "AUTHENTICATE") {
    if (name == "AUTHENTICATE") {
      in_dialogue_ = true;
      dialogue_tag_ = tag;
      (void)w.copy_word();
    }
    if (!w.at_end() && w.rest() != "=") w.replace_rest(redacted);
  } else if (is_one_of(name, {"LIST", "LSUB", "XLIST"})) {
    if (w.peek() == '(') w.value(context::structure);
    w.value(context::names);
    w.value(context::names);
    w.values(context::structure);
  } else if (is_one_of(name, {"RENAME", "GETQUOTAROOT", "GETACL", "MYRIGHTS", "DELETE", "SUBSCRIBE", "UNSUBSCRIBE"})) {
    w.values(context::names);
  } else if (is_one_of(name, {"SELECT", "EXAMINE", "CREATE", "STATUS", "SETQUOTA", "GETQUOTA"})) {
    w.value(context::names);
    w.values(context::structure);
  } else if (name == "APPEND") {
    w.value(context::names);
    if (w.peek() == '(') w.value(context::flags);
    w.values(context::structure);
  } else if (is_one_of(name, {"COPY", "MOVE"})) {
    w.value(context::keep);
    w.values(context::names);
  } else if (name == "STORE") {
    w.value(context::keep);
    if (w.peek() == '(') w.value(context::structure);
    (void)w.copy_word();
    w.values(context::flags);
  } else if (is_one_of(name, {"SEARCH", "SORT", "THREAD"})) {
    w.search();
  } else if (is_one_of(name, {"ID", "GETMETADATA", "SETMETADATA"})) {
    if (name != "ID" && w.peek() == '(') w.value(context::structure);
    if (name != "ID") w.value(context::names);
    w.values(context::pairs);
  } else if (is_one_of(name, {"SETACL", "DELETEACL", "LISTRIGHTS"})) {
    w.value(context::names);
    w.value(context::strict);
    w.values(is_rights(w.rest()) ? context::keep : context::strict);
  } else if (is_one_of(name, {"ENABLE", "CAPABILITY", "COMPRESS"})) {
    w.values(context::keep);
  } else {
    w.values(is_protocol_word(name) ? context::structure : context::strict);
  }
  return w.take();
}

}  // namespace imapxx::cli
