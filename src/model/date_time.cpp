#include "model/date_time.hpp"

#include <imapxx/error.hpp>
#include <imapxx/model/date_time.hpp>

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace imapxx::inline v0 {
namespace {

using std::chrono::year_month_day;

constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::size_t month_length = 3;
// The three octets of a name, as one number for all its spellings.
constexpr unsigned month_key(std::string_view name) noexcept {
  unsigned key = 0;
  for (std::size_t i = 0; i < month_length; ++i) key = key << 8U | static_cast<unsigned char>(base::to_upper(name[i]));
  return key;
}
constexpr auto months = [] {
  std::array<unsigned, month_names.size()> keys{};
  std::transform(month_names.begin(), month_names.end(), keys.begin(), month_key);
  return keys;
}();
// 1 … 12, or 0.
unsigned month_of(std::string_view name) noexcept {
  const auto* const found = std::find(months.begin(), months.end(), month_key(name));
  return found != months.end() ? static_cast<unsigned>(found - months.begin()) + 1 : 0;
}
constexpr int minutes_a_day = 24 * 60;

void put_number(std::string& out, int value, std::size_t width, char pad = '0') {
  const auto digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), pad);
  out += digits;
}

/// Walks over a date text.
class scanner {
 public:
  explicit scanner(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return text_.empty(); }
  [[nodiscard]] std::string_view rest() const noexcept { return text_; }
  bool any_of(std::string_view set) noexcept {
    if (text_.empty() || set.find(text_.front()) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }
  void blanks() noexcept {
    while (any_of(" \t")) {
    }
  }
  /// Between `least` and `most` digits; \return how many there were, 0 for a failure.
  std::size_t digits(std::size_t least, std::size_t most, int& value) noexcept {
    std::size_t n = 0;
    value = 0;
    while (n < most && n < text_.size() && text_[n] >= '0' && text_[n] <= '9') value = value * 10 + (text_[n++] - '0');
    if (n < least) return 0;
    text_.remove_prefix(n);
    return n;
  }
  bool month(unsigned& value) noexcept {
    if (text_.size() < month_length) return false;
    value = month_of(text_);
    if (value == 0) return false;
    text_.remove_prefix(month_length);
    return true;
  }

 private:
  std::string_view text_;
};

// Two and three digits as RFC 5322 section 4.3 reads them.
int full_year(int value, std::size_t digits) noexcept {
  if (digits == 2) return value + (value < 50 ? 2000 : 1900);
  return digits == 3 ? value + 1900 : value;
}

// The zone's offset; junk counts as +0000, which is what a missing zone means.
int read_zone(scanner& in) noexcept {
  const bool minus = !in.rest().empty() && in.rest().front() == '-';
  int hours = 0;
  int minutes = 0;
  if (!in.any_of("+-") || in.digits(2, 2, hours) == 0) return 0;
  (void)in.any_of(":");
  if (in.digits(2, 2, minutes) == 0) minutes = 0;
  if (hours > 23 || minutes > 59) return 0;
  const int zone = hours * 60 + minutes;
  return minus ? -zone : zone;
}

}  // namespace

date::date(int year, unsigned month, unsigned day)
    : date(year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(day))) {}

date::date(year_month_day d) : day_(d) {
  if (!d.ok() || d.year() < std::chrono::year(1) || d.year() > std::chrono::year(9999)) {
    throw_error(error(errc::invalid_argument, "not a day of the years 1 to 9999"));
  }
}

result<date> date::try_parse(std::string_view text) {
  scanner in(text);
  int first = 0;
  int year = 0;
  int day = 0;
  unsigned month = 0;
  const error refused(errc::invalid_argument, "not a date: expected 1-Feb-2026 or 2026-02-01");
  const auto n = in.digits(1, 4, first);
  if (n == 4) {
    int m = 0;
    if (!in.any_of("-") || in.digits(2, 2, m) == 0 || !in.any_of("-") || in.digits(2, 2, day) == 0) return refused;
    month = static_cast<unsigned>(m);
    year = first;
  } else if (n == 1 || n == 2) {
    day = first;
    if (!in.any_of("-") || !in.month(month) || !in.any_of("-") || in.digits(4, 4, year) == 0) return refused;
  } else {
    return refused;
  }
  const year_month_day d(std::chrono::year(year), std::chrono::month(month),
                         std::chrono::day(static_cast<unsigned>(day)));
  if (!in.at_end() || !d.ok() || year < 1) return refused;
  return date(d);
}

std::string date::to_string() const {
  std::string out;
  put_number(out, static_cast<int>(static_cast<unsigned>(day_.day())), 1);
  out += '-';
  out += month_names[static_cast<unsigned>(day_.month()) - 1];
  out += '-';
  put_number(out, static_cast<int>(day_.year()), 4);
  return out;
}

date_time::date_time(std::chrono::sys_seconds at, int zone_minutes)
    : at_(at), zone_(std::abs(zone_minutes) < minutes_a_day ? zone_minutes : 0) {}

namespace {

// Numbers of two digits, of which any may turn out to be none.
class pairs {
 public:
  explicit pairs(const char* text) noexcept : text_(text) {}
  int operator()(std::size_t at) noexcept {
    const auto tens = static_cast<unsigned>(text_[at] - '0');
    const auto ones = static_cast<unsigned>(text_[at + 1] - '0');
    good_ = good_ && tens < 10 && ones < 10;
    return static_cast<int>(tens * 10 + ones);
  }
  [[nodiscard]] bool good() const noexcept { return good_; }

 private:
  const char* text_;
  bool good_ = true;
};

}  // namespace

// date-time = date-day-fixed "-" date-month "-" date-year SP time SP zone
bool model::read_exact_date_time(std::string_view text, date_time& out) noexcept {
  constexpr std::string_view shape = " 1-Feb-2026 12:00:00 +0100";
  constexpr std::size_t sign = 21;
  if (text.size() != shape.size()) return false;
  for (const std::size_t mark : {2U, 6U, 11U, 14U, 17U, 20U}) {
    if (text[mark] != shape[mark]) return false;
  }
  pairs two(text.data());
  if (!base::is_digit(text[1])) return false;
  const int day = text[0] == ' ' ? text[1] - '0' : two(0);
  const int year = two(7) * 100 + two(9);
  const int hour = two(12);
  const int minute = two(15);
  const int second = two(18);
  const int zone_hour = two(sign + 1);
  const int zone_minute = two(sign + 3);
  const unsigned month = month_of(text.substr(3));
  const bool fits = two.good() && day > 0 && month != 0 && hour < 24 && minute < 60 && second < 60 && zone_hour < 24 &&
                    zone_minute < 60 && (text[sign] == '+' || text[sign] == '-');
  if (!fits) return false;
  const year_month_day d(std::chrono::year(year), std::chrono::month(month),
                         std::chrono::day(static_cast<unsigned>(day)));
  if (!d.ok()) return false;
  const int zone = (text[sign] == '-' ? -1 : 1) * (zone_hour * 60 + zone_minute);
  const auto local =
      std::chrono::sys_days(d) + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
  out = date_time(local - std::chrono::minutes(zone), zone);
  return true;
}

std::optional<date_time> date_time::parse(std::string_view text) {
  if (date_time exact; model::read_exact_date_time(text, exact)) return exact;
  scanner in(text);
  int day = 0;
  int year = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  unsigned month = 0;
  in.blanks();
  if (in.digits(1, 2, day) == 0 || !in.any_of("- ") || !in.month(month) || !in.any_of("- ")) return std::nullopt;
  const auto year_digits = in.digits(2, 4, year);
  if (year_digits == 0) return std::nullopt;
  in.blanks();
  if (in.digits(1, 2, hour) == 0 || !in.any_of(":.") || in.digits(1, 2, minute) == 0) return std::nullopt;
  if (in.any_of(":.") && in.digits(1, 2, second) == 0) return std::nullopt;
  in.blanks();
  const int zone = read_zone(in);
  const year_month_day d(std::chrono::year(full_year(year, year_digits)), std::chrono::month(month),
                         std::chrono::day(static_cast<unsigned>(day)));
  if (!d.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const auto local =
      std::chrono::sys_days(d) + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
  return date_time(local - std::chrono::minutes(zone), zone);
}

namespace {

struct local_fields {
  year_month_day day;
  int hour, minute, second;
};

local_fields to_local(std::chrono::sys_seconds at, int zone_minutes) {
  const auto local = at + std::chrono::minutes(zone_minutes);
  const auto midnight = std::chrono::floor<std::chrono::days>(local);
  const auto seconds = static_cast<int>((local - midnight).count());
  return {year_month_day(midnight), seconds / 3600, seconds / 60 % 60, seconds % 60};
}

void put_time(std::string& out, const local_fields& f) {
  put_number(out, f.hour, 2);
  out += ':';
  put_number(out, f.minute, 2);
  out += ':';
  put_number(out, f.second, 2);
}

void put_zone(std::string& out, int zone, std::string_view separator) {
  out += zone < 0 ? '-' : '+';
  put_number(out, std::abs(zone) / 60, 2);
  out += separator;
  put_number(out, std::abs(zone) % 60, 2);
}

}  // namespace

std::string date_time::to_imap() const {
  const auto f = to_local(at_, zone_);
  std::string out;
  put_number(out, static_cast<int>(static_cast<unsigned>(f.day.day())), 2, ' ');
  out += '-';
  out += month_names[static_cast<unsigned>(f.day.month()) - 1];
  out += '-';
  put_number(out, static_cast<int>(f.day.year()), 4);
  out += ' ';
  put_time(out, f);
  out += ' ';
  put_zone(out, zone_, "");
  return out;
}

std::string date_time::to_iso8601() const {
  const auto f = to_local(at_, zone_);
  std::string out;
  put_number(out, static_cast<int>(f.day.year()), 4);
  out += '-';
  put_number(out, static_cast<int>(static_cast<unsigned>(f.day.month())), 2);
  out += '-';
  put_number(out, static_cast<int>(static_cast<unsigned>(f.day.day())), 2);
  out += 'T';
  put_time(out, f);
  put_zone(out, zone_, ":");
  return out;
}

}  // namespace imapxx::inline v0
