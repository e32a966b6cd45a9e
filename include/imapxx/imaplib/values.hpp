/// \file
/// Python's `bytes`, `None`, tuples and results, as far as `imaplib` has them in its arguments and results.
#pragma once

#include <imapxx/export.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// Python's names.
// NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier)
namespace imapxx::inline v0::imaplib {

/// Python's None, as an argument and as an item of a result.
inline constexpr std::nullptr_t None = nullptr;

/// Octets, where `std::string` and string literals stand for Python's `str`. The difference matters for arguments only:
/// a str is encoded (ASCII, or UTF-8 once that is enabled), bytes go out as they are.
class IMAPXX_API bytes : public std::string {
 public:
  bytes() = default;
  explicit bytes(std::string_view octets) : std::string(octets) {}
  explicit bytes(const char* octets) : std::string(octets) {}
  /// The pieces between runs of white space: `data[0].split()` of a SEARCH result.
  [[nodiscard]] std::vector<bytes> split() const;
  /// The same octets as a str.
  [[nodiscard]] std::string decode() const { return *this; }
  /// As Python prints it: `b'OK \\Seen'`.
  [[nodiscard]] std::string repr() const;
};

/// One item of a result: None, bytes, or the pair (header, literal) of a response that held a literal. `getquotaroot`
/// alone has lists. Looks like bytes where it is bytes.
class IMAPXX_API datum {
 public:
  enum class kind : std::uint8_t { none, bytes, pair, list };
  datum() = default;
  datum(std::nullptr_t) {}                            // NOLINT(google-explicit-constructor)
  datum(bytes octets) : value_(std::move(octets)) {}  // NOLINT(google-explicit-constructor)
  datum(bytes header, bytes literal) : value_(std::pair(std::move(header), std::move(literal))) {}
  explicit datum(std::vector<datum> items) : value_(std::move(items)) {}

  [[nodiscard]] kind what() const noexcept { return static_cast<kind>(value_.index()); }
  [[nodiscard]] bool is_none() const noexcept { return what() == kind::none; }
  [[nodiscard]] bool is_pair() const noexcept { return what() == kind::pair; }
  /// The octets; of a pair its header; else empty.
  [[nodiscard]] const bytes& octets() const noexcept;
  operator const bytes&() const noexcept { return octets(); }  // NOLINT(google-explicit-constructor)
  /// Of a pair: 0 is the header, 1 the literal. Otherwise, and for other numbers, empty bytes.
  [[nodiscard]] const bytes& operator[](std::size_t i) const noexcept;
  /// Of a list: its items; else empty.
  [[nodiscard]] const std::vector<datum>& items() const noexcept;
  [[nodiscard]] std::vector<bytes> split() const { return octets().split(); }
  [[nodiscard]] std::string decode() const { return octets(); }
  [[nodiscard]] std::string repr() const;
  friend IMAPXX_API bool operator==(const datum& a, const datum& b);

 private:
  std::variant<std::nullptr_t, bytes, std::pair<bytes, bytes>, std::vector<datum>> value_;
};

/// What almost every method returns: `auto [typ, data] = M.search(None, "ALL");`
struct reply {
  std::string typ;  ///< "OK" or "NO"; for `response` the code asked for; for `logout` also "BYE"
  std::vector<datum> data;
  /// As Python prints it: `('OK', [b'1 2 3'])`.
  [[nodiscard]] IMAPXX_API std::string repr() const;
};

/// An argument: str, bytes, a number, None (left out), or, with `compat::p16`, a list of these (message sets such as
/// `{2, {4, 7}, {9, None}}`, names, flags).
class IMAPXX_API argument {
 public:
  enum class kind : std::uint8_t { none, str, bytes, number, list, boolean };
  argument() = default;
  argument(std::nullptr_t) {}                                         // NOLINT(google-explicit-constructor)
  argument(const char* s) : what_(kind::str), text_(s) {}             // NOLINT(google-explicit-constructor)
  argument(std::string s) : what_(kind::str), text_(std::move(s)) {}  // NOLINT(google-explicit-constructor)
  argument(std::string_view s) : what_(kind::str), text_(s) {}        // NOLINT(google-explicit-constructor)
  argument(bytes b) : what_(kind::bytes), text_(std::move(b)) {}      // NOLINT(google-explicit-constructor)
  argument(const datum& d) : argument(d.is_none() ? argument() : argument(d.octets())) {}  // NOLINT
  argument(bool b) : what_(kind::boolean), number_(b ? 1 : 0) {}  // NOLINT(google-explicit-constructor)
  template <std::integral N>
    requires(!std::same_as<N, bool>)
  argument(N n) : what_(kind::number), number_(static_cast<std::int64_t>(n)) {}  // NOLINT(google-explicit-constructor)
  argument(std::vector<argument> items) : what_(kind::list), items_(std::move(items)) {}  // NOLINT
  argument(std::initializer_list<argument> items) : what_(kind::list), items_(items) {}

  [[nodiscard]] kind what() const noexcept { return what_; }
  [[nodiscard]] bool is_none() const noexcept { return what_ == kind::none; }
  /// str and bytes: the octets as given.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] std::int64_t number() const noexcept { return number_; }
  [[nodiscard]] const std::vector<argument>& items() const noexcept { return items_; }
  /// What Python takes for false: None, empty, zero.
  [[nodiscard]] bool falsy() const noexcept;
  /// As Python prints it.
  [[nodiscard]] std::string repr() const;

 private:
  kind what_ = kind::none;
  std::string text_;
  std::int64_t number_ = 0;
  std::vector<argument> items_;
};

/// Python's keyword arguments of `compat::p16`: `M.search(None, "FROM", "?", keywords().params({who}).uid())`.
class IMAPXX_API keywords {
 public:
  keywords() = default;
  keywords& uid(bool yes = true) {
    by_uid = yes;
    return *this;
  }
  keywords& params(std::vector<argument> values) {
    has_params = true;
    values_of_params = std::move(values);
    return *this;
  }
  /// `append` only: false sends the message's octets untouched.
  keywords& translate_line_endings(bool yes) {
    translate = yes;
    return *this;
  }
  bool by_uid = false;
  bool has_params = false;
  bool translate = true;
  std::vector<argument> values_of_params;
  [[nodiscard]] bool any() const noexcept { return by_uid || has_params || !translate; }
};

}  // namespace imapxx::inline v0::imaplib
// NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier)
