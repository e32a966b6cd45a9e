// Waits for new mail for a quarter of an hour, without polling, and says when some has come.
//   IMAPXX_PASSWORD=secret ./example_03_idle mail.example.org ann
#include <imapxx/client.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) try {
  const char* password = std::getenv("IMAPXX_PASSWORD");
  if (argc != 3 || password == nullptr) return std::fprintf(stderr, "usage: %s HOST USER\n", argv[0]), 2;
  imapxx::client c(imapxx::connect_options(argv[1]), imapxx::credentials(argv[2], password));
  auto known = c.examine("INBOX").exists;
  std::printf("%u messages\n", known);
  // IDLE is renewed in time by itself; where the server lacks it, NOOP takes its place.
  c.idle(std::chrono::minutes(15), [&](const imapxx::mailbox_event& e) {
    if (e.what == imapxx::mailbox_event::kind::exists && e.number > known) std::printf("%u new\n", e.number - known);
    known = c.mailbox().exists;
    return false;  // go on
  });
  c.close();
  return 0;
} catch (const imapxx::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
