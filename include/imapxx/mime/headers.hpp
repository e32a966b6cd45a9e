/// \file
/// Header fields as a dictionary.
#pragma once

#include <imapxx/export.hpp>

#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0::mime {
namespace detail {
struct tree;
struct node;
}  // namespace detail

/// A header field's value for a reader: unfolded, encoded words (RFC 2047) decoded to UTF-8, blanks at the ends
/// removed. An encoded word that cannot be read stays as it is; octets that are neither ASCII nor UTF-8 are read as ISO
/// 8859-1.
[[nodiscard]] IMAPXX_API std::string decode_header(std::string_view raw);

/// One field. A handle: it keeps the message's octets alive.
class IMAPXX_API header {
 public:
  [[nodiscard]] std::string_view name() const noexcept { return name_; }  ///< as in the message
  /// The octets behind the colon, folds included, without the last line break. Valid as long as a handle lives.
  [[nodiscard]] std::string_view raw() const noexcept { return value_; }
  [[nodiscard]] std::string text() const { return decode_header(value_); }

 private:
  friend class headers;
  header(std::shared_ptr<const detail::tree> tree, std::string_view name, std::string_view value)
      : tree_(std::move(tree)), name_(name), value_(value) {}
  std::shared_ptr<const detail::tree> tree_;
  std::string_view name_;
  std::string_view value_;
};

/// The fields of a part in the order of the message; names compare without regard to case. A handle.
class IMAPXX_API headers {
 public:
  class iterator;

  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] header at(std::size_t index) const;  ///< `index` below `size()`
  [[nodiscard]] iterator begin() const;
  [[nodiscard]] iterator end() const;

  [[nodiscard]] bool contains(std::string_view name) const noexcept { return count(name) != 0; }
  [[nodiscard]] std::size_t count(std::string_view name) const noexcept;
  /// The first field of this name.
  [[nodiscard]] std::optional<header> find(std::string_view name) const;
  [[nodiscard]] std::vector<header> find_all(std::string_view name) const;
  /// The decoded text of the first field of this name.
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
  /// The decoded texts of all fields of this name.
  [[nodiscard]] std::vector<std::string> get_all(std::string_view name) const;
  /// The decoded text, or "".
  [[nodiscard]] std::string operator[](std::string_view name) const;
  /// All octets of the header with the empty line that ends it. Valid as long as a handle lives.
  [[nodiscard]] std::string_view raw() const noexcept;

 private:
  friend class part;
  headers(std::shared_ptr<const detail::tree> tree, const detail::node* node) : tree_(std::move(tree)), node_(node) {}
  std::shared_ptr<const detail::tree> tree_;
  const detail::node* node_;
};

/// Input iterator that yields `header` by value.
class headers::iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = header;
  using difference_type = std::ptrdiff_t;
  using pointer = void;
  using reference = header;

  iterator() = default;
  [[nodiscard]] header operator*() const { return owner_->at(index_); }
  iterator& operator++() {
    ++index_;
    return *this;
  }
  iterator operator++(int) {
    auto old = *this;
    ++index_;
    return old;
  }
  friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.index_ == b.index_; }

 private:
  friend class headers;
  iterator(std::shared_ptr<const headers> owner, std::size_t index) : owner_(std::move(owner)), index_(index) {}
  std::shared_ptr<const headers>
      owner_;  // so that `for (auto h : message.headers())` works with the temporary it begins with
  std::size_t index_ = 0;
};

inline headers::iterator headers::begin() const { return {std::make_shared<const headers>(*this), 0}; }
inline headers::iterator headers::end() const { return {nullptr, size()}; }

}  // namespace imapxx::inline v0::mime
