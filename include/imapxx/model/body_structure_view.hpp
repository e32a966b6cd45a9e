/// \file
/// BODY and BODYSTRUCTURE (RFC 9051 section 7.5.2) without copies: parts as views of a response's octets.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/model/body_structure.hpp>
#include <imapxx/model/envelope_view.hpp>
#include <imapxx/model/fetch_data.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {

/// `name=value`, as in `body_parameters`.
class IMAPXX_API parameter_view {
 public:
  text_view name, value;

  // --- for `view_list`
  using owned_type = std::pair<std::string, std::string>;
  void read_next(std::string_view& rest, const owned_type*& owned) noexcept;
};

/// The parameters of a part or of its disposition. Its octets are names and values in turn, with a space between each
/// two.
class IMAPXX_API parameter_list_view : public view_list<parameter_view> {
 public:
  using view_list::view_list;
  explicit parameter_list_view(const body_parameters& list) noexcept
      : view_list(list.items.data(), list.items.size()) {}
  /// The value of the first one with this name, without regard to case; NIL when there is none.
  [[nodiscard]] text_view find(std::string_view name) const;
  [[nodiscard]] body_parameters to_owned() const;
};

class body_part_list_view;

/// One part and, through `children`, all below it, meaning what `body_structure` means: a view that lives as long as
/// the row's octets. A structure that is written as the grammar wants it costs no memory: a part is read when it is
/// come to. Any other is read as `fetch_row::bodystructure` reads it, and the views keep that value. For part numbers
/// (`walk`, `find`) take `to_owned`. Cheap to copy.
class IMAPXX_API body_structure_view {
 public:
  body_structure_view() = default;
  /// BODYSTRUCTURE, else BODY; nullopt when the row has neither or it cannot be read.
  [[nodiscard]] static std::optional<body_structure_view> of(const fetch_row& row);

  [[nodiscard]] text_view type() const noexcept { return type_; }
  [[nodiscard]] text_view subtype() const noexcept { return subtype_; }
  [[nodiscard]] const parameter_list_view& parameters() const noexcept { return parameters_; }
  [[nodiscard]] text_view id() const noexcept { return id_; }
  [[nodiscard]] text_view description() const noexcept { return description_; }
  [[nodiscard]] text_view encoding() const noexcept { return encoding_; }  ///< empty for multiparts
  [[nodiscard]] std::uint64_t octets() const noexcept { return octets_; }
  [[nodiscard]] bool octets_known() const noexcept { return octets_known_; }
  [[nodiscard]] std::optional<std::uint64_t> lines() const noexcept { return lines_; }
  [[nodiscard]] std::optional<envelope_view> nested_envelope() const;
  /// The parts of a multipart; the message in message/rfc822.
  [[nodiscard]] body_part_list_view children() const noexcept;
  [[nodiscard]] bool extension_data() const noexcept { return extension_data_; }
  [[nodiscard]] text_view md5() const noexcept { return md5_; }
  /// NIL when there is no disposition.
  [[nodiscard]] text_view disposition() const noexcept { return disposition_; }
  [[nodiscard]] const parameter_list_view& disposition_parameters() const noexcept { return disposition_parameters_; }
  [[nodiscard]] std::vector<std::string> languages() const;
  [[nodiscard]] text_view location() const noexcept { return location_; }
  [[nodiscard]] bool is_multipart() const;
  /// type/subtype without regard to case
  [[nodiscard]] bool is(std::string_view t, std::string_view s = "*") const;
  [[nodiscard]] body_structure to_owned() const;

  // --- for readers
  explicit body_structure_view(const body_structure& value,
                               std::shared_ptr<const body_structure> kept = nullptr) noexcept;
  /// Reads the value at the start of `text` when all of it is written exactly as the grammar wants it. \return where it
  /// ends; 0 when it is not so, and the view then means nothing
  [[nodiscard]] std::size_t read(std::string_view text) noexcept;
  using owned_type = body_structure;
  void read_next(std::string_view& rest, const body_structure*& owned) noexcept;
  class part_reader;

 private:
  friend class body_part_list_view;

  text_view type_, subtype_, id_, description_, encoding_, md5_, disposition_, location_;
  parameter_list_view parameters_, disposition_parameters_;
  std::string_view children_, languages_, envelope_;
  std::size_t child_count_ = 0;
  std::uint64_t octets_ = 0;
  std::optional<std::uint64_t> lines_;
  bool octets_known_ = true;
  bool extension_data_ = false;
  const body_structure* owned_ = nullptr;
  std::shared_ptr<const body_structure> kept_;
};

/// The parts directly below a part.
class IMAPXX_API body_part_list_view : public view_list<body_structure_view> {
 public:
  body_part_list_view() = default;
  [[nodiscard]] iterator begin() const noexcept {
    body_structure_view before;
    before.kept_ = kept_;  // it goes from part to part
    return iterator(*this, std::move(before));
  }

 private:
  friend class body_structure_view;
  body_part_list_view(view_list of, std::shared_ptr<const body_structure> kept) noexcept
      : view_list(of), kept_(std::move(kept)) {}
  std::shared_ptr<const body_structure> kept_;
};

}  // namespace imapxx::inline v0
