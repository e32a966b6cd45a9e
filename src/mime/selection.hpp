/// \file
/// The one rule of what is an attachment, for messages and BODYSTRUCTUREs.
#pragma once

#include <imapxx/mime/content_type.hpp>

namespace imapxx::inline v0::mime {

struct part_facts {
  const content_type* type = nullptr;
  const mime::disposition* disposition = nullptr;  // nullptr when there is none
  bool container = false;                          // a multipart with parts
  bool named = false;
  bool in_related = false;
};

/// See `part::is_attachment`.
[[nodiscard]] inline bool decide_attachment(const part_facts& facts) {
  if (facts.container || facts.type->is("multipart")) return false;
  if (facts.disposition != nullptr && facts.disposition->is_attachment()) return true;
  if (facts.named) return true;
  return !facts.type->is("text") && !facts.type->is("message") && !facts.in_related;
}

}  // namespace imapxx::inline v0::mime
