#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::testserver::detail {

/// A sequence-set of RFC 3501, section 9; `$` is RFC 5182.
class number_ranges {
 public:
  static constexpr std::uint32_t star = 0xffffffffU;

  static std::optional<number_ranges> parse(std::string_view s);

  bool saved() const { return saved_; }
  /// `last` is what `*` means now.
  bool contains(std::uint32_t n, std::uint32_t last) const;
  /// Largest number that is not `*`; 0 when there is none.
  std::uint32_t largest() const;
  bool uses_star() const;

 private:
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges_;
  bool saved_ = false;
};

}  // namespace imapxx::testserver::detail
