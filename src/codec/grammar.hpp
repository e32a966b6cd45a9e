/// \file
/// Pieces of grammar that several responses share, read leniently; every tolerance is counted.
#pragma once

#include <imapxx/model/flag.hpp>
#include <imapxx/model/mailbox_name.hpp>
#include <imapxx/response.hpp>
#include <imapxx/wire/lexer.hpp>

#include "base/leniency.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0::codec {

using base::quirk;
using base::tolerate;
using wire::lexer;

/// One space, leniently more (G-02). \return whether there was any
bool gap(lexer& in) noexcept;
/// Spaces where none are due.
void skip_spaces(lexer& in, quirk q) noexcept;
/// `(` and `)`, leniently with spaces inside (G-04).
bool open(lexer& in) noexcept;
bool close(lexer& in) noexcept;

enum class number_read : std::uint8_t {
  none,    ///< no number stands here; nothing was consumed
  value,   ///< a number
  unknown  ///< a negative number (G-17)
};
number_read read_number(lexer& in, std::uint64_t& value) noexcept;
/// A 32-bit number; larger ones become the largest (G-16).
bool read_number32(lexer& in, std::uint32_t& value) noexcept;

/// Whether a quoted string or a literal stands next. An atom may begin with `~`, too.
[[nodiscard]] bool at_string(const lexer& in) noexcept;
/// The token's octets; counts backslashes that escape nothing (E-11).
std::string text_of(const wire::string_token& token);
/// A string of whatever form, atoms included; NIL becomes the empty string.
bool read_text(lexer& in, std::string& out);
/// As `read_text`, NIL being nullopt.
bool read_ntext(lexer& in, std::optional<std::string>& out);

/// How an unquoted mailbox name ends.
enum class name_end : std::uint8_t {
  space,  ///< something follows that is no parenthesised list
  list    ///< nothing follows but, perhaps, a parenthesised list
};
bool read_mailbox(lexer& in, const parse_options& options, name_end end, mailbox_name& out);

/// `"(" [flag *(SP flag)] ")"` as LIST, FLAGS, PERMANENTFLAGS and FETCH use it. `star` says whether `\*` belongs there.
bool read_flags(lexer& in, std::size_t max_elements, bool star, flag_list& out);

/// The names under which `limits` are reported, as rules of `lexer::fail`.
inline constexpr const char* limit_nesting = "limit nesting";
inline constexpr const char* limit_list_elements = "limit list_elements";
inline constexpr const char* limit_set_ranges = "limit set_ranges";
/// Which of these it names; empty when it is none.
[[nodiscard]] std::string_view exceeded_limit(const error& why) noexcept;
/// Whether a list is full; says so to the lexer.
bool at_limit(lexer& in, std::size_t elements, std::size_t most) noexcept;
/// Says to the lexer why a set could not be read: the limit, or `rule`. \return false
bool fail_set(lexer& in, const error& why, const char* rule) noexcept;
/// Why parsing failed, for `unparsed_item`; limits with their value.
std::string reason_of(const error& why, std::size_t nesting, std::size_t list_elements, std::size_t set_ranges);

/// Names separated by spaces up to the end of `text`.
capability_set read_capabilities(std::string_view text);

}  // namespace imapxx::inline v0::codec
