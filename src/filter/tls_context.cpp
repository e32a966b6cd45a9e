#include "filter/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cerrno>
#include <fstream>

namespace imapxx::inline v0 {

namespace filter {

namespace {

using bio_ptr = std::unique_ptr<BIO, openssl_delete<&BIO_free_all>>;
using x509_ptr = std::unique_ptr<X509, openssl_delete<&X509_free>>;

error unusable(std::string_view what, std::string_view path) {
  std::string message(what);
  if (!path.empty()) message.append(" ").append(path);
  message.append(": ").append(take_openssl_reason());
  error e(errc::invalid_argument, message);
  e.set_phase(phase::tls);
  return e;
}

/// OpenSSL would ask on the terminal for the passphrase of an encrypted key.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) { return -1; }

result<void> trust_pem(SSL_CTX& context, const std::string& pem) {
  const bio_ptr source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (source == nullptr) return errc::out_of_memory;
  std::size_t found = 0;
  while (const x509_ptr certificate{PEM_read_bio_X509(source.get(), nullptr, &no_passphrase, nullptr)}) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(&context), certificate.get()) != 1) {
      return unusable("cannot use the CA certificates", {});
    }
    ++found;
  }
  const unsigned long last = ERR_peek_last_error();
  const bool at_end = ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
  if (found == 0 || !at_end) return unusable("cannot read the CA certificates", {});
  ERR_clear_error();
  return {};
}

result<void> trust(SSL_CTX& context, const tls_options& options) {
  if (options.ca_file_path.empty() && options.ca_pem_text.empty()) {
    if (SSL_CTX_set_default_verify_paths(&context) != 1)
      return unusable("cannot load the system's CA certificates", {});
    return {};
  }
  // What the caller named is trusted as it is, even when it is no root: so a server's own certificate can be given.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(&context), X509_V_FLAG_PARTIAL_CHAIN);
  if (!options.ca_file_path.empty() && SSL_CTX_load_verify_file(&context, options.ca_file_path.c_str()) != 1) {
    return unusable("cannot use the CA file", options.ca_file_path);
  }
  return options.ca_pem_text.empty() ? result<void>() : trust_pem(context, options.ca_pem_text);
}

result<void> identify(SSL_CTX& context, const tls_options& options) {
  if (options.cert_file.empty()) return {};
  const std::string& key = options.key_file.empty() ? options.cert_file : options.key_file;
  if (SSL_CTX_use_certificate_chain_file(&context, options.cert_file.c_str()) != 1) {
    return unusable("cannot use the client certificate", options.cert_file);
  }
  if (SSL_CTX_use_PrivateKey_file(&context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return unusable("cannot use the key of the client certificate", key);
  }
  if (SSL_CTX_check_private_key(&context) != 1)
    return unusable("the key does not belong to the client certificate", key);
  return {};
}

/// Everything that a context is made of, joined so that no two settings share a key.
std::string key_of(const tls_options& options) {
  std::string key;
  for (const std::string* part : {&options.ca_file_path, &options.ca_pem_text, &options.cert_file, &options.key_file}) {
    key.append(std::to_string(part->size())).append(":").append(*part);
  }
  return key;
}

}  // namespace

std::string take_openssl_reason() {
  const unsigned long code = ERR_peek_last_error();
  std::string reason;
  if (code != 0 && ERR_SYSTEM_ERROR(code)) {
    reason = std::generic_category().message(ERR_GET_REASON(code));
  } else if (const char* text = code == 0 ? nullptr : ERR_reason_error_string(code); text != nullptr) {
    reason = text;
  } else {
    reason = "unknown reason";
  }
  // A file that cannot be opened leaves the errno below OpenSSL's own, less telling entries.
  unsigned long older = 0;
  while ((older = ERR_get_error()) != 0) {
    if (ERR_SYSTEM_ERROR(older)) reason = std::generic_category().message(ERR_GET_REASON(older));
  }
  return reason;
}

result<ssl_ctx_ptr> load_context(const tls_options& options) {
  ERR_clear_error();
  ssl_ctx_ptr context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return unusable("cannot start OpenSSL", {});
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // No resumption: a resumed session skips the check of the certificate.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_default_passwd_cb(context.get(), &no_passphrase);
  if (auto trusted = trust(*context, options); !trusted) return trusted.error();
  if (auto identified = identify(*context, options); !identified) return identified.error();
  ERR_clear_error();
  return context;
}

}  // namespace filter

result<filter::ssl_ctx_ptr> tls_context::get(const tls_options& options) {
  const std::string key = filter::key_of(options);
  const std::lock_guard lock(mutex_);
  if (context_ == nullptr) {
    auto loaded = filter::load_context(options);
    if (!loaded) return loaded;
    context_ = std::move(*loaded);
    key_ = key;
  }
  if (key != key_) return filter::load_context(options);
  SSL_CTX_up_ref(context_.get());
  return filter::ssl_ctx_ptr(context_.get());
}

}  // namespace imapxx::inline v0
