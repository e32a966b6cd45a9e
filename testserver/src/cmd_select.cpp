#include "commands.hpp"
#include "text.hpp"

#include <algorithm>

namespace imapxx::testserver::detail {

namespace {

/// SELECT x (CONDSTORE), RFC 7162.
bool read_select_parameters(session& s, arguments& args) {
  bool condstore = false;
  if (args.accept_space()) {
    args.expect('(');
    do {
      if (!iequals(args.atom(), "CONDSTORE") || !s.can("CONDSTORE")) fail_bad("Unknown parameter");
      condstore = true;
    } while (args.accept_space());
    args.expect(')');
  }
  args.end();
  return condstore;
}

void announce(session& s) {
  const mailbox_view& v = *s.view;
  const mailbox& box = *v.box;
  s.untagged(flags_line(box));
  s.untagged(permanent_flags(box, v.read_only));
  s.untagged(std::to_string(v.entries.size()) + " EXISTS");
  if (!s.rev2) {
    s.untagged(std::to_string(v.told_recent) + " RECENT");
    auto unseen = std::find_if(v.entries.begin(), v.entries.end(),
                               [](const view_entry& e) { return (e.message->flags.bits & flag::seen) == 0; });
    if (unseen != v.entries.end())
      s.untagged("OK [UNSEEN " + std::to_string(unseen - v.entries.begin() + 1) + "] First unseen.");
  }
  s.untagged("OK [UIDVALIDITY " + std::to_string(box.uid_validity) + "] UIDs valid");
  s.untagged("OK [UIDNEXT " + std::to_string(box.uid_next) + "] Predicted next UID");
  if (s.can("CONDSTORE")) s.untagged("OK [HIGHESTMODSEQ " + std::to_string(box.highest_modseq) + "] Highest");
}

reply open_mailbox(session& s, arguments& args, bool read_only) {
  args.space();
  auto wire = args.astring();
  bool condstore = read_select_parameters(s, args);
  // A failed SELECT leaves no mailbox selected (RFC 3501, 6.3.1).
  if (s.view && s.rev2) s.untagged("OK [CLOSED] Previous mailbox closed.");
  s.unselect();
  auto name = s.mailbox_name(wire);
  auto lock = s.store.lock();
  auto box = s.require_mailbox(name);
  s.select(box, read_only);
  s.condstore = s.condstore || condstore;
  announce(s);
  if (s.rev2) write_list_entry(s, *box);
  return ok(read_only ? "EXAMINE completed" : "SELECT completed", read_only ? "READ-ONLY" : "READ-WRITE");
}

}  // namespace

reply cmd_select(session& s, arguments& args, bool) { return open_mailbox(s, args, false); }

reply cmd_examine(session& s, arguments& args, bool) { return open_mailbox(s, args, true); }

reply cmd_unselect(session& s, arguments& args, bool) {
  args.end();
  s.unselect();
  return ok("UNSELECT completed");
}

reply cmd_close(session& s, arguments& args, bool) {
  args.end();
  auto& v = s.selected();
  if (!v.read_only) {
    auto lock = s.store.lock();
    for (const view_entry& e : v.entries)
      if (!e.message->expunged && (e.message->flags.bits & flag::deleted) != 0) s.store.expunge(*v.box, e.message);
  }
  s.unselect();
  return ok("CLOSE completed");
}

reply cmd_expunge(session& s, arguments& args, bool uid) {
  std::optional<number_ranges> set;
  if (uid) {
    args.space();
    set = args.sequence_set();
  }
  args.end();
  auto& v = s.selected_writable();
  auto lock = s.store.lock();
  auto doomed = [](const view_entry& e) {
    return !e.message->expunged && (e.message->flags.bits & flag::deleted) != 0;
  };
  bool any = false;
  std::vector<std::uint32_t> named;
  if (set) named = s.resolve(*set, true);
  for (std::size_t i = 0; i < v.entries.size(); ++i) {
    if (!doomed(v.entries[i]) || (set && !std::binary_search(named.begin(), named.end(), i + 1))) continue;
    s.store.expunge(*v.box, v.entries[i].message);
    any = true;
  }
  auto text = uid ? "UID EXPUNGE completed" : "EXPUNGE completed";
  return any && s.condstore ? ok(text, "HIGHESTMODSEQ " + std::to_string(v.box->highest_modseq)) : ok(text);
}

}  // namespace imapxx::testserver::detail
