#include "tls_identity.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <stdexcept>

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

cert_ptr make_certificate(const char* common_name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key, long serial) {
  constexpr long one_day = 24 * 60 * 60;
  cert_ptr cert(X509_new());
  check(cert != nullptr);
  X509_set_version(cert.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), -one_day);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3650 * one_day);
  X509_set_pubkey(cert.get(), key);
  X509_NAME* name = X509_get_subject_name(cert.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
  X509* from = issuer == nullptr ? cert.get() : issuer;
  X509_set_issuer_name(cert.get(), X509_get_subject_name(from));
  add_extension(cert.get(), from, NID_subject_key_identifier, "hash");
  if (issuer == nullptr) {
    add_extension(cert.get(), from, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(cert.get(), from, NID_key_usage, "critical,keyCertSign,cRLSign");
  } else {
    add_extension(cert.get(), from, NID_basic_constraints, "CA:FALSE");
    add_extension(cert.get(), from, NID_authority_key_identifier, "keyid");
    add_extension(cert.get(), from, NID_ext_key_usage, "serverAuth");
    add_extension(cert.get(), from, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
  }
  check(X509_sign(cert.get(), issuer_key, EVP_sha256()) > 0);
  return cert;
}

std::string to_pem(X509* cert) {
  bio_ptr bio(BIO_new(BIO_s_mem()));
  check(bio && PEM_write_bio_X509(bio.get(), cert) == 1);
  char* data = nullptr;
  auto n = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(n)};
}

}  // namespace

tls_identity make_tls_identity() {
  key_ptr ca_key(EVP_EC_gen("P-256"));
  key_ptr key(EVP_EC_gen("P-256"));
  check(ca_key && key);
  auto ca = make_certificate("imapxx test server CA", ca_key.get(), nullptr, ca_key.get(), 1);
  auto leaf = make_certificate("localhost", key.get(), ca.get(), ca_key.get(), 2);
  tls_identity identity;
  identity.ca_pem = to_pem(ca.get());
  identity.context.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* context = identity.context.get();
  check(context != nullptr && SSL_CTX_use_certificate(context, leaf.get()) == 1 &&
        SSL_CTX_use_PrivateKey(context, key.get()) == 1);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  return identity;
}

}  // namespace imapxx::testserver::detail
