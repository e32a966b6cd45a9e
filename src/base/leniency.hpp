/// \file
/// Counts every tolerance that reading a server's bytes needed, by the id of docs/QUIRKS.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace imapxx::inline v0::base {

/// The tolerances of the wire, model and codec layers. The letters are the sections of docs/QUIRKS.md.
// clang-format off
#define IMAPXX_QUIRKS(X)                                                                                          \
  X(g02, "G-02") X(g02a, "G-02a") X(g03, "G-03") X(g04, "G-04") X(g05, "G-05") X(g06, "G-06") X(g07, "G-07")      \
  X(g08, "G-08") X(g09, "G-09") X(g10, "G-10") X(g10c, "G-10c") X(g11, "G-11") X(g12, "G-12") X(g14, "G-14")      \
  X(g15, "G-15") X(g16, "G-16") X(g17, "G-17") X(g23, "G-23")                                                     \
  X(l01, "L-01") X(l07, "L-07") X(l16a, "L-16a") X(l24, "L-24")                                                   \
  X(s01, "S-01") X(s02, "S-02") X(s04, "S-04") X(s07, "S-07") X(s08, "S-08") X(s09, "S-09") X(s10, "S-10")        \
  X(s11, "S-11") X(s13, "S-13") X(s17, "S-17") X(s20, "S-20") X(s21, "S-21") X(s23, "S-23")                       \
  X(f01, "F-01") X(f01a, "F-01a") X(f03, "F-03") X(f05, "F-05") X(f13, "F-13") X(f15, "F-15") X(f18, "F-18")      \
  X(f19, "F-19")                                                                                                  \
  X(e01, "E-01") X(e02, "E-02") X(e03, "E-03") X(e04, "E-04") X(e06, "E-06") X(e08, "E-08") X(e10, "E-10")        \
  X(e11, "E-11") X(e13, "E-13") X(e14, "E-14") X(e16, "E-16")                                                     \
  X(b01, "B-01") X(b02, "B-02") X(b03, "B-03") X(b04, "B-04") X(b05, "B-05") X(b06, "B-06") X(b07, "B-07")        \
  X(b08, "B-08") X(b09, "B-09") X(b10, "B-10") X(b11, "B-11") X(b12, "B-12") X(b13, "B-13") X(b14, "B-14")        \
  X(b15, "B-15") X(b16, "B-16")                                                                                   \
  X(q04, "Q-04") X(q06, "Q-06") X(q07, "Q-07") X(q17, "Q-17")                                                     \
  X(x02, "X-02") X(x03, "X-03") X(x04, "X-04") X(x05, "X-05") X(x06a, "X-06a") X(x11, "X-11")                     \
  X(i09a, "I-09a") X(p01, "P-01") X(p02, "P-02") X(p04, "P-04") X(p22, "P-22") X(u02, "U-02") X(u07, "U-07")
// clang-format on

enum class quirk : std::uint8_t {
#define IMAPXX_QUIRK_ENUM(name, id) name,
  IMAPXX_QUIRKS(IMAPXX_QUIRK_ENUM)
#undef IMAPXX_QUIRK_ENUM
};

inline constexpr std::array quirk_ids = {
#define IMAPXX_QUIRK_ID(name, id) std::string_view(id),
    IMAPXX_QUIRKS(IMAPXX_QUIRK_ID)
#undef IMAPXX_QUIRK_ID
};

/// Counts one use of a tolerance in this thread.
void tolerate(quirk q) noexcept;
[[nodiscard]] std::uint64_t tolerated(std::size_t index) noexcept;
void forget_tolerated() noexcept;

/// Keeps what is counted during its life only when told so: for attempts that may be given up. On the stack, properly
/// nested. Costs next to nothing until something is tolerated: only then are the counts copied.
class tentative_leniency {
 public:
  tentative_leniency() noexcept;
  ~tentative_leniency();
  tentative_leniency(const tentative_leniency&) = delete;
  tentative_leniency& operator=(const tentative_leniency&) = delete;
  void keep() noexcept { keep_ = true; }
  /// Before a count changes for the first time.
  void remember() noexcept;

 private:
  std::optional<std::array<std::uint64_t, quirk_ids.size()>> before_;
  tentative_leniency* outer_;
  bool keep_ = false;
};

}  // namespace imapxx::inline v0::base
