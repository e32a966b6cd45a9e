// The facade against the golden vectors of Python's behaviour, without a network.
#include "imaplib/overridden.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace imapxx::test {
namespace {

using imaplib::argument;
using imaplib::bytes;
using imaplib::compat;
using imaplib::None;
using imaplib::settings;

const std::string capabilities = "* CAPABILITY IMAP4rev1 ENABLE IDLE UTF8=ACCEPT\r\n$T OK\r\n";
const std::string hello = "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n";

// A client in the authenticated state, with these answers to come.
std::vector<std::string> authenticated(std::vector<std::string> answers) {
  answers.insert(answers.begin(), {"* PREAUTH hi\r\n", capabilities});
  return answers;
}

// The same for one that calls `select` first.
std::vector<std::string> selected(std::vector<std::string> answers) {
  answers.insert(answers.begin(), "* 5 EXISTS\r\n$T OK [READ-WRITE] done\r\n");
  return authenticated(std::move(answers));
}

std::string sent_by(const std::string& answer, const std::function<void(overridden&)>& call, settings how = {}) {
  overridden m(authenticated({answer}), std::move(how));
  call(m);
  return m.sent();
}

TEST(facade, greeting_and_capabilities) {
  const overridden m({"* OK hi\r\n", "* CAPABILITY imap4REV1 foo\r\n$T OK done\r\n"});
  EXPECT_EQ(m.sent_at_first, "T CAPABILITY\r\n");
  EXPECT_EQ(m.capabilities(), (std::vector<std::string>{"IMAP4REV1", "FOO"}));
  EXPECT_EQ(m.PROTOCOL_VERSION(), "IMAP4REV1");
  EXPECT_EQ(m.welcome().repr(), "b'* OK hi'");
  EXPECT_EQ(m.state(), "NONAUTH");
  EXPECT_EQ(overridden(authenticated({})).state(), "AUTH");
  EXPECT_EQ(overridden({hello}).sent_at_first, "");
  EXPECT_EQ(overridden({hello, capabilities}, settings().behave_like(compat::p11)).sent_at_first, "T CAPABILITY\r\n");
}

TEST(facade, greetings_that_are_none) {
  EXPECT_THROW(overridden({""}), imaplib::abort);
  EXPECT_THROW(overridden({"+OK POP3 ready\r\n"}), imaplib::error);
  EXPECT_THROW(overridden({"* BYE no\r\n"}), imaplib::error);
  EXPECT_THROW(overridden({"* OK [CAPABILITY IMAP2] x\r\n"}), imaplib::error);
}

TEST(facade, login_quotes_and_asks_for_capabilities) {
  overridden m({hello, "$T OK LOGIN completed\r\n", "* CAPABILITY IMAP4rev1 X\r\n$T OK\r\n"});
  const auto r = m.login("us er", "p\"a\\s");
  EXPECT_EQ(r.repr(), "('OK', [b'LOGIN completed'])");
  EXPECT_TRUE(m.tagged_commands().empty()) << "what was answered is not kept";
  EXPECT_EQ(m.sent(), "T LOGIN \"us er\" \"p\\\"a\\\\s\"\r\nT CAPABILITY\r\n");
  EXPECT_EQ(m.state(), "AUTH");
  EXPECT_EQ(m.capabilities().back(), "X");
}

TEST(facade, login_refused) {
  overridden m({hello, "$T NO [AUTHENTICATIONFAILED] nope\r\n"});
  try {
    m.login("u", "p");
    FAIL();
  } catch (const imaplib::abort&) {
    FAIL() << "not an abort";
  } catch (const imaplib::error& e) {
    EXPECT_STREQ(e.what(), "[AUTHENTICATIONFAILED] nope");
  }
  EXPECT_EQ(m.state(), "NONAUTH");
}

TEST(facade, login_is_not_sent_where_it_is_disabled) {
  overridden m({"* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi\r\n"});
  EXPECT_THROW(m.login("u", "p"), imaplib::error);
  EXPECT_EQ(m.sent(), "");
}

TEST(facade, select_and_response) {
  overridden m(authenticated(
      {"* FLAGS (\\Seen)\r\n* 507 EXISTS\r\n* 0 RECENT\r\n* OK [UNSEEN 344] x\r\n* OK [UIDVALIDITY 405] x\r\n"
       "* OK [UIDNEXT 596] x\r\n* OK [PERMANENTFLAGS ()] x\r\n$T OK [READ-WRITE] done\r\n"}));
  EXPECT_EQ(m.select().repr(), "('OK', [b'507'])");
  EXPECT_EQ(m.state(), "SELECTED");
  EXPECT_EQ(m.response("uidnext").repr(), "('uidnext', [b'596'])");
  EXPECT_EQ(m.response("uidnext").repr(), "('uidnext', [None])");
  EXPECT_EQ(m.response("PERMANENTFLAGS").data[0].repr(), "b'()'");
  EXPECT_EQ(m.untagged_responses().at("OK").size(), 4U);
  EXPECT_EQ(m.response("READ-WRITE").repr(), "('READ-WRITE', [b''])");
}

TEST(facade, select_of_what_is_read_only) {
  overridden m(authenticated({"* 1 EXISTS\r\n$T OK [READ-ONLY] done\r\n", "$T OK\r\n"}));
  EXPECT_THROW(m.select("a b"), imaplib::readonly);
  EXPECT_EQ(m.state(), "SELECTED");
  EXPECT_EQ(m.noop().typ, "OK") << "told once, not for ever";
}

TEST(facade, fetch_has_pairs_for_literals) {
  overridden m(
      selected({"* 1 FETCH (UID 7 BODY[] {5}\r\nhello FLAGS (\\Seen))\r\n* 2 FETCH (FLAGS ())\r\n"
                "* 3 FETCH (BODY[1] {2}\r\nab BODY[2] {3}\r\nxyz)\r\n$T OK done\r\n"}));
  m.select();
  m.forget_sent();
  const auto r = m.fetch("1:3", "(UID BODY[])");
  EXPECT_EQ(m.sent(), "T FETCH 1:3 (UID BODY[])\r\n");
  EXPECT_EQ(r.repr(),
            "('OK', [(b'1 (UID 7 BODY[] {5}', b'hello'), b' FLAGS (\\\\Seen))', b'2 (FLAGS ())', "
            "(b'3 (BODY[1] {2}', b'ab'), (b' BODY[2] {3}', b'xyz'), b')'])");
}

TEST(facade, search_results) {
  overridden m(selected({"* SEARCH\r\n$T OK\r\n", "$T OK\r\n", "* SEARCH 1 2\r\n* SEARCH 3\r\n$T OK\r\n",
                         "$T NO [BADCHARSET (UTF-8)] nope\r\n", "$T BAD syntax\r\n"}));
  m.select();
  EXPECT_EQ(m.search(None, "ALL").repr(), "('OK', [b''])");
  EXPECT_EQ(m.search(None, "ALL").repr(), "('OK', [None])");
  EXPECT_EQ(m.search(None, "ALL").repr(), "('OK', [b'1 2', b'3'])");
  EXPECT_EQ(m.search("UTF-8", "ALL").repr(), "('NO', [b'[BADCHARSET (UTF-8)] nope'])");
  EXPECT_EQ(m.untagged_responses().at("BADCHARSET").front().repr(), "b'(UTF-8)'");
  try {
    m.search(None, "FROM", "\"LDJ\"");
    FAIL();
  } catch (const imaplib::error& e) {
    EXPECT_STREQ(e.what(), "SEARCH command error: BAD [b'syntax']");
  }
}

TEST(facade, arguments_are_quoted_where_needed) {
  const std::string ok = "$T OK\r\n";
  EXPECT_EQ(sent_by(ok, [](auto& m) { m.create("a b"); }), "T CREATE \"a b\"\r\n");
  EXPECT_EQ(sent_by(ok, [](auto& m) { m.create("a b"); }, settings().behave_like(compat::p11)), "T CREATE a b\r\n");
  EXPECT_EQ(sent_by(ok, [](auto& m) { m.create("\"a b\""); }), "T CREATE \"a b\"\r\n");
  EXPECT_EQ(sent_by(ok, [](auto& m) { m.create(""); }), "T CREATE \"\"\r\n");
  EXPECT_EQ(sent_by(ok, [](auto& m) { m.create(bytes("\xC3\xA9")); }), "T CREATE \"\xC3\xA9\"\r\n");
  EXPECT_EQ(sent_by(ok, [](auto& m) { m.list("", "a %"); }), "T LIST \"\" \"a %\"\r\n");
  EXPECT_EQ(sent_by(ok, [](auto& m) { m.list(); }), "T LIST \"\" *\r\n");
  EXPECT_EQ(sent_by(ok, [](auto& m) { m.status("x", "MESSAGES"); }), "T STATUS x (MESSAGES)\r\n");
  EXPECT_EQ(sent_by(ok, [](auto& m) { m.setquota("", "STORAGE 5"); }), "T SETQUOTA \"\" (STORAGE 5)\r\n");
  EXPECT_EQ(sent_by(ok, [](auto& m) { m.xatom("xfoo", "a b", None, "c"); }), "T XFOO a b c\r\n");
}

TEST(facade, nothing_that_would_break_the_line_is_sent) {
  for (const auto profile : {compat::p11, compat::p15}) {
    overridden m(authenticated({}), settings().behave_like(profile));
    EXPECT_THROW(m.create("a\r\nX1 NOOP"), std::invalid_argument);
    EXPECT_THROW(m.create(bytes(std::string_view("a\0b", 3))), std::invalid_argument);
    EXPECT_THROW(m.xatom("noop\r\nX1 NOOP"), std::invalid_argument);
    EXPECT_THROW(m.create("\xC3\xA9"), std::invalid_argument);
    EXPECT_EQ(m.sent(), "");
  }
}

TEST(facade, names_that_utf7_would_alter_or_hide_are_not_sent) {
  overridden m(authenticated({"$T OK\r\n"}), settings().behave_like(compat::p16));
  for (const auto* name : {"\x81Z", "caf\xC3", "a\r\nb", "a\nb\xC3\xA9"}) {
    EXPECT_THROW(m.create(name), std::invalid_argument);
    EXPECT_THROW(m.list("", name), std::invalid_argument);
  }
  EXPECT_EQ(m.sent(), "");
  m.create("caf\xC3\xA9");
  EXPECT_EQ(m.sent(), "T CREATE caf&AOk-\r\n");
}

TEST(facade, append_waits_for_consent) {
  overridden m(authenticated({"+ go\r\n", "$T OK [APPENDUID 1 2] done\r\n"}));
  const auto r = m.append("a b", "\\Seen \\Flagged", 0, bytes("a\rb\nc\r\nd"));
  EXPECT_EQ(r.repr(), "('OK', [b'[APPENDUID 1 2] done'])");
  EXPECT_EQ(m.sent(), "T APPEND \"a b\" (\\Seen \\Flagged) {10}\r\na\r\nb\r\nc\r\nd\r\n");
  EXPECT_EQ(m.response("APPENDUID").data[0].repr(), "b'1 2'");
}

TEST(facade, append_that_is_refused_sends_no_message) {
  overridden m(authenticated({"$T NO [TRYCREATE] no\r\n", "$T OK\r\n"}));
  EXPECT_EQ(m.append(None, None, None, bytes("abc")).repr(), "('NO', [b'[TRYCREATE] no'])");
  EXPECT_EQ(m.sent(), "T APPEND INBOX {3}\r\n");
  EXPECT_EQ(m.noop().typ, "OK");
}

TEST(facade, utf8_mode) {
  overridden m(authenticated({"* ENABLED UTF8=ACCEPT\r\n$T OK\r\n", "+ go\r\n", "$T OK\r\n"}));
  m.enable("UTF8=ACCEPT");
  EXPECT_TRUE(m.utf8_enabled());
  m.forget_sent();
  m.append("b", None, None, bytes("\xC3\xA9\n"));
  EXPECT_EQ(m.sent(), "T APPEND b UTF8 (~{4}\r\n\xC3\xA9\r\n)\r\n");
}

TEST(facade, authenticate_decodes_and_encodes) {
  overridden m({hello, "+ Y2hhbA==\r\n", "+\r\n", "$T OK done\r\n", "* CAPABILITY IMAP4rev1\r\n$T OK\r\n"});
  std::vector<std::string> challenges;
  const auto r = m.authenticate("xMech", [&](const bytes& challenge) {
    challenges.push_back(challenge);
    return challenges.size() == 1 ? argument(std::string(60, 'x')) : argument(bytes(""));
  });
  EXPECT_EQ(r.typ, "OK");
  EXPECT_EQ(challenges, (std::vector<std::string>{"chal", ""}));
  std::string line;
  for (int i = 0; i < 20; ++i) line += "eHh4";
  EXPECT_EQ(m.sent(), "T AUTHENTICATE XMECH\r\n" + line + "\r\n\r\nT CAPABILITY\r\n");
  EXPECT_EQ(m.state(), "AUTH");
}

TEST(facade, authenticate_cancelled_by_none_or_by_an_exception) {
  overridden m({hello, "+\r\n", "$T BAD cancelled\r\n", "+\r\n", "$T BAD cancelled\r\n", "$T OK\r\n"});
  EXPECT_THROW(m.authenticate("X", [](const bytes&) { return argument(); }), imaplib::error);
  EXPECT_THROW(m.authenticate("X", [](const bytes&) -> argument { throw std::out_of_range("mine"); }),
               std::out_of_range);
  EXPECT_EQ(m.sent(), "T AUTHENTICATE X\r\n*\r\nT AUTHENTICATE X\r\n*\r\n");
  EXPECT_EQ(m.noop().typ, "OK");
}

TEST(facade, logout_takes_bye_and_closes) {
  overridden m(authenticated({"* BYE logging out\r\n$T OK done\r\n"}));
  EXPECT_EQ(m.logout().repr(), "('BYE', [b'logging out'])");
  EXPECT_EQ(m.state(), "LOGOUT");
  EXPECT_TRUE(m.down);
  EXPECT_EQ(overridden(authenticated({"$T OK bye\r\n"})).logout().repr(), "('OK', [b'bye'])");
  EXPECT_EQ(overridden(authenticated({"$T NO x\r\n"})).logout().repr(), "('NO', [b'x'])");
  overridden closed(authenticated({}));
  try {
    closed.logout();
    FAIL();
  } catch (const imaplib::abort& e) {
    EXPECT_STREQ(e.what(), "command: LOGOUT => socket error: EOF");
  }
}

TEST(facade, bye_in_the_middle) {
  overridden m(authenticated({"* BYE going\r\n$T OK\r\n"}));
  try {
    m.noop();
    FAIL();
  } catch (const imaplib::abort& e) {
    EXPECT_STREQ(e.what(), "command: NOOP => going");
  }
  EXPECT_EQ(m.logout().repr(), "('BYE', [b'going'])");
}

TEST(facade, tagged_bye_is_a_result) {
  overridden m(authenticated({"$T BYE bad\r\n"}));
  EXPECT_EQ(m.noop().repr(), "('BYE', [b'bad'])");
}

TEST(facade, states) {
  overridden m({hello});
  try {
    m.search(None, "ALL");
    FAIL();
  } catch (const imaplib::error& e) {
    EXPECT_STREQ(e.what(), "command SEARCH illegal in state NONAUTH, only allowed in states SELECTED");
  }
  EXPECT_THROW(m.close(), imaplib::error);
  EXPECT_EQ(m.state(), "NONAUTH");
  EXPECT_EQ(m.sent(), "");
}

TEST(facade, other_untagged_data) {
  overridden m(
      authenticated({"* OK text {3}\r\n* 5 EXISTS trailing\r\n* FLAGS\r\n* VANISHED (EARLIER) 1:5\r\n"
                     "* LIST () \"/\" {5}\r\nc \"d\"\r\n$T OK\r\n"}));
  m.noop();
  auto& ur = m.untagged_responses();
  EXPECT_EQ(ur.at("EXISTS").front().repr(), "b'5 trailing'");
  EXPECT_EQ(ur.at("FLAGS").front().repr(), "b''");
  EXPECT_EQ(ur.at("VANISHED").front().repr(), "b'(EARLIER) 1:5'");
  EXPECT_EQ(imaplib::datum(ur.at("LIST")).repr(), "[(b'() \"/\" {5}', b'c \"d\"'), b'']");
}

TEST(facade, uid) {
  overridden m(selected({"* 3 EXPUNGE\r\n$T OK [COPYUID 1 2 3] done\r\n", "* SEARCH 5\r\n$T OK\r\n"}));
  m.select();
  m.forget_sent();
  EXPECT_EQ(m.uid("move", "2", "a b").repr(), "('OK', [None])");
  EXPECT_EQ(m.uid("search", None, "ALL").repr(), "('OK', [b'5'])");
  EXPECT_EQ(m.sent(), "T UID MOVE 2 \"a b\"\r\nT UID SEARCH ALL\r\n");
  EXPECT_EQ(m.response("EXPUNGE").repr(), "('EXPUNGE', [b'3'])");
  EXPECT_THROW(m.uid("foo"), imaplib::error);
  EXPECT_THROW(m.uid("FETCH", "1"), std::invalid_argument);
}

TEST(facade, idle) {
  overridden m(authenticated({"* 1 EXISTS\r\n+ idling\r\n* 2 EXISTS\r\n* OK [HIGHESTMODSEQ 7] x\r\n",
                              "* 9 RECENT\r\n$T OK done\r\n", "$T OK\r\n"}));
  {
    auto idler = m.idle();
    EXPECT_EQ(m.state(), "IDLING");
    EXPECT_THROW(m.noop(), imaplib::error);
    EXPECT_EQ(idler.next()->repr(), "('EXISTS', [b'1'])");
    EXPECT_EQ(idler.next()->repr(), "('EXISTS', [b'2'])");
    EXPECT_EQ(idler.next()->repr(), "('OK', [b'[HIGHESTMODSEQ 7] x'])");
    EXPECT_EQ(idler.next()->repr(), "('HIGHESTMODSEQ', [b'7'])");
  }
  EXPECT_EQ(m.state(), "AUTH");
  EXPECT_EQ(m.sent(), "T IDLE\r\nDONE\r\n");
  EXPECT_EQ(m.untagged_responses().at("RECENT").front().repr(), "b'9'");
  EXPECT_EQ(m.noop().typ, "OK");
}

TEST(facade, idle_denied) {
  overridden m(authenticated({"$T NO not now\r\n"}));
  try {
    m.idle();
    FAIL();
  } catch (const imaplib::error& e) {
    EXPECT_STREQ(e.what(), "idle denied: [b'not now']");
  }
  EXPECT_EQ(m.state(), "AUTH");
}

TEST(facade, log_without_secrets) {
  overridden m({hello, "$T OK\r\n", "* CAPABILITY IMAP4rev1\r\n$T OK\r\n"}, settings().debug(5));
  m.login("user", "geheim");
  m.print_log();
  bool command_seen = false;
  for (const auto& line : m.messages()) {
    EXPECT_EQ(line.find("geheim"), std::string::npos) << line;
    command_seen = command_seen || line.find("LOGIN user") != std::string::npos;
  }
  EXPECT_TRUE(command_seen);
}

TEST(facade, additions_of_3_16) {
  const auto how = settings().behave_like(compat::p16);
  overridden m(selected({"$T OK\r\n", "* SEARCH 2\r\n$T OK\r\n", "* ID NIL\r\n$T OK\r\n", "$T OK\r\n"}), how);
  m.select();
  m.forget_sent();
  m.move({2, {4, 7}, {9, None}}, "Entw\xC3\xBCrfe", imaplib::keywords().uid());
  m.search("UTF-8", "FROM ? UID ?s", imaplib::keywords().params({"a b", {1, {3, None}}}).uid());
  m.id({{"name", "x"}, {"version", None}});
  m.store(1, "+FLAGS", {"\\Seen", "a"});
  EXPECT_EQ(m.sent(),
            "T UID MOVE 2,4:7,9:* Entw&APw-rfe\r\nT UID SEARCH CHARSET UTF-8 FROM \"a b\" UID 1,3:*\r\n"
            "T ID (\"name\" \"x\" \"version\" NIL)\r\nT STORE 1 +FLAGS (\\Seen a)\r\n");
  overridden old(selected({}));
  old.select();
  EXPECT_THROW(old.move("1", "x"), imaplib::error);
  EXPECT_THROW(old.search(None, "?", imaplib::keywords().uid()), std::invalid_argument);
}

}  // namespace
}  // namespace imapxx::test
