// Fetches the attachments of one message, and nothing else of it: BODYSTRUCTURE says where they are, and each is
// decoded while it comes.
//   IMAPXX_PASSWORD=secret ./example_12_one_part mail.example.org ann 42
#include <imapxx/client.hpp>
#include <imapxx/display.hpp>
#include <imapxx/mime.hpp>

#include "arguments.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

int main(int argc, char** argv) try {
  auto c = example::log_in(argc, argv, 4, " UID");
  c.examine("INBOX");
  const imapxx::uid_set uid(static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10)));
  for (const auto& row : c.fetch(uid, imapxx::fetch_items().bodystructure())) {
    const auto structure = row.bodystructure();
    if (!structure) continue;
    for (const auto& part : imapxx::walk(*structure))
      std::printf("%-6s %s/%s\n", part.number.c_str(), imapxx::escape_for_display(part.part->type).c_str(),
                  imapxx::escape_for_display(part.part->subtype).c_str());
    for (const auto& a : imapxx::mime::attachments(*structure)) {
      const auto name = imapxx::mime::filename(a);  // safe in any directory
      const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
      if (file < 0) {
        std::perror(name.c_str());
        continue;
      }
      imapxx::fetch command(uid, imapxx::fetch_items().body_peek(a.number));
      command.to(imapxx::mime::sink_decoding(imapxx::sink_to_fd(file), a.part->encoding));
      c.run(std::move(command));
      ::close(file);
      std::printf("saved %s\n", name.c_str());
    }
  }
  c.close();
  return 0;
} catch (const imapxx::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
