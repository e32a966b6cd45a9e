#include "core/pipeline_rules.hpp"

#include <array>

namespace imapxx::inline v0::core {
namespace {

constexpr std::array<pipeline_rule, 4> rules{{
    {"exclusive", "the dialogue of one of them uses the connection alone",
     [](const command_traits& a, const command_traits& b) noexcept { return a.is_exclusive || b.is_exclusive; }},
    {"selection", "what the later one means depends on which mailbox is selected then",
     [](const command_traits& a, const command_traits& b) noexcept {
       return a.changes_selection || b.changes_selection;
     }},
    {"same-answer", "nothing in the untagged data tells which of the two it answers",
     [](const command_traits& a, const command_traits& b) noexcept {
       // FETCH data names its message, STATUS its mailbox: those are told apart by the commands themselves.
       constexpr auto told_apart = answer::fetch | answer::status;
       return (static_cast<std::uint32_t>(a.answers) & static_cast<std::uint32_t>(b.answers) &
               ~static_cast<std::uint32_t>(told_apart)) != 0;
     }},
    {"renumbering", "an EXPUNGE during the earlier one changes what a sequence number of the later one means",
     [](const command_traits& a, const command_traits& b) noexcept {
       return (a.may_expunge && b.uses_sequence_numbers) || (a.uses_sequence_numbers && b.may_expunge);
     }},
}};

}  // namespace

std::span<const pipeline_rule> pipeline_rules() noexcept { return rules; }

const pipeline_rule* blocking_rule(const command_traits& earlier, const command_traits& later) noexcept {
  for (const auto& rule : rules) {
    if (rule.holds(earlier, later)) return &rule;
  }
  return nullptr;
}

}  // namespace imapxx::inline v0::core
