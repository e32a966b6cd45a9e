// What these programs take from their command line: HOST[:PORT] USER, and the password from the environment.
#pragma once

#include <imapxx/client.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace example {

struct arguments {
  imapxx::connect_options where;
  imapxx::credentials who;
};

/// Ends the program when the arguments are wrong.
/// \param wanted how many arguments there must be, \param usage what stands behind HOST USER
inline arguments read_arguments(int argc, char** argv, int wanted = 3, const char* usage = "") {
  const char* password = std::getenv("IMAPXX_PASSWORD");
  if (argc != wanted || password == nullptr) {
    std::fprintf(stderr, "usage: IMAPXX_PASSWORD=... %s HOST[:PORT] USER%s\n", argv[0], usage);
    std::exit(2);
  }
  const std::string host = argv[1];
  const auto colon = host.find(':');
  imapxx::connect_options options(host.substr(0, colon));
  if (colon != std::string::npos)
    options.port(static_cast<std::uint16_t>(std::strtoul(host.c_str() + colon + 1, nullptr, 10)));
  return {options, imapxx::credentials(argv[2], password)};
}

/// A client that is connected with TLS and logged in.
inline imapxx::client log_in(int argc, char** argv, int wanted = 3, const char* usage = "") {
  const auto a = read_arguments(argc, argv, wanted, usage);
  return imapxx::client(a.where, a.who);
}

}  // namespace example
