#include "core/pipeline_rules.hpp"

#include <imapxx/commands/fetch_items.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace imapxx::inline v0::core {
namespace {

bool same_messages(const command_scope& a, const command_scope& b) noexcept {
  // A sequence number and a UID may name the same message.
  if (a.messages == nullptr || b.messages == nullptr || a.by_uid != b.by_uid) return true;
  return overlap(*a.messages, *b.messages);
}

// FETCH data names its message and its items. Two commands are told apart when they share no message, or no item.
bool share_fetch_data(const command_scope& a, const command_scope& b) noexcept {
  if (!same_messages(a, b) || (a.names_tag && b.names_tag)) return false;
  // "A FETCH of a message's flags and a STORE of that same message's flags": RFC 3501 section 5.5.
  if ((a.changes_flags && b.tells_flags) || (a.tells_flags && b.changes_flags)) return true;
  if (a.items != nullptr && b.items != nullptr) return a.items->overlaps(*b.items);
  // A STORE beside a FETCH of anything but flags.
  return !((a.items != nullptr || a.tells_flags) && (b.items != nullptr || b.tells_flags));
}

// STATUS data names its mailbox.
bool share_mailbox(const command_scope& a, const command_scope& b) noexcept {
  if (a.mailbox == nullptr || b.mailbox == nullptr) return true;
  return *a.mailbox == *b.mailbox ||
         (a.mailbox->decoded() && b.mailbox->decoded() && a.mailbox->utf8() == b.mailbox->utf8());
}

bool same_answer(const planned& a, const planned& b) noexcept {
  auto common = static_cast<std::uint32_t>(a.traits.answers) & static_cast<std::uint32_t>(b.traits.answers);
  if (common == 0) return false;
  const auto told_apart = [&common](answer kind, bool shared) {
    if (!shared) common &= ~static_cast<std::uint32_t>(kind);
  };
  if ((common & static_cast<std::uint32_t>(answer::fetch)) != 0)
    told_apart(answer::fetch, share_fetch_data(a.scope, b.scope));
  if ((common & static_cast<std::uint32_t>(answer::status)) != 0)
    told_apart(answer::status, share_mailbox(a.scope, b.scope));
  if ((common & static_cast<std::uint32_t>(answer::search)) != 0)
    told_apart(answer::search, !(a.scope.names_tag && b.scope.names_tag));
  if ((common & static_cast<std::uint32_t>(answer::copied)) != 0)
    told_apart(answer::copied, same_messages(a.scope, b.scope));
  return common != 0;
}

constexpr std::array<pipeline_rule, 4> rules{{
    {"exclusive", "the dialogue of one of them uses the connection alone",
     [](const planned& a, const planned& b) noexcept { return a.traits.is_exclusive || b.traits.is_exclusive; }},
    {"selection", "what the later one means depends on which mailbox is selected then",
     [](const planned& a, const planned& b) noexcept {
       return a.traits.changes_selection || b.traits.changes_selection;
     }},
    {"renumbering", "an EXPUNGE during the earlier one changes what a sequence number of the later one means",
     [](const planned& a, const planned& b) noexcept { return a.traits.may_expunge && b.uses_sequence_numbers(); }},
    {"same-answer", "nothing in the untagged data tells which of the two it answers", &same_answer},
}};

}  // namespace

const pipeline_rule* blocking_rule(const planned& earlier, const planned& later) noexcept {
  for (const auto& rule : rules) {
    if (rule.holds(earlier, later)) return &rule;
  }
  return nullptr;
}

bool may_overtake(const planned& later, const planned& earlier) noexcept {
  return later.only_reads() && earlier.only_reads() && blocking_rule(later, earlier) == nullptr;
}

bool overlap(const detail::number_ranges& a, const detail::number_ranges& b) noexcept {
  const auto& few = a.ranges().size() <= b.ranges().size() ? a : b;
  const auto& many = &few == &a ? b : a;
  for (const auto* s : {&a, &b}) {
    // `*` alone is whatever is last.
    if (!s->empty() && s->ranges().back().first == number_set_star) return !few.empty();
  }
  for (const auto& r : few.ranges()) {
    const auto at = std::lower_bound(many.ranges().begin(), many.ranges().end(), r.first,
                                     [](const number_range& x, message_number n) noexcept { return x.last < n; });
    if (at != many.ranges().end() && at->first <= r.last) return true;
  }
  return false;
}

}  // namespace imapxx::inline v0::core
