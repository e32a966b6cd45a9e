#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imapxx::testserver::detail {

/// Days since 1970-01-01 of a proleptic Gregorian date.
std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day);

/// RFC 3501 `date-time` without its quotes; seconds since the epoch.
std::optional<std::int64_t> parse_date_time(std::string_view s);
std::string format_date_time(std::int64_t seconds);

/// RFC 3501 `date`: d-Mon-yyyy; days since the epoch.
std::optional<std::int64_t> parse_date(std::string_view s);

struct header_date {
  std::int64_t seconds = 0;
  int zone_minutes = 0;
};

/// RFC 5322 date-time of a Date field, with the obsolete zone names.
std::optional<header_date> parse_header_date(std::string_view s);

}  // namespace imapxx::testserver::detail
