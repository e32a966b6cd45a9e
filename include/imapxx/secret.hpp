/// \file
/// Passwords and tokens in memory.
#pragma once

#include <imapxx/export.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace imapxx::inline v0 {

/// A string that is overwritten with zeros when it goes away, and that nothing prints. A move leaves nothing behind; a
/// copy is a second secret. What is read through `expose()` is the reader's to wipe (`secret::wipe`). Not thread-safe
/// for writing, safe for concurrent reading.
class IMAPXX_API secret {
 public:
  secret() noexcept = default;
  secret(std::string_view text);  // NOLINT(google-explicit-constructor): a password is given as a string
  secret(const char* text) : secret(std::string_view(text)) {}         // NOLINT(google-explicit-constructor)
  secret(const std::string& text) : secret(std::string_view(text)) {}  // NOLINT(google-explicit-constructor)
  secret(std::string&& text);                                          ///< overwrites the source, too
  secret(const secret& other) : secret(other.expose()) {}
  secret(secret&& other) noexcept;
  secret& operator=(const secret& other);
  secret& operator=(secret&& other) noexcept;
  ~secret();

  [[nodiscard]] std::string_view expose() const noexcept { return {data_.get(), size_}; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  void clear() noexcept;

  /// Overwrites `text` with zeros in a way that the optimiser keeps, and empties it.
  static void wipe(std::string& text) noexcept;

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
};

}  // namespace imapxx::inline v0
