#include <imapxx/testserver/sample.hpp>

#include "raw_client.hpp"
#include "support/temporary_directory.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

using imapxx::test::temporary_directory;
using imapxx::testserver::load_sample;
using imapxx::testserver::server;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::StartsWith;

namespace {

TEST(testserver_store, loads_eml_files_in_the_order_of_their_names) {
  temporary_directory d;
  d.put("2.eml", "Subject: two\n\nx\n");
  d.put("1.eml", "Date: Thu, 1 Jan 2026 01:00:00 +0100\nSubject: one\n\nx\n");
  d.put("3.txt", "ignored");
  server s(plain_options());
  EXPECT_EQ(s.load_eml("user1", "INBOX", d.path()), 2U);
  auto box = s.snapshot("user1", "INBOX");
  EXPECT_EQ(box.messages()[0].content(), "Date: Thu, 1 Jan 2026 01:00:00 +0100\r\nSubject: one\r\n\r\nx\r\n");
  EXPECT_EQ(box.messages()[0].date(), "01-Jan-2026 00:00:00 +0000");
  EXPECT_EQ(s.load_eml("user1", "INBOX", d.path() / "2.eml"), 1U);
  EXPECT_THROW(s.load_eml("user1", "INBOX", d.path() / "none.eml"), std::runtime_error);
}

TEST(testserver_store, loads_a_maildir_with_flags_and_folders) {
  temporary_directory d;
  d.put("cur/1.host:2,FS", "Subject: a\n\n");
  d.put("new/2.host", "Subject: b\n\n");
  d.put(".Entw&APw-rfe.alt/cur/3.host:2,DT", "Subject: c\n\n");
  server s(plain_options());
  EXPECT_EQ(s.load_maildir("user1", d.path()), 3U);
  EXPECT_THAT(s.snapshot("user1", "INBOX").messages()[0].flags(), ElementsAre("\\Flagged", "\\Seen"));
  EXPECT_THAT(s.snapshot("user1", "Entwürfe/alt").messages()[0].flags(), ElementsAre("\\Deleted", "\\Draft"));
}

TEST(testserver_store, loads_an_mbox) {
  temporary_directory d;
  auto file = d.put("mbox",
                    "From a@x Thu Jan  1 00:00:00 2026\nSubject: one\nStatus: RO\n\n>From here\nbody\n\nFrom b@x Thu "
                    "Jan  1 00:00:00 2026\nSubject: two\n\nlast\n");
  server s(plain_options());
  EXPECT_EQ(s.load_mbox("user1", "INBOX", file), 2U);
  auto box = s.snapshot("user1", "INBOX");
  EXPECT_EQ(box.messages()[0].content(), "Subject: one\r\nStatus: RO\r\n\r\nFrom here\r\nbody\r\n");
  EXPECT_THAT(box.messages()[0].flags(), ElementsAre("\\Seen"));
  EXPECT_EQ(box.messages()[1].content(), "Subject: two\r\n\r\nlast\r\n");
}

TEST(testserver_store, sample_is_the_same_every_time) {
  server s(plain_options());
  load_sample(s, "user1");
  EXPECT_THAT(s.mailboxes("user1"), IsSupersetOf({"INBOX", "Drafts", "Sent", "Entwürfe & Pläne", "日本語"}));
  EXPECT_EQ(s.snapshot("user1", "INBOX").messages().size(), 12U);
  auto c = selected(s);
  EXPECT_THAT(c.data("SEARCH CHARSET UTF-8 SUBJECT \"février\""), ElementsAre("* SEARCH 3"));
  EXPECT_THAT(c.data("SEARCH CHARSET UTF-8 BODY \"Löwenmäulchen\""), ElementsAre("* SEARCH 7"));
  EXPECT_THAT(c.data("FETCH 5 BODY.PEEK[2.HEADER.FIELDS (Subject)]"),
              ElementsAre(HasSubstr("Subject: Delivery of the compost\r\n\r\n")));
  EXPECT_THAT(c.data("LIST \"\" *&*"), Contains(HasSubstr("Entw&APw-rfe &- Pl&AOQ-ne")));
}

TEST(testserver_store, names_that_do_not_exist_throw) {
  server s(plain_options());
  EXPECT_THROW(s.append("nobody", "INBOX", "x"), std::runtime_error);
  EXPECT_THROW(s.append("user1", "nowhere", "x"), std::runtime_error);
  EXPECT_THROW(s.append("user1", "INBOX", "x", "\\Odd"), std::runtime_error);
  EXPECT_THROW(s.append("user1", "INBOX", "x", "", "yesterday"), std::runtime_error);
  EXPECT_THROW(s.expunge("user1", "INBOX", 1), std::runtime_error);
}

int tcp_connect(std::uint16_t port) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  return fd;
}

TEST(testserver_listener, serves_tcp_on_a_free_port) {
  server s(plain_options());
  s.start();
  EXPECT_NE(s.port(), 0);
  raw_client c(tcp_connect(s.port()));
  EXPECT_THAT(c.response(), StartsWith("* OK"));
  server taken(plain_options().port(s.port()));
  EXPECT_THROW(taken.start(), std::system_error);
  s.stop();
  EXPECT_EQ(c.rest(), "");
}

TEST(testserver_listener, starts_and_stops_quickly) {
  auto begin = std::chrono::steady_clock::now();
  constexpr int rounds = 20;
  for (int i = 0; i < rounds; ++i) {
    server s(plain_options());
    s.start();
    raw_client idle(tcp_connect(s.port()));
    idle.response();
    idle.send("a LOGIN user1 pass\r\nb SELECT INBOX\r\nc IDLE\r\n");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(testserver_threads, many_clients_change_one_mailbox) {
  server s(plain_options());
  constexpr int clients = 6;
  constexpr int rounds = 25;
  std::atomic<int> failures{0};
  auto first = selected(s);  // transcript(0) is read below, perhaps before any thread has run
  std::vector<std::jthread> threads;
  for (int i = 0; i < clients; ++i)
    threads.emplace_back([&] {
      auto c = selected(s);
      for (int round = 0; round < rounds; ++round) {
        if (c.status("APPEND INBOX {14+}\r\nSubject: x\r\n\r\n").rfind("OK", 0) != 0) ++failures;
        c.command("STORE 1 +FLAGS.SILENT (\\Deleted)");
        c.command("UID SEARCH TEXT x");
        c.command("FETCH * (ENVELOPE BODYSTRUCTURE BODY[])");
        if (round % 5 == 0) c.command("EXPUNGE");
        if (c.status("NOOP").rfind("OK", 0) != 0) ++failures;
      }
      c.command("CLOSE");
    });
  for (int i = 0; i < rounds; ++i) {
    s.append("user1", "INBOX", "Subject: y\n\n");
    static_cast<void>(s.snapshot("user1", "INBOX"));
    static_cast<void>(s.transcript(0));
  }
  threads.clear();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(s.snapshot("user1", "INBOX").uid_next(), 1U + clients * rounds + rounds);
}

}  // namespace
