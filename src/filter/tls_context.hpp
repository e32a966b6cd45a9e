/// \file
/// What many TLS connections share: trusted certificates and the client's own certificate. Only src/filter/tls_*.cpp
/// include this.
#pragma once

#include <imapxx/options.hpp>
#include <imapxx/result.hpp>

#include <openssl/ssl.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace imapxx::inline v0 {

namespace filter {

template <auto Free>
struct openssl_delete {
  template <class T>
  void operator()(T* p) const noexcept {
    Free(p);
  }
};
using ssl_ctx_ptr = std::unique_ptr<SSL_CTX, openssl_delete<&SSL_CTX_free>>;
using ssl_ptr = std::unique_ptr<SSL, openssl_delete<&SSL_free>>;

/// The newest reason in OpenSSL's queue of this thread as words; empties the queue.
[[nodiscard]] std::string take_openssl_reason();

/// A new SSL_CTX for these settings. Errors: invalid_argument
[[nodiscard]] result<ssl_ctx_ptr> load_context(const tls_options& options);

}  // namespace filter

/// Loaded at the first connection, then shared by all copies of the options. Thread-safe.
class tls_context {
 public:
  /// The context for these settings, with a reference of its own: the shared one unless somebody changed the members of
  /// `options` after it was loaded. Errors: as load_context
  [[nodiscard]] result<filter::ssl_ctx_ptr> get(const tls_options& options);

 private:
  std::mutex mutex_;
  filter::ssl_ctx_ptr context_;
  std::string key_;
};

}  // namespace imapxx::inline v0
