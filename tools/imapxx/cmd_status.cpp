#include "commands.hpp"
#include "connection.hpp"
#include "json.hpp"

#include <fmt/format.h>

namespace imapxx::cli {
namespace {

status_items everything(const capability_set& caps) {
  status_items items;
  items.messages().unseen().uidnext().uidvalidity();
  if (!caps.imap4rev2()) items.recent();
  if (caps.contains("STATUS=SIZE") || caps.imap4rev2()) items.size();
  if (caps.contains("CONDSTORE") || caps.contains("QRESYNC")) items.highestmodseq();
  // MAILBOXID is not asked for: Cyrus 3.6 answers with octets that are no id, and spoils the rest of the line.
  return items;
}

void print(const mailbox_status& s, output& out) {
  out.line(s.mailbox.utf8());
  const auto row = [&](const char* name, const std::optional<std::uint64_t>& value) {
    if (value) out.trusted(fmt::format("  {:<14} {}\n", name, *value));
  };
  row("messages", s.messages);
  row("unseen", s.unseen);
  row("recent", s.recent);
  row("deleted", s.deleted);
  row("octets", s.size);
  row("uidnext", s.uidnext);
  row("uidvalidity", s.uidvalidity);
  row("highestmodseq", s.highestmodseq);
  row("appendlimit", s.appendlimit);
  if (s.mailboxid) out.line(fmt::format("  {:<14} {}", "mailboxid", *s.mailboxid));
}

}  // namespace

exit_code run(const common_args& common, const status_args& args, output& out) {
  connection c(common);
  auto names = args.mailboxes.empty() ? std::vector{c.mailbox()} : c.named(args.mailboxes);
  const auto items = everything(c->capabilities());
  std::vector<ticket<status>> answers;
  answers.reserve(names.size());
  for (const auto& n : names) answers.push_back(c->submit(status(n, items)));
  auto code = exit_code::ok;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    auto numbers = answers[i].try_wait();
    if (!numbers) {
      if (numbers.error().is_fatal() || answers.size() == 1) throw_error(numbers.error());
      complain(names[i].utf8() + ": " + numbers.error().what());
      code = exit_code::refused;
    } else if (common.json) {
      out.json_line(to_json(response(status_data{*numbers})));
    } else {
      print(*numbers, out);
    }
  }
  c.close();
  return code;
}

}  // namespace imapxx::cli
