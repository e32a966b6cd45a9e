#include "session.hpp"

#include "text.hpp"

#include <algorithm>

namespace imapxx::testserver::detail {

bool server_config::has(std::string_view capability) const {
  return std::any_of(capabilities.begin(), capabilities.end(),
                     [&](const std::string& c) { return iequals(c, capability); });
}

std::uint32_t mailbox_view::sequence_of(std::uint32_t uid) const {
  auto it = std::lower_bound(entries.begin(), entries.end(), uid,
                             [](const view_entry& e, std::uint32_t wanted) { return e.message->uid < wanted; });
  if (it == entries.end() || it->message->uid != uid) return 0;
  return static_cast<std::uint32_t>(it - entries.begin()) + 1;
}

std::size_t mailbox_view::count_recent() const {
  return static_cast<std::size_t>(
      std::count_if(entries.begin(), entries.end(), [](const view_entry& e) { return e.recent; }));
}

void session::untagged(std::string_view line) {
  out += "* ";
  out += line;
  out += "\r\n";
}

void session::flush_if_large() {
  constexpr std::size_t large = 64 * 1024;
  if (out.size() >= large) io.flush(out);
}

std::string session::capability_text() const {
  std::string text = "CAPABILITY";
  bool before = state == phase::not_authenticated;
  for (const std::string& c : config.capabilities) {
    bool login_only = istarts_with(c, "AUTH=") || iequals(c, "STARTTLS") || iequals(c, "LOGINDISABLED");
    if (login_only && !before) continue;
    if (istarts_with(c, "AUTH=SCRAM-") && c.ends_with("-PLUS") && !tls) continue;
    if (iequals(c, "STARTTLS") && (tls || config.security != tls_mode::starttls)) continue;
    text += ' ' + c;
  }
  if (before && config.login_disabled && !tls) text += " LOGINDISABLED";
  if (config.append_limit != 0) text += " APPENDLIMIT=" + std::to_string(config.append_limit);
  return text;
}

std::string session::mailbox_name(std::string_view wire) const {
  if (rev2 || utf8) {
    if (!valid_utf8(wire)) fail_bad("Mailbox name is not valid UTF-8");
    return store.canonical_name(wire);
  }
  auto name = utf7_decode(wire);
  if (!name) fail_no("CANNOT", "Mailbox name is not valid mUTF-7");
  return store.canonical_name(*name);
}

void session::append_mailbox(std::string& to, std::string_view name) const {
  if (rev2 || utf8)
    append_astring(to, name, true);
  else
    append_astring(to, utf7_encode(name));
}

mailbox_ptr session::require_mailbox(const std::string& name, bool try_create) const {
  auto box = store.find_mailbox(*user, name);
  if (!box || !box->selectable)
    fail_no(try_create ? "TRYCREATE" : "NONEXISTENT", "Mailbox doesn't exist: " + utf7_encode(name));
  return box;
}

mailbox_view& session::selected() {
  if (!view) fail_bad("No mailbox selected");
  return *view;
}

mailbox_view& session::selected_writable() {
  auto& v = selected();
  if (v.read_only) fail_no("READ-ONLY", "Mailbox is read-only");
  return v;
}

void session::authenticated_as(user_ptr who) {
  user = std::move(who);
  state = phase::authenticated;
}

void session::select(const mailbox_ptr& box, bool read_only) {
  view.emplace();
  view->box = box;
  view->read_only = read_only;
  view->told_keywords = box->keywords.size();
  take_new_messages(*view);
  view->synced = box->highest_modseq;
  view->told_recent = view->count_recent();
  state = phase::selected;
}

void session::unselect() {
  view.reset();
  if (state == phase::selected) state = phase::authenticated;
}

void session::enable_condstore() {
  if (condstore || !can("CONDSTORE")) return;
  condstore = true;
  if (view) untagged("OK [HIGHESTMODSEQ " + std::to_string(view->box->highest_modseq) + "] Highest");
}

std::string flags_line(const mailbox& box) {
  std::string text = R"(FLAGS (\Answered \Flagged \Deleted \Seen \Draft)";
  for (const std::string& k : box.keywords) text += ' ' + k;
  return text + ')';
}

std::string permanent_flags(const mailbox& box, bool read_only) {
  if (read_only) return "OK [PERMANENTFLAGS ()] Read-only mailbox.";
  auto text = flags_line(box);
  return "OK [PERMANENT" + text.substr(0, text.size() - 1) + " \\*)] Flags permitted.";
}

void session::append_flags(const view_entry& entry) {
  out += "FLAGS (" + entry.message->flags.text(entry.recent && !rev2) + ')';
}

void session::send_expunges(mailbox_view& v) {
  std::uint32_t sequence = 1;
  for (const view_entry& e : v.entries) {
    if (e.message->expunged)
      untagged(std::to_string(sequence) + " EXPUNGE");
    else
      ++sequence;
  }
  std::erase_if(v.entries, [](const view_entry& e) { return e.message->expunged; });
}

void session::take_new_messages(mailbox_view& v) {
  mailbox& box = *v.box;
  auto it = std::upper_bound(box.messages.begin(), box.messages.end(), v.last_uid,
                             [](std::uint32_t uid, const message_ptr& m) { return uid < m->uid; });
  for (; it != box.messages.end(); ++it) v.entries.push_back({*it, (*it)->modseq, (*it)->uid >= box.first_recent});
  v.last_uid = box.uid_next - 1;
  // The first session that may write takes the \Recent mark (RFC 3501, 2.3.2).
  if (!v.read_only) box.first_recent = box.uid_next;
}

void session::send_keywords(mailbox_view& v) {
  if (v.told_keywords == v.box->keywords.size()) return;
  v.told_keywords = v.box->keywords.size();
  untagged(flags_line(*v.box));
  untagged(permanent_flags(*v.box, v.read_only));
}

void session::send_flag_changes(mailbox_view& v) {
  for (std::size_t i = 0; i < v.entries.size(); ++i) {
    view_entry& e = v.entries[i];
    if (e.message->expunged || e.message->modseq <= e.told_modseq) continue;
    e.told_modseq = e.message->modseq;
    out += "* " + std::to_string(i + 1) + " FETCH (";
    if (condstore)
      out += "UID " + std::to_string(e.message->uid) + " MODSEQ (" + std::to_string(e.message->modseq) + ") ";
    append_flags(e);
    out += ")\r\n";
  }
}

void session::send_recent(mailbox_view& v) {
  auto recent = v.count_recent();
  if (rev2 || recent == v.told_recent) return;
  v.told_recent = recent;
  untagged(std::to_string(recent) + " RECENT");
}

void session::sync(bool expunges) {
  if (!view) return;
  mailbox_view& v = *view;
  auto lock = store.lock();
  if (v.box->deleted) {
    untagged("BYE Selected mailbox was deleted, have to disconnect.");
    state = phase::logout;
    return;
  }
  if (v.synced == v.box->highest_modseq) return;
  if (expunges) send_expunges(v);
  auto kept = v.entries.size();
  take_new_messages(v);
  if (v.entries.size() != kept) untagged(std::to_string(v.entries.size()) + " EXISTS");
  send_recent(v);
  send_keywords(v);
  send_flag_changes(v);
  bool waiting =
      std::any_of(v.entries.begin(), v.entries.end(), [](const view_entry& e) { return e.message->expunged; });
  v.synced = waiting ? 0 : v.box->highest_modseq;
}

std::vector<std::uint32_t> session::resolve(const number_ranges& set, bool uid) {
  mailbox_view& v = selected();
  std::vector<std::uint32_t> result;
  if (set.saved()) {
    if (!can("SEARCHRES") && !can("IMAP4rev2")) fail_bad("Invalid message set");
    for (std::uint32_t saved_uid : v.saved)
      if (auto n = v.sequence_of(saved_uid)) result.push_back(n);
    return result;
  }
  auto count = static_cast<std::uint32_t>(v.entries.size());
  if (!uid && (set.largest() > count || (count == 0 && set.uses_star()))) fail_bad("Invalid message sequence number");
  auto last = uid ? (v.entries.empty() ? 0 : v.entries.back().message->uid) : count;
  for (std::uint32_t n = 1; n <= count; ++n)
    if (set.contains(uid ? v.entries[n - 1].message->uid : n, last)) result.push_back(n);
  return result;
}

}  // namespace imapxx::testserver::detail
