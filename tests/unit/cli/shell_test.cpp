// The shell's parts that need neither terminal nor server: lines, words, completion, the editor, what a typed command
// sends and shows.
#include "line_editor.hpp"
#include "raw_command.hpp"
#include "readable_json.hpp"
#include "shell_source.hpp"
#include "shell_words.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

using namespace imapxx;
using namespace imapxx::cli;

namespace {

using words = std::vector<std::string>;

TEST(shell_line, names) {
  EXPECT_EQ(command_name("fetch 1 FLAGS"), "FETCH");
  EXPECT_EQ(command_name("uid  fetch 1 FLAGS"), "UID FETCH");
  EXPECT_EQ(command_name("X-thing"), "X-THING");
  EXPECT_EQ(command_name(""), "");
  EXPECT_EQ(first_word("  a b"), "a");
  EXPECT_EQ(argument("SELECT \"a \\\"b\" x", 0), "\"a \\\"b\"");
  EXPECT_EQ(argument("UID COPY 1:3 Sent", 1), "Sent");
  EXPECT_EQ(argument("NOOP", 0), "");
}

TEST(shell_line, a_tag_of_ones_own_is_noticed) {
  EXPECT_TRUE(has_own_tag("a001 LOGIN ann secret"));
  EXPECT_TRUE(has_own_tag("X uid fetch 1 FLAGS"));
  EXPECT_FALSE(has_own_tag("LOGIN select secret"));
  EXPECT_FALSE(has_own_tag("UID SEARCH ALL"));
  EXPECT_FALSE(has_own_tag("XNEW thing"));
}

TEST(shell_line, literals) {
  const auto plain = find_literal("APPEND INBOX {12}");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->at, 13U);
  EXPECT_EQ(plain->octets, 12U);
  EXPECT_TRUE(plain->wait);
  EXPECT_FALSE(plain->binary);
  const auto plus = find_literal("x ~{0+}");
  ASSERT_TRUE(plus);
  EXPECT_EQ(plus->at, 2U);
  EXPECT_FALSE(plus->wait);
  EXPECT_TRUE(plus->binary);
  const auto file = find_literal("APPEND a {</tmp/a {1}.eml}");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->file, "/tmp/a {1}.eml");
  EXPECT_EQ(file->at, 9U);
  EXPECT_FALSE(file->crlf);
  const auto lines = find_literal("APPEND a {crlf<x.eml+}");
  ASSERT_TRUE(lines);
  EXPECT_EQ(lines->file, "x.eml");
  EXPECT_TRUE(lines->crlf);
  EXPECT_FALSE(lines->wait);
  for (const char* none : {"", "{", "}", "{}", "{x}", "{1} ", "{-1}", "{1 }", "{99999999999999999999}", "{<}", "x{1"})
    EXPECT_FALSE(find_literal(none)) << none;
}

TEST(shell_line, credentials) {
  const auto shown = [](std::string_view line) { return std::string(line.substr(0, credentials_at(line))); };
  EXPECT_EQ(shown("LOGIN ann secret"), "LOGIN ");
  EXPECT_EQ(shown("  login ann secret"), "  login ");
  EXPECT_EQ(shown("authenticate PLAIN AGFubgBz"), "authenticate PLAIN ");
  EXPECT_EQ(shown("AUTHENTICATE PLAIN"), "AUTHENTICATE PLAIN");
  EXPECT_EQ(shown("LOGINX ann"), "LOGINX ann");
  EXPECT_EQ(shown("NOOP"), "NOOP");
  const auto seen = [](std::string_view line) { return std::string(line.substr(0, invisible_from(line))); };
  EXPECT_EQ(seen("LOGIN ann secret"), "LOGIN ann ");
  EXPECT_EQ(seen("LOGIN \"an n\" secret"), "LOGIN \"an n\" ");
  EXPECT_EQ(seen("LOGIN \"an n"), "LOGIN \"an n");
  EXPECT_EQ(seen("AUTHENTICATE PLAIN AGFubgBz"), "AUTHENTICATE PLAIN ");
  EXPECT_EQ(seen("SEARCH FROM a"), "SEARCH FROM a");
}

TEST(shell_line, escapes) {
  EXPECT_EQ(unescaped("\\0ann\\0s\\\\x\\x41\\r\\n"), std::string("\0ann\0s\\xA\r\n", 11));
  EXPECT_FALSE(unescaped("\\q"));
  EXPECT_FALSE(unescaped("\\x4"));
  EXPECT_FALSE(unescaped("a\\"));
}

words completed(std::string_view line, session_state state, words mailboxes = {}) {
  std::size_t from = 0;
  return completions(line, {state, std::move(mailboxes)}, from);
}

TEST(shell_completion, commands_by_state) {
  EXPECT_EQ(completed("l", session_state::not_authenticated), (words{"LOGOUT", "LOGIN"}));
  EXPECT_EQ(completed("L", session_state::authenticated), (words{"LOGOUT", "LIST", "LSUB"}));
  EXPECT_EQ(completed("FE", session_state::authenticated), words());
  EXPECT_EQ(completed("FE", session_state::selected), words{"FETCH"});
  EXPECT_EQ(completed("U", session_state::selected), (words{"UNSUBSCRIBE", "UNSELECT", "UID"}));
  EXPECT_EQ(completed("UID F", session_state::selected), words{"FETCH"});
  EXPECT_EQ(completed(":de", session_state::selected), words{":decode"});
  EXPECT_EQ(completed(":decode j", session_state::selected), words{"json"});
}

TEST(shell_completion, arguments) {
  const words boxes{"INBOX", "\"a b\"", "Archive"};
  EXPECT_EQ(completed("SELECT ", session_state::authenticated, boxes), boxes);
  EXPECT_EQ(completed("STATUS arch", session_state::authenticated, boxes), words{"Archive"});
  EXPECT_EQ(completed("UID MOVE 1:5 IN", session_state::selected, boxes), words{"INBOX"});
  EXPECT_EQ(completed("UID MOVE 1", session_state::selected, boxes), words());
  EXPECT_EQ(completed("FETCH 1 (ENV", session_state::selected), words{"ENVELOPE"});
  EXPECT_EQ(completed("SEARCH UNSEEN SENTS", session_state::selected), words{"SENTSINCE"});
  EXPECT_EQ(completed("STORE 1 +FLAGS (\\S", session_state::selected), words{"\\Seen"});
  EXPECT_EQ(completed("STATUS x (UIDV", session_state::authenticated), words{"UIDVALIDITY"});
  EXPECT_EQ(completed("AUTHENTICATE SCRAM-SHA-2", session_state::not_authenticated), words{"SCRAM-SHA-256"});
  std::size_t from = 0;
  (void)completions("FETCH 1 (FLAGS (ENV", {session_state::selected, {}}, from);
  EXPECT_EQ(from, 16U);
}

TEST(shell_completion, mailbox_names_as_they_are_typed) {
  EXPECT_EQ(typed_form("INBOX"), "INBOX");
  EXPECT_EQ(typed_form("Entw&APw-rfe"), "Entw&APw-rfe");
  EXPECT_EQ(typed_form("a b"), "\"a b\"");
  EXPECT_EQ(typed_form("a\"\\b"), "\"a\\\"\\\\b\"");
  EXPECT_EQ(typed_form("nil"), "\"nil\"");
  EXPECT_EQ(typed_form("a\r\nb"), "");
  EXPECT_EQ(typed_form("\x1b[2J"), "");
  EXPECT_EQ(typed_form(""), "\"\"");
}

// --- the editor

line_editor::key_result type(line_editor& e, std::string_view keys) {
  auto last = line_editor::key_result::more;
  for (const char c : keys) last = e.feed(c);
  return last;
}

std::string edited(std::string_view keys) {
  line_editor e({}, nullptr);
  type(e, keys);
  return e.take();
}

TEST(line_editor, keys) {
  using result = line_editor::key_result;
  EXPECT_EQ(edited("abc"), "abc");
  EXPECT_EQ(edited("abc\x7f\x08"), "a");
  EXPECT_EQ(edited("abc\x1b[D\x1b[DX"), "aXbc");
  EXPECT_EQ(edited("abc\x1b[HX\x1b[FY"), "XabcY");
  EXPECT_EQ(edited("abc\x1bOD\x1bOCX"), "abcX");
  EXPECT_EQ(edited("abc\x01\x1b[3~"), "bc");
  EXPECT_EQ(edited("abc\x01\x04\x05Z"), "bcZ");
  EXPECT_EQ(edited("one two  \x17"), "one ");
  EXPECT_EQ(edited("one two\x01\x0b"), "");
  EXPECT_EQ(edited("one two\x02\x02\x02\x15"), "two");
  EXPECT_EQ(edited("\x1b[1;5Dx\x1b[200~y"), "xy");
  EXPECT_EQ(edited("caf\xc3\xa9\x7f-"), "caf-");
  EXPECT_EQ(edited("\xc3\xa9z\x01\x06X"), "\xc3\xa9Xz");
  line_editor e({}, nullptr);
  EXPECT_EQ(type(e, "x\r"), result::accepted);
  EXPECT_EQ(type(e, "\x03"), result::interrupted);
  EXPECT_EQ(e.text(), "");
  EXPECT_EQ(type(e, "\x04"), result::end_of_input);
}

TEST(line_editor, history) {
  line_editor e({}, nullptr);
  e.remember("one");
  e.remember("two");
  e.remember("two");
  e.remember("");
  EXPECT_EQ(e.history(), (words{"one", "two"}));
  type(e, "draft\x1b[A");
  EXPECT_EQ(e.text(), "two");
  type(e, "\x10\x10\x10");
  EXPECT_EQ(e.text(), "one");
  type(e, "\x1b[B\x1b[B\x1b[B");
  EXPECT_EQ(e.text(), "draft");
}

TEST(line_editor, completion) {
  const auto offer = [](std::string_view line, std::size_t& from) {
    from = line.rfind(' ') == std::string_view::npos ? 0 : line.rfind(' ') + 1;
    words found;
    for (const char* w : {"SELECT", "SEARCH", "STORE", "BODY["})
      if (std::string_view(w).starts_with(line.substr(from))) found.emplace_back(w);
    return found;
  };
  line_editor e(offer, nullptr);
  type(e, "x ST\t");
  EXPECT_EQ(e.take(), "x STORE ");
  type(e, "S\t");
  EXPECT_EQ(e.take_candidates(), (words{"SELECT", "SEARCH", "STORE"}));
  type(e, "E\t");
  EXPECT_EQ(e.text(), "SE");
  type(e, "L\t1");
  EXPECT_EQ(e.take(), "SELECT 1");
  type(e, "B\t");
  EXPECT_EQ(e.take(), "BODY[");
  type(e, "none\t");
  EXPECT_EQ(e.take(), "none");
}

TEST(line_editor, draws_one_row_with_the_cursor_in_its_place) {
  line_editor e({}, invisible_from);
  type(e, "abc\x02");
  EXPECT_EQ(e.row("> ", 80), "\r\x1b[K> abc\x1b[1D");
  (void)e.take();
  type(e, "0123456789abcdefghij");
  EXPECT_EQ(e.row("> ", 15), "\r\x1b[K> 89abcdefghij");
  type(e, "\x01");
  EXPECT_EQ(e.row("> ", 15), "\r\x1b[K> 0123456789ab\x1b[12D");
  (void)e.take();
  type(e, "\xc3\xa9\xff\xc2\x9b\xe2\x80\xae.");
  EXPECT_EQ(e.row("", 80), "\r\x1b[K\xc3\xa9???.");
}

TEST(line_editor, passwords_are_stars) {
  line_editor e({}, invisible_from);
  type(e,
       "LOGIN ann s\xc3\xa9"
       "cret");
  EXPECT_EQ(e.row("", 80), "\r\x1b[KLOGIN ann ******");
  (void)e.take();
  e.hide_all(true);
  type(e, "abc");
  EXPECT_EQ(e.row("Password: ", 80), "\r\x1b[KPassword: ***");
  EXPECT_EQ(e.take(), "abc");
}

// --- scripts

struct pipe_with {
  explicit pipe_with(std::string_view text) {
    EXPECT_EQ(::pipe(ends.data()), 0);
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(ends[1]);
  }
  ~pipe_with() { ::close(ends[0]); }
  pipe_with(const pipe_with&) = delete;
  pipe_with& operator=(const pipe_with&) = delete;
  std::array<int, 2> ends{};
};

TEST(script_source, lines_and_octets) {
  pipe_with p("one\r\ntwo\n\nab\ncd rest\nlast");
  script_source s(p.ends[0]);
  EXPECT_EQ(s.line("", false), "one");
  EXPECT_EQ(s.line("", false), "two");
  EXPECT_EQ(s.line("", false), "");
  std::string octets;
  EXPECT_TRUE(s.octets(5, octets, false));
  EXPECT_EQ(octets, "ab\ncd");
  EXPECT_EQ(s.line("", false), " rest");
  EXPECT_EQ(s.line("", false), "last");
  EXPECT_FALSE(s.line("", false));
  octets.clear();
  EXPECT_FALSE(s.octets(1, octets, false));
}

TEST(script_source, crlf_counts_two) {
  pipe_with p("ab\ncd\r\ne\nX\n");
  script_source s(p.ends[0]);
  s.crlf = true;
  std::string octets;
  EXPECT_TRUE(s.octets(11, octets, false));
  EXPECT_EQ(octets, "ab\r\ncd\r\ne\r\n");
  EXPECT_EQ(s.line("", false), "X");
}

// --- what is sent

class recorder final : public raw_command::handler {
 public:
  void written(std::string_view text, bool waits) override { lines.push_back((waits ? "+" : "") + std::string(text)); }
  std::optional<secret> answer(std::string_view challenge) override {
    return secret("answer to " + std::string(challenge));
  }
  void listed(const list_entry&) override {}
  words lines;
};

raw_piece literal_piece(std::string text, std::string octets, bool wait = true) {
  auto p = raw_piece(std::move(text));
  p.literal = raw_piece::form::octets;
  p.octets = std::move(octets);
  p.wait = wait;
  return p;
}

struct sent {
  words segments;  // "+" in front: waits; "?": hidden
  words shown;
};

sent send(std::string_view name, std::vector<raw_piece> pieces) {
  recorder r;
  raw_command c(name, std::move(pieces), r);
  session_info info;
  const limits bounds;
  c.prepare(submit_context("A1", info, bounds));
  wire::encode_context context;
  context.literals = wire::literal_support::plus;  // must not change what was typed
  wire::encoder e(context);
  c.encode(e);
  EXPECT_FALSE(e.failure()) << e.failure().what();
  sent s;
  for (const auto& segment : e.segments())
    s.segments.push_back((segment.wait_before ? "+" : "") + std::string(segment.secret ? "?" : "") +
                         std::string(e.text().substr(segment.begin, segment.end - segment.begin)));
  s.shown = r.lines;
  return s;
}

TEST(raw_command, sends_what_was_typed) {
  const auto s = send("X-Y", {raw_piece("x-Y  (a \"b\")")});
  EXPECT_EQ(s.segments, words{"x-Y  (a \"b\")"});
  EXPECT_EQ(s.shown, words{"A1 x-Y  (a \"b\")"});
}

TEST(raw_command, literals_in_their_typed_form) {
  const auto s = send("APPEND", {literal_piece("APPEND a ", "one"), literal_piece(" ", "two", false), raw_piece("")});
  EXPECT_EQ(s.segments, (words{"APPEND a {3}\r\n", "+one {3+}\r\ntwo"}));
  EXPECT_EQ(s.shown, (words{"A1 APPEND a {3}", "+one {3+}", "two"}));
}

TEST(raw_command, credentials_are_hidden) {
  auto s = send("LOGIN", {raw_piece("LOGIN ann secret")});
  EXPECT_EQ(s.segments, (words{"LOGIN ", "?ann secret"}));
  EXPECT_EQ(s.shown, words{"A1 LOGIN <redacted>"});
  s = send("LOGIN", {literal_piece("LOGIN ", "ann"), literal_piece(" ", "secret"), raw_piece("")});
  EXPECT_EQ(s.segments.front(), "LOGIN ");
  for (std::size_t i = 1; i < s.segments.size(); ++i)
    EXPECT_NE(s.segments[i].find('?'), std::string::npos) << s.segments[i];
  EXPECT_EQ(s.shown, words{"A1 LOGIN <redacted>"});
  s = send("AUTHENTICATE", {raw_piece("AUTHENTICATE PLAIN AGFubgBz")});
  EXPECT_EQ(s.segments, (words{"AUTHENTICATE PLAIN ", "?AGFubgBz"}));
  EXPECT_EQ(s.shown, words{"A1 AUTHENTICATE PLAIN <redacted>"});
  EXPECT_EQ(send("AUTHENTICATE", {raw_piece("AUTHENTICATE PLAIN")}).shown, words{"A1 AUTHENTICATE PLAIN"});
}

TEST(raw_command, login_respects_logindisabled) {
  recorder r;
  session_info info;
  info.capabilities.insert("LOGINDISABLED");
  EXPECT_EQ(raw_command("LOGIN", {raw_piece("LOGIN a b")}, r).check(info).error().code(), errc::login_disabled);
  EXPECT_TRUE(raw_command("NOOP", {raw_piece("NOOP")}, r).check(info));
}

TEST(raw_command, only_authenticate_is_a_dialogue) {
  recorder r;
  const auto answered = raw_command("AUTHENTICATE", {raw_piece("AUTHENTICATE X")}, r).on_continuation("abc");
  ASSERT_TRUE(answered);
  ASSERT_TRUE(*answered);
  EXPECT_EQ((*answered)->expose(), "answer to abc");
  const auto ignored = raw_command("NOOP", {raw_piece("NOOP")}, r).on_continuation("abc");
  ASSERT_TRUE(ignored);
  EXPECT_FALSE(*ignored);
}

TEST(readable_json, one_line_a_value) {
  EXPECT_EQ(readable_lines(R"({"kind":"fetch","uid":7,"flags":["\\Seen","$a"],"seen":null,)"
                           R"("envelope":{"subject":"x"},"from":[{"name":"a"},{"name":"b"}],"text":"1\r\n2\n"})"),
            (words{"fetch", "  uid: 7", "  flags: \\Seen $a", "  seen: none", "  envelope:", "    subject: x",
                   "  from 1:", "    name: a", "  from 2:", "    name: b", "  text:", "    1", "    2"}));
  EXPECT_EQ(readable_lines(R"({"kind":"x","subject":"=?utf-8?Q?caf=C3=A9?="})"),
            (words{"x", "  subject: caf\xc3\xa9"}));
  EXPECT_EQ(readable_lines("nonsense"), words{"nonsense"});
}

}  // namespace
