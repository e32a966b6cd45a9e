/// \file
/// FETCH data that stands alone: in a log, a test, or the (type, data) results of `imapxx::imaplib`.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/model/body_structure.hpp>
#include <imapxx/model/fetch_data.hpp>
#include <imapxx/result.hpp>

#include <string_view>

namespace imapxx::inline v0 {

/// Reads one message's FETCH data (RFC 9051 section 7.5.2) with the tolerances that a session has (docs/QUIRKS.md).
/// `text` is a response (`* 158 FETCH (FLAGS ())`), what follows its tag (`158 (FLAGS ())`, the word FETCH or not), or
/// the list alone; blanks around it and parentheses around the whole, as scripts print them, are no mistake. Literals
/// stand in it as on the wire.
/// Items that cannot be read are in `unparsed`, with the octet of `text` where each breaks; the others are valid.
/// Errors: unparsed with that octet, when there is no list at all.
[[nodiscard]] IMAPXX_API result<fetch_data> parse_fetch_text(std::string_view text);

/// Reads a BODY or BODYSTRUCTURE: its value alone, or any text that `parse_fetch_text` reads and that has one.
/// Errors: unparsed, `offset()` being the octet of `text` where the token stands that could not be read, or its end.
[[nodiscard]] IMAPXX_API result<body_structure> parse_body_structure(std::string_view text);

}  // namespace imapxx::inline v0
