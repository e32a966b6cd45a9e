// The examples that move the bytes themselves, as their reader would run them.
#include <imapxx/testserver/server.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

namespace {

struct outcome {
  int status = -1;
  std::string printed;
};

outcome run(const std::string& line) {
  outcome o;
  std::FILE* out = ::popen(line.c_str(), "r");
  if (out == nullptr) return o;
  for (int c = std::fgetc(out); c != EOF; c = std::fgetc(out)) o.printed += static_cast<char>(c);
  o.status = ::pclose(out);
  return o;
}

TEST(sans_io_example, lists_the_mailboxes_of_the_embedded_server) {
  const char* program = std::getenv("IMAPXX_EXAMPLE_SANS_IO");
  if (program == nullptr) GTEST_SKIP() << "the examples are not built";
  imapxx::testserver::server_options o;
  o.user("joe", "word").mailbox("joe", "Entw\xC3\xBCrfe");
  imapxx::testserver::server server(std::move(o));
  server.start();
  const auto got = run(std::string(program) + " " + std::to_string(server.port()) + " joe word");
  EXPECT_EQ(got.status, 0);
  EXPECT_NE(got.printed.find("INBOX\n"), std::string::npos) << got.printed;
  EXPECT_NE(got.printed.find("Entw\xC3\xBCrfe\n"), std::string::npos) << got.printed;
}

TEST(sans_io_example, counts_the_messages_of_several_users_in_one_epoll_loop) {
  const char* folder = std::getenv("IMAPXX_EXAMPLES");
  if (folder == nullptr) GTEST_SKIP() << "the examples are not built";
  imapxx::testserver::server_options o;
  o.user("joe", "word").user("ann", "drow");
  imapxx::testserver::server server(std::move(o));
  server.append("joe", "INBOX", "Subject: one\n\n");
  server.append("joe", "INBOX", "Subject: two\n\n", "\\Seen");
  server.start();
  const auto line = std::string(folder) + "/example_19_epoll " + std::to_string(server.port());
  const auto got = run(line + " joe word ann drow");
  EXPECT_EQ(got.status, 0);
  EXPECT_NE(got.printed.find("joe: 2 messages, 1 unseen\n"), std::string::npos) << got.printed;
  EXPECT_NE(got.printed.find("ann: 0 messages, 0 unseen\n"), std::string::npos) << got.printed;
  // One that is refused does not keep the other from its answer.
  const auto half = run(line + " joe wrong ann drow 2>/dev/null");
  EXPECT_NE(half.status, 0);
  EXPECT_EQ(half.printed, "ann: 0 messages, 0 unseen\n");
}

}  // namespace
