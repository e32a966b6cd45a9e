// Sets of numbers beside a list of ranges that is looked through from end to end: what the text says, what is written,
// and what union, intersection and difference hold.
#include <imapxx/model/number_set.hpp>
#include <imapxx/model/uid_map.hpp>

#include "support/choices.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fuzz_number_set {
using namespace imapxx;
using plain_ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

inline bool holds(const plain_ranges& ranges, std::uint64_t n) {
  return std::any_of(ranges.begin(), ranges.end(), [n](const auto& r) { return r.first <= n && n <= r.second; });
}

// seq-number = nz-number / "*"
inline std::optional<std::uint64_t> read_number(std::string_view s) {
  if (s == "*") return number_set_star;
  if (s.empty() || s.size() > 10 || s.front() == '0') return std::nullopt;
  std::uint64_t n = 0;
  for (const char c : s) {
    if (c < '0' || c > '9') return std::nullopt;
    n = n * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return n <= 0xFFFFFFFFU ? std::optional(n) : std::nullopt;
}

// sequence-set = (seq-number / seq-range) ["," sequence-set]
inline std::optional<plain_ranges> read_set(std::string_view s) {
  plain_ranges out;
  for (;;) {
    const auto comma = s.find(',');
    const auto one = s.substr(0, comma);
    const auto colon = one.find(':');
    const auto first = read_number(one.substr(0, colon));
    const auto last = colon == std::string_view::npos ? first : read_number(one.substr(colon + 1));
    if (!first || !last) return std::nullopt;
    out.emplace_back(std::min(*first, *last), std::max(*first, *last));
    if (comma == std::string_view::npos) return out;
    s.remove_prefix(comma + 1);
  }
}

// The numbers where anything can change: both sides of every end.
inline std::vector<std::uint64_t> ends_of(const plain_ranges& ranges) {
  std::vector<std::uint64_t> out = {1, number_set_star};
  for (const auto& [first, last] : ranges)
    for (const auto n : {first - 1, first, last, last + 1})
      if (n >= 1 && n <= number_set_star) out.push_back(n);
  return out;
}

inline void check_text(std::string_view text) {
  const auto expected = read_set(text);
  const auto got = uid_set::try_parse(text);
  if (expected) {
    fuzz::require(got.has_value(), "a valid set was refused");
    for (const auto n : ends_of(*expected))
      fuzz::require(got->contains(static_cast<message_number>(n)) == holds(*expected, n), "another set than written");
  }
  if (!got) return;
  const auto again = uid_set::try_parse(got->to_string());
  fuzz::require(again && *again == *got, "a set that was written reads differently");
  fuzz::require(got->ranges().size() <= text.size(), "more ranges than octets");
  std::uint64_t before = 0;
  for (const auto& r : got->ranges()) {
    fuzz::require(r.first > before + (before == 0 ? 0 : 1) && r.first <= r.last, "ranges in order, with gaps");
    before = r.last;
  }
}

// Sets below 256, once as imapxx::uid_set and once as one bool for each number.
struct both {
  uid_set set;
  std::vector<bool> plain = std::vector<bool>(300);

  void change(fuzz::choices& c) {
    const auto first = static_cast<message_number>(c.octet() + 1U);
    const auto last = c.yes() ? first : static_cast<message_number>(c.octet() + 1U);
    const bool add = c.of(4) != 0;
    for (auto n = std::min(first, last); n <= std::max(first, last); ++n) {
      plain[n] = add;
      if (!add) set.erase(n);
    }
    if (add) set.insert(first, last);
  }
  void check() const {
    std::uint64_t size = 0;
    for (message_number n = 1; n < plain.size(); ++n) {
      fuzz::require(set.contains(n) == plain[n], "contains");
      size += plain[n] ? 1 : 0;
    }
    fuzz::require(set.size() == size && set.empty() == (size == 0), "size");
    std::vector<message_number> walked(set.begin(), set.end());
    fuzz::require(walked.size() == size, "walk");
    for (const auto n : walked) fuzz::require(plain[n], "walk");
    fuzz::require(uid_set::from_numbers(walked) == set, "from_numbers");
    std::reverse(walked.begin(), walked.end());
    fuzz::require(uid_set::from_numbers(walked) == set, "from_numbers, in another order");
  }
};

inline void check_operations(std::string_view octets) {
  fuzz::choices c(octets);
  both a;
  both b;
  while (!c.used_up()) (c.yes() ? a : b).change(c);
  a.check();
  b.check();
  both joined{a.set | b.set, {}};
  both common{a.set & b.set, {}};
  both without{a.set - b.set, {}};
  for (std::size_t n = 0; n < a.plain.size(); ++n) {
    joined.plain.push_back(a.plain[n] || b.plain[n]);
    common.plain.push_back(a.plain[n] && b.plain[n]);
    without.plain.push_back(a.plain[n] && !b.plain[n]);
  }
  joined.check();
  common.check();
  without.check();
}

}  // namespace fuzz_number_set

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  fuzz_number_set::check_text(text);
  fuzz_number_set::check_operations(text.substr(0, 40));
  return 0;
}
