#include "commands.hpp"
#include "text.hpp"

namespace imapxx::testserver::detail {

namespace {

struct copied {
  std::vector<std::uint32_t> from;
  std::vector<std::uint32_t> to;
  mailbox_ptr target;

  std::string code() const {
    return "COPYUID " + std::to_string(target->uid_validity) + ' ' + compress_set(from) + ' ' + compress_set(to);
  }
};

/// Reads `set mailbox` and copies; the store is locked by the caller through `lock`.
copied copy_messages(session& s, arguments& args, bool uid, bool remove, std::unique_lock<std::mutex>& lock) {
  args.space();
  auto set = args.sequence_set();
  args.space();
  auto name = s.mailbox_name(args.astring());
  args.end();
  auto& v = remove ? s.selected_writable() : s.selected();
  lock = s.store.lock();
  copied result;
  result.target = s.require_mailbox(name, true);
  auto sequence = s.resolve(set, uid);
  for (auto n : sequence)
    if (v.entries[n - 1].message->expunged && !uid)
      fail_no("EXPUNGEISSUED", "Some of the requested messages no longer exist.");
  for (auto n : sequence) {
    message_ptr m = v.entries[n - 1].message;
    if (m->expunged) continue;
    auto copy = s.store.append(*result.target, m->content, m->flags, m->date);
    result.from.push_back(m->uid);
    result.to.push_back(copy->uid);
    if (remove) s.store.expunge(*v.box, m);
  }
  return result;
}

bool uidplus(const session& s) { return s.can("UIDPLUS") || s.can("IMAP4rev2"); }

}  // namespace

reply cmd_copy(session& s, arguments& args, bool uid) {
  std::unique_lock<std::mutex> lock;
  auto done = copy_messages(s, args, uid, false, lock);
  if (done.from.empty()) return ok("No messages found.");
  return uidplus(s) ? ok("COPY completed", done.code()) : ok("COPY completed");
}

reply cmd_move(session& s, arguments& args, bool uid) {
  std::unique_lock<std::mutex> lock;
  auto done = copy_messages(s, args, uid, true, lock);
  if (done.from.empty()) return ok("No messages found.");
  // RFC 6851, 4.3: ahead of the EXPUNGE responses, in an untagged OK.
  if (uidplus(s)) s.untagged("OK [" + done.code() + "] Moved UIDs.");
  return ok("MOVE completed");
}

}  // namespace imapxx::testserver::detail
