// Prints every message of INBOX as it stands, with its number.
//   IMAPXX_PASSWORD=secret ./example_07_print_messages mail.example.org ann
#include <imapxx/client.hpp>

#include "arguments.hpp"

#include <cstdio>
#include <string>

int main(int argc, char** argv) try {
  auto c = example::log_in(argc, argv);
  c.examine("INBOX");
  const auto found = c.search(imapxx::search_key::all());
  if (!found.empty()) {
    for (const auto& row : c.fetch(found, imapxx::fetch_items().body_peek())) {
      const auto message = row.section({}).value_or("");
      std::printf("Message %u\n%s\n", row.seq(), message.c_str());
    }
  }
  c.close_mailbox();
  c.close();
  return 0;
} catch (const imapxx::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
