#include "number_ranges.hpp"

#include "text.hpp"

#include <algorithm>

namespace imapxx::testserver::detail {

namespace {

std::optional<std::uint32_t> parse_bound(std::string_view s) {
  if (s == "*") return number_ranges::star;
  auto n = parse_number(s);
  if (!n || *n == 0 || *n >= number_ranges::star) return std::nullopt;
  return static_cast<std::uint32_t>(*n);
}

}  // namespace

std::optional<number_ranges> number_ranges::parse(std::string_view s) {
  number_ranges r;
  if (s == "$") {
    r.saved_ = true;
    return r;
  }
  for (;;) {
    auto comma = s.find(',');
    auto item = s.substr(0, comma);
    auto colon = item.find(':');
    auto first = parse_bound(item.substr(0, colon));
    auto second = colon == std::string_view::npos ? first : parse_bound(item.substr(colon + 1));
    if (!first || !second) return std::nullopt;
    r.ranges_.emplace_back(*first, *second);
    if (comma == std::string_view::npos) return r;
    s.remove_prefix(comma + 1);
  }
}

bool number_ranges::contains(std::uint32_t n, std::uint32_t last) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [&](auto range) {
    auto a = range.first == star ? last : range.first;
    auto b = range.second == star ? last : range.second;
    return n >= std::min(a, b) && n <= std::max(a, b);
  });
}

std::uint32_t number_ranges::largest() const {
  std::uint32_t n = 0;
  for (auto [a, b] : ranges_)
    for (auto bound : {a, b}) n = bound == star ? n : std::max(n, bound);
  return n;
}

bool number_ranges::uses_star() const {
  return std::any_of(ranges_.begin(), ranges_.end(), [](auto r) { return r.first == star || r.second == star; });
}

}  // namespace imapxx::testserver::detail
