// What docs/performance.md says of rows: nothing is allocated for one, nor by looking at it without a copy.
#include <imapxx/model/body_structure_view.hpp>
#include <imapxx/model/envelope_view.hpp>
#include <imapxx/model/fetch_data.hpp>

#include "memory_faults.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string_view>

namespace imapxx::faults {
namespace {

constexpr std::string_view response =
    "* 12 FETCH (UID 4711 FLAGS (\\Seen $Work) INTERNALDATE \" 7-Feb-2026 21:52:25 -0800\" RFC822.SIZE 4286 ENVELOPE "
    "(\"Mon, 7 Feb 2026 21:52:25 -0800\" \"Re: minutes of meeting\" ((\"Terry Gray\" NIL \"gray\" \"example.org\")) "
    "((\"Terry Gray\" NIL \"gray\" \"example.org\")) NIL ((NIL NIL \"imap\" \"example.org\")) NIL NIL NIL "
    "\"<B27397-01000@example.org>\") BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL "
    "\"QUOTED-PRINTABLE\" 1152 23)(\"TEXT\" \"HTML\" NIL NIL NIL \"7BIT\" 3012 44) \"ALTERNATIVE\"))\r\n";

TEST(no_memory, for_a_row_and_a_look_at_it) {
  fetch_row row;
  std::size_t addresses = 0, parts = 0;
  const memory_watch watch;
  const auto end = row.assign_response(response);
  const auto when = row.internaldate();
  const auto flags = row.flags_view();
  const auto envelope = envelope_view::of(row);
  const auto structure = body_structure_view::of(row);
  const bool all = when && flags && envelope && structure && row.uid() == 4711U && row.rfc822_size() == 4286U &&
                   row.has_flag("$work") && flags->contains("\\Seen");
  if (all) {
    for (const auto* list : {&envelope->from(), &envelope->sender(), &envelope->to()}) {
      for (const auto& one : *list) addresses += one.host == "example.org" ? 1 : 0;
    }
    for (const auto& part : structure->children()) parts += part.octets() != 0 ? 1 : 0;
  }
  EXPECT_EQ(memory_watch::made(), 0U);
  EXPECT_EQ(end, response.size());
  EXPECT_TRUE(all);
  EXPECT_EQ(addresses, 3U);
  EXPECT_EQ(parts, 2U);
}

// So that the watch is known to see what is looked for.
TEST(no_memory, is_not_said_of_owning_values) {
  fetch_row row;
  ASSERT_EQ(row.assign_response(response), response.size());
  const memory_watch watch;
  const auto envelope = row.envelope();
  const auto made = memory_watch::made();
  EXPECT_TRUE(envelope);
  EXPECT_GT(made, 0U);
}

}  // namespace
}  // namespace imapxx::faults
