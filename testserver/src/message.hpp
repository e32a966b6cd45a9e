#pragma once

#include "mime_tree.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::testserver::detail {

/// What a header search compares: the value as it stands, with single spaces (SUBJECT), or as a list of addresses in
/// one spelling (FROM, TO, CC, BCC). The difference is Dovecot's.
enum class header_match { plain, single_spaced, addresses };

/// The octets of one message and what is computed from them. Immutable; several threads may read it.
class message_content {
 public:
  explicit message_content(std::string raw) : raw_(std::move(raw)) {}

  const std::string& raw() const { return raw_; }
  const mime_part& root() const;

  /// Does `key` (already in search form) stand in the decoded text (RFC 3501, 6.4.4: BODY, TEXT)?
  bool body_contains(const std::string& key) const;
  bool text_contains(const std::string& key) const;
  /// HEADER search: an empty key matches when the field exists.
  bool header_contains(std::string_view name, const std::string& key, header_match how) const;

 private:
  void build_search_text() const;
  void add_search_text(const mime_part& part) const;

  std::string raw_;
  mutable std::once_flag parsed_;
  mutable std::unique_ptr<mime_part> root_;
  mutable std::once_flag indexed_;
  mutable std::vector<std::string> headers_;
  mutable std::vector<std::string> bodies_;
};

/// A section-spec of RFC 3501, 6.4.5.
struct section_spec {
  enum class kind { whole, header, header_fields, header_fields_not, mime, text };
  std::vector<unsigned> path;
  kind what = kind::whole;
  std::vector<std::string> fields;
};

/// The entity a part number names, or nullptr.
const mime_part* find_part(const mime_part& root, const std::vector<unsigned>& path);

/// The octets of a section, or nothing when the message has no such part.
std::optional<std::string> extract_section(const message_content& message, const section_spec& section);

/// Content of a part without its transfer encoding (RFC 3516).
enum class binary_status { ok, no_part, unknown_encoding };
binary_status extract_binary(const message_content& message, const std::vector<unsigned>& path, std::string& out);

}  // namespace imapxx::testserver::detail
