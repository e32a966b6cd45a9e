// Operations of several commands against servers that refuse some of them (docs/QUIRKS.md).
#include "core/connect_operation.hpp"
#include "core/idle_operation.hpp"
#include "core/move_operation.hpp"
#include "core/plain_operations.hpp"
#include "unit/core/session_harness.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>

namespace imapxx::core {
namespace {

/// A line that must be sent, and what the server answers; `$` is the tag.
struct exchange {
  std::string_view sent;
  std::string_view answer;
};

/// Plays the server for operations on a session with a mailbox of 10 messages, or one that is not logged in.
class scripted final : public operation_host {
 public:
  explicit scripted(std::string_view capabilities, bool logged_in = true) {
    logged_in ? t_.selected(10, capabilities) : t_.greeted(capabilities);
  }
  result<command_id> submit(std::unique_ptr<command> cmd) override { return t_.protocol.submit(std::move(cmd)); }
  void end_idle(command_id id) override { t_.protocol.end_idle(id); }
  result<void> start_tls() override { return {}; }
  [[nodiscard]] const session& protocol() const override { return t_.protocol; }
  [[nodiscard]] sasl_context sasl() const override { return {}; }
  [[nodiscard]] bool tls() const override { return false; }
  [[nodiscard]] time_point now() const override { return clock; }

  time_point clock;  // of what is answered from now on

  void play(operation& op, std::initializer_list<exchange> script) {
    op.start(*this, {});
    go_on(op, script);
    EXPECT_TRUE(op.done());
    EXPECT_EQ(t_.output(), "");
  }
  void go_on(operation& op, std::initializer_list<exchange> script) {
    std::string tag;
    for (const auto& [sent, answer] : script) {
      const auto line = t_.output();
      if (sent == "DONE") {
        ASSERT_EQ(line, "DONE\r\n");
      } else {
        tag = line.substr(0, line.find(' '));
        ASSERT_EQ(line, tag + " " + std::string(sent) + "\r\n");
      }
      std::string bytes;
      for (const char c : answer) bytes += c == '$' ? tag : std::string(1, c);
      auto room = t_.protocol.input_buffer();
      ASSERT_GE(room.size(), bytes.size());
      std::copy(bytes.begin(), bytes.end(), room.begin());
      t_.protocol.input_received(bytes.size());
      for (auto e = t_.protocol.next(); e.what != session_event::kind::none; e = t_.protocol.next()) {
        if (e.what == session_event::kind::completed) {
          EXPECT_TRUE(op.on_completed(*this, e));
        }
        if (e.what == session_event::kind::continuation) op.on_continuation(*this, e.id, clock);
      }
    }
  }

 private:
  test::session_test t_;
};

using uid_search_operation = search_operation<uid_search>;

constexpr std::string_view list_extended = "IMAP4rev1 LIST-EXTENDED LIST-STATUS SPECIAL-USE";
constexpr std::string_view esearch = "IMAP4rev1 ESEARCH UIDPLUS";

TEST(list_operation, sends_what_it_is_given_where_that_works) {
  scripted server(list_extended);
  list_operation op(list("", "*").return_children());
  server.play(op, {{"LIST \"\" * RETURN (CHILDREN)", "* LIST (\\HasNoChildren) \"/\" INBOX\r\n$ OK\r\n"}});
  EXPECT_FALSE(op.failure());
  EXPECT_EQ(op.take_result().size(), 1U);
}

TEST(list_operation, drops_options_that_are_answered_with_bad) {  // quirk L-10
  scripted server(list_extended);
  list_operation op(list("", "*").special_use());
  server.play(op, {{"LIST (SPECIAL-USE) \"\" *", "$ BAD expected mailbox\r\n"},
                   {"LIST \"\" *", "* LIST () \"/\" INBOX\r\n* LIST (\\Sent) \"/\" Out\r\n$ OK\r\n"}});
  const auto found = op.take_result();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "Out");

  // The rest of the connection does without them.
  list_operation again(list("", "*").return_subscribed());
  server.play(again, {{"LIST \"\" *", "* LIST () \"/\" INBOX\r\n* LIST () \"/\" Out\r\n$ OK\r\n"},
                      {"LSUB \"\" *", "* LSUB () \"/\" Out\r\n* LSUB (\\Noselect) \"/\" INBOX\r\n$ OK\r\n"}});
  const auto all = again.take_result();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_FALSE(all[0].has("\\Subscribed"));
  EXPECT_TRUE(all[1].has("\\Subscribed"));
}

TEST(list_operation, a_throttled_list_is_not_tried_in_another_form) {  // quirk G-31
  scripted server(list_extended);
  list_operation op(list("", "*").return_children());
  server.play(op, {{"LIST \"\" * RETURN (CHILDREN)",
                    "$ BAD Request is throttled. Suggested Backoff Time: 81250 milliseconds\r\n"}});
  EXPECT_EQ(op.failure().code(), errc::bad);
  EXPECT_EQ(op.failure().retry_after(), std::chrono::milliseconds(81250));
  EXPECT_FALSE(server.habits().no_list_options);
}

TEST(list_operation, repeats_an_empty_answer_that_must_hold_inbox) {  // quirk L-12
  scripted server(list_extended);
  list_operation op(list("", "INBOX").return_status(status_items().messages()));
  server.play(op, {{"LIST \"\" INBOX RETURN (STATUS (MESSAGES))", "$ OK done\r\n"},
                   {"LIST \"\" INBOX", "* LIST () \"/\" INBOX\r\n$ OK\r\n"},
                   {"STATUS INBOX (MESSAGES)", "* STATUS INBOX (MESSAGES 7)\r\n$ OK\r\n"}});
  const auto found = op.take_result();
  ASSERT_EQ(found.size(), 1U);
  ASSERT_TRUE(found[0].status);
  EXPECT_EQ(found[0].status->messages, 7U);
}

TEST(list_operation, believes_an_empty_answer_that_may_be_empty) {
  scripted server(list_extended);
  list_operation selection(list("", "*").subscribed());
  server.play(selection, {{"LIST (SUBSCRIBED) \"\" *", "$ OK\r\n"}});
  list_operation pattern(list("", "work/*").return_children());
  server.play(pattern, {{"LIST \"\" work/* RETURN (CHILDREN)", "$ OK\r\n"}});
  EXPECT_FALSE(server.habits().no_list_options);
}

TEST(list_operation, does_the_same_where_nothing_is_offered) {
  scripted server("IMAP4rev1");
  list_operation op(list("", "*").pattern("%").subscribed().return_status(status_items().messages()));
  server.play(op, {{"LIST \"\" *", "* LIST () \"/\" a\r\n* LIST (\\Noselect) \"/\" b\r\n$ OK\r\n"},
                   {"LIST \"\" %", "* LIST () \"/\" a\r\n$ OK\r\n"},
                   {"LSUB \"\" *", "* LSUB () \"/\" a\r\n* LSUB () \"/\" gone\r\n$ OK\r\n"},
                   {"LSUB \"\" %", "$ OK\r\n"},
                   {"STATUS a (MESSAGES)", "$ NO no such mailbox\r\n"}});
  EXPECT_FALSE(op.failure()) << op.failure().what();
  const auto found = op.take_result();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].name, "a");
  EXPECT_FALSE(found[0].status);
  EXPECT_FALSE(found[1].selectable());
}

TEST(list_operation, refuses_what_list_refuses) {
  scripted server(list_extended);
  list_operation op(list("", "*").recursive_match());
  server.play(op, {});
  EXPECT_EQ(op.failure().code(), errc::invalid_argument);
  list_operation items(list("", "*").return_status(status_items().mailboxid()));
  server.play(items, {});
  EXPECT_EQ(items.failure().code(), errc::capability_required);
}

search_return min_max_count() { return search_return().min().max().count(); }

TEST(search_operation, believes_a_whole_answer) {
  scripted server(esearch);
  uid_search_operation op(uid_search(search_key::all()).returning(min_max_count()));
  server.play(op,
              {{"UID SEARCH RETURN (MIN MAX COUNT) ALL", "* ESEARCH (TAG \"$\") UID MIN 3 MAX 9 COUNT 4\r\n$ OK\r\n"}});
  EXPECT_EQ(op.take_result().max, 9U);
  uid_search_operation none(uid_search(search_key::all()).returning(min_max_count()));
  server.play(none, {{"UID SEARCH RETURN (MIN MAX COUNT) ALL", "* ESEARCH UID COUNT 0\r\n$ OK\r\n"}});
  EXPECT_EQ(none.take_result().count, 0U);
  EXPECT_FALSE(server.habits().no_esearch);
}

TEST(search_operation, asks_for_all_numbers_where_items_are_missing) {  // quirk Q-05a
  scripted server(esearch);
  uid_search_operation op(uid_search(search_key::all()).returning(min_max_count()));
  server.play(op, {{"UID SEARCH RETURN (MIN MAX COUNT) ALL", "* ESEARCH UID COUNT 3\r\n$ OK\r\n"},
                   {"UID SEARCH ALL", "* SEARCH 4 7 8\r\n$ OK\r\n"}});
  const auto found = op.take_result();
  EXPECT_EQ(found.min, 4U);
  EXPECT_EQ(found.max, 8U);
  EXPECT_EQ(found.count, 3U);
  EXPECT_TRUE(found.empty());  // ALL was not asked for

  uid_search_operation half(uid_search(search_key::all()).returning(search_return().min().max()));
  scripted other(esearch);
  other.play(half, {{"UID SEARCH RETURN (MIN MAX) ALL", "* ESEARCH UID MIN 4\r\n$ OK\r\n"},
                    {"UID SEARCH ALL", "* SEARCH 4 7 8\r\n$ OK\r\n"}});
  EXPECT_EQ(half.take_result().max, 8U);

  uid_search_operation again(uid_search(search_key::all()).returning(search_return().all().count()));
  server.play(again, {{"UID SEARCH ALL", "* SEARCH 4 7\r\n$ OK\r\n"}});
  EXPECT_EQ(again.take_result().to_string(), "4,7");
}

TEST(search_operation, works_out_what_a_plain_answer_says) {  // quirk Q-05
  scripted server(esearch);
  uid_search_operation op(uid_search(search_key::all()).returning(search_return().max()));
  server.play(op, {{"UID SEARCH RETURN (MAX) ALL", "* SEARCH 4 7 8\r\n$ OK\r\n"}});
  const auto found = op.take_result();
  EXPECT_EQ(found.max, 8U);
  EXPECT_FALSE(found.min);
  EXPECT_TRUE(found.empty());
}

TEST(search_operation, does_without_return_where_it_is_refused_or_not_offered) {  // quirk Q-05b
  scripted server(esearch);
  uid_search_operation op(uid_search(search_key::seen()).returning(search_return().count()));
  server.play(op, {{"UID SEARCH RETURN (COUNT) SEEN", "$ BAD unknown argument\r\n"},
                   {"UID SEARCH SEEN", "* SEARCH\r\n$ OK\r\n"}});
  EXPECT_EQ(op.take_result().count, 0U);

  scripted old("IMAP4rev1");
  search_operation<search> by_number(search(search_key::seen()).returning(search_return().min()));
  old.play(by_number, {{"SEARCH SEEN", "* SEARCH 2 5\r\n$ OK\r\n"}});
  EXPECT_EQ(by_number.take_result().min, 2U);
  uid_search_operation saved(uid_search(search_key::seen()).returning(search_return().save()));
  old.play(saved, {});
  EXPECT_EQ(saved.failure().code(), errc::capability_required);
}

store mark(bool silent) {
  store c(uid_set::of(4, 7), store_mode::add, flag_list(flags::deleted));
  c.silent(silent);
  return c;
}

TEST(store_operation, does_without_silent_where_it_is_refused) {  // quirk P-16a
  scripted server(esearch);
  store_operation op(mark(true));
  server.play(op, {{"UID STORE 4,7 +FLAGS.SILENT (\\Deleted)", "$ BAD Command Argument Error. 11\r\n"},
                   {"UID STORE 4,7 +FLAGS (\\Deleted)", "* 2 FETCH (UID 4 FLAGS (\\Deleted))\r\n$ OK\r\n"}});
  EXPECT_EQ(op.take_result().messages.size(), 1U);
  store_operation again(mark(true));
  server.play(again, {{"UID STORE 4,7 +FLAGS (\\Deleted)", "$ NO [READ-ONLY] not here\r\n"}});
  EXPECT_EQ(again.failure().code(), errc::no);
}

TEST(store_operation, is_not_repeated_for_other_refusals) {
  scripted server(esearch);
  store_operation op(mark(true));
  server.play(op, {{"UID STORE 4,7 +FLAGS.SILENT (\\Deleted)", "$ NO no\r\n"}});
  store_operation loud(mark(false));
  server.play(loud, {{"UID STORE 4,7 +FLAGS (\\Deleted)", "$ BAD no\r\n"}});
  EXPECT_EQ(loud.failure().code(), errc::bad);
}

TEST(move_operation, marks_without_silent_where_it_is_refused) {  // quirk P-16a
  scripted server(esearch);
  move_operation op(uid_set::of(4), mailbox_name("x"));
  server.play(op, {{"UID COPY 4 x", "$ OK\r\n"},
                   {"UID STORE 4 +FLAGS.SILENT (\\Deleted)", "$ BAD Command Argument Error. 11\r\n"},
                   {"UID STORE 4 +FLAGS (\\Deleted)", "$ OK\r\n"},
                   {"UID EXPUNGE 4", "* 1 EXPUNGE\r\n$ OK\r\n"}});
  EXPECT_EQ(op.take_result().method, move_method::copy_uid_expunge);
}

// RFC 4315 section 2.1: a plain EXPUNGE would remove messages that others have marked.
TEST(move_operation, tells_that_messages_are_only_marked_without_uidplus) {
  scripted server("IMAP4rev1");
  move_operation op(uid_set::of(4), mailbox_name("x"));
  server.play(op, {{"UID COPY 4 x", "$ OK\r\n"}, {"UID STORE 4 +FLAGS.SILENT (\\Deleted)", "$ OK\r\n"}});
  EXPECT_EQ(op.take_result().method, move_method::copy_mark);
}

TEST(move_operation, expunges_nothing_that_could_not_be_marked) {
  scripted server(esearch);
  move_operation op(uid_set::of(4), mailbox_name("x"));
  server.play(op, {{"UID COPY 4 x", "$ OK\r\n"}, {"UID STORE 4 +FLAGS.SILENT (\\Deleted)", "$ NO no\r\n"}});
  EXPECT_EQ(op.failure().code(), errc::no);
}

using namespace std::chrono_literals;

TEST(idle_operation, polls_where_idle_is_refused) {  // quirk I-07
  scripted server("IMAP4rev1 IDLE");
  idle_operation op(time_point(10min), 4min, 1min);
  op.start(server, {});
  server.go_on(op, {{"IDLE", "$ NO select a mailbox first\r\n"}, {"NOOP", "* 11 EXISTS\r\n$ OK\r\n"}});
  EXPECT_EQ(server.protocol().mailbox().exists, 11U);
  EXPECT_FALSE(op.done());
  op.on_time(server, time_point(10min));
  EXPECT_TRUE(op.done());
  EXPECT_FALSE(op.failure());
}

TEST(idle_operation, asks_again_when_the_server_ends_it) {  // quirk I-08
  scripted server("IMAP4rev1 IDLE");
  idle_operation op(time_point(10min), 4min, 1min);
  op.start(server, {});
  server.go_on(op, {{"IDLE", "+ idling\r\n* 11 EXISTS\r\n$ OK timed out\r\n"}, {"IDLE", "+ idling\r\n"}});
  op.on_time(server, time_point(10min));
  server.go_on(op, {{"DONE", "$ OK\r\n"}});
  EXPECT_FALSE(op.failure());
}

TEST(idle_operation, polls_where_idle_ends_at_once_again_and_again) {  // quirk I-09
  scripted server("IMAP4rev1 IDLE");
  idle_operation op(time_point(10min), 4min, 1min);
  op.start(server, {});
  const exchange at_once{"IDLE", "+ idling\r\n$ OK done already\r\n"};
  server.go_on(op, {at_once, at_once, at_once, {"NOOP", "* 11 EXISTS\r\n$ OK\r\n"}});
  EXPECT_EQ(server.protocol().mailbox().exists, 11U);
  EXPECT_EQ(op.wakeup(), time_point(1min)) << "the next NOOP";
  op.on_time(server, time_point(1min));
  server.go_on(op, {{"NOOP", "$ OK\r\n"}});
  op.on_time(server, time_point(10min));
  EXPECT_TRUE(op.done());
  EXPECT_FALSE(op.failure());
}

TEST(idle_operation, one_that_lasts_or_is_renewed_is_no_reason_to_poll) {
  scripted server("IMAP4rev1 IDLE");
  idle_operation op(std::nullopt, 4min, 1min);
  op.start(server, {});
  const exchange at_once{"IDLE", "+ idling\r\n$ OK done already\r\n"};
  server.go_on(op, {at_once, at_once, {"IDLE", "+ idling\r\n"}});
  // Renewed with the clock standing still: it is the client that ends it.
  for (int i = 0; i < 4; ++i) {
    op.on_time(server, time_point(4min));
    server.go_on(op, {{"DONE", "$ OK\r\n"}, {"IDLE", "+ idling\r\n"}});
  }
  op.stop(server);
  server.go_on(op, {{"DONE", "$ OK\r\n"}});
  EXPECT_TRUE(op.done());
  EXPECT_FALSE(op.failure());
}

credentials joe() { return credentials("joe", secret("pw")).allow_plaintext(); }

TEST(login_operation, tries_the_next_mechanism_where_one_is_not_understood) {  // quirk A-06
  scripted server("IMAP4rev1 SASL-IR AUTH=PLAIN", false);
  login_operation op(joe());
  server.play(op, {{"AUTHENTICATE PLAIN AGpvZQBwdw==", "$ BAD what?\r\n"},
                   {"LOGIN \"joe\" \"pw\"", "$ OK [CAPABILITY IMAP4rev1 IDLE] in\r\n"}});
  EXPECT_FALSE(op.failure()) << op.failure().what();
}

TEST(login_operation, a_refusal_is_not_tried_by_other_means) {
  scripted server("IMAP4rev1 SASL-IR AUTH=PLAIN", false);
  login_operation op(joe());
  server.play(op, {{"AUTHENTICATE PLAIN AGpvZQBwdw==", "$ NO [AUTHENTICATIONFAILED] no\r\n"}});
  EXPECT_EQ(op.failure().response_code(), "AUTHENTICATIONFAILED");
}

TEST(login_operation, the_servers_advice_is_in_the_error_where_nothing_works_behind_the_log_in) {  // quirk A-01a
  scripted server("IMAP4rev1", false);
  login_operation op(joe());
  server.play(op, {{"LOGIN \"joe\" \"pw\"", "$ OK [ALERT] Enable IMAP access in the settings first.\r\n"},
                   {"CAPABILITY", "$ NO [ALERT] Enable IMAP access in the settings first.\r\n"}});
  EXPECT_EQ(op.failure().code(), errc::no);
  EXPECT_EQ(op.failure().where(), phase::authenticate);
  EXPECT_EQ(op.failure().server_text(), "Enable IMAP access in the settings first.");
}

TEST(login_operation, enables_rev2_only_where_it_is_offered_and_wanted) {  // quirks G-25, G-25a
  scripted both("IMAP4rev1 IMAP4rev2", false);
  login_operation unasked(joe());
  both.play(unasked, {{"LOGIN \"joe\" \"pw\"", "$ OK [CAPABILITY IMAP4rev1 IMAP4rev2 ENABLE] in\r\n"}});
  scripted old("IMAP4rev1", false);
  login_operation wanted(joe(), true);
  old.play(wanted, {{"LOGIN \"joe\" \"pw\"", "$ OK [CAPABILITY IMAP4rev1 ENABLE] in\r\n"}});
  scripted half("IMAP4rev1 IMAP4rev2", false);
  login_operation refused(joe(), true);
  half.play(refused, {{"LOGIN \"joe\" \"pw\"", "$ OK [CAPABILITY IMAP4rev1 IMAP4rev2] in\r\n"},
                      {"ENABLE IMAP4rev2", "$ BAD not really\r\n"}});
  EXPECT_FALSE(refused.failure());
}

}  // namespace
}  // namespace imapxx::core
