#include "raw_client.hpp"
#include "text.hpp"

#include <gmock/gmock.h>
#include <gsasl.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

using imapxx::testserver::server;
using imapxx::testserver::detail::base64_decode;
using imapxx::testserver::detail::base64_encode;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

/// Plays the client's side of `mechanism` with libgsasl; returns the last response.
std::string authenticate(raw_client& c, const char* mechanism, const char* user, const char* password) {
  Gsasl* context = nullptr;
  Gsasl_session* session = nullptr;
  EXPECT_EQ(gsasl_init(&context), GSASL_OK);
  EXPECT_EQ(gsasl_client_start(context, mechanism, &session), GSASL_OK);
  gsasl_property_set(session, GSASL_AUTHID, user);
  gsasl_property_set(session, GSASL_PASSWORD, password);
  c.send(std::string("s AUTHENTICATE ") + mechanism + "\r\n");
  auto line = c.response();
  while (line.rfind("+ ", 0) == 0) {
    auto challenge = base64_decode(line.substr(2)).value_or("");
    char* data = nullptr;
    std::size_t size = 0;
    int r = gsasl_step(session, challenge.data(), challenge.size(), &data, &size);
    if (r != GSASL_OK && r != GSASL_NEEDS_MORE) {
      c.send("*\r\n");
    } else {
      c.send(base64_encode(std::string_view(data == nullptr ? "" : data, size)) + "\r\n");
      gsasl_free(data);
    }
    line = c.response();
  }
  gsasl_finish(session);
  gsasl_done(context);
  return line;
}

class mechanism_test : public testing::TestWithParam<const char*> {};

TEST_P(mechanism_test, accepts_the_right_password_only) {
  server s(plain_options());
  raw_client c(s);
  c.response();
  EXPECT_THAT(authenticate(c, GetParam(), "user1", "wrong"), StartsWith("s NO [AUTHENTICATIONFAILED]"));
  EXPECT_THAT(authenticate(c, GetParam(), "nobody", "pass"), StartsWith("s NO [AUTHENTICATIONFAILED]"));
  EXPECT_THAT(authenticate(c, GetParam(), "user1", "pass"), StartsWith("s OK"));
  EXPECT_EQ(s.authenticated(0), std::string(GetParam()) + " user1");
  EXPECT_THAT(c.status("SELECT INBOX"), StartsWith("OK"));
}

INSTANTIATE_TEST_SUITE_P(all, mechanism_test,
                         testing::Values("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"));

TEST(testserver_auth, initial_response) {
  server s(plain_options());
  raw_client c(s);
  c.response();
  EXPECT_THAT(c.status("AUTHENTICATE PLAIN " + base64_encode(std::string("\0user1\0pass", 11))), StartsWith("OK"));
  server without(plain_options().remove_capability("SASL-IR").remove_capability("IMAP4rev2"));
  raw_client d(without);
  d.response();
  EXPECT_THAT(d.status("AUTHENTICATE PLAIN AHVzZXIxAHBhc3M="), StartsWith("BAD"));
}

TEST(testserver_auth, cancelled_and_garbled_dialogues) {
  server s(plain_options());
  raw_client c(s);
  c.response();
  c.send("a AUTHENTICATE PLAIN\r\n");
  EXPECT_EQ(c.response(), "+ ");
  c.send("*\r\n");
  EXPECT_THAT(c.response(), StartsWith("a BAD"));
  c.send("b AUTHENTICATE CRAM-MD5\r\n");
  EXPECT_THAT(c.response(), StartsWith("+ "));
  c.send("!!!!\r\n");
  EXPECT_THAT(c.response(), StartsWith("b BAD"));
  EXPECT_THAT(c.status("AUTHENTICATE UNKNOWN"), StartsWith("NO"));
}

TEST(testserver_auth, bearer_tokens) {
  server s(plain_options().token("user1", "secret-token"));
  raw_client c(s);
  c.response();
  c.send("a AUTHENTICATE XOAUTH2 " +
         base64_encode("user=user1\x01"
                       "auth=Bearer bad\x01\x01") +
         "\r\n");
  auto challenge = c.response();
  EXPECT_THAT(base64_decode(challenge.substr(2)).value_or(""), HasSubstr("\"status\":\"401\""));
  c.send("\r\n");
  EXPECT_THAT(c.response(), StartsWith("a NO [AUTHENTICATIONFAILED]"));
  EXPECT_THAT(c.status("AUTHENTICATE XOAUTH2 " + base64_encode("user=user1\x01"
                                                               "auth=Bearer secret-token\x01\x01")),
              StartsWith("OK"));
  raw_client d(s);
  d.response();
  EXPECT_THAT(d.status("AUTHENTICATE OAUTHBEARER " + base64_encode("n,a=user1,\x01host=localhost\x01port=143\x01"
                                                                   "auth=Bearer secret-token\x01\x01")),
              StartsWith("OK"));
}

TEST(testserver_auth, login_disabled_without_tls) {
  server s(plain_options().login_disabled());
  raw_client c(s);
  EXPECT_THAT(c.response(), HasSubstr(" LOGINDISABLED"));
  EXPECT_THAT(c.status("LOGIN user1 pass"), StartsWith("NO [PRIVACYREQUIRED]"));
  EXPECT_THAT(c.status("AUTHENTICATE PLAIN AHVzZXIxAHBhc3M="), StartsWith("NO [PRIVACYREQUIRED]"));
}

TEST(testserver_auth, nobody_acts_for_somebody_else) {
  server s(plain_options());
  raw_client c(s);
  c.response();
  EXPECT_THAT(c.status("AUTHENTICATE PLAIN " + base64_encode(std::string("user2\0user1\0pass", 16))),
              StartsWith("NO [AUTHENTICATIONFAILED]"));
}

}  // namespace
