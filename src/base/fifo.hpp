/// \file
/// A queue that holds no memory before its first element and little afterwards: a std::deque begins with more than half
/// a KiB, of which thousands of idle connections have several each.
#pragma once

#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace imapxx::inline v0::base {

/// First in, first out, with access to all elements. References and iterators end with the next change. Amortised O(1)
/// at both ends. T must be movable without throwing, and worth nothing once moved from.
template <class T>
class fifo {
 public:
  using iterator = typename std::vector<T>::iterator;
  using const_iterator = typename std::vector<T>::const_iterator;

  [[nodiscard]] bool empty() const noexcept { return head_ == items_.size(); }
  [[nodiscard]] std::size_t size() const noexcept { return items_.size() - head_; }
  [[nodiscard]] T& front() noexcept { return items_[head_]; }
  [[nodiscard]] T& back() noexcept { return items_.back(); }
  [[nodiscard]] T& operator[](std::size_t i) noexcept { return items_[head_ + i]; }
  [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return items_[head_ + i]; }
  [[nodiscard]] iterator begin() noexcept { return std::next(items_.begin(), offset()); }
  [[nodiscard]] iterator end() noexcept { return items_.end(); }
  [[nodiscard]] const_iterator begin() const noexcept { return std::next(items_.begin(), offset()); }
  [[nodiscard]] const_iterator end() const noexcept { return items_.end(); }

  void push_back(T item) {
    // Room that was left at the front is used before more is taken.
    if (items_.size() == items_.capacity() && head_ > items_.size() / 2) {
      items_.erase(items_.begin(), begin());
      head_ = 0;
    }
    items_.push_back(std::move(item));
  }
  void pop_front() { erase(begin()); }
  void erase(iterator at) {
    if (at != begin()) {
      items_.erase(at);
      return;
    }
    items_[head_] = T();
    if (++head_ == items_.size()) clear();
  }
  void clear() noexcept {
    items_.clear();
    head_ = 0;
  }
  /// Gives back the memory of a queue that is empty.
  void release() noexcept {
    if (empty()) items_ = std::vector<T>();
  }

 private:
  [[nodiscard]] std::ptrdiff_t offset() const noexcept { return static_cast<std::ptrdiff_t>(head_); }
  std::vector<T> items_;
  std::size_t head_ = 0;
};

}  // namespace imapxx::inline v0::base
