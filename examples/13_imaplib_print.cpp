// The imaplib facade: logs in, opens INBOX, prints every message with its number. Reading this way sets \Seen.
//   IMAPXX_PASSWORD=secret ./example_13_imaplib_print mail.example.org ann
#include <imapxx/imaplib.hpp>

#include "imaplib_arguments.hpp"

#include <cstdio>
#include <exception>

namespace imaplib = imapxx::imaplib;
using imaplib::None;

int main(int argc, char** argv) try {
  const auto who = example::account_of(argc, argv);
  imaplib::IMAP4_SSL m(who.host, who.port);
  m.login(who.user, who.password);
  m.select();
  const auto [typ, data] = m.search(None, "ALL");
  for (const auto& num : data[0].split()) {
    const auto message = m.fetch(num, "(RFC822)").data;
    std::printf("Message %s\n%s\n\n", num.c_str(), message[0][1].c_str());
  }
  m.close();
  m.logout();
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
