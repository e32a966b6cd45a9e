/// \file
/// Servers repeat what they were told ("NO wrong password xyz"). What a command said in secret is cut out of such text.
#pragma once

#include <imapxx/secret.hpp>
#include <imapxx/wire/encoder.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0::core {

/// What one command has said in secret.
class secret_echo {
 public:
  /// The last string of the command's secret part: LOGIN's password, AUTHENTICATE's initial response.
  void said(const wire::encoder& encoded);
  /// A line of a SASL exchange (base64).
  void said(std::string_view line);
  [[nodiscard]] bool empty() const noexcept { return secrets_.empty(); }
  /// Whether something of it stands in `text`.
  [[nodiscard]] bool is_in(std::string_view text) const noexcept;
  /// Puts a mark in its place.
  void remove_from(std::string& text) const;

 private:
  void add(std::string_view text);
  std::vector<secret> secrets_;
};

}  // namespace imapxx::inline v0::core
