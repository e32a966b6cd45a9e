// A connection that is lost and made again, on a clock of the test's: what is sent, when, and what is not.
#include <imapxx/commands.hpp>

#include "core/connect_operation.hpp"
#include "unit/core/lossy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::core {
namespace {

using namespace std::chrono_literals;
using kind = reconnect_event::kind;

// --- when

TEST(reconnect, is_off_by_default) {
  lossy t{reconnect_policy()};
  const auto id = t.submit(noop());
  EXPECT_EQ(t.output(), "$ NOOP\n");
  t.of().ended(error());
  EXPECT_EQ(t.outcome_of(id).code(), errc::closed);
  EXPECT_FALSE(t.of().lost());
}

TEST(reconnect, each_delay_is_twice_the_one_before_up_to_the_longest) {
  const auto p = reconnect_policy().attempts(9).back_off(500ms, 3000ms).random([] { return 0.0; });
  EXPECT_EQ(p.delay(1, {}), 500ms);
  EXPECT_EQ(p.delay(2, {}), 1000ms);
  EXPECT_EQ(p.delay(3, {}), 2000ms);
  EXPECT_EQ(p.delay(4, {}), 3000ms);
  EXPECT_EQ(p.delay(4'000'000'000, {}), 3000ms);
}

TEST(reconnect, chance_shortens_a_delay_by_its_part_and_not_what_the_server_asks_for) {
  auto p = reconnect_policy().back_off(1000ms, 1000ms).jitter(0.25).random([] { return 1.0; });
  EXPECT_EQ(p.delay(1, {}), 750ms);
  error throttled(errc::no);
  throttled.set_status("A1", "UNAVAILABLE", "Request is throttled. Suggested Backoff Time: 4000 milliseconds");
  EXPECT_EQ(p.delay(1, throttled), 4000ms);
}

TEST(reconnect, an_idle_connection_is_made_again_only_when_it_is_needed) {
  lossy t(plain_policy());
  t.lose();
  EXPECT_FALSE(t.of().wakeup());
  const auto id = t.submit(noop());
  EXPECT_EQ(t.wait(), 1000ms);
  t.connect();
  t.answer("NOOP", "$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(id));
  EXPECT_TRUE(t.heard(kind::connected));
}

TEST(reconnect, gives_up_after_the_attempts_and_begins_anew_with_the_next_command) {
  lossy t(plain_policy());
  const auto id = t.submit(noop());
  EXPECT_EQ(t.output(), "$ NOOP\n");
  t.lose();
  for (const auto expected : {1000ms, 2000ms, 4000ms}) {
    EXPECT_EQ(t.wait(), expected);
    t.fail_to_connect(error(errc::connect, "refused"));
  }
  const auto why = t.outcome_of(id);
  EXPECT_EQ(why.code(), errc::connect);
  EXPECT_TRUE(why.is_fatal());
  EXPECT_TRUE(why.is_safe_to_retry());
  EXPECT_EQ(why.command(), "NOOP");
  const auto next = t.submit(noop());
  EXPECT_EQ(t.wait(), 1000ms);
  t.connect();
  t.answer("NOOP", "$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(next));
}

TEST(reconnect, the_total_time_is_a_limit) {
  lossy t(plain_policy().attempts(100).total(5s));
  const auto id = t.submit(noop());
  EXPECT_EQ(t.output(), "$ NOOP\n");
  t.lose();
  EXPECT_EQ(t.wait(), 1000ms);
  t.fail_to_connect(error(errc::connect));
  EXPECT_EQ(t.wait(), 2000ms);
  t.fail_to_connect(error(errc::connect));  // the next one would be after 7 s
  EXPECT_EQ(t.outcome_of(id).code(), errc::connect);
}

TEST(reconnect, a_command_that_ends_every_connection_is_not_repeated_for_ever) {
  lossy t(plain_policy());
  const auto id = t.submit(noop());
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(t.output(), "$ NOOP\n");
    t.lose();
    if (i == 3) break;
    t.wait();
    t.connect();
  }
  EXPECT_EQ(t.outcome_of(id).code(), errc::closed);
}

TEST(reconnect, idle_goes_on_over_any_number_of_long_connections) {
  lossy t(plain_policy().attempts(2));
  t.selected();
  const auto id = t.submit(idle());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(t.output(), "$ IDLE\n");
    t.feed("+ idling\r\n");
    t.now += 10min;
    t.lose();
    EXPECT_EQ(t.wait(), 1000ms);
    t.connect();
    t.answer("SELECT INBOX", lossy::mailbox("7"));
  }
  EXPECT_EQ(t.outcome_of(id).code(), errc::internal_error);
  EXPECT_EQ(t.output(), "$ IDLE\n");
  t.of().end_idle(id);
  t.feed("+ idling\r\n");
  EXPECT_EQ(t.output(), "DONE\n");
  t.feed("$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(id));
}

// The connection is lost, and the log-in on the next one gets this answer.
void refuse_next_log_in(lossy& t, std::string_view answer) {
  t.lose();
  t.wait();
  t.connect("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n");
  EXPECT_TRUE(t.output().starts_with("$ AUTHENTICATE PLAIN"));
  t.feed("+ \r\n");
  (void)t.output();
  t.feed(answer);
}

TEST(reconnect, a_refused_password_ends_the_attempts_at_once) {
  lossy t(plain_policy(), true);
  login_operation in(credentials("ann", secret("pw")).allow_plaintext());
  t.of().attach(in);
  in.start(t.of(), t.now);
  EXPECT_TRUE(t.output().starts_with("$ AUTHENTICATE PLAIN"));
  t.feed("+ \r\n");
  (void)t.output();
  t.feed("$ OK [CAPABILITY IMAP4rev1] in\r\n");
  ASSERT_TRUE(in.done());
  t.of().detach(in);
  t.of().remember(credentials("ann", secret("pw")).allow_plaintext());
  const auto id = t.submit(noop());
  EXPECT_EQ(t.output(), "$ NOOP\n");
  refuse_next_log_in(t, "$ NO [AUTHENTICATIONFAILED] no\r\n");
  EXPECT_EQ(t.outcome_of(id).response_code(), "AUTHENTICATIONFAILED");
  EXPECT_FALSE(t.of().wakeup());
  EXPECT_TRUE(t.of().over());
}

TEST(reconnect, a_log_in_that_is_throttled_is_tried_later) {
  lossy t(plain_policy(), true);
  t.of().remember(credentials("ann", secret("pw")).allow_plaintext());
  const auto id = t.submit(noop());
  EXPECT_EQ(t.output(), "$ NOOP\n");
  refuse_next_log_in(t, "$ NO [UNAVAILABLE] Request is throttled. Suggested Backoff Time: 30000 milliseconds\r\n");
  EXPECT_EQ(t.outcome_of(id).code(), errc::internal_error);
  EXPECT_EQ(t.wait(), 30'000ms);
  EXPECT_TRUE(t.of().wants_transport());
}

TEST(reconnect, a_log_in_that_fails_for_the_time_being_is_tried_again) {  // quirk A-11
  for (const auto& [answer, passes] : {std::pair{"$ NO [AUTHENTICATIONFAILED] Temporary failure, try again\r\n", true},
                                       std::pair{"$ NO [AUTHENTICATIONFAILED] Invalid credentials\r\n", false}}) {
    lossy t(plain_policy(), true);
    t.of().remember(credentials("ann", secret("pw")).allow_plaintext());
    const auto id = t.submit(noop());
    (void)t.output();
    refuse_next_log_in(t, answer);
    EXPECT_EQ(t.outcome_of(id).code() == errc::internal_error, passes) << answer;  // no outcome yet
  }
}

// --- what is sent again

TEST(reconnect, enable_and_the_mailbox_come_before_the_command) {
  lossy t(plain_policy());
  const auto e = t.submit(enable("CONDSTORE"));
  t.answer("ENABLE CONDSTORE", "* ENABLED CONDSTORE\r\n$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(e));
  t.selected();
  const auto id = t.submit(fetch(uid_set(5), fetch_items().flags()));
  EXPECT_EQ(t.output(), "$ UID FETCH 5 (UID FLAGS)\n");
  t.feed("* 1 FETCH (UID 5 FLAGS (old))\r\n");
  t.lose();
  t.wait();
  t.connect();
  t.answer("ENABLE CONDSTORE", "* ENABLED CONDSTORE\r\n$ OK\r\n");
  t.answer("SELECT INBOX", lossy::mailbox("7"));
  t.answer("UID FETCH 5 (UID FLAGS)", "* 1 FETCH (UID 5 FLAGS (new))\r\n$ OK\r\n");
  ASSERT_FALSE(t.outcome_of(id));
  auto rows = static_cast<fetch&>(*t.last->finished).take_result();
  ASSERT_EQ(rows.size(), 1U);  // nothing of the first answer is left
  EXPECT_TRUE(rows[0].has_flag("new"));
}

TEST(reconnect, what_may_not_be_carried_out_twice_fails) {
  lossy t(plain_policy());
  t.selected();
  const auto id = t.submit(expunge());
  EXPECT_EQ(t.output(), "$ EXPUNGE\n");
  t.lose();
  const auto why = t.outcome_of(id);
  EXPECT_EQ(why.code(), errc::closed);
  EXPECT_FALSE(why.is_safe_to_retry());
}

TEST(reconnect, what_had_not_left_is_sent_whatever_it_is) {
  lossy t(plain_policy());
  const auto id = t.submit(status("a", status_items().messages()));
  EXPECT_EQ(t.output(), "$ STATUS a (MESSAGES)\n");
  t.lose();
  const auto later = t.submit(create("b"));
  t.wait();
  t.connect();
  EXPECT_EQ(t.output(), "$ STATUS a (MESSAGES)\n$ CREATE b\n");
  t.feed("$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(later));
  EXPECT_EQ(t.outcome_of(id).code(), errc::internal_error);
}

TEST(reconnect, sequence_numbers_are_refused_until_a_mailbox_is_selected) {
  lossy t(plain_policy());
  t.selected();
  const auto lost = t.submit(fetch(seq_set(1), fetch_items().flags()));
  (void)t.output();
  t.lose();
  EXPECT_EQ(t.outcome_of(lost).code(), errc::closed);
  const auto waits = t.submit(noop());
  t.wait();
  t.connect();
  t.answer("SELECT INBOX", lossy::mailbox("7"));
  t.answer("NOOP", "$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(waits));
  EXPECT_EQ(t.submit(fetch(seq_set(1), fetch_items().flags())), 0U);
  EXPECT_EQ(t.refused.code(), errc::mailbox_changed);
  EXPECT_FALSE(t.refused.is_fatal());
  t.selected();
  EXPECT_NE(t.submit(fetch(seq_set(1), fetch_items().flags())), 0U);
}

TEST(reconnect, with_another_uidvalidity_nothing_is_done_to_any_message) {
  lossy t(plain_policy());
  t.selected("7");
  const auto marks = t.submit(store(uid_set(5), store_mode::add, flag_list(flags::deleted)));
  EXPECT_EQ(t.output(), "$ UID STORE 5 +FLAGS (\\Deleted)\n");
  t.lose();
  const auto moves = t.submit(imapxx::move(uid_set(5), "Trash"));
  t.wait();
  t.connect();
  t.answer("SELECT INBOX", lossy::mailbox("8"));
  EXPECT_EQ(t.outcome_of(marks).code(), errc::mailbox_changed);
  EXPECT_EQ(t.outcome_of(moves).code(), errc::mailbox_changed);
  EXPECT_EQ(t.output(), "");
  EXPECT_EQ(t.submit(uid_expunge(uid_set(5))), 0U);
  EXPECT_NE(t.submit(status("a", status_items().messages())), 0U);  // concerns no message of the mailbox
}

TEST(reconnect, a_mailbox_that_is_gone_is_not_taken_for_another) {
  lossy t(plain_policy());
  t.selected();
  const auto id = t.submit(uid_search(search_key::unseen()));
  (void)t.output();
  t.lose();
  t.wait();
  t.connect();
  t.answer("SELECT INBOX", "$ NO [NONEXISTENT] gone\r\n");
  const auto why = t.outcome_of(id);
  EXPECT_EQ(why.code(), errc::mailbox_changed);
  EXPECT_EQ(why.response_code(), "NONEXISTENT");
}

TEST(reconnect, after_a_lost_close_no_mailbox_is_guessed) {
  lossy t(plain_policy());
  t.selected();
  const auto id = t.submit(close());
  EXPECT_EQ(t.output(), "$ CLOSE\n");
  t.lose();
  EXPECT_EQ(t.outcome_of(id).code(), errc::closed);
  const auto next = t.submit(uid_search(search_key::all()));
  t.wait();
  t.connect();
  EXPECT_EQ(t.outcome_of(next).code(), errc::mailbox_changed);
}

// --- what is looked after

TEST(reconnect, an_append_given_up_for_its_silence_is_looked_for_twice_and_then_unknown) {
  lossy t(plain_policy().settle(20s));
  const auto id = t.submit(append("a", std::string("Message-ID: <1@x>\r\n\r\nhi\r\n")));
  t.answer("STATUS a (UIDNEXT UIDVALIDITY)", "* STATUS a (UIDNEXT 4 UIDVALIDITY 9)\r\n$ OK\r\n");
  (void)t.output();
  t.of().expire(phase::command);
  (void)t.output();
  EXPECT_EQ(t.wait(), 1000ms);
  t.connect();
  t.answer("STATUS a (UIDNEXT UIDVALIDITY)", "* STATUS a (UIDNEXT 4 UIDVALIDITY 9)\r\n$ OK\r\n");
  EXPECT_EQ(t.outcome_of(id).code(), errc::internal_error);
  EXPECT_EQ(t.wait(), 20s);
  t.answer("STATUS a (UIDNEXT UIDVALIDITY)", "* STATUS a (UIDNEXT 4 UIDVALIDITY 9)\r\n$ OK\r\n");
  const auto why = t.outcome_of(id);
  EXPECT_EQ(why.code(), errc::outcome_unknown);
  EXPECT_FALSE(why.is_fatal());
  EXPECT_FALSE(why.is_safe_to_retry());
  EXPECT_TRUE(t.heard(kind::unknown));
}

TEST(reconnect, an_append_is_unknown_when_the_target_has_another_uidvalidity) {
  lossy t(plain_policy());
  const auto id = t.submit(append("a", std::string("Message-ID: <1@x>\r\n\r\nhi\r\n")));
  t.answer("STATUS a (UIDNEXT UIDVALIDITY)", "* STATUS a (UIDNEXT 4 UIDVALIDITY 9)\r\n$ OK\r\n");
  (void)t.output();
  t.lose();
  t.wait();
  t.connect();
  t.answer("STATUS a (UIDNEXT UIDVALIDITY)", "* STATUS a (UIDNEXT 5 UIDVALIDITY 10)\r\n$ OK\r\n");
  EXPECT_EQ(t.outcome_of(id).code(), errc::outcome_unknown);
}

TEST(reconnect, an_append_is_unknown_when_a_message_has_come_and_gone) {
  lossy t(plain_policy());
  const auto id = t.submit(append("a", std::string("Message-ID: <1@x>\r\n\r\nhi\r\n")));
  t.answer("STATUS a (UIDNEXT UIDVALIDITY)", "* STATUS a (UIDNEXT 4 UIDVALIDITY 9)\r\n$ OK\r\n");
  (void)t.output();
  t.lose();
  t.wait();
  t.connect();
  t.answer("STATUS a (UIDNEXT UIDVALIDITY)", "* STATUS a (UIDNEXT 5 UIDVALIDITY 9)\r\n$ OK\r\n");
  t.answer("EXAMINE a", "* 0 EXISTS\r\n$ OK\r\n");
  EXPECT_TRUE(t.output().starts_with("$ UID FETCH 4:*"));
  t.feed("$ OK\r\n");
  t.answer("CLOSE", "$ OK\r\n");
  EXPECT_EQ(t.outcome_of(id).code(), errc::outcome_unknown);
}

TEST(reconnect, commands_behind_one_that_is_looked_after_wait_for_it) {
  lossy t(plain_policy());
  t.selected();
  const auto first = t.submit(copy(uid_set(5), "a"));
  const auto second = t.submit(store(uid_set(5), store_mode::add, flag_list(flags::deleted)));
  t.answer("STATUS a (UIDNEXT UIDVALIDITY)", "* STATUS a (UIDNEXT 4 UIDVALIDITY 9)\r\n$ OK\r\n");
  EXPECT_TRUE(t.output().starts_with("$ UID FETCH 5 "));
  t.feed("* 1 FETCH (UID 5 RFC822.SIZE 10 BODY[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)] \"\")\r\n$ OK\r\n");
  t.answer("UID COPY 5 a", "$ OK [COPYUID 9 5 4] done\r\n");
  EXPECT_FALSE(t.outcome_of(first));
  t.answer("UID STORE 5 +FLAGS (\\Deleted)", "$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(second));
}

TEST(reconnect, a_conditional_store_is_unknown_when_the_flags_are_as_wanted) {
  lossy t(plain_policy());
  t.selected();
  const auto id = t.submit(store(uid_set(5), store_mode::add, flag_list(flags::flagged)).unchanged_since(100));
  EXPECT_EQ(t.output(), "$ UID STORE 5 (UNCHANGEDSINCE 100) +FLAGS (\\Flagged)\n");
  t.lose();
  t.wait();
  t.connect();
  t.answer("SELECT INBOX", lossy::mailbox("7"));
  t.answer("UID FETCH 5 (UID FLAGS MODSEQ)", "* 1 FETCH (UID 5 FLAGS (\\Flagged) MODSEQ (120))\r\n$ OK\r\n");
  EXPECT_EQ(t.outcome_of(id).code(), errc::outcome_unknown);
}

TEST(reconnect, a_conditional_store_that_changed_nothing_is_sent_again) {
  lossy t(plain_policy());
  t.selected();
  const auto id = t.submit(store(uid_set(5), store_mode::add, flag_list(flags::flagged)).unchanged_since(100));
  (void)t.output();
  t.lose();
  t.wait();
  t.connect();
  t.answer("SELECT INBOX", lossy::mailbox("7"));
  t.answer("UID FETCH 5 (UID FLAGS MODSEQ)", "* 1 FETCH (UID 5 FLAGS () MODSEQ (90))\r\n$ OK\r\n");
  t.answer("UID STORE 5 (UNCHANGEDSINCE 100) +FLAGS (\\Flagged)",
           "* 1 FETCH (UID 5 FLAGS (\\Flagged) MODSEQ (130))\r\n$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(id));
}

TEST(reconnect, a_command_that_waits_for_the_new_connection_may_be_abandoned) {
  lossy t(plain_policy());
  const auto id = t.submit(noop());
  EXPECT_EQ(t.output(), "$ NOOP\n");
  t.lose();
  const auto waits = t.submit(namespace_list());
  const auto stays = t.submit(noop());
  t.of().abandon(id);
  t.of().abandon(waits);
  t.wait();
  t.connect();
  t.answer("NOOP", "$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(stays));
  EXPECT_EQ(t.output(), "");
}

TEST(reconnect, an_abandoned_command_is_not_sent_again) {
  lossy t(plain_policy());
  const auto id = t.submit(noop());
  EXPECT_EQ(t.output(), "$ NOOP\n");
  t.of().abandon(id);
  t.lose();
  EXPECT_FALSE(t.of().wakeup());
}

// --- the mailbox, again

TEST(reconnect, a_mailbox_that_changed_meanwhile_is_told) {
  const std::string same = lossy::mailbox("7");
  const std::string more = lossy::mailbox("7", "4");
  const std::string other =  // one came, one has gone
      "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 41] x\r\n$ OK [READ-WRITE] done\r\n";
  const auto told_for = [](const std::string& answer) {
    lossy t(plain_policy());
    t.selected();
    std::vector<std::uint32_t> told;
    t.of().on_change = [&](const mailbox_event& e) {
      if (e.what == mailbox_event::kind::exists) told.push_back(e.number);
    };
    t.lose();
    t.submit(noop());
    t.wait();
    t.connect();
    t.answer("SELECT INBOX", answer);
    return told;
  };
  const auto with = [usual = told_for(same)](std::uint32_t count) {
    auto all = usual;
    all.push_back(count);
    return all;
  };
  EXPECT_EQ(told_for(more), with(4));
  EXPECT_EQ(told_for(other), with(3));
}

TEST(reconnect, each_new_connection_begins_with_enable_and_the_mailbox) {
  lossy t(plain_policy());
  t.submit(enable("CONDSTORE"));
  t.answer("ENABLE CONDSTORE", "* ENABLED CONDSTORE\r\n$ OK\r\n");
  t.selected();
  for (int i = 0; i < 3; ++i) {
    const auto id = t.submit(noop());
    EXPECT_EQ(t.output(), "$ NOOP\n");
    t.lose();
    EXPECT_EQ(t.wait(), 1000ms) << "the connection before was of use";
    t.connect();
    t.answer("ENABLE CONDSTORE", i == 1 ? "$ NO not now\r\n" : "* ENABLED CONDSTORE\r\n$ OK\r\n");
    t.answer("SELECT INBOX", lossy::mailbox("7"));
    t.answer("NOOP", "$ OK\r\n");
    EXPECT_FALSE(t.outcome_of(id));
    if (i == 1) break;  // what the server does not know any more is not asked for again
  }
}

TEST(reconnect, a_mailbox_that_was_left_is_not_opened_again) {
  for (const bool refused : {false, true}) {
    lossy t(plain_policy());
    t.selected();
    if (refused) {  // RFC 9051 section 6.3.2: then no mailbox is selected
      t.submit(select("b"));
      t.answer("SELECT b", "$ NO [NONEXISTENT] none\r\n");
    } else {
      t.submit(close());
      t.answer("CLOSE", "$ OK\r\n");
    }
    t.lose();
    const auto id = t.submit(noop());
    t.wait();
    t.connect();
    t.answer("NOOP", "$ OK\r\n");
    EXPECT_FALSE(t.outcome_of(id));
  }
}

TEST(reconnect, a_mailbox_that_cannot_be_opened_for_the_time_being_is_tried_again) {
  lossy t(plain_policy());
  t.selected();
  const auto id = t.submit(noop());
  (void)t.output();
  t.lose();
  EXPECT_EQ(t.wait(), 1000ms);
  t.connect();
  t.answer("SELECT INBOX", "$ NO [INUSE] later\r\n");
  EXPECT_EQ(t.wait(), 2000ms);
  t.connect();
  EXPECT_EQ(t.output(), "$ SELECT INBOX\n");
  t.of().ended(error());  // and lost once more, in the middle of it
  EXPECT_EQ(t.output(), "");
  EXPECT_EQ(t.wait(), 4000ms);
  t.connect();
  t.answer("SELECT INBOX", lossy::mailbox("7"));
  t.answer("NOOP", "$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(id));
}

TEST(reconnect, sequence_numbers_that_had_not_left_fail_at_once) {
  lossy t(plain_policy());
  t.selected();
  t.submit(idle());
  EXPECT_EQ(t.output(), "$ IDLE\n");
  const auto id = t.submit(fetch(seq_set(1), fetch_items().flags()));  // waits for the end of IDLE
  t.lose();
  EXPECT_EQ(t.outcome_of(id).code(), errc::closed);
}

// --- what ends it

TEST(reconnect, which_failures_pass) {
  const std::pair<errc, bool> rows[] = {{errc::io, true},
                                        {errc::resolve, true},
                                        {errc::connect, true},
                                        {errc::timeout, true},
                                        {errc::tls_handshake, true},
                                        {errc::closed, true},
                                        {errc::bye, true},
                                        {errc::tls_certificate, false},
                                        {errc::invalid_greeting, false},
                                        {errc::starttls_refused, false},
                                        {errc::limit_exceeded, false}};
  for (const auto& [code, passes] : rows) {
    lossy t(plain_policy());
    const auto id = t.submit(noop());
    (void)t.output();
    t.lose();
    t.wait();
    t.fail_to_connect(error(code));
    EXPECT_EQ(t.of().wakeup().has_value(), passes) << to_string(code);
    EXPECT_EQ(t.outcome_of(id).code(), passes ? errc::internal_error : code) << to_string(code);
    EXPECT_EQ(t.of().over().has_value(), !passes) << to_string(code);
  }
}

TEST(reconnect, a_server_that_says_bye_may_be_there_again) {
  lossy t(plain_policy());
  const auto id = t.submit(noop());
  (void)t.output();
  t.feed("* BYE restarting\r\n");
  t.lose();
  t.wait();
  t.connect();
  t.answer("NOOP", "$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(id));
}

TEST(reconnect, one_that_breaks_the_protocol_is_left_alone) {
  lossy t(plain_policy());
  const auto id = t.submit(noop());
  (void)t.output();
  t.feed("* 1 FETCH (BODY[] {99999999999999}\r\n");
  EXPECT_TRUE(t.outcome_of(id).is_fatal());
  EXPECT_FALSE(t.of().wakeup());
  ASSERT_TRUE(t.of().over());
  EXPECT_EQ(t.submit(noop()), 0U);
  EXPECT_TRUE(t.refused.is_fatal());
  EXPECT_EQ(t.refused.code(), t.of().over()->code());
}

TEST(reconnect, after_logout_nothing_is_made_again) {
  lossy t(plain_policy());
  const auto id = t.submit(logout());
  t.answer("LOGOUT", "* BYE bye\r\n$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(id));
  t.of().ended(error());
  EXPECT_EQ(t.output(), "");
  EXPECT_FALSE(t.of().lost());
  EXPECT_FALSE(t.of().wakeup());
  EXPECT_TRUE(t.of().over());
}

TEST(reconnect, the_callers_deadline_is_a_limit_too) {
  lossy t(plain_policy());
  t.of().expires_at = t.now + 500ms;
  const auto id = t.submit(noop());
  EXPECT_EQ(t.of().deadline().at, t.now + 500ms);
  (void)t.output();
  t.lose();  // the first attempt would be after 1 s
  EXPECT_EQ(t.outcome_of(id).code(), errc::closed);
  EXPECT_FALSE(t.of().wakeup());
}

TEST(reconnect, waiting_for_a_connection_may_take_too_long) {
  lossy t(plain_policy());
  const auto id = t.submit(noop());
  (void)t.output();
  t.lose();
  t.of().expire(phase::command);
  const auto why = t.outcome_of(id);
  EXPECT_EQ(why.code(), errc::timeout);
  EXPECT_TRUE(why.is_safe_to_retry());
}

// --- what is refused, and what is given up

TEST(reconnect, what_cannot_be_sent_is_refused_now_or_when_its_turn_comes) {
  lossy t(plain_policy());
  t.selected();
  const auto none = t.of().submit(nullptr, false);
  EXPECT_EQ(none.error().code(), errc::invalid_argument);
  t.lose();
  const auto empty = t.submit(uid_expunge(uid_set()));
  const auto next = t.submit(noop());
  t.wait();
  t.connect();
  t.answer("SELECT INBOX", lossy::mailbox("7"));
  t.answer("NOOP", "$ OK\r\n");
  EXPECT_EQ(t.outcome_of(empty).code(), errc::invalid_argument);
  EXPECT_FALSE(t.outcome_of(next));
}

TEST(reconnect, idle_may_be_ended_while_there_is_no_connection) {
  lossy t(plain_policy());
  t.selected();
  const auto held = t.submit(idle());
  t.answer("IDLE", "+ idling\r\n");
  t.lose();
  const auto queued = t.submit(idle());
  t.of().end_idle(queued);
  t.of().end_idle(held);
  t.of().end_idle(held);  // has no effect any more
  EXPECT_FALSE(t.outcome_of(held));
  EXPECT_FALSE(t.outcome_of(queued));
  t.wait();
  t.connect();
  t.answer("SELECT INBOX", lossy::mailbox("7"));
  EXPECT_EQ(t.output(), "");
}

TEST(reconnect, a_stream_is_not_begun_again) {
  lossy t(plain_policy());
  t.selected();
  auto id = t.of().submit(std::make_unique<fetch>(uid_set(5), fetch_items().flags()), true);
  ASSERT_TRUE(id);
  EXPECT_EQ(t.output(), "$ UID FETCH 5 (UID FLAGS)\n");
  t.lose();
  EXPECT_EQ(t.outcome_of(*id).code(), errc::closed);
}

TEST(engine, without_memory_nothing_more_is_done) {
  lossy t(plain_policy());
  const auto id = t.submit(noop());
  t.of().break_off();
  EXPECT_EQ(t.output(), "");
  EXPECT_EQ(t.submit(noop()), 0U);
  EXPECT_EQ(t.refused.code(), errc::closed);
  t.of().abandon(id);
  EXPECT_EQ(t.of().handle_event(), engine::progress::none);
}

TEST(engine, counts_what_it_received) {
  lossy t(plain_policy());
  const auto before = t.of().octets_received();
  t.feed("* 1 EXISTS\r\n");
  EXPECT_EQ(t.of().octets_received(), before + 12);
}

TEST(engine, an_outcome_that_nobody_asks_for_any_more_is_forgotten) {
  lossy t(plain_policy());
  const auto id = t.submit(noop());
  t.answer("NOOP", "$ OK\r\n");
  EXPECT_TRUE(t.of().is_done(id));
  t.of().abandon(id);
  EXPECT_FALSE(t.of().is_done(id));
  EXPECT_FALSE(t.of().take(id));
}

TEST(engine, what_is_submitted_ahead_is_looked_after_as_well) {
  lossy t(plain_policy());
  const auto id = t.of().submit_ahead(std::make_unique<noop>());
  ASSERT_TRUE(id);
  EXPECT_EQ(t.output(), "$ NOOP\n");
  t.lose();
  t.wait();
  t.connect();
  t.answer("NOOP", "$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(*id));
}

TEST(reconnect, each_step_is_told_with_what_it_is_about) {
  lossy t(plain_policy());
  t.submit(noop());
  (void)t.output();
  t.lose();
  t.wait();
  t.connect();
  std::vector<kind> kinds;
  for (const auto& e : t.told) kinds.push_back(e.what);
  EXPECT_EQ(kinds, (std::vector<kind>{kind::lost, kind::waiting, kind::connected, kind::repeating}));
  for (const auto& e : t.told) EXPECT_EQ(e.delay, e.what == kind::waiting ? 1000ms : 0ms);
  EXPECT_EQ(t.told[0].why.code(), errc::closed);
  EXPECT_EQ(t.told[1].attempt, 1U);
  EXPECT_EQ(t.told[3].command, "NOOP");
}

TEST(reconnect, what_the_state_does_not_allow_is_refused_at_once) {
  lossy t(plain_policy());
  EXPECT_EQ(t.submit(uid_expunge(uid_set(5))), 0U);
  EXPECT_EQ(t.refused.code(), errc::wrong_state);
  EXPECT_EQ(t.output(), "");
}

}  // namespace
}  // namespace imapxx::core
