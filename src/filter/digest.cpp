#include "filter/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <new>

namespace imapxx::inline v0::filter {

struct sha256::context {
  struct closer {
    void operator()(EVP_MD_CTX* c) const noexcept { EVP_MD_CTX_free(c); }
  };
  std::unique_ptr<EVP_MD_CTX, closer> md{EVP_MD_CTX_new()};
  bool good = false;
};

sha256::sha256() : context_(std::make_unique<context>()) { reset(); }
sha256::~sha256() = default;
sha256::sha256(sha256&&) noexcept = default;
sha256& sha256::operator=(sha256&&) noexcept = default;

void sha256::reset() {
  if (!context_->md) throw std::bad_alloc();
  context_->good = EVP_DigestInit_ex(context_->md.get(), EVP_sha256(), nullptr) == 1;
}

void sha256::add(std::string_view octets) {
  context_->good = context_->good && EVP_DigestUpdate(context_->md.get(), octets.data(), octets.size()) == 1;
}

std::string sha256::hex() const {
  context copy;
  if (!copy.md) throw std::bad_alloc();
  std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
  unsigned n = 0;
  if (!context_->good || EVP_MD_CTX_copy_ex(copy.md.get(), context_->md.get()) != 1 ||
      EVP_DigestFinal_ex(copy.md.get(), value.data(), &n) != 1)
    return {};
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(std::size_t{2} * n);
  for (unsigned i = 0; i < n; ++i) {
    out += digits[value[i] >> 4U];
    out += digits[value[i] & 15U];
  }
  return out;
}

}  // namespace imapxx::inline v0::filter
