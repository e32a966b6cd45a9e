// examples/05_sans_io.cpp, as its reader would run it.
#include <imapxx/testserver/server.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

TEST(sans_io_example, lists_the_mailboxes_of_the_embedded_server) {
  const char* program = std::getenv("IMAPXX_EXAMPLE_SANS_IO");
  if (program == nullptr) GTEST_SKIP() << "the examples are not built";
  imapxx::testserver::server_options o;
  o.user("joe", "word").mailbox("joe", "Entw\xC3\xBCrfe");
  imapxx::testserver::server server(std::move(o));
  server.start();
  const auto line = std::string(program) + " " + std::to_string(server.port()) + " joe word";
  std::FILE* out = ::popen(line.c_str(), "r");
  ASSERT_NE(out, nullptr);
  std::string printed;
  for (int c = std::fgetc(out); c != EOF; c = std::fgetc(out)) printed += static_cast<char>(c);
  EXPECT_EQ(::pclose(out), 0);
  EXPECT_NE(printed.find("INBOX\n"), std::string::npos) << printed;
  EXPECT_NE(printed.find("Entw\xC3\xBCrfe\n"), std::string::npos) << printed;
}
