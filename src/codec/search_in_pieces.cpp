#include "codec/search_in_pieces.hpp"

#include "base/big_block.hpp"
#include "base/swar.hpp"

#include <algorithm>
#include <bit>
#include <charconv>

namespace imapxx::inline v0::codec {
namespace {

constexpr std::string_view name = "* SEARCH";
constexpr std::size_t most_digits = 10;
// What may be left of a number that is not all there: a space, its digits, CR.
constexpr std::size_t longest_rest = 1 + most_digits + 1;
constexpr std::size_t line_end = 2;

// Ranges that are known to be in order need not be looked at again: they may be more than the caches hold.
struct ordered_set : uid_set {
  explicit ordered_set(std::vector<number_range>&& in_order) noexcept { ranges_ = std::move(in_order); }
};

}  // namespace

inline void search_in_pieces::keep(message_number first, message_number last) {
  if (ranges_.size() == ranges_.capacity()) make_room();
  ranges_.emplace_back(first, last);
}

bool search_in_pieces::begins(std::string_view octets) noexcept {
  return octets.size() > name.size() && octets.starts_with(name) && octets[name.size()] == ' ' &&
         octets.find('\n') == std::string_view::npos;
}

search_in_pieces::step search_in_pieces::take(std::string_view octets, std::uint64_t most) {
  const char* const begin = octets.data();
  const char* const end = begin + octets.size();
  const char* at = octets_ == 0 ? begin + name.size() : begin;
  auto first = first_;
  auto last = last_;
  const auto number = [&](message_number n) {
    if (n <= last) return false;
    if (n - last != 1) {
      if (last != 0) keep(first, last);
      first = n;
    }
    last = n;
    return true;
  };
  // Where the spaces are is found before the numbers between them are read: then none waits for the one before it.
  constexpr std::ptrdiff_t block = 64;
  constexpr std::ptrdiff_t looked_at = 1 + block + 8;
  for (bool good = at != end && *at == ' '; good && end - at >= looked_at;) {
    const char* const begins = at + 1;
    auto spaces = base::octets_that_are<' '>(begins);
    good = spaces != 0;
    for (; spaces != 0; spaces &= spaces - 1) {
      const char* const behind = begins + std::countr_zero(spaces);
      good = number(base::nz_number_between(at + 1, behind));
      if (!good) break;
      at = behind;
    }
  }
  while (at != end && *at == ' ') {
    const char* behind = at + 1;
    const auto n = base::read_nz_number(at + 1, end, behind);
    if (behind == end || (*behind != ' ' && *behind != '\r') || !number(n)) break;
    at = behind;
  }
  first_ = first;
  last_ = last;
  const auto rest = octets.substr(static_cast<std::size_t>(at - begin));
  step out;
  out.octets = octets.size() - rest.size();
  octets_ += out.octets;
  const bool over = last_ != 0 && rest.starts_with("\r\n");
  const auto in_all = octets_ + (over ? 0 : rest.size());
  const bool may_go_on = rest.size() <= longest_rest && rest.find('\n') == std::string_view::npos;
  if (in_all > most || !(over || may_go_on)) {
    out.now = state::other;
  } else if (over) {
    out.now = state::complete;
    out.octets += line_end;
  }
  return out;
}

// What the server says of the mailbox is believed for sixteen times of what it sent already: room that nothing is put
// into costs addresses only, but memory that is touched twice costs more than all of the reading. From some thousands
// on it is a huge page and more.
void search_in_pieces::make_room() {
  constexpr std::size_t few = 64;
  constexpr std::size_t many = 4096;
  constexpr std::size_t small_page = 4096;
  constexpr std::size_t steps = 16;
  const auto size = ranges_.size();
  auto wanted = std::max(few, 2 * size);
  if (size >= many && expected_ > wanted) wanted = std::min<std::size_t>(steps * size, expected_);
  auto octets = wanted * sizeof(number_range);
  if (size >= many) octets = base::filling_pages(std::max(octets, base::huge_page - small_page));
  std::vector<number_range> more;
  more.reserve(octets / sizeof(number_range));
  base::expect_use(more.data(), octets);
  more.assign(ranges_.begin(), ranges_.end());
  ranges_ = std::move(more);
}

uid_set search_in_pieces::release() {
  if (last_ != 0) keep(first_, last_);
  last_ = 0;
  return ordered_set(std::move(ranges_));
}

void search_in_pieces::write(std::span<char> to) const noexcept {
  char* const end = to.data() + to.size();
  char* at = std::copy(name.begin(), name.end(), to.data());
  const auto numbers = [&](message_number first, message_number last) {
    for (std::uint64_t n = first; n <= last; ++n) {
      *at++ = ' ';
      at = std::to_chars(at, end, n).ptr;
    }
  };
  for (const auto& r : ranges_) numbers(r.first, r.last);
  if (last_ != 0) numbers(first_, last_);
}

}  // namespace imapxx::inline v0::codec
