/// \file
/// One parser for each family of untagged responses. To add a response: write `parse_<name>` in a source file of its
/// own and add a line below.
#pragma once

#include <imapxx/response.hpp>

#include "codec/grammar.hpp"

#include <cstdint>

namespace imapxx::inline v0::codec {

/// What a family's parser gets: `in` stands behind the name and its space. It must read all but trailing spaces.
struct input {
  lexer& in;
  const parse_options& options;
  std::uint32_t number = 0;  ///< of `* number NAME`
};
/// Fills `out` and returns true, or returns false, having told `in.fail` the rule that failed.
using family_parser = bool (*)(input& i, response& out);

// `* NAME …`
#define IMAPXX_NAMED_RESPONSES(X) \
  X("CAPABILITY", capability)     \
  X("ENABLED", enabled)           \
  X("LIST", list)                 \
  X("LSUB", lsub)                 \
  X("XLIST", xlist)               \
  X("NAMESPACE", namespace)       \
  X("STATUS", status_data)        \
  X("SEARCH", search)             \
  X("SORT", sort)                 \
  X("ESEARCH", esearch)           \
  X("THREAD", thread)             \
  X("FLAGS", flags)               \
  X("VANISHED", vanished)         \
  X("ID", id)                     \
  X("QUOTA", quota)               \
  X("QUOTAROOT", quota_root)      \
  X("ACL", acl)                   \
  X("LISTRIGHTS", list_rights)    \
  X("MYRIGHTS", my_rights)        \
  X("METADATA", metadata)         \
  X("ANNOTATION", annotation)

// `* number NAME …`
#define IMAPXX_NUMBERED_RESPONSES(X) \
  X("EXISTS", exists)                \
  X("RECENT", recent)                \
  X("EXPUNGE", expunge)

#define IMAPXX_DECLARE(word, name) bool parse_##name(input& i, response& out);
IMAPXX_NAMED_RESPONSES(IMAPXX_DECLARE)
IMAPXX_NUMBERED_RESPONSES(IMAPXX_DECLARE)
#undef IMAPXX_DECLARE

/// `resp-text`: an optional code in brackets and text.
void read_response_text(lexer& in, const parse_options& options, response_code& code, std::string& text);

}  // namespace imapxx::inline v0::codec
