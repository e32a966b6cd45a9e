// What the first program of a user does: include a header, call the library.
#include <imapxx/version.hpp>

#include <cstdio>

int main() {
  std::printf("headers %d, library %s\n", IMAPXX_VERSION, imapxx::version_string());
  return imapxx::version_number() == IMAPXX_VERSION ? 0 : 1;
}
