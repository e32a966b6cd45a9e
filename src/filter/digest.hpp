/// \file
/// SHA-256 of octets that come in pieces.
#pragma once

#include <imapxx/export.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace imapxx::inline v0::filter {

/// The hash of everything that was added since construction or `reset`. Movable; one thread at a time.
class sha256 {
 public:
  sha256();
  ~sha256();
  sha256(sha256&&) noexcept;
  sha256& operator=(sha256&&) noexcept;

  void reset();
  void add(std::string_view octets);
  /// Of what was added so far, as 64 lower-case hexadecimal digits; more may be added afterwards. Empty when OpenSSL
  /// fails.
  [[nodiscard]] std::string hex() const;

 private:
  struct context;
  std::unique_ptr<context> context_;
};

}  // namespace imapxx::inline v0::filter
