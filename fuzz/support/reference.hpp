/// \file
/// A slow and obvious reader of responses, written from the ABNF of RFC 9051 section 9 (and RFC 3501 where that was
/// wider): one function for each rule, each copies what it reads, nothing is tolerated. What it accepts is read out as
/// text in one canonical form (`canonical.hpp` writes the library's values in the same form).
///
/// Rules whose values have a second meaning for the library (docs/QUIRKS.md) are narrowed, and say so.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::fuzz {

using text = std::optional<std::string>;

class reference {
 public:
  explicit reference(std::string_view in) : in_(in) {}

  /// The whole input as one response without its final CRLF.
  text response() {
    auto out = one_of({&reference::tagged, &reference::untagged, &reference::continuation});
    return done() ? out : std::nullopt;
  }
  text whole_envelope() {
    auto out = envelope();
    return done() ? out : std::nullopt;
  }
  text whole_body() {
    auto out = body(true);
    return done() ? out : std::nullopt;
  }

  /// A value in the canonical form: its length, so that no two values look alike.
  static std::string shown(std::string_view value) { return std::to_string(value.size()).append(":").append(value); }
  static std::string shown(const std::string& value) { return shown(std::string_view(value)); }
  static std::string shown(const text& value) { return value ? shown(std::string_view(*value)) : "NIL"; }
  static char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
  static std::string upper(std::string_view s) {
    std::string out;
    for (const char c : s) out += upper(c);
    return out;
  }

 private:
  using rule = text (reference::*)();

  [[nodiscard]] bool done() const { return at_ == in_.size(); }
  [[nodiscard]] char peek() const { return done() ? '\0' : in_[at_]; }

  /// The first rule that fits, from the same place.
  text one_of(std::initializer_list<rule> rules) {
    const auto begin = at_;
    for (const auto r : rules) {
      if (auto out = (this->*r)()) return out;
      at_ = begin;
    }
    return std::nullopt;
  }
  bool word(std::string_view w) {
    if (upper(in_.substr(at_, w.size())) != w) return false;
    at_ += w.size();
    return true;
  }
  bool is(char c) {
    if (peek() != c || done()) return false;
    ++at_;
    return true;
  }
  bool sp() { return is(' '); }

  static bool ctl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
  static bool char7(char c) { return c != '\0' && static_cast<unsigned char>(c) < 0x80; }
  // atom-specials = "(" / ")" / "{" / SP / CTL / list-wildcards / quoted-specials / resp-specials
  static bool atom_char(char c) {
    return char7(c) && !ctl(c) && std::string_view("(){ %*\"\\]").find(c) == std::string_view::npos;
  }
  // TEXT-CHAR = <any CHAR except CR and LF>
  static bool text_char(char c) { return char7(c) && c != '\r' && c != '\n'; }
  static bool digit(char c) { return c >= '0' && c <= '9'; }

  // --- numbers
  std::optional<std::uint64_t> digits(std::uint64_t most, bool zero) {
    std::string s;
    while (digit(peek())) s += in_[at_++];
    if (s.empty() || s.size() > 19 || (s.size() > 1 && s.front() == '0')) return std::nullopt;
    std::uint64_t n = 0;
    for (const char c : s) n = n * 10 + static_cast<std::uint64_t>(c - '0');
    if (n > most || (n == 0 && !zero)) return std::nullopt;
    return n;
  }
  std::optional<std::uint64_t> number() { return digits(0xFFFFFFFFU, true); }
  std::optional<std::uint64_t> nz_number() { return digits(0xFFFFFFFFU, false); }
  std::optional<std::uint64_t> number64() { return digits(0x7FFFFFFFFFFFFFFFU, true); }
  static text shown(std::optional<std::uint64_t> n) { return n ? text(std::to_string(*n)) : std::nullopt; }

  // --- strings
  // quoted = DQUOTE *QUOTED-CHAR DQUOTE
  text quoted() {
    if (!is('"')) return std::nullopt;
    std::string out;
    while (!done()) {
      char c = in_[at_++];
      if (c == '"') return out;
      if (c == '\\') {
        c = done() ? '\0' : in_[at_++];
        if (c != '"' && c != '\\') return std::nullopt;
      } else if (!text_char(c)) {
        return std::nullopt;
      }
      out += c;
    }
    return std::nullopt;
  }
  // literal = "{" number64 "}" CRLF *CHAR8
  text literal() {
    if (!is('{')) return std::nullopt;
    const auto n = number64();
    if (!n || !word("}\r\n") || *n > in_.size() - at_) return std::nullopt;
    std::string out(in_.substr(at_, static_cast<std::size_t>(*n)));
    at_ += out.size();
    if (out.find('\0') != std::string::npos) return std::nullopt;
    return out;
  }
  text string() { return one_of({&reference::quoted, &reference::literal}); }
  // atom = 1*ATOM-CHAR
  text atom() {
    std::string out;
    while (!done() && atom_char(peek())) out += in_[at_++];
    return out.empty() ? std::nullopt : text(out);
  }
  // ASTRING-CHAR = ATOM-CHAR / resp-specials
  text astring_atom() {
    std::string out;
    while (!done() && (atom_char(peek()) || peek() == ']')) out += in_[at_++];
    return out.empty() ? std::nullopt : text(out);
  }
  text astring() { return one_of({&reference::astring_atom, &reference::string}); }
  bool nil() {
    const auto begin = at_;
    if (word("NIL") && (done() || peek() == ' ' || peek() == ')')) return true;
    at_ = begin;
    return false;
  }
  // nstring = string / nil. The outer optional: whether it is one.
  std::optional<text> nstring() {
    if (nil()) return text();
    if (auto s = string()) return text(*s);
    return std::nullopt;
  }
  text shown_nstring() {
    const auto s = nstring();
    return s ? text(shown(*s)) : std::nullopt;
  }
  // mailbox = "INBOX" / astring
  text mailbox() {
    auto name = astring();
    if (!name || name->empty()) return std::nullopt;  // an empty name is none, though it is an astring
    if (upper(*name) == "INBOX") name = "INBOX";
    return shown(*name);
  }

  // --- flags
  // flag = "\" atom / atom; "\*" where `star` says so
  text flag(bool star) {
    if (is('\\')) {
      if (star && is('*')) return "\\*";
      const auto a = atom();
      return a ? text("\\" + *a) : std::nullopt;
    }
    return atom();
  }
  // "(" [flag *(SP flag)] ")". Narrowed: each flag once (S-11), without regard to case.
  text flag_list() {
    if (!is('(')) return std::nullopt;
    std::vector<std::string> flags;
    std::string out = "(";
    while (!is(')')) {
      if (!flags.empty() && !sp()) return std::nullopt;
      const auto f = flag(false);
      if (!f || upper(*f) == "NIL") return std::nullopt;  // narrowed: NIL is none (S-09)
      if (std::find(flags.begin(), flags.end(), upper(*f)) != flags.end()) return std::nullopt;
      flags.push_back(upper(*f));
      out += ' ' + flags.back();
    }
    return out + ")";
  }

  // --- status responses
  // resp-cond-state = ("OK" / "NO" / "BAD") SP resp-text, and BYE and PREAUTH
  text state(std::string_view tag) {
    static constexpr std::string_view kinds[] = {"OK ", "NO ", "BAD ", "BYE ", "PREAUTH "};
    for (const auto kind : kinds) {
      if (!word(kind)) continue;
      if (!tag.empty() && (kind == "BYE " || kind == "PREAUTH ")) return std::nullopt;
      auto r = resp_text();
      if (!r) return std::nullopt;
      return std::string("status ").append(shown(tag)).append(" ").append(kind).append(*r);
    }
    return std::nullopt;
  }
  // resp-text = ["[" resp-text-code "]" SP] text. Narrowed: text does not begin with "[" or a space.
  text resp_text() {
    std::string out;
    if (is('[')) {
      const auto c = resp_text_code();
      if (!c || !is(']') || !sp()) return std::nullopt;
      out = "[" + *c + "]";
    }
    std::string rest;
    if (peek() == '[' || peek() == ' ') return std::nullopt;
    while (!done() && text_char(peek())) rest += in_[at_++];
    if (rest.empty() || rest.back() == ' ') return std::nullopt;
    return out + shown(rest);
  }
  // resp-text-code. Narrowed: those without arguments and those with one number.
  text resp_text_code() {
    static constexpr std::string_view plain[] = {"ALERT",   "PARSE",         "READ-ONLY",     "READ-WRITE", "TRYCREATE",
                                                 "CLOSED",  "UIDNOTSTICKY",  "EXPUNGEISSUED", "INUSE",      "NOPERM",
                                                 "EXPIRED", "ALREADYEXISTS", "NONEXISTENT",   "LIMIT",      "CANNOT"};
    static constexpr std::string_view numbered[] = {"UIDNEXT", "UIDVALIDITY", "UNSEEN"};
    const auto name = atom();
    if (!name) return std::nullopt;
    const auto known = upper(*name);
    if (std::find(std::begin(plain), std::end(plain), known) != std::end(plain)) return known + ' ';
    if (std::find(std::begin(numbered), std::end(numbered), known) == std::end(numbered) || !sp()) return std::nullopt;
    const auto n = nz_number();
    return n ? text(known + ' ' + std::to_string(*n)) : std::nullopt;
  }
  // tag = 1*<any ASTRING-CHAR except "+">. Narrowed: it begins with no bracket (G-11).
  text tagged() {
    std::string tag;
    if (peek() == '[') return std::nullopt;
    while (!done() && (atom_char(peek()) || peek() == ']') && peek() != '+') tag += in_[at_++];
    if (tag.empty() || !sp()) return std::nullopt;
    return state(tag);
  }
  // continue-req = "+" SP (resp-text / base64)
  text continuation() {
    if (!word("+ ")) return std::nullopt;
    const auto r = resp_text();
    return r ? text("continue " + *r) : std::nullopt;
  }

  // --- untagged data
  text untagged() {
    if (!word("* ")) return std::nullopt;
    return one_of({&reference::untagged_state, &reference::flags, &reference::list, &reference::lsub,
                   &reference::search, &reference::status, &reference::capability, &reference::numbered,
                   &reference::fetch});
  }
  text untagged_state() { return state({}); }
  text flags() {
    if (!word("FLAGS ")) return std::nullopt;
    const auto l = flag_list();
    return l ? text("flags " + *l) : std::nullopt;
  }
  text list() { return word("LIST ") ? mailbox_list("list ") : std::nullopt; }
  text lsub() { return word("LSUB ") ? mailbox_list("lsub ") : std::nullopt; }
  // mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox
  text mailbox_list(std::string_view name) {
    const auto attributes = flag_list();
    if (!attributes || !sp()) return std::nullopt;
    text separator = "NIL";
    if (!nil()) {
      separator = quoted();
      if (!separator || separator->size() != 1) return std::nullopt;
    }
    if (!sp()) return std::nullopt;
    const auto m = mailbox();
    if (!m) return std::nullopt;
    return std::string(name).append(*attributes).append(" ").append(*separator).append(" ").append(*m);
  }
  // "SEARCH" *(SP nz-number) [SP search-sort-mod-seq]
  text search() {
    if (!word("SEARCH")) return std::nullopt;
    std::set<std::uint64_t> numbers;
    std::string modseq;
    while (modseq.empty() && sp()) {
      if (word("(MODSEQ ")) {
        const auto n = digits(0x7FFFFFFFFFFFFFFFU, false);
        if (!n || !is(')')) return std::nullopt;
        modseq = " modseq " + std::to_string(*n);
      } else {
        const auto n = nz_number();
        if (!n) return std::nullopt;
        numbers.insert(*n);
      }
    }
    std::string out = "search";
    for (const auto n : numbers) out += ' ' + std::to_string(n);
    return out + modseq;
  }
  // "STATUS" SP mailbox SP "(" [status-att-list] ")"
  text status() {
    if (!word("STATUS ")) return std::nullopt;
    const auto m = mailbox();
    if (!m || !word(" (")) return std::nullopt;
    static constexpr std::string_view names[] = {"MESSAGES", "RECENT",  "UIDNEXT", "UIDVALIDITY",
                                                 "UNSEEN",   "DELETED", "SIZE",    "HIGHESTMODSEQ"};
    std::vector<std::string> values(std::size(names));
    for (bool first = true; !is(')'); first = false) {
      if (!first && !sp()) return std::nullopt;
      const auto name = atom();
      const auto* const at = std::find(std::begin(names), std::end(names), name ? upper(*name) : std::string());
      if (at == std::end(names) || !sp()) return std::nullopt;
      const bool wide = at - names >= 6;                         // SIZE, HIGHESTMODSEQ
      const bool positive = at - names == 2 || at - names == 3;  // UIDNEXT, UIDVALIDITY
      const auto n = wide ? number64() : positive ? nz_number() : number();
      auto& value = values[static_cast<std::size_t>(at - names)];
      if (!n || !value.empty()) return std::nullopt;  // narrowed: each item once
      value = std::to_string(*n);
    }
    std::string out = "mailbox " + *m;
    for (const auto& v : values) out += ' ' + v;
    return out;
  }
  // capability-data = "CAPABILITY" *(SP capability); compared without regard to case, each counts once
  text capability() {
    if (!word("CAPABILITY")) return std::nullopt;
    std::vector<std::string> names;
    std::string out = "capability";
    while (sp()) {
      const auto name = atom();
      if (!name || *name == "+") return std::nullopt;  // narrowed: LITERAL + is LITERAL+ (G-05)
      names.push_back(upper(*name));
      if (std::count(names.begin(), names.end(), names.back()) == 1) out += ' ' + names.back();
    }
    return names.empty() ? std::nullopt : text(out);
  }
  // number SP "EXISTS" / number SP "RECENT" / nz-number SP "EXPUNGE"
  text numbered() {
    const auto n = number();
    if (!n || !sp()) return std::nullopt;
    const auto name = atom();
    if (!name) return std::nullopt;
    const auto what = upper(*name);
    if (what != "EXISTS" && what != "RECENT" && (what != "EXPUNGE" || *n == 0)) return std::nullopt;
    return what + ' ' + std::to_string(*n);
  }

  // --- FETCH
  text fetch() {
    const auto seq = nz_number();
    if (!seq || !word(" FETCH (")) return std::nullopt;
    std::vector<std::string> items;
    for (bool first = true; !is(')'); first = false) {
      if (!first && !sp()) return std::nullopt;
      const auto item =
          one_of({&reference::att_flags, &reference::att_envelope, &reference::att_date, &reference::att_size,
                  &reference::att_bodystructure, &reference::att_section, &reference::att_body, &reference::att_rfc822,
                  &reference::att_uid, &reference::att_modseq});
      if (!item) return std::nullopt;
      const auto name = item->substr(0, item->find(' '));
      for (const auto& before : items)
        if (before.substr(0, before.find(' ')) == name) return std::nullopt;  // narrowed: each item once
      items.push_back(*item);
    }
    std::string out = "fetch " + std::to_string(*seq);
    std::sort(items.begin(), items.end());
    for (const auto& i : items) out += " | " + i;
    return items.empty() ? std::nullopt : text(out);
  }
  static text named(std::string_view name, const text& value) {
    return value ? text(std::string(name).append(" ").append(*value)) : std::nullopt;
  }
  text att_flags() { return word("FLAGS ") ? named("FLAGS", flag_list()) : std::nullopt; }
  text att_envelope() { return word("ENVELOPE ") ? named("ENVELOPE", envelope()) : std::nullopt; }
  text att_date() { return word("INTERNALDATE ") ? named("INTERNALDATE", date_time()) : std::nullopt; }
  text att_size() { return word("RFC822.SIZE ") ? named("SIZE", shown(number64())) : std::nullopt; }
  text att_bodystructure() { return word("BODYSTRUCTURE ") ? named("BODYSTRUCTURE", body(true)) : std::nullopt; }
  text att_body() { return word("BODY ") ? named("BODY", body(false)) : std::nullopt; }
  text att_uid() { return word("UID ") ? named("UID", shown(nz_number())) : std::nullopt; }
  // mod-sequence-value: RFC 7162 section 7
  text att_modseq() {
    if (!word("MODSEQ (")) return std::nullopt;
    const auto n = digits(0x7FFFFFFFFFFFFFFFU, false);
    return n && is(')') ? named("MODSEQ", shown(n)) : std::nullopt;
  }
  text att_rfc822() {
    if (!word("RFC822")) return std::nullopt;
    const std::string name = word(".HEADER") ? "RFC822.HEADER" : word(".TEXT") ? "RFC822.TEXT" : "RFC822";
    return sp() ? named(name, shown_nstring()) : std::nullopt;
  }
  // "BODY" section ["<" number ">"] SP nstring; section = "[" [section-spec] "]". Narrowed: no list of header fields.
  text att_section() {
    if (!word("BODY[")) return std::nullopt;
    std::string spec;
    while (digit(peek())) {
      const auto n = nz_number();
      if (!n) return std::nullopt;
      spec += std::to_string(*n);
      if (peek() == '.') {
        ++at_;
        spec += '.';
        if (!digit(peek()) && peek() != 'H' && peek() != 'h' && peek() != 'T' && peek() != 't' && peek() != 'M' &&
            peek() != 'm')
          return std::nullopt;
      } else {
        break;
      }
    }
    if (spec.empty() || spec.back() == '.') {
      const auto name = word("HEADER") ? "HEADER" : word("TEXT") ? "TEXT" : !spec.empty() && word("MIME") ? "MIME" : "";
      if (!spec.empty() && *name == '\0') return std::nullopt;
      spec += name;
    }
    if (!is(']')) return std::nullopt;
    std::string origin;
    if (is('<')) {
      const auto n = number();
      if (!n || !is('>')) return std::nullopt;
      origin = "<" + std::to_string(*n) + ">";
    }
    return sp() ? named("BODY[" + spec + "]" + origin, shown_nstring()) : std::nullopt;
  }

  // date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
  text date_time() {
    const auto q = quoted();
    if (!q || q->size() != 26) return std::nullopt;
    const auto& s = *q;
    const auto two = [&s](std::size_t i) {
      return digit(s[i]) && digit(s[i + 1]) ? (s[i] - '0') * 10 + s[i + 1] - '0' : 1000;
    };
    const auto day = s[0] == ' ' ? (digit(s[1]) ? s[1] - '0' : 1000) : two(0);
    static constexpr std::string_view months[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                  "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
    const auto* const m = std::find(std::begin(months), std::end(months), upper(s.substr(3, 3)));
    const auto month = static_cast<int>(m - months) + 1;
    const auto year = two(7) < 100 && two(9) < 100 ? two(7) * 100 + two(9) : 0;
    const bool marks = s[2] == '-' && s[6] == '-' && s[11] == ' ' && s[14] == ':' && s[17] == ':' && s[20] == ' ' &&
                       (s[21] == '+' || s[21] == '-');
    static constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const auto leap = [](int y) { return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0); };
    if (!marks || month > 12 || year < 1 || year > 9999 || day < 1 ||
        day > lengths[month - 1] + (month == 2 && leap(year) ? 1 : 0) || two(12) > 23 || two(15) > 59 || two(18) > 59 ||
        two(22) > 23 || two(24) > 59)
      return std::nullopt;
    std::int64_t days = 0;
    for (int y = 1; y < year; ++y) days += leap(y) ? 366 : 365;
    for (int i = 1; i < month; ++i) days += lengths[i - 1] + (i == 2 && leap(year) ? 1 : 0);
    days += day - 1 - 719'162;  // from 1 January of year 1 to 1970
    const auto zone = (two(22) * 60 + two(24)) * (s[21] == '-' ? -1 : 1);
    const auto seconds = ((days * 24 + two(12)) * 60 + two(15) - zone) * 60 + two(18);
    return std::to_string(seconds) + " zone " + std::to_string(zone);
  }

  // envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP
  //            env-in-reply-to SP env-message-id ")"
  text envelope() {
    if (!is('(')) return std::nullopt;
    std::string out = "env(";
    for (int i = 0; i < 10; ++i) {
      if (i > 0 && !sp()) return std::nullopt;
      const auto part = i < 2 || i > 7 ? shown_nstring() : addresses();
      if (!part) return std::nullopt;
      out += *part + ' ';
    }
    return is(')') ? text(out + ")") : std::nullopt;
  }
  // "(" 1*address ")" / nil
  text addresses() {
    if (nil()) return "()";
    if (!is('(')) return std::nullopt;
    std::string out = "(";
    while (is('(')) {
      for (int i = 0; i < 4; ++i) {
        if (i > 0 && !sp()) return std::nullopt;
        const auto part = nstring();
        // Narrowed: what servers write for a missing part (E-07) is no part.
        static constexpr std::string_view missing[] = {".MISSING-HOST-NAME.", ".SYNTAX-ERROR.", "MISSING_MAILBOX",
                                                       "MISSING_DOMAIN"};
        if (!part || (*part && std::find(std::begin(missing), std::end(missing), **part) != std::end(missing)))
          return std::nullopt;
        out += shown(*part) + ' ';
      }
      if (!is(')')) return std::nullopt;
      out += ';';
    }
    return out.size() > 1 && is(')') ? text(out + ")") : std::nullopt;
  }

  // body = "(" (body-type-1part / body-type-mpart) ")". `extended`: with extension data (BODYSTRUCTURE).
  text body(bool extended) {
    if (depth_ == max_depth) return std::nullopt;
    ++depth_;
    const auto begin = at_;
    auto out = is('(') ? mpart(extended) : std::nullopt;
    if (!out || !is(')')) {
      at_ = begin;
      out = is('(') ? part(extended) : std::nullopt;
      if (!out || !is(')')) out.reset();
    }
    --depth_;
    return out;
  }
  // body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
  text mpart(bool extended) {
    std::string out = "multi[";
    std::size_t parts = 0;
    for (; peek() == '('; ++parts) {
      const auto child = body(extended);
      if (!child) return std::nullopt;
      out += *child;
    }
    if (parts == 0 || !sp()) return std::nullopt;
    const auto subtype = string();
    if (!subtype) return std::nullopt;
    out += "] " + shown(*subtype);
    if (!extended || !sp()) return out + " plain";
    const auto parameters = params();
    const auto rest = parameters ? extension() : std::nullopt;
    return rest ? text(out + " " + *parameters + *rest) : std::nullopt;
  }
  // body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]
  text part(bool extended) {
    const auto type = string();
    if (!type || !sp()) return std::nullopt;
    const auto subtype = string();
    if (!subtype || !sp()) return std::nullopt;
    const auto kind = upper(*type);
    if (kind == "MULTIPART") return std::nullopt;
    const auto parameters = params();
    if (!parameters || !sp()) return std::nullopt;
    const auto id = shown_nstring();
    if (!id || !sp()) return std::nullopt;
    const auto description = shown_nstring();
    if (!description || !sp()) return std::nullopt;
    const auto encoding = string();
    // Narrowed: an encoding is a word (B-09).
    if (!encoding || encoding->empty() || encoding->find_first_of(" \t\r\n") != std::string::npos || !sp())
      return std::nullopt;
    const auto octets = number64();
    if (!octets) return std::nullopt;
    std::string out = "part " + shown(*type) + " " + shown(*subtype) + " " + *parameters + " " + *id + " " +
                      *description + " " + shown(*encoding) + " " + std::to_string(*octets);
    const bool message = kind == "MESSAGE" && (upper(*subtype) == "RFC822" || upper(*subtype) == "GLOBAL");
    if (message) {
      if (!sp()) return std::nullopt;
      const auto e = envelope();
      if (!e || !sp()) return std::nullopt;
      const auto b = body(extended);
      if (!b) return std::nullopt;
      out += " " + *e + " [" + *b + "]";
    }
    if (message || kind == "TEXT") {
      if (!sp()) return std::nullopt;
      const auto lines = number64();
      if (!lines) return std::nullopt;
      out += " lines " + std::to_string(*lines);
    }
    if (!extended || !sp()) return out + " plain";
    // body-ext-1part = body-fld-md5 [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]]]
    const auto md5 = shown_nstring();
    const auto rest = md5 ? extension() : std::nullopt;
    return rest ? text(out + " md5 " + *md5 + *rest) : std::nullopt;
  }
  // body-fld-param = "(" string SP string *(SP string SP string) ")" / nil
  text params() {
    if (nil()) return "()";
    if (!is('(')) return std::nullopt;
    std::string out = "(";
    do {
      const auto name = string();
      if (!name || !sp()) return std::nullopt;
      const auto value = string();
      if (!value) return std::nullopt;
      out += shown(*name) + "=" + shown(*value) + ";";
    } while (sp());
    return is(')') ? text(out + ")") : std::nullopt;
  }
  // What can be told from a language tag, or looks like one (B-07): two or three letters, or those and a hyphen.
  static bool language_tag(std::string_view s) {
    const auto primary = std::min(s.find('-'), s.size());
    return (primary == 2 || primary == 3) && std::all_of(s.begin(), s.begin() + static_cast<std::ptrdiff_t>(primary),
                                                         [](char c) { return upper(c) >= 'A' && upper(c) <= 'Z'; });
  }
  // [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]]]
  text extension() {
    std::string out = " ext";
    if (!sp()) return out;
    if (!nil()) {
      if (!is('(')) return std::nullopt;
      const auto type = string();
      if (!type || language_tag(*type) || !sp()) return std::nullopt;  // narrowed
      const auto parameters = params();
      if (!parameters || !is(')')) return std::nullopt;
      out += " dsp " + shown(*type) + *parameters;
    }
    if (!sp()) return out;
    const auto lang = languages();
    if (!lang) return std::nullopt;
    out += *lang;
    if (!sp()) return out;
    const auto location = nstring();
    if (!location) return std::nullopt;
    if (*location) out += " loc " + shown(*location);
    while (sp()) {
      const auto begin = at_;
      if (!body_extension()) return std::nullopt;
      out += " more " + shown(in_.substr(begin, at_ - begin));
    }
    return out;
  }
  // body-fld-lang = nstring / "(" string *(SP string) ")"; narrowed to language tags
  text languages() {
    if (nil()) return "";
    std::string out;
    const bool list = is('(');
    do {
      const auto s = string();
      if (!s || !language_tag(*s)) return std::nullopt;
      out += " lang " + shown(*s);
    } while (list && sp());
    return !list || is(')') ? text(out) : std::nullopt;
  }
  // body-extension = nstring / number / number64 / "(" body-extension *(SP body-extension) ")"
  bool body_extension() {
    if (depth_ == max_depth) return false;
    ++depth_;
    bool good = false;
    if (is('(')) {
      do {
        good = body_extension();
      } while (good && sp());
      good = good && is(')');
    } else {
      good = digit(peek()) ? number64().has_value() : nstring().has_value();
    }
    --depth_;
    return good;
  }

  static constexpr int max_depth = 12;  // fewer than the library's limit

  std::string_view in_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace imapxx::fuzz
