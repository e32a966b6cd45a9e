/// \file
/// Python 3.16's values for arguments: message sets from numbers, and the `?` of `params=`.
#pragma once

#include <imapxx/imaplib/values.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace imapxx::inline v0::imaplib {

/// str and bytes as they are; a number; a list of numbers and of pairs (first, last) with None or "*" for no end.
/// \throws std::invalid_argument for anything else, and for numbers below 1
[[nodiscard]] std::string sequence_set(const argument& a);

/// Puts values in the places of `?` (a string or number or list of these), `?f` (flags), `?s` (a message set); `??` is
/// a question mark.
class parameters {
 public:
  explicit parameters(std::vector<argument> values) : values_(std::move(values)) {}
  /// \throws std::invalid_argument when there are fewer values than places, or one does not fit
  [[nodiscard]] argument substitute(const argument& text);
  /// \throws std::invalid_argument when values are left
  void require_all_used() const;

 private:
  const argument& next();
  std::vector<argument> values_;
  std::size_t used_ = 0;
};

}  // namespace imapxx::inline v0::imaplib
