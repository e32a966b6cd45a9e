#include "threats/injection_places.hpp"

#include <imapxx/commands.hpp>
#include <imapxx/commands/quota.hpp>
#include <imapxx/sasl.hpp>

#include "../testserver/src/commands.hpp"
#include "../testserver/src/fetch_items.hpp"
#include "../testserver/src/sasl.hpp"
#include "../testserver/src/search_program.hpp"
#include "../testserver/src/text.hpp"

#include <gsasl.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>

namespace imapxx::threats {
namespace {

using std::string;
using args = server_side::arguments;
using reader = std::function<string(server_end&, server_end::command&, const string&)>;
using maker = std::function<place::made(const string&)>;

template <class C>
place::made made(C cmd) {
  return std::unique_ptr<command>(std::make_unique<C>(std::move(cmd)));
}

void require(bool good, const char* what) {
  if (!good) server_side::fail_bad(what);
}

// --- readers

template <class Read>
reader plainly(const Read& read) {
  return [read](server_end&, server_end::command& c, const string&) { return read(c.arguments); };
}

string an_astring(args& a) { return a.astring(); }

/// The text is one of several words; the others are known.
reader astring_among(std::initializer_list<const char*> before, std::initializer_list<const char*> behind) {
  return plainly([before = std::vector<string>(before.begin(), before.end()),
                  behind = std::vector<string>(behind.begin(), behind.end())](args& a) {
    for (const auto& word : before) {
      require(a.astring() == word, "another word in front");
      a.space();
    }
    auto text = a.astring();
    for (const auto& word : behind) {
      a.space();
      require(a.astring() == word, "another word behind");
    }
    return text;
  });
}

string one_flag(args& a) {
  a.expect('(');
  auto name = a.word("(){%*\"]");
  a.expect(')');
  return name;
}

string set_then_astring(args& a) {
  (void)a.sequence_set();
  a.space();
  return a.astring();
}

string list_reference(args& a) {
  auto text = a.astring();
  a.space();
  require(a.list_pattern() == "*", "another pattern");
  return text;
}

string list_pattern(args& a) {
  require(a.astring().empty(), "another reference");
  a.space();
  return a.list_pattern();
}

string second_pattern(args& a) {
  require(a.astring().empty(), "another reference");
  a.space();
  a.expect('(');
  require(a.list_pattern() == "a", "another pattern");
  a.space();
  auto text = a.list_pattern();
  a.expect(')');
  return text;
}

string status_mailbox(args& a) {
  auto name = a.astring();
  a.space();
  require(server_side::read_status_items(offline_session(), a) == std::vector<string>{"MESSAGES"}, "other items");
  return name;
}

string stored_flag(args& a) {
  (void)a.sequence_set();
  a.space();
  require(a.atom().find("FLAGS") != string::npos, "no FLAGS");
  a.space();
  return one_flag(a);
}

string appended_flag(args& a) {
  require(a.astring() == "b", "another mailbox");
  a.space();
  auto name = one_flag(a);
  a.space();
  require(a.literal() == "x", "another message");
  return name;
}

string appended_message(args& a) {
  require(a.astring() == "b", "another mailbox");
  a.space();
  return a.literal();
}

string append_mailbox(args& a) {
  auto name = a.astring();
  a.space();
  require(a.literal() == "x", "another message");
  return name;
}

string special_use(args& a) {
  require(a.astring() == "b", "another mailbox");
  a.space();
  a.expect('(');
  require(a.atom() == "USE", "no USE");
  a.space();
  auto use = one_flag(a);
  a.expect(')');
  return use;
}

/// Behind the words of a search key its text, and nothing more; `known`: the server has this key.
reader search_text(std::initializer_list<const char*> words, bool known = true, const char* behind = nullptr) {
  return plainly([words = std::vector<string>(words.begin(), words.end()), known, behind](args& a) {
    string charset;
    auto probe = a;
    if (probe.atom() == "CHARSET") {
      probe.space();
      charset = probe.astring();
      probe.space();
      a = probe;
    }
    if (known) {
      auto whole = a;
      require(server_side::read_search(offline_session(), whole, charset).children.size() == 1, "more than one key");
    }
    for (const auto& word : words) {
      require(a.astring() == word, "another key");
      a.space();
    }
    auto text = a.astring();
    if (behind != nullptr) {
      a.space();
      require(a.astring() == behind, "another text");
    }
    require(server_side::has_8bit(text) == (charset == "UTF-8"), "charset");
    return text;
  });
}

string modseq_flag(args& a) {
  auto whole = a;
  (void)server_side::read_search(offline_session(), whole, {});
  require(a.atom() == "MODSEQ", "another key");
  a.space();
  auto entry = a.string();
  require(entry.starts_with("/flags/"), "another entry");
  a.space();
  require(a.atom() == "all", "another type");
  a.space();
  require(a.number() == 5, "another number");
  return entry.substr(7);
}

string header_field(args& a) {
  (void)a.sequence_set();
  a.space();
  auto whole = a;
  require(server_side::read_fetch_items(whole).size() == 2, "other items");
  a.expect('(');
  require(a.word("(){%*\"\\[]<") == "UID", "no UID");
  a.space();
  require(a.word("(){%*\"\\[]<") == "BODY.PEEK", "no section");
  a.expect('[');
  require(a.word("(){%*\"\\[]") == "HEADER.FIELDS", "no fields");
  a.space();
  a.expect('(');
  auto name = a.astring();
  for (const char c : {')', ']', ')'}) a.expect(c);
  return name;
}

string fetch_item_name(args& a) {
  (void)a.sequence_set();
  a.space();
  a.expect('(');
  require(a.word("(){%*\"\\") == "UID", "no UID");
  a.space();
  auto name = a.word("(){%*\"\\");
  a.expect(')');
  return name;
}

string joined(const std::vector<string>& names) {
  string all;
  for (const auto& n : names) all += server_side::to_upper(n) + '\n';
  return all;
}

/// Sections are understood, and written anew: the names of the fields must be the same.
string section_fields(args& a) {
  (void)a.sequence_set();
  a.space();
  const auto items = server_side::read_fetch_items(a);
  require(items.size() == 2 && items.back().what == server_side::fetch_item::kind::section, "other items");
  return joined(items.back().section.fields);
}

string fields_section(const string& names) { return "HEADER.FIELDS (" + names + ")"; }

string id_field(args& a) {
  a.expect('(');
  auto name = a.string();
  a.space();
  bool null = false;
  require(a.nstring(null) == "v" && !null, "another value");
  a.expect(')');
  return name;
}

string id_value(args& a) {
  a.expect('(');
  require(a.string() == "name", "another field");
  a.space();
  bool null = false;
  auto value = a.nstring(null);
  require(!null, "NIL");
  a.expect(')');
  return value;
}

// --- AUTHENTICATE, with the server's own mechanisms

struct users final : server_side::sasl_users {
  explicit users(string p) : password(std::move(p)) {}
  std::optional<string> password_of(const string& name) const override {
    asked_for = name;
    return password;
  }
  bool accepts_token(const string& name, const string& given) const override {
    asked_for = name;
    token = given;
    return true;
  }
  string password;
  mutable string asked_for, token;
};

struct log_in {
  std::vector<string> messages;  ///< of the client, decoded
  string user, token;
  bool done = false;
};

string decoded(const string& line) {
  const auto data = server_side::base64_decode(line);
  require(data.has_value(), "no base64");
  return *data;
}

/// As cmd_authenticate does it. The client's messages come one a line.
log_in exchange(server_end& peer, server_end::command& c, const string& password, std::size_t most = 9) {
  const auto mechanism = c.arguments.atom();
  const users known(password);
  const server_side::channel_binding binding;
  auto sasl = server_side::sasl_exchange::create(mechanism, known, binding);
  require(sasl != nullptr, "unknown mechanism");
  log_in seen;
  std::optional<string> message;
  if (c.arguments.accept_space()) {
    const auto text = c.arguments.rest();
    message = text == "=" ? string() : decoded(text);
  }
  const auto ask = [&](const string& challenge) {
    peer.say("+ " + server_side::base64_encode(challenge) + "\r\n");
    message = decoded(peer.line());
  };
  if (!message && sasl->client_first()) ask("");
  for (string output;;) {
    if (message) seen.messages.push_back(*message);
    const auto r = sasl->step(message.value_or(string()), output);
    seen.done = r == server_side::sasl_exchange::result::done;
    if (r != server_side::sasl_exchange::result::more || seen.messages.size() == most) break;
    ask(output);
  }
  seen.user = known.asked_for;
  seen.token = known.token;
  return seen;
}

/// `password`: what the server knows, as a function of the text.
place authenticated(const char* name, permits what, const char* mechanism,
                    const std::function<credentials(const string&)>& who,
                    const std::function<string(const log_in&)>& read,
                    const std::function<string(const string&)>& password = nullptr, std::size_t most = 9) {
  place p{name, "AUTHENTICATE", what, nullptr, nullptr, situation::greeted};
  p.make = [=](const string& text) -> place::made {
    sasl_context context;
    context.host = "mail.example.org";
    auto m = make_mechanism(mechanism, who(text).allow_plaintext(), context);
    if (!m) return m.error();
    return made(std::move(authenticate(std::move(*m)).allow_plaintext()));
  };
  p.read = [=](server_end& peer, server_end::command& c, const string& text) {
    return read(exchange(peer, c, password ? password(text) : "pw", most));
  };
  return p;
}

string same(const string& text) { return text; }

/// What is left of a name behind SASLprep (RFC 4013), which these mechanisms demand.
string prepared(const string& text) {
  char* out = nullptr;
  if (::gsasl_saslprep(text.c_str(), GSASL_ALLOW_UNASSIGNED, &out, nullptr) != GSASL_OK) return text;
  string name(out);
  ::gsasl_free(out);
  return name;
}

/// Other names and passwords the server may refuse, since it prepares them (RFC 4013).
bool printable(const string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// What stands in front of the n-th NUL of PLAIN's message (RFC 4616): there are two.
std::function<string(const log_in&)> part_of_plain(std::size_t n) {
  return [n](const log_in& seen) {
    require(seen.messages.size() == 1, "more than one message");
    const auto& m = seen.messages.front();
    require(std::count(m.begin(), m.end(), '\0') == 2, "NULs");
    std::vector<string> parts(3);
    std::size_t at = 0;
    for (const char c : m) c == '\0' ? void(++at) : parts[at].push_back(c);
    require(n == 0 || seen.done || !printable(parts[n]), "the server's mechanism does not let the user in");
    return parts[n];
  };
}

std::vector<place> log_ins() {
  const auto user = [](const string& t) { return credentials(t, secret("pw")); };
  const auto word = [](const string& t) { return credentials("ann", secret(t)); };
  const auto token_user = [](const string& t) { return credentials::with_token(t, secret("tok")); };
  const auto token = [](const string& t) { return credentials::with_token("ann", secret(t)); };
  const auto acting = [](const string& t) { return std::move(credentials("ann", secret("pw")).authorize_as(t)); };
  const auto seen_user = [](const log_in& l) {
    require(l.done, "the server's mechanism does not let the user in");
    return l.user;
  };
  const auto seen_token = [](const log_in& l) { return l.token; };
  const auto first = [](const log_in& l) { return l.messages.empty() ? string() : l.messages.front(); };
  const auto second = [](const log_in& l) {
    require(l.messages.size() == 2, "two messages");
    require(l.done || !printable(l.messages.back()), "the server's mechanism does not let the user in");
    return l.messages.back();
  };
  std::vector<place> all = {
      {"LOGIN user", "LOGIN", permits::octets,
       [](const string& t) { return made(std::move(login(t, secret("pw")).allow_plaintext())); },
       astring_among({}, {"pw"}), situation::greeted},
      {"LOGIN password", "LOGIN", permits::octets,
       [](const string& t) { return made(std::move(login("ann", secret(t)).allow_plaintext())); },
       astring_among({"ann"}, {}), situation::greeted},
      authenticated("PLAIN identity to act as", permits::octets, "PLAIN", acting, part_of_plain(0)),
      authenticated("PLAIN user", permits::word, "PLAIN", user, part_of_plain(1)),
      authenticated("PLAIN password", permits::word, "PLAIN", word, part_of_plain(2), same),
      authenticated("LOGIN mechanism user", permits::word, "LOGIN", user, first),
      authenticated("LOGIN mechanism password", permits::word, "LOGIN", word, second, same),
      authenticated("XOAUTH2 user", permits::word, "XOAUTH2", token_user, seen_user),
      authenticated("XOAUTH2 token", permits::word, "XOAUTH2", token, seen_token),
      authenticated("OAUTHBEARER user", permits::word, "OAUTHBEARER", token_user, seen_user),
      authenticated("OAUTHBEARER token", permits::word, "OAUTHBEARER", token, seen_token),
      authenticated("CRAM-MD5 user", permits::word, "CRAM-MD5", user, seen_user),
      authenticated(
          "SCRAM-SHA-256 user", permits::word, "SCRAM-SHA-256", user, [](const log_in& l) { return l.user; }, nullptr,
          1),
      authenticated("ANONYMOUS trace", permits::word, "ANONYMOUS", user, first),
      authenticated("EXTERNAL identity", permits::word, "EXTERNAL", user, first),
  };
  for (auto& p : all) {
    if (string(p.name).starts_with("SCRAM") || string(p.name).starts_with("CRAM")) p.expected = prepared;
  }
  return all;
}

// --- names of mailboxes

/// What the server makes of a name on the wire: modified UTF-7 (RFC 3501 section 5.1.3).
reader mailbox(string (*read)(args&)) {
  return plainly([read](args& a) {
    const auto name = server_side::utf7_decode(read(a));
    require(name.has_value(), "no modified UTF-7");
    return *name;
  });
}

template <class Read>
reader mailbox(const Read& read) {
  return [read](server_end& peer, server_end::command& c, const string& text) {
    const auto name = server_side::utf7_decode(read(peer, c, text));
    require(name.has_value(), "no modified UTF-7");
    return *name;
  };
}

std::vector<place> mailboxes() {
  const auto all_of = permits::text;
  return {
      {"SELECT", "SELECT", all_of, [](const string& t) { return made(select(t)); }, mailbox(an_astring)},
      {"SELECT of a server's name", "SELECT", permits::octets,
       [](const string& t) { return made(select(mailbox_name::from_wire(t))); }, plainly(an_astring)},
      {"EXAMINE", "EXAMINE", all_of, [](const string& t) { return made(examine(t)); }, mailbox(an_astring)},
      {"CREATE", "CREATE", all_of, [](const string& t) { return made(create(t)); }, mailbox(an_astring)},
      {"CREATE with UTF-8", "CREATE", all_of, [](const string& t) { return made(create(t)); }, plainly(an_astring),
       situation::utf8},
      {"DELETE", "DELETE", all_of, [](const string& t) { return made(delete_mailbox(t)); }, mailbox(an_astring)},
      {"RENAME from", "RENAME", all_of, [](const string& t) { return made(rename(t, "b")); },
       mailbox(astring_among({}, {"b"}))},
      {"RENAME to", "RENAME", all_of, [](const string& t) { return made(rename("a", t)); },
       mailbox(astring_among({"a"}, {}))},
      {"SUBSCRIBE", "SUBSCRIBE", all_of, [](const string& t) { return made(subscribe(t)); }, mailbox(an_astring)},
      {"UNSUBSCRIBE", "UNSUBSCRIBE", all_of, [](const string& t) { return made(unsubscribe(t)); }, mailbox(an_astring)},
      {"LIST reference", "LIST", all_of, [](const string& t) { return made(list(t, "*")); }, mailbox(list_reference)},
      {"LIST pattern", "LIST", all_of, [](const string& t) { return made(list("", t)); }, mailbox(list_pattern)},
      {"LIST second pattern", "LIST", all_of, [](const string& t) { return made(std::move(list("", "a").pattern(t))); },
       mailbox(second_pattern)},
      {"LIST pattern with UTF-8", "LIST", all_of, [](const string& t) { return made(list("", t)); },
       plainly(list_pattern), situation::utf8},
      {"LSUB reference", "LSUB", all_of, [](const string& t) { return made(lsub(t, "*")); }, mailbox(list_reference)},
      {"LSUB pattern", "LSUB", all_of, [](const string& t) { return made(lsub("", t)); }, mailbox(list_pattern)},
      {"STATUS", "STATUS", all_of, [](const string& t) { return made(status(t, status_items().messages())); },
       mailbox(status_mailbox)},
      {"APPEND mailbox", "APPEND", all_of, [](const string& t) { return made(append(t, "x")); },
       mailbox(append_mailbox)},
      {"UID COPY", "UID COPY", all_of, [](const string& t) { return made(copy(uid_set(1), t)); },
       mailbox(set_then_astring)},
      {"COPY", "COPY", all_of, [](const string& t) { return made(copy(seq_set(1), t)); }, mailbox(set_then_astring)},
      {"UID MOVE", "UID MOVE", all_of, [](const string& t) { return made(imapxx::move(uid_set(1), t)); },
       mailbox(set_then_astring)},
      {"MOVE", "MOVE", all_of, [](const string& t) { return made(imapxx::move(seq_set(1), t)); },
       mailbox(set_then_astring)},
      {"GETQUOTAROOT", "GETQUOTAROOT", all_of, [](const string& t) { return made(getquotaroot(t)); },
       mailbox(an_astring)},
  };
}

// --- everything else

place search_place(const char* name, search_key (*key)(std::string_view), std::initializer_list<const char*> words,
                   bool known = true) {
  return {name, "UID SEARCH", permits::text, [key](const string& t) { return made(uid_search(key(t))); },
          search_text(words, known)};
}

std::vector<place> searches() {
  return {
      search_place("SEARCH BCC", &search_key::bcc, {"BCC"}),
      search_place("SEARCH BODY", &search_key::body, {"BODY"}),
      search_place("SEARCH CC", &search_key::cc, {"CC"}),
      search_place("SEARCH FROM", &search_key::from, {"FROM"}),
      search_place("SEARCH SUBJECT", &search_key::subject, {"SUBJECT"}),
      search_place("SEARCH TEXT", &search_key::text, {"TEXT"}),
      search_place("SEARCH TO", &search_key::to, {"TO"}),
      search_place("SEARCH X-GM-RAW", &search_key::gm_raw, {"X-GM-RAW"}, false),
      {"SEARCH NOT SUBJECT", "SEARCH", permits::text,
       [](const string& t) { return made(imapxx::search(!search_key::subject(t))); }, search_text({"NOT", "SUBJECT"})},
      {"SEARCH HEADER name", "UID SEARCH", permits::word,
       [](const string& t) { return made(uid_search(search_key::header(t, "v"))); },
       search_text({"HEADER"}, true, "v")},
      {"SEARCH HEADER value", "UID SEARCH", permits::text,
       [](const string& t) { return made(uid_search(search_key::header("X-A", t))); }, search_text({"HEADER", "X-A"})},
      {"SEARCH KEYWORD", "SEARCH", permits::word,
       [](const string& t) { return made(imapxx::search(search_key::keyword(t))); }, search_text({"KEYWORD"})},
      {"SEARCH UNKEYWORD", "SEARCH", permits::word,
       [](const string& t) { return made(imapxx::search(search_key::unkeyword(t))); }, search_text({"UNKEYWORD"})},
      {"SEARCH EMAILID", "UID SEARCH", permits::word,
       [](const string& t) { return made(uid_search(search_key::emailid(t))); }, search_text({"EMAILID"}, false)},
      {"SEARCH MODSEQ flag", "UID SEARCH", permits::word,
       [](const string& t) { return made(uid_search(search_key::modseq(5, t))); }, plainly(modseq_flag)},
  };
}

std::vector<place> the_rest() {
  return {
      {"APPEND flag", "APPEND", permits::word,
       [](const string& t) { return made(std::move(append("b", "x").flags(flag_list::of(t)))); },
       plainly(appended_flag)},
      {"APPEND message", "APPEND", permits::message, [](const string& t) { return made(append("b", t)); },
       plainly(appended_message)},
      {"STORE flag", "UID STORE", permits::word,
       [](const string& t) { return made(store(uid_set(1), store_mode::add, flag_list::of(t))); },
       plainly(stored_flag)},
      {"STORE instead", "STORE", permits::word,
       [](const string& t) { return made(store(seq_set(1), store_mode::replace, flag_list::of(t))); },
       plainly(stored_flag)},
      {"CREATE use", "CREATE", permits::word,
       [](const string& t) { return made(std::move(create("b").use("\\" + t))); }, plainly(special_use),
       situation::selected, [](const string& t) { return "\\" + t; }},
      {"FETCH header field", "UID FETCH", permits::word,
       [](const string& t) { return made(fetch(uid_set(1), fetch_items().uid().header_fields(t))); },
       plainly(header_field)},
      {"FETCH item", "UID FETCH", permits::word,
       [](const string& t) { return made(fetch(uid_set(1), fetch_items().uid().item(t))); }, plainly(fetch_item_name)},
      {"FETCH section", "UID FETCH", permits::nothing,
       [](const string& t) { return made(fetch(uid_set(1), fetch_items().uid().body_section(fields_section(t)))); },
       plainly(section_fields), situation::selected,
       [](const string& t) { return joined(section::parse(fields_section(t)).fields); }},
      {"ID field", "ID", permits::few_words, [](const string& t) { return made(std::move(id().field(t, "v"))); },
       plainly(id_field)},
      {"ID value", "ID", permits::few_words, [](const string& t) { return made(std::move(id().field("name", t))); },
       plainly(id_value)},
      {"ENABLE", "ENABLE", permits::word, [](const string& t) { return made(enable(t)); },
       plainly([](args& a) { return a.atom(); })},
      {"GETQUOTA", "GETQUOTA", permits::octets, [](const string& t) { return made(getquota(t)); }, plainly(an_astring)},
  };
}

}  // namespace

bool must_be_sent(permits what, std::string_view text) {
  const auto alnum = [](char c) {
    return server_side::is_digit(c) || (server_side::ascii_lower(c) >= 'a' && server_side::ascii_lower(c) <= 'z');
  };
  const bool words = !text.empty() && std::all_of(text.begin(), text.end(), alnum);
  const bool one_line = !text.empty() && text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
  switch (what) {
    case permits::octets: return one_line;
    case permits::text: return one_line && server_side::valid_utf8(text);
    case permits::word: return words;
    case permits::few_words: return words && text.size() <= 30;
    case permits::message: return !text.empty();
    case permits::nothing: return false;
  }
  return false;
}

const std::vector<place>& injection_places() {
  static const std::vector<place> all = [] {
    std::vector<place> out;
    for (auto* part : {&log_ins, &mailboxes, &searches, &the_rest})
      for (auto& p : part()) out.push_back(std::move(p));
    return out;
  }();
  return all;
}

std::unique_ptr<wire_session> client_in(situation where, std::string_view literals) {
  const string caps =
      "IMAP4rev1 ENABLE ID MOVE UIDPLUS QUOTA LIST-EXTENDED X-GM-EXT-1 BINARY WITHIN CONDSTORE OBJECTID "
      "CREATE-SPECIAL-USE SASL-IR UTF8=ACCEPT AUTH=PLAIN " +
      string(literals);
  auto s = std::make_unique<wire_session>();
  if (where == situation::greeted) {
    s->feed("* OK [CAPABILITY " + caps + "] hi\r\n");
    return s;
  }
  s->authenticated(caps);
  if (where == situation::utf8) {
    s->submit(enable("UTF8=ACCEPT"));
    const auto sent = s->output();
    s->feed("* ENABLED UTF8=ACCEPT\r\n" + sent.substr(0, sent.find(' ')) + " OK done\r\n");
  }
  s->submit(select("INBOX"));
  const auto sent = s->output();
  s->feed("* 10 EXISTS\r\n" + sent.substr(0, sent.find(' ')) + " OK [READ-WRITE] done\r\n");
  return s;
}

bool same_argument(const place& p, const string& given, const string& got) {
  const auto due = p.expected ? p.expected(given) : given;
  return got == due || (server_side::iequals(due, "INBOX") && server_side::iequals(got, "INBOX"));
}

}  // namespace imapxx::threats
