#include <imapxx/model/flag.hpp>

#include "base/ascii.hpp"

#include <algorithm>
#include <numeric>

namespace imapxx::inline v0 {
namespace {

// ATOM-CHAR of RFC 9051 section 9: no CTL, SP, ( ) { % * " \ ]
bool is_atom_char(char c) noexcept {
  const auto u = static_cast<unsigned char>(c);
  return u > 0x20 && u < 0x7f && std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
}

// Above this many flags, pairwise comparison would cost more than sorting.
constexpr std::size_t few_flags = 32;

}  // namespace

bool flag::is_valid() const noexcept {
  std::string_view rest = name_;
  if (!rest.empty() && rest.front() == '\\') rest.remove_prefix(1);
  return !rest.empty() && std::all_of(rest.begin(), rest.end(), is_atom_char);
}

bool operator==(const flag& a, const flag& b) noexcept { return base::iequals(a.name(), b.name()); }

bool flag_view::contains(std::string_view name) const noexcept {
  return std::any_of(begin(), end(), [name](std::string_view f) { return base::iequals(f, name); });
}

flag_list flag_list::from(std::vector<flag> flags) {
  flag_list out;
  if (flags.size() <= few_flags) {
    for (std::size_t i = 1; i < flags.size();) {
      const auto here = flags.begin() + static_cast<std::ptrdiff_t>(i);
      if (std::find(flags.begin(), here, *here) == here) {
        ++i;
      } else {
        flags.erase(here);
      }
    }
    out.flags_ = std::move(flags);
    return out;
  }
  std::vector<std::size_t> order(flags.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto c = base::icompare(flags[a].name(), flags[b].name());
    return c == 0 ? a < b : c < 0;
  });
  std::vector<char> repeated(flags.size(), 0);
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (flags[order[i]] == flags[order[i - 1]]) repeated[order[i]] = 1;
  }
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (repeated[i] == 0) out.flags_.push_back(std::move(flags[i]));
  }
  return out;
}

flag_list& flag_list::insert(flag f) {
  if (!contains(f)) flags_.push_back(std::move(f));
  return *this;
}

flag_list& flag_list::erase(const flag& f) {
  std::erase(flags_, f);
  return *this;
}

bool flag_list::contains(const flag& f) const noexcept {
  return std::find(flags_.begin(), flags_.end(), f) != flags_.end();
}

std::string flag_list::to_string() const {
  std::string out = "(";
  for (const auto& f : flags_) {
    if (out.size() > 1) out += ' ';
    out += f.name();
  }
  return out += ')';
}

}  // namespace imapxx::inline v0
