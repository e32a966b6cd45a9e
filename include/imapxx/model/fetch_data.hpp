/// \file
/// The answer to FETCH (RFC 9051 section 7.5.2): `fetch_row` is a view over one response, `fetch_data` an owning value.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/model/body_structure.hpp>
#include <imapxx/model/boxed_optional.hpp>
#include <imapxx/model/date_time.hpp>
#include <imapxx/model/envelope.hpp>
#include <imapxx/model/flag.hpp>
#include <imapxx/model/section.hpp>
#include <imapxx/model/unparsed_item.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {

namespace codec {
class row_pattern;
}

/// What a FETCH response may hold; `other` is any name that this version does not know.
enum class fetch_item : std::uint8_t {
  uid,
  flags,
  internaldate,
  rfc822_size,
  envelope,
  body,
  bodystructure,
  body_section,
  binary,
  binary_size,
  rfc822,
  rfc822_header,
  rfc822_text,
  modseq,
  emailid,
  threadid,
  savedate,
  preview,
  gm_msgid,
  gm_thrid,
  gm_labels,
  annotation,
  other
};
[[nodiscard]] IMAPXX_API std::string_view to_string(fetch_item i) noexcept;

/// A section that came with a response.
struct fetched_section {
  imapxx::v0::section section;
  std::optional<std::string> data;  ///< nullopt for NIL, or when the octets were streamed elsewhere
  std::uint64_t streamed = 0;       ///< size of a streamed literal
  friend bool operator==(const fetched_section&, const fetched_section&) = default;
};

/// Everything of one FETCH response (or of several about one message) as owning values.
struct IMAPXX_API fetch_data {
  std::uint32_t seq = 0;  ///< 0 for UIDFETCH (RFC 9586)
  std::optional<std::uint32_t> uid;
  std::optional<flag_list> flags;
  std::optional<date_time> internaldate;
  std::optional<std::uint64_t> rfc822_size;
  std::optional<imapxx::v0::envelope> envelope;
  boxed_optional<body_structure> body;  ///< BODY, without extension data
  boxed_optional<body_structure> bodystructure;
  std::vector<fetched_section> sections;  ///< BODY[...], BINARY[...], RFC822, RFC822.HEADER, RFC822.TEXT
  std::vector<std::pair<std::string, std::uint64_t>> binary_sizes;  ///< part number, octets
  std::optional<std::uint64_t> modseq;
  boxed_optional<std::string> emailid, threadid, preview;
  std::optional<std::optional<date_time>> savedate;
  std::optional<std::uint64_t> gm_msgid, gm_thrid;
  boxed_optional<std::vector<std::string>> gm_labels;
  std::vector<std::pair<std::string, std::string>> others;  ///< unknown items: name and raw value
  std::vector<unparsed_item> unparsed;
  /// The first section that answers `wanted`, or nullptr.
  [[nodiscard]] const fetched_section* find(const imapxx::v0::section& wanted) const noexcept;
};

/// One FETCH response, cut into its items but not parsed further: each accessor parses its item when it is called. A
/// view: it lives as long as the bytes it was made from (an event's until the next call of the session, a
/// `fetch_results`' row as long as that object). Cheap to copy. Accessors return nullopt when the item is absent *or*
/// malformed; `unparsed()` lists the malformed ones.
class IMAPXX_API fetch_row {
 public:
  static constexpr std::size_t inline_items = 14;
  struct item {
    fetch_item kind = fetch_item::other;
    bool malformed = false;  ///< unbalanced value; always in `unparsed()`
    std::string_view name;   ///< as sent, with section and origin
    std::string_view value;  ///< raw value
  };

  fetch_row() = default;
  /// Cuts `text`, which is what follows `* n FETCH ` (a parenthesised list), into items. Never fails: what is not
  /// understood becomes a malformed item.
  /// \param offset where `text` starts in the response, for error positions
  void assign(std::uint32_t seq, std::string_view text, std::size_t offset = 0, std::size_t max_nesting = 64);

  /// The same for what follows `* uid UIDFETCH ` (RFC 9586), which has no sequence number.
  void assign_uid(std::uint32_t uid, std::string_view text, std::size_t offset = 0, std::size_t max_nesting = 64);

  /// The same for a whole response at the start of `octets`, `* n FETCH (...)` CRLF, when it is all there, is written
  /// exactly as the grammar wants it and holds no literal: one pass over what a million messages are like.
  /// \return how many octets it has with its line end; 0 when it is not so, and the row then holds nothing
  [[nodiscard]] std::size_t assign_response(std::string_view octets, std::size_t max_nesting = 64);

  [[nodiscard]] std::uint32_t seq() const noexcept { return seq_; }
  [[nodiscard]] std::optional<std::uint32_t> uid() const noexcept { return uid_ != 0 ? uid_ : read_uid(); }
  [[nodiscard]] std::optional<flag_list> flags() const;
  /// The flags without a copy; nullopt when FLAGS is absent or no list.
  [[nodiscard]] std::optional<flag_view> flags_view() const noexcept {
    const auto* i = find(fetch_item::flags);
    if (i == nullptr || !i->value.starts_with('(')) return std::nullopt;
    return flag_view(i->value);
  }
  /// Whether a flag is set, without building a list; false when FLAGS is absent.
  [[nodiscard]] bool has_flag(std::string_view name) const noexcept;
  [[nodiscard]] std::optional<date_time> internaldate() const;
  [[nodiscard]] std::optional<std::uint64_t> rfc822_size() const noexcept;
  [[nodiscard]] std::optional<std::uint64_t> modseq() const noexcept;
  [[nodiscard]] std::optional<imapxx::v0::envelope> envelope() const;
  [[nodiscard]] std::optional<body_structure> bodystructure() const;  ///< BODYSTRUCTURE, else BODY
  /// The octets of a section as a view (no copy) unless it was sent as a quoted string with backslashes; nullopt when
  /// absent, NIL or streamed.
  [[nodiscard]] std::optional<std::string> section(const imapxx::v0::section& wanted) const;
  [[nodiscard]] std::optional<std::string_view> section_view(const imapxx::v0::section& wanted) const;
  [[nodiscard]] bool has(fetch_item kind) const noexcept { return find(kind) != nullptr; }
  /// A bit (`1U << kind`) for each kind of item that is there, malformed ones included.
  [[nodiscard]] std::uint32_t kinds() const noexcept { return kinds_; }
  [[nodiscard]] const item* find(fetch_item kind) const noexcept {
    if ((kinds_ & bit_of(kind)) == 0) return nullptr;
    for (const auto& i : items()) {
      if (i.kind == kind && !i.malformed) return &i;
    }
    return nullptr;
  }
  [[nodiscard]] std::span<const item> items() const noexcept {
    if (!more_.empty()) return more_;
    return {inline_.items.data(), count_};
  }
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] std::vector<unparsed_item> unparsed() const;
  /// Parses everything into an owning value.
  [[nodiscard]] fetch_data to_data() const;

 private:
  class cutter;
  const char* cut_on_line(const char* at, const char* end);
  // Items that are not there are never written: rows come by the million, and most have few.
  union storage {
    storage() noexcept {}  // NOLINT(modernize-use-equals-default): leaves the items alone
    std::array<item, inline_items> items;
  };
  friend class fetch_results;
  friend class codec::row_pattern;
  /// How an item of a plain row lies behind the one before: kept with the row's text, it need not be cut again.
  struct kept_item {
    fetch_item kind = fetch_item::other;
    std::uint8_t name_size = 0;
    std::uint16_t value_size = 0;
  };
  [[nodiscard]] static constexpr std::uint32_t bit_of(fetch_item kind) noexcept {
    return 1U << static_cast<std::uint32_t>(kind);
  }
  void clear(std::size_t max_nesting) noexcept;
  void push(fetch_item kind, bool malformed, std::string_view name, std::string_view value);
  void push_more(const item& i);
  [[nodiscard]] std::size_t items_to_keep() const noexcept;
  void keep_items(char* to) const noexcept;
  void assign_kept(std::uint32_t seq, std::uint32_t uid, std::string_view text, const char* kept, std::size_t count,
                   std::size_t max_nesting) noexcept;
  [[nodiscard]] std::optional<std::uint32_t> read_uid() const noexcept;

  std::string_view text_;
  std::size_t offset_ = 0;
  std::size_t max_nesting_ = 64;
  std::uint32_t seq_ = 0;
  std::uint32_t uid_ = 0;
  std::uint32_t count_ = 0;
  std::uint32_t kinds_ = 0;
  std::array<std::uint8_t, inline_items> guesses_{};  // what each item of the row before was, for the next one
  bool plain_ = false;  // written exactly as the grammar wants it: names and values with one octet between each two
  storage inline_;
  std::vector<item> more_;  // all items, when there are more than fit inline
};

}  // namespace imapxx::inline v0
