// mkdir, rmdir, rename, subscribe, unsubscribe.
#include "commands.hpp"
#include "connection.hpp"
#include "plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace imapxx::cli {
namespace {

// --json: the server's OK is the only answer these commands have.
void done(const common_args& common, const std::string& what, output& out) {
  if (common.json) {
    out.json_line(to_json(response(status_response{status_kind::ok, {}, {}, what})));
  } else {
    out.line(what);
  }
}

// How many messages would go with the mailbox; 0 for one that holds none by its nature.
std::uint64_t message_count(client& c, const mailbox_name& name) {
  auto numbers = c.try_run(status(name, status_items().messages()));
  if (numbers && numbers->messages) return *numbers->messages;
  if (numbers) {
    throw_error(error(errc::incomplete_result, "the server does not say how many messages there are")
                    .set_command(status::traits_v.name));
  }
  if (numbers.error().is_fatal()) throw_error(numbers.error());
  const auto entries = c.list("", name);
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.name == name; });
  if (found == entries.end() || found->selectable()) throw_error(numbers.error());
  return 0;
}

}  // namespace

exit_code run(const common_args& common, const mkdir_args& args, output& out) {
  connection c(common);
  for (const auto& name : c.named(args.mailboxes))
    if (run_or_plan(*c, create(name), common.dry_run, common.json, out)) done(common, "made " + name.utf8(), out);
  c.close();
  return exit_code::ok;
}

exit_code run(const common_args& common, const rmdir_args& args, output& out) {
  connection c(common);
  auto code = exit_code::ok;
  for (const auto& name : c.named(args.mailboxes)) {
    const auto messages = args.force ? 0 : message_count(*c, name);
    if (messages != 0) {
      complain(fmt::format("{} holds {} messages and stays (--force removes it with them)", name.utf8(), messages));
      code = exit_code::refused;
    } else if (run_or_plan(*c, delete_mailbox(name), common.dry_run, common.json, out)) {
      done(common, "removed " + name.utf8(), out);
    }
  }
  c.close();
  return code;
}

exit_code run(const common_args& common, const rename_args& args, output& out) {
  connection c(common);
  const auto from = c.named({}).front();
  if (run_or_plan(*c, rename(from, args.to), common.dry_run, common.json, out))
    done(common, fmt::format("renamed {} to {}", from.utf8(), args.to), out);
  c.close();
  return exit_code::ok;
}

exit_code run(const common_args& common, const subscribe_args& args, output& out) {
  connection c(common);
  for (const auto& name : c.named(args.mailboxes)) {
    const bool ran = args.off ? run_or_plan(*c, unsubscribe(name), common.dry_run, common.json, out)
                              : run_or_plan(*c, subscribe(name), common.dry_run, common.json, out);
    if (ran) done(common, (args.off ? "unsubscribed " : "subscribed ") + name.utf8(), out);
  }
  c.close();
  return exit_code::ok;
}

}  // namespace imapxx::cli
