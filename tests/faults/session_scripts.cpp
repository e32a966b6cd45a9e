#include "faults/session_scripts.hpp"

#include <imapxx/commands/namespace.hpp>
#include <imapxx/commands/quota.hpp>
#include <imapxx/commands/starttls.hpp>

#include "threats/wire_session.hpp"

#include <sstream>

namespace imapxx::faults {
namespace {

using threats::wire_session;

// Everything is looked at, so that the allocations of traces and of events take part.
class watcher final : public observer {
 public:
  void on_mailbox_event(const mailbox_event&) override {}
  void on_unparsed(const unparsed_item& u) override { last = u.reason; }
  void on_trace(trace_direction, std::string_view text) override { last = text; }
  [[nodiscard]] bool wants_trace() const noexcept override { return true; }
  std::string last;
};

session_options watched(watcher& w) {
  session_options o;
  o.observe(&w).track_uids();
  return o;
}

std::string tag_of(const std::string& sent) { return sent.substr(0, sent.find(' ')); }

// Sends a command and answers it.
template <class C>
void exchange(wire_session& s, C cmd, const std::string& data, const std::string& status = "OK done") {
  s.submit(std::move(cmd));
  const auto sent = s.output();
  s.feed(data + tag_of(sent) + " " + status + "\r\n");
}

void log_in_with_dialogue() {
  watcher w;
  wire_session s(watched(w));
  s.feed("* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2 AUTH=PLAIN SASL-IR] ready\r\n");
  s.protocol.set_tls(true);
  const auto try_with = [&s](const char* mechanism, const credentials& who) {
    auto made = make_mechanism(mechanism, who, sasl_context());
    if (!made) return;
    s.submit(authenticate(std::move(*made)));
    const auto sent = s.output();
    s.feed("+ eyJzdGF0dXMiOiI0MDAifQ==\r\n");
    (void)s.output();
    s.feed(tag_of(sent) + " NO [AUTHENTICATIONFAILED] sorry\r\n");
  };
  try_with("XOAUTH2", credentials("ann", secret("token")));
  exchange(s, login("ann", secret("pass word\r\n with breaks")), "+ go\r\n", "NO wrong");
  exchange(s, login("ann", secret("right")), "", "OK [CAPABILITY IMAP4rev1 IDLE ID ENABLE] in");
  exchange(s, id().field("name", "imapxx"), "* ID (\"name\" \"srv\" \"version\" NIL)\r\n");
  exchange(s, capability(), "* CAPABILITY IMAP4rev1 IDLE ID ENABLE\r\n");
}

void starttls_forgets() {
  watcher w;
  wire_session s(watched(w));
  s.feed("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n");
  exchange(s, starttls(), "");
  (void)s.protocol.tls_started();
  exchange(s, capability(), "* CAPABILITY IMAP4rev1 IMAP4rev2\r\n");
}

void idle_with_changes() {
  watcher w;
  wire_session s(watched(w));
  s.selected("IMAP4rev1 IDLE", 4);
  const auto id = s.submit(imapxx::idle());
  const auto sent = s.output();
  s.feed("+ idling\r\n* 5 EXISTS\r\n* 2 EXPUNGE\r\n* 3 FETCH (UID 9 FLAGS (\\Seen $x))\r\n* VANISHED 7:8\r\n");
  s.protocol.end_idle(id);
  (void)s.output();
  s.feed("* 6 EXISTS\r\n" + tag_of(sent) + " OK done\r\n");
}

const char* const two_bodies =
    "* 1 FETCH (UID 11 BODY[TEXT] {12}\r\nhello world!)\r\n* 2 FETCH (BODY[TEXT] \"quoted\" UID 12)\r\n"
    "* 3 FETCH (BODY[TEXT] {3}\r\nabc UID 13 FLAGS (\\Seen))\r\n* 4 FETCH (UID 14 BODY[TEXT] NIL)\r\n";

void streamed_bodies() {
  watcher w;
  wire_session s(watched(w));
  s.selected();
  s.submit(fetch(uid_set::all(), fetch_items().uid().flags().body_peek("TEXT")), true);
  const auto sent = s.output();
  s.feed(two_bodies + tag_of(sent) + " OK done\r\n");
}

void bodies_to_a_sink() {
  wire_session s;
  s.selected();
  std::string got;  // a stream would keep a failure to itself
  s.submit(std::move(fetch(uid_set::all(), fetch_items().uid().body_peek("TEXT"))
                         .to(sink_to([&got](const body_info&, std::string_view octets) {
                           got += octets;
                           return true;
                         }))));
  const auto sent = s.output();
  s.feed(two_bodies + tag_of(sent) + " OK done\r\n");
}

void pipelined() {
  watcher w;
  wire_session s(watched(w));
  s.authenticated("IMAP4rev1 LITERAL+ ESEARCH");
  s.submit(select("INBOX"));
  s.submit(uid_search(search_key::all() && !search_key::subject("tea")));
  s.submit(fetch(uid_set::range(1, 5), fetch_items().envelope().bodystructure()));
  s.submit(status("Sent", status_items().messages().uidnext()));
  s.submit(noop());
  std::string tags = s.output();
  s.feed("* 3 EXISTS\r\n" + tag_of(tags) + " OK [READ-WRITE] ok\r\n");
  for (int i = 0; i < 6; ++i) {
    tags = s.output();
    for (std::size_t at = 0; at < tags.size();) {
      const auto end = tags.find("\r\n", at);
      s.feed("* SEARCH 1 2 3\r\n* STATUS Sent (MESSAGES 3 UIDNEXT 9)\r\n");
      s.feed(tag_of(tags.substr(at, end - at)) + " OK done\r\n");
      at = end + 2;
    }
  }
}

void messages_with_structure() {
  wire_session s;
  s.selected();
  s.submit(fetch(seq_set(1), fetch_items().envelope().bodystructure().flags().internaldate().rfc822_size()));
  const auto sent = s.output();
  s.feed(
      "* 1 FETCH (FLAGS (\\Seen) INTERNALDATE \"17-Jul-2026 02:44:25 -0700\" RFC822.SIZE 4286 ENVELOPE (\"Wed, 17 Jul "
      "1996 02:23:25 -0700 (PDT)\" {7}\r\nsubject ((\"Terry Gray\" NIL \"gray\" \"cac.example\")) NIL NIL ((NIL NIL "
      "\"imap\" \"cac.example\")) NIL NIL \"<a@b>\" \"<c@d>\") BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" (\"CHARSET\" "
      "\"US-ASCII\") NIL NIL \"7BIT\" 1152 23)(\"IMAGE\" \"PNG\" (\"NAME\" \"a.png\") \"<x@y>\" \"pic\" \"BASE64\" "
      "4554) \"MIXED\" (\"BOUNDARY\" \"b\") (\"attachment\" (\"filename\" \"f\")) (\"de\" \"en\") \"loc\"))\r\n" +
      tag_of(sent) + " OK done\r\n");
  for (auto& [id, done] : s.finished) {
    auto* f = dynamic_cast<fetch*>(done.get());
    if (f == nullptr) continue;
    auto rows = f->take_result();
    for (std::size_t i = 0; i < rows.size(); ++i) (void)rows[i].to_data();
  }
}

void mailboxes_and_quota() {
  watcher w;
  wire_session s(watched(w));
  s.authenticated("IMAP4rev1 NAMESPACE QUOTA LIST-EXTENDED LIST-STATUS ENABLE UTF8=ACCEPT");
  exchange(s, list("", "%"),
           "* LIST (\\HasChildren) \"/\" {5}\r\na b c\r\n* LIST (\\Noselect) NIL \"&AOk-\"\r\n* LIST () \"/\" x "
           "(\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n");
  exchange(s, namespace_list(), "* NAMESPACE ((\"\" \"/\")) NIL ((\"#shared/\" \"/\" \"X-P\" (\"a\" \"b\")))\r\n");
  exchange(s, getquotaroot("INBOX"), "* QUOTAROOT INBOX \"\" x\r\n* QUOTA \"\" (STORAGE 10 512)\r\n");
  exchange(s, enable("UTF8=ACCEPT"), "* ENABLED UTF8=ACCEPT\r\n");
  exchange(s, create("caf\xc3\xa9"), "", "NO [ALREADYEXISTS] there");
  exchange(s, select("caf\xc3\xa9"), "* 1 EXISTS\r\n* FLAGS (\\Seen a b)\r\n* OK [UIDVALIDITY 7] ok\r\n");
}

void message_with_a_literal() {
  wire_session s;
  s.authenticated();
  std::istringstream body(std::string(200'000, 'm'));
  s.submit(append("Sent", source_from_stream(body, 200'000)));
  auto sent = s.output();
  const auto tag = tag_of(sent);
  s.feed("+ go\r\n");
  (void)s.output();
  s.feed("* 1 EXISTS\r\n" + tag + " OK [APPENDUID 7 99] stored\r\n");
  exchange(s, append("Sent", std::string("x\r\n\r\ny")), "", "NO [TRYCREATE] no");
}

void copies_and_removals() {
  watcher w;
  wire_session s(watched(w));
  s.selected("IMAP4rev1 UIDPLUS MOVE CONDSTORE QRESYNC", 10);
  exchange(s, copy(uid_set::range(1, 5), "b"), "", "OK [COPYUID 7 1:5 101:105] ok");
  exchange(s, imapxx::move(uid_set(3), "b"), "* OK [COPYUID 7 3 103] moved\r\n* 3 EXPUNGE\r\n");
  exchange(s, store(uid_set(1), store_mode::add, flag_list(flags::deleted)), "* 1 FETCH (UID 1 FLAGS (\\Deleted))\r\n");
  exchange(s, expunge(), "* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n* VANISHED (EARLIER) 7:9,12\r\n");
}

void malformed() {
  watcher w;
  wire_session s(watched(w));
  s.selected();
  s.submit(fetch(uid_set::all(), fetch_items().uid().envelope()));
  const auto sent = s.output();
  s.feed(
      "* 1 FETCH (UID 1 ENVELOPE (((broken)\r\n* LIST garbage\r\n* 99999999999 EXISTS\r\n* WHAT {3}\r\nabc (x)\r\n"
      "* STATUS x (MESSAGES -1)\r\n* SEARCH 1 a 2\r\n+ stray\r\nx99 OK stray\r\n* OK [ALERT] look\r\n" +
      tag_of(sent) + " BAD [CLIENTBUG] what\r\n");
}

void ends_in_the_middle() {
  watcher w;
  wire_session s(watched(w));
  s.selected();
  s.submit(fetch(uid_set::all(), fetch_items().body_peek("")));
  s.submit(noop());
  s.submit(create("x"));
  (void)s.output();
  s.feed("* 1 FETCH (BODY[] {1000}\r\nonly a part");
  s.feed(std::string(500, 'x') + "\r\n* BYE");
  s.end();
}

void says_goodbye() {
  watcher w;
  wire_session s(watched(w));
  s.selected();
  s.submit(noop());
  s.submit(create("x"));
  (void)s.output();
  s.feed("* BYE [UNAVAILABLE] going down\r\n");
}

void given_up() {
  watcher w;
  wire_session s(watched(w));
  s.selected();
  const auto first = s.submit(fetch(uid_set::all(), fetch_items().body_peek("")), true);
  const auto second = s.submit(noop());
  const auto sent = s.output();
  s.feed("* 1 FETCH (BODY[] {10}\r\n12345");
  s.protocol.abandon(first);
  s.protocol.abandon(second);
  s.feed("67890)\r\n" + tag_of(sent) + " OK done\r\n");
  const auto idling = s.submit(imapxx::idle());
  const auto more = s.output();
  s.protocol.abandon(idling);
  (void)s.output();
  s.feed("+ x\r\n");
  (void)s.output();
  s.feed(tag_of(more) + " OK done\r\n");
}

void expires() {
  wire_session s;
  s.selected();
  s.submit(noop());
  s.submit(check());
  (void)s.output();
  s.protocol.expire(error(errc::timeout, "the clock said so"));
  s.collect();
}

}  // namespace

const std::vector<session_script>& session_scripts() {
  static const std::vector<session_script> all = {{"log in with dialogue", &log_in_with_dialogue},
                                                  {"starttls", &starttls_forgets},
                                                  {"idle", &idle_with_changes},
                                                  {"streamed bodies", &streamed_bodies},
                                                  {"bodies to a sink", &bodies_to_a_sink},
                                                  {"pipelined", &pipelined},
                                                  {"messages with structure", &messages_with_structure},
                                                  {"mailboxes and quota", &mailboxes_and_quota},
                                                  {"message with a literal", &message_with_a_literal},
                                                  {"copies and removals", &copies_and_removals},
                                                  {"malformed", &malformed},
                                                  {"ends in the middle", &ends_in_the_middle},
                                                  {"goodbye", &says_goodbye},
                                                  {"given up", &given_up},
                                                  {"expires", &expires}};
  return all;
}

}  // namespace imapxx::faults
