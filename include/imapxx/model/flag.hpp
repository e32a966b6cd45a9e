/// \file
/// Message flags and mailbox attributes (RFC 9051 sections 2.3.2 and 7.3.1).
#pragma once

#include <imapxx/export.hpp>

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {

/// One flag: a system flag (`\Seen`) or a keyword (`$Forwarded`). Compared without regard to case. A value from a
/// server may be anything; a flag that is sent is checked by the encoder.
class IMAPXX_API flag {
 public:
  flag() = default;
  flag(std::string_view name) : name_(name) {}  // NOLINT(google-explicit-constructor): a flag is its name
  flag(const char* name) : name_(name) {}       // NOLINT(google-explicit-constructor)
  flag(std::string name) noexcept : name_(std::move(name)) {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] bool is_system() const noexcept { return !name_.empty() && name_.front() == '\\'; }
  /// Whether it can be sent: `\` atom, or atom.
  [[nodiscard]] bool is_valid() const noexcept;
  friend IMAPXX_API bool operator==(const flag& a, const flag& b) noexcept;

 private:
  std::string name_;
};

namespace flags {
inline constexpr const char* seen = "\\Seen";
inline constexpr const char* answered = "\\Answered";
inline constexpr const char* flagged = "\\Flagged";
inline constexpr const char* deleted = "\\Deleted";
inline constexpr const char* draft = "\\Draft";
inline constexpr const char* recent = "\\Recent";
inline constexpr const char* forwarded = "$Forwarded";
inline constexpr const char* mdn_sent = "$MDNSent";
inline constexpr const char* junk = "$Junk";
inline constexpr const char* not_junk = "$NotJunk";
inline constexpr const char* phishing = "$Phishing";
}  // namespace flags

/// A list of distinct flags, in the order given.
class IMAPXX_API flag_list {
 public:
  flag_list() = default;
  flag_list(flag f) { insert(std::move(f)); }  // NOLINT(google-explicit-constructor)
  /// `flag_list::of(flags::seen, "$Work")`
  template <class... F>
  [[nodiscard]] static flag_list of(F&&... f) {
    flag_list l;
    (l.insert(flag(std::forward<F>(f))), ...);
    return l;
  }
  /// Of any number of flags; repeated ones are dropped.
  [[nodiscard]] static flag_list from(std::vector<flag> flags);
  flag_list& insert(flag f);
  flag_list& erase(const flag& f);
  [[nodiscard]] bool contains(const flag& f) const noexcept;
  [[nodiscard]] bool empty() const noexcept { return flags_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return flags_.size(); }
  [[nodiscard]] auto begin() const noexcept { return flags_.begin(); }
  [[nodiscard]] auto end() const noexcept { return flags_.end(); }
  [[nodiscard]] std::string to_string() const;  ///< "(\Seen $Work)"
  friend bool operator==(const flag_list& a, const flag_list& b) noexcept { return a.flags_ == b.flags_; }

 private:
  std::vector<flag> flags_;
};

/// The names in a list of flags as they stand in a response, without a copy: a view that lives as long as the
/// response's bytes. What servers do to such lists (quoted, repeated or touching names, NIL) is not undone as
/// `flag_list` undoes it.
class flag_view {
 public:
  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using pointer = const std::string_view*;
    using reference = std::string_view;
    iterator() = default;
    explicit iterator(std::string_view rest) noexcept : at_(rest.data()), end_(rest.data() + rest.size()) { cut(); }
    reference operator*() const noexcept { return name_; }
    iterator& operator++() noexcept {
      cut();
      return *this;
    }
    iterator operator++(int) noexcept {
      auto old = *this;
      cut();
      return old;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.name_.data() == b.name_.data(); }

   private:
    // Names are so short that a call for each would take longer than looking at their octets.
    void cut() noexcept {
      const char* first = at_;
      while (first != end_ && *first == ' ') ++first;
      const char* last = first;
      while (last != end_ && *last != ' ') ++last;
      name_ = first == last ? std::string_view() : std::string_view(first, static_cast<std::size_t>(last - first));
      at_ = last;
    }
    std::string_view name_;
    const char* at_ = nullptr;
    const char* end_ = nullptr;
  };
  flag_view() = default;
  /// \param list such as `(\Seen $Work)`
  explicit flag_view(std::string_view list) noexcept {
    if (list.size() >= 2 && list.front() == '(' && list.back() == ')') names_ = list.substr(1, list.size() - 2);
  }
  [[nodiscard]] iterator begin() const noexcept { return iterator(names_); }
  [[nodiscard]] iterator end() const noexcept { return {}; }
  [[nodiscard]] bool empty() const noexcept { return begin() == end(); }
  /// Without regard to case.
  [[nodiscard]] IMAPXX_API bool contains(std::string_view name) const noexcept;

 private:
  std::string_view names_;
};

}  // namespace imapxx::inline v0
