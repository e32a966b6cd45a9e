#include "commands.hpp"
#include "connection.hpp"
#include "flags.hpp"
#include "json.hpp"
#include "plan.hpp"

#include <fmt/format.h>

namespace imapxx::cli {
namespace {

void print(const store_result& changed, bool as_json, output& out) {
  for (const auto& m : changed.messages) {
    if (as_json) {
      mailbox_event e;
      e.what = mailbox_event::kind::flags;
      e.number = m.seq;
      e.uid = m.uid;
      e.flags = m.flags;
      out.json_line(to_json(e));
    } else {
      out.line(fmt::format("{} {}: {}", m.uid ? "UID" : "message", m.uid.value_or(m.seq), m.flags.to_string()));
    }
  }
}

template <class Set>
exit_code change(connection& c, const common_args& common, const Set& set, const std::vector<flag_change>& changes,
                 output& out) {
  bool any = false;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    store command(set, changes[i].mode, changes[i].flags);
    if (common.dry_run) {
      print_planned(out, common.json, command_text(*c, command));
      any = true;
      continue;
    }
    const auto result = c->store_flags(std::move(command));
    any = any || !result.messages.empty();
    if (i + 1 == changes.size()) print(result, common.json, out);
  }
  // Servers need not answer when nothing changed, so an empty answer proves nothing.
  if (!any && common.verbose) complain("the server told of no change");
  return exit_code::ok;
}

}  // namespace

exit_code run(const common_args& common, const store_args& args, output& out) {
  const auto changes = parse_changes(args.changes);
  const auto text = number_text(args.numbers, checked_url(common), nullptr);
  (void)parse_uids(text);
  connection c(common, connection::opening{!common.dry_run});
  c.open(!common.dry_run);
  if (c->mailbox().exists == 0) {
    complain("the mailbox is empty");
    c.close();
    return exit_code::refused;
  }
  const auto code = common.by_sequence ? change(c, common, parse_seqs(text), changes, out)
                                       : change(c, common, parse_uids(text), changes, out);
  out.flush();
  c.close();
  return code;
}

}  // namespace imapxx::cli
