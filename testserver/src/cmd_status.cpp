#include "commands.hpp"
#include "text.hpp"

#include <algorithm>

namespace imapxx::testserver::detail {

namespace {

std::uint64_t status_value(const mailbox& box, const std::string& item) {
  auto count = [&](auto predicate) {
    return static_cast<std::uint64_t>(std::count_if(box.messages.begin(), box.messages.end(), predicate));
  };
  if (item == "MESSAGES") return box.messages.size();
  if (item == "RECENT") return count([&](const message_ptr& m) { return m->uid >= box.first_recent; });
  if (item == "UIDNEXT") return box.uid_next;
  if (item == "UIDVALIDITY") return box.uid_validity;
  if (item == "UNSEEN") return count([](const message_ptr& m) { return (m->flags.bits & flag::seen) == 0; });
  if (item == "DELETED") return count([](const message_ptr& m) { return (m->flags.bits & flag::deleted) != 0; });
  if (item == "HIGHESTMODSEQ") return box.highest_modseq;
  std::uint64_t size = 0;
  for (const message_ptr& m : box.messages) size += m->content->raw().size();
  return size;
}

bool served(const session& s, const std::string& item) {
  for (std::string_view base : {"MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN"})
    if (item == base) return true;
  if (item == "SIZE") return s.can("STATUS=SIZE") || s.can("IMAP4rev2");
  if (item == "DELETED") return s.can("IMAP4rev2");
  return (item == "HIGHESTMODSEQ" && s.can("CONDSTORE")) || (item == "APPENDLIMIT" && s.config.append_limit != 0);
}

}  // namespace

std::vector<std::string> read_status_items(session& s, arguments& args) {
  std::vector<std::string> items;
  args.expect('(');
  do {
    items.push_back(to_upper(args.atom()));
    if (!served(s, items.back())) fail_bad("Invalid status item " + items.back());
  } while (args.accept_space());
  args.expect(')');
  return items;
}

void write_status(session& s, const mailbox& box, const std::vector<std::string>& items) {
  s.out += "* STATUS ";
  s.append_mailbox(s.out, box.name);
  s.out += " (";
  for (const std::string& item : items) {
    if (s.out.back() != '(') s.out += ' ';
    s.out += item + ' ';
    s.out += std::to_string(item == "APPENDLIMIT" ? s.config.append_limit : status_value(box, item));
    if (item == "HIGHESTMODSEQ") s.condstore = true;
  }
  s.out += ")\r\n";
}

reply cmd_status(session& s, arguments& args, bool) {
  args.space();
  auto name = s.mailbox_name(args.astring());
  args.space();
  auto items = read_status_items(s, args);
  args.end();
  auto lock = s.store.lock();
  write_status(s, *s.require_mailbox(name), items);
  return ok("STATUS completed");
}

}  // namespace imapxx::testserver::detail
