// ACL, LISTRIGHTS, MYRIGHTS (RFC 4314)
#include "codec/family.hpp"

namespace imapxx::inline v0::codec {
namespace {

bool read_mailbox_or_fail(input& i, mailbox_name& out) {
  if (read_mailbox(i.in, i.options, name_end::space, out)) return true;
  i.in.fail("mailbox");
  return false;
}

// One more astring behind a space; false at the end of the line.
bool read_next(lexer& in, std::string& out) {
  if (!gap(in)) return false;
  if (in.at_end()) {
    tolerate(quirk::g03);
    return false;
  }
  return read_text(in, out);
}

}  // namespace

// acl-data = "ACL" SP mailbox *(SP identifier SP rights)
bool parse_acl(input& i, response& out) {
  acl_response r;
  if (!read_mailbox_or_fail(i, r.value.mailbox)) return false;
  std::string identifier;
  while (read_next(i.in, identifier)) {
    std::string rights;
    if (at_limit(i.in, r.value.entries.size(), i.options.list_elements) || !read_next(i.in, rights)) {
      i.in.fail("rights");
      return false;
    }
    r.value.entries.emplace_back(std::move(identifier), std::move(rights));
  }
  out = std::move(r);
  return true;
}

// listrights-data = "LISTRIGHTS" SP mailbox SP identifier SP rights *(SP rights)
bool parse_list_rights(input& i, response& out) {
  list_rights_response r;
  if (!read_mailbox_or_fail(i, r.value.mailbox)) return false;
  if (!read_next(i.in, r.value.identifier)) {
    i.in.fail("identifier");
    return false;
  }
  (void)read_next(i.in, r.value.required);
  std::string rights;
  while (r.value.optional.size() < i.options.list_elements && read_next(i.in, rights))
    r.value.optional.push_back(std::move(rights));
  out = std::move(r);
  return true;
}

// myrights-data = "MYRIGHTS" SP mailbox SP rights
bool parse_my_rights(input& i, response& out) {
  my_rights_response r;
  if (!read_mailbox_or_fail(i, r.value.mailbox)) return false;
  if (!read_next(i.in, r.value.rights)) {
    i.in.fail("rights");
    return false;
  }
  out = std::move(r);
  return true;
}

}  // namespace imapxx::inline v0::codec
