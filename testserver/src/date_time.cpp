#include "date_time.hpp"

#include "text.hpp"

#include <array>
#include <cstdio>
#include <vector>

namespace imapxx::testserver::detail {

namespace {

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<unsigned> month_number(std::string_view s) {
  for (unsigned i = 0; i < months.size(); ++i)
    if (iequals(s, months[i])) return i + 1;
  return std::nullopt;
}

unsigned days_in_month(std::int64_t year, unsigned month) {
  constexpr std::array<unsigned, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[month - 1];
}

std::optional<std::int64_t> civil_days(std::int64_t year, unsigned month, std::uint64_t day) {
  if (day < 1 || day > days_in_month(year, month)) return std::nullopt;
  return days_from_civil(year, month, static_cast<unsigned>(day));
}

/// hh:mm[:ss] to seconds.
std::optional<std::int64_t> parse_clock(std::string_view s, bool seconds_required) {
  auto colon = s.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto second_colon = s.find(':', colon + 1);
  auto h = parse_number(trim(s.substr(0, colon)));
  auto m = parse_number(
      trim(s.substr(colon + 1, second_colon == std::string_view::npos ? s.size() : second_colon - colon - 1)));
  std::optional<std::uint64_t> sec = 0;
  if (second_colon != std::string_view::npos)
    sec = parse_number(trim(s.substr(second_colon + 1)));
  else if (seconds_required)
    return std::nullopt;
  if (!h || !m || !sec || *h > 23 || *m > 59 || *sec > 60) return std::nullopt;
  return static_cast<std::int64_t>(*h * 3600 + *m * 60 + *sec);
}

std::optional<int> numeric_zone(std::string_view s) {
  if (s.size() != 5 || (s[0] != '+' && s[0] != '-')) return std::nullopt;
  auto v = parse_number(s.substr(1));
  if (!v || *v % 100 > 59) return std::nullopt;
  int minutes = static_cast<int>(*v / 100 * 60 + *v % 100);
  return s[0] == '-' ? -minutes : minutes;
}

int named_zone(std::string_view s) {
  struct zone {
    std::string_view name;
    int hours;
  };
  constexpr std::array<zone, 10> zones = {{{"UT", 0},
                                           {"GMT", 0},
                                           {"EDT", -4},
                                           {"EST", -5},
                                           {"CDT", -5},
                                           {"CST", -6},
                                           {"MDT", -6},
                                           {"MST", -7},
                                           {"PDT", -7},
                                           {"PST", -8}}};
  for (const zone& z : zones)
    if (iequals(s, z.name)) return z.hours * 60;
  return 0;
}

/// Words of a header value, comments removed.
std::vector<std::string> words_without_comments(std::string_view s) {
  std::vector<std::string> words;
  std::string word;
  int depth = 0;
  auto flush = [&] {
    if (!word.empty()) words.push_back(word);
    word.clear();
  };
  for (char c : s) {
    if (c == '(') ++depth;
    if (depth == 0 && !is_space(c) && c != ',')
      word.push_back(c);
    else
      flush();
    if (c == ')' && depth > 0) --depth;
  }
  flush();
  return words;
}

}  // namespace

std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) {
  year -= month <= 2 ? 1 : 0;
  std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  std::int64_t of_era = year - era * 400;
  std::int64_t of_year = (153 * (static_cast<std::int64_t>(month) + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

std::optional<std::int64_t> parse_date(std::string_view s) {
  auto first = s.find('-');
  auto second = first == std::string_view::npos ? first : s.find('-', first + 1);
  if (second == std::string_view::npos || first < 1 || first > 2) return std::nullopt;
  auto day = parse_number(trim(s.substr(0, first)));
  auto month = month_number(s.substr(first + 1, second - first - 1));
  auto year = parse_number(s.substr(second + 1));
  if (!day || !month || !year || s.size() - second - 1 != 4) return std::nullopt;
  return civil_days(static_cast<std::int64_t>(*year), *month, *day);
}

std::optional<std::int64_t> parse_date_time(std::string_view s) {
  constexpr std::size_t length = 26;
  if (s.size() != length || s[11] != ' ' || s[20] != ' ') return std::nullopt;
  auto days = parse_date(s.substr(0, 11));
  auto clock = parse_clock(s.substr(12, 8), true);
  auto zone = numeric_zone(s.substr(21));
  if (!days || !clock || !zone) return std::nullopt;
  return *days * 86400 + *clock - *zone * 60;
}

std::string format_date_time(std::int64_t seconds) {
  std::int64_t days = seconds / 86400 - (seconds % 86400 < 0 ? 1 : 0);
  auto clock = static_cast<int>(seconds - days * 86400);
  std::int64_t year = 1970 + days / 366;
  while (days_from_civil(year + 1, 1, 1) <= days) ++year;
  while (days_from_civil(year, 1, 1) > days) --year;
  unsigned month = 1;
  while (month < 12 && days_from_civil(year, month + 1, 1) <= days) ++month;
  auto day = static_cast<int>(days - days_from_civil(year, month, 1) + 1);
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%02d-%s-%04d %02d:%02d:%02d +0000", day, months[month - 1].data(),
                static_cast<int>(year), clock / 3600, clock / 60 % 60, clock % 60);
  return buffer.data();
}

std::optional<header_date> parse_header_date(std::string_view s) {
  auto words = words_without_comments(s);
  std::size_t i = 0;
  if (i < words.size() && !is_digit(words[i][0])) ++i;
  if (words.size() < i + 4) return std::nullopt;
  auto day = parse_number(words[i]);
  auto month = month_number(std::string_view(words[i + 1]).substr(0, 3));
  auto year = parse_number(words[i + 2]);
  auto clock = parse_clock(words[i + 3], false);
  if (!day || !month || !year || !clock || *year > 9999) return std::nullopt;
  // RFC 5322, 4.3: two digits mean 1950..2049, three digits count from 1900.
  auto digits = words[i + 2].size();
  if (digits == 2)
    *year += *year < 50 ? 2000U : 1900U;
  else if (digits == 3)
    *year += 1900;
  auto days = civil_days(static_cast<std::int64_t>(*year), *month, *day);
  if (!days) return std::nullopt;
  header_date r;
  if (words.size() > i + 4) r.zone_minutes = numeric_zone(words[i + 4]).value_or(named_zone(words[i + 4]));
  r.seconds = *days * 86400 + *clock - r.zone_minutes * 60;
  return r;
}

}  // namespace imapxx::testserver::detail
