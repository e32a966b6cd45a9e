/// \file
/// A message as a tree of parts.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/mime/content_type.hpp>
#include <imapxx/mime/headers.hpp>
#include <imapxx/mime/transfer.hpp>
#include <imapxx/sink.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0::mime {

class message;

/// What is read of one message; beyond it the view is cut, and `message::truncated()` says so.
inline constexpr std::size_t nesting_max = 100;                          ///< multiparts and messages in each other
inline constexpr std::size_t parts_max = 10'000;                         ///< all parts together
inline constexpr std::size_t header_octets_max = std::size_t{1} << 20U;  ///< of each part's header
inline constexpr std::size_t header_fields_max = 100'000;                ///< all parts together

/// One node of the tree: a leaf, a multipart, or a message/rfc822 that holds a message. A light handle that shares the
/// ownership of the whole message; views it returns are valid as long as any handle lives. Thread-safe to read.
class IMAPXX_API part {
 public:
  [[nodiscard]] mime::headers headers() const { return {tree_, node_}; }
  /// From the header; text/plain, or message/rfc822 in a multipart/digest, when there is none.
  [[nodiscard]] const mime::content_type& content_type() const noexcept;
  [[nodiscard]] std::optional<mime::disposition> disposition() const;
  [[nodiscard]] transfer_encoding encoding() const noexcept;
  /// Without its angle brackets; "" when there is none.
  [[nodiscard]] std::string content_id() const;

  /// A name that is safe to create (see `safe_filename`), never empty: without one of the sender's it is made of the
  /// part's number and type.
  [[nodiscard]] std::string filename() const;
  /// The sender's name, decoded (RFC 2231, 2047) and otherwise as it is: never use it as a path.
  [[nodiscard]] std::optional<std::string> raw_filename() const;

  [[nodiscard]] bool is_multipart() const noexcept;  ///< a multipart whose parts were found
  [[nodiscard]] bool is_message() const noexcept;    ///< message/rfc822 or message/global; see `message()`
  /// A part that is saved rather than read: Content-Disposition says so, or it has a file name, or it is neither text,
  /// multipart nor message (but an unnamed part of a multipart/related belongs to the text that shows it).
  [[nodiscard]] bool is_attachment() const;

  /// A message/rfc822's only child is the root of its message; the children of a message/delivery-status are its blocks
  /// of fields (RFC 3464), text/plain parts whose header the fields are, without a number.
  [[nodiscard]] std::vector<part> children() const;
  /// This part and all below it in document order, nested messages included.
  [[nodiscard]] std::vector<part> walk() const;
  /// All attachments below or at this part in document order; nothing inside an attachment is listed.
  [[nodiscard]] std::vector<part> attachments() const;
  /// The part that a person would read first: text/plain, else text/html, not an attachment.
  [[nodiscard]] std::optional<part> best_text() const;
  [[nodiscard]] std::size_t depth() const noexcept;
  /// The number that FETCH BODY[…] wants for it, as `imapxx::walk` and `body_structure::find` count: "" for a multipart
  /// root, "1" for the only part, "2.TEXT" for the multipart of the message in part 2.
  [[nodiscard]] const std::string& number() const noexcept;
  /// The part at or below this one with that number.
  [[nodiscard]] std::optional<part> find(std::string_view number) const;
  /// The nested message, if `is_message()`.
  [[nodiscard]] std::optional<mime::message> message() const;

  /// Header and body as they stand in the message (for what lies in an encoded message/rfc822: in the decoded one).
  [[nodiscard]] std::string_view raw() const noexcept;
  [[nodiscard]] std::string_view raw_header() const noexcept;  ///< with the empty line
  [[nodiscard]] std::string_view raw_body() const noexcept;    ///< still in its transfer encoding
  /// The body's octets, transfer encoding undone.
  [[nodiscard]] std::string content() const;
  /// The same in pieces. Returns false when `piece` did, which ends it.
  bool decode(const std::function<bool(std::string_view)>& piece) const;
  /// The same to a sink, between `begin` and `end`. Errors: those of the sink.
  [[nodiscard]] result<void> decode_to(body_sink& sink) const;
  /// The body as UTF-8, line breaks as in the message; "" for multiparts and messages. A missing or unknown charset
  /// reads as UTF-8 where that is valid, else as Windows-1252; octets that mean nothing become U+FFFD.
  [[nodiscard]] std::string text() const;

 private:
  friend class mime::message;
  part(std::shared_ptr<const detail::tree> tree, const detail::node* node) : tree_(std::move(tree)), node_(node) {}
  std::shared_ptr<const detail::tree> tree_;
  const detail::node* node_;
};

/// A parsed message (RFC 5322 and MIME). A light handle on an immutable tree; copies share it. Thread-safe to read.
///
/// \code
/// imapxx::mime::message m(octets);
/// for (const auto& a : m.attachments()) save(a.filename(), a.content());
/// \endcode
class IMAPXX_API message {
 public:
  message() : message(std::string()) {}                                        ///< of no octets
  explicit message(std::string_view octets) : message(std::string(octets)) {}  ///< keeps a copy
  explicit message(const char* octets) : message(std::string(octets)) {}
  explicit message(std::string octets);  ///< keeps the string

  /// The message itself as a part: its header and its body.
  [[nodiscard]] const part& root() const noexcept { return root_; }
  [[nodiscard]] mime::headers headers() const { return root_.headers(); }
  [[nodiscard]] std::string subject() const { return headers()["Subject"]; }
  [[nodiscard]] std::vector<part> walk() const { return root_.walk(); }
  [[nodiscard]] std::vector<part> attachments() const { return root_.attachments(); }
  [[nodiscard]] std::optional<part> find(std::string_view number) const { return root_.find(number); }
  /// The text that a person would read first, as UTF-8 (HTML stays HTML); "" when there is none.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string_view raw() const noexcept { return root_.raw(); }
  /// Whether a limit (`nesting_max`, `parts_max`, ...) cut the view.
  [[nodiscard]] bool truncated() const noexcept;

 private:
  friend class part;
  explicit message(part root) : root_(std::move(root)) {}
  part root_;
};

/// Collects a message that comes in pieces; as a `body_sink`, one that is being fetched. Holds the message's octets
/// once.
class IMAPXX_API message_parser : public body_sink {
 public:
  message_parser();
  ~message_parser() override;
  void feed(std::string_view octets) { octets_.append(octets); }
  /// The message of all octets so far; the parser is then as new.
  [[nodiscard]] message finish();
  result<void> begin(const body_info& info) override;  ///< forgets what came before
  result<void> write(std::string_view octets) override;

 private:
  std::string octets_;
};

/// A message as a person would read it, UTF-8 with '\n' at line ends: the fields that matter, the text (text/plain,
/// else HTML reduced to text), nested messages, and a list of the attachments with numbers and sizes. Controls are
/// removed, so that it is safe for a terminal; nothing is ever loaded from anywhere.
[[nodiscard]] IMAPXX_API std::string readable_text(const message& m);
/// The same for a part and what is below it, without the fields and without the list.
[[nodiscard]] IMAPXX_API std::string readable_text(const part& p);
/// HTML reduced to its text: tags, scripts and styles dropped, entities read, blocks on lines of their own. Linear
/// time.
[[nodiscard]] IMAPXX_API std::string html_to_text(std::string_view html);

}  // namespace imapxx::inline v0::mime
