/// \file
/// The other end of a TLS connection, in memory: a small certification authority and an OpenSSL server.
#pragma once

#include "filter/filter.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::filter_test {

template <auto Free>
struct free_with {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using x509_ptr = std::unique_ptr<X509, free_with<&X509_free>>;
using key_ptr = std::unique_ptr<EVP_PKEY, free_with<&EVP_PKEY_free>>;

/// What a certificate is to say.
struct certificate_request {
  std::string common_name = "imap.example.org";
  std::string alt_names = "DNS:imap.example.org";  ///< as in OpenSSL's configuration; empty: no extension
  long valid_from_s = -3600;                       ///< relative to now
  long valid_until_s = 3600;
  bool is_ca = false;
  std::string extended_usage = "serverAuth";
};

struct identity {
  x509_ptr certificate;
  key_ptr key;
  [[nodiscard]] std::string certificate_pem() const;
  [[nodiscard]] std::string key_pem(const char* passphrase = nullptr) const;
};

/// `issuer` null: self-signed.
identity make_identity(const certificate_request& request, const identity* issuer);

/// A CA that all tests share, and a server certificate for imap.example.org from it: keys are expensive.
const identity& test_ca();
const identity& test_server_identity();

/// The server side of one connection.
class tls_server {
 public:
  explicit tls_server(const identity& who, std::vector<const identity*> chain = {});

  SSL_CTX* context() { return context_.get(); }
  SSL* ssl();
  /// To be sent to the client.
  std::string take_output();
  void put(std::string_view bytes);
  /// \return true when the handshake is over
  bool handshake();
  std::string read();
  void write(std::string_view plain);
  void close_notify();
  [[nodiscard]] bool saw_close_notify();
  std::string announced_name;  ///< SNI

 private:
  std::unique_ptr<SSL_CTX, free_with<&SSL_CTX_free>> context_;
  std::unique_ptr<SSL, free_with<&SSL_free>> ssl_;
};

/// Moves bytes between both until neither has any more, `chunk` octets at a time. \return the client's last handshake
/// status
filter::stream_filter::status shake_hands(filter::stream_filter& client, tls_server& server,
                                          std::size_t chunk = std::string::npos);
/// Gives all of `bytes` to the filter, and returns everything it decodes.
std::string deliver(filter::stream_filter& client, std::string_view bytes, std::size_t chunk = std::string::npos);
/// Everything that the filter wants to send.
std::string drain(filter::stream_filter& client);

}  // namespace imapxx::filter_test
