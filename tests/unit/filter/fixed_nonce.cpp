#include "fixed_nonce.hpp"

#include <gsasl.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <cstring>

namespace imapxx::filter_test {

namespace {

std::string& nonce_in_force() {
  static std::string nonce;
  return nonce;
}

/// What the generator gives while a nonce is fixed; its base64 becomes the nonce.
constexpr char marker = '\x5A';

}  // namespace

fixed_nonce::fixed_nonce(std::string nonce) { nonce_in_force() = std::move(nonce); }
fixed_nonce::~fixed_nonce() { nonce_in_force().clear(); }

namespace {

int draw(char* data, std::size_t size) {
  if (nonce_in_force().empty()) return gsasl_random(data, size);
  std::memset(data, marker, size);
  return GSASL_OK;
}

int encode(const char* in, std::size_t size, char** out, std::size_t* out_size) {
  std::string text;
  if (!nonce_in_force().empty() && std::string(in, size) == std::string(size, marker)) {
    text = nonce_in_force();
  } else {
    text.resize((size + 2) / 3 * 4 + 1);
    const int n = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                  reinterpret_cast<const unsigned char*>(in), static_cast<int>(size));
    text.resize(static_cast<std::size_t>(n));
  }
  *out = static_cast<char*>(std::malloc(text.size() + 1));  // libgsasl frees it
  std::memcpy(*out, text.c_str(), text.size() + 1);
  if (out_size != nullptr) *out_size = text.size();
  return GSASL_OK;
}

}  // namespace

}  // namespace imapxx::filter_test

// The dynamic linker prefers the program's functions to the library's.
extern "C" {
__attribute__((visibility("default"))) int gsasl_nonce(char* data, size_t size) {
  return imapxx::filter_test::draw(data, size);
}
__attribute__((visibility("default"))) int gsasl_base64_to(const char* in, size_t size, char** out, size_t* out_size) {
  return imapxx::filter_test::encode(in, size, out, out_size);
}
}
