/// \file
/// `boxed_optional<T>`: a `std::optional<T>` that takes no more room than a pointer while it is empty.
#pragma once

#include <compare>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace imapxx::inline v0 {

/// A `std::optional<T>` for members that are large or seldom there: the value lies in memory of its own. It is used as
/// one, and converts from and to one; a copy is deep, and a constant one gives a constant value. Unlike
/// `std::optional` it is empty after it was moved from, and moving it never moves the `T`. As there, `*` and `->` must
/// not be used while it is empty.
template <class T>
class boxed_optional {
  template <class U>
  static constexpr bool is_value = !std::is_same_v<std::remove_cvref_t<U>, boxed_optional> &&
                                   !std::is_same_v<std::remove_cvref_t<U>, std::nullopt_t>;

 public:
  using value_type = T;

  boxed_optional() noexcept = default;
  boxed_optional(std::nullopt_t /*empty*/) noexcept {}  // NOLINT(google-explicit-constructor): as std::optional
  template <class U = T>
    requires(is_value<U> && std::is_constructible_v<T, U>)
  boxed_optional(U&& value)  // NOLINT(google-explicit-constructor,bugprone-forwarding-reference-overload)
      : value_(std::make_unique<T>(std::forward<U>(value))) {}
  boxed_optional(const std::optional<T>& o)
      : value_(o ? std::make_unique<T>(*o) : nullptr) {}  // NOLINT(google-explicit-constructor)
  boxed_optional(std::optional<T>&& o)                    // NOLINT(google-explicit-constructor)
      : value_(o ? std::make_unique<T>(*std::move(o)) : nullptr) {}
  boxed_optional(const boxed_optional& o) : value_(o ? std::make_unique<T>(*o) : nullptr) {}
  boxed_optional(boxed_optional&&) noexcept = default;
  ~boxed_optional() = default;

  boxed_optional& operator=(std::nullopt_t /*empty*/) noexcept {
    reset();
    return *this;
  }
  boxed_optional& operator=(const boxed_optional& o) {
    if (this == &o) return *this;
    if (value_ != nullptr && o) {
      *value_ = *o;
    } else {
      boxed_optional(o).swap(*this);
    }
    return *this;
  }
  boxed_optional& operator=(boxed_optional&& o) noexcept {
    boxed_optional(std::move(o)).swap(*this);  // `o` may be a part of what goes
    return *this;
  }
  template <class U = T>
    requires(is_value<U> && std::is_constructible_v<T, U> && std::is_assignable_v<T&, U>)
  boxed_optional& operator=(U&& value) {
    if (value_ != nullptr) {
      *value_ = std::forward<U>(value);
    } else {
      value_ = std::make_unique<T>(std::forward<U>(value));
    }
    return *this;
  }

  [[nodiscard]] bool has_value() const noexcept { return value_ != nullptr; }
  [[nodiscard]] explicit operator bool() const noexcept { return value_ != nullptr; }
  [[nodiscard]] T& operator*() & noexcept { return *value_; }
  [[nodiscard]] const T& operator*() const& noexcept { return *value_; }
  [[nodiscard]] T&& operator*() && noexcept { return std::move(*value_); }
  [[nodiscard]] T* operator->() noexcept { return value_.get(); }
  [[nodiscard]] const T* operator->() const noexcept { return value_.get(); }
  /// \throws std::bad_optional_access when it is empty
  [[nodiscard]] T& value() & { return *required(); }
  [[nodiscard]] const T& value() const& { return *required(); }
  [[nodiscard]] T&& value() && { return std::move(*required()); }
  template <class U>
  [[nodiscard]] T value_or(U&& other) const& {
    return value_ != nullptr ? *value_ : static_cast<T>(std::forward<U>(other));
  }
  template <class U>
  [[nodiscard]] T value_or(U&& other) && {
    return value_ != nullptr ? std::move(*value_) : static_cast<T>(std::forward<U>(other));
  }
  operator std::optional<T>() const& {  // NOLINT(google-explicit-constructor): they mean the same
    return value_ != nullptr ? std::optional<T>(*value_) : std::nullopt;
  }
  operator std::optional<T>() && {  // NOLINT(google-explicit-constructor)
    return value_ != nullptr ? std::optional<T>(std::move(*value_)) : std::nullopt;
  }

  /// Makes a new value of `args`. When that throws, the old one is still there.
  template <class... Args>
  T& emplace(Args&&... args) {
    value_ = std::make_unique<T>(std::forward<Args>(args)...);
    return *value_;
  }
  void reset() noexcept { value_.reset(); }
  void swap(boxed_optional& o) noexcept { value_.swap(o.value_); }
  friend void swap(boxed_optional& a, boxed_optional& b) noexcept { a.swap(b); }

  friend bool operator==(const boxed_optional& a, const boxed_optional& b) {
    return a && b ? *a == *b : a.has_value() == b.has_value();
  }
  friend bool operator==(const boxed_optional& a, std::nullopt_t /*empty*/) noexcept { return !a; }
  // Both ways round, no templates: `std::optional` compares with anything, and takes an empty one for a value.
  friend bool operator==(const boxed_optional& a, const std::optional<T>& b) {
    return a && b ? *a == *b : a.has_value() == b.has_value();
  }
  friend bool operator==(const std::optional<T>& a, const boxed_optional& b) { return b == a; }
  template <class U>
    requires(is_value<U>)
  friend bool operator==(const boxed_optional& a, const U& b) {
    return a && *a == b;
  }
  /// An empty one comes first.
  friend auto operator<=>(const boxed_optional& a, const boxed_optional& b)
    requires std::three_way_comparable<T>
  {
    return a && b ? *a <=> *b : a.has_value() <=> b.has_value();
  }

 private:
  [[nodiscard]] T* required() const {
    if (value_ == nullptr) throw std::bad_optional_access();
    return value_.get();
  }
  std::unique_ptr<T> value_;
};

}  // namespace imapxx::inline v0
