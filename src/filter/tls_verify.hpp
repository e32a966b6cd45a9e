/// \file
/// Says in words why a handshake failed. Only src/filter/tls_*.cpp include this.
#pragma once

#include <imapxx/error.hpp>

#include <openssl/ssl.h>

#include <string>
#include <string_view>

namespace imapxx::inline v0::filter {

/// The first thing that was wrong with the peer's certificates.
class verify_failure {
 public:
  verify_failure() = default;

  int code = 0;        ///< X509_V_ERR_...; 0: nothing was wrong
  std::string detail;  ///< for a person: dates, names, issuer
};

/// Prepares `ssl` to check that the peer's certificate is meant for `name`, and to note in `*failure` what is wrong
/// with it. The subject's common name never counts (RFC 9525 section 2). \return false: out of memory
[[nodiscard]] bool expect_peer(SSL& ssl, const std::string& name, bool is_address, verify_failure* failure);

/// The error for a failed verification of `host`'s certificate.
[[nodiscard]] error certificate_error(const verify_failure& failure, std::string_view host);

/// The error for OpenSSL's newest queued reason; empties the queue.
[[nodiscard]] error handshake_error(std::string_view host);

}  // namespace imapxx::inline v0::filter
