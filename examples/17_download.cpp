// Downloads one message into a file. Run it again after an interruption: it goes on where it stopped, on a new
// connection.
//   IMAPXX_PASSWORD=secret ./example_17_download mail.example.org ann 42 message.eml
#include <imapxx/client.hpp>

#include "arguments.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

int main(int argc, char** argv) try {
  auto c = example::log_in(argc, argv, 5, " UID FILE");
  c.examine("INBOX");
  imapxx::download what(static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10)));
  what.to_file(argv[4]).on_progress([](std::uint64_t done, std::optional<std::uint64_t> of) {
    if (of) std::fprintf(stderr, "\r%3u %%", static_cast<unsigned>(*of == 0 ? 100 : 100 * done / *of));
  });
  const auto done = c.download_message(what);
  if (done.restarted != imapxx::download_restart::none)
    std::printf("begun again: %s\n", std::string(to_string(done.restarted)).c_str());
  std::printf("\n%llu octets, %llu of them from an earlier attempt, with %llu commands\n",
              static_cast<unsigned long long>(done.octets), static_cast<unsigned long long>(done.resumed_at),
              static_cast<unsigned long long>(done.commands));
  if (done.size_differs()) std::printf("the server had announced another size\n");
  c.close();
  return 0;
} catch (const imapxx::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
