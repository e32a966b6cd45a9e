// Many messages, asked for in commands of bounded size.
#pragma once

#include <imapxx/model/number_set.hpp>

#include <cstddef>

namespace imapxx::cli {

// Messages asked for at once: enough to hide the latency, few enough to stay small.
inline constexpr std::size_t window_of_rows = 1000;
inline constexpr std::size_t window_of_bodies = 50;
// Servers limit the length of a command line; a set of this many ranges is below 8 KiB.
inline constexpr std::size_t ranges_at_once = 500;

/// Calls `action` with the set, at most `window` messages at a time.
template <class Action>
void in_windows(const uid_set& uids, std::size_t window, Action&& action) {
  uid_set some;
  std::size_t count = 0;
  for (const auto uid : uids) {
    some.insert(uid);
    if (++count == window || some.ranges().size() == ranges_at_once) {
      action(some);
      some = {};
      count = 0;
    }
  }
  if (count != 0) action(some);
}

}  // namespace imapxx::cli
