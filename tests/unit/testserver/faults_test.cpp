#include <imapxx/testserver/script.hpp>

#include "raw_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

using imapxx::testserver::faults;
using imapxx::testserver::script;
using imapxx::testserver::scripted_server;
using imapxx::testserver::server;
using imapxx::testserver::when;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

namespace {

TEST(testserver_faults, cut_after_ends_at_the_very_octet) {
  server s(plain_options().faults(faults().cut_after(10)));
  raw_client c(s);
  EXPECT_EQ(c.rest(), "* OK [CAPA");
}

TEST(testserver_faults, split_and_delay_keep_the_octets) {
  server s(plain_options().faults(faults().split(7).delay(std::chrono::milliseconds(1))));
  raw_client c(s);
  EXPECT_THAT(c.response(), StartsWith("* OK [CAPABILITY IMAP4rev1"));
  EXPECT_THAT(c.status("NOOP"), StartsWith("OK"));
}

TEST(testserver_faults, stall_after_sends_nothing_more_but_stays) {
  server s(plain_options().faults(faults().stall_after(5)));
  raw_client c(s);
  EXPECT_TRUE(!c.quiet());
  c.send("a NOOP\r\n");
  c.shut_write();
  EXPECT_EQ(c.rest(), "* OK ");
}

TEST(testserver_faults, drop_at_command) {
  server s(plain_options().faults(faults().drop_at_command(2)));
  raw_client c(s);
  c.response();
  EXPECT_THAT(c.status("NOOP"), StartsWith("OK"));
  EXPECT_THAT(c.command("NOOP"), ElementsAre("<closed>"));
}

TEST(testserver_faults, rules_send_before_instead_and_after) {
  server s(plain_options().faults(faults()
                                      .add(when("NOOP").send_before("* 9 EXISTS\r\n").times(1))
                                      .add(when("NOOP").send_instead("$tag NO later\r\n").times(1))
                                      .add(when("CAPABILITY").send_after("* extra\r\n"))));
  raw_client c(s);
  c.response();
  EXPECT_THAT(c.command("NOOP"), ElementsAre("* 9 EXISTS", StartsWith("t1 OK")));
  EXPECT_THAT(c.command("NOOP"), ElementsAre("t2 NO later"));
  EXPECT_THAT(c.command("NOOP"), ElementsAre(StartsWith("t3 OK")));
  EXPECT_THAT(c.status("CAPABILITY"), StartsWith("OK"));
  EXPECT_EQ(c.response(), "* extra");
}

TEST(testserver_faults, lies_about_literals) {
  server s(plain_options().faults(faults().lie_about_literals(2)));
  s.append("user1", "INBOX", "Subject: x\n\nhi\n");
  auto c = selected(s);
  c.send("a FETCH 1 BODY.PEEK[TEXT]\r\n");
  EXPECT_EQ(c.response(), "* 1 FETCH (BODY[TEXT] {6}\r\nhi\r\n)\r\na OK FETCH completed");
}

TEST(testserver_faults, replace_and_greeting) {
  server s(plain_options().faults(faults().greeting("* BYE go away\r\n").replace("away", "home")));
  raw_client c(s);
  EXPECT_EQ(c.response(), "* BYE go home");
}

TEST(testserver_faults, later_connections_may_have_others) {
  server s(plain_options());
  raw_client good(s);
  EXPECT_THAT(good.response(), StartsWith("* OK"));
  s.set_faults(faults().cut_after(0));
  raw_client bad(s);
  EXPECT_EQ(bad.rest(), "");
  s.drop_connections();
  EXPECT_EQ(good.rest(), "");
}

TEST(testserver_script, plays_and_checks) {
  scripted_server s(script()
                        .send("* OK hi\r\n")
                        .exchange("NOOP", "* 1 EXISTS\r\n")
                        .expect_command("APPEND INBOX {3}")
                        .send("+ go\r\n")
                        .expect_octets("abc\r\n")
                        .send("$tag OK\r\n"));
  raw_client c(s.connect_pair());
  EXPECT_EQ(c.response(), "* OK hi");
  EXPECT_THAT(c.command("NOOP"), ElementsAre("* 1 EXISTS", "t1 OK done"));
  EXPECT_THAT(c.command("APPEND INBOX {3}"), ElementsAre("+ go"));
  c.send("abc\r\n");
  EXPECT_EQ(c.response(), "t2 OK");
  EXPECT_TRUE(s.wait_finished());
  EXPECT_THAT(s.errors(), IsEmpty());
  EXPECT_EQ(s.received(0), "t1 NOOP\r\nt2 APPEND INBOX {3}\r\nabc\r\n");
}

TEST(testserver_script, tells_what_the_client_did_differently) {
  scripted_server s(script().send("* OK\r\n").expect_command("NOOP"));
  raw_client c(s.connect_pair());
  c.response();
  c.send("a CHECK\r\n");
  EXPECT_EQ(c.rest(), "");
  EXPECT_TRUE(s.wait_finished());
  EXPECT_THAT(s.errors(), ElementsAre(HasSubstr("expected \"NOOP\" behind a tag, got \"a CHECK\"")));
}

TEST(testserver_script, each_connection_gets_its_own) {
  scripted_server s({script().send("one\r\n"), script().send("two\r\n")});
  EXPECT_EQ(raw_client(s.connect_pair()).rest(), "one\r\n");
  EXPECT_EQ(raw_client(s.connect_pair()).rest(), "two\r\n");
  EXPECT_EQ(raw_client(s.connect_pair()).rest(), "two\r\n");
}

}  // namespace
