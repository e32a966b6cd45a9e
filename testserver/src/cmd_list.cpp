#include "commands.hpp"
#include "text.hpp"

#include <algorithm>

namespace imapxx::testserver::detail {

namespace {

bool wildcard_match(std::string_view pattern, std::string_view name, char separator) {
  // Iterative with one backtrack point: `*` may take more, `%` only within a level (RFC 3501, 6.3.8).
  std::size_t p = 0, n = 0, star = std::string_view::npos, star_n = 0, percent = std::string_view::npos, percent_n = 0;
  for (;;) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_n = n;
      percent = std::string_view::npos;
    } else if (p < pattern.size() && pattern[p] == '%') {
      percent = p++;
      percent_n = n;
    } else if (p == pattern.size() && n == name.size())
      return true;
    else if (p < pattern.size() && n < name.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (percent != std::string_view::npos && percent_n < name.size() && name[percent_n] != separator) {
      p = percent + 1;
      n = ++percent_n;
    } else if (star != std::string_view::npos && star_n < name.size()) {
      p = star + 1;
      n = ++star_n;
      percent = std::string_view::npos;
    } else
      return false;
  }
}

struct list_request {
  bool extended = false;
  bool select_subscribed = false;
  bool select_special = false;
  bool recursive = false;
  bool return_subscribed = false;
  std::string reference;
  std::vector<std::string> patterns;
  std::vector<std::string> status;
};

bool matches(const session& s, const list_request& r, const std::string& name) {
  return std::any_of(r.patterns.begin(), r.patterns.end(), [&](const std::string& pattern) {
    return wildcard_match(pattern, name, s.store.separator()) ||
           (name == "INBOX" && wildcard_match(to_upper(pattern), name, s.store.separator()));
  });
}

void read_selection(session& s, arguments& args, list_request& r) {
  r.extended = true;
  while (!args.accept(')')) {
    auto option = to_upper(args.atom());
    if (option == "SUBSCRIBED")
      r.select_subscribed = r.return_subscribed = true;
    else if (option == "RECURSIVEMATCH")
      r.recursive = true;
    else if (option == "SPECIAL-USE" && s.can("SPECIAL-USE"))
      r.select_special = true;
    else if (option != "REMOTE")
      fail_bad("Unknown selection option " + option);
    args.accept_space();
  }
  if (r.recursive && !r.select_subscribed) fail_bad("RECURSIVEMATCH needs another selection option");
  args.space();
}

void read_return(session& s, arguments& args, list_request& r) {
  if (!iequals(args.atom(), "RETURN")) fail_bad("Expected RETURN");
  args.space();
  args.expect('(');
  while (!args.accept(')')) {
    auto option = to_upper(args.atom());
    if (option == "SUBSCRIBED")
      r.return_subscribed = true;
    else if (option == "STATUS" && (s.can("LIST-STATUS") || s.can("IMAP4rev2"))) {
      args.space();
      r.status = read_status_items(s, args);
    } else if (option != "CHILDREN" && option != "SPECIAL-USE")
      fail_bad("Unknown return option " + option);
    args.accept_space();
  }
  r.extended = true;
}

/// Wildcards are ASCII and do not occur inside modified base64, so a pattern decodes like a name.
std::string decode_pattern(const session& s, const std::string& wire) {
  if (s.rev2 || s.utf8) return wire;
  return utf7_decode(wire).value_or(wire);
}

list_request read_list(session& s, arguments& args, bool lsub) {
  list_request r;
  args.space();
  bool may_extend = !lsub && (s.can("LIST-EXTENDED") || s.can("IMAP4rev2"));
  if (may_extend && args.accept('(')) read_selection(s, args, r);
  r.reference = args.astring();
  args.space();
  if (may_extend && args.accept('(')) {
    r.extended = true;
    while (!args.accept(')')) {
      r.patterns.push_back(args.list_pattern());
      args.accept_space();
    }
  } else
    r.patterns.push_back(args.list_pattern());
  if (may_extend && args.accept_space()) read_return(s, args, r);
  args.end();
  for (std::string& p : r.patterns) p = decode_pattern(s, std::string(r.reference).append(p));
  return r;
}

std::string separator_text(const session& s) {
  std::string text;
  append_string(text, std::string(1, s.store.separator()));
  return text;
}

void write_line(session& s, std::string_view what, const std::string& attributes, const std::string& name,
                std::string_view tail = {}) {
  s.out += "* ";
  s.out += what;
  s.out += " (" + attributes + ") " + separator_text(s) + ' ';
  s.append_mailbox(s.out, name);
  s.out += tail;
  s.out += "\r\n";
}

std::string attributes_of(const session& s, const mailbox* box, const std::string& name, bool subscribed) {
  std::string a;
  auto add = [&a](std::string_view attribute) {
    if (!a.empty()) a += ' ';
    a += attribute;
  };
  if (box == nullptr)
    add("\\NonExistent");
  else if (!box->selectable)
    add(s.rev2 ? "\\NonExistent" : "\\Noselect");
  if (subscribed) add("\\Subscribed");
  mailbox probe;
  probe.name = name;
  if (s.can("CHILDREN") || s.can("IMAP4rev2"))
    add(s.store.has_children(*s.user, probe) ? "\\HasChildren" : "\\HasNoChildren");
  if (box != nullptr && !box->special_use.empty() && (s.can("SPECIAL-USE") || s.can("IMAP4rev2")))
    add(box->special_use);
  return a;
}

bool has_subscribed_child(const session& s, const std::string& name) {
  auto prefix = name + s.store.separator();
  auto it = s.user->subscriptions.lower_bound(prefix);
  return it != s.user->subscriptions.end() && it->compare(0, prefix.size(), prefix) == 0;
}

std::set<std::string> candidate_names(const session& s, const list_request& r) {
  std::set<std::string> names;
  for (const auto& [name, box] : s.user->mailboxes) names.insert(name);
  if (!r.select_subscribed) return names;
  for (const std::string& name : s.user->subscriptions) {
    names.insert(name);
    for (auto pos = name.find(s.store.separator()); r.recursive && pos != std::string::npos;
         pos = name.find(s.store.separator(), pos + 1))
      names.insert(name.substr(0, pos));
  }
  return names;
}

void list_one(session& s, const list_request& r, const std::string& name) {
  auto box = s.store.find_mailbox(*s.user, name);
  bool subscribed = s.user->subscriptions.contains(name);
  bool for_child = r.recursive && has_subscribed_child(s, name);
  if (r.select_subscribed && !subscribed && !for_child) return;
  if (r.select_special && (!box || box->special_use.empty())) return;
  write_line(s, "LIST", attributes_of(s, box.get(), name, subscribed && r.return_subscribed), name,
             for_child ? R"( ("CHILDINFO" ("SUBSCRIBED")))" : "");
  if (!r.status.empty() && box && box->selectable) write_status(s, *box, r.status);
}

}  // namespace

void write_list_entry(session& s, const mailbox& box) {
  write_line(s, "LIST", attributes_of(s, &box, box.name, false), box.name);
}

reply cmd_list(session& s, arguments& args, bool) {
  auto r = read_list(s, args, false);
  auto lock = s.store.lock();
  // An empty pattern asks for the separator and the root of the reference (RFC 3501, 6.3.8).
  if (!r.extended && r.patterns.front() == r.reference && (r.reference.empty() || r.patterns.front().empty()))
    write_line(s, "LIST", "\\Noselect", "");
  else
    for (const std::string& name : candidate_names(s, r))
      if (matches(s, r, name)) list_one(s, r, name);
  return ok("LIST completed");
}

reply cmd_lsub(session& s, arguments& args, bool) {
  auto r = read_list(s, args, true);
  auto lock = s.store.lock();
  std::set<std::string> stubs;
  for (const std::string& name : s.user->subscriptions) {
    if (matches(s, r, name)) {
      auto box = s.store.find_mailbox(*s.user, name);
      write_line(s, "LSUB", box && box->selectable ? "" : "\\Noselect", name);
      continue;
    }
    // foo/bar is subscribed and % does not reach it: foo is returned with \Noselect (RFC 3501, 6.3.9).
    for (auto pos = name.find(s.store.separator()); pos != std::string::npos;
         pos = name.find(s.store.separator(), pos + 1)) {
      auto parent = name.substr(0, pos);
      if (matches(s, r, parent) && !s.user->subscriptions.contains(parent) && stubs.insert(parent).second)
        write_line(s, "LSUB", "\\Noselect", parent);
    }
  }
  return ok("LSUB completed");
}

}  // namespace imapxx::testserver::detail
