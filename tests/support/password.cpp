#include "support/password.hpp"

#include <cstdlib>
#include <fstream>

namespace imapxx::test {

std::string password() {
  if (const char* text = std::getenv("IMAPXX_TEST_PASSWORD")) return text;
  std::string out;
  if (const char* file = std::getenv("IMAPXX_TEST_PASSWORD_FILE")) std::getline(std::ifstream(file) >> std::ws, out);
  return out.empty() ? "pass" : out;
}

}  // namespace imapxx::test
