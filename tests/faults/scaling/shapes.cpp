// Reads pathological shapes of growing size, and has the instructions counted for each: run by scripts/check_scaling.py
// under callgrind.
//
//   imapxx_scaling_shapes KIB...     each shape in each of these sizes
//
// Exit 77: built without valgrind's headers, so that nothing can be counted.
#include <imapxx/commands.hpp>
#include <imapxx/response.hpp>
#include <imapxx/session.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_DUMP_STATS_AT(label) ((void)(label))
#define IMAPXX_CANNOT_COUNT
#endif

namespace {

using namespace imapxx;

struct shape {
  const char* name;
  std::string start, unit, end;
};

// What once was, or would naturally be, quadratic in some client.
const std::vector<shape>& shapes() {
  static const std::vector<shape> all = {
      {"one-line", "* OK ", "x", "\r\n"},
      {"literals-in-a-row", "* 1 FETCH (", "X {1}\r\nx ", "UID 1)\r\n"},
      {"empty-literals", "* 1 FETCH (", "X {0}\r\n ", "UID 1)\r\n"},
      {"digits", "* 1 FETCH (RFC822.SIZE ", "1234567890", ")\r\n"},
      {"search-numbers", "* SEARCH", " 1234567", "\r\n"},
      {"set-ranges", "* VANISHED (EARLIER) 1", ",3:4,9", "\r\n"},
      {"escaped-quotes", "* LIST () \"/\" \"", "\\\"", "\"\r\n"},
      {"envelope-addresses", "* 1 FETCH (ENVELOPE (NIL NIL (", "(\"a\" NIL \"b\" \"c\")",
       ") NIL NIL NIL NIL NIL NIL NIL))\r\n"},
      {"body-parts", "* 1 FETCH (BODYSTRUCTURE (", "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)", " \"MIXED\"))\r\n"},
      {"flags", "* 1 FETCH (FLAGS (\\Seen", " $abc", "))\r\n"},
      {"threads", "* THREAD ", "(1 2 (3)(4 5))", "\r\n"},
      {"nesting", "* 1 FETCH (X ", "(", ")\r\n"},
      {"small-responses", "", "* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n", ""},
      {"list-responses", "", "* LIST (\\HasNoChildren) \"/\" \"a/b\"\r\n", ""},
      // Not what the grammar wants: every place where a parser starts over.
      {"open-envelope", "* 1 FETCH (ENVELOPE (\"", "a\" ", "\r\n"},
      {"open-string-in-item", "* 1 FETCH (", "X \"a ", "\r\n"},
      {"open-section", "* 1 FETCH (", "BODY[\"{ ", "\r\n"},
      {"quote-after-literal", "* 1 FETCH (", "X {1}\r\n\" ", "\r\n"},
      {"open-list-name", "* LIST () \"/\" ", "a ( ", "\r\n"},
      {"status-items", "* STATUS ", "a (b) ", "\r\n"},
      {"quoted-bracket", "* OK [X ", "\"] ", "\r\n"},
      {"short-numbers", "* SEARCH ", "1 ", "\r\n"},
      {"flat-threads", "* THREAD ", "(1)", "\r\n"},
      {"empty-parts", "* 1 FETCH (BODY (", "() ", "\r\n"},
      {"open-flags", "* FLAGS (", "a ", "\r\n"},
      {"open-id", "* ID (", "\"a\" \"b\" ", "\r\n"},
      {"open-message-flags", "* 1 FETCH (FLAGS (", "\\x ", "\r\n"},
      {"touching-strings", "* 1 FETCH (", "X (\"a\"b\") ", "\r\n"},
      {"open-namespace", "* NAMESPACE (", "(\"\" \"/\")", "\r\n"},
      // Looked at whenever a literal begins.
      {"literals-of-bodies", "* 1 FETCH (", "BODY[1] {0}\r\n ", ")\r\n"},
      {"literal-then-quote", "* 1 FETCH (", "X {1}\r\n\" ", ")\r\n"},
      {"literals-in-envelope", "* 1 FETCH (", "ENVELOPE (\"{0}\r\n ", ")\r\n"},
      {"literals-in-section", "* 1 FETCH (", "BODY[HEADER.FIELDS ({0}\r\n ", ")\r\n"}};
  return all;
}

// A session in the middle of a FETCH of everything, with limits out of the way; results are looked at as a caller
// would.
void read_shape(const shape& s, std::size_t octets) {
  std::string all = s.start;
  all.reserve(octets + s.unit.size() + s.end.size());
  while (all.size() < octets) all += s.unit;
  all += s.end;

  limits l;
  constexpr std::size_t most = std::size_t{64} << 20U;
  l.line_octets = l.response_octets = l.string_octets = l.body_in_memory_octets = most;
  l.collected_octets = most;
  l.unasked_responses = l.list_elements = l.set_ranges = most;
  session_options o;
  session protocol(o.use_limits(l).first_tag(1));
  const auto feed = [&protocol](std::string_view in) {
    while (!in.empty()) {
      const auto room = protocol.input_buffer();
      if (room.empty()) return;
      const auto n = std::min({room.size(), in.size(), std::size_t{16} << 10U});
      std::memcpy(room.data(), in.data(), n);
      protocol.input_received(n);
      in.remove_prefix(n);
      for (auto e = protocol.next(); e.what != session_event::kind::none; e = protocol.next()) {
      }
    }
  };
  feed("* PREAUTH [CAPABILITY IMAP4rev1] in\r\n");
  (void)protocol.submit(std::make_unique<imapxx::select>("INBOX"));
  (void)protocol.output();
  protocol.output_sent(protocol.output().size());
  feed("* 3 EXISTS\r\nA1 OK done\r\n");
  (void)protocol.submit(std::make_unique<fetch>(uid_set::all(), fetch_items().envelope().bodystructure().flags()));
  protocol.output_sent(protocol.output().size());

  CALLGRIND_ZERO_STATS;
  feed(all);
  if (s.start.starts_with("* ")) {
    auto r = parse_response(all);
    if (const auto* f = std::get_if<fetch_response>(&r)) (void)f->row.to_data();
  }
  const auto label = std::string(s.name) + " " + std::to_string(octets >> 10U);
  CALLGRIND_DUMP_STATS_AT(label.c_str());
}

}  // namespace

int main(int argc, char** argv) {
#ifdef IMAPXX_CANNOT_COUNT
  return 77;
#endif
  // Names of shapes, if only these are wanted, and sizes in KiB.
  std::vector<std::string_view> only;
  std::vector<std::size_t> sizes;
  for (int i = 1; i < argc; ++i) {
    if (const auto kib = std::strtoul(argv[i], nullptr, 10); kib != 0) {
      sizes.push_back(std::size_t{kib} << 10U);
    } else {
      only.emplace_back(argv[i]);
    }
  }
  for (const auto octets : sizes) {
    for (const auto& s : shapes()) {
      if (only.empty() || std::find(only.begin(), only.end(), s.name) != only.end()) read_shape(s, octets);
    }
  }
  return 0;
}
