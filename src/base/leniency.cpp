#include "base/leniency.hpp"

namespace imapxx::inline v0::base {
namespace {
thread_local std::array<std::uint64_t, quirk_ids.size()> counts{};
}  // namespace

void tolerate(quirk q) noexcept { ++counts[static_cast<std::size_t>(q)]; }
std::uint64_t tolerated(std::size_t index) noexcept { return counts[index]; }
void forget_tolerated() noexcept { counts.fill(0); }

tentative_leniency::tentative_leniency() noexcept : before_(counts) {}
tentative_leniency::~tentative_leniency() {
  if (!keep_) counts = before_;
}

}  // namespace imapxx::inline v0::base
