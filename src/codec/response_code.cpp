// resp-text and its response code (RFC 9051 section 7.1)
#include <imapxx/model/response_code.hpp>

#include "base/ascii.hpp"
#include "codec/family.hpp"

#include <algorithm>

namespace imapxx::inline v0::codec {
namespace {

code code_of(std::string_view name) {
  constexpr auto first = static_cast<int>(code::alert);
  constexpr auto last = static_cast<int>(code::throttled);
  for (int c = first; c <= last; ++c) {
    if (base::iequals(to_string(static_cast<code>(c)), name)) return static_cast<code>(c);
  }
  return base::iequals(name, "OVERQUOTA-SOFT") ? code::overquota_soft : code::other;
}

/// Reads the arguments of one code. Each reader returns false when they are unusable.
class argument_reader {
 public:
  argument_reader(std::string_view text, const parse_options& options, response_code& out) noexcept
      : in_(text), options_(options), out_(out) {}

  bool run() {
    switch (out_.kind) {
      case code::uidnext: return number(quirk::s01, true);
      case code::uidvalidity: return number(quirk::s02, true);
      case code::unseen: return number(quirk::s04, true);
      case code::highestmodseq: return highestmodseq();
      case code::maxconvertmessages:
      case code::maxconvertparts:
      case code::messagelimit: return number(quirk::g15, false);
      case code::appenduid: return appenduid();
      case code::copyuid: return copyuid();
      case code::capability: out_.capabilities = read_capabilities(in_.rest()); return true;
      case code::permanentflags: return read_flags(in_, options_.list_elements, true, out_.flags);
      case code::badcharset: return in_.at_end() || list();
      case code::modified: return modified();
      case code::metadata: return metadata();
      case code::inprogress: return in_.at_end() || inprogress();
      case code::objectid_mailbox: return list();
      case code::badurl:
      case code::referral:
      case code::newname:
      case code::urlmech:
      case code::undefined_filter:
      case code::noupdate:
      case code::badevent:
      case code::webalert: return strings();
      default: return true;
    }
  }

 private:
  // A 32-bit number; zero is what some servers send for: unknown.
  bool number(quirk zero, bool is32) {
    std::uint32_t small = 0;
    const bool read = is32 ? read_number32(in_, small) : read_number(in_, out_.number) == number_read::value;
    if (is32) out_.number = small;
    if (read && is32 && small == 0) tolerate(zero);
    return read;
  }

  // mod-sequence-value; zero and negative ones mean NOMODSEQ (S-20).
  bool highestmodseq() {
    const auto read = read_number(in_, out_.number);
    if (read == number_read::none) return false;
    if (read == number_read::unknown || out_.number == 0) {
      tolerate(quirk::s20);
      out_.kind = code::nomodseq;
      out_.number = 0;
    }
    return true;
  }

  // uid-set *in the order sent*: it pairs with another one.
  bool ordered(std::vector<number_range>& out) {
    const auto rest = in_.rest();
    lexer set(rest.substr(0, std::min(rest.find(' '), rest.size())));
    in_.skip(set.rest().size());
    do {
      std::uint32_t first = 0;
      if (out.size() == options_.set_ranges || !read_number32(set, first) || first == 0) return false;
      std::uint32_t last = first;
      if (set.literal_char(':') && (!read_number32(set, last) || last == 0)) return false;
      out.emplace_back(first, last);
    } while (set.literal_char(','));
    return set.at_end();
  }

  bool validity() {
    std::uint32_t n = 0;
    if (!read_number32(in_, n)) return false;
    out_.number = n;
    return true;
  }

  // resp-code-apnd = "APPENDUID" SP nz-number SP append-uid (RFC 4315)
  bool appenduid() {
    if (!validity() || !gap(in_)) return false;
    return ordered(out_.uids);
  }

  static std::uint64_t count(const std::vector<number_range>& set) {
    std::uint64_t n = 0;
    for (const auto& r : set) n += std::uint64_t{r.last} - r.first + 1;
    return n;
  }

  // resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set; without usable sets there is no map (P-01, P-02)
  bool copyuid() {
    if (!validity()) return false;
    in_.spaces();
    if (in_.at_end()) {
      tolerate(quirk::p01);
      return true;
    }
    if (!ordered(out_.source_uids)) return false;
    in_.spaces();
    if (in_.at_end()) {
      tolerate(quirk::p01);
      out_.source_uids.clear();
      return true;
    }
    if (!ordered(out_.uids)) return false;
    if (count(out_.uids) != count(out_.source_uids)) {
      tolerate(quirk::p02);
      out_.uids.clear();
      out_.source_uids.clear();
    }
    return true;
  }

  // "(" astring *(SP astring) ")", leniently without the parentheses
  bool list() {
    if (in_.peek() != '(') return strings();
    if (!open(in_)) return false;
    while (!close(in_)) {
      if (!out_.strings.empty()) (void)gap(in_);
      std::string text;
      if (at_limit(in_, out_.strings.size(), options_.list_elements) || in_.at_end() || !read_text(in_, text))
        return false;
      out_.strings.push_back(std::move(text));
    }
    return true;
  }

  bool strings() {
    while (!in_.at_end()) {
      const char c = in_.peek();
      std::string text;
      if (c == '"' || c == '{') {
        if (!read_text(in_, text)) return false;
      } else {
        const auto rest = in_.rest();
        text = rest.substr(0, std::min(rest.find(' '), rest.size()));
        in_.skip(text.size());
      }
      if (at_limit(in_, out_.strings.size(), options_.list_elements)) return false;
      out_.strings.push_back(std::move(text));
      in_.spaces();
    }
    return true;
  }

  // "MODIFIED" SP sequence-set (RFC 7162)
  bool modified() {
    const auto rest = in_.rest();
    out_.modified = rest.substr(0, std::min(rest.find(' '), rest.size()));
    in_.skip(out_.modified.size());
    return seq_set::try_parse(out_.modified, options_.set_ranges).has_value();
  }

  // "LONGENTRIES" SP number / "MAXSIZE" SP number / "TOOMANY" / "NOPRIVATE" (RFC 5464)
  bool metadata() {
    const auto what = in_.atom();
    if (!what) return false;
    out_.strings.emplace_back(*what);
    return in_.at_end() || (gap(in_) && number(quirk::g15, false));
  }

  // "(" quoted-tag [SP number SP number] ")" (RFC 9585)
  bool inprogress() {
    std::optional<std::string> tag;
    if (!open(in_) || !read_ntext(in_, tag)) return false;
    out_.strings.push_back(tag.value_or(""));
    const auto rest = in_.until(')');
    return rest && close(in_);
  }

  lexer in_;
  const parse_options& options_;
  response_code& out_;
};

// Codes whose arguments may hold strings, and so brackets in them.
bool may_hold_strings(code c) {
  return c == code::badcharset || c == code::badurl || c == code::referral || c == code::newname ||
         c == code::undefined_filter || c == code::noupdate || c == code::inprogress || c == code::other;
}

// The arguments up to the closing bracket, which is consumed.
std::optional<std::string_view> read_arguments(lexer& in, code kind) {
  const auto text = in.rest();
  auto end = text.find(']');
  if (kind == code::permanentflags) {
    // Keywords with a bracket (S-10): the list ends first.
    const auto list_end = text.find(")]");
    if (list_end != std::string_view::npos) {
      if (end != list_end + 1) tolerate(quirk::s10);
      end = list_end + 1;
    }
  } else if (may_hold_strings(kind)) {
    if (const auto inside = in.until(']')) end = inside->size();
    in.seek(in.position() - (text.size() - in.rest().size()));
  }
  if (end == std::string_view::npos) return std::nullopt;
  in.skip(end + 1);
  return text.substr(0, end);
}

// resp-text-code; false when the bracket does not hold one.
bool read_code(lexer& in, const parse_options& options, response_code& out) {
  if (!in.literal_char('[')) return false;
  const auto text = in.rest();
  const auto length = std::min(text.find_first_of(" ]"), text.size());
  const auto name = text.substr(0, length);
  if (name.empty() || length == text.size() || name.find_first_of("\"(){%*\\") != std::string_view::npos) return false;
  in.skip(length);
  out.name = base::to_upper(name);
  out.kind = code_of(name);
  (void)in.spaces();
  const auto arguments = read_arguments(in, out.kind);
  if (!arguments) return false;
  out.arguments = *arguments;
  base::tentative_leniency counted;
  response_code attempt = out;
  if (argument_reader(*arguments, options, attempt).run()) {
    counted.keep();
    out = std::move(attempt);
    return true;
  }
  out.kind = code::other;
  return true;
}

}  // namespace

// resp-text = ["[" resp-text-code "]" SP] [text]
void read_response_text(lexer& in, const parse_options& options, response_code& code, std::string& text) {
  const auto start = in.position();
  if (in.peek() == '[') {
    if (read_code(in, options, code)) {
      if (code.kind == code::other && !to_string(code_of(code.name)).empty()) tolerate(quirk::p04);
      if (in.at_end()) tolerate(quirk::g06);
      (void)in.sp();
    } else {
      tolerate(quirk::g12);
      code = {};
      in.seek(start);
    }
  }
  text = in.rest();
  in.skip(in.rest().size());
}

}  // namespace imapxx::inline v0::codec
