/// \file
/// The values of FETCH items (RFC 9051 section 7.5.2), and which item a literal belongs to.
#pragma once

#include <imapxx/model/fetch_data.hpp>

#include "codec/grammar.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace imapxx::inline v0::codec {

class tree;

/// Bounds within one value.
struct value_limits {
  std::size_t nesting = 64;
  std::size_t list_elements = 10'000;
  std::size_t nodes = 200'000;  ///< tokens of one ENVELOPE or BODYSTRUCTURE: more than any message's, less than memory
};

/// Whether a mailbox or host is what servers write for one that the message does not have (quirk E-07).
[[nodiscard]] bool is_known_placeholder(std::string_view text) noexcept;
[[nodiscard]] inline bool is_placeholder(std::string_view text) noexcept {
  // They begin like few others.
  return !text.empty() && (text.front() == '.' || text.front() == 'M') && is_known_placeholder(text);
}
bool read_envelope(const tree& t, std::uint32_t at, envelope& out);
/// \param out nullopt for NIL (E-04)
bool parse_envelope(lexer& in, const value_limits& l, std::optional<envelope>& out);
/// RFC 5646 in its commonest forms: "en", "de-AT".
[[nodiscard]] bool is_language_tag(std::string_view text) noexcept;
bool parse_body(lexer& in, const value_limits& l, body_structure& out);

/// As `envelope_view::read` and `body_structure_view::read`, into values that are as if made anew, each octet looked at
/// once. \param spaces between addresses. \return 0 when the text is not written as the grammar wants it; there may
/// then be anything in `out`
std::size_t read_exact_envelope(std::string_view text, envelope& out, std::size_t& spaces);
std::size_t read_exact_body(std::string_view text, body_structure& out);

/// The section in the name of an item: `BODY[1.HEADER]<0>`, `BINARY.SIZE[2]`, `RFC822.TEXT`. nullopt when there is none
/// in it.
[[nodiscard]] std::optional<section> section_of(fetch_item kind, std::string_view name);
/// Which item a name is; sections are told by their bracket.
[[nodiscard]] fetch_item kind_of(std::string_view name) noexcept;

/// What a literal, whose header ends `text_so_far`, is the value of.
struct pending_literal {
  bool is_fetch = false;
  std::uint32_t seq = 0;             ///< 0 for UIDFETCH
  std::optional<std::uint32_t> uid;  ///< when it stood before the literal
  std::optional<section> sec;  ///< set for top-level BODY[...], BINARY[...], RFC822, RFC822.HEADER and RFC822.TEXT
};
/// \param text_so_far such as `* 5 FETCH (UID 7 BODY[] {1000}` CRLF, as `wire::literal_begin` gives it
[[nodiscard]] pending_literal classify_literal(std::string_view text_so_far);

/// The same for all literals of one response, each octet looked at once: call `classify` with the growing text of the
/// response at every literal, and `reset` for the next response.
class literal_classifier {
 public:
  void reset() noexcept {
    if (at_ != 0) *this = literal_classifier();
  }
  [[nodiscard]] pending_literal classify(std::string_view text_so_far);

 private:
  void start(std::string_view text);
  bool step_inside(std::string_view text);
  bool step_value(std::string_view text);
  pending_literal head_;
  std::size_t at_ = 0;  // everything before is understood
  std::size_t depth_ = 0;
  fetch_item kind_ = fetch_item::other;
  std::optional<section> section_;
  bool expects_value_ = false;
  bool at_literal_ = false;
  std::size_t stuck_ = 0;  // calls that could not go on, and so looked at octets that the next one must look at again
};

}  // namespace imapxx::inline v0::codec
