#include <imapxx/testserver/script.hpp>

#include "raw_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

using imapxx::testserver::faults;
using imapxx::testserver::script;
using imapxx::testserver::scripted_server;
using imapxx::testserver::server;
using imapxx::testserver::tls_mode;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

struct free_ssl {
  void operator()(SSL* p) const { SSL_free(p); }
  void operator()(SSL_CTX* p) const { SSL_CTX_free(p); }
  void operator()(X509* p) const { X509_free(p); }
  void operator()(BIO* p) const { BIO_free_all(p); }
};

/// A TLS client on a connected socket that trusts only `ca_pem` and checks the name.
class tls_client {
 public:
  tls_client(int fd, const std::string& ca_pem, const char* host) : context_(SSL_CTX_new(TLS_client_method())) {
    std::unique_ptr<BIO, free_ssl> bio(BIO_new_mem_buf(ca_pem.data(), static_cast<int>(ca_pem.size())));
    std::unique_ptr<X509, free_ssl> ca(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), ca.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_hostflags(ssl_.get(), 0);
    if (std::string_view(host).find_first_of("0123456789:") == 0)
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host);
    else
      SSL_set1_host(ssl_.get(), host);
    SSL_set_fd(ssl_.get(), fd);
  }
  bool connect() { return SSL_connect(ssl_.get()) == 1; }
  void send(std::string_view text) { SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())); }
  std::string line() {
    std::string out;
    char c = 0;
    while (SSL_read(ssl_.get(), &c, 1) == 1)
      if (c == '\n')
        return out;
      else
        out += c;
    return "<closed>";
  }

 private:
  std::unique_ptr<SSL_CTX, free_ssl> context_;
  std::unique_ptr<SSL, free_ssl> ssl_;
};

class name_test : public testing::TestWithParam<const char*> {};

TEST_P(name_test, certificate_fits) {
  server s(plain_options().security(tls_mode::implicit));
  int fd = s.connect_pair();
  tls_client c(fd, s.ca_pem(), GetParam());
  ASSERT_TRUE(c.connect());
  EXPECT_THAT(c.line(), StartsWith("* OK"));
  c.send("a LOGIN user1 pass\r\n");
  EXPECT_THAT(c.line(), StartsWith("a OK"));
  ::close(fd);
}

INSTANTIATE_TEST_SUITE_P(all, name_test, testing::Values("localhost", "127.0.0.1", "::1"));

TEST(testserver_tls, certificate_fits_no_other_name_and_no_other_server) {
  server s(plain_options().security(tls_mode::implicit));
  int fd = s.connect_pair();
  EXPECT_FALSE(tls_client(fd, s.ca_pem(), "example.org").connect());
  ::close(fd);
  server other(plain_options());
  int fd2 = s.connect_pair();
  EXPECT_FALSE(tls_client(fd2, other.ca_pem(), "localhost").connect());
  ::close(fd2);
}

TEST(testserver_tls, starttls_forgets_what_came_before) {
  server s(plain_options().security(tls_mode::starttls).login_disabled());
  int fd = s.connect_pair();
  raw_client plain(::dup(fd));
  EXPECT_THAT(plain.response(), HasSubstr(" STARTTLS"));
  plain.send("a STARTTLS\r\nb CAPABILITY\r\n");
  EXPECT_THAT(plain.response(), StartsWith("a OK"));
  tls_client c(fd, s.ca_pem(), "localhost");
  ASSERT_TRUE(c.connect());
  c.send("c CAPABILITY\r\n");
  auto line = c.line();
  EXPECT_THAT(line, Not(HasSubstr("STARTTLS")));
  EXPECT_THAT(line, Not(HasSubstr("LOGINDISABLED")));
  EXPECT_THAT(c.line(), StartsWith("c OK"));
  c.send("d LOGIN user1 pass\r\n");
  EXPECT_THAT(c.line(), StartsWith("d OK"));
  c.send("e STARTTLS\r\n");
  EXPECT_THAT(c.line(), StartsWith("e BAD"));
  ::close(fd);
}

TEST(testserver_tls, injected_octets_come_with_the_ok_of_starttls) {
  server s(plain_options().security(tls_mode::starttls).faults(faults().after_starttls("* OK injected\r\n")));
  int fd = s.connect_pair();
  raw_client plain(fd);
  plain.response();
  plain.send("a STARTTLS\r\n");
  EXPECT_THAT(plain.response(), StartsWith("a OK"));
  EXPECT_EQ(plain.response(), "* OK injected");
}

TEST(testserver_tls, not_offered_means_not_served) {
  server s(plain_options());
  raw_client c(s);
  EXPECT_THAT(c.response(), Not(HasSubstr("STARTTLS")));
  EXPECT_THAT(c.status("STARTTLS"), StartsWith("BAD"));
}

TEST(testserver_tls, scripts_can_start_tls) {
  scripted_server s(
      script().send("* OK\r\n").expect_command("STARTTLS").send("$tag OK\r\n").start_tls().exchange("NOOP"));
  int fd = s.connect_pair();
  raw_client plain(::dup(fd));
  plain.response();
  plain.command("STARTTLS");
  tls_client c(fd, s.ca_pem(), "localhost");
  ASSERT_TRUE(c.connect());
  c.send("x NOOP\r\n");
  EXPECT_THAT(c.line(), StartsWith("x OK done"));
  ::close(fd);
}

}  // namespace
