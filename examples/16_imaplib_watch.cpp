// An imaplib script, ported line by line: watches INBOX and prints the subject of what arrives, until COUNT have come.
//   IMAPXX_PASSWORD=secret ./example_16_imaplib_watch mail.example.org ann 10
//
// In Python:
//     with imaplib.IMAP4_SSL(host, port) as M:
//         M.login(user, password)
//         M.select("INBOX", readonly=True)
//         uids = M.uid("SEARCH", "ALL")[1][0].split()
//         next = int(uids[-1]) + 1 if uids else 1
//         print("watching", flush=True)
//         while left > 0:
//             with M.idle(28 * 60) as idler:
//                 for typ, data in idler:
//                     if typ == "EXISTS": break
//             all = f"{next}:*"
//             typ, found = M.uid("SEARCH", "UID", all)
//             for uid in found[0].split():
//                 if int(uid) < next or left == 0: continue
//                 next = int(uid) + 1
//                 left -= 1
//                 typ, got = M.uid("FETCH", uid.decode(),
//                     "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
//                 print(email.message_from_bytes(got[0][1],
//                     policy=email.policy.default)["Subject"])
#include <imapxx/imaplib.hpp>
#include <imapxx/mime.hpp>

#include "imaplib_arguments.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

namespace imaplib = imapxx::imaplib;

int main(int argc, char** argv) try {
  const auto who = example::account_of(argc, argv, 4, " COUNT");
  auto left = std::strtoul(argv[3], nullptr, 10);
  imaplib::IMAP4_SSL m(who.host, who.port);
  const imaplib::with scope(m);
  m.login(who.user, who.password);
  m.select("INBOX", true);
  const auto uids = m.uid("SEARCH", "ALL").data[0].split();
  auto next = uids.empty() ? 1 : std::stoul(uids.back()) + 1;
  std::puts("watching");
  std::fflush(stdout);
  while (left > 0) {
    {
      auto idler = m.idle(std::chrono::minutes(28));
      for (const auto& [typ, data] : idler)
        if (typ == "EXISTS") break;
    }
    const auto all = std::to_string(next) + ":*";
    const auto found = m.uid("SEARCH", "UID", all).data;
    for (const auto& uid : found[0].split()) {
      if (std::stoul(uid) < next || left == 0) continue;
      next = std::stoul(uid) + 1;
      --left;
      const auto got = m.uid("FETCH", uid.decode(), "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])").data;
      std::puts(imapxx::mime::message(got[0][1]).subject().c_str());
      std::fflush(stdout);
    }
  }
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
