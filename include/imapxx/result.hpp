/// \file
/// `result<T>`: a value or an `error`. Functions named `try_…` return it, their siblings throw.
#pragma once

#include <imapxx/error.hpp>

#include <optional>
#include <type_traits>
#include <utility>

namespace imapxx::inline v0 {

/// Either a `T` or an `error`. `value()` throws the error; `has_value()`/`error()` do not. Reference accessors on
/// temporaries return by value, so that nothing dangles.
template <class T>
class [[nodiscard]] result {
 public:
  using value_type = T;

  result(T value)
      : value_(std::in_place, std::move(value)) {}  // NOLINT(google-explicit-constructor): a function returns either
  result(imapxx::v0::error e) : error_(std::move(e)) {}  // NOLINT(google-explicit-constructor)
  result(errc code) : error_(code) {}                    // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return value_.has_value(); }
  [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }

  /// \throws error (status_error for NO and BAD) when there is no value
  [[nodiscard]] T& value() & {
    require();
    return *value_;
  }
  [[nodiscard]] const T& value() const& {
    require();
    return *value_;
  }
  [[nodiscard]] T value() && {
    require();
    return std::move(*value_);
  }
  /// Without a check: only after `has_value()`.
  [[nodiscard]] T& operator*() & noexcept { return *value_; }
  [[nodiscard]] const T& operator*() const& noexcept { return *value_; }
  [[nodiscard]] T operator*() && noexcept { return std::move(*value_); }
  [[nodiscard]] T* operator->() noexcept { return &*value_; }
  [[nodiscard]] const T* operator->() const noexcept { return &*value_; }

  /// The error; `errc::success` when there is a value.
  [[nodiscard]] imapxx::v0::error error() const { return error_; }
  /// Moves the value to `out` and returns success, or leaves `out` alone and returns the error.
  [[nodiscard]] imapxx::v0::error get(T& out) && {
    if (!has_value()) return error();
    out = std::move(*value_);
    return {};
  }

 private:
  void require() const {
    if (!has_value()) throw_error(error());
  }
  std::optional<T> value_;
  imapxx::v0::error error_;
};

template <>
class [[nodiscard]] result<void> {
 public:
  using value_type = void;

  result() = default;
  result(imapxx::v0::error e) : error_(std::move(e)) {}  // NOLINT(google-explicit-constructor)
  result(errc code) : error_(code) {}                    // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return !error_; }
  [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }
  void value() const {
    if (error_) throw_error(error_);
  }
  [[nodiscard]] imapxx::v0::error error() const { return error_; }

 private:
  imapxx::v0::error error_;
};

}  // namespace imapxx::inline v0
