// LIST, LSUB, XLIST, NAMESPACE
#include "codec/family.hpp"

namespace imapxx::inline v0::codec {
namespace {

// DQUOTE QUOTED-CHAR DQUOTE / nil
bool read_separator(lexer& in, char& out) {
  const auto token = in.nstring();
  if (!token) {
    in.fail("hierarchy separator");
    return false;
  }
  const auto text = text_of(*token);
  if (text.size() > 1) {
    in.fail("hierarchy separator");
    return false;
  }
  out = text.empty() ? '\0' : text.front();
  return true;
}

bool read_strings(lexer& in, std::size_t max_elements, std::vector<std::string>& out) {
  if (!open(in)) return false;
  while (!close(in)) {
    if (!out.empty()) (void)gap(in);
    std::string text;
    if (at_limit(in, out.size(), max_elements) || in.at_end() || !read_text(in, text)) return false;
    out.push_back(std::move(text));
  }
  return true;
}

// mbox-list-extended = "(" [mbox-list-extended-item *(SP mbox-list-extended-item)] ")"; item = astring SP
// tagged-ext-val
bool read_extended(input& i, list_entry& out) {
  auto& in = i.in;
  if (!open(in)) return false;
  for (bool first = true; !close(in); first = false) {
    if (!first) (void)gap(in);
    std::string tag;
    if (at_limit(in, out.extended.size(), i.options.list_elements) || in.at_end() || !read_text(in, tag)) return false;
    (void)gap(in);
    const auto at = in.position();
    std::vector<std::string> strings;
    lexer tag_text(tag);
    if (tag_text.keyword("CHILDINFO") && read_strings(in, i.options.list_elements, strings)) {
      out.childinfo = std::move(strings);
    } else if (tag_text.keyword("OLDNAME") && read_strings(in, 1, strings) && strings.size() == 1) {
      out.oldname = mailbox_name::from_wire(strings.front(), i.options.utf8);
    } else {
      in.seek(at);
      const auto value = in.any_value(i.options.nesting);
      if (!value) return false;
      out.extended.emplace_back(std::move(tag), *value);
    }
  }
  return true;
}

// mailbox [SP mbox-list-extended]. A bare name may hold " (": then what follows does not read as extended data.
bool read_name(input& i, list_entry& out) {
  auto& in = i.in;
  const auto start = in.position();
  const bool bare = !at_string(in) && in.peek() != '*';
  if (!read_mailbox(in, i.options, name_end::list, out.name)) {
    in.fail("mailbox");
    return false;
  }
  const auto behind_name = in.position();
  in.spaces();
  if (in.peek() != '(') {
    in.seek(behind_name);
    return true;
  }
  if (read_extended(i, out)) return true;
  if (!bare) {
    in.fail("mbox-list-extended");
    return false;
  }
  out.childinfo.clear();
  out.extended.clear();
  out.oldname.reset();
  in.seek(start);
  auto all = in.rest();
  while (!all.empty() && all.back() == ' ') all.remove_suffix(1);
  tolerate(quirk::l01);
  out.name = mailbox_name::from_wire(all, i.options.utf8);
  in.skip(all.size());
  return true;
}

// mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox [SP mbox-list-extended]
bool read_list(input& i, list_response& out) {
  if (!read_flags(i.in, i.options.list_elements, true, out.entry.attributes)) return false;
  (void)gap(i.in);
  if (!read_separator(i.in, out.entry.separator)) return false;
  (void)gap(i.in);
  return read_name(i, out.entry);
}

// namespace-descr = "(" string SP (DQUOTE QUOTED-CHAR DQUOTE / nil) [namespace-response-extensions] ")"
bool read_namespace_entry(input& i, namespace_entry& out) {
  auto& in = i.in;
  std::string prefix;
  if (!open(in) || !read_text(in, prefix)) return false;
  out.prefix = mailbox_name::from_wire(prefix, i.options.utf8);
  (void)gap(in);
  if (!read_separator(in, out.separator)) return false;
  while (!close(in)) {
    (void)gap(in);
    std::string name;
    std::vector<std::string> values;
    if (in.at_end() || !read_text(in, name)) return false;
    (void)gap(in);
    if (!read_strings(in, i.options.list_elements, values) ||
        at_limit(in, out.extensions.size(), i.options.list_elements))
      return false;
    out.extensions.emplace_back(std::move(name), std::move(values));
  }
  return true;
}

// namespace = nil / "(" 1*namespace-descr ")"
bool read_namespaces(input& i, std::vector<namespace_entry>& out) {
  if (i.in.nil()) return true;
  if (!open(i.in)) return false;
  while (!close(i.in)) {
    i.in.spaces();
    namespace_entry entry;
    if (at_limit(i.in, out.size(), i.options.list_elements) || !read_namespace_entry(i, entry)) return false;
    out.push_back(std::move(entry));
  }
  return true;
}

}  // namespace

bool parse_list(input& i, response& out) {
  list_response r;
  if (!read_list(i, r)) return false;
  out = std::move(r);
  return true;
}

bool parse_lsub(input& i, response& out) {
  list_response r;
  r.lsub = true;
  if (!read_list(i, r)) return false;
  out = std::move(r);
  return true;
}

bool parse_xlist(input& i, response& out) {
  list_response r;
  r.xlist = true;
  if (!read_list(i, r)) return false;
  out = std::move(r);
  return true;
}

// namespace-response = "NAMESPACE" SP namespace SP namespace SP namespace
bool parse_namespace(input& i, response& out) {
  namespace_response r;
  bool first = true;
  for (auto* kind : {&r.value.personal, &r.value.other_users, &r.value.shared}) {
    if (!first) (void)gap(i.in);
    first = false;
    if (!read_namespaces(i, *kind)) {
      i.in.fail("namespace");
      return false;
    }
  }
  out = std::move(r);
  return true;
}

}  // namespace imapxx::inline v0::codec
