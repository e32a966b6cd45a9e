// METADATA (RFC 5464), ANNOTATION (RFC 5257 and the older ANNOTATEMORE)
#include "codec/family.hpp"

namespace imapxx::inline v0::codec {
namespace {

using pairs = std::vector<std::pair<std::string, std::optional<std::string>>>;

// "(" name SP nstring *(SP name SP nstring) ")"
bool read_pairs(input& i, pairs& out) {
  auto& in = i.in;
  if (!open(in)) return false;
  while (!close(in)) {
    if (!out.empty()) (void)gap(in);
    std::string name;
    std::optional<std::string> value;
    if (at_limit(in, out.size(), i.options.list_elements) || in.at_end() || !read_text(in, name)) return false;
    (void)gap(in);
    if (!read_ntext(in, value)) return false;
    out.emplace_back(std::move(name), std::move(value));
  }
  return true;
}

}  // namespace

// metadata-resp = "METADATA" SP mailbox SP (entry-values / entry-list)
bool parse_metadata(input& i, response& out) {
  metadata_response r;
  auto& in = i.in;
  if (!read_mailbox(in, i.options, name_end::space, r.value.mailbox)) {
    in.fail("mailbox");
    return false;
  }
  (void)gap(in);
  r.value.values = in.peek() == '(';
  if (r.value.values) {
    if (!read_pairs(i, r.value.entries)) {
      in.fail("entry-values");
      return false;
    }
  } else {
    do {
      std::string name;
      if (in.at_end()) break;
      if (at_limit(in, r.value.entries.size(), i.options.list_elements) || !read_text(in, name)) {
        in.fail("entry");
        return false;
      }
      r.value.entries.emplace_back(std::move(name), std::nullopt);
    } while (gap(in));
  }
  out = std::move(r);
  return true;
}

// "ANNOTATION" SP mailbox SP entry SP "(" attribute SP value … ")"
bool parse_annotation(input& i, response& out) {
  annotation_response r;
  auto& in = i.in;
  if (!read_mailbox(in, i.options, name_end::space, r.value.mailbox)) {
    in.fail("mailbox");
    return false;
  }
  (void)gap(in);
  if (!read_text(in, r.value.entry)) {
    in.fail("entry");
    return false;
  }
  (void)gap(in);
  if (!in.at_end() && !read_pairs(i, r.value.attributes)) {
    in.fail("attributes");
    return false;
  }
  out = std::move(r);
  return true;
}

}  // namespace imapxx::inline v0::codec
