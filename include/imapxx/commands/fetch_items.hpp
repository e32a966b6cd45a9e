/// \file
/// What FETCH asks for.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/fetch_data.hpp>
#include <imapxx/model/section.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0 {

/// The items of a FETCH: `fetch_items().uid().flags().body_peek("1.TEXT")`. RFC 9051 section 6.4.5. Each item is asked
/// for once; they are written in a fixed order, UID first and bodies last, whatever the order of the calls. Wrong
/// arguments (a section that is none, a count of 0) are remembered and refused before anything is sent (`check`).
/// Owning value.
class IMAPXX_API fetch_items {
 public:
  /// One item as it goes to the wire.
  class entry {
   public:
    entry() = default;
    fetch_item kind = fetch_item::other;
    bool peek = false;
    imapxx::v0::section section;          ///< body_section, binary, binary_size
    std::optional<std::uint64_t> origin;  ///< a part of the octets: from here ...
    std::uint64_t count = 0;              ///< ... so many
    std::string name;                     ///< other
    friend bool operator==(const entry&, const entry&) = default;
  };

  fetch_items();
  fetch_items(const fetch_items&);
  fetch_items(fetch_items&&) noexcept;
  fetch_items& operator=(const fetch_items&);
  fetch_items& operator=(fetch_items&&) noexcept;
  ~fetch_items();

  fetch_items& uid();
  fetch_items& flags();
  fetch_items& internaldate();
  fetch_items& rfc822_size();
  fetch_items& envelope();
  fetch_items& body();  ///< BODY without section: the structure without extension data
  fetch_items& bodystructure();
  /// `BODY[spec]`, which sets `\Seen`. `spec` is "", "1.2", "HEADER", "1.MIME", "HEADER.FIELDS (From To)", "TEXT" ...
  fetch_items& body_section(std::string_view spec = {});
  fetch_items& body_section(std::string_view spec, std::uint64_t origin, std::uint64_t count);
  /// `BODY.PEEK[spec]`: the same without setting `\Seen`.
  fetch_items& body_peek(std::string_view spec = {});
  fetch_items& body_peek(std::string_view spec, std::uint64_t origin, std::uint64_t count);
  /// `BODY.PEEK[HEADER.FIELDS (...)]`
  template <class... Name>
  fetch_items& header_fields(const Name&... names) {
    return header_field_list({std::string(names)...});
  }
  fetch_items& header_field_list(std::vector<std::string> names);
  fetch_items& rfc822();         ///< the whole message; sets `\Seen`; RFC 3501 only
  fetch_items& rfc822_header();  ///< RFC 3501 only
  fetch_items& rfc822_text();    ///< sets `\Seen`; RFC 3501 only
  /// A part decoded by the server. RFC 3516, RFC 9051; requires BINARY or IMAP4rev2. `binary` sets `\Seen`.
  fetch_items& binary(std::string_view part = {});
  fetch_items& binary_peek(std::string_view part = {});
  fetch_items& binary_size(std::string_view part = {});
  fetch_items& modseq();     ///< requires CONDSTORE (RFC 7162)
  fetch_items& preview();    ///< requires PREVIEW (RFC 8970)
  fetch_items& savedate();   ///< requires SAVEDATE (RFC 8514)
  fetch_items& emailid();    ///< requires OBJECTID (RFC 8474)
  fetch_items& threadid();   ///< requires OBJECTID (RFC 8474)
  fetch_items& gm_msgid();   ///< requires X-GM-EXT-1
  fetch_items& gm_thrid();   ///< requires X-GM-EXT-1
  fetch_items& gm_labels();  ///< requires X-GM-EXT-1
  fetch_items& all();   ///< flags, internaldate, rfc822_size, envelope (written out: some servers fail on the macros)
  fetch_items& fast();  ///< flags, internaldate, rfc822_size
  fetch_items& full();  ///< all and body
  fetch_items& item(std::string_view name);  ///< an item of an extension, an atom

  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  [[nodiscard]] const std::vector<entry>& entries() const noexcept { return entries_; }  ///< in the order of the wire
  [[nodiscard]] bool has(fetch_item kind) const noexcept;
  /// Whether one answer can be about both: they share an item other than the UID, or one of them asks for UIDs alone.
  [[nodiscard]] bool overlaps(const fetch_items& other) const noexcept;
  /// Whether the server sets `\Seen` on the way.
  [[nodiscard]] bool sets_seen() const noexcept;
  /// Errors: invalid_argument, capability_required.
  [[nodiscard]] result<void> check(const session_info& info) const;
  /// Writes the items in parentheses.
  void encode(wire::encoder& out) const;

 private:
  fetch_items& add(fetch_item kind, std::string_view name = {});
  fetch_items& add_section(fetch_item kind, bool peek, std::string_view spec, std::optional<std::uint64_t> origin = {},
                           std::uint64_t count = 0);
  fetch_items& insert(entry e);
  std::vector<entry> entries_;
  error failure_;
};

}  // namespace imapxx::inline v0
