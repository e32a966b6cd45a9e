#include "url.hpp"

#include "exit_code.hpp"

#include <gtest/gtest.h>

using namespace imapxx::cli;

namespace {

TEST(url, all_parts) {
  const auto u = parse_url("imaps://ann@mail.example.org:9930/Lists/dev");
  EXPECT_TRUE(u.tls);
  EXPECT_EQ(u.user, "ann");
  EXPECT_EQ(u.host, "mail.example.org");
  EXPECT_EQ(u.port, 9930);
  EXPECT_EQ(u.mailbox, "Lists/dev");
}

TEST(url, scheme_without_regard_to_case_and_no_mailbox) {
  for (const char* text : {"IMAP://mail.example.org", "imap://mail.example.org/"}) {
    const auto u = parse_url(text);
    EXPECT_FALSE(u.tls);
    EXPECT_EQ(u.port, 0);
    EXPECT_EQ(u.mailbox, "");
    EXPECT_EQ(u.user, "");
  }
}

TEST(url, percent_encoding) {
  const auto u = parse_url("imaps://user%40example.net@host/Entw%C3%BCrfe%20%25%2F1");
  EXPECT_EQ(u.user, "user@example.net");
  EXPECT_EQ(u.mailbox, "Entw\xC3\xBCrfe %/1");
}

TEST(url, last_at_divides_user_and_host) {
  const auto u = parse_url("imaps://user@example.net@host/");
  EXPECT_EQ(u.user, "user@example.net");
  EXPECT_EQ(u.host, "host");
}

TEST(url, ipv6_in_brackets) {
  EXPECT_EQ(parse_url("imaps://ann@[::1]:9930/INBOX").host, "::1");
  EXPECT_EQ(parse_url("imaps://ann@[::1]:9930/INBOX").port, 9930);
  EXPECT_EQ(parse_url("imaps://[2001:db8::1]").host, "2001:db8::1");
  EXPECT_EQ(parse_url("imaps://[fe80::1%25eth0]").host, "fe80::1%eth0");
  EXPECT_EQ(parse_url("imaps://[::1]:9930/INBOX").address(), "[::1]:9930");
}

TEST(url, parameters_of_rfc_5092) {
  const auto u = parse_url("imap://ann;AUTH=SCRAM-SHA-256@host/INBOX;UIDVALIDITY=405/;UID=1:5,9");
  EXPECT_EQ(u.user, "ann");
  EXPECT_EQ(u.mechanism, "SCRAM-SHA-256");
  EXPECT_EQ(u.mailbox, "INBOX");
  EXPECT_EQ(u.uidvalidity, 405U);
  EXPECT_EQ(u.uids, "1:5,9");
  EXPECT_EQ(parse_url("imap://ann;AUTH=*@host/").mechanism, "");
  EXPECT_EQ(parse_url("imap://host/INBOX;uid=7").uids, "7");
}

TEST(url, refused) {
  for (const char* text :
       {"mail.example.org", "http://host/", "imaps://", "imaps:///INBOX", "imaps://ann:secret@host/", "imaps://host:0/",
        "imaps://host:65536/", "imaps://host:x/", "imaps://::1/", "imaps://[::1/", "imaps://[::1]x/",
        "imaps://host/%zz", "imaps://host/%4", "imaps://host/a%0D%0Ab", "imaps://host/a%00", "imaps://host/a;b=c"}) {
    try {
      (void)parse_url(text);
      ADD_FAILURE() << text;
    } catch (const failure& f) {
      EXPECT_EQ(f.code(), exit_code::usage) << text;
    }
  }
}

TEST(url, a_password_is_not_repeated_in_the_message) {
  try {
    (void)parse_url("imaps://ann:hunter2@host/");
    FAIL();
  } catch (const failure& f) {
    EXPECT_EQ(std::string(f.what()).find("hunter2"), std::string::npos);
  }
}

TEST(url, written_urls_read_back) {
  imap_url u;
  u.tls = true;
  u.user = "user@example.net";
  u.host = "::1";
  u.port = 993;
  u.mailbox = "A b/%;c";
  const auto again = parse_url(to_string(u));
  EXPECT_EQ(again.user, u.user);
  EXPECT_EQ(again.host, u.host);
  EXPECT_EQ(again.mailbox, u.mailbox);
}

}  // namespace
