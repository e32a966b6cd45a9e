// QUOTA, QUOTAROOT (RFC 9208)
#include "codec/family.hpp"

namespace imapxx::inline v0::codec {
namespace {

// quota-resource = resource-name SP resource-usage SP resource-limit
bool read_resource(lexer& in, quota_resource& out) {
  if (!read_text(in, out.name)) return false;
  (void)gap(in);
  const auto usage = read_number(in, out.usage);
  (void)gap(in);
  const auto limit = read_number(in, out.limit);
  if (usage == number_read::unknown || limit == number_read::unknown) tolerate(quirk::p22);
  out.limited = limit != number_read::unknown;
  return usage != number_read::none && limit != number_read::none;
}

}  // namespace

// quota-response = "QUOTA" SP quota-root-name SP quota-list; quota-list = "(" quota-resource *(SP quota-resource) ")"
bool parse_quota(input& i, response& out) {
  quota_response r;
  auto& in = i.in;
  if (in.peek() == '(') {
    tolerate(quirk::p22);
  } else if (!read_text(in, r.value.root)) {
    in.fail("quota-root-name");
    return false;
  }
  (void)gap(in);
  if (!open(in)) {
    in.fail("quota-list");
    return false;
  }
  for (bool first = true; !close(in); first = false) {
    if (!first) (void)gap(in);
    quota_resource resource;
    if (at_limit(in, r.value.resources.size(), i.options.list_elements) || in.at_end() ||
        !read_resource(in, resource)) {
      in.fail("quota-resource");
      return false;
    }
    r.value.resources.push_back(std::move(resource));
  }
  out = std::move(r);
  return true;
}

// quotaroot-response = "QUOTAROOT" SP mailbox *(SP quota-root-name)
bool parse_quota_root(input& i, response& out) {
  quota_root_response r;
  auto& in = i.in;
  if (!read_mailbox(in, i.options, name_end::space, r.value.mailbox)) {
    in.fail("mailbox");
    return false;
  }
  while (gap(in) && !in.at_end()) {
    std::string root;
    if (at_limit(in, r.value.roots.size(), i.options.list_elements) || !read_text(in, root)) {
      in.fail("quota-root-name");
      return false;
    }
    r.value.roots.push_back(std::move(root));
  }
  out = std::move(r);
  return true;
}

}  // namespace imapxx::inline v0::codec
