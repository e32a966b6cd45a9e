// What the programs on the imaplib facade take from their command line: HOST[:PORT] USER, the password from the
// environment.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace example {

struct account {
  std::string host;
  std::uint16_t port = 993;
  std::string user;
  std::string password;
};

/// Ends the program when the arguments are wrong.
/// \param wanted how many arguments there must be, \param usage what stands behind HOST USER
inline account account_of(int argc, char** argv, int wanted = 3, const char* usage = "") {
  const char* password = std::getenv("IMAPXX_PASSWORD");
  if (argc != wanted || password == nullptr) {
    std::fprintf(stderr, "usage: IMAPXX_PASSWORD=... %s HOST[:PORT] USER%s\n", argv[0], usage);
    std::exit(2);
  }
  account a;
  a.host = argv[1];
  if (const auto colon = a.host.find(':'); colon != std::string::npos) {
    a.port = static_cast<std::uint16_t>(std::strtoul(a.host.c_str() + colon + 1, nullptr, 10));
    a.host.resize(colon);
  }
  a.user = argv[2];
  a.password = password;
  return a;
}

}  // namespace example
