// Reads a message from standard input and shows what is inside: its header as a dictionary, its parts in order.
//   ./example_10_walk_parts < message.eml
#include <imapxx/display.hpp>
#include <imapxx/mime.hpp>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

int main() {
  imapxx::mime::message_parser parser;
  for (int c = std::fgetc(stdin); c != EOF; c = std::fgetc(stdin)) {
    const char octet = static_cast<char>(c);
    parser.feed({&octet, 1});  // in pieces of any size, as they come
  }
  const auto message = parser.finish();

  std::map<std::string, std::vector<std::string>> dictionary;
  for (const auto& field : message.headers()) dictionary[std::string(field.name())].push_back(field.text());
  for (const auto& [name, values] : dictionary)
    for (const auto& value : values) std::printf("%s = %s\n", name.c_str(), imapxx::escape_for_display(value).c_str());

  for (const auto& part : message.walk()) {
    const auto name = part.raw_filename() ? "  " + part.filename() : std::string();
    std::printf("%*s%s%s\n", static_cast<int>(2 * part.depth()), "",
                imapxx::escape_for_display(part.content_type().essence()).c_str(), name.c_str());
  }
  return 0;
}
