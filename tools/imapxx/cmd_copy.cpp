// cp and mv.
#include "commands.hpp"
#include "connection.hpp"
#include "json.hpp"
#include "plan.hpp"

#include <fmt/format.h>

namespace imapxx::cli {
namespace {

std::string ranges_text(const std::vector<number_range>& ranges) {
  std::string out;
  for (const auto& r : ranges) {
    if (!out.empty()) out += ',';
    out += r.first == r.last ? std::to_string(r.first) : fmt::format("{}:{}", r.first, r.last);
  }
  return out;
}

void print(const copy_result& r, const char* verb, const std::string& to, output& out) {
  if (r.uidvalidity) {
    out.line(fmt::format("{} UID {} to {}, where it is UID {}", verb, ranges_text(r.sources), to,
                         ranges_text(r.destinations)));
  } else {
    out.line(fmt::format("{} to {}; the server does not tell which messages", verb, to));
  }
}

template <class Set>
void copy_messages(connection& c, const common_args& common, const Set& set, const copy_args& args, output& out) {
  copy command(set, args.destination);
  if (common.dry_run) {
    print_planned(out, common.json, command_text(*c, command));
    return;
  }
  const auto copied = c->run(std::move(command));
  if (common.json) {
    out.json_line(to_json(copied));
  } else {
    print(copied, "copied", args.destination, out);
  }
}

template <class Set>
void move_messages(connection& c, const common_args& common, const Set& set, const copy_args& args, output& out) {
  if (common.dry_run) {
    for (const auto& line : c->plan_move()) print_planned(out, common.json, line);
    if (!common.json)
      out.line(fmt::format("with the messages {} and the mailbox {}", set.to_string(), args.destination));
    return;
  }
  const auto moved = c->move_messages(set, args.destination);
  if (common.json) {
    out.json_line(to_json(moved.copied, moved.method));
  } else {
    print(moved.copied, moved.originals_removed() ? "moved" : "copied", args.destination, out);
  }
  if (!moved.originals_removed())
    complain(
        "the originals are still there, marked \\Deleted: this server can only remove all marked messages at once "
        "(imapxx expunge --all)");
}

template <class Set>
void go(connection& c, const common_args& common, const Set& set, const copy_args& args, output& out) {
  if (args.move) {
    move_messages(c, common, set, args, out);
  } else {
    copy_messages(c, common, set, args, out);
  }
}

}  // namespace

exit_code run(const common_args& common, const copy_args& args, output& out) {
  (void)parse_uids(args.numbers);
  connection c(common, connection::opening{args.move && !common.dry_run});
  c.open(args.move && !common.dry_run);
  if (c->mailbox().exists == 0) {
    complain("the mailbox is empty");
    c.close();
    return exit_code::refused;
  }
  if (common.by_sequence) {
    go(c, common, parse_seqs(args.numbers), args, out);
  } else {
    go(c, common, parse_uids(args.numbers), args, out);
  }
  out.flush();
  c.close();
  return exit_code::ok;
}

}  // namespace imapxx::cli
