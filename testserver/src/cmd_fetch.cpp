#include "commands.hpp"
#include "date_time.hpp"
#include "fetch_items.hpp"
#include "structure.hpp"
#include "text.hpp"

#include <algorithm>

namespace imapxx::testserver::detail {

namespace {

using kind = fetch_item::kind;

struct fetch_request {
  number_ranges set;
  std::vector<fetch_item> items;
  std::optional<std::uint64_t> changed_since;
  bool sets_seen = false;
  bool wants_modseq = false;
};

bool has_item(const fetch_request& r, kind what) {
  return std::any_of(r.items.begin(), r.items.end(), [what](const fetch_item& i) { return i.what == what; });
}

void check_served(const session& s, const fetch_request& r) {
  bool binary = s.can("BINARY") || s.can("IMAP4rev2");
  if (!binary && (has_item(r, kind::binary) || has_item(r, kind::binary_size))) fail_bad("Unknown data item BINARY");
  if (has_item(r, kind::modseq) && !s.can("CONDSTORE")) fail_bad("Unknown data item MODSEQ");
}

fetch_request read_fetch(session& s, arguments& args, bool uid) {
  fetch_request r;
  args.space();
  r.set = args.sequence_set();
  args.space();
  r.items = read_fetch_items(args);
  if (s.can("CONDSTORE") && args.accept_space()) {
    args.expect('(');
    if (!iequals(args.atom(), "CHANGEDSINCE")) fail_bad("Unknown FETCH modifier");
    args.space();
    r.changed_since = args.number();
    args.expect(')');
  }
  args.end();
  check_served(s, r);
  r.wants_modseq = has_item(r, kind::modseq) || r.changed_since;
  if (r.changed_since && !has_item(r, kind::modseq)) {
    fetch_item item;
    item.what = kind::modseq;
    r.items.push_back(item);
  }
  if (uid && !has_item(r, kind::uid)) {
    fetch_item item;
    item.what = kind::uid;
    item.label = "UID";
    r.items.insert(r.items.begin(), item);
  }
  r.sets_seen = std::any_of(r.items.begin(), r.items.end(), [](const fetch_item& i) {
    return (i.what == kind::section || i.what == kind::binary) && !i.peek;
  });
  return r;
}

std::string_view cut(std::string_view data, const fetch_item& item) {
  if (!item.partial) return data;
  auto start = std::min<std::uint64_t>(item.offset, data.size());
  return data.substr(static_cast<std::size_t>(start),
                     static_cast<std::size_t>(std::min<std::uint64_t>(item.length, data.size())));
}

void append_binary(std::string& out, const message_content& content, const fetch_item& item) {
  std::string data;
  auto status = extract_binary(content, item.section.path, data);
  if (status == binary_status::unknown_encoding) fail_no("UNKNOWN-CTE", "Unknown Content-Transfer-Encoding");
  if (item.what == kind::binary_size) {
    out += std::to_string(data.size());
    return;
  }
  auto part = cut(data, item);
  if (part.find('\0') == std::string_view::npos) {
    append_literal(out, part);
    return;
  }
  out += "~{" + std::to_string(part.size()) + "}\r\n";
  out += part;
}

void append_section(std::string& out, const message_content& content, const fetch_item& item) {
  const section_spec& s = item.section;
  if (s.path.empty() && s.what == section_spec::kind::whole) {
    append_literal(out, cut(content.raw(), item));
    return;
  }
  // A part that is not there is empty, as Dovecot answers; RFC 3501 leaves it open.
  append_literal(out, cut(extract_section(content, s).value_or(""), item));
}

/// Items that depend on content only; may throw for BINARY.
void append_content_item(std::string& out, const stored_message& m, const fetch_item& item) {
  const message_content& content = *m.content;
  out += item.label + ' ';
  switch (item.what) {
    case kind::internal_date: out += '"' + format_date_time(m.date) + '"'; break;
    case kind::size: out += std::to_string(content.raw().size()); break;
    case kind::envelope: out += format_envelope(content.root()); break;
    case kind::body:
    case kind::body_structure:
      out += format_body(content.root(), content.raw(), item.what == kind::body_structure);
      break;
    case kind::uid: out += std::to_string(m.uid); break;
    case kind::section: append_section(out, content, item); break;
    default: append_binary(out, content, item);
  }
}

void write_row(session& s, const fetch_request& r, std::uint32_t sequence) {
  mailbox_view& v = s.selected();
  view_entry& e = v.entries[sequence - 1];
  const stored_message& m = *e.message;
  auto start = s.out.size();
  s.out += "* " + std::to_string(sequence) + " FETCH (";
  auto lock = s.store.lock();
  bool seen_now = false;
  if (r.sets_seen && !v.read_only && (m.flags.bits & flag::seen) == 0) {
    auto flags = m.flags;
    flags.bits |= flag::seen;
    s.store.set_flags(*v.box, *e.message, flags);
    seen_now = true;
  }
  auto separate = [&s] {
    if (s.out.back() != '(') s.out += ' ';
  };
  bool show_flags = has_item(r, kind::flags) || seen_now;
  if (show_flags) {
    s.append_flags(e);
    e.told_modseq = m.modseq;
  }
  if (r.wants_modseq || (s.condstore && show_flags)) {
    separate();
    s.out += "MODSEQ (" + std::to_string(m.modseq) + ')';
  }
  lock.unlock();
  try {
    for (const fetch_item& item : r.items) {
      if (item.what == kind::flags || item.what == kind::modseq) continue;
      separate();
      append_content_item(s.out, m, item);
    }
  } catch (const command_failure&) {
    s.out.resize(start);
    throw;
  }
  s.out += ")\r\n";
  s.flush_if_large();
}

}  // namespace

reply cmd_fetch(session& s, arguments& args, bool uid) {
  auto r = read_fetch(s, args, uid);
  auto& v = s.selected();
  std::vector<std::uint32_t> sequence;
  bool gone = false;
  {
    auto lock = s.store.lock();
    if (r.wants_modseq) s.enable_condstore();
    sequence = s.resolve(r.set, uid);
    std::erase_if(sequence, [&](std::uint32_t n) {
      const stored_message& m = *v.entries[n - 1].message;
      gone = gone || m.expunged;
      return m.expunged || (r.changed_since && m.modseq <= *r.changed_since);
    });
  }
  for (auto n : sequence) write_row(s, r, n);
  if (gone && !uid) fail_no("EXPUNGEISSUED", "Some of the requested messages no longer exist.");
  return ok(uid ? "UID FETCH completed" : "FETCH completed");
}

}  // namespace imapxx::testserver::detail
