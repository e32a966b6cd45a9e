/// \file
/// Writes values as a server may spell them: strings quoted or as literals, words in any case, as the choices say.
#pragma once

#include <imapxx/response.hpp>

#include "choices.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::fuzz {

class response_writer {
 public:
  explicit response_writer(choices& c) : choices_(c) {}
  [[nodiscard]] const std::string& octets() const noexcept { return out_; }

  response_writer& raw(std::string_view s) {
    out_ += s;
    opened_ = s.ends_with('(');
    return *this;
  }
  /// A keyword in upper, lower or mixed case.
  response_writer& word(std::string_view upper) {
    const auto how = choices_.of(4);
    for (std::size_t i = 0; i < upper.size(); ++i) {
      const char c = upper[i];
      const bool lower = c >= 'A' && c <= 'Z' && (how == 1 || (how == 2 && i % 2 == 1));
      out_ += lower ? static_cast<char>(c + 32) : c;
    }
    opened_ = false;
    return *this;
  }
  response_writer& number(std::uint64_t n) { return raw(std::to_string(n)); }

  /// quoted where the grammar permits it, else a literal
  response_writer& string(std::string_view s) {
    const bool quotable = std::all_of(s.begin(), s.end(), [](char c) {
      return c != '\0' && c != '\r' && c != '\n' && static_cast<unsigned char>(c) < 0x80;
    });
    if (!quotable || choices_.of(8) == 7) {
      raw("{").number(s.size()).raw("}\r\n");
      out_ += s;  // may end like a list that was opened
      return *this;
    }
    raw("\"");
    for (const char c : s) {
      if (c == '"' || c == '\\') out_ += '\\';
      out_ += c;
    }
    out_ += '"';
    return *this;
  }
  response_writer& nstring(const std::optional<std::string>& s) { return s ? string(*s) : word("NIL"); }
  response_writer& astring(std::string_view s) {
    const bool atom = !s.empty() && std::all_of(s.begin(), s.end(), [](char c) {
      return c > ' ' && c < 0x7f && std::string_view("(){%*\"\\").find(c) == std::string_view::npos;
    });
    // NIL as a name would be an atom that readers take for the absence of one; servers quote it.
    const bool nil = s.size() == 3 && (s[0] | 32) == 'n' && (s[1] | 32) == 'i' && (s[2] | 32) == 'l';
    return atom && !nil && choices_.of(2) == 0 ? raw(s) : string(s);
  }
  response_writer& flags(const flag_list& list) {
    raw("(");
    for (const auto& f : list) sp().raw(f.name());
    return raw(")");
  }
  /// A space, but not behind an opening parenthesis.
  response_writer& sp() { return opened_ ? *this : raw(" "); }

  response_writer& envelope(const imapxx::envelope& e) {
    raw("(").nstring(e.date).raw(" ").nstring(e.subject);
    for (const auto* list : {&e.from, &e.sender, &e.reply_to, &e.to, &e.cc, &e.bcc}) addresses(*list);
    return raw(" ").nstring(e.in_reply_to).raw(" ").nstring(e.message_id).raw(")");
  }

  response_writer& body(const body_structure& b) {
    raw("(");
    if (b.is_multipart()) {
      for (const auto& c : b.children) body(c);
      raw(" ").string(b.subtype);
      if (b.extension_data) raw(" ").parameters(b.parameters).extension(b);
    } else {
      string(b.type).raw(" ").string(b.subtype).raw(" ").parameters(b.parameters).raw(" ").nstring(b.id);
      raw(" ").nstring(b.description).raw(" ").string(b.encoding).raw(" ").number(b.octets);
      if (b.nested_envelope) raw(" ").envelope(*b.nested_envelope).raw(" ").body(b.children.front());
      if (b.lines) raw(" ").number(*b.lines);
      if (b.extension_data) raw(" ").nstring(b.md5).extension(b);
    }
    return raw(")");
  }

 private:
  response_writer& addresses(const address_list& list) {
    raw(" ");
    if (list.empty()) return word("NIL");
    raw("(");
    for (const auto& a : list)
      raw("(").nstring(a.name).raw(" ").nstring(a.route).raw(" ").nstring(a.mailbox).raw(" ").nstring(a.host).raw(")");
    return raw(")");
  }
  response_writer& parameters(const body_parameters& p) {
    if (p.items.empty()) return word("NIL");
    raw("(");
    for (const auto& [name, value] : p.items) sp().string(name).raw(" ").string(value);
    return raw(")");
  }
  // As much as there is to be said, sometimes more.
  response_writer& extension(const body_structure& b) {
    const std::size_t least = !b.extensions.empty() || b.location ? 3
                              : !b.languages.empty()              ? 2
                              : b.disposition                     ? 1
                                                                  : 0;
    const auto members = least + choices_.of(4 - least);
    if (members > 0) {
      raw(" ");
      if (b.disposition) {
        raw("(").string(b.disposition->type).raw(" ").parameters(b.disposition->parameters).raw(")");
      } else {
        word("NIL");
      }
    }
    if (members > 1) languages(b.languages);
    if (members > 2) raw(" ").nstring(b.location);
    for (const auto& e : b.extensions) raw(" ").raw(e);
    return *this;
  }
  void languages(const std::vector<std::string>& list) {
    raw(" ");
    if (list.empty()) {
      word("NIL");
    } else if (list.size() == 1 && choices_.yes()) {
      string(list.front());
    } else {
      raw("(");
      for (const auto& l : list) sp().string(l);
      raw(")");
    }
  }

  choices& choices_;
  std::string out_;
  bool opened_ = false;
};

}  // namespace imapxx::fuzz
