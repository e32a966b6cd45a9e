/// \file
/// BODY and BODYSTRUCTURE (RFC 9051 section 7.5.2) without copies: parts as views of a response's octets.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/model/body_structure.hpp>
#include <imapxx/model/envelope_view.hpp>
#include <imapxx/model/fetch_data.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {

/// `name=value`, as in `body_parameters`.
class parameter_view {
 public:
  text_view name, value;
};

/// The parameters of a part or of its disposition: a forward range that reads them one by one.
class IMAPXX_API parameter_list_view {
 public:
  class IMAPXX_API iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using iterator_concept = std::forward_iterator_tag;
    using value_type = parameter_view;
    using difference_type = std::ptrdiff_t;
    using pointer = const parameter_view*;
    using reference = const parameter_view&;
    iterator() = default;
    reference operator*() const noexcept { return here_; }
    pointer operator->() const noexcept { return &here_; }
    iterator& operator++() noexcept {
      read();
      return *this;
    }
    iterator operator++(int) noexcept {
      auto old = *this;
      read();
      return old;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.left_ == b.left_; }

   private:
    friend class parameter_list_view;
    explicit iterator(const parameter_list_view& of) noexcept;
    void read() noexcept;
    parameter_view here_;
    std::string_view rest_;
    const std::pair<std::string, std::string>* owned_ = nullptr;
    std::size_t left_ = 0;  // with the present one
  };
  parameter_list_view() = default;
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] iterator begin() const noexcept { return iterator(*this); }
  [[nodiscard]] iterator end() const noexcept { return {}; }
  /// The value of the first one with this name, without regard to case; NIL when there is none.
  [[nodiscard]] text_view find(std::string_view name) const;
  [[nodiscard]] body_parameters to_owned() const;

  // --- for the reader
  /// \param strings names and values in turn, with a space between each two
  parameter_list_view(std::string_view strings, std::size_t count) noexcept : text_(strings), size_(count) {}
  explicit parameter_list_view(const body_parameters& list) noexcept
      : owned_(list.items.data()), size_(list.items.size()) {}

 private:
  std::string_view text_;
  const std::pair<std::string, std::string>* owned_ = nullptr;
  std::size_t size_ = 0;
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

 private:
  friend class body_part_list_view;
  class part_reader;

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

/// The parts directly below a part: a forward range that reads them one by one.
class IMAPXX_API body_part_list_view {
 public:
  class IMAPXX_API iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using iterator_concept = std::forward_iterator_tag;
    using value_type = body_structure_view;
    using difference_type = std::ptrdiff_t;
    using pointer = const body_structure_view*;
    using reference = const body_structure_view&;
    iterator() = default;
    reference operator*() const noexcept { return here_; }
    pointer operator->() const noexcept { return &here_; }
    iterator& operator++() noexcept {
      read();
      return *this;
    }
    iterator operator++(int) noexcept {
      auto old = *this;
      read();
      return old;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.left_ == b.left_; }

   private:
    friend class body_part_list_view;
    explicit iterator(const body_part_list_view& of) noexcept;
    void read() noexcept;
    body_structure_view here_;
    std::string_view rest_;
    const body_structure* owned_ = nullptr;
    std::shared_ptr<const body_structure> kept_;
    std::size_t left_ = 0;  // with the present one
  };
  body_part_list_view() = default;
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] iterator begin() const noexcept { return iterator(*this); }
  [[nodiscard]] iterator end() const noexcept { return {}; }

 private:
  friend class body_structure_view;
  std::string_view text_;
  const body_structure* owned_ = nullptr;
  std::shared_ptr<const body_structure> kept_;
  std::size_t size_ = 0;
};

}  // namespace imapxx::inline v0
