#include "tls_identity.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace imapxx::testserver::detail {

void ssl_ctx_deleter::operator()(ssl_ctx_st* p) const { SSL_CTX_free(p); }

namespace {

template <auto Free>
struct deleter {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using key_ptr = std::unique_ptr<EVP_PKEY, deleter<&EVP_PKEY_free>>;
using cert_ptr = std::unique_ptr<X509, deleter<&X509_free>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, deleter<&X509_EXTENSION_free>>;
using bio_ptr = std::unique_ptr<BIO, deleter<&BIO_free_all>>;

void check(bool good) {
  if (!good) throw std::runtime_error("test server: OpenSSL cannot make a certificate");
}

void add_extension(X509* cert, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
  X509V3_set_ctx_nodb(&context);
  extension_ptr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  check(extension && X509_add_ext(cert, extension.get(), -1) == 1);
}

constexpr long one_day = 24 * 60 * 60;

/// What a certificate says.
struct content {
  const char* common_name = "localhost";
  const char* alt_names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  const char* usage = "serverAuth";
  long valid_from = -one_day;
  long valid_until = 3650 * one_day;
  bool is_ca = false;
  const EVP_MD* digest = EVP_sha256();
};

/// A certificate and the key to sign with it.
struct signer {
  cert_ptr cert;
  key_ptr key;
};

/// `issuer` null: self-signed.
signer make_certificate(const content& c, key_ptr key, const signer* issuer) {
  static std::atomic<long> serial = 1;
  signer made;
  made.key = std::move(key);
  made.cert.reset(X509_new());
  X509* cert = made.cert.get();
  check(cert != nullptr && made.key != nullptr);
  X509_set_version(cert, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
  X509_gmtime_adj(X509_getm_notBefore(cert), c.valid_from);
  X509_gmtime_adj(X509_getm_notAfter(cert), c.valid_until);
  X509_set_pubkey(cert, made.key.get());
  X509_NAME* name = X509_get_subject_name(cert);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(c.common_name), -1, -1,
                             0);
  const signer& from = issuer == nullptr ? made : *issuer;
  X509_set_issuer_name(cert, X509_get_subject_name(from.cert.get()));
  add_extension(cert, from.cert.get(), NID_subject_key_identifier, "hash");
  if (c.is_ca) {
    add_extension(cert, from.cert.get(), NID_basic_constraints, "critical,CA:TRUE");
    add_extension(cert, from.cert.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  } else {
    add_extension(cert, from.cert.get(), NID_basic_constraints, "CA:FALSE");
    add_extension(cert, from.cert.get(), NID_authority_key_identifier, "keyid");
    add_extension(cert, from.cert.get(), NID_ext_key_usage, c.usage);
    if (*c.alt_names != '\0') add_extension(cert, from.cert.get(), NID_subject_alt_name, c.alt_names);
  }
  check(X509_sign(cert, from.key.get(), c.digest) > 0);
  return made;
}

key_ptr make_key() { return key_ptr(EVP_EC_gen("P-256")); }

signer make_authority(const char* name) {
  content c;
  c.common_name = name;
  c.is_ca = true;
  return make_certificate(c, make_key(), nullptr);
}

content content_of(certificate_kind kind) {
  content c;
  switch (kind) {
    case certificate_kind::expired: c.valid_until = -60; break;
    case certificate_kind::not_yet_valid: c.valid_from = one_day; break;
    case certificate_kind::other_host: c.alt_names = "DNS:imap.example.org,IP:192.0.2.1"; break;
    case certificate_kind::address_as_name: c.alt_names = "DNS:127.0.0.1,DNS:::1"; break;
    case certificate_kind::common_name_only: c.common_name = "127.0.0.1", c.alt_names = ""; break;
    case certificate_kind::for_clients: c.usage = "clientAuth"; break;
    case certificate_kind::weak_signature: c.digest = EVP_sha1(); break;
    default: break;
  }
  return c;
}

std::string to_pem(X509* cert) {
  bio_ptr bio(BIO_new(BIO_s_mem()));
  check(bio && PEM_write_bio_X509(bio.get(), cert) == 1);
  char* data = nullptr;
  auto n = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(n)};
}

}  // namespace

tls_identity make_tls_identity(certificate_kind kind) {
  const auto ca = make_authority("imapxx test server CA");
  // Between the authority and the certificate: nothing, or what makes the chain bad.
  std::optional<signer> between;
  if (kind == certificate_kind::unknown_authority) between = make_authority("imapxx test server CA");
  if (kind == certificate_kind::missing_intermediate) {
    content c;
    c.common_name = "imapxx test server intermediate CA";
    c.is_ca = true;
    between = make_certificate(c, make_key(), &ca);
  }
  if (kind == certificate_kind::issuer_is_no_authority) between = make_certificate(content(), make_key(), &ca);
  constexpr unsigned weak_bits = 1024;
  auto key = kind == certificate_kind::weak_key ? key_ptr(EVP_RSA_gen(weak_bits)) : make_key();
  const auto leaf = make_certificate(content_of(kind), std::move(key),
                                     kind == certificate_kind::self_signed ? nullptr
                                     : between                             ? &*between
                                                                           : &ca);
  tls_identity identity;
  identity.ca_pem = to_pem(ca.cert.get());
  identity.context.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* context = identity.context.get();
  check(context != nullptr);
  // A server does not mind how weak it is.
  SSL_CTX_set_security_level(context, 0);
  check(SSL_CTX_use_certificate(context, leaf.cert.get()) == 1 && SSL_CTX_use_PrivateKey(context, leaf.key.get()) == 1);
  if (kind == certificate_kind::issuer_is_no_authority || kind == certificate_kind::unknown_authority)
    check(SSL_CTX_add1_chain_cert(context, between->cert.get()) == 1);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  return identity;
}

}  // namespace imapxx::testserver::detail
