#include <imapxx/model/capability.hpp>

#include "base/ascii.hpp"

#include <algorithm>
#include <numeric>

namespace imapxx::inline v0 {
namespace {

constexpr std::size_t few_names = 64;

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  while (true) {
    const auto begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) return out;
    text.remove_prefix(begin);
    const auto end = std::min(text.find(' '), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

}  // namespace

capability_set::capability_set(std::string_view names) {
  const auto all = words(names);
  if (all.size() <= few_names) {
    for (const auto name : all) insert(name);
    return;
  }
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto c = base::icompare(all[a], all[b]);
    return c == 0 ? a < b : c < 0;
  });
  std::vector<char> repeated(all.size(), 0);
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (base::iequals(all[order[i]], all[order[i - 1]])) repeated[order[i]] = 1;
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (repeated[i] == 0) names_.emplace_back(all[i]);
  }
}

void capability_set::insert(std::string_view name) {
  if (!name.empty() && !contains(name)) names_.emplace_back(name);
}

void capability_set::erase(std::string_view name) {
  std::erase_if(names_, [&](const std::string& n) { return base::iequals(n, name); });
}

bool capability_set::contains(std::string_view name) const noexcept {
  return std::any_of(names_.begin(), names_.end(), [&](const std::string& n) { return base::iequals(n, name); });
}

std::vector<std::string> capability_set::values(std::string_view key) const {
  std::vector<std::string> out;
  for (const std::string_view name : names_) {
    if (name.size() > key.size() && name[key.size()] == '=' && base::iequals(name.substr(0, key.size()), key)) {
      out.push_back(base::to_upper(name.substr(key.size() + 1)));
    }
  }
  return out;
}

std::optional<std::string> capability_set::value(std::string_view key) const {
  auto all = values(key);
  if (all.empty()) return std::nullopt;
  return std::move(all.front());
}

bool capability_set::imap4rev1() const noexcept { return contains("IMAP4rev1"); }
bool capability_set::imap4rev2() const noexcept { return contains("IMAP4rev2"); }

std::string capability_set::to_string() const {
  std::string out;
  for (const auto& name : names_) {
    if (!out.empty()) out += ' ';
    out += name;
  }
  return out;
}

}  // namespace imapxx::inline v0
