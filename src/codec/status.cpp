// STATUS
#include "base/ascii.hpp"
#include "codec/family.hpp"

#include <algorithm>
#include <iterator>

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

// objectid = 1*255(ALPHA / DIGIT / "_" / "-") (RFC 8474 section 7). Cyrus 3.6 sends what happens to lie in its memory,
// another thing each time (U-07a).
bool is_object_id(std::string_view id) {
  constexpr std::size_t longest = 255;
  return !id.empty() && id.size() <= longest && std::all_of(id.begin(), id.end(), [](char c) {
    return base::is_alpha(c) || base::is_digit(c) || c == '_' || c == '-';
  });
}

// The value of the item `name`; false when it is malformed.
bool read_value(lexer& in, std::string_view name, const parse_options& options, mailbox_status& out) {
  for (const auto& item : status_items) {
    if (!base::iequals(name, item.name)) continue;
    if (item.value == &mailbox_status::appendlimit && in.nil()) {
      out.appendlimit_nil = true;
      return true;
    }
    return read_item_value(in, item, out);
  }
  if (base::iequals(name, "MAILBOXID")) {
    const bool listed = open(in);
    if (!listed) tolerate(quirk::u07);
    std::string id;
    if (!read_text(in, id) || !is_object_id(id) || (listed && !close(in))) return false;
    out.mailboxid = std::move(id);
    return true;
  }
  const auto value = in.any_value(options.nesting);
  if (!value) return false;
  out.others.emplace_back(name, *value);
  return true;
}

// Puts what one item said to the rest. The rest is never copied: it may be long, and so may the number of items.
void add_item(mailbox_status&& item, mailbox_status& out) {
  for (const auto& known : status_items) {
    if (item.*known.value) out.*known.value = item.*known.value;
  }
  out.appendlimit_nil = out.appendlimit_nil || item.appendlimit_nil;
  if (item.mailboxid) out.mailboxid = std::move(item.mailboxid);
  std::move(item.others.begin(), item.others.end(), std::back_inserter(out.others));
}

// Where a value that cannot be read ends: at the first blank behind it, or with the list.
std::string_view skip_value(lexer& in) {
  const auto rest = in.rest();
  const auto length = std::min(rest.find(' ', rest.empty() ? 0 : 1), rest.size());
  in.skip(length);
  return rest.substr(0, length);
}

// Where the items of a status-att-list stand in the response, and whether its end was there too.
struct item_list {
  std::size_t at;
  bool closed;
};

// status-att-val; what is malformed or perhaps cut short costs this item alone. `in` holds the list without its
// parentheses.
bool read_item(lexer& in, const item_list& list, const parse_options& options, mailbox_status& out) {
  const auto name = in.atom();
  if (name) (void)gap(in);
  const auto value_at = in.position();
  if (name) {
    base::tentative_leniency counted;
    mailbox_status item;
    if (read_value(in, *name, options, item) && ((in.at_end() && list.closed) || in.peek() == ' ') &&
        (item.others.empty() || !at_limit(in, out.others.size(), options.list_elements))) {
      counted.keep();
      add_item(std::move(item), out);
      return true;
    }
    in.seek(value_at);
  }
  if (at_limit(in, out.unparsed.size(), options.list_elements)) return false;
  const auto raw = skip_value(in);
  out.unparsed.push_back(
      {std::string(name.value_or("")), std::string(raw), "expected status-att-val", list.at + value_at});
  return true;
}

// Whether `text` begins like a status-att-list: with the name of an item, or empty. A parenthesis in a mailbox's name
// or among the octets of U-07a begins nothing of the kind.
bool begins_list(std::string_view text) {
  const auto inside = text.substr(std::min(text.find_first_not_of(' ', 1), text.size()));
  if (inside.starts_with(')')) return true;
  const auto end = std::find_if_not(inside.begin(), inside.end(), [](char c) {
    return base::is_alpha(c) || base::is_digit(c) || c == '-' || c == '.' || c == '/';
  });
  return !inside.empty() && base::is_alpha(inside.front()) && end != inside.end() && *end == ' ';
}

// A bare name with spaces ends where the last parenthesised list that reaches the end begins (S-17), or where the first
// one does when none of them is well-formed.
bool read_bare_name(input& i, mailbox_name& out) {
  auto& in = i.in;
  const auto start = in.position();
  const auto text = in.rest();
  constexpr int attempts = 8;
  auto at = text.size();
  auto first = std::string_view::npos;
  bool found = false;
  for (int n = 0; n < attempts && !found; ++n) {
    at = at == 0 ? std::string_view::npos : text.rfind(" (", at - 1);
    if (at == std::string_view::npos || at == 0) break;
    if (!begins_list(text.substr(at + 1))) continue;
    first = at;
    in.seek(start + at + 1);
    if (!in.any_value(i.options.nesting)) continue;
    in.spaces();
    found = in.at_end();
  }
  if (!found) at = first != std::string_view::npos ? first : text.find(" (");
  in.seek(start);
  if (at == std::string_view::npos || at == 0) return false;
  const auto name = text.substr(0, at);
  if (name.find(' ') != std::string_view::npos) tolerate(quirk::s17);
  out = mailbox_name::from_wire(name, i.options.utf8);
  if (!out.decoded()) tolerate(quirk::l24);
  in.skip(at);
  return true;
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
  // The list ends with the line: a parenthesis in a malformed value must not end it. Without its end, a value had a
  // line feed in it (U-07a).
  const auto rest = in.rest();
  const auto end = rest.rfind(')');
  const item_list place{in.position() + 1, end != std::string_view::npos};
  const auto length = place.closed ? end + 1 : rest.size();
  if (rest.empty() || rest.front() != '(') {
    in.fail("status-att-list");
    return false;
  }
  lexer items(rest.substr(1, length - (place.closed ? 2 : 1)), place.at);
  skip_spaces(items, quirk::g04);
  for (bool first = true; !items.at_end(); first = false) {
    if (!first) (void)gap(items);
    if (items.at_end()) {
      tolerate(quirk::g04);
    } else if (!read_item(items, place, i.options, r.status)) {
      in.fail(limit_list_elements);
      return false;
    }
  }
  in.skip(length);
  out = std::move(r);
  return true;
}

}  // namespace imapxx::inline v0::codec
