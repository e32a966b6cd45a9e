// Threats to what is written and read, numbered as in docs/threats.md; on the session without I/O, which all drivers
// share, so that every octet and every offset can be tried.
#include <imapxx/commands/quota.hpp>
#include <imapxx/display.hpp>
#include <imapxx/mime.hpp>
#include <imapxx/response.hpp>
#include <imapxx/testserver/server.hpp>

#include "base/utf7.hpp"
#include "threats/reference_command.hpp"
#include "threats/wire_session.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <random>
#include <sstream>
#include <thread>
#include <vector>

namespace imapxx::threats {
namespace {

bool soaking() { return std::getenv("IMAPXX_SOAK") != nullptr; }

// --- what the client writes ----------------------------------------------------------------------------------------

/// Submits what `make` makes of an argument and returns all octets that leave. Consent to literals is given.
template <class Make>
std::string sent_by(wire_session& s, Make&& make, std::string_view argument) {
  make(s, std::string(argument));
  std::string all = s.output();
  for (int i = 0; i < 8 && all.ends_with("}\r\n") && !s.protocol.closed(); ++i) {
    s.feed("+ go ahead\r\n");
    const auto more = s.output();
    if (more.empty()) break;
    all += more;
  }
  return all;
}

enum class accepts { anything, utf8, words };  // but CR, LF and NUL where there is no literal
struct place {
  const char* name;
  accepts what;
  std::function<void(wire_session&, std::string)> make;
  bool before_login = false;
  bool mailbox = false;
};

const std::vector<place>& places() {
  using s = wire_session;
  const auto key = [](search_key (*k)(std::string_view)) {
    return [k](s& x, std::string a) { x.submit(uid_search(k(a))); };
  };
  const auto name = [](auto f) { return f; };
  static const std::vector<place> all = {
      {"login user", accepts::anything,
       [](s& x, std::string a) { x.submit(std::move(login(a, secret("pw")).allow_plaintext())); }, true},
      {"login password", accepts::anything,
       [](s& x, std::string a) { x.submit(std::move(login("u", secret(a)).allow_plaintext())); }, true},
      {"select", accepts::utf8, [](s& x, std::string a) { x.submit(select(a)); }, false, true},
      {"examine", accepts::utf8, [](s& x, std::string a) { x.submit(examine(a)); }, false, true},
      {"create", accepts::utf8, [](s& x, std::string a) { x.submit(create(a)); }, false, true},
      {"delete", accepts::utf8, [](s& x, std::string a) { x.submit(delete_mailbox(a)); }, false, true},
      {"rename from", accepts::utf8, [](s& x, std::string a) { x.submit(rename(a, "b")); }, false, true},
      {"rename to", accepts::utf8, [](s& x, std::string a) { x.submit(rename("a", a)); }, false, true},
      {"subscribe", accepts::utf8, [](s& x, std::string a) { x.submit(subscribe(a)); }, false, true},
      {"unsubscribe", accepts::utf8, [](s& x, std::string a) { x.submit(unsubscribe(a)); }, false, true},
      {"list reference", accepts::utf8, [](s& x, std::string a) { x.submit(list(a, "*")); }, false, true},
      {"list pattern", accepts::utf8, [](s& x, std::string a) { x.submit(list("", a)); }, false, true},
      {"lsub reference", accepts::utf8, [](s& x, std::string a) { x.submit(lsub(a, "*")); }, false, true},
      {"lsub pattern", accepts::utf8, [](s& x, std::string a) { x.submit(lsub("", a)); }, false, true},
      {"status", accepts::utf8, [](s& x, std::string a) { x.submit(status(a, status_items().messages())); }, false,
       true},
      {"append mailbox", accepts::utf8, [](s& x, std::string a) { x.submit(append(a, "x")); }, false, true},
      {"append flag", accepts::words,
       [](s& x, std::string a) { x.submit(std::move(append("b", "x").flags(flag_list::of(a)))); }},
      {"append message", accepts::anything, [](s& x, std::string a) { x.submit(append("b", a)); }},
      {"uid copy", accepts::utf8, [](s& x, std::string a) { x.submit(copy(uid_set(1), a)); }, false, true},
      {"copy", accepts::utf8, [](s& x, std::string a) { x.submit(copy(seq_set(1), a)); }, false, true},
      {"uid move", accepts::utf8, [](s& x, std::string a) { x.submit(imapxx::move(uid_set(1), a)); }, false, true},
      {"move", accepts::utf8, [](s& x, std::string a) { x.submit(imapxx::move(seq_set(1), a)); }, false, true},
      {"store flag", accepts::words,
       [](s& x, std::string a) { x.submit(store(uid_set(1), store_mode::add, flag_list::of(a))); }},
      {"store flags instead", accepts::words,
       [](s& x, std::string a) { x.submit(store(seq_set(1), store_mode::replace, flag_list::of(a))); }},
      {"search bcc", accepts::utf8, key(&search_key::bcc)},
      {"search body", accepts::utf8, key(&search_key::body)},
      {"search cc", accepts::utf8, key(&search_key::cc)},
      {"search from", accepts::utf8, key(&search_key::from)},
      {"search subject", accepts::utf8, key(&search_key::subject)},
      {"search text", accepts::utf8, key(&search_key::text)},
      {"search to", accepts::utf8, key(&search_key::to)},
      {"search header name", accepts::words,
       [](s& x, std::string a) { x.submit(uid_search(search_key::header(a, "v"))); }},
      {"search header value", accepts::utf8,
       [](s& x, std::string a) { x.submit(uid_search(search_key::header("X-A", a))); }},
      {"search keyword", accepts::words, [](s& x, std::string a) { x.submit(imapxx::search(search_key::keyword(a))); }},
      {"search unkeyword", accepts::words,
       [](s& x, std::string a) { x.submit(imapxx::search(search_key::unkeyword(a))); }},
      {"search gmail", accepts::utf8, key(&search_key::gm_raw)},
      {"fetch header field", accepts::words,
       [](s& x, std::string a) { x.submit(fetch(uid_set(1), fetch_items().header_fields(a))); }},
      {"fetch item", accepts::words, [](s& x, std::string a) { x.submit(fetch(uid_set(1), fetch_items().item(a))); }},
      {"id field", accepts::utf8, [](s& x, std::string a) { x.submit(std::move(id().field(a, "v"))); }},
      {"id value", accepts::utf8, [](s& x, std::string a) { x.submit(std::move(id().field("name", a))); }},
      {"enable", accepts::words, [](s& x, std::string a) { x.submit(enable(a)); }},
      {"getquota", accepts::anything, [](s& x, std::string a) { x.submit(getquota(a)); }},
      {"getquotaroot", accepts::utf8, [](s& x, std::string a) { x.submit(getquotaroot(a)); }, false, true},
  };
  (void)name;
  return all;
}

std::string random_argument(std::mt19937& random) {
  static const char* const bricks[] = {"\r",
                                       "\n",
                                       "\r\n",
                                       "\"",
                                       "\\",
                                       "{",
                                       "}",
                                       "{3}",
                                       "{3+}",
                                       "{3}\r\n",
                                       "{3+}\r\n",
                                       "(",
                                       ")",
                                       "*",
                                       "%",
                                       " ",
                                       "\t",
                                       "\x01",
                                       "\x7f",
                                       "&",
                                       "&AOk-",
                                       "NIL",
                                       "]",
                                       "[",
                                       "\xc3\xa9",
                                       "\xff",
                                       "\xe2\x82\xac",
                                       "a",
                                       "B",
                                       "0",
                                       "-",
                                       "+",
                                       "~{2}",
                                       "A2 LOGOUT",
                                       "\r\nA2 LOGOUT\r\n",
                                       "$",
                                       "\\Seen"};
  std::string out;
  const auto n = random() % 6;
  for (unsigned i = 0; i < n; ++i) {
    const auto pick = random() % (std::size(bricks) + 1);
    if (pick == std::size(bricks)) {
      out += '\0';
    } else {
      out += bricks[pick];
    }
  }
  if (random() % 40 == 0) out.append(1200, 'x');
  return out;
}

std::vector<std::string> without_charset(std::vector<std::string> words) {
  const auto at = std::find(words.begin(), words.end(), "CHARSET");
  if (at != words.end() && at + 1 != words.end()) words.erase(at, at + 2);
  return words;
}

constexpr const char* everything =
    "IMAP4rev1 ENABLE ID MOVE UIDPLUS QUOTA LIST-EXTENDED X-GM-EXT-1 BINARY WITHIN ESEARCH CONDSTORE";

TEST(threat_wire, r20_arguments_never_become_commands) {
  const int rounds = soaking() ? 10'000 : 150;
  std::mt19937 random(20);  // NOLINT(cert-msc32-c): the same sequence each time
  ASSERT_GE(places().size(), 40U);
  for (const auto& p : places()) {
    const auto run = [&](std::string_view argument, bool plus) {
      wire_session s;
      const std::string caps = std::string(everything) + (plus ? " LITERAL+" : "");
      if (p.before_login) {
        s.feed("* OK [CAPABILITY " + caps + "] hi\r\n");
      } else {
        s.selected(caps);
      }
      std::string sent;
      try {
        sent = sent_by(s, p.make, argument);
      } catch (const error& e) {  // factories throw
        EXPECT_EQ(e.code(), errc::invalid_argument);
      }
      EXPECT_FALSE(s.protocol.closed()) << p.name;
      return sent;
    };
    const auto plain = read_one(run("plain", true));
    ASSERT_TRUE(plain) << p.name;
    const auto at =
        static_cast<std::size_t>(std::find(plain->words.begin(), plain->words.end(), "plain") - plain->words.begin());
    ASSERT_LT(at, plain->words.size()) << p.name;
    for (int i = 0; i < rounds; ++i) {
      const auto argument = random_argument(random);
      const auto sent = run(argument, i % 2 == 0);
      const bool breaks = argument.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos;
      if (sent.empty()) {
        const bool may_refuse = p.what == accepts::words || breaks || argument.empty() ||
                                (p.what == accepts::utf8 && !base::is_utf8(argument)) ||
                                (p.name == std::string("id field") && argument.size() > 30) ||
                                (p.name == std::string("id value") && argument.size() > 1024);
        EXPECT_TRUE(may_refuse) << p.name << ": " << escape_for_display(argument);
        continue;
      }
      const auto got = read_one(sent);
      ASSERT_TRUE(got) << p.name << ": " << escape_for_display(sent);
      EXPECT_EQ(got->rest, "") << p.name << ": " << escape_for_display(sent);
      auto expected = plain->words;
      expected[at] = p.mailbox ? mailbox_name(argument).raw() : argument;
      EXPECT_EQ(without_charset(got->words), without_charset(expected)) << p.name << ": " << escape_for_display(sent);
    }
  }
}

TEST(threat_wire, r21_a_literal_has_the_octets_it_announces) {
  for (const std::size_t announced : {std::size_t{3}, std::size_t{5}, std::size_t{9}}) {
    wire_session s;
    s.authenticated();
    std::istringstream body("12345");
    const auto id = s.submit(append("Drafts", source_from_stream(body, announced)));
    std::string sent = s.output();
    s.feed("+ go\r\n");
    sent += s.output();
    EXPECT_NE(sent.find("APPEND Drafts {" + std::to_string(announced) + "}\r\n"), std::string::npos);
    EXPECT_EQ(s.done(id), announced != 5);
    if (announced == 5) {
      EXPECT_TRUE(sent.ends_with("\r\n12345\r\n")) << sent;
    } else {
      // Nobody can make up missing octets, or take others back: the connection ends before the literal is whole.
      EXPECT_TRUE(s.failures[id].is_fatal());
      EXPECT_TRUE(s.protocol.closed());
      EXPECT_FALSE(sent.ends_with("\r\n123\r\n"));
    }
  }
  // LF becomes CRLF before it is counted.
  wire_session s;
  s.authenticated("IMAP4rev1 LITERAL+");
  s.submit(append("Drafts", source_from_string("a\nb\r\nc\n", line_ends::to_crlf)));
  EXPECT_TRUE(s.output().ends_with("{9+}\r\na\r\nb\r\nc\r\n\r\n"));
}

TEST(threat_wire, r22_literals_wait_unless_this_session_offered_otherwise) {
  const std::string small(4096, 's'), big(4097, 'b');
  const auto header = [](std::string_view capabilities, const std::string& message) {
    wire_session s;
    s.authenticated(capabilities);
    s.submit(append("D", message));
    const auto sent = s.output();
    const auto open = sent.find('{');
    return sent.substr(open, sent.find("\r\n") - open);
  };
  EXPECT_EQ(header("IMAP4rev1", small), "{4096}");
  EXPECT_EQ(header("IMAP4rev1 LITERAL-", small), "{4096+}");
  EXPECT_EQ(header("IMAP4rev1 LITERAL-", big), "{4097}");
  // Even then big ones wait, so that a refused message is not sent for nothing.
  EXPECT_EQ(header("IMAP4rev1 LITERAL+", big), "{4097}");
  // Offered before the log-in only: no longer known.
  wire_session s;
  s.feed("* OK [CAPABILITY IMAP4rev1 LITERAL+] hi\r\n");
  s.protocol.set_tls(true);
  s.submit(login("u", secret("p")));
  const auto sent = s.output();
  s.feed(sent.substr(0, sent.find(' ')) + " OK in\r\n");
  s.submit(append("D", small));
  EXPECT_NE(s.output().find("{4096}\r\n"), std::string::npos);
}

TEST(threat_wire, r23_nothing_of_a_refused_literal_is_sent) {
  for (const char* answer : {"NO [TRYCREATE] no", "BAD no"}) {
    wire_session s;
    s.authenticated();
    const auto id = s.submit(append("D", std::string(100'000, 'x')));
    const auto sent = s.output();
    s.feed(sent.substr(0, sent.find(' ')) + " " + answer + "\r\n");
    EXPECT_TRUE(s.done(id));
    EXPECT_EQ(s.output(), "");
    s.submit(noop());
    EXPECT_TRUE(s.output().ends_with(" NOOP\r\n"));
  }
}

TEST(threat_wire, r24_mailbox_names_have_one_spelling) {
  // ASCII in base64, unclosed and empty shifts, lone surrogates, padding, 8-bit: the raw octets are kept and sent back.
  for (const char* wire :
       {"&AGEAYg-", "&AOk", "&", "a&b", "&2AA-", "&3AA-", "&AOk=-", "&AOl-", "caf\xe9", "&U,BTFw-&ZeVnLIqe-"}) {
    const auto name = mailbox_name::from_wire(wire, false);
    EXPECT_EQ(name.raw(), wire);
    wire_session s;
    s.authenticated("IMAP4rev1 LITERAL+");
    s.submit(create(name));
    const auto got = read_one(s.output());
    ASSERT_TRUE(got) << wire;
    EXPECT_EQ(got->words.at(1), wire);
  }
  std::mt19937 random(24);  // NOLINT(cert-msc32-c)
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (auto n = random() % 6; n > 0; --n) {
      static const char* const bricks[] = {"a", "&", "-", "/", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                                           " ", ","};
      text += bricks[random() % std::size(bricks)];
    }
    EXPECT_EQ(base::utf7_decode(base::utf7_encode(text)), text);
  }
}

TEST(threat_wire, r25_server_text_is_no_format_string_and_no_command) {
  for (const char* text : {"%s%s%s%n", "{}{:x}", "`touch /tmp/x`", "$(id)"}) {
    wire_session s;
    s.authenticated();
    const auto id = s.submit(create("x"));
    const auto sent = s.output();
    s.feed(sent.substr(0, sent.find(' ')) + " NO " + text + "\r\n");
    EXPECT_EQ(s.failures[id].server_text(), text);
    EXPECT_NE(std::string_view(s.failures[id].what()).find(text), std::string_view::npos);
  }
}

// --- what the client reads -----------------------------------------------------------------------------------------

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memory_is_told = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool memory_is_told = false;
#else
constexpr bool memory_is_told = true;
#endif
#else
constexpr bool memory_is_told = true;
#endif

std::size_t status_kib(const char* key) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(key))
      return static_cast<std::size_t>(std::strtoull(line.c_str() + std::string_view(key).size(), nullptr, 10));
  return 0;
}

/// How much more memory this process held at most while `f` ran, in KiB; 0 where that cannot be told.
template <class F>
std::size_t growth_kib(F&& f) {
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak starts anew
  const auto before = status_kib("VmRSS:");
  f();
  const auto peak = status_kib("VmHWM:");
  return memory_is_told && peak > before ? peak - before : 0;
}

constexpr std::size_t mib = 1024;  // KiB

/// Feeds `unit` until the session is over or `octets` were fed.
void flood(wire_session& s, std::string_view unit, std::uint64_t octets) {
  std::string block;
  while (block.size() < 64'000) block += unit;
  for (std::uint64_t fed = 0; fed < octets && !s.protocol.closed(); fed += block.size()) s.feed(block);
}

session_options small_limits() {
  limits l;
  l.line_octets = std::size_t{1} << 20U;
  l.response_octets = l.body_in_memory_octets = std::size_t{16} << 20U;
  l.collected_octets = std::uint64_t{16} << 20U;
  session_options o;
  return o.use_limits(l);
}

TEST(threat_wire, r26_the_announced_size_of_a_literal_allocates_nothing) {
  const auto grown = growth_kib([] {
    for (const char* size : {"4294967295", "9223372036854775807", "67108864", "99999999999999999999"}) {
      for (const char* start : {"* 1 FETCH (BODY[] {", "* LIST () \"/\" {", "* 1 FETCH (ENVELOPE ({", "* OK [X {"}) {
        wire_session s;
        s.selected();
        s.submit(fetch(uid_set(1), fetch_items().uid().body_peek("")));
        (void)s.output();
        s.feed(std::string(start) + size + "}\r\nabc");
      }
    }
  });
  EXPECT_LT(grown, 8 * mib);
  // A gigabyte to a sink needs no memory.
  std::uint64_t taken = 0;
  const auto streamed = growth_kib([&] {
    wire_session s;
    s.selected();
    const std::uint64_t size = soaking() ? std::uint64_t{1} << 30U : std::uint64_t{128} << 20U;
    s.submit(fetch(uid_set(1), fetch_items().uid().body_peek("")).to(sink_to([&](const body_info&, std::string_view o) {
      taken += o.size();
      return true;
    })));
    const auto sent = s.output();
    s.feed("* 1 FETCH (UID 1 BODY[] {" + std::to_string(size) + "}\r\n");
    const std::string block(65'536, 'x');
    for (std::uint64_t fed = 0; fed < size; fed += block.size()) s.feed(block);
    s.feed(")\r\n");
    EXPECT_EQ(taken, size);
    EXPECT_FALSE(s.protocol.closed());
  });
  EXPECT_LT(streamed, 16 * mib);
}

struct limit_case {
  const char* name;
  std::function<void(limits&)> set;
  std::function<void(wire_session&)> hit;
};

TEST(threat_wire, r27_every_limit_is_settable_and_reported_by_name) {
  const auto run_fetch = [](wire_session& s) {
    s.selected();
    s.submit(fetch(uid_set::all(), fetch_items().uid().body_peek("")));
    (void)s.output();
  };
  const std::vector<limit_case> cases = {
      {"line_octets", [](limits& l) { l.line_octets = 5000; },
       [](wire_session& s) { flood(s.authenticated(), "x", 1'000'000); }},
      {"response_octets", [](limits& l) { l.response_octets = 5000; },
       [](wire_session& s) { s.authenticated().feed("* SEARCH " + std::string(6000, '1') + "\r\n"); }},
      {"string_octets", [](limits& l) { l.string_octets = 500; },
       [](wire_session& s) { s.authenticated().feed("* LIST () \"/\" {501}\r\n"); }},
      {"body_in_memory_octets", [](limits& l) { l.body_in_memory_octets = 500; },
       [=](wire_session& s) {
         run_fetch(s);
         s.feed("* 1 FETCH (UID 1 BODY[] {501}\r\n");
       }},
      {"unasked_responses", [](limits& l) { l.unasked_responses = 100; },
       [](wire_session& s) { flood(s.authenticated(), "* LIST () \"/\" x\r\n", 100'000); }},
      {"unasked_responses", [](limits& l) { l.unasked_responses = 100; },
       [](wire_session& s) { flood(s.authenticated(), "* OK still here\r\n", 100'000); }},
      {"unasked_responses", [](limits& l) { l.unasked_responses = 100; },
       [](wire_session& s) { flood(s.selected(), "* 1 EXISTS\r\n* 2 EXISTS\r\n", 100'000); }},
      {"unasked_responses", [](limits& l) { l.unasked_responses = 100; },
       [](wire_session& s) { flood(s.authenticated(), "X9 OK never asked\r\n", 100'000); }},
      {"unasked_responses", [](limits& l) { l.unasked_responses = 100; },
       [](wire_session& s) { flood(s.authenticated(), "+ go ahead\r\n", 100'000); }},
      {"collected_responses", [](limits& l) { l.collected_responses = 100; },
       [](wire_session& s) {
         s.authenticated();
         s.submit(list("", "*"));
         (void)s.output();
         for (int i = 0; i < 200; ++i) s.feed("* LIST () \"/\" x" + std::to_string(i) + "\r\n");
         s.feed("A1 OK\r\n");
       }},
      {"collected_octets", [](limits& l) { l.collected_octets = 5000; },
       [=](wire_session& s) {
         run_fetch(s);
         for (int i = 1; i < 9; ++i)
           s.feed("* " + std::to_string(i) + " FETCH (UID " + std::to_string(i) + " BODY[] {900}\r\n" +
                  std::string(900, 'x') + ")\r\n");
         s.feed("A2 OK\r\n");
       }},
      {"continuation_octets", [](limits& l) { l.continuation_octets = 100; },
       [](wire_session& s) { s.authenticated().feed("+ " + std::string(200, 'x') + "\r\n"); }},
  };
  for (const auto& c : cases) {
    limits l;
    c.set(l);
    session_options o;
    wire_session s(o.use_limits(l));
    c.hit(s);
    error why = s.closed;
    for (const auto& [id, failure] : s.failures)
      if (failure && !why) why = failure;
    EXPECT_EQ(why.code(), errc::limit_exceeded) << c.name << ": " << why.what();
    EXPECT_EQ(why.limit_name(), c.name);
    EXPECT_NE(why.limit_value(), 0U);
    const std::string text = why.what();
    EXPECT_NE(text.find(std::string(c.name) + " = " + std::to_string(why.limit_value())), std::string::npos) << text;
  }
  // Limits within one response cost that response, not the session.
  limits l;
  l.nesting = 5;
  l.list_elements = 6;
  l.set_ranges = 7;
  parse_options how;
  how.nesting = l.nesting;
  how.list_elements = l.list_elements;
  how.set_ranges = l.set_ranges;
  for (const auto& [text, reason] : std::vector<std::pair<std::string, std::string>>{
           {"* THREAD ((((((1 2))))))", "limit nesting = 5 is exceeded"},
           {"* FLAGS (a b c d e f g)", "limit list_elements = 6 is exceeded"},
           {"* CAPABILITY a b c d e f g h", "limit list_elements = 6 is exceeded"},
           {"* ID (a b c d e f a b c d e f g h i j)", "limit list_elements = 6 is exceeded"},
           {"* VANISHED 1,3,5,7,9,11,13,15", "limit set_ranges = 7 is exceeded"},
           {"* ESEARCH UID ALL 1,3,5,7,9,11,13,15", "limit set_ranges = 7 is exceeded"}}) {
    const auto r = parse_response(text, how);
    const auto* bad = std::get_if<unparsed_response>(&r);
    ASSERT_NE(bad, nullptr) << text;
    EXPECT_EQ(bad->item.reason, reason) << text;
  }
}

TEST(threat_wire, r27_floods_stay_within_the_limit_that_stops_them) {
  struct shape {
    const char* name;
    std::string start, unit;
  };
  for (const auto& f : {shape{"line without end", "* OK ", "x"}, shape{"blank lines", "", "\r\n"},
                        shape{"NULs", "", std::string(64, '\0')}, shape{"numbers", "* SEARCH", " 1234567"},
                        shape{"literals", "* 1 FETCH (", "X {1000}\r\n" + std::string(1000, 'x') + " "},
                        shape{"parentheses", "* 1 FETCH (ENVELOPE ", "("}, shape{"quotes", "* LIST () \"/\" ", "\""},
                        shape{"lists", "", "* LIST () \"/\" abc\r\n"},
                        shape{"bodies", "", "* 1 FETCH (UID 1 BODY[] {10000}\r\n" + std::string(10'000, 'x') + ")\r\n"},
                        shape{"unknown", "", "* WHATEVER (a b c) \"x\"\r\n"}}) {
    const auto grown = growth_kib([&] {
      wire_session s(small_limits());
      s.selected();
      s.submit(fetch(uid_set::all(), fetch_items().uid().body_peek("")));
      (void)s.output();
      s.feed(f.start);
      flood(s, f.unit, std::uint64_t{soaking() ? 128U : 24U} << 20U);
    });
    EXPECT_LT(grown, 32 * mib) << f.name;
  }
}

// That reading is linear is counted in instructions, shape by shape (faults.scaling); here, that none of the shapes
// that have been quadratic elsewhere can go on for ever.
TEST(threat_wire, r28_what_has_no_end_meets_a_limit) {
  for (const auto& unit : {std::string("X {1}\r\nx "), std::string("1234567890"), std::string("(\"a\" NIL) "),
                           std::string("\\\""), std::string("[")}) {
    wire_session s(small_limits());
    s.selected();
    s.feed("* 1 FETCH (ENVELOPE (");
    flood(s, unit, std::uint64_t{20} << 20U);
    EXPECT_EQ(s.closed.code(), errc::limit_exceeded) << unit;
  }
}

TEST(threat_wire, r29_number_sets_stay_ranges) {
  const auto grown = growth_kib([] {
    for (const char* set : {"1:4294967295", "4294967295:1", "1:*", "1:4294967295,2:4294967294"}) {
      const auto s = uid_set::try_parse(set);
      ASSERT_TRUE(s);
      EXPECT_GE(s->size(), 4'294'967'294U);
      EXPECT_LE(s->ranges().size(), 2U);
    }
    wire_session s;
    s.selected();
    s.submit(uid_search(search_key::all()));
    const auto tag = s.output();
    s.feed("* ESEARCH (TAG \"" + tag.substr(0, tag.find(' ')) +
           "\") UID ALL 1:4294967295\r\n* VANISHED 1:4294967295\r\n"
           "* OK [COPYUID 1 1:4294967295 1:4294967295] x\r\n* 4294967295 EXISTS\r\n");
    EXPECT_FALSE(s.protocol.closed());
  });
  EXPECT_LT(grown, 4 * mib);
}

void on_small_stack(const std::function<void()>& f) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  const std::size_t stack = memory_is_told ? 128 * 1024 : 1024 * 1024;  // sanitizers need more
  pthread_attr_setstacksize(&attributes, stack);
  pthread_t thread{};
  const auto body = [](void* what) -> void* {
    (*static_cast<const std::function<void()>*>(what))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, body, const_cast<std::function<void()>*>(&f)), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

TEST(threat_wire, r30_nesting_needs_no_stack) {
  on_small_stack([] {
    for (const std::size_t depth : {std::size_t{65}, std::size_t{1000}, std::size_t{1'000'000}}) {
      const std::string open(depth, '('), shut(depth, ')');
      limits l;
      l.line_octets = l.response_octets;
      session_options o;
      wire_session s(o.use_limits(l));
      s.selected();
      for (const char* start : {"* 1 FETCH (BODYSTRUCTURE ", "* 1 FETCH (ENVELOPE ", "* THREAD ", "* LIST () \"/\" x ",
                                "* STATUS x ", "* NAMESPACE ", "* ESEARCH ", "* 1 FETCH (X "}) {
        s.feed(start + open + "1" + shut +
               (std::string_view(start).find("FETCH") != std::string_view::npos ? ")\r\n" : "\r\n"));
      }
      EXPECT_FALSE(s.protocol.closed()) << depth;
    }
    // As deep as is allowed when the caller raises the limit: parse, copy, compare, destroy.
    parse_options deep;
    deep.nesting = 1000;
    const auto text = "* THREAD " + std::string(1000, '(') + "1" + std::string(1000, ')');
    const auto a = parse_response(text, deep);
    const auto b = parse_response(text, deep);
    EXPECT_EQ(a.index(), b.index());
  });
}

TEST(threat_wire, r31_numbers_are_checked) {
  const auto unparsed = [](std::string_view text) {
    const auto r = parse_response(text);
    return std::holds_alternative<unparsed_response>(r) || std::holds_alternative<unknown_response>(r);
  };
  for (const char* bad : {"* +1 EXISTS", "* 0x10 EXISTS", "* 1.5 EXISTS", "* -1 EXPUNGE", "* - EXISTS", "* 1e3 EXISTS"})
    EXPECT_TRUE(unparsed(bad)) << bad;
  EXPECT_FALSE(uid_set::try_parse("0"));
  EXPECT_FALSE(uid_set::try_parse("4294967296"));
  EXPECT_FALSE(uid_set::try_parse("-1"));
  EXPECT_FALSE(uid_set::try_parse("+1"));
  EXPECT_FALSE(uid_set::try_parse("1:"));
  const auto row = [](std::string_view items) {
    static std::string text;
    text = "* 1 FETCH (" + std::string(items) + ")";
    return std::get<fetch_response>(parse_response(text)).row;
  };
  EXPECT_EQ(row("RFC822.SIZE 9223372036854775807").rfc822_size(), 9223372036854775807ULL);
  EXPECT_FALSE(row("RFC822.SIZE 9223372036854775808").rfc822_size().value_or(0) > 9223372036854775807ULL);
  EXPECT_FALSE(row("RFC822.SIZE -1").rfc822_size());
  EXPECT_FALSE(row("MODSEQ (18446744073709551616)").modseq().value_or(0) > 9223372036854775807ULL);
  EXPECT_FALSE(row("UID 0").uid());
}

TEST(threat_wire, r32_short_empty_and_wrong_inputs_of_every_kind) {
  // Every beginning of every kind of response, cut at every octet, with nothing, with too much, and with wrong kinds.
  for (const std::string whole :
       {"* OK [APPENDUID 1 2] x",
        "* NO",
        "* BAD ",
        "* BYE",
        "A1 NO",
        "* CAPABILITY IMAP4rev1",
        "* LIST () \"/\" x",
        "* LSUB (\\a) NIL x",
        "* STATUS x (MESSAGES 1)",
        "* STATUS {1}\r\nx (MESSAGES 1)",
        "* SEARCH 1 2",
        "* ESEARCH (TAG \"a\") UID MIN 1",
        "* SORT 1",
        "* THREAD (1 (2)(3))",
        "* FLAGS (a)",
        "* 1 EXISTS",
        "* 1 RECENT",
        "* 1 EXPUNGE",
        "* VANISHED (EARLIER) 1:2",
        "* ID (\"a\" \"b\")",
        "* NAMESPACE ((\"\" \"/\")) NIL NIL",
        "* QUOTA \"\" (STORAGE 1 2)",
        "* QUOTAROOT x \"\"",
        "* ACL x a lr",
        "* METADATA x (/a NIL)",
        "* 1 FETCH (UID 1 FLAGS (a) INTERNALDATE \"01-Jan-2026 00:00:00 +0000\" RFC822.SIZE 1 BODY[] NIL)",
        "* 1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL))",
        "* 1 FETCH (BODYSTRUCTURE (\"a\" \"b\" NIL NIL NIL \"c\" 1))",
        "* ENABLED x",
        "+ x"}) {
    for (std::size_t n = 0; n <= whole.size(); ++n) {
      for (const char* tail : {"", " ", ")", "(", "\"", "NIL", "{0}\r\n", "\xff", "-1"}) {
        // An exact copy, so that a sanitizer sees one octet too many.
        const std::string text = whole.substr(0, n) + tail;
        const std::vector<char> exact(text.begin(), text.end());
        const auto r = parse_response(std::string_view(exact.data(), exact.size()));
        if (const auto* f = std::get_if<fetch_response>(&r)) (void)f->row.to_data();
      }
    }
  }
  // An APPENDUID that nobody asked for, ID before the log-in, a message that begins with an empty line.
  wire_session s;
  s.feed("* OK hi\r\n* ID (\"name\" \"x\")\r\n* OK [APPENDUID 1 1] what?\r\n");
  EXPECT_FALSE(s.protocol.closed());
  wire_session t;
  t.selected();
  const auto id = t.submit(fetch(uid_set(1), fetch_items().uid().body_peek("")));
  const auto sent = t.output();
  t.feed("* 1 FETCH (UID 1 BODY[] {4}\r\n\r\n\r\n)\r\n" + sent.substr(0, sent.find(' ')) + " OK\r\n");
  EXPECT_TRUE(t.done(id));
  EXPECT_FALSE(t.failures[id]);
}

TEST(threat_wire, r33_content_is_counted_and_never_scanned) {
  // Text that ends like a literal's header is text.
  wire_session s;
  s.selected();
  const auto a = s.submit(noop());
  s.feed("* OK see {3}\r\n* NO [ALERT] {4}\r\n");
  const auto tag = s.output();
  s.feed(tag.substr(0, tag.find(' ')) + " OK fine {5}\r\n");
  EXPECT_TRUE(s.done(a));
  // A body that looks like the protocol, with NUL, bare CR and bare LF.
  const std::string evil("A2 OK done\r\n* BYE\r\n)\r\n\0\r\n\n{9}\r\n", 31);
  const auto id = s.submit(fetch(uid_set(1), fetch_items().uid().body_peek("")));
  const auto sent = s.output();
  const auto command_tag = sent.substr(0, sent.find(' '));
  s.feed("* 1 FETCH (UID 1 BODY[] {" + std::to_string(evil.size()) + "}\r\n" + evil + ")\r\n");
  EXPECT_FALSE(s.done(id));
  s.feed(command_tag + " OK\r\n");
  ASSERT_TRUE(s.done(id));
  auto rows = static_cast<fetch&>(*s.finished[id]).take_result();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].section({}), evil);
  EXPECT_FALSE(s.protocol.closed());
}

TEST(threat_wire, r33_a_literal_whose_size_lies_ends_the_session) {
  for (const int difference : {-2, -1, 1, 2, 7}) {
    wire_session s;
    s.selected();
    const auto id = s.submit(fetch(uid_set(1), fetch_items().uid().body_peek("")));
    const auto sent = s.output();
    s.feed("* 1 FETCH (UID 1 BODY[] {" + std::to_string(20 + difference) + "}\r\n" + std::string(20, 'x') + ")\r\n" +
           sent.substr(0, sent.find(' ')) + " OK\r\n* OK more\r\n");
    s.end();
    ASSERT_TRUE(s.done(id)) << difference;
    // One or two octets too many swallow the parenthesis and the line end: what is lost is this response's alone.
    if (difference != 1 && difference != 2) {
      EXPECT_TRUE(s.failures[id].is_fatal()) << difference;
    }
    if (!s.failures[id]) {
      EXPECT_LE(static_cast<fetch&>(*s.finished[id]).take_result().size(), 1U);
    }
  }
}

TEST(threat_wire, r34_one_malformed_response_costs_one_response) {
  for (const char* bad : {"* FETCH (FLAGS ())", "* 0 FETCH (FLAGS (", "[COPYUID 1 2 3]", "* LIST (((", "* STATUS",
                          "* 1 FETCH (BODYSTRUCTURE (NIL NIL))", "* SEARCH one two", "* 1 FETCH (ENVELOPE NIL UID)",
                          "*", "* ", "garbage", "* 5", "* VANISHED x"}) {
    wire_session s;
    s.selected();
    const auto id = s.submit(fetch(uid_set(1), fetch_items().uid().flags()));
    const auto sent = s.output();
    s.feed(std::string(bad) + "\r\n* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n" + sent.substr(0, sent.find(' ')) + " OK\r\n");
    EXPECT_FALSE(s.protocol.closed()) << bad;
    ASSERT_TRUE(s.done(id)) << bad;
    EXPECT_EQ(static_cast<fetch&>(*s.finished[id]).take_result().size(), 1U) << bad;
  }
}

TEST(threat_wire, r17_continuation_requests_end) {
  limits l;
  l.sasl_steps = 4;
  l.continuation_octets = 1000;
  const auto session_with_login = [&](wire_session& s) {
    s.feed("* OK [CAPABILITY IMAP4rev1 AUTH=LOGIN] hi\r\n");
    s.protocol.set_tls(true);
    sasl_context context;
    context.tls = true;
    context.limits = l;
    const auto id = s.submit(authenticate(make_mechanism("LOGIN", credentials("u", secret("pass")), context).value()));
    (void)s.output();
    return id;
  };
  session_options o;
  wire_session endless(o.use_limits(l));
  const auto a = session_with_login(endless);
  std::string answers;
  for (int i = 0; i < 10; ++i) {
    endless.feed("+ VXNlcm5hbWU6\r\n");
    answers += endless.output();
  }
  EXPECT_LE(std::count(answers.begin(), answers.end(), '\n'), 5);
  EXPECT_TRUE(endless.done(a) || answers.find("*\r\n") != std::string::npos);
  wire_session big(o.use_limits(l));
  const auto b = session_with_login(big);
  big.feed("+ " + std::string(2000, 'A') + "\r\n");
  ASSERT_TRUE(big.done(b));
  EXPECT_EQ(big.failures[b].limit_name(), "continuation_octets");
}

TEST(threat_wire, r51_mime_bombs) {
  // Parts within parts, ten thousand parts, one endless header, encoded words without end.
  std::string nested = "Content-Type: multipart/mixed; boundary=b0\r\n\r\n";
  for (int i = 1; i < 2000; ++i)
    nested += "--b" + std::to_string(i - 1) + "\r\nContent-Type: multipart/mixed; boundary=b" + std::to_string(i) +
              "\r\n\r\n";
  std::string wide = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 30'000; ++i) wide += "--b\r\n\r\nx\r\n";
  std::string words = "Subject:";
  for (int i = 0; i < 20'000; ++i) words += " =?utf-8?B?w6k=?=\r\n";
  on_small_stack([&] {
    const mime::message deep(nested);
    EXPECT_TRUE(deep.truncated());
    EXPECT_LE(deep.walk().size(), 1000U);
    const mime::message many(wide);
    EXPECT_TRUE(many.truncated());
    EXPECT_LE(many.walk().size(), 10'001U);
    EXPECT_FALSE(mime::message(words + "\r\nbody").subject().empty());
    const mime::message long_header("X: " + std::string(std::size_t{3} << 20U, 'y') + "\r\n\r\nbody");
    EXPECT_LE(long_header.headers()["X"].size(), std::size_t{1} << 20U);
  });
}

}  // namespace
}  // namespace imapxx::threats
