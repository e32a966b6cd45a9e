// Operations of several commands against servers that refuse some of them (docs/QUIRKS.md).
#include "core/append_operation.hpp"
#include "core/connect_operation.hpp"
#include "core/idle_operation.hpp"
#include "core/move_operation.hpp"
#include "core/plain_operations.hpp"
#include "unit/core/scripted.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace imapxx::core {
namespace {

using testing::ElementsAre;
using testing::StartsWith;
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

TEST(list_operation, an_empty_answer_to_any_pattern_that_inbox_matches_is_none) {  // quirk L-12
  for (const std::string_view pattern : {"%", "inbox"}) {
    scripted server(list_extended);
    list_operation op(list("", mailbox_name(pattern)).return_children());
    server.play(op, {{"LIST \"\" " + std::string(pattern) + " RETURN (CHILDREN)", "$ OK\r\n"},
                     {"LIST \"\" " + std::string(pattern), "* LIST () \"/\" INBOX\r\n$ OK\r\n"}});
    EXPECT_EQ(op.take_result().size(), 1U) << pattern;
  }
  scripted server(list_extended);
  list_operation below(list("work/", "*").return_children());
  server.play(below, {{"LIST work/ * RETURN (CHILDREN)", "$ OK\r\n"}});
  EXPECT_TRUE(below.take_result().empty());
}

TEST(list_operation, what_is_only_subscribed_is_no_answer_to_an_unselective_list) {  // RFC 5258 section 3
  scripted server("IMAP4rev1");
  list_operation op(list("", "*").return_subscribed());
  server.play(op, {{"LIST \"\" *", "* LIST () \"/\" a\r\n$ OK\r\n"},
                   {"LSUB \"\" *", "* LSUB () \"/\" gone\r\n* LSUB () \"/\" a\r\n$ OK\r\n"}});
  const auto found = op.take_result();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "a");
  EXPECT_TRUE(found[0].has("\\Subscribed"));
}

TEST(list_operation, the_limit_holds_for_all_patterns_together) {
  session_options few;
  few.limits.collected_responses = 2;
  scripted server("IMAP4rev1", true, few);
  list_operation op(list("", "*").pattern("%").subscribed());
  server.play(op, {{"LIST \"\" *", "* LIST () \"/\" a\r\n* LIST () \"/\" b\r\n$ OK\r\n"},
                   {"LIST \"\" %", "* LIST () \"/\" c\r\n$ OK\r\n"}});
  EXPECT_EQ(op.failure().code(), errc::limit_exceeded);
  EXPECT_EQ(op.failure().limit_name(), "collected_responses");
}

TEST(list_operation, the_end_of_the_connection_ends_the_counting) {
  scripted server("IMAP4rev1");
  list_operation op(list("", "*").return_status(status_items().messages()));
  server.play(op, {{"LIST \"\" *", "* LIST () \"/\" a\r\n* LIST () \"/\" b\r\n$ OK\r\n"},
                   {"STATUS a (MESSAGES)", "* BYE going down\r\n"}});
  EXPECT_TRUE(op.failure().is_fatal());
}

TEST(list_operation, foretells_its_commands) {
  scripted server(list_extended);
  const auto& info = server.protocol().info();
  EXPECT_THAT(list_operation(list("", "*")).plan(info), ElementsAre("LIST"));
  EXPECT_THAT(list_operation(list("", "*").return_children()).plan(info),
              ElementsAre(StartsWith("LIST"), StartsWith("if ")));
  for (const auto& subscribed : {list("", "*").subscribed(), list("", "*").return_subscribed()}) {
    EXPECT_THAT(list_operation(subscribed).plan(info),
                ElementsAre(StartsWith("LIST"), StartsWith("if "), StartsWith("then LSUB")));
  }
  EXPECT_THAT(list_operation(list("", "*").return_status(status_items().messages())).plan(info),
              ElementsAre(StartsWith("LIST"), StartsWith("if "), StartsWith("then STATUS")));
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

// RFC 4731 section 3.1; each row: what is asked for, the same on the wire, an answer that lacks some of it.
TEST(search_operation, works_out_each_item_from_the_numbers) {  // quirks Q-05, Q-05a
  struct row {
    search_return wanted;
    std::string_view sent;
    std::string_view answer;
  };
  const row rows[] = {
      {search_return().min(), "MIN", "* SEARCH 4 7 8\r\n"},
      {search_return().max(), "MAX", "* SEARCH 8 7 4\r\n"},
      {search_return().min().max(), "MIN MAX", "* ESEARCH (TAG \"$\") UID ALL 4,7:8\r\n"},
      {search_return().all().count(), "ALL COUNT", "* ESEARCH (TAG \"$\") UID ALL 4,7:8\r\n"},
      {search_return().min().all(), "MIN ALL", "* ESEARCH (TAG \"$\") UID ALL 4,7:8\r\n"},
      {search_return().all().max(), "MAX ALL", "* ESEARCH (TAG \"$\") UID ALL 4,7:8\r\n"},
  };
  for (const auto& r : rows) {
    SCOPED_TRACE(r.sent);
    scripted server(esearch);
    uid_search_operation op(uid_search(search_key::all()).returning(r.wanted));
    server.play(op, {{"UID SEARCH RETURN (" + std::string(r.sent) + ") ALL", std::string(r.answer) + "$ OK\r\n"}});
    ASSERT_FALSE(op.failure()) << op.failure().what();
    const auto found = op.take_result();
    const auto asked = [&](bool has, std::uint32_t n) { return has ? std::optional(n) : std::nullopt; };
    EXPECT_EQ(found.min, asked(r.wanted.has_min(), 4));
    EXPECT_EQ(found.max, asked(r.wanted.has_max(), 8));
    EXPECT_EQ(found.count.has_value(), r.wanted.has_count());
    EXPECT_EQ(found.count.value_or(3), 3U);
    EXPECT_EQ(found.to_string(), r.wanted.has_all() ? "4,7:8" : "");
  }
}

TEST(search_operation, an_answer_that_names_nothing_found_nothing) {  // RFC 4731 section 3.1
  for (const auto& [wanted, sent] : {std::pair{search_return().min(), "MIN"}, std::pair{search_return().max(), "MAX"},
                                     std::pair{search_return().all(), "ALL"}}) {
    scripted server(esearch);
    uid_search_operation op(uid_search(search_key::all()).returning(wanted));
    server.play(op, {{std::string("UID SEARCH RETURN (") + sent + ") ALL", "* ESEARCH (TAG \"$\") UID\r\n$ OK\r\n"}});
    const auto found = op.take_result();
    EXPECT_TRUE(found.empty());
    EXPECT_FALSE(found.min || found.max || found.count) << sent;
    EXPECT_FALSE(server.habits().no_esearch) << sent;
  }
}

TEST(search_operation, half_an_answer_is_asked_for_again) {  // quirk Q-05a
  for (const std::string_view half : {"UID MIN 4", "UID MAX 8"}) {
    scripted server(esearch);
    search_operation<search> op(search(search_key::all()).returning(search_return().min().max()));
    server.play(
        op, {{"SEARCH RETURN (MIN MAX) ALL", "* ESEARCH (TAG \"$\") " + std::string(half.substr(4)) + "\r\n$ OK\r\n"},
             {"SEARCH ALL", "* SEARCH 4 7 8\r\n$ OK\r\n"}});
    const auto found = op.take_result();
    EXPECT_EQ(found.min, 4U);
    EXPECT_EQ(found.max, 8U);
    EXPECT_TRUE(server.habits().no_esearch);
  }
}

TEST(search_operation, a_search_that_fails_is_not_tried_in_another_form) {
  scripted server(esearch);
  uid_search_operation no(uid_search(search_key::all()).returning(min_max_count()));
  server.play(no, {{"UID SEARCH RETURN (MIN MAX COUNT) ALL", "$ NO [INUSE] later\r\n"}});
  EXPECT_EQ(no.failure().code(), errc::no);
  search_operation<search> plain((search(search_key::all())));
  server.play(plain, {{"SEARCH ALL", "$ BAD what\r\n"}});
  EXPECT_EQ(plain.failure().code(), errc::bad);
  search_operation<search> fine((search(search_key::all())));
  server.play(fine, {{"SEARCH ALL", "* SEARCH 2 3\r\n$ OK\r\n"}});
  EXPECT_EQ(fine.take_result().to_string(), "2:3");
  EXPECT_FALSE(server.habits().no_esearch);
}

TEST(search_operation, rev2_has_return_without_another_capability) {  // RFC 9051 section 6.4.4
  scripted server("IMAP4rev2");
  search_operation<search> op(search(search_key::all()).returning(search_return().count()));
  server.play(op, {{"SEARCH RETURN (COUNT) ALL", "* ESEARCH (TAG \"$\") COUNT 4\r\n$ OK\r\n"}});
  EXPECT_EQ(op.take_result().count, 4U);
}

TEST(search_operation, foretells_its_commands) {
  scripted server(esearch);
  const auto& info = server.protocol().info();
  EXPECT_THAT(uid_search_operation(uid_search(search_key::all())).plan(info), ElementsAre("UID SEARCH"));
  EXPECT_THAT(uid_search_operation(uid_search(search_key::all()).returning(search_return().save())).plan(info),
              ElementsAre("UID SEARCH RETURN"));
  EXPECT_THAT(search_operation<search>(search(search_key::all()).returning(min_max_count())).plan(info),
              ElementsAre("SEARCH RETURN", testing::EndsWith(": SEARCH")));
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

TEST(store_operation, a_form_that_is_refused_too_says_nothing_about_silent) {
  scripted server(esearch);
  store_operation op(mark(true));
  server.play(op, {{"UID STORE 4,7 +FLAGS.SILENT (\\Deleted)", "$ BAD what\r\n"},
                   {"UID STORE 4,7 +FLAGS (\\Deleted)", "$ BAD what\r\n"}});
  EXPECT_EQ(op.failure().code(), errc::bad);
  EXPECT_FALSE(server.habits().no_silent_store);
}

TEST(store_operation, foretells_its_commands) {
  scripted server(esearch);
  const auto& info = server.protocol().info();
  EXPECT_THAT(store_operation(mark(false)).plan(info), ElementsAre("UID STORE"));
  EXPECT_THAT(store_operation(mark(true)).plan(info),
              ElementsAre(StartsWith("UID STORE"), testing::EndsWith(": UID STORE")));
}

TEST(move_operation, is_one_command_where_the_server_has_it) {  // RFC 6851 section 3.3, RFC 9051 section 6.4.8
  for (const auto* capabilities : {"IMAP4rev1 MOVE", "IMAP4rev2"}) {
    scripted server(capabilities);
    move_operation by_uid(uid_set::of(4), mailbox_name("x"));
    server.play(by_uid, {{"UID MOVE 4 x", "* OK [COPYUID 9 4 40] moved\r\n* 1 EXPUNGE\r\n$ OK\r\n"}});
    auto done = by_uid.take_result();
    EXPECT_EQ(done.method, move_method::move);
    EXPECT_EQ(done.copied.destination_of(4), 40U);
    move_operation by_number(seq_set::of(2), mailbox_name("x"));
    server.play(by_number, {{"MOVE 2 x", "$ OK\r\n"}});
    EXPECT_EQ(by_number.take_result().method, move_method::move);
  }
}

// Between several commands sequence numbers may change (RFC 9051 section 7.5.1).
TEST(move_operation, sequence_numbers_are_uids_before_anything_is_done) {
  scripted server(esearch);
  move_operation op(seq_set::range(2, 3), mailbox_name("x"));
  server.play(op, {{"UID SEARCH 2:3", "* SEARCH 20 30\r\n$ OK\r\n"},
                   {"UID COPY 20,30 x", "$ OK\r\n"},
                   {"UID STORE 20,30 +FLAGS.SILENT (\\Deleted)", "$ OK\r\n"},
                   {"UID EXPUNGE 20,30", "$ OK\r\n"}});
  EXPECT_EQ(op.take_result().method, move_method::copy_uid_expunge);
  move_operation none(seq_set::of(9), mailbox_name("x"));
  server.play(none, {{"UID SEARCH 9", "* SEARCH\r\n$ OK\r\n"}});
  EXPECT_EQ(none.failure().code(), errc::invalid_argument);
}

TEST(move_operation, foretells_its_commands) {
  const auto plan = [](std::string_view capabilities, const move_operation& op) {
    return op.plan(scripted(capabilities).protocol().info());
  };
  const move_operation uids(uid_set::of(4), mailbox_name("x"));
  const move_operation numbers(seq_set::of(4), mailbox_name("x"));
  EXPECT_THAT(plan("IMAP4rev1 MOVE", uids), ElementsAre(StartsWith("UID MOVE")));
  EXPECT_THAT(plan("IMAP4rev2", numbers), ElementsAre(StartsWith("MOVE")));
  EXPECT_THAT(plan("IMAP4rev1 UIDPLUS", uids),
              ElementsAre(StartsWith("UID COPY"), StartsWith("UID STORE"), StartsWith("UID EXPUNGE")));
  EXPECT_THAT(plan("IMAP4rev1", numbers), ElementsAre(StartsWith("UID SEARCH"), StartsWith("UID COPY"),
                                                      StartsWith("UID STORE"), StartsWith("nothing more")));
}

TEST(append_operation, foretells_its_commands) {
  std::vector<append_message> two;
  two.emplace_back(std::string("one"));
  two.emplace_back(std::string("two"));
  const append_operation both("x", two);
  two.pop_back();
  const append_operation single("x", two);
  scripted multi("IMAP4rev1 MULTIAPPEND");
  scripted plain("IMAP4rev1");
  EXPECT_THAT(both.plan(multi.protocol().info()), ElementsAre(testing::HasSubstr("one command")));
  EXPECT_THAT(both.plan(plain.protocol().info()), ElementsAre(testing::HasSubstr("each message")));
  EXPECT_THAT(single.plan(multi.protocol().info()), ElementsAre(testing::HasSubstr("each message")));
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

TEST(idle_operation, a_stop_before_the_server_is_ready_waits_for_it) {  // RFC 9051 section 6.3.13
  scripted server("IMAP4rev2");
  idle_operation op(std::nullopt, 4min, 1min);
  op.start(server, {});
  EXPECT_EQ(op.wakeup(), time_point(4min));
  op.on_time(server, time_point(1min));  // too early: nothing is due
  server.go_on(op, {{"IDLE", ""}});
  op.stop(server);
  EXPECT_FALSE(op.wakeup());
  EXPECT_FALSE(op.done());
  server.answer(op, "+ idling\r\n");
  server.go_on(op, {{"DONE", ""}});
  server.answer(op, "A2 OK\r\n");
  EXPECT_TRUE(op.done());
  EXPECT_FALSE(op.failure());
}

TEST(idle_operation, the_clock_starts_with_the_servers_own_continuation_only) {
  scripted server("IMAP4rev1 IDLE");
  idle_operation op(time_point(10min), 4min, 1min);
  EXPECT_EQ(op.wakeup(), time_point(10min));
  op.start(server, {});
  op.on_continuation(server, 999, time_point(2min));  // of another command
  EXPECT_EQ(op.wakeup(), time_point(4min));
  op.on_continuation(server, op.waiting_for(), time_point(2min));
  EXPECT_EQ(op.wakeup(), time_point(6min));
}

TEST(idle_operation, polls_one_noop_at_a_time) {
  scripted server("IMAP4rev1");
  idle_operation op(std::nullopt, 4min, 1min);
  op.start(server, {});
  op.on_time(server, time_point(1min));  // the first one has no answer yet
  server.go_on(op, {{"NOOP", "$ OK\r\n"}});
  EXPECT_EQ(op.wakeup(), time_point(2min));
  op.on_time(server, time_point(2min));
  op.stop(server);
  EXPECT_FALSE(op.done());
  server.go_on(op, {{"NOOP", "$ OK\r\n"}});
  EXPECT_TRUE(op.done());
}

TEST(idle_operation, foretells_its_commands) {
  const idle_operation op(std::nullopt, 4min, 1min);
  for (const auto* capabilities : {"IMAP4rev1 IDLE", "IMAP4rev2"})
    EXPECT_THAT(op.plan(scripted(capabilities).protocol().info()), ElementsAre("IDLE, again every 240 s"))
        << capabilities;
  EXPECT_THAT(op.plan(scripted("IMAP4rev1").protocol().info()), ElementsAre("NOOP every 60 s"));
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

TEST(login_operation, a_second_log_in_is_refused_before_anything_is_sent) {
  scripted server("IMAP4rev1");
  login_operation op(joe());
  server.play(op, {});
  EXPECT_EQ(op.failure().code(), errc::wrong_state);
}

TEST(login_operation, asks_for_capabilities_that_the_greeting_did_not_tell) {
  scripted server("", false);
  login_operation op(joe());
  server.play(op, {{"CAPABILITY", "* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\r\n$ OK\r\n"},
                   {"AUTHENTICATE PLAIN AGpvZQBwdw==", "$ OK [CAPABILITY IMAP4rev1] in\r\n"}});
  EXPECT_FALSE(op.failure()) << op.failure().what();
}

TEST(login_operation, what_plain_cannot_express_is_tried_by_the_next) {  // RFC 4616 section 2: no NUL
  scripted server("IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=LOGIN", false);
  login_operation op(credentials("joe", secret(std::string_view("p\0w", 3))).allow_plaintext());
  server.play(op, {});
  EXPECT_EQ(op.failure().where(), phase::authenticate);
  EXPECT_FALSE(op.failure().is_fatal());
}

TEST(login_operation, foretells_its_commands) {
  scripted server("IMAP4rev1 AUTH=PLAIN", false);
  const auto& info = server.protocol().info();
  EXPECT_THAT(login_operation(joe()).plan(info),
              ElementsAre("AUTHENTICATE PLAIN", testing::EndsWith(": LOGIN"), StartsWith("CAPABILITY")));
  scripted disabled("IMAP4rev1 LOGINDISABLED", false);
  EXPECT_THAT(login_operation(joe()).plan(disabled.protocol().info()), ElementsAre(StartsWith("refused: ")));
}

TEST(connect_operation, foretells_its_commands) {
  scripted server("IMAP4rev1", false);
  const auto& info = server.protocol().info();
  EXPECT_THAT(connect_operation(security::tls).plan(info),
              ElementsAre("TLS handshake", "greeting", StartsWith("CAPABILITY")));
  EXPECT_THAT(connect_operation(security::starttls).plan(info),
              ElementsAre("greeting", StartsWith("CAPABILITY"), "STARTTLS", "TLS handshake", "CAPABILITY"));
  EXPECT_THAT(connect_operation(security::plain).plan(info), ElementsAre("greeting", StartsWith("CAPABILITY")));
}

}  // namespace
}  // namespace imapxx::core
