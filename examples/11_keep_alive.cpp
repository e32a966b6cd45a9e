// Stays connected for as long as it is told to, and says what happens in INBOX meanwhile. A server may end a connection
// that is silent for half an hour (RFC 9051 section 5.4), and routers forget it sooner.
//   IMAPXX_PASSWORD=secret ./example_11_keep_alive mail.example.org ann 3600
#include <imapxx/client.hpp>

#include "arguments.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) try {
  using namespace std::chrono_literals;
  using clock = std::chrono::steady_clock;
  auto c = example::log_in(argc, argv, 4, " SECONDS");
  auto known = c.examine("INBOX").exists;
  const auto end = clock::now() + std::chrono::seconds(std::strtol(argv[3], nullptr, 10));
  while (clock::now() < end) {
    // `poll` reads what the server says by itself and sends NOOP before the connection has been silent for too long
    // (timeouts::idle_refresh). Somebody who has nothing else to do had better use `idle`, as 03_idle does.
    c.poll(std::min<std::chrono::milliseconds>(5min, std::chrono::ceil<std::chrono::milliseconds>(end - clock::now())));
    c.noop();
    if (c.mailbox().exists != known) std::printf("%u messages\n", known = c.mailbox().exists);
  }
  std::printf("still connected: %s\n", c.connected() ? "yes" : "no");
  c.close();
  return 0;
} catch (const imapxx::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
