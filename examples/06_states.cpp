// Walks through the states of a connection, from the greeting to LOGOUT, and shows what SELECT tells of a mailbox.
//   IMAPXX_PASSWORD=secret ./example_06_states mail.example.org ann
#include <imapxx/client.hpp>

#include "arguments.hpp"

#include <cstdio>
#include <string>

namespace {

const char* name_of(imapxx::session_state s) {
  switch (s) {
    case imapxx::session_state::not_authenticated: return "not authenticated";
    case imapxx::session_state::authenticated: return "authenticated";
    case imapxx::session_state::selected: return "selected";
    case imapxx::session_state::logout: return "logout";
    default: return "none";
  }
}

void show(const char* what, const imapxx::client& c) { std::printf("%-12s %s\n", what, name_of(c.state())); }

void show(const char* what, const imapxx::flag_list& flags) {
  std::printf("  %s", what);
  for (const auto& f : flags) std::printf(" %s", std::string(f.name()).c_str());
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) try {
  auto c = example::log_in(argc, argv);
  show("LOGIN", c);
  const auto box = c.examine("INBOX");  // SELECT without the right to change anything
  show("EXAMINE", c);
  std::printf("  EXISTS %u\n  RECENT %u\n", box.exists, box.recent);
  if (box.unseen) std::printf("  UNSEEN %u\n", *box.unseen);
  if (box.uidvalidity) std::printf("  UIDVALIDITY %u\n", *box.uidvalidity);
  if (box.uidnext) std::printf("  UIDNEXT %u\n", *box.uidnext);
  show("FLAGS", box.flags);
  if (box.permanent_flags) show("PERMANENTFLAGS", *box.permanent_flags);
  const auto all = c.search(imapxx::search_key::all());
  show("SEARCH ALL", c);
  std::printf("  %s\n", all.numbers().to_string().c_str());
  if (box.exists > 0) {
    // By UID: sequence numbers change when messages are expunged.
    for (const auto& row : c.fetch(imapxx::seq_set(1), imapxx::fetch_items().uid().rfc822_size()))
      std::printf("  1 is UID %u, %llu octets\n", row.uid().value_or(0),
                  static_cast<unsigned long long>(row.rfc822_size().value_or(0)));
    show("FETCH", c);
  }
  c.close_mailbox();
  show("CLOSE", c);
  c.run(imapxx::logout());
  show("LOGOUT", c);
  return 0;
} catch (const imapxx::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
