#include <imapxx/sasl.hpp>

#include "base/base64.hpp"

#include <gtest/gtest.h>

namespace imapxx {
namespace {

sasl_context at(std::string_view host, unsigned port) {
  sasl_context context;
  context.tls = true;
  context.host = host;
  context.port = port;
  return context;
}

std::unique_ptr<sasl_mechanism> make(std::string_view name, const credentials& who,
                                     const sasl_context& context = at("server.example.com", 143)) {
  return make_mechanism(name, who, context).value();
}

std::string say(sasl_mechanism& mechanism, std::string_view challenge) {
  const auto answer = mechanism.step(challenge);
  return answer ? std::string(answer->expose()) : "error: " + std::string(answer.error().message());
}

TEST(sasl_oauthbearer, rfc7628_section_4_1) {
  const auto m =
      make("OAUTHBEARER", credentials::with_token("user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="));
  EXPECT_TRUE(m->client_first());
  EXPECT_TRUE(m->sends_secret());
  EXPECT_FALSE(m->finish());
  EXPECT_EQ(base::base64_encode(say(*m, "")),
            "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRj"
            "Mk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB");
  EXPECT_TRUE(m->finish());
}

TEST(sasl_oauthbearer, rfc7628_section_4_3_failed_exchange) {
  const auto m = make("OAUTHBEARER", credentials::with_token("user@example.com", "token"));
  say(*m, "");
  const std::string json =
      R"({"status":"invalid_token","scope":"example_scope","openid-configuration":"https://example.com/.well-known/openid-configuration"})";
  EXPECT_EQ(say(*m, json), "\x01");
  EXPECT_EQ(m->server_error(), json);
  EXPECT_EQ(m->finish().error().code(), errc::authentication_failed) << "OK after an error";
  EXPECT_FALSE(m->step("more"));
}

TEST(sasl_oauthbearer, header_fields) {
  EXPECT_EQ(say(*make("OAUTHBEARER", credentials::with_token("", "t"), at("", 0)), ""),
            "n,,\x01"
            "auth=Bearer t\x01\x01");
  EXPECT_EQ(say(*make("OAUTHBEARER", credentials::with_token("a=b,c", "t"), at("h", 993)), ""),
            "n,a=a=3Db=2Cc,\x01host=h\x01port=993\x01"
            "auth=Bearer t\x01\x01");
  EXPECT_EQ(say(*make("OAUTHBEARER", credentials::with_token("me", "t").authorize_as("shared"), at("", 0)), ""),
            "n,a=shared,\x01"
            "auth=Bearer t\x01\x01");
}

TEST(sasl_xoauth2, initial_response) {
  const auto m =
      make("XOAUTH2", credentials::with_token("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"));
  EXPECT_EQ(
      base::base64_encode(say(*m, "")),
      "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0"
      "Q2cBAQ==");
  EXPECT_TRUE(m->finish());
}

TEST(sasl_xoauth2, the_error_gets_an_empty_answer) {
  const auto m = make("XOAUTH2", credentials::with_token("user@example.com", "token"));
  say(*m, "");
  const std::string json = R"({"status":"401","schemes":"bearer","scope":"https://mail.example.com/"})";
  EXPECT_EQ(say(*m, json), "");
  EXPECT_EQ(m->server_error(), json);
  EXPECT_FALSE(m->finish());
}

TEST(sasl_oauth, fields_cannot_be_smuggled_in) {
  for (const char* name : {"XOAUTH2", "OAUTHBEARER"}) {
    for (const credentials& who :
         {credentials::with_token("user\x01"
                                  "auth=Bearer other",
                                  "token"),
          credentials::with_token("us\r\ner", "token"),
          credentials::with_token("user",
                                  "tok\x01"
                                  "en"),
          credentials::with_token("user", "two words"), credentials::with_token("user", "token\r\n"),
          credentials::with_token("user", "t\xc3\xb6ken")}) {
      const auto made = make_mechanism(name, who, at("h", 1));
      ASSERT_FALSE(made) << name;
      EXPECT_EQ(made.error().code(), errc::invalid_argument);
      EXPECT_EQ(std::string(made.error().what()).find("tok"), std::string(made.error().what()).find("token holds"));
    }
  }
}

TEST(sasl_oauth, long_errors_are_cut) {
  const auto m = make("XOAUTH2", credentials::with_token("user@example.com", "token"));
  say(*m, "");
  say(*m, std::string(100000, 'x'));
  EXPECT_EQ(m->server_error().size(), 65536U);
}

TEST(oauth_error_status, shapes_of_several_servers) {
  EXPECT_EQ(oauth_error_status(R"({"status":"400","schemes":"Bearer","scope":"https://mail.example.com/"})"), "400");
  EXPECT_EQ(oauth_error_status(R"({"status":"invalid_token"})"), "invalid_token");
  EXPECT_EQ(oauth_error_status("{\n  \"schemes\" : \"bearer\",\n  \"status\" : \"401\"\n}"), "401");
  EXPECT_EQ(oauth_error_status(R"({"status":401,"schemes":"bearer"})"), "401");
  EXPECT_EQ(oauth_error_status(R"({"schemes":"bearer","scope":"mail","status":"invalid_request"})"), "invalid_request");
}

TEST(oauth_error_status, what_is_none) {
  for (const char* json : {"", "{}", "\"status\"", "{\"status\"}", "{\"status\":", "{\"status\": ", "{\"status\":\"40",
                           "{\"status\":\"a\\u0041\"}", "{\"status\":\"\x1b[31m\"}", "{\"status\":\"a b\"}"}) {
    EXPECT_EQ(oauth_error_status(json), "") << json;
  }
  EXPECT_EQ(oauth_error_status("{\"status\":\"" + std::string(100, 'a') + "\"}"), "");
}

}  // namespace
}  // namespace imapxx
