#include <imapxx/commands/fetch_items.hpp>

#include "base/ascii.hpp"
#include "codec/fetch.hpp"
#include "commands/support.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace imapxx::inline v0 {
namespace {

struct traits {
  fetch_item kind;
  std::string_view needs;  // empty: every server has it
};
// In the order of the wire: small things first, UID before all, so that whatever follows is known to belong to a
// message; bodies last.
constexpr std::array<traits, 22> order{{{fetch_item::uid, {}},
                                        {fetch_item::flags, {}},
                                        {fetch_item::internaldate, {}},
                                        {fetch_item::rfc822_size, {}},
                                        {fetch_item::modseq, "CONDSTORE|QRESYNC"},
                                        {fetch_item::savedate, "SAVEDATE"},
                                        {fetch_item::emailid, "OBJECTID"},
                                        {fetch_item::threadid, "OBJECTID"},
                                        {fetch_item::gm_msgid, "X-GM-EXT-1"},
                                        {fetch_item::gm_thrid, "X-GM-EXT-1"},
                                        {fetch_item::gm_labels, "X-GM-EXT-1"},
                                        {fetch_item::annotation, {}},
                                        {fetch_item::other, {}},
                                        {fetch_item::preview, "PREVIEW"},
                                        {fetch_item::envelope, {}},
                                        {fetch_item::body, {}},
                                        {fetch_item::bodystructure, {}},
                                        {fetch_item::binary_size, "BINARY|IMAP4rev2"},
                                        {fetch_item::rfc822_header, {}},
                                        {fetch_item::body_section, {}},
                                        {fetch_item::binary, "BINARY|IMAP4rev2"},
                                        {fetch_item::rfc822_text, {}}}};

std::size_t rank(fetch_item kind) noexcept {
  const auto at = std::find_if(order.begin(), order.end(), [kind](const traits& t) { return t.kind == kind; });
  return static_cast<std::size_t>(at - order.begin());  // rfc822 stands behind all
}

bool is_section(fetch_item kind) noexcept {
  return kind == fetch_item::body_section || kind == fetch_item::binary || kind == fetch_item::binary_size;
}

section::item section_kind(fetch_item kind) noexcept {
  switch (kind) {
    case fetch_item::binary: return section::item::binary;
    case fetch_item::binary_size: return section::item::binary_size;
    case fetch_item::rfc822: return section::item::rfc822;
    case fetch_item::rfc822_header: return section::item::rfc822_header;
    case fetch_item::rfc822_text: return section::item::rfc822_text;
    default: return section::item::body;
  }
}

// RFC 5322 section 3.6.8: printable ASCII without colon.
bool is_field_name(std::string_view name) noexcept {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7F' && c != ':'; });
}

// section-text
std::string_view text_name(section::text what) noexcept {
  switch (what) {
    case section::text::all: return "";
    case section::text::header: return "HEADER";
    case section::text::header_fields: return "HEADER.FIELDS";
    case section::text::header_fields_not: return "HEADER.FIELDS.NOT";
    case section::text::mime: return "MIME";
    case section::text::text: return "TEXT";
  }
  return "";
}

// section = "[" [section-spec] "]"; field names as atoms where they can be: some servers refuse quoted ones (quirk
// F-20).
void encode_section(wire::encoder& out, const fetch_items::entry& e) {
  out.raw(e.kind == fetch_item::binary_size ? "BINARY.SIZE" : e.kind == fetch_item::binary ? "BINARY" : "BODY");
  if (e.peek && e.kind != fetch_item::binary_size) out.raw(".PEEK");
  out.raw("[").raw(e.section.part);
  if (e.section.what != section::text::all) {
    if (!e.section.part.empty()) out.raw(".");
    out.raw(text_name(e.section.what));
  }
  if (!e.section.fields.empty()) {
    out.raw(" (");
    for (std::size_t i = 0; i < e.section.fields.size(); ++i) {
      if (i != 0) out.sp();
      out.astring(e.section.fields[i]);
    }
    out.raw(")");
  }
  out.raw("]");
  if (e.origin) out.raw("<").number(*e.origin).raw(".").number(e.count).raw(">");
}

}  // namespace

fetch_items::fetch_items() = default;
fetch_items::fetch_items(const fetch_items&) = default;
fetch_items::fetch_items(fetch_items&&) noexcept = default;
fetch_items& fetch_items::operator=(const fetch_items&) = default;
fetch_items& fetch_items::operator=(fetch_items&&) noexcept = default;
fetch_items::~fetch_items() = default;

fetch_items& fetch_items::insert(entry e) {
  const auto same = std::find_if(entries_.begin(), entries_.end(), [&e](const entry& old) {
    return old.kind == e.kind && old.section == e.section && old.origin == e.origin && old.count == e.count &&
           old.name == e.name;
  });
  if (same != entries_.end()) {
    same->peek = same->peek && e.peek;  // who asks for `\Seen` shall have it
    return *this;
  }
  const auto place = std::upper_bound(entries_.begin(), entries_.end(), e,
                                      [](const entry& a, const entry& b) { return rank(a.kind) < rank(b.kind); });
  entries_.insert(place, std::move(e));
  return *this;
}

fetch_items& fetch_items::add(fetch_item kind, std::string_view name) {
  entry e;
  e.kind = kind;
  e.section.kind = section_kind(kind);
  e.name = name;
  return insert(std::move(e));
}

fetch_items& fetch_items::add_section(fetch_item kind, bool peek, std::string_view spec,
                                      std::optional<std::uint64_t> origin, std::uint64_t count) {
  auto parsed = section::try_parse(spec, section_kind(kind));
  const bool only_part = kind == fetch_item::binary || kind == fetch_item::binary_size;
  const bool needs_fields =
      parsed && (parsed->what == section::text::header_fields || parsed->what == section::text::header_fields_not);
  if (!parsed || (only_part && parsed->what != section::text::all) || (needs_fields && parsed->fields.empty()) ||
      !std::all_of(parsed->fields.begin(), parsed->fields.end(), is_field_name)) {
    if (!failure_) failure_ = error(errc::invalid_argument, "a section that FETCH cannot ask for");
    return *this;
  }
  if (origin && count == 0) {
    if (!failure_) failure_ = error(errc::invalid_argument, "a piece of a section of 0 octets");
    return *this;
  }
  entry e;
  e.kind = kind;
  e.peek = peek;
  e.section = std::move(*parsed);
  e.section.origin = origin;  // what comes back names it
  e.origin = origin;
  e.count = count;
  return insert(std::move(e));
}

fetch_items& fetch_items::uid() { return add(fetch_item::uid); }
fetch_items& fetch_items::flags() { return add(fetch_item::flags); }
fetch_items& fetch_items::internaldate() { return add(fetch_item::internaldate); }
fetch_items& fetch_items::rfc822_size() { return add(fetch_item::rfc822_size); }
fetch_items& fetch_items::envelope() { return add(fetch_item::envelope); }
fetch_items& fetch_items::body() { return add(fetch_item::body); }
fetch_items& fetch_items::bodystructure() { return add(fetch_item::bodystructure); }
fetch_items& fetch_items::rfc822() { return add(fetch_item::rfc822); }
fetch_items& fetch_items::rfc822_header() { return add(fetch_item::rfc822_header); }
fetch_items& fetch_items::rfc822_text() { return add(fetch_item::rfc822_text); }
fetch_items& fetch_items::modseq() { return add(fetch_item::modseq); }
fetch_items& fetch_items::preview() { return add(fetch_item::preview); }
fetch_items& fetch_items::savedate() { return add(fetch_item::savedate); }
fetch_items& fetch_items::emailid() { return add(fetch_item::emailid); }
fetch_items& fetch_items::threadid() { return add(fetch_item::threadid); }
fetch_items& fetch_items::gm_msgid() { return add(fetch_item::gm_msgid); }
fetch_items& fetch_items::gm_thrid() { return add(fetch_item::gm_thrid); }
fetch_items& fetch_items::gm_labels() { return add(fetch_item::gm_labels); }
fetch_items& fetch_items::fast() { return flags().internaldate().rfc822_size(); }
fetch_items& fetch_items::all() { return fast().envelope(); }
fetch_items& fetch_items::full() { return all().body(); }

fetch_items& fetch_items::body_section(std::string_view spec) {
  return add_section(fetch_item::body_section, false, spec);
}

fetch_items& fetch_items::body_section(std::string_view spec, std::uint64_t origin, std::uint64_t count) {
  return add_section(fetch_item::body_section, false, spec, origin, count);
}

fetch_items& fetch_items::body_peek(std::string_view spec) { return add_section(fetch_item::body_section, true, spec); }

fetch_items& fetch_items::body_peek(std::string_view spec, std::uint64_t origin, std::uint64_t count) {
  return add_section(fetch_item::body_section, true, spec, origin, count);
}

fetch_items& fetch_items::header_field_list(std::vector<std::string> names) {
  if (names.empty() || !std::all_of(names.begin(), names.end(), is_field_name)) {
    if (!failure_) failure_ = error(errc::invalid_argument, "not the name of a header field");
    return *this;
  }
  entry e;
  e.kind = fetch_item::body_section;
  e.peek = true;
  e.section.what = section::text::header_fields;
  e.section.fields = std::move(names);
  return insert(std::move(e));
}

fetch_items& fetch_items::binary(std::string_view part) { return add_section(fetch_item::binary, false, part); }
fetch_items& fetch_items::binary_peek(std::string_view part) { return add_section(fetch_item::binary, true, part); }
fetch_items& fetch_items::binary_size(std::string_view part) {
  return add_section(fetch_item::binary_size, true, part);
}

fetch_items& fetch_items::item(std::string_view name) {
  if (base::iequals(name, "ALL")) return all();
  if (base::iequals(name, "FAST")) return fast();
  if (base::iequals(name, "FULL")) return full();
  if (!wire::is_atom(name) || name.find('[') != std::string_view::npos) {
    if (!failure_) failure_ = error(errc::invalid_argument, "the name of a FETCH item is no atom");
    return *this;
  }
  const auto kind = codec::kind_of(name);
  return kind == fetch_item::other || is_section(kind) ? add(fetch_item::other, name) : add(kind);
}

bool fetch_items::has(fetch_item kind) const noexcept {
  return std::any_of(entries_.begin(), entries_.end(), [kind](const entry& e) { return e.kind == kind; });
}

bool fetch_items::overlaps(const fetch_items& other) const noexcept {
  const auto only_uid = [](const fetch_items& f) { return f.entries_.size() == 1 && f.has(fetch_item::uid); };
  if (only_uid(*this) || only_uid(other)) return true;  // any answer may be that
  return std::any_of(entries_.begin(), entries_.end(), [&other](const entry& e) {
    return e.kind != fetch_item::uid && std::any_of(other.entries_.begin(), other.entries_.end(), [&e](const entry& o) {
             return o.kind == e.kind && o.section == e.section && o.origin == e.origin && base::iequals(o.name, e.name);
           });
  });
}

bool fetch_items::sets_seen() const noexcept {
  return std::any_of(entries_.begin(), entries_.end(), [](const entry& e) {
    const bool body = e.kind == fetch_item::body_section || e.kind == fetch_item::binary;
    return (body && !e.peek) || e.kind == fetch_item::rfc822 || e.kind == fetch_item::rfc822_text;
  });
}

result<void> fetch_items::check(const session_info& info) const {
  if (failure_) return failure_;
  if (entries_.empty()) return error(errc::invalid_argument, "FETCH needs an item");
  for (const auto& e : entries_) {
    const auto at = rank(e.kind);
    if (at == order.size() || order[at].needs.empty()) continue;
    std::string what = "the FETCH item ";
    what += to_string(e.kind);
    if (auto ok = commands::require(info, order[at].needs, what); !ok) return ok;
  }
  return {};
}

// "(" fetch-att *(SP fetch-att) ")"
void fetch_items::encode(wire::encoder& out) const {
  out.begin_list();
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (i != 0) out.sp();
    const auto& e = entries_[i];
    if (is_section(e.kind)) {
      encode_section(out, e);
    } else {
      out.raw(e.kind == fetch_item::other ? std::string_view(e.name) : to_string(e.kind));
    }
  }
  out.end_list();
}

}  // namespace imapxx::inline v0
