/// \file
/// Dates and times of IMAP (RFC 9051 section 9: `date`, `date-time`).
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/result.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imapxx::inline v0 {

/// A calendar day without time or zone, as SEARCH uses it.
class IMAPXX_API date {
 public:
  /// \throws error (invalid_argument) unless it is a real day of the years 1 … 9999
  date(int year, unsigned month, unsigned day);
  date(std::chrono::year_month_day d);  // NOLINT(google-explicit-constructor)
  /// Reads "1-Feb-2026" and "2026-02-01".
  [[nodiscard]] static result<date> try_parse(std::string_view text);
  [[nodiscard]] static date parse(std::string_view text) { return try_parse(text).value(); }
  [[nodiscard]] std::chrono::year_month_day ymd() const noexcept { return day_; }
  [[nodiscard]] std::string to_string() const;  ///< "1-Feb-2026"
  friend bool operator==(const date&, const date&) = default;

 private:
  std::chrono::year_month_day day_;
};

/// A moment with the zone offset it was given in (INTERNALDATE).
class IMAPXX_API date_time {
 public:
  date_time() = default;  ///< 1970-01-01 00:00:00 +0000
  /// \param zone_minutes offset from UTC, -1439 … 1439
  explicit date_time(std::chrono::sys_seconds at, int zone_minutes = 0);
  /// Reads `dd-Mon-yyyy hh:mm:ss +zzzz` leniently (see docs/QUIRKS.md, fetch section).
  [[nodiscard]] static std::optional<date_time> parse(std::string_view text);
  [[nodiscard]] std::chrono::sys_seconds utc() const noexcept { return at_; }
  [[nodiscard]] int zone_minutes() const noexcept { return zone_; }
  [[nodiscard]] std::string to_imap() const;     ///< " 1-Feb-2026 12:00:00 +0000"
  [[nodiscard]] std::string to_iso8601() const;  ///< "2026-02-01T12:00:00+00:00"
  friend bool operator==(const date_time&, const date_time&) = default;

 private:
  std::chrono::sys_seconds at_{};
  int zone_ = 0;
};

}  // namespace imapxx::inline v0
