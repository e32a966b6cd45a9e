#include "json.hpp"

#include "octets.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <type_traits>

namespace imapxx::cli {
namespace {

using json = nlohmann::ordered_json;

// The rule of docs/json-schema.md: text that is valid UTF-8 is a string; other octets are {"base64": "..."}.
json str(std::string_view octets) {
  if (is_utf8(octets)) return json(std::string(octets));
  return json{{"base64", base64(octets)}};
}
json nstr(const std::optional<std::string>& s) { return s ? str(*s) : json(nullptr); }

// In places where only a string makes sense (names of things): replaced by base64 text with a mark in front.
std::string key(std::string_view octets) { return is_utf8(octets) ? std::string(octets) : "base64:" + base64(octets); }

template <class T>
void put(json& j, const char* name, const std::optional<T>& value) {
  if (value) j[name] = *value;
}
void put_string(json& j, const char* name, const std::optional<std::string>& value) {
  if (value) j[name] = str(*value);
}

json mailbox(const mailbox_name& name) {
  // What cannot be decoded is shown as the server sent it.
  return name.decoded() ? str(name.utf8()) : str(name.raw());
}

template <class Strings>
json strings(const Strings& list) {
  json j = json::array();
  for (const auto& s : list) j.push_back(str(s));
  return j;
}

json flag_array(const flag_list& list) {
  json j = json::array();
  for (const auto& f : list) j.push_back(str(f.name()));
  return j;
}

std::string ranges_text(const std::vector<number_range>& ranges) {
  std::string out;
  const auto number = [](message_number n) { return n == number_set_star ? std::string("*") : std::to_string(n); };
  for (const auto& r : ranges) {
    if (!out.empty()) out += ',';
    out += number(r.first);
    if (r.last != r.first) out += ':' + number(r.last);
  }
  return out;
}

json separator(char c) { return c == '\0' ? json(nullptr) : str(std::string_view(&c, 1)); }

json pairs(const std::vector<std::pair<std::string, std::string>>& list) {
  json j = json::object();
  for (const auto& [name, value] : list) j[key(name)] = str(value);
  return j;
}
json pairs(const std::vector<std::pair<std::string, std::optional<std::string>>>& list) {
  json j = json::object();
  for (const auto& [name, value] : list) j[key(name)] = nstr(value);
  return j;
}

json code_json(const response_code& c) {
  json j;
  const auto known = to_string(c.kind);
  j["name"] = known.empty() ? str(c.name) : str(c.name.empty() ? known : std::string_view(c.name));
  if (!c.arguments.empty()) j["arguments"] = str(c.arguments);
  if (c.number != 0) j["number"] = c.number;
  if (c.kind == code::capability) j["capabilities"] = strings(c.capabilities.names());
  if (c.kind == code::permanentflags) j["flags"] = flag_array(c.flags);
  if (!c.strings.empty()) j["strings"] = strings(c.strings);
  if (!c.uids.empty()) j["uids"] = ranges_text(c.uids);
  if (!c.source_uids.empty()) j["source_uids"] = ranges_text(c.source_uids);
  if (!c.modified.empty()) j["modified"] = str(c.modified);
  return j;
}

json unparsed_json(const unparsed_item& u) {
  return json{{"name", str(u.name)}, {"reason", str(u.reason)}, {"offset", u.offset}, {"raw", str(u.raw)}};
}

void put_unparsed(json& j, const std::vector<unparsed_item>& items) {
  if (items.empty()) return;
  json list = json::array();
  for (const auto& u : items) list.push_back(unparsed_json(u));
  j["unparsed"] = std::move(list);
}

json address_json(const address& a) {
  json j;
  put_string(j, "name", a.name);
  put_string(j, "route", a.route);
  put_string(j, "mailbox", a.mailbox);
  put_string(j, "host", a.host);
  return j.is_null() ? json::object() : j;
}

json group_json(const address_group& g) {
  json members = json::array();
  for (const auto& m : g.members) members.push_back(address_json(m));
  if (!g.name) return members;
  return json{{"group", str(*g.name)}, {"members", std::move(members)}};
}

json addresses_json(const address_list& list) {
  json j = json::array();
  for (const auto& g : to_groups(list)) {
    auto one = group_json(g);
    if (one.is_array()) {
      for (auto& a : one) j.push_back(std::move(a));
    } else {
      j.push_back(std::move(one));
    }
  }
  return j;
}

json envelope_json(const envelope& e) {
  json j{{"date", nstr(e.date)}, {"subject", nstr(e.subject)}};
  const std::array<std::pair<const char*, const address_list*>, 6> lists = {{{"from", &e.from},
                                                                             {"sender", &e.sender},
                                                                             {"reply_to", &e.reply_to},
                                                                             {"to", &e.to},
                                                                             {"cc", &e.cc},
                                                                             {"bcc", &e.bcc}}};
  for (const auto& [name, list] : lists) j[name] = addresses_json(*list);
  j["in_reply_to"] = nstr(e.in_reply_to);
  j["message_id"] = nstr(e.message_id);
  return j;
}

json parameters_json(const body_parameters& p) { return pairs(p.items); }

// The depth is bounded by limits::nesting.
json structure_json(const body_structure& b) {
  json j{{"type", str(b.type)}, {"subtype", str(b.subtype)}};
  if (!b.parameters.items.empty()) j["parameters"] = parameters_json(b.parameters);
  if (!b.is_multipart()) {
    put_string(j, "id", b.id);
    put_string(j, "description", b.description);
    j["encoding"] = str(b.encoding);
    j["octets"] = b.octets_known ? json(b.octets) : json(nullptr);
    put(j, "lines", b.lines);
  }
  if (b.nested_envelope) j["envelope"] = envelope_json(*b.nested_envelope);
  put_string(j, "md5", b.md5);
  if (b.disposition)
    j["disposition"] =
        json{{"type", str(b.disposition->type)}, {"parameters", parameters_json(b.disposition->parameters)}};
  if (!b.languages.empty()) j["languages"] = strings(b.languages);
  put_string(j, "location", b.location);
  if (!b.extensions.empty()) j["extensions"] = strings(b.extensions);
  if (!b.children.empty()) {
    json parts = json::array();
    for (const auto& child : b.children) parts.push_back(structure_json(child));
    j["parts"] = std::move(parts);
  }
  return j;
}

std::string section_name(const section& s) {
  switch (s.kind) {
    case section::item::rfc822: return "RFC822";
    case section::item::rfc822_header: return "RFC822.HEADER";
    case section::item::rfc822_text: return "RFC822.TEXT";
    case section::item::binary: return "BINARY[" + s.to_string() + "]";
    case section::item::binary_size: return "BINARY.SIZE[" + s.to_string() + "]";
    case section::item::body: break;
  }
  return "BODY[" + s.to_string() + "]";
}

json sections_json(const std::vector<fetched_section>& sections) {
  json j = json::array();
  for (const auto& s : sections) {
    json one{{"section", str(section_name(s.section))}};
    if (s.section.origin) one["origin"] = *s.section.origin;
    one["data"] = nstr(s.data);
    if (s.streamed != 0) one["streamed"] = s.streamed;
    j.push_back(std::move(one));
  }
  return j;
}

void put_fetch_extensions(json& j, const fetch_data& d) {
  put(j, "modseq", d.modseq);
  put_string(j, "emailid", d.emailid);
  put_string(j, "threadid", d.threadid);
  put_string(j, "preview", d.preview);
  if (d.savedate) j["savedate"] = *d.savedate ? json((*d.savedate)->to_iso8601()) : json(nullptr);
  put(j, "gm_msgid", d.gm_msgid);
  put(j, "gm_thrid", d.gm_thrid);
  if (d.gm_labels) j["gm_labels"] = strings(*d.gm_labels);
  if (!d.others.empty()) j["others"] = pairs(d.others);
}

json fetch_json(const fetch_data& d) {
  json j{{"kind", "fetch"}};
  if (d.seq != 0) j["seq"] = d.seq;
  put(j, "uid", d.uid);
  if (d.flags) j["flags"] = flag_array(*d.flags);
  if (d.internaldate) j["internaldate"] = d.internaldate->to_iso8601();
  put(j, "size", d.rfc822_size);
  if (d.envelope) j["envelope"] = envelope_json(*d.envelope);
  if (d.body) j["body"] = structure_json(*d.body);
  if (d.bodystructure) j["bodystructure"] = structure_json(*d.bodystructure);
  if (!d.sections.empty()) j["sections"] = sections_json(d.sections);
  if (!d.binary_sizes.empty()) {
    json sizes = json::object();
    for (const auto& [part, octets] : d.binary_sizes) sizes[key(part)] = octets;
    j["binary_sizes"] = std::move(sizes);
  }
  put_fetch_extensions(j, d);
  put_unparsed(j, d.unparsed);
  return j;
}

json status_json(const mailbox_status& s) {
  json j{{"mailbox", mailbox(s.mailbox)}};
  put(j, "messages", s.messages);
  put(j, "recent", s.recent);
  put(j, "uidnext", s.uidnext);
  put(j, "uidvalidity", s.uidvalidity);
  put(j, "unseen", s.unseen);
  put(j, "deleted", s.deleted);
  put(j, "size", s.size);
  put(j, "highestmodseq", s.highestmodseq);
  if (s.appendlimit_nil) j["appendlimit"] = nullptr;
  put(j, "appendlimit", s.appendlimit);
  put(j, "deleted_storage", s.deleted_storage);
  put_string(j, "mailboxid", s.mailboxid);
  if (!s.others.empty()) j["others"] = pairs(s.others);
  put_unparsed(j, s.unparsed);
  return j;
}

json namespace_json(const std::vector<namespace_entry>& list) {
  json j = json::array();
  for (const auto& e : list) {
    json one{{"prefix", mailbox(e.prefix)}, {"separator", separator(e.separator)}};
    for (const auto& [name, values] : e.extensions) one["extensions"][key(name)] = strings(values);
    j.push_back(std::move(one));
  }
  return j;
}

// Threads as their walk: a long conversation must not nest deeply.
json threads_json(const std::vector<thread_node>& threads) {
  json j = json::array();
  for (const auto& step : walk(threads))
    j.push_back(json{{"number", step.number == 0 ? json(nullptr) : json(step.number)}, {"depth", step.depth}});
  return j;
}

struct to_object {
  json operator()(const status_response& r) const {
    static constexpr std::array<const char*, 5> kinds = {"ok", "no", "bad", "bye", "preauth"};
    json j{{"kind", kinds[static_cast<std::size_t>(r.kind)]}};
    if (!r.tag.empty()) j["tag"] = str(r.tag);
    if (r.code) j["code"] = code_json(r.code);
    j["text"] = str(r.text);
    return j;
  }
  json operator()(const capability_response& r) const {
    return {{"kind", "capability"}, {"capabilities", strings(r.capabilities.names())}};
  }
  json operator()(const enabled_response& r) const {
    return {{"kind", "enabled"}, {"capabilities", strings(r.capabilities.names())}};
  }
  json operator()(const list_response& r) const {
    json j{{"kind", r.lsub ? "lsub" : "list"}};
    if (r.xlist) j["xlist"] = true;
    j["mailbox"] = mailbox(r.entry.name);
    if (r.entry.name.raw() != r.entry.name.utf8()) j["raw"] = str(r.entry.name.raw());
    j["separator"] = separator(r.entry.separator);
    j["attributes"] = flag_array(r.entry.attributes);
    if (!r.entry.childinfo.empty()) j["childinfo"] = strings(r.entry.childinfo);
    if (r.entry.oldname) j["oldname"] = mailbox(*r.entry.oldname);
    if (!r.entry.extended.empty()) j["extended"] = pairs(r.entry.extended);
    if (r.entry.status) j["status"] = status_json(*r.entry.status);
    return j;
  }
  json operator()(const namespace_response& r) const {
    return {{"kind", "namespace"},
            {"personal", namespace_json(r.value.personal)},
            {"other_users", namespace_json(r.value.other_users)},
            {"shared", namespace_json(r.value.shared)}};
  }
  json operator()(const status_data& r) const {
    json j{{"kind", "status"}};
    j.update(status_json(r.status));
    return j;
  }
  json operator()(const search_response& r) const {
    json j{{"kind", "search"}, {"count", r.numbers.size()}, {"numbers", r.numbers.to_string()}};
    put(j, "modseq", r.modseq);
    return j;
  }
  json operator()(const sort_response& r) const {
    json j{{"kind", "sort"}, {"numbers", r.numbers}};
    put(j, "modseq", r.modseq);
    return j;
  }
  json operator()(const esearch_response& r) const {
    const auto& e = r.value;
    json j{{"kind", "esearch"}};
    if (!e.tag.empty()) j["tag"] = str(e.tag);
    j["uid"] = e.uid;
    put(j, "min", e.min);
    put(j, "max", e.max);
    put(j, "count", e.count);
    if (e.all_present) j["all"] = e.uid ? e.all_uids.to_string() : e.all_seq.to_string();
    put(j, "modseq", e.modseq);
    if (e.partial) j["partial"] = json{{"range", str(e.partial->first)}, {"numbers", str(e.partial->second)}};
    if (!e.others.empty()) j["others"] = pairs(e.others);
    return j;
  }
  json operator()(const thread_response& r) const {
    return {{"kind", "thread"}, {"messages", threads_json(r.threads)}};
  }
  json operator()(const flags_response& r) const { return {{"kind", "flags"}, {"flags", flag_array(r.flags)}}; }
  json operator()(const exists_response& r) const { return {{"kind", "exists"}, {"count", r.count}}; }
  json operator()(const recent_response& r) const { return {{"kind", "recent"}, {"count", r.count}}; }
  json operator()(const expunge_response& r) const { return {{"kind", "expunge"}, {"seq", r.seq}}; }
  json operator()(const vanished_response& r) const {
    return {{"kind", "vanished"}, {"earlier", r.earlier}, {"uids", r.uids.to_string()}};
  }
  json operator()(const id_response& r) const { return {{"kind", "id"}, {"fields", pairs(r.fields)}}; }
  json operator()(const quota_response& r) const {
    json list = json::array();
    for (const auto& q : r.value.resources)
      list.push_back(
          json{{"name", str(q.name)}, {"usage", q.usage}, {"limit", q.limited ? json(q.limit) : json(nullptr)}});
    return {{"kind", "quota"}, {"root", str(r.value.root)}, {"resources", std::move(list)}};
  }
  json operator()(const quota_root_response& r) const {
    return {{"kind", "quotaroot"}, {"mailbox", mailbox(r.value.mailbox)}, {"roots", strings(r.value.roots)}};
  }
  json operator()(const acl_response& r) const {
    json list = json::array();
    for (const auto& [who, rights] : r.value.entries)
      list.push_back(json{{"identifier", str(who)}, {"rights", str(rights)}});
    return {{"kind", "acl"}, {"mailbox", mailbox(r.value.mailbox)}, {"entries", std::move(list)}};
  }
  json operator()(const list_rights_response& r) const {
    return {{"kind", "listrights"},
            {"mailbox", mailbox(r.value.mailbox)},
            {"identifier", str(r.value.identifier)},
            {"required", str(r.value.required)},
            {"optional", strings(r.value.optional)}};
  }
  json operator()(const my_rights_response& r) const {
    return {{"kind", "myrights"}, {"mailbox", mailbox(r.value.mailbox)}, {"rights", str(r.value.rights)}};
  }
  json operator()(const metadata_response& r) const {
    json j{{"kind", "metadata"}, {"mailbox", mailbox(r.value.mailbox)}};
    if (r.value.values) {
      j["entries"] = pairs(r.value.entries);
    } else {
      j["changed"] = json::array();
      for (const auto& e : r.value.entries) j["changed"].push_back(str(e.first));
    }
    return j;
  }
  json operator()(const annotation_response& r) const {
    return {{"kind", "annotation"},
            {"mailbox", mailbox(r.value.mailbox)},
            {"entry", str(r.value.entry)},
            {"attributes", pairs(r.value.attributes)}};
  }
  json operator()(const fetch_response& r) const { return fetch_json(r.row.to_data()); }
  json operator()(const continuation_response& r) const {
    json j{{"kind", "continuation"}};
    if (r.code) j["code"] = code_json(r.code);
    j["text"] = str(r.text);
    return j;
  }
  json operator()(const unknown_response& r) const {
    json j{{"kind", "unknown"}, {"name", str(r.name)}};
    put(j, "number", r.number);
    j["text"] = str(r.text);
    return j;
  }
  json operator()(const unparsed_response& r) const {
    json j{{"kind", "unparsed"}};
    j.update(unparsed_json(r.item));
    return j;
  }
};

// The UTF-8 length of a character at `i` that does terminals harm although JSON allows it: DEL, C1, line separators and
// bidirectional marks. 0: none.
std::size_t harmful_at(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0U; };
  const auto in = [](unsigned c, unsigned low, unsigned high) { return c >= low && c <= high; };
  if (byte(i) == 0x7F) return 1;
  if (byte(i) == 0xC2 && in(byte(i + 1), 0x80, 0x9F)) return 2;
  if (byte(i) == 0xD8 && byte(i + 1) == 0x9C) return 2;
  if (byte(i) != 0xE2) return 0;
  const bool marks = byte(i + 1) == 0x80 && (in(byte(i + 2), 0x8E, 0x8F) || in(byte(i + 2), 0xA8, 0xAE));
  const bool isolates = byte(i + 1) == 0x81 && in(byte(i + 2), 0xA6, 0xA9);
  return marks || isolates ? 3 : 0;
}

std::string dump(const json& j) {
  const auto text = j.dump(-1, ' ', false, json::error_handler_t::replace);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto n = harmful_at(text, i);
    if (n == 0) {
      out += text[i];
      continue;
    }
    // Outside of strings JSON is ASCII without DEL, so this always stands inside of one.
    unsigned c = static_cast<unsigned char>(text[i]) & (n == 1 ? 0x7FU : (n == 2 ? 0x1FU : 0x0FU));
    for (std::size_t k = 1; k < n; ++k) c = c << 6U | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
    out += fmt::format("\\u{:04x}", c);
    i += n - 1;
  }
  return out;
}

}  // namespace

std::string to_json(const response& r) { return dump(std::visit(to_object{}, r)); }

std::string to_json(const fetch_row& row, const std::optional<std::string>& text) {
  auto j = fetch_json(row.to_data());
  if (text) j["text"] = str(*text);
  return dump(j);
}

std::string to_json(const mailbox_event& e) {
  switch (e.what) {
    case mailbox_event::kind::exists: return to_json(response(exists_response{e.number}));
    case mailbox_event::kind::recent: return to_json(response(recent_response{e.number}));
    case mailbox_event::kind::vanished: return to_json(response(vanished_response{e.uids, false}));
    case mailbox_event::kind::expunge: {
      json j{{"kind", "expunge"}, {"seq", e.number}};
      put(j, "uid", e.uid);
      return dump(j);
    }
    case mailbox_event::kind::flags: break;
  }
  fetch_data d;
  d.seq = e.number;
  d.uid = e.uid;
  d.flags = e.flags;
  return dump(fetch_json(d));
}

std::string to_json(const copy_result& r, std::optional<move_method> method) {
  json j{{"kind", "ok"}};
  if (r.uidvalidity)
    j["code"] = json{{"name", "COPYUID"},
                     {"number", *r.uidvalidity},
                     {"uids", ranges_text(r.destinations)},
                     {"source_uids", ranges_text(r.sources)}};
  j["text"] = "";
  if (method) {
    static constexpr std::array<const char*, 3> names = {"move", "copy_uid_expunge", "copy_mark"};
    j["method"] = names[static_cast<std::size_t>(*method)];
  }
  return dump(j);
}

std::string json_appended(std::optional<std::uint32_t> uidvalidity, const uid_set& uids, const std::string& file) {
  json j{{"kind", "ok"}};
  if (uidvalidity) j["code"] = json{{"name", "APPENDUID"}, {"number", *uidvalidity}, {"uids", uids.to_string()}};
  j["text"] = "";
  j["file"] = str(file);
  return dump(j);
}

std::string json_saved(std::uint32_t uid, const std::string& file, std::uint64_t octets, std::string_view result) {
  return dump(json{{"kind", "saved"}, {"uid", uid}, {"file", str(file)}, {"octets", octets}, {"result", str(result)}});
}

std::string json_saved_part(std::uint32_t uid, const std::string& part, const std::string& type,
                            const std::string& file, std::uint64_t octets) {
  return dump(json{{"kind", "saved"},
                   {"uid", uid},
                   {"part", str(part)},
                   {"type", str(type)},
                   {"file", str(file)},
                   {"octets", octets},
                   {"result", "saved"}});
}

std::string json_planned(std::string_view command) {
  return dump(json{{"kind", "planned"}, {"command", str(command)}});
}

std::string json_incomplete(std::uint64_t offset, std::string_view raw) {
  return dump(json{{"kind", "incomplete"}, {"offset", offset}, {"raw", str(raw)}});
}

std::string json_invalid(std::uint64_t offset, std::string_view reason) {
  return dump(json{{"kind", "invalid"}, {"offset", offset}, {"reason", str(reason)}});
}

}  // namespace imapxx::cli
