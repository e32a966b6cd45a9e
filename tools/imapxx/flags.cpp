#include "flags.hpp"

#include "exit_code.hpp"

#include <array>
#include <string_view>

namespace imapxx::cli {
namespace {

bool equal_nocase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if ((a[i] | 0x20) != (b[i] | 0x20)) return false;
  return true;
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto comma = text.find(',');
    if (comma != 0) words.emplace_back(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return words;
}

}  // namespace

flag parse_flag(const std::string& word) {
  constexpr std::array system = {flags::seen, flags::answered, flags::flagged, flags::deleted, flags::draft};
  for (const std::string_view name : system)
    if (equal_nocase(word, name) || equal_nocase(word, name.substr(1))) return {name};
  flag f(word);
  if (!f.is_valid())
    throw usage_error("not a flag: " + word, "write seen, answered, flagged, deleted, draft or $Keyword");
  if (equal_nocase(word, flags::recent)) throw usage_error("\\Recent is the server's own and cannot be changed");
  return f;
}

flag_list parse_flags(const std::vector<std::string>& words) {
  flag_list list;
  for (const auto& w : words)
    for (const auto& one : split_at_commas(w)) list.insert(parse_flag(one));
  return list;
}

std::vector<flag_change> parse_changes(const std::vector<std::string>& words) {
  flag_list add, remove, replace;
  bool replacing = false;
  for (const auto& w : words) {
    const char sign = w.empty() ? ' ' : w.front();
    const auto names = split_at_commas(std::string_view(w).substr(w.empty() ? 0 : 1));
    if (sign != '+' && sign != '-' && sign != '=')
      throw usage_error("not a change of flags: " + w, "write +flag, -flag or =flag,flag");
    if (names.empty() && sign != '=') throw usage_error("a flag is missing behind " + w);
    replacing = replacing || sign == '=';
    auto& list = sign == '+' ? add : (sign == '-' ? remove : replace);
    for (const auto& n : names) list.insert(parse_flag(n));
  }
  if (replacing && (!add.empty() || !remove.empty()))
    throw usage_error("= replaces all flags and cannot stand beside + and -");
  for (const auto& f : add)
    if (remove.contains(f)) throw usage_error("the flag " + std::string(f.name()) + " is both added and removed");
  std::vector<flag_change> changes;
  if (replacing) changes.push_back({store_mode::replace, replace});
  if (!remove.empty()) changes.push_back({store_mode::remove, remove});
  if (!add.empty()) changes.push_back({store_mode::add, add});
  return changes;
}

}  // namespace imapxx::cli
