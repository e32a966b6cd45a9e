// What a server can make this client hold in memory, counted to the octet: every block that is allocated while a
// session is flooded.
#include <imapxx/response.hpp>

#include "faults/drivers.hpp"
#include "faults/memory_faults.hpp"
#include "threats/wire_session.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <chrono>
#include <utility>

namespace imapxx::faults {
namespace {

using threats::wire_session;

constexpr std::int64_t mib = std::int64_t{1} << 20U;

struct shape {
  const char* name;
  std::string start, unit;
};

const std::vector<shape>& shapes() {
  static const std::vector<shape> all = {
      {"line without end", "* OK ", "x"},
      {"blank lines", "", "\r\n"},
      {"NULs", "", std::string(64, '\0')},
      {"numbers of SEARCH", "* SEARCH", " 1234567"},
      {"ranges of ESEARCH", "* ESEARCH (TAG \"A2\") ALL 1", ",3:4,7"},
      {"literals in one response", "* 1 FETCH (", "X {1000}\r\n" + std::string(1000, 'x') + " "},
      {"parentheses", "* 1 FETCH (ENVELOPE ", "("},
      {"quotes", "* LIST () \"/\" ", "\""},
      {"mailboxes", "", "* LIST () \"/\" abc\r\n"},
      {"bodies collected", "", "* 1 FETCH (UID 1 BODY[] {10000}\r\n" + std::string(10'000, 'x') + ")\r\n"},
      {"small rows collected", "", "* 1 FETCH (UID 1 BODY[] \"\")\r\n"},
      {"flags of others", "", "* 2 FETCH (FLAGS (\\Seen \\Flagged $a))\r\n"},
      {"capabilities", "* CAPABILITY IMAP4rev1", " X-ABCDEF"},
      {"unknown", "", "* WHATEVER (a b c) \"x\"\r\n"},
      {"continuations", "", "+ go on and on\r\n"},
      {"completions of nothing", "", "x99 OK done\r\n"},
      {"alerts", "", "* OK [ALERT] " + std::string(500, 'a') + "\r\n"},
      {"threads", "* THREAD ", "(1 2 (3))"},
      {"body structure", "* 1 FETCH (BODYSTRUCTURE (", "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)"}};
  return all;
}

struct flooded {
  std::int64_t most = 0;  // octets allocated beyond those of the session before the flood
  error why;
};

flooded flood(const shape& s, const limits& l, std::uint64_t octets, bool streaming) {
  std::string block;
  while (block.size() < 64'000) block += s.unit;
  session_options o;
  const memory_watch watch;
  wire_session client(o.use_limits(l));
  client.selected("IMAP4rev1 ESEARCH", 3);
  client.submit(fetch(uid_set::all(), fetch_items().uid().body_peek("")), streaming);
  (void)client.output();
  const auto before = memory_watch::octets();
  client.feed(s.start);
  for (std::uint64_t fed = 0; fed < octets && !client.protocol.closed(); fed += block.size()) client.feed(block);
  flooded f;
  f.most = memory_watch::most_octets() - before;
  f.why = client.closed;
  return f;
}

TEST(size_attacks, sixteen_mebibytes_stay_sixteen) {
  limits l;
  l.response_octets = l.line_octets = l.body_in_memory_octets = static_cast<std::size_t>(16 * mib);
  l.collected_octets = static_cast<std::uint64_t>(16 * mib);
  const auto octets = static_cast<std::uint64_t>((soaking() ? 256 : sanitized() ? 18 : 20) * mib);
  for (const bool streaming : {false, true}) {
    for (std::size_t i = 0; i < shapes().size(); i += stride(5)) {
      const auto& s = shapes()[i];
      const auto f = flood(s, l, octets, streaming);
      EXPECT_LE(f.most, 32 * mib) << s.name << (streaming ? ", streamed: " : ", collected: ") << f.why.what();
      RecordProperty(std::string(s.name) + (streaming ? " streamed" : " collected") + " KiB",
                     static_cast<int>(f.most / 1024));
    }
  }
}

// With the defaults, what is held is the limit that ends it and little more.
TEST(size_attacks, defaults_hold_no_more_than_the_limit_that_ends_them) {
  const limits defaults;
  const auto octets = static_cast<std::uint64_t>((soaking() ? 1024 : sanitized() ? 8 : 24) * mib);
  for (std::size_t i = 0; i < shapes().size(); i += stride(5)) {
    const auto& s = shapes()[i];
    const auto f = flood(s, defaults, octets, false);
    const auto name = f.why.limit_name();
    const bool in_octets = name.ends_with("octets");
    // What was fed counts where nothing has ended it yet.
    auto allowed = static_cast<std::int64_t>(in_octets ? f.why.limit_value() : 0);
    if (!f.why) allowed = static_cast<std::int64_t>(std::min(octets, defaults.collected_octets));
    // Beside its lines a response holds its literals.
    if (name == "line_octets" && s.unit.find("}\r\n") != std::string::npos)
      allowed = static_cast<std::int64_t>(defaults.response_octets);
    EXPECT_LE(f.most, allowed + 16 * mib) << s.name << ": " << f.why.what();
  }
}

TEST(size_attacks, a_gibibyte_to_a_sink_needs_no_memory) {
  const auto size = static_cast<std::uint64_t>((soaking() ? 1024 : 256) * mib);
  std::uint64_t taken = 0;
  const memory_watch watch;
  {
    wire_session s;
    s.selected();
    s.submit(fetch(uid_set(1), fetch_items().uid().body_peek("")).to(sink_to([&](const body_info&, std::string_view o) {
      taken += o.size();
      return true;
    })));
    (void)s.output();
    s.feed("* 1 FETCH (UID 1 BODY[] {" + std::to_string(size) + "}\r\n");
    const std::string block(65'536, 'x');
    for (std::uint64_t fed = 0; fed < size; fed += block.size()) s.feed(block);
    s.feed(")\r\n");
    EXPECT_FALSE(s.protocol.closed());
  }
  EXPECT_EQ(taken, size);
  EXPECT_LE(memory_watch::most_octets(), 16 * mib);
}

TEST(size_attacks, all_numbers_cost_a_kibibyte_and_no_time) {
  using clock = std::chrono::steady_clock;
  for (const char* text : {"1:4294967295", "4294967295:1", "1:*", "*:1"}) {
    auto best = clock::duration::max();
    for (int i = 0; i < 20; ++i) {
      const memory_watch watch;
      const auto begin = clock::now();
      {
        const auto set = uid_set::try_parse(text);
        ASSERT_TRUE(set) << text;
        EXPECT_GE(set->ranges().size(), 1U);
        auto copy = *set;
        const auto moved = std::move(copy);
        EXPECT_FALSE(moved.to_string().empty());
      }
      best = std::min(best, clock::now() - begin);
      EXPECT_LE(memory_watch::most_octets(), 1024) << text;
    }
    // The best of twenty, so that a busy machine does not matter; expanding it would take seconds.
    EXPECT_LT(best, std::chrono::milliseconds(1)) << text;
  }
  const memory_watch watch;
  for (const char* line : {"* ESEARCH (TAG \"A1\") UID ALL 1:4294967295", "* VANISHED (EARLIER) 1:4294967295"}) {
    const auto r = parse_response(line);
    EXPECT_FALSE(std::holds_alternative<unparsed_response>(r)) << line;
  }
  EXPECT_LE(memory_watch::most_octets(), 4096);
}

void on_small_stack(void* (*f)(void*), void* with) {
  pthread_attr_t small;
  ASSERT_EQ(pthread_attr_init(&small), 0);
  const std::size_t stack = sanitized() ? std::size_t{1} << 20U : std::size_t{128} << 10U;  // red zones take room
  ASSERT_EQ(pthread_attr_setstacksize(&small, stack), 0);
  pthread_t thread{};
  ASSERT_EQ(pthread_create(&thread, &small, f, with), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&small);
}

TEST(size_attacks, a_million_levels_are_a_typed_error_on_a_small_stack) {
  on_small_stack(
      [](void*) -> void* {
        constexpr std::size_t depth = 1'000'000;
        const std::string open(depth, '('), shut(depth, ')');
        for (const char* start : {"* THREAD ", "* LIST () \"/\" \"x\" ", "* NAMESPACE ", "* ESEARCH "}) {
          const auto line = std::string(start).append(open).append("1").append(shut);
          const auto r = parse_response(line);
          const auto* u = std::get_if<unparsed_response>(&r);
          EXPECT_TRUE(u != nullptr) << start;
          if (u != nullptr) {
            EXPECT_FALSE(u->item.reason.empty()) << start;
          }
        }
        for (const char* item : {"BODYSTRUCTURE ", "ENVELOPE ", "X-OTHER "}) {
          // Rows are views of it.
          const auto line = std::string("* 1 FETCH (").append(item).append(open).append("1").append(shut).append(")");
          const auto r = parse_response(line);
          const auto* f = std::get_if<fetch_response>(&r);
          if (f == nullptr) continue;
          const auto data = f->row.to_data();
          EXPECT_FALSE(data.unparsed.empty()) << item;
        }
        return nullptr;
      },
      nullptr);
}

}  // namespace
}  // namespace imapxx::faults
