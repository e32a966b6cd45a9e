// The text of --items as FETCH items.
#pragma once

#include <imapxx/commands/fetch_items.hpp>

#include <string_view>

namespace imapxx::cli {

/// "FLAGS ENVELOPE BODY[HEADER]", with or without parentheses. Every body is asked for with PEEK, RFC822 as
/// BODY.PEEK[]: nothing that --items says can change a message. \throws failure (usage)
[[nodiscard]] fetch_items parse_items(std::string_view text);

}  // namespace imapxx::cli
