/// \file
/// The library's values in the canonical form of `reference.hpp`.
#pragma once

#include <imapxx/response.hpp>

#include "reference.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace imapxx::fuzz {

class canonical {
 public:
  static std::string of(const envelope& e) {
    std::string out = "env(" + shown(e.date) + ' ' + shown(e.subject) + ' ';
    for (const auto* list : {&e.from, &e.sender, &e.reply_to, &e.to, &e.cc, &e.bcc}) out += of(*list) + ' ';
    return out + shown(e.in_reply_to) + ' ' + shown(e.message_id) + " )";
  }

  /// Parts of no message (an empty text in place of a NIL) have no canonical form.
  static std::string of(const body_structure& b) {
    std::string out;
    if (b.is_multipart()) {
      out = "multi[";
      for (const auto& c : b.children) out += of(c);
      out += "] " + shown(b.subtype);
      return b.extension_data ? out + ' ' + of(b.parameters) + extension(b) : out + " plain";
    }
    out = "part " + shown(b.type) + ' ' + shown(b.subtype) + ' ' + of(b.parameters) + ' ' + shown(b.id) + ' ' +
          shown(b.description) + ' ' + shown(b.encoding) + ' ' +
          (b.octets_known ? std::to_string(b.octets) : std::string("?"));
    if (b.nested_envelope) {
      out += ' ' + of(*b.nested_envelope) + " [";
      for (const auto& c : b.children) out += of(c);
      out += ']';
    }
    if (b.lines) out += " lines " + std::to_string(*b.lines);
    return b.extension_data ? out + " md5 " + shown(b.md5) + extension(b) : out + " plain";
  }

  /// nullopt for a response that the reference does not know.
  static std::optional<std::string> of(const response& r) {
    return std::visit([](const auto& value) { return one(value); }, r);
  }

 private:
  template <class T>
  static std::string shown(const T& value) {
    return reference::shown(value);
  }
  static std::string of(const address_list& list) {
    std::string out = "(";
    for (const auto& a : list)
      out += shown(a.name) + ' ' + shown(a.route) + ' ' + shown(a.mailbox) + ' ' + shown(a.host) + " ;";
    return out + ')';
  }
  static std::string of(const body_parameters& list) {
    std::string out = "(";
    for (const auto& [name, value] : list.items) out += shown(name) + '=' + shown(value) + ';';
    return out + ')';
  }
  static std::string of(const flag_list& list) {
    std::string out = "(";
    for (const auto& f : list) out += ' ' + reference::upper(f.name());
    return out + ')';
  }
  static std::string of(const mailbox_name& name) { return shown(name.is_inbox() ? "INBOX" : name.raw()); }
  static std::string of(const response_code& c) { return c ? '[' + c.name + ' ' + c.arguments + ']' : std::string(); }
  static std::string extension(const body_structure& b) {
    std::string out = " ext";
    if (b.disposition) out += " dsp " + shown(b.disposition->type) + of(b.disposition->parameters);
    for (const auto& l : b.languages) out += " lang " + shown(l);
    if (b.location) out += " loc " + shown(*b.location);
    for (const auto& e : b.extensions) out += " more " + shown(e);
    return out;
  }
  template <class N>
  static std::string number(const std::optional<N>& n) {
    return n ? std::to_string(*n) : std::string();
  }

  template <class Other>
  static std::optional<std::string> one(const Other&) {
    return std::nullopt;
  }
  static std::optional<std::string> one(const status_response& r) {
    return "status " + shown(r.tag) + ' ' + std::string(to_string(r.kind)) + ' ' + of(r.code) + shown(r.text);
  }
  static std::optional<std::string> one(const continuation_response& r) {
    return "continue " + of(r.code) + shown(r.text);
  }
  static std::optional<std::string> one(const flags_response& r) { return "flags " + of(r.flags); }
  static std::optional<std::string> one(const list_response& r) {
    if (r.entry.oldname || !r.entry.extended.empty() || !r.entry.childinfo.empty()) return std::nullopt;
    const std::string separator = r.entry.separator == '\0' ? "NIL" : std::string(1, r.entry.separator);
    return (r.lsub ? "lsub " : "list ") + of(r.entry.attributes) + ' ' + separator + ' ' + of(r.entry.name);
  }
  static std::optional<std::string> one(const search_response& r) {
    std::string out = "search";
    for (const auto n : r.numbers) out += ' ' + std::to_string(n);
    return r.modseq ? out + " modseq " + std::to_string(*r.modseq) : out;
  }
  static std::optional<std::string> one(const status_data& r) {
    const auto& s = r.status;
    std::string out = "mailbox " + of(s.mailbox);
    for (const auto& n : {s.messages, s.recent, s.uidnext, s.uidvalidity, s.unseen, s.deleted, s.size, s.highestmodseq})
      out += ' ' + number(n);
    return out;
  }
  static std::optional<std::string> one(const capability_response& r) {
    std::string out = "capability";
    for (const auto& n : r.capabilities.names()) out += ' ' + reference::upper(n);
    return out;
  }
  static std::optional<std::string> one(const exists_response& r) { return "EXISTS " + std::to_string(r.count); }
  static std::optional<std::string> one(const recent_response& r) { return "RECENT " + std::to_string(r.count); }
  static std::optional<std::string> one(const expunge_response& r) { return "EXPUNGE " + std::to_string(r.seq); }
  static std::optional<std::string> one(const fetch_response& r) {
    const auto d = r.row.to_data();
    std::vector<std::string> items;
    if (d.flags) items.push_back("FLAGS " + of(*d.flags));
    if (d.envelope) items.push_back("ENVELOPE " + of(*d.envelope));
    if (d.internaldate)
      items.push_back("INTERNALDATE " + std::to_string(d.internaldate->utc().time_since_epoch().count()) + " zone " +
                      std::to_string(d.internaldate->zone_minutes()));
    if (d.rfc822_size) items.push_back("SIZE " + number(d.rfc822_size));
    if (d.bodystructure) items.push_back("BODYSTRUCTURE " + of(*d.bodystructure));
    if (d.body) items.push_back("BODY " + of(*d.body));
    if (d.uid) items.push_back("UID " + number(d.uid));
    if (d.modseq) items.push_back("MODSEQ " + number(d.modseq));
    for (const auto& s : d.sections) items.push_back(name_of(s.section) + ' ' + shown(s.data));
    for (const auto& u : d.unparsed) items.push_back("unparsed " + u.reason);
    for (const auto& [name, value] : d.others) items.push_back("other " + name);
    std::sort(items.begin(), items.end());
    std::string out = "fetch " + std::to_string(d.seq);
    for (const auto& i : items) out += " | " + i;
    return out;
  }
  static std::string name_of(const section& s) {
    using item = section::item;
    if (s.kind == item::rfc822) return "RFC822";
    if (s.kind == item::rfc822_header) return "RFC822.HEADER";
    if (s.kind == item::rfc822_text) return "RFC822.TEXT";
    const std::string origin = s.origin ? '<' + std::to_string(*s.origin) + '>' : std::string();
    return (s.kind == item::body ? "BODY[" : "BINARY[") + s.to_string() + ']' + origin;
  }
};

}  // namespace imapxx::fuzz
