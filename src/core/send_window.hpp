/// \file
/// How many commands may be outstanding (quirk S-19).
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace imapxx::inline v0::core {

/// Starts small and doubles each time that as many commands were answered as it has room for: a server that loses track
/// of many commands is found out while little is at stake, and a good one is soon used fully. BAD while several
/// commands are outstanding ends the growth for the connection.
class send_window {
 public:
  /// Outlook.com loses track after about fifty.
  static constexpr std::size_t first = 20;
  static constexpr std::size_t of_exchange = 10;

  explicit send_window(std::size_t most) noexcept
      : most_(std::max<std::size_t>(most, 1)), size_(std::min(most_, first)) {}
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Servers that are known by what they say first.
  void greeted(std::string_view text) noexcept {
    if (text.find("Microsoft Exchange") != std::string_view::npos) limit(of_exchange);
  }
  void answered(bool with_bad, std::size_t outstanding) noexcept {
    if (with_bad) {
      if (outstanding > 1) limit(first);
      return;
    }
    if (++answered_ < size_) return;
    answered_ = 0;
    size_ = std::min(2 * size_, most_);
  }

 private:
  void limit(std::size_t n) noexcept {
    most_ = std::min(most_, n);
    size_ = std::min(size_, most_);
    answered_ = 0;
  }
  std::size_t most_;
  std::size_t size_;
  std::size_t answered_ = 0;
};

}  // namespace imapxx::inline v0::core
