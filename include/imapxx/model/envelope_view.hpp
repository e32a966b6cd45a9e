/// \file
/// ENVELOPE (RFC 9051 section 7.5.2) without copies: what an answer holds, as views of its octets.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/model/envelope.hpp>
#include <imapxx/model/fetch_data.hpp>

#include <array>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace imapxx::inline v0 {

/// A text as it stands in a response, or NIL. A view.
class text_view {
 public:
  /// NIL
  text_view() = default;
  /// \param escaped whether backslashes in it must be undone
  explicit text_view(std::string_view raw, bool escaped = false) noexcept
      : raw_(raw), present_(true), escaped_(escaped) {}
  /// False for NIL; an empty text is there.
  [[nodiscard]] bool has_value() const noexcept { return present_; }
  [[nodiscard]] explicit operator bool() const noexcept { return present_; }
  /// The octets on the wire; empty for NIL. They are the text itself unless `escaped()`.
  [[nodiscard]] std::string_view raw() const noexcept { return raw_; }
  /// Whether a backslash stands in front of some octets of `raw()`.
  [[nodiscard]] bool escaped() const noexcept { return escaped_; }
  /// The text; empty for NIL.
  [[nodiscard]] IMAPXX_API std::string to_string() const;
  /// The text; nullopt for NIL.
  [[nodiscard]] std::optional<std::string> to_owned() const {
    return present_ ? std::optional<std::string>(to_string()) : std::nullopt;
  }
  /// Compares texts, however they were written. NIL is equal to nothing but NIL.
  friend IMAPXX_API bool operator==(text_view a, text_view b) noexcept;
  friend bool operator==(text_view a, std::string_view b) noexcept { return a == text_view(b); }

 private:
  std::string_view raw_;
  bool present_ = false;
  bool escaped_ = false;
};

/// One address, as `address`.
class IMAPXX_API address_view {
 public:
  text_view name, route, mailbox, host;
  [[nodiscard]] bool is_group_start() const noexcept { return !host && mailbox; }
  [[nodiscard]] bool is_group_end() const noexcept { return !host && !mailbox; }
  [[nodiscard]] address to_owned() const;
};

/// The addresses of one field: a forward range that reads them one by one.
class IMAPXX_API address_list_view {
 public:
  class IMAPXX_API iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using iterator_concept = std::forward_iterator_tag;
    using value_type = address_view;
    using difference_type = std::ptrdiff_t;
    using pointer = const address_view*;
    using reference = const address_view&;
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
    friend class address_list_view;
    explicit iterator(const address_list_view& of) noexcept;
    void read() noexcept;
    address_view here_;
    std::string_view rest_;
    const address* owned_ = nullptr;
    std::size_t left_ = 0;  // with the present one
  };
  address_list_view() = default;
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] iterator begin() const noexcept { return iterator(*this); }
  [[nodiscard]] iterator end() const noexcept { return {}; }
  [[nodiscard]] address_list to_owned() const;

  // --- for the reader
  /// \param addresses one behind the other, each in parentheses and as the grammar wants it
  address_list_view(std::string_view addresses, std::size_t count) noexcept : text_(addresses), size_(count) {}
  explicit address_list_view(const address_list& list) noexcept : owned_(list.data()), size_(list.size()) {}

 private:
  std::string_view text_;
  const address* owned_ = nullptr;
  std::size_t size_ = 0;
};

/// The fields of an ENVELOPE, meaning what `envelope` means: a view that lives as long as the row's octets. One that is
/// written as the grammar wants it costs no memory; any other is read as `fetch_row::envelope` reads it, and the view
/// keeps that value. Cheap to copy.
class IMAPXX_API envelope_view {
 public:
  envelope_view() = default;
  /// nullopt when the row has no ENVELOPE, it is NIL, or cannot be read.
  [[nodiscard]] static std::optional<envelope_view> of(const fetch_row& row);

  [[nodiscard]] text_view date() const noexcept { return date_; }
  [[nodiscard]] text_view subject() const noexcept { return subject_; }
  [[nodiscard]] const address_list_view& from() const noexcept { return lists_[0]; }
  [[nodiscard]] const address_list_view& sender() const noexcept { return lists_[1]; }
  [[nodiscard]] const address_list_view& reply_to() const noexcept { return lists_[2]; }
  [[nodiscard]] const address_list_view& to() const noexcept { return lists_[3]; }
  [[nodiscard]] const address_list_view& cc() const noexcept { return lists_[4]; }
  [[nodiscard]] const address_list_view& bcc() const noexcept { return lists_[5]; }
  [[nodiscard]] text_view in_reply_to() const noexcept { return in_reply_to_; }
  [[nodiscard]] text_view message_id() const noexcept { return message_id_; }
  [[nodiscard]] envelope to_owned() const;

  // --- for readers
  /// A view of a value that somebody else keeps.
  explicit envelope_view(const envelope& value) noexcept;
  /// Reads the value at the start of `text` when it is written exactly as the grammar wants it, but for single spaces
  /// between addresses, which many servers write. \return where it ends; 0 when it is not so, and the view then means
  /// nothing
  [[nodiscard]] std::size_t read(std::string_view text) noexcept;
  /// How many spaces stood between addresses (quirk E-08), the one oddity that `read` accepts.
  [[nodiscard]] std::size_t spaces_between_addresses() const noexcept { return spaces_; }

 private:
  text_view date_, subject_, in_reply_to_, message_id_;
  std::array<address_list_view, 6> lists_;
  std::size_t spaces_ = 0;
  std::shared_ptr<const envelope> kept_;
};

}  // namespace imapxx::inline v0
