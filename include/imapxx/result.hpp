/// \file
/// `result<T>`: a value or an `error`. Functions named `try_…` return it, their siblings throw.
#pragma once

#include <imapxx/error.hpp>

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace imapxx::inline v0 {

/// Either a `T` or an `error`. `value()` throws the error; `has_value()`/`error()` do not. Reference accessors on
/// temporaries return by value, so that nothing dangles.
template <class T>
class [[nodiscard]] result {
 public:
  using value_type = T;

  result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {
  }  // NOLINT(google-explicit-constructor): a function returns either
  result(imapxx::v0::error e) : state_(std::in_place_index<1>, std::move(e)) {}   // NOLINT(google-explicit-constructor)
  result(errc code) : state_(std::in_place_index<1>, imapxx::v0::error(code)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }

  /// \throws error (status_error for NO and BAD) when there is no value
  [[nodiscard]] T& value() & {
    require();
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] const T& value() const& {
    require();
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] T value() && {
    require();
    return std::move(*std::get_if<0>(&state_));
  }
  /// Without a check: only after `has_value()`.
  [[nodiscard]] T& operator*() & noexcept { return *std::get_if<0>(&state_); }
  [[nodiscard]] const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }
  [[nodiscard]] T operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
  [[nodiscard]] T* operator->() noexcept { return std::get_if<0>(&state_); }
  [[nodiscard]] const T* operator->() const noexcept { return std::get_if<0>(&state_); }

  /// The error; `errc::success` when there is a value.
  [[nodiscard]] imapxx::v0::error error() const {
    const auto* e = std::get_if<1>(&state_);
    return e != nullptr ? *e : imapxx::v0::error();
  }
  /// Moves the value to `out` and returns success, or leaves `out` alone and returns the error.
  [[nodiscard]] imapxx::v0::error get(T& out) && {
    if (!has_value()) return error();
    out = std::move(*std::get_if<0>(&state_));
    return {};
  }

 private:
  void require() const {
    if (!has_value()) throw_error(error());
  }
  std::variant<T, imapxx::v0::error> state_;
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
