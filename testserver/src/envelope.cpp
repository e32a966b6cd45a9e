#include "address.hpp"
#include "structure.hpp"
#include "text.hpp"

namespace imapxx::testserver::detail {

namespace {

std::string single_spaced(std::string_view s) {
  std::string r;
  for (char c : trim(s)) {
    bool space = is_space(c);
    if (space && (r.empty() || r.back() == ' ')) continue;
    r.push_back(space ? ' ' : c);
  }
  return r;
}

void append_address_list(std::string& out, const std::vector<address>& list) {
  if (list.empty()) {
    out += "NIL";
    return;
  }
  out += '(';
  for (const address& a : list) {
    out += '(';
    append_nstring(out, a.name ? std::optional(single_spaced(*a.name)) : a.name);
    out += ' ';
    append_nstring(out, a.route);
    out += ' ';
    append_nstring(out, a.mailbox);
    out += ' ';
    append_nstring(out, a.host);
    out += ')';
  }
  out += ')';
}

std::vector<address> collect(const mime_part& part, std::string_view name) {
  std::vector<address> all;
  for (const header_field& f : part.fields)
    if (iequals(f.name, name))
      for (address& a : parse_addresses(f.value)) all.push_back(std::move(a));
  return all;
}

std::optional<std::string> text_of(const mime_part& part, std::string_view name) {
  const header_field* f = part.last_field(name);
  return f == nullptr ? std::nullopt : std::optional(unfold(f->value));
}

}  // namespace

std::string format_envelope(const mime_part& part) {
  std::string out = "(";
  append_nstring(out, text_of(part, "Date"));
  out += ' ';
  auto subject = text_of(part, "Subject");
  append_nstring(out, subject ? std::optional(single_spaced(*subject)) : subject);
  auto from = collect(part, "From");
  out += ' ';
  append_address_list(out, from);
  for (std::string_view name : {"Sender", "Reply-To"}) {
    auto list = collect(part, name);
    out += ' ';
    append_address_list(out, list.empty() ? from : list);
  }
  for (std::string_view name : {"To", "Cc", "Bcc"}) {
    out += ' ';
    append_address_list(out, collect(part, name));
  }
  for (std::string_view name : {"In-Reply-To", "Message-ID"}) {
    out += ' ';
    append_nstring(out, text_of(part, name));
  }
  out += ')';
  return out;
}

}  // namespace imapxx::testserver::detail
