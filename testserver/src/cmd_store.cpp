#include "commands.hpp"
#include "text.hpp"

namespace imapxx::testserver::detail {

namespace {

struct store_request {
  number_ranges set;
  std::optional<std::uint64_t> unchanged_since;
  char operation = ' ';
  bool silent = false;
  flag_set flags;
};

store_request read_store(session& s, arguments& args) {
  store_request r;
  args.space();
  r.set = args.sequence_set();
  args.space();
  if (s.can("CONDSTORE") && args.accept('(')) {
    if (!iequals(args.atom(), "UNCHANGEDSINCE")) fail_bad("Unknown STORE modifier");
    args.space();
    r.unchanged_since = args.number();
    args.expect(')');
    args.space();
  }
  auto name = to_upper(args.word("(){%*\"\\]"));
  if (name[0] == '+' || name[0] == '-') {
    r.operation = name[0];
    name.erase(0, 1);
  }
  r.silent = name == "FLAGS.SILENT";
  if (name != "FLAGS" && !r.silent) fail_bad("Unknown data item " + name);
  args.space();
  if (args.at('('))
    r.flags = read_flag_list(args);
  else
    do {
      auto one = args.word("(){%*\"]");
      if (!r.flags.add_name(one)) fail_bad("Invalid flag " + one);
    } while (args.accept_space());
  args.end();
  return r;
}

flag_set changed_flags(const flag_set& now, const store_request& r) {
  if (r.operation == ' ') return r.flags;
  auto result = now;
  if (r.operation == '+')
    result.add(r.flags);
  else
    result.remove(r.flags);
  return result;
}

/// The message's new state as this command's own answer; sync() then has nothing to add.
void answer(session& s, view_entry& e, std::uint32_t sequence, bool uid, bool silent, bool conditional) {
  bool with_modseq = s.condstore && (!silent || conditional || e.told_modseq != e.message->modseq);
  bool with_flags = !silent;
  e.told_modseq = e.message->modseq;
  if (!with_flags && !with_modseq) return;
  s.out += "* " + std::to_string(sequence) + " FETCH (";
  if (uid) s.out += "UID " + std::to_string(e.message->uid);
  if (with_modseq) s.out += (s.out.back() == '(' ? "MODSEQ (" : " MODSEQ (") + std::to_string(e.message->modseq) + ')';
  if (with_flags) {
    if (s.out.back() != '(') s.out += ' ';
    s.append_flags(e);
  }
  s.out += ")\r\n";
}

}  // namespace

reply cmd_store(session& s, arguments& args, bool uid) {
  auto r = read_store(s, args);
  auto& v = s.selected_writable();
  auto lock = s.store.lock();
  if (r.unchanged_since) s.enable_condstore();
  std::vector<std::uint32_t> modified;
  std::vector<std::uint32_t> stored;
  bool gone = false;
  for (auto n : s.resolve(r.set, uid)) {
    view_entry& e = v.entries[n - 1];
    gone = gone || e.message->expunged;
    if (e.message->expunged) continue;
    if (r.unchanged_since && e.message->modseq > *r.unchanged_since) {
      modified.push_back(uid ? e.message->uid : n);
      continue;
    }
    // What another session changed before is still to be told, also by a silent STORE (RFC 3501, 6.4.6).
    bool news = e.told_modseq < e.message->modseq;
    s.store.set_flags(*v.box, *e.message, changed_flags(e.message->flags, r));
    if (!r.silent || !news || s.condstore) stored.push_back(n);
  }
  s.tell_keywords();
  for (auto n : stored) answer(s, v.entries[n - 1], n, uid, r.silent, r.unchanged_since.has_value());
  if (!modified.empty()) return ok("Conditional STORE failed for some messages", "MODIFIED " + compress_set(modified));
  if (gone && !uid) fail_no("EXPUNGEISSUED", "Some of the requested messages no longer exist.");
  return ok("STORE completed");
}

}  // namespace imapxx::testserver::detail
