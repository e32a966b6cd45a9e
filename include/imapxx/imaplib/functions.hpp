/// \file
/// The module functions and constants of `imaplib`.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/imaplib/values.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Python's names.
// NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier)
namespace imapxx::inline v0::imaplib {

inline constexpr std::uint16_t IMAP4_PORT = 143;
inline constexpr std::uint16_t IMAP4_SSL_PORT = 993;
/// Octets of one line of the server, CRLF included.
inline constexpr std::size_t _MAXLINE = 1'000'000;
inline constexpr std::string_view CRLF = "\r\n";

/// What `Debug` of the module is in Python: the level that a new object starts with. Not thread-safe to change.
IMAPXX_API int& Debug() noexcept;

/// The absolute value in base 16 with the digits A to P; 0 gives nothing.
[[nodiscard]] IMAPXX_API bytes Int2AP(std::int64_t number);

/// The flags between the parentheses that follow the last `FLAGS (`; none when there is no such thing.
[[nodiscard]] IMAPXX_API std::vector<bytes> ParseFlags(const bytes& response);

/// The time of the last `INTERNALDATE "dd-Mon-yyyy hh:mm:ss +zzzz"` in the response's first line, in local time.
/// nullopt when there is none, or when its month is not a capital and two small letters. Hours, minutes, seconds and
/// days beyond their range count on into the next unit. \throws std::out_of_range for three letters that are no month
/// and for the year 0, where Python has KeyError and ValueError
[[nodiscard]] IMAPXX_API std::optional<std::tm> Internaldate2tuple(const bytes& response);

/// `"dd-Mon-yyyy hh:mm:ss +zzzz"` with its quotes, in English whatever the locale is: of seconds since 1970, in the
/// local zone (TZ). \throws std::invalid_argument outside of the years 1 to 9999
[[nodiscard]] IMAPXX_API std::string Time2Internaldate(std::int64_t seconds);
[[nodiscard]] IMAPXX_API std::string Time2Internaldate(double seconds);
template <std::integral N>
[[nodiscard]] std::string Time2Internaldate(N seconds) {
  return Time2Internaldate(static_cast<std::int64_t>(seconds));
}
/// Of a broken-down time in the zone that its `tm_gmtoff` names. With `local`, and when `tm_isdst` is negative, it is a
/// time of the local zone instead (Python's tuple of nine numbers): summer time if `tm_isdst` is positive, by the rules
/// of the zone if it is negative. `tm_wday` and `tm_yday` are ignored.
[[nodiscard]] IMAPXX_API std::string Time2Internaldate(const std::tm& time, bool local = false);
[[nodiscard]] IMAPXX_API std::string Time2Internaldate(std::chrono::system_clock::time_point time);
/// A string in double quotes is returned as it is. \throws std::invalid_argument for any other string
[[nodiscard]] IMAPXX_API std::string Time2Internaldate(std::string_view quoted);

}  // namespace imapxx::inline v0::imaplib
// NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier)
