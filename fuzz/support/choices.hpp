/// \file
/// What the fuzzers share: choices out of the fuzzer's octets, and the check that ends a run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::fuzz {

inline void require(bool good, std::string_view what = {}) {
  if (good) return;
  std::fprintf(stderr, "broken: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

/// Says both values before it ends the run.
inline void require_equal(std::string_view got, std::string_view expected, std::string_view what) {
  if (got == expected) return;
  std::fprintf(stderr, "%.*s\n  got:      %.*s\n  expected: %.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(got.size()), got.data(), static_cast<int>(expected.size()), expected.data());
  std::abort();
}

/// Splits the octets into pieces whose lengths look random and depend on `seed` only.
class random_splits {
 public:
  explicit random_splits(std::uint32_t seed) noexcept : state_(seed * 2654435761U + 1) {}
  /// 1 ... `most`, more often small than large.
  std::size_t next(std::size_t most) noexcept {
    const auto width = (step() >> 28U) + 1;
    const auto n = step() % (std::size_t{1} << (width % 10U)) + 1;
    return n < most ? n : most;
  }

 private:
  std::uint32_t step() noexcept {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 17U;
    state_ ^= state_ << 5U;
    return state_;
  }
  std::uint32_t state_;
};

/// Octets of the fuzzer as a row of decisions; when they are used up, every decision is the first one.
class choices {
 public:
  explicit choices(std::string_view octets) noexcept : octets_(octets) {}

  [[nodiscard]] bool used_up() const noexcept { return octets_.empty(); }
  std::uint8_t octet() noexcept {
    if (octets_.empty()) return 0;
    const auto c = static_cast<std::uint8_t>(octets_.front());
    octets_.remove_prefix(1);
    return c;
  }
  /// 0 ... `count` - 1
  std::size_t of(std::size_t count) noexcept { return octet() % count; }
  bool yes() noexcept { return (octet() & 1U) != 0; }
  std::uint32_t number() noexcept {
    static constexpr std::uint32_t edges[] = {1, 2, 9, 10, 255, 65536, 0x7FFFFFFFU, 0xFFFFFFFEU, 0xFFFFFFFFU};
    const auto how = octet();
    if (how < 200) return how + 1U;
    if (how < 209) return edges[how - 200U];
    std::uint32_t n = 0;
    for (int i = 0; i < 4; ++i) n = n << 8U | octet();
    return n == 0 ? 1 : n;
  }
  std::uint64_t number64() noexcept {
    const auto high = of(4) == 0 ? number() : 0U;
    return (std::uint64_t{high} << 31U | number()) & 0x7FFFFFFFFFFFFFFFU;
  }
  /// Up to `most` octets, cut out as they are.
  std::string_view text(std::size_t most) noexcept {
    auto n = of(most + 1);
    if (n > octets_.size()) n = octets_.size();
    const auto out = octets_.substr(0, n);
    octets_.remove_prefix(n);
    return out;
  }
  /// Text of characters that `allowed` names, at least `least` of them.
  std::string word(std::string_view allowed, std::size_t least, std::size_t most) {
    std::string out;
    for (auto n = least + of(most - least + 1); n > 0; --n) out += allowed[of(allowed.size())];
    return out;
  }
  template <std::size_t N>
  std::string_view one_of(const std::string_view (&list)[N]) noexcept {
    return list[of(N)];
  }
  [[nodiscard]] std::string_view rest() const noexcept { return octets_; }

 private:
  std::string_view octets_;
};

}  // namespace imapxx::fuzz
