/// \file
/// Sequence sets and UID sets (RFC 9051 section 9, `sequence-set`): two different types, so that one is never taken for
/// the other.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/result.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {

/// A message sequence number or UID: 1 … 2^32-1.
using message_number = std::uint32_t;

/// An inclusive range, first <= last. `number_set_star` as `last` (and possibly `first`) is the wire's `*`.
class number_range {
 public:
  constexpr number_range(message_number f, message_number l) noexcept : first(f < l ? f : l), last(f < l ? l : f) {}
  message_number first;
  message_number last;
  friend constexpr bool operator==(const number_range&, const number_range&) = default;
};

/// `*`, the largest number in use. As 4294967295 it compares like an ordinary number, which is what RFC 9051 means by
/// it in all but an empty mailbox; a set prints it as `*`.
inline constexpr message_number number_set_star = 0xFFFFFFFFU;

namespace detail {
/// Adds a range at the end of a list that need not be sorted; numbers that come in order make one range.
inline void append_range(std::vector<number_range>& ranges, message_number first, message_number last) {
  if (!ranges.empty() && first > ranges.back().last && first - ranges.back().last == 1 && first <= last) {
    ranges.back().last = last;
  } else {
    ranges.emplace_back(first, last);
  }
}

/// What both set types share: a normalised (sorted, merged) list of ranges. Not thread-safe for writing, safe for
/// concurrent reading.
class IMAPXX_API number_ranges {
 public:
  [[nodiscard]] bool empty() const noexcept { return ranges_.empty(); }
  /// How many numbers the set holds; 64 bit, since `1:*` holds 2^32-1.
  [[nodiscard]] std::uint64_t size() const noexcept;
  [[nodiscard]] bool contains(message_number n) const noexcept;
  [[nodiscard]] std::span<const number_range> ranges() const noexcept { return ranges_; }
  /// The ranges, taken out of a set that is needed no more.
  [[nodiscard]] std::vector<number_range> release() && noexcept { return std::exchange(ranges_, {}); }
  [[nodiscard]] bool has_star() const noexcept { return !ranges_.empty() && ranges_.back().last == number_set_star; }
  /// The wire form, such as "1:3,7,9:*"; empty for the empty set.
  [[nodiscard]] std::string to_string() const;

 protected:
  number_ranges() = default;
  void add(message_number first, message_number last);
  void remove(message_number first, message_number last);
  void unite(const number_ranges& other);
  void intersect(const number_ranges& other);
  void subtract(const number_ranges& other);
  /// Takes ranges in any order, also overlapping. \throws error (invalid_argument) when one holds 0
  void assign(std::vector<number_range> ranges);
  /// Leaves the set alone and returns the error, or success.
  [[nodiscard]] error parse(std::string_view text, std::size_t max_ranges);
  std::vector<number_range> ranges_;
};
}  // namespace detail

/// A set of numbers of one kind. Build it with `of`, `range`, `from`, `parse`, or as a union; zero is refused.
///
/// `basic_number_set<seq_tag>` is `seq_set`, `basic_number_set<uid_tag>` is `uid_set`; they do not convert into one
/// another.
template <class Tag>
class basic_number_set : public detail::number_ranges {
 public:
  /// Walks the single numbers lazily; a set is never expanded in memory.
  class const_iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = message_number;
    using difference_type = std::ptrdiff_t;
    using pointer = const message_number*;
    using reference = message_number;
    const_iterator() = default;
    const_iterator(const number_range* at, const number_range* end) noexcept
        : at_(at), end_(end), number_(at != end ? at->first : 0) {}
    reference operator*() const noexcept { return number_; }
    const_iterator& operator++() noexcept {
      if (number_ != at_->last) {
        ++number_;
      } else if (++at_ != end_) {
        number_ = at_->first;
      } else {
        number_ = 0;
      }
      return *this;
    }
    const_iterator operator++(int) noexcept {
      auto old = *this;
      ++*this;
      return old;
    }
    friend bool operator==(const const_iterator&, const const_iterator&) = default;

   private:
    const number_range* at_ = nullptr;
    const number_range* end_ = nullptr;
    message_number number_ = 0;
  };

  basic_number_set() = default;
  /// One number. \throws error (invalid_argument) for 0
  explicit basic_number_set(message_number n) { insert(n); }

  /// Any numbers, in any order. \throws error (invalid_argument) for 0
  template <class... N>
  [[nodiscard]] static basic_number_set of(N... n) {
    basic_number_set s;
    (s.insert(static_cast<message_number>(n)), ...);
    return s;
  }
  /// All numbers of a container, in any order; n log n also where they are unsorted. \throws error (invalid_argument)
  /// for 0
  template <class Container>
  [[nodiscard]] static basic_number_set from_numbers(const Container& c) {
    std::vector<number_range> ranges;
    for (auto n : c) detail::append_range(ranges, static_cast<message_number>(n), static_cast<message_number>(n));
    return from_ranges(std::move(ranges));
  }
  /// All numbers of some ranges, in any order; n log n. \throws error (invalid_argument) for 0
  [[nodiscard]] static basic_number_set from_ranges(std::vector<number_range> ranges) {
    basic_number_set s;
    s.assign(std::move(ranges));
    return s;
  }
  /// `first:last`, in either order. \throws error (invalid_argument) for 0
  [[nodiscard]] static basic_number_set range(message_number first, message_number last) {
    basic_number_set s;
    s.insert(first, last);
    return s;
  }
  /// `first:*`
  [[nodiscard]] static basic_number_set from(message_number first) { return range(first, number_set_star); }
  /// `1:*`
  [[nodiscard]] static basic_number_set all() { return range(1, number_set_star); }
  /// `*`
  [[nodiscard]] static basic_number_set last() { return range(number_set_star, number_set_star); }
  /// Reads the wire form. Errors: unparsed with the offset of the offending octet; limit_exceeded beyond `max_ranges`.
  [[nodiscard]] static result<basic_number_set> try_parse(std::string_view text, std::size_t max_ranges = 1'000'000) {
    basic_number_set s;
    if (auto e = s.number_ranges::parse(text, max_ranges)) return e;
    return s;
  }
  [[nodiscard]] static basic_number_set parse(std::string_view text) { return try_parse(text).value(); }

  /// Constant time at the end of the set, linear elsewhere: many numbers in no order are a case for `from_numbers`.
  /// \throws error (invalid_argument) for 0
  basic_number_set& insert(message_number n) { return insert(n, n); }
  basic_number_set& insert(message_number first, message_number last) {
    if (first == 0 || last == 0) throw_error(error(errc::invalid_argument, "message numbers start at 1"));
    add(first, last);
    return *this;
  }
  basic_number_set& erase(message_number n) {
    remove(n, n);
    return *this;
  }
  basic_number_set& operator|=(const basic_number_set& o) {
    unite(o);
    return *this;
  }
  basic_number_set& operator&=(const basic_number_set& o) {
    intersect(o);
    return *this;
  }
  basic_number_set& operator-=(const basic_number_set& o) {
    subtract(o);
    return *this;
  }
  [[nodiscard]] friend basic_number_set operator|(basic_number_set a, const basic_number_set& b) { return a |= b; }
  [[nodiscard]] friend basic_number_set operator&(basic_number_set a, const basic_number_set& b) { return a &= b; }
  [[nodiscard]] friend basic_number_set operator-(basic_number_set a, const basic_number_set& b) { return a -= b; }
  [[nodiscard]] friend bool operator==(const basic_number_set& a, const basic_number_set& b) {
    return a.ranges_ == b.ranges_;
  }

  [[nodiscard]] const_iterator begin() const noexcept { return {ranges_.data(), ranges_.data() + ranges_.size()}; }
  [[nodiscard]] const_iterator end() const noexcept {
    const auto* e = ranges_.data() + ranges_.size();
    return {e, e};
  }
};

struct seq_tag {};
struct uid_tag {};
using seq_set = basic_number_set<seq_tag>;  ///< message sequence numbers
using uid_set = basic_number_set<uid_tag>;  ///< unique identifiers

}  // namespace imapxx::inline v0
