#include <imapxx/imaplib/functions.hpp>

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0::imaplib {

namespace {

// Of English whatever the locale is; strftime would not be.
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void digits(std::string& out, long value, std::size_t width) {
  const std::string text = std::to_string(value);
  if (text.size() < width) out.append(width - text.size(), '0');
  out += text;
}

/// \param zone seconds east of UTC
std::string format(const std::tm& t, long zone) {
  const long year = t.tm_year + 1900L;
  const bool real = year >= 1 && year <= 9999 && t.tm_mon >= 0 && t.tm_mon < 12 && t.tm_mday >= 1 && t.tm_mday <= 31 &&
                    t.tm_hour >= 0 && t.tm_hour < 24 && t.tm_min >= 0 && t.tm_min < 60 && t.tm_sec >= 0 &&
                    t.tm_sec < 60 && std::labs(zone) < 86400;
  if (!real) throw std::invalid_argument("date_time out of range");
  std::string out = "\"";
  digits(out, t.tm_mday, 2);
  out += '-';
  out += months[static_cast<std::size_t>(t.tm_mon)];
  out += '-';
  digits(out, year, 4);
  out += ' ';
  digits(out, t.tm_hour, 2);
  out += ':';
  digits(out, t.tm_min, 2);
  out += ':';
  digits(out, t.tm_sec, 2);
  out += zone < 0 ? " -" : " +";
  const long minutes = std::labs(zone) / 60;
  digits(out, minutes / 60, 2);
  digits(out, minutes % 60, 2);
  return out += '"';
}

std::tm local_time(std::time_t at) {
  std::tm out{};
  ::tzset();  // localtime_r need not look at a changed TZ
  if (::localtime_r(&at, &out) == nullptr) throw std::invalid_argument("date_time out of range");
  return out;
}

/// The two offsets of the local zone, as Python's time.timezone and time.altzone have them: those of this year.
struct zone_offsets {
  long standard = 0;
  long daylight = 0;
};

zone_offsets this_year() {
  constexpr std::time_t year = 31557600;
  const std::time_t january = std::time(nullptr) / year * year;
  const long a = local_time(january).tm_gmtoff;
  const long b = local_time(january + year / 2).tm_gmtoff;
  return {std::min(a, b), std::max(a, b)};
}

long offset_by_dst(const std::tm& time) {
  const auto offsets = this_year();
  if (offsets.standard == offsets.daylight) return offsets.standard;
  int dst = time.tm_isdst;
  if (dst < 0) {
    std::tm copy = time;
    const std::time_t at = std::mktime(&copy);
    dst = local_time(at).tm_isdst;
  }
  return dst > 0 ? offsets.daylight : offsets.standard;
}

int number(std::string_view text) {
  int n = 0;
  for (const char c : text) n = c == ' ' ? n : n * 10 + (c - '0');
  return n;
}

/// Whether `text` looks like `pattern`, where `9` is a digit, `A` and `a` are letters, `d` the first octet of a day,
/// `s` a sign, and everything else itself.
bool looks_like(std::string_view text, std::string_view pattern) {
  if (text.size() < pattern.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = text[i];
    switch (pattern[i]) {
      case '9':
        if (!base::is_digit(c)) return false;
        break;
      case 'A':
        if (!base::is_upper(c)) return false;
        break;
      case 'a':
        if (!base::is_lower(c)) return false;
        break;
      case 'd':
        if (c != ' ' && (c < '0' || c > '3')) return false;
        break;
      case 's':
        if (c != '+' && c != '-') return false;
        break;
      default:
        if (c != pattern[i]) return false;
    }
  }
  return true;
}

/// Behind the `"` of the last INTERNALDATE of the first line that a date-time follows; empty when there is none.
std::string_view internal_date(std::string_view text) {
  constexpr std::string_view key = "INTERNALDATE \"";
  text = text.substr(0, text.find('\n'));
  for (std::size_t at = text.rfind(key); at != std::string_view::npos; at = text.rfind(key, at - 1)) {
    const auto rest = text.substr(at + key.size());
    if (looks_like(rest, "d9-Aaa-9999 99:99:99 s9999\"")) return rest;
    if (at == 0) break;
  }
  return {};
}

}  // namespace

int& Debug() noexcept {
  static int level = 0;
  return level;
}

bytes Int2AP(std::int64_t number) {
  auto rest = static_cast<std::uint64_t>(number);
  if (number < 0) rest = 0 - rest;
  bytes out;
  for (; rest != 0; rest /= 16) out += static_cast<char>('A' + rest % 16);
  std::reverse(out.begin(), out.end());
  return out;
}

std::vector<bytes> ParseFlags(const bytes& response) {
  constexpr std::string_view key = "FLAGS (";
  const std::string_view text = response;
  std::size_t at = text.rfind(key, text.find('\n'));
  while (at != std::string_view::npos) {
    const auto rest = text.substr(at + key.size());
    if (const std::size_t end = rest.find(')'); end != std::string_view::npos)
      return bytes(rest.substr(0, end)).split();
    if (at == 0) break;
    at = text.rfind(key, at - 1);
  }
  return {};
}

std::optional<std::tm> Internaldate2tuple(const bytes& response) {
  using namespace std::chrono;
  const auto text = internal_date(response);
  if (text.empty()) return std::nullopt;
  const auto* const month = std::find(months.begin(), months.end(), text.substr(3, 3));
  const int year_number = number(text.substr(7, 4));
  if (month == months.end()) throw std::out_of_range("no month: " + std::string(text.substr(3, 3)));
  if (year_number == 0) throw std::out_of_range("no year: 0000");
  // The day's number is not checked: day 0 and day 39 count from the first of the month.
  const auto day_count = sys_days(year(year_number) / static_cast<int>(month - months.begin() + 1) / 1) +
                         days(number(text.substr(0, 2)) - 1);
  auto at = sys_seconds(day_count) + hours(number(text.substr(12, 2))) + minutes(number(text.substr(15, 2))) +
            seconds(number(text.substr(18, 2)));
  const auto zone = hours(number(text.substr(22, 2))) + minutes(number(text.substr(24, 2)));
  at += text[21] == '-' ? zone : -zone;
  return local_time(static_cast<std::time_t>(at.time_since_epoch().count()));
}

std::string Time2Internaldate(std::int64_t seconds) {
  const std::tm t = local_time(static_cast<std::time_t>(seconds));
  return format(t, t.tm_gmtoff);
}

std::string Time2Internaldate(double seconds) {
  constexpr double year_10000 = 253402300800.0;
  if (!(std::fabs(seconds) < year_10000)) throw std::invalid_argument("date_time out of range");
  // To the nearest microsecond first, so that 0.9999999 is a whole second, as it is in Python.
  const double micro = std::nearbyint(seconds * 1e6);
  return Time2Internaldate(static_cast<std::int64_t>(std::floor(micro / 1e6)));
}

std::string Time2Internaldate(const std::tm& time, bool local) {
  return format(time, local || time.tm_isdst < 0 ? offset_by_dst(time) : time.tm_gmtoff);
}

std::string Time2Internaldate(std::chrono::system_clock::time_point time) {
  return Time2Internaldate(
      static_cast<std::int64_t>(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count()));
}

std::string Time2Internaldate(std::string_view quoted) {
  if (quoted.empty() || quoted.front() != '"' || quoted.back() != '"')
    throw std::invalid_argument("date_time not of a known type");
  return std::string(quoted);
}

}  // namespace imapxx::inline v0::imaplib
