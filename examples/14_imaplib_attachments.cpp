// An imaplib script, ported line by line: saves all attachments that a sender sent, in the current directory.
//   IMAPXX_PASSWORD=secret ./example_14_imaplib_attachments mail.example.org ann bob@example.net
//
// In Python:
//     with imaplib.IMAP4_SSL(host, port) as M:
//         M.login(user, password)
//         M.select("INBOX", readonly=True)
//         typ, data = M.search(None, "FROM", f'"{sender}"')
//         for num in data[0].split():
//             typ, got = M.fetch(num, "(BODY.PEEK[])")
//             message = email.message_from_bytes(got[0][1])
//             for part in message.walk():
//                 name = part.get_filename()
//                 if not name: continue
//                 open(name, "wb").write(part.get_payload(decode=True))
//                 print(f"{num.decode()}: {name}")
#include <imapxx/imaplib.hpp>
#include <imapxx/mime.hpp>

#include "imaplib_arguments.hpp"

#include <cstdio>
#include <exception>
#include <fstream>
#include <string>

namespace imaplib = imapxx::imaplib;
using imaplib::None;

int main(int argc, char** argv) try {
  const auto who = example::account_of(argc, argv, 4, " SENDER");
  const std::string sender = argv[3];
  imaplib::IMAP4_SSL m(who.host, who.port);
  const imaplib::with scope(m);
  m.login(who.user, who.password);
  m.select("INBOX", true);
  auto [typ, data] = m.search(None, "FROM", '"' + sender + '"');
  for (const auto& num : data[0].split()) {
    const auto got = m.fetch(num, "(BODY.PEEK[])").data;
    const imapxx::mime::message message(got[0][1]);
    for (const auto& part : message.walk()) {
      if (!part.raw_filename()) continue;
      const auto name = part.filename();  // without folders: what the sender wrote is no path of ours
      std::ofstream(name, std::ios::binary) << part.content();
      std::printf("%s: %s\n", num.c_str(), name.c_str());
    }
  }
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
