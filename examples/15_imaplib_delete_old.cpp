// An imaplib script, ported line by line: deletes the mail in a mailbox that arrived before a day.
//   IMAPXX_PASSWORD=secret ./example_15_imaplib_delete_old mail.example.org ann Trash 1-Jan-2026
//
// In Python:
//     M = imaplib.IMAP4_SSL(host, port)
//     M.login(user, password)
//     if M.select(mailbox)[0] != "OK":
//         print("no such mailbox")
//         sys.exit(1)
//     typ, data = M.uid("SEARCH", "BEFORE", day)
//     uids = data[0].split()
//     for uid in uids:
//         M.uid("STORE", uid.decode(), "+FLAGS", "(\\Deleted)")
//     M.expunge()
//     print(len(uids), "deleted")
//     M.close()
//     M.logout()
#include <imapxx/imaplib.hpp>

#include "imaplib_arguments.hpp"

#include <cstdio>
#include <exception>
#include <string>

namespace imaplib = imapxx::imaplib;

int main(int argc, char** argv) try {
  const auto who = example::account_of(argc, argv, 5, " MAILBOX DAY");
  const std::string mailbox = argv[3];
  const std::string day = argv[4];
  imaplib::IMAP4_SSL m(who.host, who.port);
  m.login(who.user, who.password);
  if (m.select(mailbox).typ != "OK") {
    std::fprintf(stderr, "no such mailbox\n");
    return 1;
  }
  auto [typ, data] = m.uid("SEARCH", "BEFORE", day);
  const auto uids = data[0].split();
  for (const auto& uid : uids) m.uid("STORE", uid.decode(), "+FLAGS", "(\\Deleted)");
  m.expunge();
  std::printf("%zu deleted\n", uids.size());
  m.close();
  m.logout();
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
