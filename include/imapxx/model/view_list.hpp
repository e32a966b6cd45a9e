/// \file
/// A list in a response, as a range that reads its elements one by one.
#pragma once

#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

namespace imapxx::inline v0 {

/// A forward range of views, without memory of its own: it lives as long as the octets, or the values, that it is a
/// view of. An iterator holds the view of its element, which ends with the next step.
///
/// `View` names the value that it is a view of, `View::owned_type`, and makes itself the view of the next element:
/// `read_next(rest, owned)` moves on in `owned` where that is not nullptr, else in `rest`.
template <class View>
class view_list {
 public:
  using owned_type = typename View::owned_type;
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using iterator_concept = std::forward_iterator_tag;
    using value_type = View;
    using difference_type = std::ptrdiff_t;
    using pointer = const View*;
    using reference = const View&;
    iterator() = default;
    explicit iterator(const view_list& of, View before = View()) noexcept
        : here_(std::move(before)), rest_(of.text_), owned_(of.owned_), left_(of.size_ + 1) {
      ++*this;
    }
    reference operator*() const noexcept { return here_; }
    pointer operator->() const noexcept { return &here_; }
    iterator& operator++() noexcept {
      if (--left_ != 0) here_.read_next(rest_, owned_);
      return *this;
    }
    iterator operator++(int) noexcept {
      auto old = *this;
      ++*this;
      return old;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.left_ == b.left_; }

   private:
    View here_;
    std::string_view rest_;
    const owned_type* owned_ = nullptr;
    std::size_t left_ = 0;  // with the present one
  };

  view_list() = default;
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] iterator begin() const noexcept { return iterator(*this); }
  [[nodiscard]] iterator end() const noexcept { return {}; }

  // --- for the reader
  /// \param elements one behind the other, as the grammar wants them
  view_list(std::string_view elements, std::size_t count) noexcept : text_(elements), size_(count) {}
  view_list(const owned_type* first, std::size_t count) noexcept : owned_(first), size_(count) {}

 private:
  std::string_view text_;
  const owned_type* owned_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace imapxx::inline v0
