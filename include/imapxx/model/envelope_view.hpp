/// \file
/// ENVELOPE (RFC 9051 section 7.5.2) without copies: what an answer holds, as views of its octets.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/model/boxed_optional.hpp>
#include <imapxx/model/envelope.hpp>
#include <imapxx/model/fetch_data.hpp>
#include <imapxx/model/view_list.hpp>

#include <array>
#include <cstddef>
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
  /// Of a text that somebody else keeps; nullopt is NIL.
  [[nodiscard]] static text_view of(const std::optional<std::string>& text) noexcept {
    return text ? text_view(std::string_view(*text)) : text_view();
  }
  [[nodiscard]] static text_view of(const boxed_optional<std::string>& text) noexcept {
    return text ? text_view(std::string_view(*text)) : text_view();
  }
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

  // --- for `view_list`
  using owned_type = address;
  void read_next(std::string_view& rest, const address*& owned) noexcept;
};

/// The addresses of one field.
class IMAPXX_API address_list_view : public view_list<address_view> {
 public:
  using view_list::view_list;
  explicit address_list_view(const address_list& list) noexcept : view_list(list.data(), list.size()) {}
  [[nodiscard]] address_list to_owned() const;
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
