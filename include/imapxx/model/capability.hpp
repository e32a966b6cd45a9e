/// \file
/// The capabilities a server offers (RFC 9051 section 7.2.2).
#pragma once

#include <imapxx/export.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0 {

/// A set of capability names, compared without regard to case. Order of the server kept. Owning value.
class IMAPXX_API capability_set {
 public:
  capability_set() = default;
  /// From names separated by spaces.
  explicit capability_set(std::string_view names);

  void insert(std::string_view name);
  void erase(std::string_view name);
  void clear() noexcept { names_.clear(); }
  [[nodiscard]] bool contains(std::string_view name) const noexcept;
  [[nodiscard]] bool empty() const noexcept { return names_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept;
  /// In the server's order and spelling. They are views into this set: valid until it is changed or destroyed.
  [[nodiscard]] std::vector<std::string_view> names() const;
  /// The values behind `key=`, in upper case: `values("AUTH")` gives the SASL mechanisms.
  [[nodiscard]] std::vector<std::string> values(std::string_view key) const;
  /// The one value behind `key=`, such as the number of APPENDLIMIT.
  [[nodiscard]] std::optional<std::string> value(std::string_view key) const;
  /// IMAP4rev1 or IMAP4rev2 (leniently also what quirky servers spell differently, see docs/QUIRKS.md).
  [[nodiscard]] bool imap4rev1() const noexcept;
  [[nodiscard]] bool imap4rev2() const noexcept;
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const capability_set&, const capability_set&) = default;

 private:
  void append(std::string_view name);
  // A server has forty names and a program perhaps thousands of connections. So each name is one octet, if it is a
  // registered one in its usual spelling, or a zero, its length and its text.
  std::string names_;
};

}  // namespace imapxx::inline v0
