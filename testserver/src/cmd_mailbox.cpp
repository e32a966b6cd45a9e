#include "commands.hpp"
#include "text.hpp"

#include <array>

namespace imapxx::testserver::detail {

namespace {

constexpr std::array<std::string_view, 9> special_uses = {"\\All",  "\\Archive", "\\Drafts",    "\\Flagged", "\\Junk",
                                                          "\\Sent", "\\Trash",   "\\Important", "\\Memos"};

/// CREATE x (USE (\Sent)), RFC 6154.
std::string read_use(session& s, arguments& args) {
  if (!args.accept_space()) return {};
  args.expect('(');
  if (!iequals(args.atom(), "USE") || !s.can("CREATE-SPECIAL-USE")) fail_bad("Unknown parameter");
  args.space();
  args.expect('(');
  std::string use;
  while (!args.accept(')')) {
    use = args.word("()");
    args.accept_space();
    bool known = false;
    for (std::string_view name : special_uses) known = known || iequals(name, use);
    if (!known) fail_no("USEATTR", "Special use not supported");
  }
  args.expect(')');
  return use;
}

/// RFC 3501, 5.1 and 5.1.1: no empty levels, no wildcards, no control characters.
void check_new_name(const session& s, const std::string& name) {
  char separator = s.store.separator();
  constexpr std::size_t longest = 1000;
  bool bad = name.empty() || name.size() > longest || name.front() == separator ||
             name.find(std::string(2, separator)) != std::string::npos;
  for (char c : name) bad = bad || static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '*' || c == '%';
  if (bad) fail_no("CANNOT", "Invalid mailbox name");
}

std::string without_trailing_separator(const session& s, std::string name) {
  if (!name.empty() && name.back() == s.store.separator()) name.pop_back();
  return name;
}

std::string one_mailbox(session& s, arguments& args) {
  args.space();
  return s.mailbox_name(args.astring());
}

void move_all(session& s, mailbox& from, mailbox& to) {
  auto messages = from.messages;
  for (const message_ptr& m : messages) {
    s.store.append(to, m->content, m->flags, m->date);
    s.store.expunge(from, m);
  }
}

}  // namespace

reply cmd_create(session& s, arguments& args, bool) {
  // A trailing separator only says that inferiors are planned (RFC 3501, 6.3.3).
  auto name = without_trailing_separator(s, one_mailbox(s, args));
  auto use = read_use(s, args);
  args.end();
  check_new_name(s, name);
  auto lock = s.store.lock();
  auto box = s.store.create_mailbox(*s.user, name);
  if (!box) fail_no("ALREADYEXISTS", "Mailbox already exists");
  box->special_use = use;
  return ok("CREATE completed");
}

reply cmd_delete(session& s, arguments& args, bool) {
  auto name = one_mailbox(s, args);
  args.end();
  auto lock = s.store.lock();
  if (name == "INBOX") fail_no("CANNOT", "INBOX can't be deleted");
  auto box = s.store.find_mailbox(*s.user, name);
  if (!box) fail_no("NONEXISTENT", "Mailbox doesn't exist: " + utf7_encode(name));
  if (!box->selectable && s.store.has_children(*s.user, *box)) fail_no("HASCHILDREN", "Mailbox has children");
  bool selected = s.view && s.view->box == box;
  if (selected) s.unselect();
  s.store.remove_mailbox(*s.user, box);
  return ok("DELETE completed");
}

reply cmd_rename(session& s, arguments& args, bool) {
  auto from = one_mailbox(s, args);
  auto to = without_trailing_separator(s, one_mailbox(s, args));
  args.end();
  check_new_name(s, to);
  auto lock = s.store.lock();
  auto box = s.store.find_mailbox(*s.user, from);
  if (!box) fail_no("NONEXISTENT", "Mailbox doesn't exist: " + utf7_encode(from));
  if (s.store.find_mailbox(*s.user, to)) fail_no("ALREADYEXISTS", "Target mailbox already exists");
  if (istarts_with(to, from + s.store.separator()) && from != "INBOX")
    fail_no("CANNOT", "Can't rename a mailbox under itself");
  if (from != "INBOX")
    s.store.rename_mailbox(*s.user, box, to);
  else
    move_all(s, *box, *s.store.create_mailbox(*s.user, to));  // INBOX stays, empty (RFC 3501, 6.3.5)
  return ok("RENAME completed");
}

reply cmd_subscribe(session& s, arguments& args, bool) {
  auto name = without_trailing_separator(s, one_mailbox(s, args));
  args.end();
  auto lock = s.store.lock();
  if (!s.store.find_mailbox(*s.user, name)) fail_no("NONEXISTENT", "Mailbox doesn't exist: " + utf7_encode(name));
  s.user->subscriptions.insert(name);
  return ok("SUBSCRIBE completed");
}

reply cmd_unsubscribe(session& s, arguments& args, bool) {
  auto name = without_trailing_separator(s, one_mailbox(s, args));
  args.end();
  auto lock = s.store.lock();
  s.user->subscriptions.erase(name);
  return ok("UNSUBSCRIBE completed");
}

}  // namespace imapxx::testserver::detail
