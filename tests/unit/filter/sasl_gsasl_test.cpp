#include <imapxx/sasl.hpp>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace imapxx {
namespace {

sasl_context with_tls() {
  sasl_context context;
  context.tls = true;
  return context;
}

std::unique_ptr<sasl_mechanism> make(std::string_view name, const credentials& who) {
  return make_mechanism(name, who, with_tls()).value();
}

std::string say(sasl_mechanism& mechanism, std::string_view challenge) {
  const auto answer = mechanism.step(challenge);
  return answer ? std::string(answer->expose()) : "error: " + std::string(answer.error().message());
}

using namespace std::string_literals;

TEST(sasl_plain, rfc4616_section_4) {
  const auto m = make("PLAIN", credentials("tim", "tanstaaftanstaaf"));
  EXPECT_TRUE(m->client_first());
  EXPECT_TRUE(m->sends_secret());
  EXPECT_FALSE(m->finish()) << "OK before a word was said";
  EXPECT_EQ(say(*m, ""), "\0tim\0tanstaaftanstaaf"s);
  EXPECT_TRUE(m->finish());

  const auto other = make("PLAIN", credentials("Kurt", "xipj3plmq").authorize_as("Ursel"));
  EXPECT_EQ(say(*other, ""), "Ursel\0Kurt\0xipj3plmq"s);
}

TEST(sasl_plain, octets_are_sent_as_they_are) {
  const auto m = make("PLAIN", credentials("J\xc3\xbcrgen", "\xe2\x85\xa8 \xc2\xad\xf0\x9f\x94\x91\xff"));
  EXPECT_EQ(say(*m, ""), "\0J\xc3\xbcrgen\0\xe2\x85\xa8 \xc2\xad\xf0\x9f\x94\x91\xff"s);
}

TEST(sasl_plain, a_second_challenge_is_an_error) {
  const auto m = make("PLAIN", credentials("tim", "secret"));
  say(*m, "");
  const auto answer = m->step("what else?");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), errc::authentication_failed);
}

TEST(sasl_login, user_then_password) {
  const auto m = make("LOGIN", credentials("tim", "secret"));
  EXPECT_FALSE(m->client_first());
  EXPECT_TRUE(m->sends_secret());
  EXPECT_EQ(say(*m, "User Name\0"s), "tim");
  EXPECT_FALSE(m->finish()) << "OK without a password";
  EXPECT_EQ(say(*m, "Password\0"s), "secret");
  EXPECT_TRUE(m->finish());
  EXPECT_FALSE(m->step("Again:"));
  EXPECT_FALSE(m->finish()) << "OK after a question that was not answered";
}

TEST(sasl_cram_md5, rfc2195_section_2) {
  const auto m = make("CRAM-MD5", credentials("tim", "tanstaaftanstaaf"));
  EXPECT_FALSE(m->client_first());
  EXPECT_FALSE(m->sends_secret());
  EXPECT_FALSE(m->finish()) << "OK without a challenge";
  EXPECT_EQ(say(*m, "<1896.697170952@postoffice.reston.mci.net>"), "tim b913a602c7eda7a495b4e6e7334d3890");
  EXPECT_TRUE(m->finish());
}

TEST(sasl_cram_md5, secrets_longer_than_a_block) {
  for (const std::size_t size : {63U, 64U, 65U, 80U}) {
    const std::string key(size, 'k');
    const std::string challenge = "<1@example.org>";
    std::array<unsigned char, 16> digest{};
    unsigned n = 0;
    HMAC(EVP_md5(), key.data(), static_cast<int>(size), reinterpret_cast<const unsigned char*>(challenge.data()),
         challenge.size(), digest.data(), &n);
    std::string expected = "u ";
    for (const unsigned char octet : digest) {
      expected.push_back("0123456789abcdef"[octet >> 4U]);
      expected.push_back("0123456789abcdef"[octet & 15U]);
    }
    EXPECT_EQ(say(*make("CRAM-MD5", credentials("u", key)), challenge), expected) << size;
  }
}

TEST(sasl_cram_md5, bad_challenges) {
  EXPECT_FALSE(make("CRAM-MD5", credentials("tim", "secret"))->step(""));
  const auto longer = make("CRAM-MD5", credentials("tim", "secret"))->step(std::string(70000, 'x'));
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().limit_name(), "continuation_octets");
}

TEST(sasl_external, identities) {
  EXPECT_EQ(say(*make("EXTERNAL", credentials()), ""), "");
  EXPECT_EQ(say(*make("EXTERNAL", credentials("tim", {})), ""), "tim");
  EXPECT_EQ(say(*make("EXTERNAL", credentials("tim", {}).authorize_as("admin")), ""), "admin");
  const auto m = make("EXTERNAL", credentials());
  EXPECT_TRUE(m->client_first());
  EXPECT_FALSE(m->sends_secret());
  EXPECT_FALSE(m->finish());
  say(*m, "");
  EXPECT_TRUE(m->finish());
}

TEST(sasl_anonymous, rfc4505_section_4) {
  EXPECT_EQ(say(*make("ANONYMOUS", credentials("sirhc", {})), ""), "sirhc");
  EXPECT_EQ(say(*make("ANONYMOUS", credentials()), ""), "");
}

TEST(make_mechanism, what_is_missing) {
  const sasl_context context = with_tls();
  const auto code = [&](std::string_view name, const credentials& who) {
    return make_mechanism(name, who, context).error().code();
  };
  for (const char* name : {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"}) {
    EXPECT_EQ(code(name, credentials("user", {})), errc::no_mechanism) << name;
    EXPECT_EQ(code(name, credentials({}, "secret")), errc::no_mechanism) << name;
    EXPECT_EQ(code(name, credentials::with_token("user", "token")), errc::no_mechanism) << name;
    EXPECT_EQ(code(name, credentials("us\0er"s, "secret")), errc::invalid_argument) << name;
    EXPECT_EQ(code(name, credentials("user", "sec\0ret"s)), errc::invalid_argument) << name;
    EXPECT_EQ(code(name, credentials("user", "secret")), errc::success) << name;
  }
  for (const char* name : {"XOAUTH2", "OAUTHBEARER"})
    EXPECT_EQ(code(name, credentials("user", "secret")), errc::no_mechanism);
  for (const char* name : {"LOGIN", "CRAM-MD5"}) {
    EXPECT_EQ(code(name, credentials("user", "secret").authorize_as("other")), errc::no_mechanism) << name;
  }
  for (const char* name : {"", "GSSAPI", "LOGIN-COMMAND", "SCRAM-SHA-512", "\x1b[31m"}) {
    EXPECT_EQ(code(name, credentials("user", "secret")), errc::no_mechanism) << name;
  }
}

TEST(make_mechanism, secrets_need_tls) {
  const credentials password("user", "secret");
  const credentials token = credentials::with_token("user", "token");
  sasl_context plain;
  for (const char* name : {"PLAIN", "LOGIN"}) {
    EXPECT_EQ(make_mechanism(name, password, plain).error().code(), errc::plaintext_refused);
    EXPECT_TRUE(make_mechanism(name, credentials(password).allow_plaintext(), plain));
  }
  for (const char* name : {"XOAUTH2", "OAUTHBEARER"}) {
    EXPECT_EQ(make_mechanism(name, token, plain).error().code(), errc::plaintext_refused);
    EXPECT_TRUE(make_mechanism(name, credentials(token).allow_plaintext(), plain));
  }
  for (const char* name : {"CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"})
    EXPECT_TRUE(make_mechanism(name, password, plain));
}

}  // namespace
}  // namespace imapxx
