#include "commands.hpp"
#include "text.hpp"

namespace imapxx::testserver::detail {

reply cmd_capability(session& s, arguments& args, bool) {
  args.end();
  s.untagged(s.capability_text());
  return ok("CAPABILITY completed");
}

reply cmd_noop(session&, arguments& args, bool) {
  args.end();
  return ok("Completed");
}

reply cmd_logout(session& s, arguments& args, bool) {
  args.end();
  s.untagged("BYE Logging out");
  s.unselect();
  s.state = phase::logout;
  return ok("LOGOUT completed");
}

reply cmd_id(session& s, arguments& args, bool) {
  args.space();
  bool null = false;
  if (args.accept('(')) {
    while (!args.accept(')')) {
      args.string();
      args.space();
      args.nstring(null);
      args.accept_space();
    }
  } else
    args.nstring(null);
  args.end();
  s.untagged(R"(ID ("name" "imapxx test server"))");
  return ok("ID completed");
}

reply cmd_enable(session& s, arguments& args, bool) {
  std::string enabled;
  bool condstore = false;
  do {
    args.space();
    auto name = to_upper(args.atom());
    if (name == "IMAP4REV2" && s.can("IMAP4rev2")) {
      s.rev2 = true;
      enabled += " IMAP4rev2";
    } else if (name == "CONDSTORE" && s.can("CONDSTORE")) {
      condstore = true;
      enabled += " CONDSTORE";
    } else if (name == "UTF8=ACCEPT" && s.can("UTF8=ACCEPT")) {
      s.utf8 = true;
      enabled += " UTF8=ACCEPT";
    }
  } while (!args.at_end());
  s.untagged("ENABLED" + enabled);
  if (condstore) {
    auto lock = s.store.lock();
    s.enable_condstore();
  }
  return ok("Enabled");
}

reply cmd_namespace(session& s, arguments& args, bool) {
  args.end();
  std::string separator;
  append_string(separator, std::string(1, s.store.separator()));
  s.untagged("NAMESPACE ((\"\" " + separator + ")) NIL NIL");
  return ok("NAMESPACE completed");
}

reply cmd_idle(session& s, arguments& args, bool) {
  args.end();
  s.out += "+ idling\r\n";
  s.sync(true);
  s.io.flush(s.out);
  for (bool client_data = false; !client_data;) {
    if (!s.io.wait_for_event(client_data)) return {"", "", ""};
    s.sync(true);
    s.io.flush(s.out);
    if (s.state == phase::logout) return {"", "", ""};
  }
  std::string line;
  if (!s.io.read_line(line)) return {"", "", ""};
  if (!iequals(line, "DONE")) fail_bad("Expected DONE");
  return ok("IDLE completed");
}

}  // namespace imapxx::testserver::detail
