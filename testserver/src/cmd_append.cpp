#include "commands.hpp"
#include "date_time.hpp"
#include "text.hpp"

#include <chrono>

namespace imapxx::testserver::detail {

namespace {

struct append_item {
  flag_set flags;
  std::int64_t date = 0;
  std::shared_ptr<const message_content> content;
};

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// APPEND UTF8 (~{n}…), RFC 6855.
std::string read_message(session& s, arguments& args) {
  if (args.at_literal()) {
    if (args.literal_is_binary() && !s.can("BINARY") && !s.can("IMAP4rev2") && !s.utf8)
      fail_bad("literal8 is not supported");
    return args.literal();
  }
  if (!s.utf8 || !iequals(args.atom(), "UTF8")) fail_bad("Message literal expected");
  args.space();
  args.expect('(');
  auto text = args.literal();
  args.expect(')');
  return text;
}

append_item read_item(session& s, arguments& args) {
  append_item item;
  item.date = now();
  args.space();
  if (args.at('(')) {
    item.flags = read_flag_list(args);
    args.space();
  }
  if (args.at('"')) {
    auto date = parse_date_time(args.string());
    if (!date) fail_bad("Invalid date-time");
    item.date = *date;
    args.space();
  }
  auto text = read_message(s, args);
  if (text.empty()) fail_no("", "Can't save a zero byte message");
  item.content = std::make_shared<message_content>(std::move(text));
  return item;
}

}  // namespace

flag_set read_flag_list(arguments& args) {
  flag_set flags;
  args.expect('(');
  while (!args.accept(')')) {
    auto name = args.word("(){%*\"]");
    if (name.find('\\', 1) != std::string::npos || !flags.add_name(name)) fail_bad("Invalid flag " + name);
    args.accept_space();
  }
  return flags;
}

reply cmd_append(session& s, arguments& args, bool) {
  args.space();
  auto name = s.mailbox_name(args.astring());
  std::vector<append_item> items;
  do items.push_back(read_item(s, args));
  while (!args.at_end() && s.can("MULTIAPPEND"));
  args.end();
  auto lock = s.store.lock();
  auto box = s.require_mailbox(name, true);
  std::vector<std::uint32_t> uids;
  uids.reserve(items.size());
  for (append_item& item : items) uids.push_back(s.store.append(*box, item.content, item.flags, item.date)->uid);
  if (!s.can("UIDPLUS") && !s.can("IMAP4rev2")) return ok("APPEND completed");
  return ok("APPEND completed", "APPENDUID " + std::to_string(box->uid_validity) + ' ' + compress_set(uids));
}

}  // namespace imapxx::testserver::detail
