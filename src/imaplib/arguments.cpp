#include "base/ascii.hpp"
#include "base/utf7.hpp"
#include "base/utf8.hpp"
#include "imaplib/charset.hpp"
#include "imaplib/impl.hpp"
#include "imaplib/params.hpp"
#include "imaplib/quote.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace imapxx::inline v0::imaplib {
namespace {

// Python: `"..."` whose inside has no bare quote; any character may be escaped.
bool is_quoted_string(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  const auto inside = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] == '"') return false;
    if (inside[i] != '\\') continue;
    ++i;
    if (i == inside.size()) return false;
  }
  return true;
}

bool may_stand_bare(std::string_view text, bool wildcards) {
  constexpr std::string_view special = R"((){ \")";
  return !text.empty() && std::none_of(text.begin(), text.end(), [&](char c) {
    if (c == '%' || c == '*') return !wildcards;
    return base::is_control(c) || base::is_8bit(c) || special.find(c) != std::string_view::npos;
  });
}

std::string quoted_where_needed(std::string text, bool wildcards) {
  if (is_quoted_string(text) || may_stand_bare(text, wildcards)) return text;
  return quote(text);
}

bool in_parens(std::string_view text) { return text.starts_with('(') && text.ends_with(')'); }

}  // namespace

std::string IMAP4::impl::encoded(const argument& a) const {
  switch (a.what()) {
    case argument::kind::bytes: return a.text();
    case argument::kind::str:
      if (utf8) return a.text();
      if (std::any_of(a.text().begin(), a.text().end(), base::is_8bit))
        throw std::invalid_argument("a str with characters that are not ASCII cannot be sent; give bytes");
      return a.text();
    case argument::kind::number:
      if (p16()) return std::to_string(a.number());
      throw std::invalid_argument("a number where a str or bytes is wanted");
    case argument::kind::list:
      if (p16()) {
        std::string out = "(";
        for (const auto& item : a.items()) out += (out.size() > 1 ? " " : "") + encoded(item);
        return out + ")";
      }
      throw std::invalid_argument("a list where a str or bytes is wanted");
    case argument::kind::boolean: throw std::invalid_argument("a bool where a str or bytes is wanted");
    case argument::kind::none: break;
  }
  return {};
}

// Sent as it is. Python looks at such arguments last, when the command's tag is given already.
wire_argument IMAP4::impl::plain(const argument& a) const {
  wire_argument w;
  w.absent = a.is_none();
  try {
    w.octets = encoded(a);
  } catch (const std::invalid_argument& why) {
    w.refused = why.what();
  }
  return w;
}

wire_argument IMAP4::impl::astring(const argument& a, bool wildcards) const {
  if (!quotes()) return plain(a);
  if (a.is_none()) throw std::invalid_argument("None where a str or bytes is wanted");
  return {quoted_where_needed(encoded(a), wildcards), false};
}

wire_argument IMAP4::impl::mailbox(const argument& a, bool wildcards) const {
  if (!p16() || a.what() != argument::kind::str || utf8) return astring(a, wildcards);
  const auto& name = a.text();
  // In Python no str is like that. UTF-7 would name another mailbox.
  if (!base::is_utf8(name)) throw std::invalid_argument("a str that is not UTF-8 cannot be a mailbox; give bytes");
  // UTF-7 would hide them from `make`, and the server would find them in the name.
  if (name.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
    throw std::invalid_argument("NUL, CR and LF not allowed in commands");
  const bool encoded_already = base::utf7_decode(name).has_value();
  return {quoted_where_needed(encoded_already ? name : base::utf7_encode(name), wildcards), false};
}

// `always`: in every profile. Python looks at the first and last character, and fails where there is none.
wire_argument IMAP4::impl::in_parentheses(const argument& a, bool always) const {
  if (!quotes() && !always) return plain(a);
  if (!quotes() && a.what() != argument::kind::str) {
    wire_argument w;
    w.refused = "a str is wanted";
    return w;
  }
  if (a.what() == argument::kind::bytes) throw std::invalid_argument("a str is wanted, not bytes");
  auto text = encoded(a);
  if (text.empty() && !quotes()) throw std::invalid_argument("an empty str has no first character");
  return {in_parens(text) ? text : "(" + text + ")", false};
}

wire_argument IMAP4::impl::message_set(const argument& a) const {
  if (!p16()) return plain(a);
  return {sequence_set(a), false};
}

wire_argument IMAP4::impl::fetch_parts(const argument& a) const {
  if (!quotes()) return plain(a);
  if (a.what() == argument::kind::bytes) throw std::invalid_argument("a str is wanted, not bytes");
  auto text = encoded(a);
  for (const auto* macro : {"ALL", "FULL", "FAST"}) {
    if (base::iequals(text, macro)) return {std::move(text), false};
  }
  return in_parentheses(argument(std::move(text)));
}

wire_argument IMAP4::impl::quoted_secret(const argument& a) const {
  if (!quotes() && a.what() == argument::kind::bytes) throw std::invalid_argument("a str is wanted, not bytes");
  return {quote(encoded(a)), true};
}

void IMAP4::impl::add(std::vector<wire_argument>& to, const argument& a) const {
  if (!a.is_none()) to.push_back(plain(a));
}

std::vector<wire_argument> IMAP4::impl::criteria(const std::vector<argument>& rest, const keywords& kw,
                                                 const argument& charset) const {
  std::vector<wire_argument> out;
  if (!p16()) {
    for (const auto& c : rest) add(out, c);
    return out;
  }
  std::vector<argument> words;
  for (const auto& c : rest) {
    if (!c.is_none()) words.push_back(c);
  }
  if (kw.has_params) {
    parameters values(kw.values_of_params);
    for (auto& w : words) w = values.substitute(w);
    values.require_all_used();
  }
  for (const auto& w : words) {
    if (w.what() == argument::kind::str && charset.what() == argument::kind::str && !charset.text().empty()) {
      out.emplace_back(to_charset(w.text(), charset.text()), false);
    } else {
      out.push_back(plain(w));
    }
  }
  return out;
}

void IMAP4::impl::require_p16(std::string_view method, const keywords* kw) const {
  if (p16() || (kw != nullptr && !kw->any())) return;
  if (kw != nullptr)
    throw std::invalid_argument(std::string(method) + ": keywords need settings::behave_like(compat::p16)");
  throw imaplib::error("Unknown IMAP4 command: '" + std::string(method) + "'");
}

}  // namespace imapxx::inline v0::imaplib
