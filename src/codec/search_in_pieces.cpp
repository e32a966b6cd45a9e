#include "codec/search_in_pieces.hpp"

#include "base/big_block.hpp"
#include "base/swar.hpp"

#include <algorithm>
#include <charconv>

namespace imapxx::inline v0::codec {
namespace {

constexpr std::string_view name = "* SEARCH";
constexpr std::size_t most_digits = 10;
// What may be left of a number that is not all there: a space, its digits, CR.
constexpr std::size_t longest_rest = 1 + most_digits + 1;
constexpr std::size_t line_end = 2;

}  // namespace

bool search_in_pieces::begins(std::string_view octets) noexcept {
  return octets.size() > name.size() && octets.starts_with(name) && octets[name.size()] == ' ' &&
         octets.find('\n') == std::string_view::npos;
}

search_in_pieces::step search_in_pieces::take(std::string_view octets, std::uint64_t most) {
  const char* const begin = octets.data();
  const char* const end = begin + octets.size();
  const char* at = octets_ == 0 ? begin + name.size() : begin;
  while (at != end && *at == ' ') {
    const char* behind = at + 1;
    const auto n = base::read_nz_number(at + 1, end, behind);
    if (n <= last_ || behind == end || (*behind != ' ' && *behind != '\r')) break;
    append(n);
    at = behind;
  }
  const auto rest = octets.substr(static_cast<std::size_t>(at - begin));
  step out;
  out.octets = octets.size() - rest.size();
  octets_ += out.octets;
  const bool over = !ranges_.empty() && rest.starts_with("\r\n");
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

void search_in_pieces::append(message_number n) {
  if (!ranges_.empty() && n - last_ == 1) {
    ranges_.back().last = n;
  } else {
    if (ranges_.size() == ranges_.capacity()) make_room();
    ranges_.emplace_back(n, n);
  }
  last_ = n;
}

// Nobody knows how many are to come. From some thousands on it is a huge page and more: then memory that is touched
// twice costs less than its small pages once.
void search_in_pieces::make_room() {
  constexpr std::size_t few = 64;
  constexpr std::size_t many = 4096;
  constexpr std::size_t small_page = 4096;
  auto octets = std::max(few, 2 * ranges_.size()) * sizeof(number_range);
  if (ranges_.size() >= many) octets = base::filling_pages(std::max(octets, base::huge_page - small_page));
  std::vector<number_range> more;
  more.reserve(octets / sizeof(number_range));
  base::expect_use(more.data(), octets);
  more.assign(ranges_.begin(), ranges_.end());
  ranges_ = std::move(more);
}

void search_in_pieces::write(std::span<char> to) const noexcept {
  char* const end = to.data() + to.size();
  char* at = std::copy(name.begin(), name.end(), to.data());
  for (const auto& r : ranges_) {
    for (std::uint64_t n = r.first; n <= r.last; ++n) {
      *at++ = ' ';
      at = std::to_chars(at, end, n).ptr;
    }
  }
}

}  // namespace imapxx::inline v0::codec
