#include "tls_peer.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace imapxx::filter_test {

namespace {

using bio_ptr = std::unique_ptr<BIO, free_with<&BIO_free_all>>;

void require(bool good) {
  if (!good) throw std::runtime_error(ERR_error_string(ERR_get_error(), nullptr));
}

std::string contents(BIO* bio) {
  std::string text;
  std::array<char, 4096> part{};
  for (int n = BIO_read(bio, part.data(), part.size()); n > 0; n = BIO_read(bio, part.data(), part.size())) {
    text.append(part.data(), static_cast<std::size_t>(n));
  }
  return text;
}

void add_extension(X509* certificate, const X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, const_cast<X509*>(issuer), certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

int remember_name(SSL* ssl, int* /*alert*/, void* server) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (name != nullptr) static_cast<tls_server*>(server)->announced_name = name;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

std::string identity::certificate_pem() const {
  const bio_ptr bio(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_X509(bio.get(), certificate.get()) == 1);
  return contents(bio.get());
}

std::string identity::key_pem(const char* passphrase) const {
  const bio_ptr bio(BIO_new(BIO_s_mem()));
  const EVP_CIPHER* cipher = passphrase == nullptr ? nullptr : EVP_aes_128_cbc();
  require(PEM_write_bio_PrivateKey(bio.get(), key.get(), cipher, nullptr, 0, nullptr, const_cast<char*>(passphrase)) ==
          1);
  return contents(bio.get());
}

identity make_identity(const certificate_request& request, const identity* issuer) {
  static long serial = 1;
  identity made;
  made.key.reset(EVP_EC_gen("P-256"));
  made.certificate.reset(X509_new());
  X509* certificate = made.certificate.get();
  require(made.key != nullptr && certificate != nullptr);
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), request.valid_from_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate), request.valid_until_s);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(request.common_name.c_str()), -1, -1, 0);
  const X509* signer = issuer == nullptr ? certificate : issuer->certificate.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(signer));
  add_extension(certificate, signer, NID_basic_constraints, request.is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!request.alt_names.empty()) add_extension(certificate, signer, NID_subject_alt_name, request.alt_names);
  if (!request.is_ca) add_extension(certificate, signer, NID_ext_key_usage, request.extended_usage);
  require(X509_sign(certificate, issuer == nullptr ? made.key.get() : issuer->key.get(), EVP_sha256()) > 0);
  return made;
}

const identity& test_ca() {
  static const identity ca = [] {
    certificate_request request;
    request.common_name = "Test CA";
    request.alt_names.clear();
    request.is_ca = true;
    return make_identity(request, nullptr);
  }();
  return ca;
}

const identity& test_server_identity() {
  static const identity server = make_identity(certificate_request(), &test_ca());
  return server;
}

tls_server::tls_server(const identity& who, std::vector<const identity*> chain) {
  context_.reset(SSL_CTX_new(TLS_server_method()));
  require(SSL_CTX_use_certificate(context_.get(), who.certificate.get()) == 1);
  require(SSL_CTX_use_PrivateKey(context_.get(), who.key.get()) == 1);
  for (const identity* link : chain) require(SSL_CTX_add1_chain_cert(context_.get(), link->certificate.get()) == 1);
  SSL_CTX_set_tlsext_servername_callback(context_.get(), &remember_name);
  SSL_CTX_set_tlsext_servername_arg(context_.get(), this);
}

SSL* tls_server::ssl() {
  if (ssl_ == nullptr) {
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(ssl_.get());
  }
  return ssl_.get();
}

std::string tls_server::take_output() { return contents(SSL_get_wbio(ssl())); }
void tls_server::put(std::string_view bytes) {
  if (!bytes.empty()) BIO_write(SSL_get_rbio(ssl()), bytes.data(), static_cast<int>(bytes.size()));
}
bool tls_server::handshake() {
  ERR_clear_error();
  return SSL_do_handshake(ssl()) == 1;
}

std::string tls_server::read() {
  ERR_clear_error();
  std::string text;
  std::array<char, 16384> part{};
  for (int n = SSL_read(ssl(), part.data(), part.size()); n > 0; n = SSL_read(ssl(), part.data(), part.size())) {
    text.append(part.data(), static_cast<std::size_t>(n));
  }
  return text;
}

void tls_server::write(std::string_view plain) {
  ERR_clear_error();
  require(SSL_write(ssl(), plain.data(), static_cast<int>(plain.size())) == static_cast<int>(plain.size()));
}

void tls_server::close_notify() { SSL_shutdown(ssl()); }
bool tls_server::saw_close_notify() { return (SSL_get_shutdown(ssl()) & SSL_RECEIVED_SHUTDOWN) != 0; }

std::string drain(filter::stream_filter& client) {
  std::string bytes(client.network_output());
  client.network_sent(bytes.size());
  return bytes;
}

filter::stream_filter::status shake_hands(filter::stream_filter& client, tls_server& server, std::size_t chunk) {
  using status = filter::stream_filter::status;
  std::string to_client;
  status so_far = status::want_input;
  for (int idle = 0; idle < 3;) {
    so_far = client.handshake();
    const std::string to_server = drain(client);
    for (std::size_t at = 0; at < to_server.size(); at += std::min(chunk, to_server.size() - at)) {
      server.put(std::string_view(to_server).substr(at, chunk));
      server.handshake();
    }
    server.handshake();
    to_client.append(server.take_output());
    idle = to_server.empty() && to_client.empty() ? idle + 1 : 0;
    if (so_far == status::failed) break;
    if (so_far == status::ok) {
      deliver(client, to_client, chunk);  // session tickets
      to_client.clear();
    } else {
      to_client.erase(0, client.put_network(std::string_view(to_client).substr(0, chunk)));
    }
  }
  return so_far;
}

std::string deliver(filter::stream_filter& client, std::string_view bytes, std::size_t chunk) {
  std::string plain;
  std::array<char, 5000> part{};
  for (;;) {
    bytes.remove_prefix(client.put_network(bytes.substr(0, chunk)));
    std::size_t n = 0;
    filter::stream_filter::status so_far{};
    while ((so_far = client.read(part, n)) == filter::stream_filter::status::ok) plain.append(part.data(), n);
    if (bytes.empty() || so_far != filter::stream_filter::status::want_input) return plain;
  }
}

}  // namespace imapxx::filter_test
