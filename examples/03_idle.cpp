// Waits for new mail for a quarter of an hour, without polling, and says when some has come.
//   IMAPXX_PASSWORD=secret ./example_03_idle mail.example.org ann
#include <imapxx/client.hpp>

#include "arguments.hpp"

#include <chrono>
#include <cstdio>

int main(int argc, char** argv) try {
  auto c = example::log_in(argc, argv);
  auto known = c.examine("INBOX").exists;
  std::printf("%u messages\n", known);
  std::fflush(stdout);
  // IDLE is renewed in time by itself; where the server lacks it, NOOP takes its place.
  c.idle(std::chrono::minutes(15), [&](const imapxx::mailbox_event& e) {
    if (e.what == imapxx::mailbox_event::kind::exists && e.number > known) std::printf("%u new\n", e.number - known);
    std::fflush(stdout);
    known = c.mailbox().exists;
    return false;  // go on
  });
  c.close();
  return 0;
} catch (const imapxx::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
