/// \file
/// What SEARCH looks for (RFC 9051 section 6.4.4), built from typed parts.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/model/date_time.hpp>
#include <imapxx/model/flag.hpp>
#include <imapxx/model/number_set.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {
namespace wire {
class encoder;
}

/// Which metadata item a MODSEQ key compares (RFC 7162 section 3.1.5).
enum class modseq_entry : std::uint8_t { all, priv, shared };

/// A condition on messages: `search_key::unseen() && (search_key::from("ann") || search_key::subject("tea"))`.
///
/// Texts are UTF-8. `a && b` holds both, `a || b` one of them, `!a` the opposite. Keys that stand side by side are
/// written with flags, sets and sizes first and texts last: their order has no meaning (RFC 9051 section 6.4.4), but
/// some servers are faster, or only right, that way. Factories throw `error` (invalid_argument) for empty sets, flags
/// that are no flags, texts that are not UTF-8, zero intervals. Owning value; safe to read from several threads.
class IMAPXX_API search_key {
 public:
  /// Every message.
  search_key();

  // --- flags (RFC 9051 section 2.3.2); recent, new_ and old only with IMAP4rev1
  [[nodiscard]] static search_key all() { return {}; }
  [[nodiscard]] static search_key answered();
  [[nodiscard]] static search_key unanswered();
  [[nodiscard]] static search_key deleted();
  [[nodiscard]] static search_key undeleted();
  [[nodiscard]] static search_key draft();
  [[nodiscard]] static search_key undraft();
  [[nodiscard]] static search_key flagged();
  [[nodiscard]] static search_key unflagged();
  [[nodiscard]] static search_key seen();
  [[nodiscard]] static search_key unseen();
  [[nodiscard]] static search_key recent();
  [[nodiscard]] static search_key new_();
  [[nodiscard]] static search_key old();
  [[nodiscard]] static search_key keyword(const flag& f);
  [[nodiscard]] static search_key unkeyword(const flag& f);

  // --- texts: substrings without regard to case
  [[nodiscard]] static search_key bcc(std::string_view text);
  [[nodiscard]] static search_key body(std::string_view text);
  [[nodiscard]] static search_key cc(std::string_view text);
  [[nodiscard]] static search_key from(std::string_view text);
  [[nodiscard]] static search_key subject(std::string_view text);
  [[nodiscard]] static search_key text(std::string_view text);
  [[nodiscard]] static search_key to(std::string_view text);
  /// An empty `value` means: the field is there.
  [[nodiscard]] static search_key header(std::string_view name, std::string_view value);

  // --- days: of the internal date, of the Date: field (sent_), of the arrival in the mailbox (saved_: SAVEDATE, RFC
  // 8514)
  [[nodiscard]] static search_key before(const date& d);
  [[nodiscard]] static search_key on(const date& d);
  [[nodiscard]] static search_key since(const date& d);
  [[nodiscard]] static search_key sent_before(const date& d);
  [[nodiscard]] static search_key sent_on(const date& d);
  [[nodiscard]] static search_key sent_since(const date& d);
  [[nodiscard]] static search_key saved_before(const date& d);
  [[nodiscard]] static search_key saved_on(const date& d);
  [[nodiscard]] static search_key saved_since(const date& d);
  [[nodiscard]] static search_key save_date_supported();
  /// WITHIN (RFC 5032): older or younger than so many seconds.
  [[nodiscard]] static search_key older(std::uint32_t seconds);
  [[nodiscard]] static search_key younger(std::uint32_t seconds);

  // --- numbers
  [[nodiscard]] static search_key larger(std::uint64_t octets);
  [[nodiscard]] static search_key smaller(std::uint64_t octets);
  [[nodiscard]] static search_key uid(const uid_set& set);
  [[nodiscard]] static search_key seq(const seq_set& set);
  /// `$`, the result of the last SEARCH RETURN (SAVE) (SEARCHRES, RFC 5182).
  [[nodiscard]] static search_key saved_result();
  /// CONDSTORE (RFC 7162 section 3.1.5): changed at or after this mod-sequence.
  [[nodiscard]] static search_key modseq(std::uint64_t value);
  [[nodiscard]] static search_key modseq(std::uint64_t value, const flag& f, modseq_entry kind = modseq_entry::all);

  // --- extensions
  [[nodiscard]] static search_key emailid(std::string_view id);    ///< OBJECTID (RFC 8474)
  [[nodiscard]] static search_key threadid(std::string_view id);   ///< OBJECTID (RFC 8474)
  [[nodiscard]] static search_key fuzzy(search_key key);           ///< SEARCH=FUZZY (RFC 6203)
  [[nodiscard]] static search_key gm_raw(std::string_view query);  ///< X-GM-EXT-1: Gmail's own query language

  // --- combinations
  friend IMAPXX_API search_key operator&&(search_key a, search_key b);
  friend IMAPXX_API search_key operator||(search_key a, search_key b);
  friend IMAPXX_API search_key operator!(search_key a);
  [[nodiscard]] static search_key and_(search_key a, search_key b) { return std::move(a) && std::move(b); }
  [[nodiscard]] static search_key or_(search_key a, search_key b) { return std::move(a) || std::move(b); }
  [[nodiscard]] static search_key not_(search_key a) { return !std::move(a); }
  /// All of these; every message when there are none.
  [[nodiscard]] static search_key all_of(std::vector<search_key> keys);
  /// At least one of these; no message when there are none. Written as a balanced tree of binary ORs.
  [[nodiscard]] static search_key any_of(std::vector<search_key> keys);
  template <class... K>
    requires(sizeof...(K) > 1)
  [[nodiscard]] static search_key all_of(K&&... keys) {
    return all_of(std::vector<search_key>{std::forward<K>(keys)...});
  }
  template <class... K>
    requires(sizeof...(K) > 1)
  [[nodiscard]] static search_key any_of(K&&... keys) {
    return any_of(std::vector<search_key>{std::forward<K>(keys)...});
  }

  /// Writes the key, without CHARSET. Errors (NUL in a text) stick to the encoder.
  void encode(wire::encoder& out) const;
  /// Whether a text is not ASCII, so that `CHARSET UTF-8` must stand in front unless UTF-8 is enabled (RFC 6855 section
  /// 3).
  [[nodiscard]] bool needs_charset() const noexcept;
  /// Whether it names messages by sequence number.
  [[nodiscard]] bool names_sequence_numbers() const noexcept;
  /// Capabilities that the server must offer, such as "WITHIN"; each once.
  [[nodiscard]] std::vector<std::string> required_capabilities() const;
  /// Whether a part of it means something else on another connection: sequence numbers, and the saved result.
  [[nodiscard]] bool connection_bound() const noexcept;
  /// For people and logs: as it is written, texts always quoted.
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const search_key&, const search_key&) = default;

 private:
  struct piece {
    std::string octets;
    bool text = false;  // a caller's string, to be written as astring; else trusted
    friend bool operator==(const piece&, const piece&) = default;
  };
  struct term {
    std::vector<piece> pieces;
    std::uint8_t rank = 0;
    friend bool operator==(const term&, const term&) = default;
  };
  static search_key make(std::uint8_t rank, std::string_view words, const char* capability = nullptr);
  static search_key with_text(std::string_view words, std::string_view text, const char* capability = nullptr);
  static search_key with_date(std::string_view words, const date& d, const char* capability = nullptr);
  static std::vector<piece> group(search_key key);
  static search_key prefixed(std::string_view word, search_key key);
  [[nodiscard]] std::vector<const term*> in_order() const;
  void need(std::span<const char* const> capabilities);

  std::vector<term> terms_;  // all must hold; empty: every message
  std::vector<const char*> capabilities_;
};

}  // namespace imapxx::inline v0
