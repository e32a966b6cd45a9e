// Marks all messages of a mailbox as deleted and removes them.
//   IMAPXX_PASSWORD=secret ./example_08_delete_all mail.example.org ann Junk
#include <imapxx/client.hpp>

#include "arguments.hpp"

#include <cstdio>

int main(int argc, char** argv) try {
  auto c = example::log_in(argc, argv, 4, " MAILBOX");
  if (c.select(argv[3]).exists > 0) {
    // One command for all of them, by UID: what arrives meanwhile stays.
    const auto found = c.uid_search(imapxx::search_key::all());
    c.store(found, imapxx::store_mode::add, imapxx::flag_list(imapxx::flags::deleted));
    const auto removed = c.expunge();
    std::printf("%zu messages removed\n",
                removed.sequence_numbers.size() + static_cast<std::size_t>(removed.vanished.size()));
  }
  std::printf("%u messages left\n", c.mailbox().exists);
  c.close_mailbox();
  c.close();
  return 0;
} catch (const imapxx::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
