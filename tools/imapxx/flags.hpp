// Flags as people type them: seen, \Seen, $Work.
#pragma once

#include <imapxx/commands/store.hpp>
#include <imapxx/model/flag.hpp>

#include <string>
#include <vector>

namespace imapxx::cli {

/// A flag; the names of system flags need no backslash. \throws failure (usage)
[[nodiscard]] flag parse_flag(const std::string& word);
[[nodiscard]] flag_list parse_flags(const std::vector<std::string>& words);

/// What store shall do: at most one of each mode, in the order remove, add, or replace alone.
struct flag_change {
  store_mode mode = store_mode::add;
  flag_list flags;
};
/// From "+seen", "-$Work", "=seen,flagged". \throws failure (usage)
[[nodiscard]] std::vector<flag_change> parse_changes(const std::vector<std::string>& words);

}  // namespace imapxx::cli
