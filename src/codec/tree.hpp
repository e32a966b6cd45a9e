/// \file
/// A parenthesised value as a tree of tokens, read before it is interpreted: ENVELOPE and BODYSTRUCTURE come in too
/// many shapes for a direct descent.
#pragma once

#include "codec/grammar.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace imapxx::inline v0::codec {

enum class node_kind : std::uint8_t { list, string, atom, number, nil };

/// One token or list. Nodes of a tree stand in document order; `next` skips what is inside a list.
struct node {
  node_kind kind = node_kind::nil;
  bool spaced = false;       ///< a space stands in front
  std::uint32_t next = 0;    ///< index of the node behind this one and all that is in it
  std::uint32_t count = 0;   ///< elements of a list
  std::string_view raw;      ///< its octets on the wire
  wire::string_token token;  ///< string
};

/// The indices of a list's elements. Most lists are short, so that these need no memory of their own.
class elements {
 public:
  elements(const std::vector<node>& nodes, std::uint32_t list);
  elements(const elements&) = delete;
  elements& operator=(const elements&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::uint32_t operator[](std::size_t i) const noexcept { return data()[i]; }
  [[nodiscard]] std::uint32_t front() const noexcept { return data()[0]; }
  [[nodiscard]] const std::uint32_t* begin() const noexcept { return data(); }
  [[nodiscard]] const std::uint32_t* end() const noexcept { return data() + size_; }

 private:
  static constexpr std::size_t inline_elements = 16;
  [[nodiscard]] const std::uint32_t* data() const noexcept {
    return size_ <= inline_elements ? few_.data() : many_.data();
  }
  std::size_t size_;
  std::array<std::uint32_t, inline_elements> few_;
  std::vector<std::uint32_t> many_;
};

/// The tree of one value. Views point into the text it was read from.
class tree {
 public:
  /// Reads one value. On failure `in` has the reason, among them too deep and too many.
  bool read(lexer& in, std::size_t max_nesting, std::size_t max_nodes);
  [[nodiscard]] const node& operator[](std::uint32_t i) const noexcept { return nodes_[i]; }
  [[nodiscard]] const node& root() const noexcept { return nodes_.front(); }
  /// Indices of the elements of the list `i`.
  [[nodiscard]] codec::elements elements_of(std::uint32_t i) const { return {nodes_, i}; }

  [[nodiscard]] bool is_list(std::uint32_t i) const noexcept { return nodes_[i].kind == node_kind::list; }
  [[nodiscard]] bool is_nil(std::uint32_t i) const noexcept { return nodes_[i].kind == node_kind::nil; }
  /// String, atom or number.
  [[nodiscard]] bool is_text(std::uint32_t i) const noexcept { return !is_list(i) && !is_nil(i); }
  [[nodiscard]] std::string text(std::uint32_t i) const;
  [[nodiscard]] std::optional<std::string> ntext(std::uint32_t i) const;

 private:
  bool read_token(std::string_view text, std::size_t& at);
  std::vector<node> nodes_;
};

}  // namespace imapxx::inline v0::codec
