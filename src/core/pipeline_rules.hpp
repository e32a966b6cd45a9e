/// \file
/// Which commands may be in flight together (RFC 9051 section 5.5), as a table.
#pragma once

#include <imapxx/command.hpp>

#include <string_view>

namespace imapxx::inline v0::core {

/// What the rules know of a command.
struct planned {
  const command_traits& traits;
  const command_scope& scope;
  [[nodiscard]] bool only_reads() const noexcept { return traits.only_reads || scope.only_reads; }
  [[nodiscard]] bool uses_sequence_numbers() const noexcept {
    return traits.uses_sequence_numbers || scope.uses_sequence_numbers;
  }
};

/// One reason to hold a command back until an earlier one is complete.
struct pipeline_rule {
  std::string_view name;
  std::string_view why;
  bool (*holds)(const planned& earlier, const planned& later) noexcept;
};

/// The first rule that keeps `later` from being sent while `earlier` is outstanding; nullptr when it may go.
[[nodiscard]] const pipeline_rule* blocking_rule(const planned& earlier, const planned& later) noexcept;

/// Whether `later` may be sent although `earlier`, which was submitted before it, is still held back: both only read,
/// so that nobody can tell, and `earlier` does not have to wait for one more.
[[nodiscard]] bool may_overtake(const planned& later, const planned& earlier) noexcept;

/// Whether one message can be in both sets, as far as the numbers tell.
[[nodiscard]] bool overlap(const detail::number_ranges& a, const detail::number_ranges& b) noexcept;

}  // namespace imapxx::inline v0::core
