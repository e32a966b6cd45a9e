#pragma once

#include <imapxx/testserver/server.hpp>

#include <memory>
#include <string>

struct ssl_ctx_st;

namespace imapxx::testserver::detail {

struct ssl_ctx_deleter {
  void operator()(ssl_ctx_st* p) const;
};
using ssl_ctx_ptr = std::unique_ptr<ssl_ctx_st, ssl_ctx_deleter>;

/// A certificate authority and a certificate for localhost, 127.0.0.1 and ::1, made on the spot (P-256), or a bad one.
struct tls_identity {
  std::string ca_pem;
  ssl_ctx_ptr context;
};

/// Throws std::runtime_error when OpenSSL fails.
tls_identity make_tls_identity(certificate_kind kind = certificate_kind::good);

}  // namespace imapxx::testserver::detail
