#include "commands.hpp"
#include "connection.hpp"
#include "json.hpp"
#include "plan.hpp"

#include <fmt/format.h>

namespace imapxx::cli {
namespace {

exit_code print(const expunge_result& r, bool as_json, output& out) {
  const auto removed = r.sequence_numbers.size() + r.vanished.size();
  if (as_json) {
    for (const auto n : r.sequence_numbers) out.json_line(to_json(response(expunge_response{n})));
    if (!r.vanished.empty()) out.json_line(to_json(response(vanished_response{r.vanished, false})));
  } else {
    out.trusted(fmt::format("{} removed\n", removed));
  }
  if (removed == 0) complain("none of them is marked \\Deleted (imapxx store URL NUMBERS +deleted marks them)");
  return removed == 0 ? exit_code::refused : exit_code::ok;
}

}  // namespace

exit_code run(const common_args& common, const expunge_args& args, output& out) {
  const auto url = checked_url(common);
  if (args.all && !url.uids.empty()) throw usage_error("--all and the UIDs in the URL contradict one another");
  if (!args.all && args.numbers.empty() && url.uids.empty())
    throw usage_error("expunge needs UIDs, or --all for every message marked \\Deleted");
  if (common.by_sequence) throw usage_error("expunge takes UIDs only, --seq is not possible");
  const auto uids = args.all ? uid_set() : parse_uids(number_text(args.numbers, url, nullptr));
  connection c(common, connection::opening{!common.dry_run});
  c.open(!common.dry_run);
  auto code = exit_code::ok;
  if (common.dry_run) {
    expunge all;
    uid_expunge some(uids);
    print_planned(out, common.json, command_text(*c, args.all ? static_cast<command&>(all) : some));
  } else {
    code = print(args.all ? c->expunge() : c->uid_expunge(uids), common.json, out);
  }
  out.flush();
  c.close();
  return code;
}

}  // namespace imapxx::cli
