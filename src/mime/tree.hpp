/// \file
/// The parsed message behind the handles.
#pragma once

#include <imapxx/mime/content_type.hpp>
#include <imapxx/mime/message.hpp>

#include "base/ascii.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0::mime::detail {

struct field {
  std::string_view name;
  std::string_view value;  // folds included
};

// `status`: a message/delivery-status, whose children are its blocks of fields.
enum class node_kind : unsigned char { leaf, multipart, message, status };

/// Views go into the tree's buffers.
struct node {
  std::size_t index = 0;  // in document order; the nodes below are those up to `subtree_end`
  std::size_t subtree_end = 0;
  std::size_t depth = 0;
  const node* parent = nullptr;
  std::vector<const node*> children;
  node_kind kind = node_kind::leaf;
  transfer_encoding encoding = transfer_encoding::identity;
  mime::content_type type;
  std::string number;
  std::string_view raw;
  std::string_view raw_header;
  std::string_view raw_body;
  std::vector<field> fields;

  [[nodiscard]] const field* find(std::string_view name) const noexcept {
    for (const auto& f : fields) {
      if (base::iequals(f.name, name)) return &f;
    }
    return nullptr;
  }
};

struct tree {
  std::deque<std::string> buffers;  // the message, and the decoded octets of encoded messages in it
  std::deque<node> nodes;           // the root first
  std::size_t fields = 0;
  bool truncated = false;
};

/// Linear in the octets: each line is looked at once, whatever the nesting.
[[nodiscard]] std::shared_ptr<const tree> parse(std::string octets);

}  // namespace imapxx::inline v0::mime::detail
