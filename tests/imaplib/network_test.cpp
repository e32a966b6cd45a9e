// The facade over real sockets, TLS and pipes, against the embedded server.
#include <imapxx/imaplib.hpp>
#include <imapxx/testserver/script.hpp>
#include <imapxx/testserver/server.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace imapxx::test {
namespace {

using imaplib::bytes;
using imaplib::None;
using imaplib::settings;
using testserver::server;
using testserver::server_options;
using testserver::tls_mode;

constexpr std::string_view here = "127.0.0.1";
const std::string message = "From: a@example.org\r\nSubject: one\r\n\r\nfirst\r\n";

server_options with_user(tls_mode mode = tls_mode::plain) {
  return server_options().user("user1", "pass").security(mode);
}

settings trusting(const server& s) { return settings().tls(tls_options().ca_pem(s.ca_pem())); }

void read_everything(imaplib::IMAP4& m) {
  m.login("user1", "pass");
  EXPECT_EQ(m.select().data.front().decode(), "1");
  const auto [typ, numbers] = m.search(None, "ALL");
  ASSERT_EQ(typ, "OK");
  for (const auto& number : numbers.front().split()) {
    const auto [fetched, data] = m.fetch(number, "(RFC822)");
    EXPECT_EQ(data.front()[1], message);
  }
  EXPECT_EQ(m.close().typ, "OK");
  EXPECT_EQ(m.logout().typ, "BYE");
}

TEST(facade_network, plain) {
  server s(with_user());
  s.start();
  s.append("user1", "INBOX", message);
  imaplib::IMAP4 m(here, s.port(), std::chrono::seconds(20));
  EXPECT_GE(m.socket(), 0);
  read_everything(m);
  EXPECT_EQ(m.socket(), -1);
}

TEST(facade_network, tls) {
  server s(with_user(tls_mode::implicit));
  s.start();
  s.append("user1", "INBOX", message);
  imaplib::IMAP4_SSL m(here, s.port(), std::chrono::seconds(20), trusting(s));
  EXPECT_TRUE(m.tls());
  EXPECT_THROW(m.starttls(), imaplib::abort);
  read_everything(m);
}

TEST(facade_network, tls_is_verified_by_default) {
  server s(with_user(tls_mode::implicit));
  s.start();
  try {
    imaplib::IMAP4_SSL m(here, s.port(), std::chrono::seconds(20));
    FAIL() << "an unknown authority was accepted";
  } catch (const imapxx::error& e) {
    EXPECT_EQ(e.code(), errc::tls_certificate);
  }
  EXPECT_THROW(imaplib::IMAP4_SSL("", s.port()), std::invalid_argument);
}

TEST(facade_network, starttls) {
  server s(with_user(tls_mode::starttls));
  s.start();
  s.append("user1", "INBOX", message);
  imaplib::IMAP4 m(here, s.port(), std::chrono::seconds(20), trusting(s));
  EXPECT_EQ(m.starttls().repr(), "('OK', [None])");
  EXPECT_TRUE(m.tls());
  read_everything(m);
}

TEST(facade_network, octets_behind_the_answer_to_starttls_are_no_part_of_the_session) {
  testserver::script steps;
  steps.send("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n").expect_command("STARTTLS");
  steps.send("$tag OK go\r\n* CAPABILITY IMAP4rev1 INJECTED\r\n").stall();
  testserver::scripted_server s(steps);
  s.start();
  imaplib::IMAP4 m(here, s.port(), std::chrono::seconds(20));
  EXPECT_THROW(m.starttls(), imaplib::abort);
  EXPECT_FALSE(m.tls());
}

TEST(facade_network, timeout_leaves_the_connection_usable) {
  testserver::script steps;
  steps.send("* PREAUTH hi\r\n").expect_command("CAPABILITY").send("* CAPABILITY IMAP4rev1\r\n$tag OK\r\n");
  steps.expect_command("NOOP").send("* 3 EXI").pause(std::chrono::milliseconds(600)).send("STS\r\n$tag OK\r\n");
  steps.exchange("CHECK2");
  testserver::scripted_server s(steps);
  s.start();
  imaplib::IMAP4 m(here, s.port(), std::chrono::milliseconds(200));
  try {
    m.noop();
    FAIL() << "no timeout";
  } catch (const imapxx::error& e) {
    EXPECT_EQ(e.code(), errc::timeout);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  EXPECT_EQ(m.xatom("check2").typ, "OK");
  EXPECT_EQ(m.untagged_responses().at("EXISTS").front().decode(), "3");
  ASSERT_EQ(m.tagged_commands().size(), 1U) << "the reply that came too late";
  EXPECT_EQ(m.tagged_commands().begin()->second->typ, "OK");
  EXPECT_THROW(imaplib::IMAP4(here, s.port(), std::chrono::seconds(0)), std::invalid_argument);
}

TEST(facade_network, idle_ends_after_its_duration) {
  server s(with_user());
  s.start();
  imaplib::IMAP4 m(here, s.port(), std::chrono::seconds(20));
  m.login("user1", "pass");
  m.select();
  {
    auto idler = m.idle(std::chrono::milliseconds(300));
    s.append("user1", "INBOX", message);
    std::vector<std::string> seen;
    for (const auto& [typ, data] : idler) seen.push_back(typ + " " + data.front().decode());
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen.front(), "EXISTS 1");
  }
  EXPECT_EQ(m.state(), "SELECTED");
  EXPECT_EQ(m.noop().typ, "OK");
}

TEST(facade_network, idle_burst) {
  server s(with_user());
  s.start();
  imaplib::IMAP4 m(here, s.port(), std::chrono::seconds(20));
  const imaplib::with scope(m);
  m.login("user1", "pass");
  m.select();
  auto idler = m.idle(std::chrono::seconds(20));
  for (int i = 0; i < 3; ++i) s.append("user1", "INBOX", message);
  // The server may tell of several arrivals at once.
  std::string last;
  for (int i = 0; i < 3 && last != "3"; ++i) {
    for (const auto& [typ, data] : idler.burst(std::chrono::milliseconds(300))) {
      if (typ == "EXISTS") last = data.front().decode();
    }
  }
  EXPECT_EQ(last, "3");
  idler.done();
}

TEST(facade_network, command_on_standard_input) {
  imaplib::IMAP4_stream m(
      "printf '* PREAUTH hi\\r\\n'; read -r t c; printf '* CAPABILITY IMAP4rev1\\r\\n%s OK\\r\\n' \"$t\"; "
      "read -r t c; printf '* BYE\\r\\n%s OK\\r\\n' \"$t\"");
  EXPECT_EQ(m.state(), "AUTH");
  EXPECT_EQ(m.host(), "");
  EXPECT_EQ(m.logout().typ, "BYE");
}

TEST(facade_network, a_line_without_end_is_refused) {
  testserver::script steps;
  steps.send("* OK " + std::string(1'000'001, 'x') + "\r\n").stall();
  testserver::scripted_server s(steps);
  s.start();
  try {
    imaplib::IMAP4 m(here, s.port(), std::chrono::seconds(20));
    FAIL();
  } catch (const imaplib::error& e) {
    EXPECT_NE(std::string(e.what()).find("got more than 1000000 bytes"), std::string::npos) << e.what();
  }
}

TEST(facade_network, cram_md5) {
  // RFC 2195 section 2.
  testserver::script steps;
  steps.send("* OK [CAPABILITY IMAP4rev1] hi\r\n").expect_command("AUTHENTICATE CRAM-MD5");
  steps.send("+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\r\n");
  steps.expect("dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw").send("$tag OK\r\n");
  steps.exchange("CAPABILITY", "* CAPABILITY IMAP4rev1\r\n");
  testserver::scripted_server s(steps);
  s.start();
  imaplib::IMAP4 m(here, s.port(), std::chrono::seconds(20));
  EXPECT_EQ(m.login_cram_md5("tim", "tanstaaftanstaaf").typ, "OK");
  EXPECT_EQ(m.state(), "AUTH");
  EXPECT_TRUE(s.errors().empty());
}

}  // namespace
}  // namespace imapxx::test
