#include "support/codec/dump.hpp"

#include <cstdio>
#include <optional>
#include <variant>

namespace imapxx::test {
namespace {

using text = std::string;

text quote(const std::optional<text>& t) { return t ? test::quote(*t) : "nil"; }

text name(const mailbox_name& n) {
  text out = test::quote(n.utf8());
  if (!n.decoded()) {
    out += " undecoded";
  } else if (n.utf8() != n.raw()) {
    out += " raw=" + test::quote(n.raw());
  }
  return out;
}

template <class List>
text join(const List& list, const char* separator = " ") {
  text out;
  for (const auto& e : list) {
    if (!out.empty()) out += separator;
    out += e;
  }
  return out;
}

text quoted_list(const std::vector<text>& list) {
  std::vector<text> quoted;
  for (const auto& e : list) quoted.push_back(test::quote(e));
  return "(" + join(quoted) + ")";
}

text ranges(const std::vector<number_range>& list) {
  std::vector<text> out;
  for (const auto& r : list) {
    out.push_back(r.first == r.last ? std::to_string(r.first) : std::to_string(r.first) + ":" + std::to_string(r.last));
  }
  return join(out, ",");
}

// \param value a `std::optional` or `boxed_optional`
template <class Optional>
void put(text& out, const char* label, const Optional& value) {
  if (!value) return;
  out.append(" ").append(label).append("=");
  if constexpr (std::is_arithmetic_v<typename Optional::value_type>) {
    out += std::to_string(*value);
  } else {
    out += test::quote(*value);
  }
}

text addresses(const address_list& list) {
  text out = "(";
  for (const auto& a : list) {
    out += "(" + quote(a.name) + " " + quote(a.route) + " " + quote(a.mailbox) + " " + quote(a.host) + ")";
  }
  return out + ")";
}

text parameters(const body_parameters& p) {
  text out = "(";
  for (const auto& [key, value] : p.items) {
    if (out.size() > 1) out += ' ';
    out += test::quote(key) + "=" + test::quote(value);
  }
  return out + ")";
}

text separator(char c) { return c == '\0' ? "nil" : test::quote(text(1, c)); }

text spaces_of(const std::vector<namespace_entry>& list) {
  if (list.empty()) return "nil";
  text out;
  for (const auto& e : list) {
    out += "(" + name(e.prefix) + " " + separator(e.separator);
    for (const auto& [key, values] : e.extensions) out += " " + test::quote(key) + quoted_list(values);
    out += ")";
  }
  return out;
}

text section_name(const section& s) {
  text out;
  switch (s.kind) {
    case section::item::body: out = "BODY[" + s.to_string() + "]"; break;
    case section::item::binary: out = "BINARY[" + s.to_string() + "]"; break;
    case section::item::binary_size: out = "BINARY.SIZE[" + s.to_string() + "]"; break;
    case section::item::rfc822: out = "RFC822"; break;
    case section::item::rfc822_header: out = "RFC822.HEADER"; break;
    case section::item::rfc822_text: out = "RFC822.TEXT"; break;
  }
  return s.origin ? out + "<" + std::to_string(*s.origin) + ">" : out;
}

text pairs(const std::vector<std::pair<text, std::optional<text>>>& list) {
  text out;
  for (const auto& [key, value] : list) out += " " + test::quote(key) + "=" + quote(value);
  return out;
}

text unparsed_items(const std::vector<unparsed_item>& list) {
  text out;
  for (const auto& i : list) out += " unparsed " + i.name + "=" + test::quote(i.raw);
  return out;
}

text status_items(const mailbox_status& s) {
  text out;
  put(out, "messages", s.messages);
  put(out, "recent", s.recent);
  put(out, "uidnext", s.uidnext);
  put(out, "uidvalidity", s.uidvalidity);
  put(out, "unseen", s.unseen);
  put(out, "deleted", s.deleted);
  put(out, "size", s.size);
  put(out, "highestmodseq", s.highestmodseq);
  put(out, "appendlimit", s.appendlimit);
  if (s.appendlimit_nil) out += " appendlimit=nil";
  put(out, "deleted-storage", s.deleted_storage);
  put(out, "mailboxid", s.mailboxid);
  for (const auto& [key, value] : s.others) out += " other " + key + "=" + test::quote(value);
  return out + unparsed_items(s.unparsed);
}

text threads(const std::vector<thread_node>& list);

// "3 6 (4 23)(44 7 96)": an only answer follows its parent, several stand in parentheses.
text thread(const thread_node& n) {
  text out = std::to_string(n.number);
  const thread_node* at = &n;
  while (at->children.size() == 1) {
    at = &at->children.front();
    out += " " + std::to_string(at->number);
  }
  return at->children.empty() ? out : out + " " + threads(at->children);
}

text threads(const std::vector<thread_node>& list) {
  text out;
  for (const auto& n : list) out += "(" + thread(n) + ")";
  return out;
}

struct printer {
  text operator()(const status_response& r) const {
    text out;
    if (r.tag_missing) out += "tagless ";
    if (!r.tag.empty()) out += r.tag + " ";
    switch (r.kind) {
      case status_kind::ok: out += "ok"; break;
      case status_kind::no: out += "no"; break;
      case status_kind::bad: out += "bad"; break;
      case status_kind::bye: out += "bye"; break;
      case status_kind::preauth: out += "preauth"; break;
    }
    if (r.code) out += " " + dump(r.code);
    return r.text.empty() ? out : out + " " + test::quote(r.text);
  }
  text operator()(const capability_response& r) const { return "capability " + r.capabilities.to_string(); }
  text operator()(const enabled_response& r) const { return "enabled " + r.capabilities.to_string(); }
  text operator()(const list_response& r) const {
    const auto& e = r.entry;
    text out = r.lsub ? "lsub " : r.xlist ? "xlist " : "list ";
    out += e.attributes.to_string() + " " + separator(e.separator) + " " + name(e.name);
    if (!e.childinfo.empty()) out += " childinfo=" + quoted_list(e.childinfo);
    if (e.oldname) out += " oldname=" + name(*e.oldname);
    for (const auto& [key, value] : e.extended) out += " other " + test::quote(key) + "=" + test::quote(value);
    return out;
  }
  text operator()(const namespace_response& r) const {
    return "namespace personal=" + spaces_of(r.value.personal) + " other=" + spaces_of(r.value.other_users) +
           " shared=" + spaces_of(r.value.shared);
  }
  text operator()(const status_data& r) const { return "status " + name(r.status.mailbox) + status_items(r.status); }
  text operator()(const search_response& r) const {
    text out = "search";
    if (!r.numbers.empty()) out += " " + r.numbers.to_string();
    put(out, "modseq", r.modseq);
    return out;
  }
  text operator()(const sort_response& r) const {
    text out = "sort";
    for (const auto n : r.numbers) out += " " + std::to_string(n);
    put(out, "modseq", r.modseq);
    return out;
  }
  text operator()(const esearch_response& r) const {
    const auto& v = r.value;
    text out = "esearch";
    if (!v.tag.empty()) out += " tag=" + test::quote(v.tag);
    if (v.uid) out += " uid";
    put(out, "min", v.min);
    put(out, "max", v.max);
    put(out, "count", v.count);
    put(out, "modseq", v.modseq);
    if (v.all_present) out += " all=" + (v.uid ? v.all_uids.to_string() : v.all_seq.to_string());
    if (v.partial) out += " partial=" + v.partial->first + "/" + v.partial->second;
    for (const auto& [key, value] : v.others) out += " other " + key + "=" + test::quote(value);
    return out;
  }
  text operator()(const thread_response& r) const { return "thread " + threads(r.threads); }
  text operator()(const flags_response& r) const {
    const auto list = r.flags.to_string();
    return "flags " + list.substr(1, list.size() - 2);
  }
  text operator()(const exists_response& r) const { return "exists " + std::to_string(r.count); }
  text operator()(const recent_response& r) const { return "recent " + std::to_string(r.count); }
  text operator()(const expunge_response& r) const { return "expunge " + std::to_string(r.seq); }
  text operator()(const vanished_response& r) const {
    return text("vanished ") + (r.earlier ? "earlier " : "") + r.uids.to_string();
  }
  text operator()(const id_response& r) const { return "id" + pairs(r.fields); }
  text operator()(const quota_response& r) const {
    text out = "quota " + test::quote(r.value.root);
    for (const auto& q : r.value.resources) {
      out += " " + q.name + "=" + std::to_string(q.usage) + "/" + (q.limited ? std::to_string(q.limit) : "unlimited");
    }
    return out;
  }
  text operator()(const quota_root_response& r) const {
    return "quotaroot " + name(r.value.mailbox) + " " + quoted_list(r.value.roots);
  }
  text operator()(const acl_response& r) const {
    text out = "acl " + name(r.value.mailbox);
    for (const auto& [who, rights] : r.value.entries) out += " " + test::quote(who) + "=" + test::quote(rights);
    return out;
  }
  text operator()(const list_rights_response& r) const {
    return "listrights " + name(r.value.mailbox) + " " + test::quote(r.value.identifier) +
           " required=" + test::quote(r.value.required) + " optional=" + quoted_list(r.value.optional);
  }
  text operator()(const my_rights_response& r) const {
    return "myrights " + name(r.value.mailbox) + " " + test::quote(r.value.rights);
  }
  text operator()(const metadata_response& r) const {
    if (r.value.values) return "metadata " + name(r.value.mailbox) + pairs(r.value.entries);
    text out = "metadata " + name(r.value.mailbox) + " changed";
    for (const auto& entry : r.value.entries) out += " " + test::quote(entry.first);
    return out;
  }
  text operator()(const annotation_response& r) const {
    return "annotation " + name(r.value.mailbox) + " " + test::quote(r.value.entry) + pairs(r.value.attributes);
  }
  text operator()(const fetch_response& r) const { return dump(r.row.to_data()); }
  text operator()(const continuation_response& r) const {
    return "+ " + (r.code ? dump(r.code) + " " : text()) + test::quote(r.text);
  }
  text operator()(const unknown_response& r) const {
    return "unknown " + (r.number ? std::to_string(*r.number) + " " : text()) + r.name + " " + test::quote(r.text);
  }
  text operator()(const unparsed_response& r) const {
    return "unparsed " + (r.item.name.empty() ? text() : r.item.name + " ") + test::quote(r.item.raw);
  }
};

}  // namespace

std::string quote(std::string_view t) {
  std::string out = "\"";
  for (const char c : t) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (u < 0x20 || u == 0x7f) {
      char hex[8];
      std::snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned>(u));
      out += hex;
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string dump(const envelope& e) {
  text out;
  put(out, "date", e.date);
  put(out, "subject", e.subject);
  const auto list = [&](const char* label, const address_list& l) {
    if (!l.empty()) out.append(" ").append(label).append("=").append(addresses(l));
  };
  list("from", e.from);
  list("sender", e.sender);
  list("reply-to", e.reply_to);
  list("to", e.to);
  list("cc", e.cc);
  list("bcc", e.bcc);
  put(out, "in-reply-to", e.in_reply_to);
  put(out, "message-id", e.message_id);
  return "{" + (out.empty() ? out : out.substr(1)) + "}";
}

std::string dump(const body_structure& b) {
  text out = b.type + "/" + b.subtype;
  if (!b.parameters.items.empty()) out += " " + parameters(b.parameters);
  put(out, "id", b.id);
  put(out, "description", b.description);
  if (!b.is_multipart() || !b.encoding.empty()) {
    out += " " + b.encoding + " " + (b.octets_known ? std::to_string(b.octets) : text("?"));
  }
  put(out, "lines", b.lines);
  if (b.nested_envelope) out += " envelope=" + dump(*b.nested_envelope);
  for (const auto& child : b.children) out += " " + dump(child);
  if (b.extension_data) out += " +ext";
  put(out, "md5", b.md5);
  if (b.disposition) {
    out += " disposition=" + b.disposition->type;
    if (!b.disposition->parameters.items.empty()) out += parameters(b.disposition->parameters);
  }
  if (!b.languages.empty()) out += " language=" + quoted_list(b.languages);
  put(out, "location", b.location);
  if (!b.extensions.empty()) out += " extensions=" + quoted_list(b.extensions);
  return "{" + out + "}";
}

std::string dump(const fetch_data& f) {
  text out = "fetch " + std::to_string(f.seq);
  put(out, "uid", f.uid);
  if (f.flags) out += " flags=" + f.flags->to_string();
  if (f.internaldate) out += " internaldate=" + f.internaldate->to_iso8601();
  put(out, "size", f.rfc822_size);
  put(out, "modseq", f.modseq);
  put(out, "emailid", f.emailid);
  put(out, "threadid", f.threadid);
  put(out, "preview", f.preview);
  if (f.savedate) out += " savedate=" + (*f.savedate ? (*f.savedate)->to_iso8601() : "nil");
  put(out, "gm-msgid", f.gm_msgid);
  put(out, "gm-thrid", f.gm_thrid);
  if (f.gm_labels) out += " gm-labels=" + quoted_list(*f.gm_labels);
  if (f.envelope) out += " envelope=" + dump(*f.envelope);
  if (f.body) out += " body=" + dump(*f.body);
  if (f.bodystructure) out += " bodystructure=" + dump(*f.bodystructure);
  for (const auto& s : f.sections) {
    out += " " + section_name(s.section) + "=" +
           (s.streamed != 0 ? "streamed " + std::to_string(s.streamed) : quote(s.data));
  }
  for (const auto& [part, octets] : f.binary_sizes) out += " BINARY.SIZE[" + part + "]=" + std::to_string(octets);
  for (const auto& [key, value] : f.others) out += " other " + key + "=" + test::quote(value);
  return out + unparsed_items(f.unparsed);
}

std::string dump(const response_code& c) {
  switch (c.kind) {
    case code::none: return "[]";
    case code::other: return "[other " + c.name + (c.arguments.empty() ? text() : " " + test::quote(c.arguments)) + "]";
    default: break;
  }
  text out = "[" + std::string(to_string(c.kind));
  const bool numbered =
      c.number != 0 || c.kind == code::uidnext || c.kind == code::uidvalidity || c.kind == code::unseen;
  if (numbered) out += " " + std::to_string(c.number);
  if (!c.capabilities.empty()) out += " " + c.capabilities.to_string();
  if (c.kind == code::permanentflags) out += " " + c.flags.to_string();
  for (const auto& s : c.strings) out += " " + test::quote(s);
  if (!c.source_uids.empty()) out += " " + ranges(c.source_uids);
  if (!c.uids.empty()) out += " " + ranges(c.uids);
  if (!c.modified.empty()) out += " " + c.modified;
  return out + "]";
}

std::string dump(const response& r) { return std::visit(printer(), r); }

}  // namespace imapxx::test
