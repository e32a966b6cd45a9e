/// \file
/// Content-Type and Content-Disposition as values, and names of attachments that are safe to create.
#pragma once

#include <imapxx/export.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0::mime {

/// Parameters of a header field in the order of the message, decoded to UTF-8: continuations joined, charsets converted
/// (RFC 2231), and encoded words read where they should not stand but often do. Names are lower case. Of two equal
/// names the first counts; the encoded form `name*` wins over `name`.
class IMAPXX_API parameters {
 public:
  using item = std::pair<std::string, std::string>;
  parameters() = default;
  /// Decodes parameters as they stand on the wire, values without their quotes. Never fails.
  [[nodiscard]] static parameters decode(const std::vector<item>& raw);

  /// Without regard to case.
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const noexcept { return find(name) != nullptr; }
  /// Valid as long as this object is unchanged; nullptr when there is none.
  [[nodiscard]] const std::string* find(std::string_view name) const noexcept;
  [[nodiscard]] bool empty() const noexcept { return items_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
  [[nodiscard]] auto begin() const noexcept { return items_.cbegin(); }
  [[nodiscard]] auto end() const noexcept { return items_.cend(); }
  friend bool operator==(const parameters&, const parameters&) = default;

 private:
  std::vector<item> items_;
};

/// A media type (RFC 2045 section 5). What cannot be read is `text/plain`, as section 5.2 wants it.
class IMAPXX_API content_type {
 public:
  content_type();  ///< text/plain
  content_type(std::string_view type, std::string_view subtype, mime::parameters params = {});
  /// Reads a field's value, folded or not. Never fails.
  [[nodiscard]] static content_type parse(std::string_view value);

  [[nodiscard]] const std::string& type() const noexcept { return type_; }        ///< lower case
  [[nodiscard]] const std::string& subtype() const noexcept { return subtype_; }  ///< lower case
  [[nodiscard]] std::string essence() const { return type_ + "/" + subtype_; }    ///< "text/plain"
  /// Whether it is `type`/`subtype` without regard to case; "*" stands for any.
  [[nodiscard]] bool is(std::string_view type, std::string_view subtype = "*") const noexcept;
  [[nodiscard]] const mime::parameters& parameters() const noexcept { return parameters_; }
  [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const { return parameters_.get(name); }
  [[nodiscard]] std::optional<std::string> charset() const { return parameters_.get("charset"); }
  friend bool operator==(const content_type&, const content_type&) = default;

 private:
  std::string type_;
  std::string subtype_;
  mime::parameters parameters_;
};

/// Content-Disposition (RFC 2183).
class IMAPXX_API disposition {
 public:
  disposition() = default;  ///< inline, without parameters
  explicit disposition(std::string_view type, mime::parameters params = {});
  /// Reads a field's value, folded or not. Never fails.
  [[nodiscard]] static disposition parse(std::string_view value);

  [[nodiscard]] const std::string& type() const noexcept { return type_; }  ///< lower case
  [[nodiscard]] bool is_inline() const noexcept { return type_ == "inline"; }
  /// Everything but `inline`: an unknown type is to be treated as attachment (RFC 2183 section 2.8).
  [[nodiscard]] bool is_attachment() const noexcept { return !is_inline(); }
  [[nodiscard]] const mime::parameters& parameters() const noexcept { return parameters_; }
  [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const { return parameters_.get(name); }
  friend bool operator==(const disposition&, const disposition&) = default;

 private:
  std::string type_ = "inline";
  mime::parameters parameters_;
};

/// Octets of the longest name that `safe_filename` returns: leaves room for a number within the 255 of usual file
/// systems.
inline constexpr std::size_t filename_octets_max = 200;

/// `name`, a sender's word, as a file name that is harmless in any directory: the base name only (of `/` and `\`
/// paths), UTF-8, without control, bidirectional and reserved characters, not hidden, not beginning with '-', no device
/// name of Windows, at most `filename_octets_max` octets with its extension kept. What is left empty becomes
/// `fallback`. Open it with O_EXCL all the same: two parts may have one name.
[[nodiscard]] IMAPXX_API std::string safe_filename(std::string_view name, std::string_view fallback = "attachment");

}  // namespace imapxx::inline v0::mime
