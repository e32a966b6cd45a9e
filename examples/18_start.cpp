// The newest messages of INBOX, in as few round trips as is safe: first with nothing known of the server, then with
// what the first connection found out.
//   IMAPXX_PASSWORD=secret ./example_18_start mail.example.org ann
#include <imapxx/client.hpp>

#include "arguments.hpp"

#include <cstdio>

int main(int argc, char** argv) try {
  auto a = example::read_arguments(argc, argv);
  const auto plan = imapxx::start_plan().examine("INBOX").fetch_newest(2, imapxx::fetch_items().envelope());
  imapxx::client first(a.where);
  auto found = first.start(a.who, plan);
  std::printf("%u messages\n", found.mailbox->exists);
  for (const auto& row : found.messages)
    if (const auto envelope = row.envelope()) std::printf("  %s\n", envelope->subject.value_or("").c_str());
  first.close();

  // `facts` is a value; keep it where the account is kept. What is wrong in it by then is noticed.
  imapxx::client second(a.where.remember(found.facts));
  found = second.start(a.who, plan);
  std::printf("again: %zu messages%s\n", found.messages.size(), found.repeated ? ", asked for twice" : "");
  second.close();
  return 0;
} catch (const imapxx::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
