/// \file
/// Files of server responses with the values they must give (format: tests/fixtures/README.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace imapxx::test {

/// Some octets of a server, what they must be read as, and which tolerances that takes.
struct fixture_block {
  std::size_t line = 0;  ///< in the file
  std::string bytes;
  std::vector<std::string> expected;    ///< `dump` of each response
  std::vector<std::string> leniencies;  ///< "G-03:1"
};

struct fixture {
  std::string path;  ///< below tests/fixtures
  bool utf8 = false;
  std::vector<fixture_block> blocks;
};

/// \throws std::runtime_error for a file that is not there or breaks the format
[[nodiscard]] fixture load_fixture(std::string_view path);
/// The paths of all fixtures in a directory below tests/fixtures, sorted.
[[nodiscard]] std::vector<std::string> list_fixtures(std::string_view directory);

}  // namespace imapxx::test
