// Lists the mailboxes of an account with their numbers of messages.
//   IMAPXX_PASSWORD=secret ./example_01_list_mailboxes mail.example.org ann
#include <imapxx/client.hpp>

#include "arguments.hpp"

#include <cstdio>

int main(int argc, char** argv) try {
  auto c = example::log_in(argc, argv);
  for (const auto& mailbox : c.list()) {
    if (!mailbox.selectable()) continue;
    const auto numbers = c.status(mailbox.name, imapxx::status_items().messages().unseen());
    std::printf("%8lu messages, %6lu unseen  %s\n", static_cast<unsigned long>(numbers.messages.value_or(0)),
                static_cast<unsigned long>(numbers.unseen.value_or(0)), mailbox.name.utf8().c_str());
  }
  c.close();
  return 0;
} catch (const imapxx::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
