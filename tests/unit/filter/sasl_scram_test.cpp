#include <imapxx/sasl.hpp>

#include "base/base64.hpp"
#include "fixed_nonce.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <ctime>

namespace imapxx {
namespace {

using filter_test::fixed_nonce;
using testing::HasSubstr;
using testing::Not;

std::unique_ptr<sasl_mechanism> make(std::string_view name, const credentials& who,
                                     const sasl_context& context = sasl_context()) {
  return make_mechanism(name, who, context).value();
}

std::string say(sasl_mechanism& mechanism, std::string_view challenge) {
  const auto answer = mechanism.step(challenge);
  return answer ? std::string(answer->expose()) : "error: " + std::string(answer.error().message());
}

TEST(scram, rfc5802_section_5) {
  const fixed_nonce nonce("fyko+d2lbbFgONRv9qkxdawL");
  const auto m = make("SCRAM-SHA-1", credentials("user", "pencil"));
  EXPECT_EQ(m->name(), "SCRAM-SHA-1");
  EXPECT_TRUE(m->client_first());
  EXPECT_FALSE(m->sends_secret());
  EXPECT_EQ(say(*m, ""), "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
  EXPECT_EQ(say(*m, "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"),
            "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
  EXPECT_FALSE(m->finish()) << "not before the server's signature";
  EXPECT_EQ(say(*m, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="), "");
  EXPECT_TRUE(m->finish());
}

TEST(scram, rfc7677_section_3) {
  const fixed_nonce nonce("rOprNGfwEbeRWgbNEkqO");
  const auto m = make("scram-sha-256", credentials("user", "pencil"));
  EXPECT_EQ(m->name(), "SCRAM-SHA-256");
  EXPECT_EQ(say(*m, ""), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  EXPECT_EQ(say(*m, "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"),
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  EXPECT_EQ(say(*m, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="), "");
  EXPECT_TRUE(m->finish());
}

/// A SCRAM server from RFC 5802 section 3 and OpenSSL, that has nothing in common with libgsasl.
class scram_server {
 public:
  explicit scram_server(const EVP_MD* hash, std::string password) : hash_(hash), password_(std::move(password)) {}

  std::string first(const std::string& client_first, int iterations = 4096) {
    bare_ = client_first.substr(client_first.find("n=", 3));
    nonce_ = client_first.substr(client_first.rfind(",r=") + 3) + "SERVERPART";
    iterations_ = iterations;
    first_ = "r=" + nonce_ + ",s=" + base::base64_encode(salt_) + ",i=" + std::to_string(iterations);
    return first_;
  }
  /// Checks the proof. \return the server-final-message, or "e=..." when the client does not know the password
  std::string final(const std::string& client_final) {
    const std::size_t at = client_final.rfind(",p=");
    const std::string proof = base::base64_decode(client_final.substr(at + 3)).value_or("");
    const std::string message = bare_ + "," + first_ + "," + client_final.substr(0, at);
    std::string salted(static_cast<std::size_t>(EVP_MD_get_size(hash_)), '\0');
    PKCS5_PBKDF2_HMAC(password_.data(), static_cast<int>(password_.size()),
                      reinterpret_cast<const unsigned char*>(salt_.data()), static_cast<int>(salt_.size()), iterations_,
                      hash_, static_cast<int>(salted.size()), reinterpret_cast<unsigned char*>(salted.data()));
    const std::string stored = digest(hmac(salted, "Client Key"));
    std::string key = hmac(stored, message);
    for (std::size_t i = 0; i < key.size() && i < proof.size(); ++i) key[i] = static_cast<char>(key[i] ^ proof[i]);
    if (digest(key) != stored) return "e=invalid-proof";
    return "v=" + base::base64_encode(hmac(hmac(salted, "Server Key"), message));
  }

 private:
  [[nodiscard]] std::string hmac(const std::string& key, const std::string& text) const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned n = 0;
    HMAC(hash_, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), out.data(), &n);
    return {reinterpret_cast<const char*>(out.data()), n};
  }
  [[nodiscard]] std::string digest(const std::string& text) const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned n = 0;
    EVP_Digest(text.data(), text.size(), out.data(), &n, hash_, nullptr);
    return {reinterpret_cast<const char*>(out.data()), n};
  }
  const EVP_MD* hash_;
  std::string password_;
  std::string salt_ = std::string("salt\0with\xff", 10);
  std::string bare_;
  std::string first_;
  std::string nonce_;
  int iterations_ = 0;
};

// RFC 5802 section 6, RFC 9266, RFC 5929: the binding's octets stand in what both sides sign.
TEST(scram, binds_to_the_tls_connection) {
  const std::string binding("\x01\0binding of 32 octets of TLS\xff\xfe\x7f", 32);
  for (const std::string type : {"tls-exporter", "tls-unique"}) {
    sasl_context tls;
    tls.tls = true;
    (type == "tls-exporter" ? tls.tls_exporter : tls.tls_unique) = binding;
    const auto m = make("SCRAM-SHA-256-PLUS", credentials("user", "pencil"), tls);
    EXPECT_EQ(m->name(), "SCRAM-SHA-256-PLUS");
    scram_server server(EVP_sha256(), "pencil");
    const auto first = say(*m, "");
    EXPECT_EQ(first.substr(0, first.find(",r=")), "p=" + type + ",,n=user");
    const auto last = say(*m, server.first(first));
    EXPECT_EQ(last.substr(0, last.find(",r=")), "c=" + base::base64_encode("p=" + type + ",," + binding));
    EXPECT_EQ(say(*m, server.final(last)), "");
    EXPECT_TRUE(m->finish());
  }
  sasl_context without;
  without.tls = true;
  EXPECT_EQ(make_mechanism("SCRAM-SHA-1-PLUS", credentials("user", "pencil"), without).error().code(),
            errc::no_mechanism);
}

TEST(scram, agrees_with_an_independent_server) {
  struct row {
    const char* name;
    const EVP_MD* hash;
    const char* typed;
    const char* prepared;  ///< RFC 4013 section 3
  };
  for (const row& r : {row{"SCRAM-SHA-1", EVP_sha1(), "pencil", "pencil"},
                       row{"SCRAM-SHA-256", EVP_sha256(), "p,=n\"\\ c il", "p,=n\"\\ c il"},
                       row{"SCRAM-SHA-256", EVP_sha256(), "I\xc2\xadX", "IX"},
                       row{"SCRAM-SHA-256", EVP_sha256(), "\xe2\x85\xa8", "IX"},
                       row{"SCRAM-SHA-1", EVP_sha1(), "\xc2\xaa\xc2\xa0", "a "}}) {
    for (const int iterations : {4096, 5000}) {
      const auto m = make(r.name, credentials("user", r.typed));
      scram_server server(r.hash, r.prepared);
      const std::string proof = say(*m, server.first(say(*m, ""), iterations));
      EXPECT_EQ(say(*m, server.final(proof)), "") << r.typed;
      EXPECT_TRUE(m->finish());
    }
  }
}

TEST(scram, nonces_differ) {
  const auto a = make("SCRAM-SHA-256", credentials("user", "pencil"));
  const auto b = make("SCRAM-SHA-256", credentials("user", "pencil"));
  const std::string first = say(*a, "");
  EXPECT_NE(first, say(*b, ""));
  EXPECT_GE(first.size(), std::string("n,,n=user,r=").size() + 18);
}

TEST(scram, names_are_escaped_and_prepared) {
  const fixed_nonce nonce("abc");
  EXPECT_EQ(say(*make("SCRAM-SHA-1", credentials("a=b,c", "x")), ""), "n,,n=a=3Db=2Cc,r=abc");
  EXPECT_EQ(say(*make("SCRAM-SHA-1", credentials("I\xc2\xadX", "x")), ""), "n,,n=IX,r=abc");
  EXPECT_EQ(say(*make("SCRAM-SHA-1", credentials("user", "x").authorize_as("ad,min")), ""),
            "n,a=ad=2Cmin,n=user,r=abc");
}

TEST(scram, what_cannot_be_prepared_is_refused_before_anything_is_sent) {
  for (const auto& [user, password] : std::vector<std::pair<std::string, std::string>>{
           {"user", "\xff\xfe"}, {"us\x07r", "x"}, {"user", "a\x7f"}, {"\xc2\xad", "x"}, {"user", "\xc2\xad"}}) {
    const auto made = make_mechanism("SCRAM-SHA-256", credentials(user, password), sasl_context());
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), errc::invalid_argument);
  }
}

constexpr const char* good_first = "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096";

TEST(scram, twisted_first_messages_get_no_proof) {
  const std::vector<std::string> twisted{
      "",
      "r=fyko+d2lbbFgONRv9qkxdawX3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",  // another nonce
      "r=3rfcNHYJY1ZVvWVs7jfyko+d2lbbFgONRv9qkxdawL,s=QSXCR+Q6sek8bf92,i=4096",  // ours behind
      "r=FYKO+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",  // another case
      "r=fyko+d2lbbFgONRv9qkxdawL,s=QSXCR+Q6sek8bf92,i=4096",                    // nothing of the server's
      "r=fyko+d2lbbFgONRv9qkxda,s=QSXCR+Q6sek8bf92,i=4096",                      // a part of ours
      "r=fyko+d2lbbFgONRv9qkxdawL3rf\x01,s=QSXCR+Q6sek8bf92,i=4096",             // not printable
      "m=ext,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
      std::string(good_first) + ",m=ext",
      "s=QSXCR+Q6sek8bf92,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,i=4096",  // order
      "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,i=4096,s=QSXCR+Q6sek8bf92",
      "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,i=4096",                     // no salt
      "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=,i=4096",                  // empty salt
      "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXC!+Q6sek8bf92,i=4096",  // no base64
      "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf9,i=4096",   // short base64
      "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92",         // no count
      "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=",
      "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=0",
      "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=04096",
      "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=-4096",
      "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=+4096",
      "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i= 4096",
      "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096x",
      std::string(good_first) + ",",
      std::string(good_first) + ",xyz",
      std::string(good_first) + '\0',
      std::string(good_first) + ",i=1",  // a second count
      "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
      "e=other-error",
      std::string(70000, 'r'),
  };
  for (const std::string& message : twisted) {
    const fixed_nonce nonce("fyko+d2lbbFgONRv9qkxdawL");
    const auto m = make("SCRAM-SHA-1", credentials("user", "pencil"));
    say(*m, "");
    const auto answer = m->step(message);
    ASSERT_FALSE(answer) << message;
    EXPECT_EQ(answer.error().code(), errc::authentication_failed) << message;
    EXPECT_EQ(answer.error().where(), phase::authenticate);
    EXPECT_THAT(std::string(answer.error().what()), Not(HasSubstr("pencil")));
    EXPECT_FALSE(m->finish()) << message;
    EXPECT_FALSE(m->step(good_first)) << "an exchange that failed stays failed";
    EXPECT_FALSE(m->finish());
  }
}

TEST(scram, optional_extensions_are_ignored) {
  const fixed_nonce nonce("fyko+d2lbbFgONRv9qkxdawL");
  const auto m = make("SCRAM-SHA-1", credentials("user", "pencil"));
  say(*m, "");
  EXPECT_THAT(say(*m, std::string(good_first) + ",z=later"),
              testing::StartsWith("c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p="));

  const auto second = make("SCRAM-SHA-1", credentials("user", "pencil"));
  say(*second, "");
  say(*second, good_first);
  EXPECT_EQ(say(*second, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=,z=later"), "");
  EXPECT_TRUE(second->finish());
}

TEST(scram, iteration_counts_outside_the_limits_are_never_hashed) {
  struct row {
    const char* count;
    const char* limit;
    std::uint64_t value;
  };
  for (const row& r :
       {row{"1", "scram_iterations_min", 4096}, row{"4095", "scram_iterations_min", 4096},
        row{"2000001", "scram_iterations_max", 2000000}, row{"2147483647", "scram_iterations_max", 2000000},
        row{"4294971392", "scram_iterations_max", 2000000},            // 2^32 + 4096
        row{"18446744073709555712", "scram_iterations_max", 2000000},  // 2^64 + 4096
        row{"99999999999999999999999999999999", "scram_iterations_max", 2000000}}) {
    const fixed_nonce nonce("abc");
    const auto m = make("SCRAM-SHA-256", credentials("user", "pencil"));
    say(*m, "");
    const std::clock_t start = std::clock();
    const auto answer = m->step("r=abcdef,s=QSXCR+Q6sek8bf92,i=" + std::string(r.count));
    EXPECT_LT(std::clock() - start, CLOCKS_PER_SEC / 20) << "processor time; hashing would take a second";
    ASSERT_FALSE(answer) << r.count;
    EXPECT_EQ(answer.error().code(), errc::authentication_failed);
    EXPECT_EQ(answer.error().limit_name(), r.limit);
    EXPECT_EQ(answer.error().limit_value(), r.value);
  }
}

TEST(scram, iteration_limits_can_be_set) {
  sasl_context context;
  context.limits.scram_iterations_min = 100;
  context.limits.scram_iterations_max = 200;
  for (const auto& [count, good] : {std::pair(99, false), {100, true}, {200, true}, {201, false}}) {
    const fixed_nonce nonce("abc");
    const auto m = make("SCRAM-SHA-1", credentials("user", "pencil"), context);
    say(*m, "");
    EXPECT_EQ(m->step("r=abcdef,s=QSXCR+Q6sek8bf92,i=" + std::to_string(count)).has_value(), good) << count;
  }
}

TEST(scram, twisted_last_messages_are_no_success) {
  for (const std::string message :
       {"", "v=", "v=rmF9pqV8S7suAoZWja4dJRkFsKR=", "v=RmF9pqV8S7suAoZWja4dJRkFsKQ=", "v=rmF9pqV8S7suAoZWja4dJRkF",
        "v=rmF9pqV8S7suAoZWja4dJRkFsKQ",
        "V=rmF9pqV8S7suAoZWja4dJRkFsKQ=", "rmF9pqV8S7suAoZWja4dJRkFsKQ=", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ==",
        "m=x,v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", "v=!mF9pqV8S7suAoZWja4dJRkFsKQ=", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=,",
        "x=1,v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="}) {
    const fixed_nonce nonce("fyko+d2lbbFgONRv9qkxdawL");
    const auto m = make("SCRAM-SHA-1", credentials("user", "pencil"));
    say(*m, "");
    say(*m, good_first);
    const auto answer = m->step(message);
    ASSERT_FALSE(answer) << message;
    EXPECT_EQ(answer.error().code(), errc::authentication_failed);
    EXPECT_FALSE(m->finish()) << message;
    EXPECT_FALSE(m->step("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")) << "no second try";
    EXPECT_FALSE(m->finish()) << message;
  }
}

TEST(scram, the_servers_refusal_is_reported) {
  const fixed_nonce nonce("fyko+d2lbbFgONRv9qkxdawL");
  const auto m = make("SCRAM-SHA-1", credentials("user", "pencil"));
  say(*m, "");
  say(*m, good_first);
  const auto answer = m->step("e=invalid-proof,x=y");
  ASSERT_FALSE(answer);
  EXPECT_EQ(m->server_error(), "invalid-proof");
  EXPECT_EQ(answer.error().server_text(), "invalid-proof");
  EXPECT_FALSE(m->finish());
}

TEST(scram, ok_before_the_servers_proof_is_refused) {
  const fixed_nonce nonce("fyko+d2lbbFgONRv9qkxdawL");
  const auto m = make("SCRAM-SHA-1", credentials("user", "pencil"));
  EXPECT_EQ(m->finish().error().code(), errc::authentication_failed);
  say(*m, "");
  EXPECT_FALSE(m->finish());
  say(*m, good_first);
  EXPECT_FALSE(m->finish());
}

TEST(scram, order_of_the_exchange) {
  const auto m = make("SCRAM-SHA-1", credentials("user", "pencil"));
  EXPECT_FALSE(m->step(good_first)) << "the client speaks first";
  EXPECT_FALSE(m->step(""));

  const fixed_nonce nonce("fyko+d2lbbFgONRv9qkxdawL");
  const auto done = make("SCRAM-SHA-1", credentials("user", "pencil"));
  say(*done, "");
  say(*done, good_first);
  say(*done, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=");
  EXPECT_FALSE(done->step("")) << "there is nothing more to say";
  EXPECT_FALSE(done->finish());
}

}  // namespace
}  // namespace imapxx
