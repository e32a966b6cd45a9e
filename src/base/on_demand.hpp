/// \file
/// A value that takes no memory before it is used.
#pragma once

#include <memory>

namespace imapxx::inline v0::base {

/// Made at its first use. What many connections have and few need at a time is held like this.
template <class T>
class on_demand {
 public:
  [[nodiscard]] T& operator*() {
    if (!value_) value_ = std::make_unique<T>();
    return *value_;
  }
  [[nodiscard]] T* operator->() { return &**this; }
  [[nodiscard]] explicit operator bool() const noexcept { return value_ != nullptr; }
  void reset() noexcept { value_.reset(); }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace imapxx::inline v0::base
