#include "dispatcher.hpp"

#include "commands.hpp"
#include "text.hpp"

#include <array>

namespace imapxx::testserver::detail {

namespace {

constexpr unsigned in_start = 1;
constexpr unsigned in_auth = 2;
constexpr unsigned in_selected = 4;
constexpr unsigned anywhere = in_start | in_auth | in_selected;
constexpr unsigned logged_in = in_auth | in_selected;

/// What may be told with the tagged reply (RFC 3501, 7.4.1: no EXPUNGE during FETCH, STORE and SEARCH).
enum class updates { none, no_expunge, all };

struct entry {
  std::string_view name;
  std::string_view capability;  ///< served only when this or IMAP4rev2 is offered
  unsigned states;
  updates sync;
  handler run;
  bool in_rev2 = true;
};

constexpr std::array<entry, 31> table = {{
    {"CAPABILITY", "", anywhere, updates::none, cmd_capability},
    {"NOOP", "", anywhere, updates::all, cmd_noop},
    {"LOGOUT", "", anywhere, updates::none, cmd_logout},
    {"ID", "ID", anywhere, updates::all, cmd_id, false},
    {"STARTTLS", "", in_start, updates::none, cmd_starttls},
    {"LOGIN", "", in_start, updates::none, cmd_login},
    {"AUTHENTICATE", "", in_start, updates::none, cmd_authenticate},
    {"ENABLE", "ENABLE", logged_in, updates::none, cmd_enable},
    {"NAMESPACE", "NAMESPACE", logged_in, updates::all, cmd_namespace},
    {"IDLE", "IDLE", logged_in, updates::all, cmd_idle},
    {"SELECT", "", logged_in, updates::none, cmd_select},
    {"EXAMINE", "", logged_in, updates::none, cmd_examine},
    {"CREATE", "", logged_in, updates::all, cmd_create},
    {"DELETE", "", logged_in, updates::all, cmd_delete},
    {"RENAME", "", logged_in, updates::all, cmd_rename},
    {"SUBSCRIBE", "", logged_in, updates::all, cmd_subscribe},
    {"UNSUBSCRIBE", "", logged_in, updates::all, cmd_unsubscribe},
    {"LIST", "", logged_in, updates::all, cmd_list},
    {"LSUB", "", logged_in, updates::all, cmd_lsub},
    {"STATUS", "", logged_in, updates::all, cmd_status},
    {"APPEND", "", logged_in, updates::all, cmd_append},
    {"CHECK", "", in_selected, updates::all, cmd_noop},
    {"CLOSE", "", in_selected, updates::none, cmd_close},
    {"UNSELECT", "UNSELECT", in_selected, updates::none, cmd_unselect},
    {"EXPUNGE", "", in_selected, updates::all, cmd_expunge},
    {"SEARCH", "", in_selected, updates::no_expunge, cmd_search},
    {"FETCH", "", in_selected, updates::no_expunge, cmd_fetch},
    {"STORE", "", in_selected, updates::no_expunge, cmd_store},
    {"COPY", "", in_selected, updates::all, cmd_copy},
    {"MOVE", "MOVE", in_selected, updates::all, cmd_move},
    {"UID EXPUNGE", "UIDPLUS", in_selected, updates::all, cmd_expunge},
}};

constexpr std::array<std::string_view, 6> uid_commands = {"FETCH", "STORE", "SEARCH", "COPY", "MOVE", "EXPUNGE"};

const entry* find_entry(const session& s, std::string_view name) {
  for (const entry& e : table)
    if (e.name == name)
      return e.capability.empty() || s.can(e.capability) || (e.in_rev2 && s.can("IMAP4rev2")) ? &e : nullptr;
  return nullptr;
}

unsigned state_bit(phase p) {
  return p == phase::not_authenticated ? in_start : p == phase::authenticated ? in_auth : in_selected;
}

void tagged(session& s, const std::string& tag, const reply& r) {
  s.out += tag + ' ' + r.status + ' ';
  if (!r.code.empty()) s.out += '[' + r.code + "] ";
  s.out += r.text + "\r\n";
}

reply execute(session& s, const command_head& head, arguments& args, updates& sync) {
  bool uid = istarts_with(head.name, "UID ");
  auto name = uid && head.name != "UID EXPUNGE" ? head.name.substr(4) : head.name;
  const entry* e = find_entry(s, name);
  if (e == nullptr) fail_bad("Unknown command " + head.name);
  if ((e->states & state_bit(s.state)) == 0)
    fail_bad(s.state == phase::not_authenticated ? "Please log in first"
             : e->states == in_start             ? "Already logged in"
                                                 : "No mailbox selected");
  sync = uid && e->sync == updates::no_expunge ? updates::all : e->sync;
  return e->run(s, args, uid);
}

}  // namespace

command_head read_head(arguments& args) {
  command_head head;
  head.tag = args.word("(){%*\"\\+");
  if (!args.accept_space() || args.at_end() || args.at(' ')) return head;
  head.name = to_upper(args.word("(){%*\"\\"));
  if (head.name != "UID" || !args.accept_space() || args.at_end()) return head;
  auto sub = to_upper(args.word("(){%*\"\\"));
  for (std::string_view allowed : uid_commands)
    if (sub == allowed) head.name = "UID " + sub;
  return head;
}

void dispatch(session& s, const command_head& head, arguments& args) {
  updates sync = updates::none;
  reply r;
  try {
    r = execute(s, head, args, sync);
  } catch (const command_failure& f) {
    r = {f.status, f.code, f.text};
  }
  if (s.state == phase::selected && sync != updates::none) s.sync(sync == updates::all);
  if (!r.status.empty()) tagged(s, head.tag, r);
}

}  // namespace imapxx::testserver::detail
