/// \file
/// What messages are like on the wire, for benchmarks.
#pragma once

#include <string_view>

namespace bench {

/// The items of a message with two parts, without parentheses around them.
inline constexpr std::string_view message_items =
    "ENVELOPE (\"Mon, 7 Feb 2026 21:52:25 -0800\" \"Re: minutes of meeting\" "
    "((\"Terry Gray\" NIL \"gray\" \"example.org\")) ((\"Terry Gray\" NIL \"gray\" \"example.org\")) "
    "((\"Terry Gray\" NIL \"gray\" \"example.org\")) ((NIL NIL \"imap\" \"lists.example.org\")) "
    "((NIL NIL \"minutes\" \"example.org\") (\"John Klensin\" NIL \"klensin\" \"example.net\")) NIL NIL "
    "\"<B27397-01000@example.org>\") INTERNALDATE \"07-Feb-2026 21:52:25 -0800\" RFC822.SIZE 4286 BODYSTRUCTURE "
    "((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL \"QUOTED-PRINTABLE\" 1152 23 NIL NIL NIL)"
    "(\"TEXT\" \"HTML\" (\"CHARSET\" \"utf-8\") NIL NIL \"QUOTED-PRINTABLE\" 3012 44 NIL NIL NIL) "
    "\"ALTERNATIVE\" (\"BOUNDARY\" \"=-x\") NIL NIL)";

}  // namespace bench
