// STATUS
#include "base/ascii.hpp"
#include "codec/family.hpp"

namespace imapxx::inline v0::codec {
namespace {

struct status_item {
  std::string_view name;
  std::optional<std::uint64_t> mailbox_status::* value;
  bool is32;
};
constexpr status_item status_items[] = {{"MESSAGES", &mailbox_status::messages, true},
                                        {"RECENT", &mailbox_status::recent, true},
                                        {"UIDNEXT", &mailbox_status::uidnext, true},
                                        {"UIDVALIDITY", &mailbox_status::uidvalidity, true},
                                        {"UNSEEN", &mailbox_status::unseen, true},
                                        {"DELETED", &mailbox_status::deleted, true},
                                        {"SIZE", &mailbox_status::size, false},
                                        {"HIGHESTMODSEQ", &mailbox_status::highestmodseq, false},
                                        {"APPENDLIMIT", &mailbox_status::appendlimit, false},
                                        {"DELETED-STORAGE", &mailbox_status::deleted_storage, false}};

// A number; negative ones stay unknown, and so does a zero that is none.
bool read_item_value(lexer& in, const status_item& item, mailbox_status& out) {
  std::uint64_t n = 0;
  std::uint32_t small = 0;
  if (in.peek() == '-') return read_number(in, n) == number_read::unknown;
  if (item.is32) {
    if (!read_number32(in, small)) return false;
    n = small;
  } else if (read_number(in, n) != number_read::value) {
    return false;
  }
  if (n == 0 && item.value == &mailbox_status::uidnext) {
    tolerate(quirk::s01);
  } else if (n == 0 && item.value == &mailbox_status::uidvalidity) {
    tolerate(quirk::s02);
  } else {
    out.*item.value = n;
  }
  return true;
}

bool read_item(input& i, mailbox_status& out) {
  auto& in = i.in;
  const auto name = in.atom();
  if (!name) return false;
  (void)gap(in);
  for (const auto& item : status_items) {
    if (!base::iequals(*name, item.name)) continue;
    if (item.value == &mailbox_status::appendlimit && in.nil()) {
      out.appendlimit_nil = true;
      return true;
    }
    return read_item_value(in, item, out);
  }
  if (base::iequals(*name, "MAILBOXID")) {
    const bool listed = open(in);
    if (!listed) tolerate(quirk::u07);
    std::string id;
    if (!read_text(in, id) || (listed && !close(in))) return false;
    out.mailboxid = std::move(id);
    return true;
  }
  const auto value = in.any_value(i.options.nesting);
  if (!value || out.others.size() == i.options.list_elements) return false;
  out.others.emplace_back(*name, *value);
  return true;
}

// A bare name with spaces ends where the last parenthesised list that reaches the end begins (S-17).
bool read_bare_name(input& i, mailbox_name& out) {
  auto& in = i.in;
  const auto start = in.position();
  const auto text = in.rest();
  constexpr int attempts = 8;
  auto at = text.size();
  for (int n = 0; n < attempts; ++n) {
    at = at == 0 ? std::string_view::npos : text.rfind(" (", at - 1);
    if (at == std::string_view::npos || at == 0) return false;
    in.seek(start + at + 1);
    if (!in.any_value(i.options.nesting)) continue;
    in.spaces();
    if (!in.at_end()) continue;
    const auto name = text.substr(0, at);
    if (name.find(' ') != std::string_view::npos) tolerate(quirk::s17);
    out = mailbox_name::from_wire(name, i.options.utf8);
    if (!out.decoded()) tolerate(quirk::l24);
    in.seek(start + at);
    return true;
  }
  return false;
}

}  // namespace

// "STATUS" SP mailbox SP "(" [status-att-list] ")"
bool parse_status_data(input& i, response& out) {
  status_data r;
  auto& in = i.in;
  const bool string = at_string(in) || in.peek() == '*';
  const bool named =
      string ? read_mailbox(in, i.options, name_end::space, r.status.mailbox) : read_bare_name(i, r.status.mailbox);
  if (!named) {
    in.fail("mailbox");
    return false;
  }
  (void)gap(in);
  if (!open(in)) {
    in.fail("status-att-list");
    return false;
  }
  for (bool first = true; !close(in); first = false) {
    if (!first) (void)gap(in);
    if (in.at_end() || !read_item(i, r.status)) {
      in.fail("status-att-val");
      return false;
    }
  }
  out = std::move(r);
  return true;
}

}  // namespace imapxx::inline v0::codec
