#include "filter/tls_verify.hpp"

#include <imapxx/display.hpp>

#include "filter/tls_context.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <new>

namespace imapxx::inline v0::filter {

namespace {

using names_ptr = std::unique_ptr<GENERAL_NAMES, openssl_delete<&GENERAL_NAMES_free>>;

/// Names shown of a certificate; some hold hundreds.
constexpr int names_shown = 8;

std::string text_of(const ASN1_STRING* s) {
  const auto size = static_cast<std::size_t>(ASN1_STRING_length(s));
  return escape_for_display({reinterpret_cast<const char*>(ASN1_STRING_get0_data(s)), size});
}

std::string address_text(const ASN1_OCTET_STRING* s) {
  char text[INET6_ADDRSTRLEN] = "";
  const int family = ASN1_STRING_length(s) == 4 ? AF_INET : ASN1_STRING_length(s) == 16 ? AF_INET6 : AF_UNSPEC;
  if (family == AF_UNSPEC || inet_ntop(family, ASN1_STRING_get0_data(s), text, sizeof text) == nullptr) return "?";
  return text;
}

/// "imap.example.org, 192.0.2.1" from the subjectAltName extension.
std::string names_in(const X509* certificate) {
  const names_ptr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::string text;
  int shown = 0;
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS && name->type != GEN_IPADD) continue;
    if (shown++ == names_shown) return text + ", ...";
    if (!text.empty()) text.append(", ");
    text.append(name->type == GEN_DNS ? text_of(name->d.dNSName) : address_text(name->d.iPAddress));
  }
  return text;
}

std::string name_text(const X509_NAME* name) {
  char* line = X509_NAME_oneline(name, nullptr, 0);
  std::string text = line == nullptr ? "?" : escape_for_display(line);
  OPENSSL_free(line);
  return text;
}

std::string date_text(const ASN1_TIME* time) {
  std::tm tm{};
  char text[32] = "?";
  if (ASN1_TIME_to_tm(time, &tm) == 1) std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &tm);
  return text;
}

std::string describe(int code, const X509* leaf, const X509* at) {
  switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "it expired at " + date_text(X509_get0_notAfter(at)) +
             (at == leaf ? "" : " (a certificate of its issuers)");
    case X509_V_ERR_CERT_NOT_YET_VALID: return "it is not valid before " + date_text(X509_get0_notBefore(at));
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: {
      const std::string names = names_in(leaf);
      return names.empty() ? "it names no host or address" : "it is for " + names;
    }
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return "it is self-signed and not in the trusted certificates";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "unknown certification authority " + name_text(X509_get_issuer_name(at));
    default: return X509_verify_cert_error_string(code);
  }
}

/// Only takes notes: what it returns is what OpenSSL decided.
int note_failure(int accepted, X509_STORE_CTX* store) {
  if (accepted == 1) return accepted;
  const auto* ssl = static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* failure = ssl == nullptr ? nullptr : static_cast<verify_failure*>(SSL_get_app_data(ssl));
  if (failure == nullptr || failure->code != 0) return accepted;
  failure->code = X509_STORE_CTX_get_error(store);
  const X509* leaf = X509_STORE_CTX_get0_cert(store);
  const X509* at = X509_STORE_CTX_get_current_cert(store);
  try {
    failure->detail = describe(failure->code, leaf, at == nullptr ? leaf : at);
  } catch (const std::bad_alloc&) {
    failure->detail.clear();  // an exception must not cross OpenSSL's frames
  }
  return accepted;
}

}  // namespace

bool expect_peer(SSL& ssl, const std::string& name, bool is_address, verify_failure* failure) {
  X509_VERIFY_PARAM* param = SSL_get0_param(&ssl);
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const int set = is_address ? X509_VERIFY_PARAM_set1_ip_asc(param, name.c_str())
                             : X509_VERIFY_PARAM_set1_host(param, name.data(), name.size());
  if (set != 1 || SSL_set_app_data(&ssl, failure) != 1) return false;
  SSL_set_verify(&ssl, SSL_VERIFY_PEER, &note_failure);
  return true;
}

error certificate_error(const verify_failure& failure, std::string_view host) {
  std::string message = "the certificate is not good for ";
  message.append(escape_for_display(host));
  if (!failure.detail.empty()) message.append(": ").append(failure.detail);
  error e(errc::tls_certificate, message);
  e.set_phase(phase::tls).set_host(host);
  return e;
}

error handshake_error(std::string_view host) {
  const unsigned long code = ERR_peek_last_error();
  const bool no_tls = ERR_GET_LIB(code) == ERR_LIB_SSL && (ERR_GET_REASON(code) == SSL_R_WRONG_VERSION_NUMBER ||
                                                           ERR_GET_REASON(code) == SSL_R_PACKET_LENGTH_TOO_LONG);
  std::string message = "TLS handshake failed: " + take_openssl_reason();
  if (no_tls) message.append(" (the server seems to speak no TLS on this port; perhaps it wants STARTTLS)");
  error e(errc::tls_handshake, message);
  e.set_phase(phase::tls).set_host(host);
  return e;
}

}  // namespace imapxx::inline v0::filter
