#include "base/leniency.hpp"

namespace imapxx::inline v0::base {
namespace {
thread_local std::array<std::uint64_t, quirk_ids.size()> counts{};
thread_local tentative_leniency* innermost = nullptr;
}  // namespace

void tolerate(quirk q) noexcept {
  if (innermost != nullptr) innermost->remember();
  ++counts[static_cast<std::size_t>(q)];
}
std::uint64_t tolerated(std::size_t index) noexcept { return counts[index]; }
void forget_tolerated() noexcept { counts.fill(0); }

tentative_leniency::tentative_leniency() noexcept : outer_(innermost) { innermost = this; }
tentative_leniency::~tentative_leniency() {
  innermost = outer_;
  if (!keep_ && before_) counts = *before_;
}

void tentative_leniency::remember() noexcept {
  // Where an inner attempt has its copy, the outer ones have theirs: nothing was counted before it for them, either.
  for (auto* t = this; t != nullptr && !t->before_; t = t->outer_) t->before_ = counts;
}

}  // namespace imapxx::inline v0::base
