#include "filter/tls_context.hpp"

#include "filter/tls_openssl.hpp"
#include "tls_peer.hpp"

#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace imapxx::filter {
namespace {

using namespace filter_test;
using status = stream_filter::status;

/// A file with this content, gone at the end.
class temporary_file {
 public:
  explicit temporary_file(std::string_view content) {
    const int fd = ::mkstemp(path_.data());
    EXPECT_EQ(::write(fd, content.data(), content.size()), static_cast<ssize_t>(content.size()));
    ::close(fd);
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() { std::remove(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ = testing::TempDir() + "imapxx-XXXXXX";
};

errc code_of(const tls_options& options) { return tls_filter::create(options, "imap.example.org").error().code(); }

TEST(tls_context, copies_share_and_setters_part) {
  const tls_options first = tls_options().ca_pem(test_ca().certificate_pem());
  tls_options second = first;
  EXPECT_EQ(first.context, second.context);
  const auto a = first.context->get(first);
  const auto b = second.context->get(second);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->get(), b->get());
  second.ca_pem(test_server_identity().certificate_pem());
  EXPECT_NE(first.context, second.context);
}

TEST(tls_context, members_changed_afterwards_are_not_ignored) {
  tls_options options = tls_options().ca_pem(test_ca().certificate_pem());
  const auto before = options.context->get(options);
  options.ca_pem_text = "not a certificate";
  EXPECT_EQ(code_of(options), errc::invalid_argument);
  options.ca_pem_text = test_server_identity().certificate_pem();
  const auto after = options.context->get(options);
  ASSERT_TRUE(before && after);
  EXPECT_NE(before->get(), after->get());
}

TEST(tls_context, works_without_sharing) {
  tls_options options = tls_options().ca_pem(test_ca().certificate_pem());
  options.context = nullptr;
  tls_server server(test_server_identity());
  const auto client = tls_filter::create(options, "imap.example.org").value();
  EXPECT_EQ(shake_hands(*client, server), status::ok);
}

TEST(tls_context, ca_file_is_read) {
  const temporary_file file("A comment.\n" + test_ca().certificate_pem());
  tls_server server(test_server_identity());
  const auto client = tls_filter::create(tls_options().ca_file(file.path()), "imap.example.org").value();
  EXPECT_EQ(shake_hands(*client, server), status::ok);
}

TEST(tls_context, unusable_ca_is_an_error_before_anything_is_sent) {
  const temporary_file empty("");
  const std::string pem = test_ca().certificate_pem();
  EXPECT_EQ(code_of(tls_options().ca_file("/nonexistent/ca.pem")), errc::invalid_argument);
  EXPECT_THAT(tls_filter::create(tls_options().ca_file("/nonexistent/ca.pem"), "a").error().what(),
              testing::HasSubstr("/nonexistent/ca.pem: No such file"));
  EXPECT_EQ(code_of(tls_options().ca_file(empty.path())), errc::invalid_argument);
  EXPECT_EQ(code_of(tls_options().ca_pem("rubbish")), errc::invalid_argument);
  EXPECT_EQ(code_of(tls_options().ca_pem(pem.substr(0, pem.size() / 2))), errc::invalid_argument);
  EXPECT_EQ(code_of(tls_options().ca_pem(pem + pem.substr(0, pem.size() / 2))), errc::invalid_argument);
  EXPECT_EQ(code_of(tls_options().ca_pem(pem + test_server_identity().certificate_pem())), errc::success);
}

TEST(tls_context, client_certificate_is_shown_to_the_server) {
  certificate_request request;
  request.common_name = "user";
  request.extended_usage = "clientAuth";
  const identity user = make_identity(request, &test_ca());
  const temporary_file certificate(user.certificate_pem());
  const temporary_file key(user.key_pem());
  const temporary_file both(user.certificate_pem() + user.key_pem());
  for (const auto& [certificate_path, key_path] :
       {std::pair(certificate.path(), key.path()), std::pair(both.path(), std::string())}) {
    tls_server server(test_server_identity());
    SSL_CTX_set_verify(server.context(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(server.context()), test_ca().certificate.get());
    const tls_options options =
        tls_options().ca_pem(test_ca().certificate_pem()).certificate(certificate_path, key_path);
    const auto client = tls_filter::create(options, "imap.example.org").value();
    ASSERT_EQ(shake_hands(*client, server), status::ok);
    EXPECT_NE(SSL_get0_peer_certificate(server.ssl()), nullptr);
  }
}

TEST(tls_context, unusable_client_certificates) {
  const temporary_file certificate(test_server_identity().certificate_pem());
  const temporary_file other_key(test_ca().key_pem());
  const temporary_file locked_key(test_server_identity().key_pem("passphrase"));
  EXPECT_EQ(code_of(tls_options().certificate("/nonexistent", "/nonexistent")), errc::invalid_argument);
  EXPECT_EQ(code_of(tls_options().certificate(certificate.path(), "/nonexistent")), errc::invalid_argument);
  EXPECT_EQ(code_of(tls_options().certificate(certificate.path(), other_key.path())), errc::invalid_argument);
  EXPECT_EQ(code_of(tls_options().certificate(certificate.path(), locked_key.path())), errc::invalid_argument)
      << "and nobody is asked for a passphrase";
}

TEST(tls_context, idle_connections_are_small) {
  constexpr std::size_t count = 100;
  const tls_options options = tls_options().ca_pem(test_ca().certificate_pem());
  std::vector<std::unique_ptr<tls_filter>> clients;
  const auto connect = [&] {
    tls_server server(test_server_identity());
    SSL_CTX_set_max_proto_version(server.context(), TLS1_3_VERSION);
    auto client = tls_filter::create(options, "imap.example.org").value();
    EXPECT_EQ(shake_hands(*client, server), status::ok);
    server.write(std::string(20000, 'x'));
    EXPECT_EQ(deliver(*client, server.take_output()).size(), 20000U);
    client->write("A1 IDLE\r\n");
    drain(*client);
    clients.push_back(std::move(client));
  };
  connect();
  const std::size_t before = mallinfo2().uordblks;
  if (before == 0) GTEST_SKIP() << "the sanitizers' allocator does not count";
  while (clients.size() <= count) connect();
  const std::size_t each = (mallinfo2().uordblks - before) / count;
  EXPECT_LT(each, 30U << 10U) << "23 KiB were measured";
  RecordProperty("bytes_per_idle_connection", static_cast<int>(each));
}

}  // namespace
}  // namespace imapxx::filter
