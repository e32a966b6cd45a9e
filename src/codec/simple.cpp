// CAPABILITY, ENABLED, FLAGS, EXISTS, RECENT, EXPUNGE, VANISHED, ID
#include <imapxx/model/number_set.hpp>

#include "codec/family.hpp"

#include <algorithm>
#include <utility>

namespace imapxx::inline v0::codec {
namespace {

// The names up to the end of the line.
bool read_names(input& i, capability_set& out) {
  const auto text = i.in.rest();
  if (at_limit(i.in, static_cast<std::size_t>(std::count(text.begin(), text.end(), ' ')), i.options.list_elements))
    return false;
  out = read_capabilities(text);
  i.in.skip(text.size());
  return true;
}

}  // namespace

// capability-data = "CAPABILITY" *(SP capability) SP "IMAP4rev1" *(SP capability)
bool parse_capability(input& i, response& out) {
  capability_response r;
  if (!read_names(i, r.capabilities)) return false;
  out = std::move(r);
  return true;
}

// enable-data = "ENABLED" *(SP capability)
bool parse_enabled(input& i, response& out) {
  enabled_response r;
  if (!read_names(i, r.capabilities)) return false;
  out = std::move(r);
  return true;
}

// "FLAGS" SP flag-list
bool parse_flags(input& i, response& out) {
  flags_response r;
  if (!read_flags(i.in, i.options.list_elements, false, r.flags)) return false;
  out = std::move(r);
  return true;
}

bool parse_exists(input& i, response& out) {
  out = exists_response{i.number};
  return true;
}

bool parse_recent(input& i, response& out) {
  out = recent_response{i.number};
  return true;
}

// nz-number SP "EXPUNGE"
bool parse_expunge(input& i, response& out) {
  if (i.number == 0) {
    i.in.fail("nz-number");
    return false;
  }
  out = expunge_response{i.number};
  return true;
}

// expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids (RFC 7162 section 7)
bool parse_vanished(input& i, response& out) {
  vanished_response r;
  if (open(i.in)) {
    r.earlier = i.in.keyword("EARLIER");
    if (!r.earlier || !close(i.in)) {
      i.in.fail("EARLIER");
      return false;
    }
    (void)gap(i.in);
  }
  const auto rest = i.in.rest();
  const auto set = rest.substr(0, rest.find(' '));
  if (set.empty()) {
    tolerate(quirk::s23);
  } else {
    auto uids = uid_set::try_parse(set, i.options.set_ranges);
    if (!uids) {
      return fail_set(i.in, uids.error(), "known-uids");
    }
    r.uids = std::move(*uids);
    i.in.skip(set.size());
  }
  out = std::move(r);
  return true;
}

// id-response = "ID" SP id-params-list; id-params-list = "(" *(string SP nstring) ")" / nil (RFC 2971)
bool parse_id(input& i, response& out) {
  id_response r;
  if (!i.in.nil()) {
    if (!open(i.in)) {
      i.in.fail("id-params-list");
      return false;
    }
    const auto comma = [&] {
      if (i.in.literal_char(',')) tolerate(quirk::g23);
    };
    while (!close(i.in)) {
      if (!r.fields.empty()) (void)gap(i.in);
      std::string name;
      std::optional<std::string> value;
      if (at_limit(i.in, r.fields.size(), i.options.list_elements) || i.in.at_end() || !read_text(i.in, name)) {
        i.in.fail("string");
        return false;
      }
      comma();
      if (i.in.peek() != ')') (void)gap(i.in);
      if (i.in.peek() != ')' && !read_ntext(i.in, value)) {
        i.in.fail("nstring");
        return false;
      }
      comma();
      r.fields.emplace_back(std::move(name), std::move(value));
    }
  }
  out = std::move(r);
  return true;
}

}  // namespace imapxx::inline v0::codec
