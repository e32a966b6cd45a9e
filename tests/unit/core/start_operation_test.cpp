// Start-up in few flights: what leaves together, and what becomes of it when something was wrong.
#include "core/start_operation.hpp"

#include "core/append_operation.hpp"
#include "core/session_gate.hpp"
#include "unit/core/answering.hpp"
#include "unit/core/session_harness.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace imapxx::core {
namespace {

credentials joe() { return credentials("joe", secret("pw")).allow_plaintext(); }

constexpr std::string_view modern = "IMAP4rev1 SASL-IR LITERAL+ ID ENABLE AUTH=PLAIN";
constexpr std::string_view log_in = "A1 AUTHENTICATE PLAIN AGpvZQBwdw==\r\n";
constexpr std::string_view inbox_of_100 =
    "* FLAGS (\\Seen)\r\n* 100 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 201] ok\r\n";

/// One operation on a session that is not logged in, flight by flight.
class stage final : public operation_host {
 public:
  stage() = default;  ///< before the greeting
  explicit stage(std::string_view capabilities) { t.greeted(capabilities); }
  result<command_id> submit(std::unique_ptr<command> cmd) override { return t.protocol.submit(std::move(cmd)); }
  result<command_id> submit_ahead(std::unique_ptr<command> cmd) override {
    return session_gate::submit_ahead(t.protocol, std::move(cmd));
  }
  void end_idle(command_id) override {}
  result<void> start_tls() override { return {}; }
  [[nodiscard]] const session& protocol() const override { return t.protocol; }
  [[nodiscard]] sasl_context sasl() const override { return {}; }
  [[nodiscard]] bool tls() const override { return false; }

  /// All that leaves before something more comes from the server.
  std::string flight() { return t.output(); }
  void answer(operation& op, std::string_view bytes) { core::answer(t, op, *this, bytes); }
  test::session_test t;
};

start_plan newest_of_inbox(std::uint32_t n = 50) {
  return start_plan().open("INBOX").fetch_newest(n, fetch_items().envelope());
}

std::shared_ptr<const server_facts> facts(std::uint32_t exists = 100, bool told_at_login = true) {
  server_facts f;
  f.before_login = f.after_login = capability_set(modern);
  f.told_at_login = told_at_login;
  f.mailbox = mailbox_name("INBOX");
  f.uidvalidity = 7;
  f.exists = exists;
  return std::make_shared<const server_facts>(std::move(f));
}

TEST(start_operation, first_contact_takes_two_flights) {
  stage server(modern);
  start_operation op(joe(), newest_of_inbox(), nullptr, false);
  op.start(server, {});
  EXPECT_EQ(server.flight(), std::string(log_in) + "A2 SELECT INBOX\r\n");
  server.answer(op,
                "A1 OK [CAPABILITY IMAP4rev1 IDLE] in\r\n" + std::string(inbox_of_100) + "A2 OK [READ-WRITE] ok\r\n");
  EXPECT_EQ(server.flight(), "A3 FETCH 51:100 (ENVELOPE)\r\n");
  server.answer(op, "* 51 FETCH (ENVELOPE (NIL \"x\" NIL NIL NIL NIL NIL NIL NIL NIL))\r\nA3 OK ok\r\n");
  ASSERT_TRUE(op.done());
  ASSERT_FALSE(op.failure()) << op.failure().what();
  const auto r = op.take_result();
  EXPECT_EQ(r.messages.size(), 1U);
  EXPECT_EQ(r.mailbox->exists, 100U);
  EXPECT_EQ(r.facts.exists, 100U);
  EXPECT_EQ(r.facts.uidvalidity, 7U);
  EXPECT_TRUE(r.facts.told_at_login);
  EXPECT_TRUE(r.facts.before_login.contains("SASL-IR"));
  EXPECT_TRUE(r.facts.after_login.contains("IDLE"));
  EXPECT_FALSE(r.repeated);
  EXPECT_EQ(server.t.protocol.state(), session_state::selected);
}

TEST(start_operation, a_remembered_count_makes_it_one) {
  stage server(modern);
  start_operation op(joe(), newest_of_inbox().identify({{"name", "x"}}), facts(), false);
  op.start(server, {});
  EXPECT_EQ(server.flight(),
            std::string(log_in) + "A2 ID (\"name\" \"x\")\r\nA3 SELECT INBOX\r\nA4 FETCH 51:100 (ENVELOPE)\r\n");
  server.answer(
      op, "A1 OK [CAPABILITY IMAP4rev1] in\r\n* ID (\"name\" \"server\")\r\nA2 OK\r\n" + std::string(inbox_of_100) +
              "A3 OK ok\r\n* 100 FETCH (ENVELOPE (NIL \"x\" NIL NIL NIL NIL NIL NIL NIL NIL))\r\nA4 OK ok\r\n");
  ASSERT_TRUE(op.done());
  ASSERT_FALSE(op.failure()) << op.failure().what();
  const auto r = op.take_result();
  EXPECT_EQ(r.messages.size(), 1U);
  EXPECT_EQ(r.server_id.size(), 1U);
  EXPECT_FALSE(r.repeated);
}

TEST(start_operation, a_wrong_count_is_noticed_and_the_fetch_repeated) {
  for (const bool refused :
       {false, true}) {  // RFC 9051 section 6.4.5 does not say what becomes of numbers that are none
    stage server(modern);
    start_operation op(joe(), newest_of_inbox(), facts(120), false);
    op.start(server, {});
    EXPECT_EQ(server.flight(), std::string(log_in) + "A2 SELECT INBOX\r\nA3 FETCH 71:120 (ENVELOPE)\r\n");
    server.answer(op, "A1 OK [CAPABILITY IMAP4rev1] in\r\n" + std::string(inbox_of_100) + "A2 OK ok\r\n");
    // What was repeated may leave at once: the answers to the first one are known by their numbers only, so it waits.
    EXPECT_EQ(server.flight(), "");
    server.answer(op, refused ? "A3 BAD no such messages\r\n"
                              : "* 99 FETCH (ENVELOPE (NIL \"old\" NIL NIL NIL NIL NIL NIL NIL NIL))\r\nA3 OK ok\r\n");
    EXPECT_EQ(server.flight(), "A4 FETCH 51:100 (ENVELOPE)\r\n");
    server.answer(op, "* 51 FETCH (ENVELOPE (NIL \"x\" NIL NIL NIL NIL NIL NIL NIL NIL))\r\nA4 OK ok\r\n");
    ASSERT_TRUE(op.done());
    ASSERT_FALSE(op.failure()) << op.failure().what();
    const auto r = op.take_result();
    ASSERT_EQ(r.messages.size(), 1U);
    EXPECT_EQ(r.messages.seq(0), 51U);
    EXPECT_TRUE(r.repeated);
    EXPECT_EQ(r.facts.exists, 100U);
  }
}

TEST(start_operation, a_fetch_that_marks_as_seen_is_never_guessed) {
  stage server(modern);
  start_operation op(joe(), start_plan().open("INBOX").fetch_newest(1, fetch_items().body_section("")), facts(), false);
  op.start(server, {});
  EXPECT_EQ(server.flight(), std::string(log_in) + "A2 SELECT INBOX\r\n");
}

TEST(start_operation, uids_need_no_count) {
  stage server(modern);
  start_operation op(joe(), start_plan().examine("INBOX").fetch(uid_set::from(7), fetch_items().flags()), nullptr,
                     false);
  op.start(server, {});
  EXPECT_EQ(server.flight(), std::string(log_in) + "A2 EXAMINE INBOX\r\nA3 UID FETCH 7:* (UID FLAGS)\r\n");
}

TEST(start_operation, a_failed_log_in_is_the_failure_and_the_rest_is_dropped) {
  stage server(modern);
  start_operation op(joe(), newest_of_inbox(), facts(), false);
  op.start(server, {});
  (void)server.flight();
  server.answer(op, "A1 NO [AUTHENTICATIONFAILED] wrong\r\n");
  EXPECT_FALSE(op.done());  // the answers to the others are still to come
  server.answer(op, "A2 BAD log in first\r\nA3 BAD log in first\r\n");
  ASSERT_TRUE(op.done());
  EXPECT_EQ(op.failure().response_code(), "AUTHENTICATIONFAILED");
  EXPECT_EQ(op.failure().where(), phase::authenticate);
  EXPECT_FALSE(op.failure().is_fatal());
  EXPECT_EQ(server.t.protocol.state(), session_state::not_authenticated);
  EXPECT_EQ(server.t.protocol.commands_outstanding(), 0U);
}

TEST(start_operation, a_server_that_hangs_up_after_a_failed_log_in_has_said_why) {
  stage server(modern);
  start_operation op(joe(), newest_of_inbox(), facts(), false);
  op.start(server, {});
  (void)server.flight();
  server.answer(op, "A1 NO [AUTHENTICATIONFAILED] wrong\r\n* BYE too many errors\r\n");
  ASSERT_TRUE(op.done());
  EXPECT_EQ(op.failure().response_code(), "AUTHENTICATIONFAILED");
}

TEST(start_operation, the_next_mechanism_takes_the_rest_along_again) {
  stage server(modern);
  start_operation op(joe(), newest_of_inbox(), nullptr, false);
  op.start(server, {});
  EXPECT_EQ(server.flight(), std::string(log_in) + "A2 SELECT INBOX\r\n");
  server.answer(op, "A1 BAD what?\r\nA2 BAD log in first\r\n");
  EXPECT_EQ(server.flight(), "A3 LOGIN \"joe\" \"pw\"\r\nA4 SELECT INBOX\r\n");
  server.answer(op, "A3 OK [CAPABILITY IMAP4rev1] in\r\n* 0 EXISTS\r\nA4 OK ok\r\n");
  ASSERT_TRUE(op.done());
  EXPECT_FALSE(op.failure()) << op.failure().what();
}

TEST(start_operation, nothing_goes_ahead_of_a_dialogue) {
  for (const char* capabilities : {"IMAP4rev1 AUTH=PLAIN", "IMAP4rev1", "IMAP4rev1 SASL-IR AUTH=CRAM-MD5"}) {
    stage server(capabilities);
    start_operation op(joe(), newest_of_inbox(), nullptr, false);
    op.start(server, {});
    const auto out = server.flight();
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 1) << out;
  }
  stage server(modern);
  start_operation op(joe(), newest_of_inbox().ahead(false), facts(), false);
  op.start(server, {});
  EXPECT_EQ(server.flight(), log_in);
  server.answer(op, "A1 OK [CAPABILITY IMAP4rev1] in\r\n");
  EXPECT_EQ(server.flight(), "A2 SELECT INBOX\r\nA3 FETCH 51:100 (ENVELOPE)\r\n");
}

TEST(start_operation, capabilities_are_asked_for_where_the_log_in_does_not_tell_them) {
  stage server(modern);
  start_operation op(joe(), newest_of_inbox(), facts(100, false), false);
  op.start(server, {});
  EXPECT_EQ(server.flight(),
            std::string(log_in) + "A2 CAPABILITY\r\nA3 SELECT INBOX\r\nA4 FETCH 51:100 (ENVELOPE)\r\n");
  server.answer(op, "A1 OK in\r\n* CAPABILITY IMAP4rev1 IDLE\r\nA2 OK\r\n" + std::string(inbox_of_100) +
                        "A3 OK ok\r\nA4 OK ok\r\n");
  ASSERT_TRUE(op.done());
  const auto r = op.take_result();
  EXPECT_TRUE(r.facts.after_login.contains("IDLE"));
  EXPECT_FALSE(r.facts.told_at_login);

  stage first(modern);  // at first contact they come with the next flight
  start_operation unknown(joe(), newest_of_inbox(), nullptr, false);
  unknown.start(first, {});
  (void)first.flight();
  first.answer(unknown, "A1 OK in\r\n" + std::string(inbox_of_100) + "A2 OK ok\r\n");
  EXPECT_EQ(first.flight(), "A3 FETCH 51:100 (ENVELOPE)\r\nA4 CAPABILITY\r\n");
}

TEST(start_operation, rev2_is_enabled_in_front_of_select) {
  stage server("IMAP4rev1 IMAP4rev2 AUTH=PLAIN");
  start_operation op(joe(), newest_of_inbox(), nullptr, true);
  op.start(server, {});
  EXPECT_EQ(server.flight(), std::string(log_in) + "A2 ENABLE IMAP4rev2\r\nA3 SELECT INBOX\r\n");
  // How a name is written depends on it.
  stage other("IMAP4rev1 IMAP4rev2 AUTH=PLAIN");
  start_operation name(joe(), start_plan().open(mailbox_name("Entw\xC3\xBCrfe")), nullptr, true);
  name.start(other, {});
  EXPECT_EQ(other.flight(), log_in);
}

TEST(start_operation, a_mailbox_that_cannot_be_opened_is_the_failure) {
  stage server(modern);
  start_operation op(joe(), newest_of_inbox(), facts(), false);
  op.start(server, {});
  (void)server.flight();
  server.answer(op, "A1 OK [CAPABILITY IMAP4rev1] in\r\nA2 NO [NONEXISTENT] none\r\nA3 BAD no mailbox\r\n");
  ASSERT_TRUE(op.done());
  EXPECT_EQ(op.failure().response_code(), "NONEXISTENT");
  EXPECT_EQ(server.t.protocol.state(), session_state::authenticated);
}

TEST(start_operation, a_server_that_wants_one_at_a_time_gets_it) {
  stage server(modern);
  start_operation op(joe(), newest_of_inbox(), facts(), false);
  op.start(server, {});
  (void)server.flight();
  server.answer(op, "A1 OK [CAPABILITY IMAP4rev1] in\r\nA2 BAD not now\r\nA3 BAD not now\r\n");
  EXPECT_EQ(server.flight(), "A4 SELECT INBOX\r\n");
  server.answer(op, std::string(inbox_of_100) + "A4 OK ok\r\n");
  EXPECT_EQ(server.flight(), "A5 FETCH 51:100 (ENVELOPE)\r\n");
  server.answer(op, "A5 OK ok\r\n");
  ASSERT_TRUE(op.done());
  EXPECT_FALSE(op.failure()) << op.failure().what();
}

TEST(start_operation, a_plan_that_makes_no_sense_sends_nothing) {
  stage server(modern);
  start_operation op(joe(), start_plan().fetch_newest(1, fetch_items().flags()), nullptr, false);
  op.start(server, {});
  EXPECT_EQ(op.failure().code(), errc::invalid_argument);
  EXPECT_EQ(server.flight(), "");
}

TEST(start_operation, messages_by_uid_go_along_at_first_contact) {
  stage server(modern);
  start_operation op(joe(), start_plan().examine("INBOX").fetch(uid_set::of(5), fetch_items().flags()), nullptr, false);
  op.start(server, {});
  EXPECT_EQ(server.flight(), std::string(log_in) + "A2 EXAMINE INBOX\r\nA3 UID FETCH 5 (UID FLAGS)\r\n");
  server.answer(op, "A1 OK [CAPABILITY IMAP4rev1] in\r\n" + std::string(inbox_of_100) +
                        "A2 OK ok\r\n* 3 FETCH (UID 5 FLAGS ())\r\nA3 OK\r\n");
  ASSERT_TRUE(op.done());
  ASSERT_FALSE(op.failure()) << op.failure().what();
  EXPECT_EQ(op.take_result().messages.size(), 1U);

  stage slow(modern);  // one that wants them one at a time
  start_operation again(joe(), start_plan().open("INBOX").fetch(uid_set::of(5), fetch_items().flags()), nullptr, false);
  again.start(slow, {});
  (void)slow.flight();
  slow.answer(again, "A1 OK [CAPABILITY IMAP4rev1] in\r\nA2 BAD not now\r\nA3 BAD not now\r\n");
  auto flight = slow.flight();
  EXPECT_TRUE(flight.starts_with("A4 SELECT INBOX\r\n")) << flight;
  slow.answer(again, std::string(inbox_of_100) + "A4 OK ok\r\n");
  flight += slow.flight();
  EXPECT_EQ(flight, "A4 SELECT INBOX\r\nA5 UID FETCH 5 (UID FLAGS)\r\n");
  slow.answer(again, "A5 NO [SERVERBUG] no\r\n");
  ASSERT_TRUE(again.done());
  EXPECT_EQ(again.failure().response_code(), "SERVERBUG");
}

TEST(start_operation, the_newest_are_no_more_than_there_are) {
  const std::pair<std::uint32_t, std::string> rows[] = {
      {1, "100:100"}, {99, "2:100"}, {100, "1:100"}, {101, "1:100"}, {4'294'967'295U, "1:100"}};
  for (const auto& [newest, set] : rows) {
    stage server(modern);
    start_operation op(joe(), newest_of_inbox(newest), nullptr, false);
    op.start(server, {});
    (void)server.flight();
    server.answer(op, "A1 OK [CAPABILITY IMAP4rev1] in\r\n" + std::string(inbox_of_100) + "A2 OK ok\r\n");
    const auto sent = set == "100:100" ? std::string("100") : set;
    EXPECT_EQ(server.flight(), "A3 FETCH " + sent + " (ENVELOPE)\r\n") << newest;
  }
}

TEST(start_operation, nothing_is_guessed_about_another_mailbox_or_an_empty_one) {
  const auto flight_with = [](const start_plan& plan, const std::shared_ptr<const server_facts>& known) {
    stage server(modern);
    start_operation op(joe(), plan, known, false);
    op.start(server, {});
    return server.flight();
  };
  const auto first = std::string(log_in) + "A2 SELECT ";
  EXPECT_EQ(flight_with(start_plan().open("b").fetch_newest(5, fetch_items().flags()), facts()), first + "b\r\n");
  EXPECT_EQ(flight_with(newest_of_inbox(), facts(0)), first + "INBOX\r\n");
  server_facts none = *facts();
  none.mailbox.reset();
  EXPECT_EQ(flight_with(newest_of_inbox(), std::make_shared<const server_facts>(none)), first + "INBOX\r\n");
  // What marks as seen must not meet the wrong messages.
  EXPECT_EQ(flight_with(start_plan().open("INBOX").fetch_newest(5, fetch_items().body_section()), facts()),
            first + "INBOX\r\n");
}

TEST(start_operation, plans_that_name_nothing_to_fetch_send_nothing) {
  for (const auto& plan : {start_plan().open("INBOX").fetch(uid_set(), fetch_items().flags()),
                           start_plan().open("INBOX").fetch(uid_set::of(1), fetch_items()),
                           start_plan().open("INBOX").fetch_newest(1, fetch_items()),
                           start_plan().fetch(uid_set::of(1), fetch_items().flags())}) {
    stage server(modern);
    start_operation op(joe(), plan, nullptr, false);
    op.start(server, {});
    EXPECT_EQ(op.failure().code(), errc::invalid_argument);
    EXPECT_EQ(server.flight(), "");
  }
}

TEST(start_operation, needs_no_log_in_where_the_server_knows_the_caller) {
  stage server;
  server.t.feed("* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n");
  start_operation op(joe(), newest_of_inbox(), nullptr, false);
  op.start(server, {});
  EXPECT_EQ(server.flight(), "A1 SELECT INBOX\r\n");
  server.answer(op, "* 0 EXISTS\r\nA1 OK ok\r\n");
  ASSERT_TRUE(op.done());
  EXPECT_FALSE(op.failure());
}

TEST(start_operation, a_silent_greeting_costs_a_flight_unless_its_capabilities_are_remembered) {
  stage known;
  known.t.feed("* OK hi\r\n");
  start_operation op(joe(), newest_of_inbox(), facts(), false);
  op.start(known, {});
  EXPECT_EQ(known.flight(), std::string(log_in) + "A2 SELECT INBOX\r\nA3 FETCH 51:100 (ENVELOPE)\r\n");

  stage first;
  first.t.feed("* OK hi\r\n");
  start_operation asks(joe(), newest_of_inbox(), nullptr, false);
  asks.start(first, {});
  EXPECT_EQ(first.flight(), "A1 CAPABILITY\r\n");
  first.answer(asks, "* CAPABILITY " + std::string(modern) + "\r\nA1 OK\r\n");
  EXPECT_EQ(first.flight(), "A2 AUTHENTICATE PLAIN AGpvZQBwdw==\r\nA3 SELECT INBOX\r\n");
  first.answer(asks, "A2 OK [CAPABILITY IMAP4rev1] in\r\n* 0 EXISTS\r\nA3 OK ok\r\n");
  ASSERT_TRUE(asks.done());
  EXPECT_TRUE(asks.take_result().facts.before_login.contains("SASL-IR"));
}

TEST(start_operation, without_a_mailbox_it_is_the_log_in_and_what_the_server_offers) {
  stage server(modern);
  start_operation op(joe(), start_plan(), nullptr, false);
  op.start(server, {});
  EXPECT_EQ(server.flight(), log_in);
  server.answer(op, "A1 OK in\r\n");
  EXPECT_EQ(server.flight(), "A2 CAPABILITY\r\n");
  server.answer(op, "* CAPABILITY IMAP4rev1 IDLE\r\nA2 OK\r\n");
  ASSERT_TRUE(op.done());
  const auto r = op.take_result();
  EXPECT_FALSE(r.mailbox);
  EXPECT_FALSE(r.facts.mailbox);
  EXPECT_TRUE(r.facts.after_login.contains("IDLE"));
}

TEST(start_operation, where_nothing_works_behind_the_log_in_the_servers_text_says_why) {  // quirk A-01a
  struct row {
    start_plan plan;
    std::shared_ptr<const server_facts> known;
    bool ahead;
  };
  for (const auto& r : {row{start_plan(), nullptr, true}, row{start_plan(), facts(100, false), true},
                        row{newest_of_inbox(), nullptr, false}}) {
    stage server(modern);
    start_operation op(joe(), start_plan(r.plan).ahead(r.ahead), r.known, false);
    op.start(server, {});
    (void)server.flight();
    server.answer(op, "A1 OK in\r\n");
    (void)server.flight();
    server.answer(op, "A2 NO [ALERT] Enable IMAP first.\r\n");
    ASSERT_TRUE(op.done());
    EXPECT_EQ(op.failure().server_text(), "Enable IMAP first.");
  }
}

TEST(start_operation, rev2_goes_first_or_not_at_all) {
  stage old(modern);  // nobody knows yet whether it is offered
  start_operation op(joe(), newest_of_inbox(), nullptr, true);
  op.start(old, {});
  EXPECT_EQ(old.flight(), log_in);
  old.answer(op, "A1 OK [CAPABILITY IMAP4rev1] in\r\n");
  EXPECT_EQ(old.flight(), "A2 SELECT INBOX\r\n");
  stage refuses("IMAP4rev1 IMAP4rev2 ID AUTH=PLAIN");  // a NO leaves the session as it was
  start_operation other(joe(), newest_of_inbox().identify({}), nullptr, true);
  other.start(refuses, {});
  EXPECT_EQ(refuses.flight(), std::string(log_in) + "A2 ENABLE IMAP4rev2\r\nA3 ID NIL\r\nA4 SELECT INBOX\r\n");
  refuses.answer(other,
                 "A1 OK [CAPABILITY IMAP4rev1 IMAP4rev2 ID] in\r\nA2 NO no\r\nA3 NO no\r\n* 0 EXISTS\r\nA4 OK\r\n");
  ASSERT_TRUE(other.done());
  EXPECT_FALSE(other.failure());
  EXPECT_TRUE(other.take_result().server_id.empty());
}

TEST(start_operation, the_end_of_the_connection_is_told_once) {
  stage server(modern);
  start_operation op(joe(), newest_of_inbox(), facts(), false);
  op.start(server, {});
  (void)server.flight();
  server.answer(op, "A1 OK [CAPABILITY IMAP4rev1] in\r\n* BYE going down\r\n");
  server.t.protocol.input_closed(error());
  for (auto e = server.t.protocol.next(); e.what == session_event::kind::completed; e = server.t.protocol.next())
    (void)op.on_completed(server, e);
  ASSERT_TRUE(op.done());
  EXPECT_EQ(op.failure().code(), errc::bye);
}

TEST(start_operation, foretells_its_commands) {
  stage server(modern);
  const auto& info = server.protocol().info();
  const auto ends_with = [&](const start_operation& op, const std::vector<std::string>& expected) {
    const auto lines = op.plan(info);
    ASSERT_GE(lines.size(), expected.size());
    EXPECT_TRUE(std::equal(expected.rbegin(), expected.rend(), lines.rbegin(),
                           [](const auto& want, const auto& line) { return line.starts_with(want); }));
    EXPECT_EQ(lines.front(), "AUTHENTICATE PLAIN");
  };
  ends_with(start_operation(joe(), newest_of_inbox().identify({}), nullptr, true),
            {"CAPABILITY", "ENABLE", "ID", "SELECT", "FETCH"});
  ends_with(
      start_operation(joe(), start_plan().examine("a").fetch(uid_set::of(1), fetch_items().flags()), nullptr, false),
      {"CAPABILITY", "EXAMINE", "UID FETCH"});
  ends_with(start_operation(joe(), start_plan(), nullptr, false), {"CAPABILITY"});
}

std::vector<append_message> three() {
  return {append_message(std::string("one")), append_message(std::string("two")).flags(flag_list::of(flags::seen)),
          append_message(std::string("three"))};
}

class logged_in {
 public:
  explicit logged_in(std::string_view capabilities) : server(modern) {
    server.t.feed("* CAPABILITY " + std::string(capabilities) + "\r\n");
    server.t.submit(login("joe", secret("pw")).allow_plaintext());
    (void)server.flight();
    server.t.feed("A1 OK [CAPABILITY " + std::string(capabilities) + "] in\r\n");
    server.t.events.clear();
  }
  stage server;
};

TEST(append_operation, one_command_for_all_where_the_server_has_it) {  // RFC 3502
  logged_in s("IMAP4rev1 MULTIAPPEND LITERAL+ UIDPLUS");
  append_operation op("x", three());
  op.start(s.server, {});
  EXPECT_EQ(s.server.flight(), "A2 APPEND x {3+}\r\none (\\Seen) {3+}\r\ntwo {5+}\r\nthree\r\n");
  s.server.answer(op, "A2 OK [APPENDUID 9 4:5,8] done\r\n");
  ASSERT_TRUE(op.done());
  const auto r = op.take_result();
  EXPECT_TRUE(r.at_once);
  EXPECT_EQ(r.uidvalidity, 9U);
  ASSERT_EQ(r.uids.size(), 3U);
  EXPECT_EQ(r.uids[0], 4U);
  EXPECT_EQ(r.uids[2], 8U);
}

TEST(append_operation, a_useless_appenduid_names_no_message) {
  logged_in s("IMAP4rev1 MULTIAPPEND LITERAL+");
  append_operation op("x", three());
  op.start(s.server, {});
  (void)s.server.flight();
  s.server.answer(op, "A2 OK [APPENDUID 9 4] done\r\n");
  const auto r = op.take_result();
  ASSERT_EQ(r.uids.size(), 3U);
  EXPECT_FALSE(r.uids[0]);
}

TEST(append_operation, one_after_the_other_until_one_fails) {
  logged_in s("IMAP4rev1 LITERAL+ UIDPLUS");
  append_operation op("x", three());
  op.start(s.server, {});
  EXPECT_EQ(s.server.flight(), "A2 APPEND x {3+}\r\none\r\n");
  s.server.answer(op, "A2 OK [APPENDUID 9 4] done\r\n");
  EXPECT_EQ(s.server.flight(), "A3 APPEND x (\\Seen) {3+}\r\ntwo\r\n");
  s.server.answer(op, "A3 NO [OVERQUOTA] full\r\n");
  ASSERT_TRUE(op.done());
  EXPECT_FALSE(op.failure());
  const auto r = op.take_result();
  EXPECT_FALSE(r.at_once);
  ASSERT_EQ(r.uids.size(), 1U);
  EXPECT_EQ(r.failure.response_code(), "OVERQUOTA");
  EXPECT_EQ(s.server.flight(), "");
}

TEST(append_operation, nothing_is_sent_when_one_cannot_be) {
  logged_in s("IMAP4rev1 MULTIAPPEND LITERAL+ APPENDLIMIT=4");
  append_operation op("x", three());
  op.start(s.server, {});
  EXPECT_EQ(op.failure().code(), errc::invalid_argument);
  EXPECT_EQ(s.server.flight(), "");
  append_operation none("x", {});
  none.start(s.server, {});
  EXPECT_EQ(none.failure().code(), errc::invalid_argument);
}

TEST(append_operation, the_first_that_fails_is_the_failure_and_the_last_ends_it) {
  logged_in full("IMAP4rev1 LITERAL+");
  append_operation op("x", three());
  op.start(full.server, {});
  (void)full.server.flight();
  full.server.answer(op, "A2 NO [OVERQUOTA] full\r\n");
  ASSERT_TRUE(op.done());
  EXPECT_EQ(op.failure().response_code(), "OVERQUOTA");

  logged_in s("IMAP4rev1 MULTIAPPEND LITERAL+ UIDPLUS");  // one alone needs no MULTIAPPEND
  append_operation one("x", {append_message(std::string("one"))});
  one.start(s.server, {});
  EXPECT_EQ(s.server.flight(), "A2 APPEND x {3+}\r\none\r\n");
  s.server.answer(one, "A2 OK [APPENDUID 9 4] done\r\n");
  ASSERT_TRUE(one.done());
  EXPECT_FALSE(one.failure());
  const auto r = one.take_result();
  EXPECT_EQ(r.uidvalidity, 9U);
  ASSERT_EQ(r.uids.size(), 1U);
  EXPECT_EQ(r.uids[0], 4U);
}

}  // namespace
}  // namespace imapxx::core
