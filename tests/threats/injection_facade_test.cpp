// Threat 20 through the methods of the imaplib facade, in each of its profiles. Python's contract has three kinds of
// arguments: those that are quoted where needed (unless they are a quoted string already), those that are put in
// parentheses (unless they are), and those that go out as they are. Whatever the text: one command, which holds it and
// nothing else, or an exception before anything is sent.
#include <imapxx/display.hpp>
#include <imapxx/imaplib.hpp>

#include "../testserver/src/sasl.hpp"
#include "../testserver/src/text.hpp"
#include "threats/hostile_text.hpp"
#include "threats/server_end.hpp"
#include "threats/strings_per_place.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::threats {
namespace {

using imaplib::argument;
using imaplib::bytes;
using imaplib::compat;
using imaplib::keywords;
using imaplib::None;

/// A client whose transport is the embedded server's parser. Every command is refused with NO, so that nothing changes.
class parsed_facade final : public imaplib::IMAP4 {
 public:
  parsed_facade(compat profile, bool logged_in, bool selected)
      : IMAP4(connect_later(), imaplib::settings().behave_like(profile)) {
    waiting_ = logged_in ? "* PREAUTH hi\r\n" : "* OK hi\r\n";
    answer_ = "OK";
    connect("mail.example.org", 143, std::nullopt);
    begin();
    if (selected) select();
    answer_ = "NO";
    begin();
  }
  void begin() {
    sent.clear();
    messages.clear();
    waiting_.clear();
    consents_ = 0;
    exchange_ = false;
  }
  void open(std::string_view, std::uint16_t, imaplib::timeout_t) override {}
  void send(std::string_view octets) override { sent += octets; }
  bytes read(std::size_t size) override { return take(size); }
  bytes readline() override {
    if (waiting_.empty()) answer();
    const auto end = waiting_.find('\n');
    return take(end == std::string::npos ? waiting_.size() : end + 1);
  }
  void shutdown() override {}
  void _mesg(std::string_view) override {}

  std::string sent;
  std::vector<std::string> messages;  ///< of AUTHENTICATE, decoded

 private:
  bytes take(std::size_t n) {
    bytes out(std::string_view(waiting_).substr(0, n));
    waiting_.erase(0, n);
    return out;
  }
  // What the server would do now that the client waits for it.
  void answer() {
    auto octets = sent;
    std::size_t wanted = 0;
    server_end peer([&wanted](std::string_view) { ++wanted; }, [&octets] { return std::exchange(octets, {}); });
    peer.recorded = true;
    const auto seen = peer.next();
    if (wanted > consents_) {
      ++consents_;
      waiting_ = "+ OK\r\n";
      return;
    }
    if (!seen || !peer.wrong.empty()) return;  // the end of the stream; `judge` tells why
    if (seen->head.name == "AUTHENTICATE" && !exchange_) {
      exchange_ = true;
      waiting_ = "+ \r\n";
      return;
    }
    if (exchange_) messages.push_back(server_side::base64_decode(peer.line()).value_or("no base64"));
    if (seen->head.name == "CAPABILITY") waiting_ = "* CAPABILITY IMAP4rev1 ENABLE ID\r\n";
    waiting_ += seen->head.tag + ' ' + answer_ + " done\r\n";
  }

  std::string waiting_;
  std::string answer_;
  std::size_t consents_ = 0;
  bool exchange_ = false;
};

enum class how {
  quoted,       ///< where needed
  secret,       ///< always quoted
  pattern,      ///< quoted where needed; `*` and `%` may stand bare
  mailbox,      ///< quoted where needed; `compat::p16` makes modified UTF-7 of a str
  parentheses,  ///< put around it where they are missing
  as_it_is,
  literal,  ///< bytes of a message
};

struct method {
  const char* name;
  how kind;
  const char* before;  ///< what stands between tag and text
  const char* behind;
  std::function<void(imaplib::IMAP4&, const argument&)> call;
  compat least = compat::p11;
  bool selected = false;
  bool logged_in = true;
};

std::vector<method> methods() {
  using M = imaplib::IMAP4;
  using A = const argument&;
  const auto p16 = compat::p16;
  return {
      {"login user", how::quoted, "LOGIN ", " \"pw\"", [](M& m, A t) { m.login(t, "pw"); }, compat::p11, false, false},
      {"login password", how::secret, "LOGIN ann ", "", [](M& m, A t) { m.login("ann", t); }, compat::p11, false,
       false},
      {"append mailbox", how::mailbox, "APPEND ", " ", [](M& m, A t) { m.append(t, None, None, bytes("x")); }},
      {"append flags", how::parentheses, "APPEND b ", " ", [](M& m, A t) { m.append("b", t, None, bytes("x")); }},
      {"append message", how::literal, "APPEND b ", "",
       [](M& m, A t) { m.append("b", None, None, bytes(t.text()), keywords().translate_line_endings(false)); }, p16},
      {"copy set", how::as_it_is, "COPY ", " b", [](M& m, A t) { m.copy(t, "b"); }, compat::p11, true},
      {"copy mailbox", how::mailbox, "COPY 1 ", "", [](M& m, A t) { m.copy("1", t); }, compat::p11, true},
      {"create", how::mailbox, "CREATE ", "", [](M& m, A t) { m.create(t); }},
      {"delete", how::mailbox, "DELETE ", "", [](M& m, A t) { m.delete_(t); }},
      {"deleteacl", how::quoted, "DELETEACL b ", "", [](M& m, A t) { m.deleteacl("b", t); }},
      {"enable", how::as_it_is, "ENABLE ", "", [](M& m, A t) { m.enable(t); }},
      {"fetch parts", how::parentheses, "FETCH 1 ", "", [](M& m, A t) { m.fetch("1", t); }, compat::p15, true},
      {"getacl", how::mailbox, "GETACL ", "", [](M& m, A t) { m.getacl(t); }},
      {"getannotation", how::as_it_is, "GETANNOTATION b ", " c", [](M& m, A t) { m.getannotation("b", t, "c"); }},
      {"getquota", how::quoted, "GETQUOTA ", "", [](M& m, A t) { m.getquota(t); }},
      {"getquotaroot", how::mailbox, "GETQUOTAROOT ", "", [](M& m, A t) { m.getquotaroot(t); }},
      {"list directory", how::mailbox, "LIST ", " *", [](M& m, A t) { m.list(t); }},
      {"list pattern", how::pattern, "LIST \"\" ", "", [](M& m, A t) { m.list("\"\"", t); }},
      {"lsub pattern", how::pattern, "LSUB \"\" ", "", [](M& m, A t) { m.lsub("\"\"", t); }},
      {"move mailbox", how::mailbox, "MOVE 1 ", "", [](M& m, A t) { m.move("1", t); }, p16, true},
      {"myrights", how::mailbox, "MYRIGHTS ", "", [](M& m, A t) { m.myrights(t); }},
      {"proxyauth", how::quoted, "PROXYAUTH ", "", [](M& m, A t) { m.proxyauth(t); }},
      {"rename from", how::mailbox, "RENAME ", " b", [](M& m, A t) { m.rename(t, "b"); }},
      {"rename to", how::mailbox, "RENAME a ", "", [](M& m, A t) { m.rename("a", t); }},
      {"search charset", how::quoted, "SEARCH CHARSET ", " ALL", [](M& m, A t) { m.search(t, bytes("ALL")); },
       compat::p15, true},
      {"search criteria", how::as_it_is, "SEARCH ", "", [](M& m, A t) { m.search(None, t); }, compat::p11, true},
      {"search value", how::secret, "SEARCH FROM ", "",
       [](M& m, A t) { m.search(None, "FROM ?", keywords().params({t})); }, p16, true},
      {"select", how::mailbox, "SELECT ", "", [](M& m, A t) { m.select(t); }},
      {"setacl who", how::quoted, "SETACL b ", " lr", [](M& m, A t) { m.setacl("b", t, "lr"); }},
      {"setacl rights", how::quoted, "SETACL b ann ", "", [](M& m, A t) { m.setacl("b", "ann", t); }},
      {"setannotation", how::as_it_is, "SETANNOTATION b ", "", [](M& m, A t) { m.setannotation("b", t); }},
      {"setquota root", how::quoted, "SETQUOTA ", " (STORAGE 5)", [](M& m, A t) { m.setquota(t, "(STORAGE 5)"); }},
      {"setquota limits", how::parentheses, "SETQUOTA \"\" ", "", [](M& m, A t) { m.setquota("\"\"", t); },
       compat::p15},
      {"sort criteria", how::parentheses, "SORT ", " UTF-8 ALL", [](M& m, A t) { m.sort(t, "UTF-8", "ALL"); },
       compat::p11, true},
      {"status mailbox", how::mailbox, "STATUS ", " (MESSAGES)", [](M& m, A t) { m.status(t, "(MESSAGES)"); }},
      {"status names", how::parentheses, "STATUS b ", "", [](M& m, A t) { m.status("b", t); }, compat::p15},
      {"store set", how::as_it_is, "STORE ", " FLAGS (a)", [](M& m, A t) { m.store(t, "FLAGS", "(a)"); }, compat::p11,
       true},
      {"store command", how::as_it_is, "STORE 1 ", " (a)", [](M& m, A t) { m.store("1", t, "(a)"); }, compat::p11,
       true},
      {"store flags", how::parentheses, "STORE 1 +FLAGS ", "", [](M& m, A t) { m.store("1", "+FLAGS", t); },
       compat::p11, true},
      {"subscribe", how::mailbox, "SUBSCRIBE ", "", [](M& m, A t) { m.subscribe(t); }},
      {"thread algorithm", how::as_it_is, "THREAD ", " UTF-8 ALL", [](M& m, A t) { m.thread(t, "UTF-8", "ALL"); },
       compat::p11, true},
      {"uid fetch set", how::as_it_is, "UID FETCH ", " (FLAGS)", [](M& m, A t) { m.uid("FETCH", t, "(FLAGS)"); },
       compat::p11, true},
      {"uid copy mailbox", how::mailbox, "UID COPY 1 ", "", [](M& m, A t) { m.uid("COPY", "1", t); }, compat::p11,
       true},
      {"unsubscribe", how::mailbox, "UNSUBSCRIBE ", "", [](M& m, A t) { m.unsubscribe(t); }},
      {"xatom", how::as_it_is, "XFOO ", "", [](M& m, A t) { m.xatom("xfoo", t); }},
  };
}

/// What the server reads where the text stands; throws its command_failure.
std::string read_text(how kind, std::vector<server_side::command_piece> pieces, std::size_t skip,
                      std::string_view behind) {
  pieces.front().text.erase(0, skip);
  server_side::arguments in(std::move(pieces));
  std::string text = kind == how::literal ? in.literal() : kind == how::pattern ? in.list_pattern() : in.astring();
  if (kind != how::literal && in.rest() != behind) server_side::fail_bad("something else behind it");
  return text;
}

/// Whether the text, or what a caller has put between quotes, is this name in modified UTF-7.
bool is_in_utf7(const std::string& got, std::string text) {
  const auto name = server_side::utf7_decode(got);
  if (!name || *name == text) return name.has_value();
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\\') text.erase(i, 1);
  return *name == text;
}

/// What is wrong with what was sent for this text; empty when nothing is.
std::string judge_octets(const method& m, compat profile, const argument& given, const std::string& sent) {
  auto octets = sent;
  server_end peer([](std::string_view) {}, [&octets] { return std::exchange(octets, {}); });
  peer.recorded = true;
  const auto seen = peer.next();
  if (!peer.wrong.empty()) return peer.wrong;
  if (!peer.left_over().empty()) return "more than one command";
  const auto& line = seen->pieces.front().text;
  const auto start = seen->head.tag + ' ' + m.before;
  const auto& text = given.text();
  if (m.kind != how::literal && seen->pieces.size() != (std::string_view(m.name).starts_with("append") ? 3U : 1U))
    return "another number of literals";
  // Nothing is changed where the caller writes the grammar; it may also have quoted the text itself.
  const auto is = [&](const std::string& whole) { return line == start + whole + m.behind; };
  if (is(text) && (m.kind == how::as_it_is || profile == compat::p11)) return {};
  if (m.kind == how::parentheses &&
      (is("(" + text + ")") || (text.starts_with('(') && text.ends_with(')') && is(text))))
    return {};
  if (m.kind != how::secret && text.size() > 1 && text.starts_with('"') && text.ends_with('"') && is(text)) return {};
  if (m.kind == how::as_it_is || m.kind == how::parentheses) return "another text: " + escape_for_display(line);
  if (!line.starts_with(start)) return "another command: " + escape_for_display(line);
  try {
    const auto got = read_text(m.kind, seen->pieces, start.size(), m.behind);
    const bool utf7 = (m.kind == how::mailbox || m.kind == how::pattern) && profile == compat::p16;
    if (got != text && !(utf7 && is_in_utf7(got, text))) return "the server read " + escape_for_display(got);
  } catch (const server_side::command_failure& f) {
    return "the server does not understand: " + f.text;
  }
  return {};
}

std::string judge(parsed_facade& client, const method& m, compat profile, const argument& given, bool& sent) {
  client.begin();
  std::string refusal;
  try {
    m.call(client, given);
  } catch (const std::exception& e) {
    refusal = e.what();
    if (refusal.empty()) return "refused without a word";
  }
  sent = !client.sent.empty();
  if (sent) return judge_octets(m, profile, given, client.sent);
  if (refusal.empty()) return "neither sent nor refused";
  const auto& text = given.text();
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return server_side::is_digit(c) || (server_side::ascii_lower(c) >= 'a' && server_side::ascii_lower(c) <= 'z');
  });
  return plain && given.what() == argument::kind::str ? "refused although it can be sent: " + refusal : std::string();
}

TEST(injection_facade, r20_methods_send_one_command_that_holds_the_text) {
  const auto all = methods();
  ASSERT_GE(all.size(), 40U);
  const auto strings = strings_per_place();
  std::size_t cases = 0;
  for (std::size_t at = 0; at < all.size(); ++at) {
    const auto& m = all[at];
    for (const auto profile : {compat::p11, compat::p15, compat::p16}) {
      if (profile < m.least) continue;
      std::size_t times_sent = 0;
      std::unique_ptr<parsed_facade> client;
      for (std::size_t n = 0; n < strings; ++n) {
        if (n % 50 == 0) client = std::make_unique<parsed_facade>(profile, m.logged_in, m.selected);
        const auto text = hostile_text(injection_seed + 1, at, n).make();
        // Python's append takes an empty argument for one that is not there.
        if (text.empty() && std::string_view(m.name).starts_with("append")) continue;
        // A str is ASCII, bytes are anything.
        const auto given = n % 2 == 0 ? argument(text) : argument(bytes(text));
        bool sent = false;
        const auto problem = judge(*client, m, profile, given, sent);
        ASSERT_EQ(problem, "") << m.name << ", profile " << static_cast<int>(profile) << ", hostile_text("
                               << injection_seed + 1 << ", " << at << ", " << n << "): \""
                               << escape_for_display(text.substr(0, 200)) << '"';
        times_sent += sent ? 1 : 0;
        ++cases;
      }
      EXPECT_GT(times_sent, strings / 20) << m.name;
      EXPECT_LT(times_sent, strings) << m.name;
    }
  }
  RecordProperty("texts", static_cast<int>(cases));
}

/// The texts go into a message in base64, which the server takes apart.
TEST(injection_facade, r20_log_ins_send_what_they_were_given) {
  for (const bool user : {true, false}) {
    parsed_facade client(compat::p16, false, false);
    for (std::size_t n = 0; n < strings_per_place(); ++n) {
      const auto text = hostile_text(injection_seed + 1, user ? 1000 : 1001, n).make();
      client.begin();
      std::string refusal;
      try {
        client.login_plain(user ? text : "ann", user ? "pw" : text);
      } catch (const std::exception& e) {
        refusal = e.what();
      }
      if (client.sent.empty()) {
        EXPECT_NE(refusal, "");
        EXPECT_NE(text.find('\0'), std::string::npos) << escape_for_display(text);
        continue;
      }
      std::string message = user ? std::string() : "ann";
      message.insert(0, 1, '\0');
      if (user) message += text;
      message += '\0';
      message += user ? "pw" : text;
      ASSERT_EQ(client.messages, std::vector<std::string>{message}) << escape_for_display(text);
      ASSERT_EQ(std::count(client.sent.begin(), client.sent.end(), '\n'), 2) << escape_for_display(client.sent);
    }
  }
}

}  // namespace
}  // namespace imapxx::threats
