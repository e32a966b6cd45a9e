// Asks for the numbers of many mailboxes in one round trip: `submit` queues, `wait` sends all that is queued.
//   IMAPXX_PASSWORD=secret ./example_04_pipelining mail.example.org ann
#include <imapxx/client.hpp>

#include "arguments.hpp"

#include <cstdio>
#include <utility>
#include <vector>

int main(int argc, char** argv) try {
  auto c = example::log_in(argc, argv);
  std::vector<std::pair<imapxx::mailbox_name, imapxx::ticket<imapxx::status>>> asked;
  for (const auto& mailbox : c.list())
    if (mailbox.selectable())
      asked.emplace_back(mailbox.name, c.submit(imapxx::status(mailbox.name, imapxx::status_items().messages())));
  for (auto& [name, answer] : asked) {
    const auto numbers = answer.try_wait();  // one mailbox that is refused does not hurt the others
    if (numbers)
      std::printf("%8lu %s\n", static_cast<unsigned long>(numbers->messages.value_or(0)), name.utf8().c_str());
    else
      std::printf("       - %s: %s\n", name.utf8().c_str(), numbers.error().what());
  }
  c.close();
  return 0;
} catch (const imapxx::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
