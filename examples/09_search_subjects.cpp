// Finds the messages of a sender and prints their subjects, decoded, and their dates.
//   IMAPXX_PASSWORD=secret ./example_09_search_subjects mail.example.org ann bob@example.net
#include <imapxx/client.hpp>
#include <imapxx/display.hpp>
#include <imapxx/mime.hpp>

#include "arguments.hpp"

#include <cstdio>

int main(int argc, char** argv) try {
  auto c = example::log_in(argc, argv, 4, " SENDER");
  c.examine("INBOX");
  using imapxx::search_key;
  const auto found = c.uid_search(search_key::from(argv[3]) && !search_key::deleted());
  if (!found.empty()) {
    // Only these fields are fetched, not the messages.
    for (const auto& row : c.fetch(found, imapxx::fetch_items().header_fields("Subject", "Date"))) {
      const auto fields = row.section(imapxx::section::parse("HEADER.FIELDS (Subject Date)")).value_or("");
      const auto headers = imapxx::mime::message(fields).headers();  // a dictionary: any case, decoded
      std::printf("%6u  %s  (%s)\n", row.uid().value_or(0), imapxx::escape_for_display(headers["subject"]).c_str(),
                  imapxx::escape_for_display(headers["DATE"]).c_str());
    }
  }
  c.close();
  return 0;
} catch (const imapxx::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
