/// \file
/// Which commands may be in flight together (RFC 9051 section 5.5), as a table.
#pragma once

#include <imapxx/command.hpp>

#include <span>
#include <string_view>

namespace imapxx::inline v0::core {

/// One reason to hold a command back until an earlier one is complete.
struct pipeline_rule {
  std::string_view name;
  std::string_view why;
  bool (*holds)(const command_traits& earlier, const command_traits& later) noexcept;
};

/// All rules, in the order in which they are asked.
[[nodiscard]] std::span<const pipeline_rule> pipeline_rules() noexcept;

/// The first rule that keeps `later` from being sent while `earlier` is outstanding; nullptr when it may go.
[[nodiscard]] const pipeline_rule* blocking_rule(const command_traits& earlier, const command_traits& later) noexcept;

}  // namespace imapxx::inline v0::core
