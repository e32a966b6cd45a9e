/// \file
/// Examples in RFCs have fixed nonces; libgsasl draws its own. This test program stands in front of libgsasl's
/// generator.
#pragma once

#include <string>

namespace imapxx::filter_test {

/// While it lives, the client nonce of SCRAM is `nonce`.
class fixed_nonce {
 public:
  explicit fixed_nonce(std::string nonce);
  fixed_nonce(const fixed_nonce&) = delete;
  fixed_nonce& operator=(const fixed_nonce&) = delete;
  ~fixed_nonce();
};

}  // namespace imapxx::filter_test
