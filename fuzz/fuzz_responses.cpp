// Any response value, written as a server may write it and cut anywhere: the client reads the same value.
#include <imapxx/response.hpp>

#include "support/choices.hpp"
#include "support/response_writer.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace fuzz_responses {
using namespace imapxx;
using fuzz::choices;
using fuzz::require;
using fuzz::response_writer;

inline constexpr std::string_view atom_chars = "abcXYZ019.-_$+/&#!";

// What RFC 9051 section 9 calls CHAR8: no NUL.
inline std::string octets(choices& c, std::size_t most = 24) {
  std::string out(c.text(most));
  std::replace(out.begin(), out.end(), '\0', ' ');
  return out;
}
inline std::optional<std::string> maybe(choices& c) {
  if (c.of(4) == 0) return std::nullopt;
  return octets(c);
}
/// What E-07 of docs/QUIRKS.md takes for a missing part is none of a real server's.
inline std::optional<std::string> address_part(choices& c) {
  auto out = maybe(c);
  if (out && (out->starts_with("MISSING_") || out->starts_with("."))) out = "x";
  return out;
}

inline address_list addresses(choices& c) {
  address_list out;
  for (auto n = c.of(4); n > 0; --n) out.push_back({maybe(c), maybe(c), address_part(c), address_part(c)});
  return out;
}

inline envelope any_envelope(choices& c) {
  envelope e;
  e.date = maybe(c);
  e.subject = maybe(c);
  for (auto* list : {&e.from, &e.sender, &e.reply_to, &e.to, &e.cc, &e.bcc}) *list = addresses(c);
  e.in_reply_to = maybe(c);
  e.message_id = maybe(c);
  return e;
}

inline body_parameters parameters(choices& c) {
  body_parameters out;
  for (auto n = c.of(3); n > 0; --n) out.items.emplace_back(octets(c, 8), octets(c, 12));
  return out;
}

inline void extension(choices& c, body_structure& b) {
  b.extension_data = c.of(3) != 0;
  if (!b.extension_data) return;
  static constexpr std::string_view dispositions[] = {"attachment", "INLINE", "form-data", "x-other"};
  static constexpr std::string_view languages[] = {"en", "de-AT", "fra"};
  if (c.yes()) b.disposition = body_disposition{std::string(c.one_of(dispositions)), parameters(c)};
  for (auto n = c.of(3); n > 0; --n) b.languages.emplace_back(c.one_of(languages));
  if (c.yes()) b.location = octets(c);
  static constexpr std::string_view extensions[] = {"NIL", "7", "\"x\"", "(1 (\"a\" NIL) {2}\r\n())"};
  if (c.of(4) == 0)
    for (auto n = c.of(3); n > 0; --n) b.extensions.emplace_back(c.one_of(extensions));
}

inline body_structure any_body(choices& c, unsigned depth) {
  body_structure b;
  if (depth > 0 && c.of(3) == 0) {
    b.type = "multipart";
    for (auto n = c.of(3) + 1; n > 0; --n) b.children.push_back(any_body(c, depth - 1));
    b.subtype = c.word(atom_chars, 1, 8);
    extension(c, b);
    if (b.extension_data) b.parameters = parameters(c);
    return b;
  }
  static constexpr std::string_view types[] = {"TEXT", "image", "Application", "message", "x-own"};
  static constexpr std::string_view encodings[] = {"7BIT", "base64", "QUOTED-PRINTABLE", "x-own"};
  b.type = c.one_of(types);
  b.subtype = c.word(atom_chars, 1, 8);
  b.parameters = parameters(c);
  b.id = maybe(c);
  b.description = maybe(c);
  b.encoding = c.one_of(encodings);
  b.octets = c.number64();
  if (b.type == "message") {
    const bool nested = depth > 0 && c.yes();
    b.subtype = nested ? "RFC822" : "partial";
    if (nested) {
      b.nested_envelope = std::make_unique<envelope>(any_envelope(c));
      b.children.push_back(any_body(c, depth - 1));
    }
  }
  if (b.nested_envelope || b.type == "TEXT") b.lines = c.number64();
  extension(c, b);
  if (b.extension_data) b.md5 = maybe(c);
  return b;
}

inline flag_list flags_of(choices& c) {
  flag_list out;
  static constexpr std::string_view names[] = {"\\Seen", "\\Recent", "\\Deleted", "$Junk", "\\X-own"};
  for (auto n = c.of(5); n > 0; --n)
    out.insert(flag(c.yes() ? std::string(c.one_of(names)) : c.word(atom_chars, 1, 8)));
  return out;
}

inline mailbox_name name_of(choices& c) {
  static constexpr std::string_view names[] = {"INBOX", "a/b", "Sent Items", "&ZeVnLIqe-", "nil", "%", "a\"\\b"};
  auto name = c.yes() ? std::string(c.one_of(names)) : octets(c);
  if (name.empty()) name = "x";
  return mailbox_name::from_wire(name);
}

inline uid_set set_of(choices& c) {
  uid_set out;
  for (auto n = c.of(4) + 1; n > 0; --n) {
    const auto first = c.number() & 0x7FFFFFFFU;
    out.insert(first | 1U, c.yes() ? first | 1U : (c.number() & 0x7FFFFFFFU) | 1U);
  }
  return out;
}

/// Reads what was written, cut at random places.
template <class T>
T read_back(choices& c, const response_writer& out) {
  std::string line = out.octets() + "\r\n";
  const std::string_view text = line;
  fuzz::random_splits splits(c.octet());
  response_reader reader;
  response r;
  for (std::size_t at = 0; at < text.size();) {
    const auto n = splits.next(text.size() - at);
    reader.feed(text.substr(at, n));
    at += n;
    const auto status = reader.next(r);
    if (at < text.size()) {
      require(status == read_status::incomplete, out.octets());
    } else {
      require(status == read_status::complete, out.octets());
    }
  }
  if constexpr (std::is_same_v<T, fetch_data>) {
    auto* const f = std::get_if<fetch_response>(&r);
    require(f != nullptr, out.octets());
    return f->row.to_data();
  } else {
    auto* const found = std::get_if<T>(&r);
    require(found != nullptr, out.octets());
    return std::move(*found);
  }
}

inline void fetch(choices& c) {
  response_writer out(c);
  const auto seq = c.number();
  out.raw("* ").number(seq).raw(" ").word("FETCH").raw(" (");
  fetch_data asked;
  if (c.yes()) {
    asked.flags = flags_of(c);
    out.sp().word("FLAGS").raw(" ").flags(*asked.flags);
  }
  if (c.yes()) {
    asked.envelope = any_envelope(c);
    out.sp().word("ENVELOPE").raw(" ").envelope(*asked.envelope);
  }
  if (c.yes()) {
    asked.bodystructure = any_body(c, 3);
    out.sp().word("BODYSTRUCTURE").raw(" ").body(*asked.bodystructure);
  }
  if (c.yes()) {
    const auto zone = static_cast<int>(c.of(140)) * 10 - 700;
    asked.internaldate.emplace(std::chrono::sys_seconds(std::chrono::seconds(c.number())), zone);
    out.sp().word("INTERNALDATE").raw(" \"").raw(asked.internaldate->to_imap()).raw("\"");
  }
  std::string body;
  const bool section = c.yes();
  if (section) {
    body = octets(c, 200);
    out.sp().word("BODY").raw("[1.2]<7> ").string(body);
  }
  asked.uid = c.number();
  asked.modseq = c.number64() | 1U;
  out.sp().word("UID").raw(" ").number(*asked.uid).sp().word("MODSEQ").raw(" (").number(*asked.modseq).raw("))");
  const auto got = read_back<fetch_data>(c, out);
  require(got.seq == seq && got.uid == asked.uid && got.modseq == asked.modseq, out.octets());
  require(got.flags == asked.flags && got.envelope == asked.envelope, out.octets());
  require(got.bodystructure == asked.bodystructure && got.internaldate == asked.internaldate, out.octets());
  require(got.unparsed.empty() && got.others.empty() && got.sections.size() == (section ? 1U : 0U), out.octets());
  if (section) require(got.sections[0].data == body && got.sections[0].section.origin == 7U, out.octets());
}

inline void list_entry_back(choices& c) {
  response_writer out(c);
  list_entry asked;
  asked.name = name_of(c);
  asked.attributes = flags_of(c);
  static constexpr char separators[] = {'/', '.', '\\', '"', '\0'};
  asked.separator = separators[c.of(5)];
  const bool lsub = c.yes();
  out.raw("* ").word(lsub ? "LSUB" : "LIST").raw(" ").flags(asked.attributes).raw(" ");
  if (asked.separator == '\0') {
    out.word("NIL");
  } else if (asked.separator == '"' || asked.separator == '\\') {
    out.raw("\"\\").raw(std::string(1, asked.separator)).raw("\"");
  } else {
    out.raw("\"").raw(std::string(1, asked.separator)).raw("\"");
  }
  out.raw(" ").astring(asked.name.raw());
  if (!lsub && c.of(3) == 0) {
    asked.childinfo = {"SUBSCRIBED"};
    out.raw(" (\"CHILDINFO\" (\"SUBSCRIBED\")");
    if (c.yes()) {
      asked.oldname = name_of(c);
      out.raw(" \"OLDNAME\" (").astring(asked.oldname->raw()).raw(")");
    }
    out.raw(")");
  }
  const auto got = read_back<list_response>(c, out);
  require(got.lsub == lsub && got.entry == asked, out.octets());
}

inline void status(choices& c) {
  response_writer out(c);
  mailbox_status asked;
  asked.mailbox = name_of(c);
  out.raw("* ").word("STATUS").raw(" ").astring(asked.mailbox.raw()).raw(" (");
  const std::pair<std::string_view, std::optional<std::uint64_t>*> items[] = {
      {"MESSAGES", &asked.messages}, {"UIDNEXT", &asked.uidnext}, {"UIDVALIDITY", &asked.uidvalidity},
      {"UNSEEN", &asked.unseen},     {"RECENT", &asked.recent},   {"DELETED", &asked.deleted}};
  for (const auto& [name, value] : items)
    if (c.yes()) out.sp().word(name).raw(" ").number(value->emplace(c.number()));
  if (c.yes()) out.sp().word("SIZE").raw(" ").number(asked.size.emplace(c.number64()));
  if (c.yes()) out.sp().word("HIGHESTMODSEQ").raw(" ").number(asked.highestmodseq.emplace(c.number64()));
  if (c.yes()) out.sp().word("MAILBOXID").raw(" (").raw(asked.mailboxid.emplace(c.word("abcZ09_-", 1, 9))).raw(")");
  out.raw(")");
  require(read_back<status_data>(c, out).status == asked, out.octets());
}

inline void numbers(choices& c) {
  response_writer out(c);
  const auto set = set_of(c);
  switch (c.of(5)) {
    case 0: {
      std::vector<message_number> sent;
      for (auto n = c.of(6); n > 0; --n) sent.push_back(c.number());
      const auto modseq = c.yes() ? std::optional(c.number64() | 1U) : std::nullopt;
      const bool sorted = c.yes();
      out.raw("* ").word(sorted ? "SORT" : "SEARCH");
      for (const auto n : sent) out.raw(" ").number(n);
      if (modseq) out.raw(" (").word("MODSEQ").raw(" ").number(*modseq).raw(")");
      if (sorted) {
        const auto got = read_back<sort_response>(c, out);
        require(got.numbers == sent && got.modseq == modseq, out.octets());
      } else {
        const auto got = read_back<search_response>(c, out);
        require(got.numbers == uid_set::from_numbers(sent) && got.modseq == modseq, out.octets());
      }
      return;
    }
    case 1: {
      esearch asked;
      asked.tag = c.word(atom_chars, 1, 6);
      asked.uid = true;
      out.raw("* ").word("ESEARCH").raw(" (").word("TAG").raw(" ").string(asked.tag).raw(") ").word("UID");
      if (c.yes()) out.raw(" ").word("MIN").raw(" ").number(asked.min.emplace(c.number()));
      if (c.yes()) out.raw(" ").word("MAX").raw(" ").number(asked.max.emplace(c.number()));
      if (c.yes()) out.raw(" ").word("COUNT").raw(" ").number(asked.count.emplace(c.number()));
      if (c.yes()) {
        asked.all_uids = set;
        asked.all_present = true;
        out.raw(" ").word("ALL").raw(" ").raw(set.to_string());
      }
      if (c.yes()) out.raw(" ").word("MODSEQ").raw(" ").number(asked.modseq.emplace(c.number64() | 1U));
      require(read_back<esearch_response>(c, out).value == asked, out.octets());
      return;
    }
    case 2: {
      const bool earlier = c.yes();
      out.raw("* ").word("VANISHED").raw(" ");
      if (earlier) out.raw("(").word("EARLIER").raw(") ");
      out.raw(set.to_string());
      const auto got = read_back<vanished_response>(c, out);
      require(got.uids == set && got.earlier == earlier, out.octets());
      return;
    }
    case 3: {
      const auto n = c.number();
      out.raw("* ").number(n).raw(" ").word("EXISTS");
      require(read_back<exists_response>(c, out).count == n, out.octets());
      return;
    }
    default: {
      const auto n = c.number();
      out.raw("* ").number(n).raw(" ").word("EXPUNGE");
      require(read_back<expunge_response>(c, out).seq == n, out.octets());
      return;
    }
  }
}

// thread-list = "(" (thread-members / thread-nested) ")": a chain, and branches at its end
inline void write_thread(response_writer& out, const thread_node& top) {
  out.raw("(");
  bool first = true;
  const thread_node* at = &top;
  for (;;) {
    if (at->number != 0) out.raw(first ? "" : " ").number(at->number);
    first = false;
    if (at->children.size() != 1) break;
    at = &at->children.front();
  }
  if (!at->children.empty() && at->number != 0) out.raw(" ");
  for (const auto& child : at->children) write_thread(out, child);
  out.raw(")");
}

inline thread_node any_thread(choices& c, unsigned depth) {
  thread_node n(c.number());
  if (depth > 0)
    for (auto children = c.of(4); children > 0; --children) n.children.push_back(any_thread(c, depth - 1));
  return n;
}

inline void threads(choices& c) {
  response_writer out(c);
  std::vector<thread_node> asked;
  for (auto n = c.of(4); n > 0; --n) {
    asked.push_back(any_thread(c, 3));
    if (asked.back().children.size() > 1 && c.of(3) == 0) asked.back().number = 0;  // the parent is missing
  }
  out.raw("* ").word("THREAD");
  if (!asked.empty()) out.raw(" ");
  for (const auto& t : asked) write_thread(out, t);
  require(read_back<thread_response>(c, out).threads == asked, out.octets());
}

inline void state(choices& c) {
  response_writer out(c);
  static constexpr std::string_view kinds[] = {"OK", "NO", "BAD"};
  const auto tag = c.word("abcXYZ019", 1, 6);
  const auto kind = c.of(3);
  out.raw(tag).raw(" ").word(kinds[kind]).raw(" [");
  const auto source = set_of(c);
  const auto to = source;  // COPYUID pairs them one by one (RFC 4315 section 3)
  const auto n = c.number();
  const auto flags = flags_of(c);
  const auto which = c.of(6);
  switch (which) {
    case 0: out.word("UIDNEXT").raw(" ").number(n); break;
    case 1: out.word("APPENDUID").raw(" ").number(n).raw(" ").raw(to.to_string()); break;
    case 2: out.word("COPYUID").raw(" ").number(n).raw(" ").raw(source.to_string()).raw(" ").raw(to.to_string()); break;
    case 3: out.word("PERMANENTFLAGS").raw(" ").flags(flags); break;
    case 4: out.word("HIGHESTMODSEQ").raw(" ").number(n); break;
    default: out.word("ALREADYEXISTS"); break;
  }
  const auto text = c.word("text of it-", 1, 20) + "x";
  out.raw("] ").raw(text);
  const auto got = read_back<status_response>(c, out);
  const auto& code = got.code;
  require(got.tag == tag && to_string(got.kind) == kinds[kind], out.octets());
  const auto ranges = [](const uid_set& s) { return std::vector<number_range>(s.ranges().begin(), s.ranges().end()); };
  if (which < 3 || which == 4) require(code.number == n, out.octets());
  if (which == 1 || which == 2) require(code.uids == ranges(to), out.octets());
  if (which == 2) require(code.source_uids == ranges(source), out.octets());
  if (which == 3) require(code.flags == flags, out.octets());
  if (which == 5) require(code.kind == imapxx::code::alreadyexists, out.octets());
  const auto begin = text.find_first_not_of(' ');
  require(got.text.find(text.substr(begin)) != std::string::npos, out.octets());
}

inline void extensions(choices& c) {
  response_writer out(c);
  const auto name = name_of(c);
  switch (c.of(6)) {
    case 0: {
      id_fields asked;
      out.raw("* ").word("ID").raw(" (");
      for (auto n = c.of(4) + 1; n > 0; --n) {
        asked.emplace_back(octets(c, 8), maybe(c));
        out.sp().string(asked.back().first).raw(" ").nstring(asked.back().second);
      }
      out.raw(")");
      require(read_back<id_response>(c, out).fields == asked, out.octets());
      return;
    }
    case 1: {
      quota asked;
      asked.root = octets(c, 8);
      out.raw("* ").word("QUOTA").raw(" ").astring(asked.root).raw(" (");
      for (auto n = c.of(3); n > 0; --n) {
        asked.resources.push_back({n == 1 ? "STORAGE" : "MESSAGE", c.number64(), c.number64(), true});
        const auto& r = asked.resources.back();
        out.sp().raw(r.name).raw(" ").number(r.usage).raw(" ").number(r.limit);
      }
      out.raw(")");
      require(read_back<quota_response>(c, out).value == asked, out.octets());
      return;
    }
    case 2: {
      quota_root asked;
      asked.mailbox = name;
      out.raw("* ").word("QUOTAROOT").raw(" ").astring(name.raw());
      for (auto n = c.of(3); n > 0; --n) out.raw(" ").astring(asked.roots.emplace_back(octets(c, 8)));
      require(read_back<quota_root_response>(c, out).value == asked, out.octets());
      return;
    }
    case 3: {
      acl asked;
      asked.mailbox = name;
      out.raw("* ").word("ACL").raw(" ").astring(name.raw());
      for (auto n = c.of(3); n > 0; --n) {
        asked.entries.emplace_back(c.word("-abcXYZ", 1, 8), c.word("lrswipkxteacd", 1, 8));
        out.raw(" ").astring(asked.entries.back().first).raw(" ").astring(asked.entries.back().second);
      }
      require(read_back<acl_response>(c, out).value == asked, out.octets());
      return;
    }
    case 4: {
      metadata asked;
      asked.mailbox = name;
      out.raw("* ").word("METADATA").raw(" ").astring(name.raw()).raw(" (");
      for (auto n = c.of(3) + 1; n > 0; --n) {
        asked.entries.emplace_back("/shared/" + c.word("abcXYZ", 1, 8), maybe(c));
        out.sp().astring(asked.entries.back().first).raw(" ").nstring(asked.entries.back().second);
      }
      out.raw(")");
      require(read_back<metadata_response>(c, out).value == asked, out.octets());
      return;
    }
    default: {
      flag_list asked = flags_of(c);
      out.raw("* ").word("FLAGS").raw(" ").flags(asked);
      require(read_back<flags_response>(c, out).flags == asked, out.octets());
      return;
    }
  }
}

}  // namespace fuzz_responses

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz_responses::choices c({reinterpret_cast<const char*>(data), size});
  switch (c.of(8)) {
    case 0:
    case 1: fuzz_responses::fetch(c); break;
    case 2: fuzz_responses::list_entry_back(c); break;
    case 3: fuzz_responses::status(c); break;
    case 4: fuzz_responses::numbers(c); break;
    case 5: fuzz_responses::threads(c); break;
    case 6: fuzz_responses::state(c); break;
    default: fuzz_responses::extensions(c); break;
  }
  return 0;
}
