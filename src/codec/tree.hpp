/// \file
/// A parenthesised value as a tree of tokens, read before it is interpreted: ENVELOPE and BODYSTRUCTURE come in too
/// many shapes for a direct descent.
#pragma once

#include "codec/grammar.hpp"

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

/// The tree of one value. Views point into the text it was read from.
class tree {
 public:
  /// Reads one value. On failure `in` has the reason, among them too deep and too many.
  bool read(lexer& in, std::size_t max_nesting, std::size_t max_nodes);
  [[nodiscard]] const node& operator[](std::uint32_t i) const noexcept { return nodes_[i]; }
  [[nodiscard]] const node& root() const noexcept { return nodes_.front(); }
  /// Indices of the elements of the list `i`.
  [[nodiscard]] std::vector<std::uint32_t> elements(std::uint32_t i) const;

  [[nodiscard]] bool is_list(std::uint32_t i) const noexcept { return nodes_[i].kind == node_kind::list; }
  [[nodiscard]] bool is_nil(std::uint32_t i) const noexcept { return nodes_[i].kind == node_kind::nil; }
  /// String, atom or number.
  [[nodiscard]] bool is_text(std::uint32_t i) const noexcept { return !is_list(i) && !is_nil(i); }
  [[nodiscard]] std::string text(std::uint32_t i) const;
  [[nodiscard]] std::optional<std::string> ntext(std::uint32_t i) const;

 private:
  bool read_token(lexer& in, std::size_t begin);
  std::vector<node> nodes_;
};

}  // namespace imapxx::inline v0::codec
