#include <imapxx/model/number_set.hpp>

#include "base/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace imapxx::inline v0::detail {

namespace {
bool starts_before(const number_range& a, const number_range& b) noexcept { return a.first < b.first; }

// Whether `next`, which begins not before `previous`, overlaps or touches it.
bool touches(const number_range& previous, const number_range& next) noexcept {
  return next.first <= previous.last || next.first - previous.last == 1;
}

void append_merged(std::vector<number_range>& out, const number_range& r) {
  if (!out.empty() && touches(out.back(), r)) {
    out.back().last = std::max(out.back().last, r.last);
  } else {
    out.push_back(r);
  }
}

// In order, without a 0, and each range behind a number that is in none. Without a branch for each.
bool is_normalised(const std::vector<number_range>& ranges) noexcept {
  std::uint64_t least = 1;
  bool normalised = true;
  for (const auto& r : ranges) {
    normalised &= r.first >= least;
    least = std::uint64_t{r.last} + 2;
  }
  return normalised;
}

void append_number(std::string& out, message_number n) {
  if (n == number_set_star) {
    out += '*';
    return;
  }
  char digits[10];
  const auto end = std::to_chars(digits, digits + sizeof digits, n).ptr;
  out.append(digits, end);
}

// seq-number = nz-number / "*"; leading zeros are read, too (quirk G-15).
std::optional<message_number> read_number(std::string_view text, std::size_t& at) noexcept {
  if (at < text.size() && text[at] == '*') {
    ++at;
    return number_set_star;
  }
  const char* begin = text.data() + at;
  const char* end = text.data() + text.size();
  message_number n = 0;
  if (begin == end || !base::is_digit(*begin)) return std::nullopt;
  const auto [stop, ec] = std::from_chars(begin, end, n);
  if (ec != std::errc() || n == 0) return std::nullopt;
  at += static_cast<std::size_t>(stop - begin);
  return n;
}
}  // namespace

std::uint64_t number_ranges::size() const noexcept {
  std::uint64_t n = 0;
  for (const auto& r : ranges_) n += std::uint64_t{r.last} - r.first + 1;
  return n;
}

bool number_ranges::contains(message_number n) const noexcept {
  const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), number_range(n, n), starts_before);
  return after != ranges_.begin() && n <= std::prev(after)->last;
}

std::string number_ranges::to_string() const {
  std::string out;
  for (const auto& r : ranges_) {
    if (!out.empty()) out += ',';
    append_number(out, r.first);
    if (r.first == r.last) continue;
    out += ':';
    append_number(out, r.last);
  }
  return out;
}

void number_ranges::add(message_number first, message_number last) {
  const number_range r(first, last);
  if (ranges_.empty() || r.first >= ranges_.back().first) {
    append_merged(ranges_, r);
    return;
  }
  // From the first range that touches `r` or lies behind it ...
  auto begin = std::lower_bound(ranges_.begin(), ranges_.end(), r, starts_before);
  if (begin != ranges_.begin() && touches(*std::prev(begin), r)) --begin;
  // ... to the first that lies behind it without touching.
  number_range merged = r;
  auto end = begin;
  for (; end != ranges_.end() && (end->first <= merged.first || touches(merged, *end)); ++end) {
    merged.first = std::min(merged.first, end->first);
    merged.last = std::max(merged.last, end->last);
  }
  if (begin == end) {
    ranges_.insert(begin, merged);
  } else {
    *begin = merged;
    ranges_.erase(std::next(begin), end);
  }
}

void number_ranges::remove(message_number first, message_number last) {
  number_ranges gone;
  gone.add(first, last);
  subtract(gone);
}

void number_ranges::unite(const number_ranges& other) {
  std::vector<number_range> out;
  out.reserve(ranges_.size() + other.ranges_.size());
  auto a = ranges_.begin();
  auto b = other.ranges_.begin();
  while (a != ranges_.end() || b != other.ranges_.end()) {
    const bool take_a = b == other.ranges_.end() || (a != ranges_.end() && starts_before(*a, *b));
    append_merged(out, take_a ? *a++ : *b++);
  }
  ranges_ = std::move(out);
}

void number_ranges::intersect(const number_ranges& other) {
  std::vector<number_range> out;
  auto a = ranges_.begin();
  auto b = other.ranges_.begin();
  while (a != ranges_.end() && b != other.ranges_.end()) {
    const message_number first = std::max(a->first, b->first);
    const message_number last = std::min(a->last, b->last);
    if (first <= last) out.emplace_back(first, last);
    if (a->last < b->last) {
      ++a;
    } else {
      ++b;
    }
  }
  ranges_ = std::move(out);
}

void number_ranges::subtract(const number_ranges& other) {
  std::vector<number_range> out;
  auto b = other.ranges_.begin();
  for (const auto& a : ranges_) {
    // 64 bit, because one behind 4294967295 must exist.
    std::uint64_t from = a.first;
    while (b != other.ranges_.end() && b->last < a.first) ++b;
    for (auto cut = b; cut != other.ranges_.end() && cut->first <= a.last; ++cut) {
      if (cut->first > from) out.emplace_back(static_cast<message_number>(from), cut->first - 1);
      from = std::max<std::uint64_t>(from, std::uint64_t{cut->last} + 1);
      // The last range that was looked at may reach into the next `a`, those before it cannot.
      b = cut;
    }
    if (from <= a.last) out.emplace_back(static_cast<message_number>(from), a.last);
  }
  ranges_ = std::move(out);
}

void number_ranges::assign(std::vector<number_range> ranges) {
  // Sets of servers come normalised, and with a million ranges: nothing is moved then.
  if (is_normalised(ranges)) {
    ranges_ = std::move(ranges);
    return;
  }
  if (!std::is_sorted(ranges.begin(), ranges.end(), starts_before)) {
    std::sort(ranges.begin(), ranges.end(), starts_before);
  }
  if (!ranges.empty() && ranges.front().first == 0) {
    throw_error(error(errc::invalid_argument, "message numbers start at 1"));
  }
  std::vector<number_range> out;
  for (const auto& r : ranges) append_merged(out, r);
  ranges_ = std::move(out);
}

// sequence-set = (seq-number / seq-range) ["," sequence-set]
error number_ranges::parse(std::string_view text, std::size_t max_ranges) {
  std::vector<number_range> ranges;
  std::size_t at = 0;
  std::size_t count = 0;
  const auto bad = [&] { return error(errc::unparsed, "not a number set").set_offset(at); };
  for (;;) {
    if (count++ == max_ranges) {
      return error(errc::limit_exceeded, "too many ranges in a number set")
          .set_limit("set_ranges", max_ranges)
          .set_offset(at);
    }
    const auto first = read_number(text, at);
    if (!first) return bad();
    auto last = first;
    if (at < text.size() && text[at] == ':') {
      ++at;
      last = read_number(text, at);
      if (!last) return bad();
    }
    append_range(ranges, *first, *last);
    if (at == text.size()) {
      assign(std::move(ranges));
      return {};
    }
    if (text[at] != ',') return bad();
    ++at;
  }
}

}  // namespace imapxx::inline v0::detail
