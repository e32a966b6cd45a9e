// FETCH of messages some of which the server cannot read (docs/QUIRKS.md F-10, F-11).
#include "core/fetch_operation.hpp"

#include "unit/core/scripted.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace imapxx::core {
namespace {

constexpr std::string_view plain = "IMAP4rev1";

fetch flags_of(uid_set messages) { return {std::move(messages), fetch_items().flags()}; }

std::vector<std::uint32_t> uids(const fetch_results& rows) {
  std::vector<std::uint32_t> all;
  for (std::size_t i = 0; i != rows.size(); ++i) all.push_back(rows.uid(i));
  return all;
}

using testing::ElementsAre;

TEST(fetch_operation, one_command_where_nothing_is_refused) {
  scripted server(plain);
  fetch_operation op(flags_of(uid_set::of(11, 12)), 250);
  server.play(op, {{"UID FETCH 11:12 (UID FLAGS)",
                    "* 1 FETCH (UID 11 FLAGS ())\r\n* 2 FETCH (UID 12 FLAGS (\\Seen))\r\n$ OK\r\n"}});
  EXPECT_FALSE(op.failure());
  const auto r = op.take_result();
  EXPECT_TRUE(r.complete());
  EXPECT_EQ(r.commands, 1U);
  EXPECT_THAT(uids(r.messages), ElementsAre(11, 12));
  ASSERT_TRUE(r.messages.find_uid(12));
  EXPECT_TRUE(r.messages.find_uid(12)->has_flag("\\Seen"));
}

TEST(fetch_operation, halves_what_is_refused_until_one_message_is_left) {  // quirk F-11
  scripted server(plain);
  fetch_operation op(flags_of(uid_set::from(11)), 250);
  server.play(
      op, {{"UID FETCH 11:* (UID FLAGS)", "* 1 FETCH (UID 11 FLAGS ())\r\n$ NO [SERVERBUG] FETCH Server error\r\n"},
           {"UID SEARCH UID 11:*", "* SEARCH 11 12 13 20 21\r\n$ OK\r\n"},
           {"UID FETCH 12:13 (UID FLAGS)", "* 2 FETCH (UID 12 FLAGS ())\r\n* 3 FETCH (UID 13 FLAGS ())\r\n$ OK\r\n"},
           {"UID FETCH 20:21 (UID FLAGS)", "$ NO [UNAVAILABLE] Unexpected exception\r\n"},
           {"UID FETCH 20 (UID FLAGS)", "$ NO [UNAVAILABLE] Unexpected exception\r\n"},
           {"UID FETCH 21 (UID FLAGS)", "* 5 FETCH (UID 21 FLAGS (\\Seen))\r\n$ OK\r\n"}});
  EXPECT_FALSE(op.failure());
  const auto r = op.take_result();
  EXPECT_THAT(uids(r.messages), ElementsAre(11, 12, 13, 21));
  ASSERT_EQ(r.refused.size(), 1U);
  EXPECT_EQ(r.refused[0].uid, 20U);
  EXPECT_EQ(r.refused[0].why.code(), errc::no);
  EXPECT_EQ(r.refused[0].why.response_code(), "UNAVAILABLE");
  EXPECT_TRUE(r.not_asked.empty());
  EXPECT_FALSE(r.complete());
  EXPECT_EQ(r.commands, 5U);
}

TEST(fetch_operation, messages_that_are_gone_are_no_refusal) {  // quirk F-10
  scripted server(plain);
  fetch_operation op(flags_of(uid_set::range(11, 13)), 250);
  server.play(op, {{"UID FETCH 11:13 (UID FLAGS)",
                    "* 1 FETCH (UID 11 FLAGS ())\r\n* 2 FETCH (UID 13 FLAGS ())\r\n"
                    "$ NO Some of the requested messages no longer exist.\r\n"},
                   {"UID SEARCH UID 11:13", "* SEARCH 11 13\r\n$ OK\r\n"}});
  EXPECT_FALSE(op.failure());
  const auto r = op.take_result();
  EXPECT_TRUE(r.complete());
  EXPECT_THAT(uids(r.messages), ElementsAre(11, 13));
}

TEST(fetch_operation, a_no_behind_all_messages_ends_it) {  // quirk F-10
  scripted server(plain);
  fetch_operation op(flags_of(uid_set(11)), 250);
  server.play(op, {{"UID FETCH 11 (UID FLAGS)", "* 1 FETCH (UID 11 FLAGS ())\r\n$ NO [EXPUNGEISSUED] gone\r\n"}});
  EXPECT_FALSE(op.failure());
  EXPECT_TRUE(op.take_result().complete());
}

TEST(fetch_operation, half_of_a_refused_message_is_kept) {
  scripted server(plain);
  fetch_operation op(fetch(uid_set(11), fetch_items().flags().rfc822_size()), 250);
  server.play(op, {{"UID FETCH 11 (UID FLAGS RFC822.SIZE)", "* 1 FETCH (UID 11 FLAGS ())\r\n$ NO no size\r\n"},
                   {"UID SEARCH UID 11", "* SEARCH 11\r\n$ OK\r\n"}});
  const auto r = op.take_result();
  EXPECT_THAT(uids(r.messages), ElementsAre(11));
  EXPECT_FALSE(r.messages.is_complete(0));
  ASSERT_EQ(r.refused.size(), 1U);
  EXPECT_EQ(r.refused[0].uid, 11U);
}

TEST(fetch_operation, half_a_message_is_asked_for_again) {
  scripted server(plain);
  fetch_operation op(fetch(uid_set::of(11, 12), fetch_items().flags().rfc822_size()), 250);
  server.play(op, {{"UID FETCH 11:12 (UID FLAGS RFC822.SIZE)", "* 1 FETCH (UID 11 FLAGS (a))\r\n$ NO no size\r\n"},
                   {"UID SEARCH UID 11:12", "* SEARCH 11 12\r\n$ OK\r\n"},
                   {"UID FETCH 11 (UID FLAGS RFC822.SIZE)", "* 1 FETCH (UID 11 FLAGS (b) RFC822.SIZE 9)\r\n$ OK\r\n"},
                   {"UID FETCH 12 (UID FLAGS RFC822.SIZE)", "* 2 FETCH (UID 12 FLAGS () RFC822.SIZE 8)\r\n$ OK\r\n"}});
  const auto r = op.take_result();
  EXPECT_TRUE(r.complete());
  ASSERT_THAT(uids(r.messages), ElementsAre(11, 12));
  EXPECT_EQ(r.messages[0].text(), "(UID 11 FLAGS (b) RFC822.SIZE 9)");
}

TEST(fetch_operation, what_an_answer_leaves_out_is_no_reason_to_drop_the_rest) {  // quirk F-07
  scripted server(plain);
  fetch_operation op(fetch(uid_set(11), fetch_items().flags().rfc822_size()), 250);
  server.play(op, {{"UID FETCH 11 (UID FLAGS RFC822.SIZE)", "* 1 FETCH (UID 11 FLAGS (\\Seen))\r\n$ OK\r\n"}});
  EXPECT_FALSE(op.failure());
  const auto r = op.take_result();
  ASSERT_THAT(uids(r.messages), ElementsAre(11));
  EXPECT_TRUE(r.messages[0].has_flag("\\Seen"));
  EXPECT_FALSE(r.messages.is_complete(0));
}

// Every other UID: what is missing between those that came would be a line of 500 numbers.
TEST(fetch_operation, many_gaps_make_no_long_search) {
  scripted server(plain);
  fetch_operation op(flags_of(uid_set::all()), 250);
  std::string rows;
  std::string numbers;
  for (int uid = 1000; uid != 2000; uid += 2) {
    rows += "* 1 FETCH (UID " + std::to_string(uid) + " FLAGS ())\r\n";
    numbers += " " + std::to_string(uid);
  }
  server.play(op, {{"UID FETCH 1:* (UID FLAGS)", rows + "$ NO [SERVERBUG] sorry\r\n"},
                   {"UID SEARCH UID 1:*", "* SEARCH" + numbers + " 2000\r\n$ OK\r\n"}});
  const auto r = op.take_result();
  EXPECT_EQ(r.messages.size(), 500U);
  ASSERT_EQ(r.refused.size(), 1U);
  EXPECT_EQ(r.refused[0].uid, 2000U);
}

TEST(fetch_operation, only_messages_of_the_set_are_asked_for_again) {
  scripted server(plain);
  uid_set some = uid_set::of(11, 15);
  some.insert(number_set_star);
  fetch_operation op(flags_of(some), 250);
  server.play(op, {{"UID FETCH 11,15,* (UID FLAGS)", "* 1 FETCH (UID 11 FLAGS ())\r\n$ NO [SERVERBUG] sorry\r\n"},
                   {"UID SEARCH UID 11:*", "* SEARCH 11 12 15 77\r\n$ OK\r\n"},
                   {"UID FETCH 15 (UID FLAGS)", "* 3 FETCH (UID 15 FLAGS ())\r\n$ OK\r\n"},
                   {"UID FETCH 77 (UID FLAGS)", "* 4 FETCH (UID 77 FLAGS ())\r\n$ OK\r\n"}});
  const auto r = op.take_result();
  EXPECT_TRUE(r.complete());
  EXPECT_THAT(uids(r.messages), ElementsAre(11, 15, 77));
}

TEST(fetch_operation, the_last_message_is_found_under_its_uid) {
  scripted server(plain);
  fetch_operation op(flags_of(uid_set::last()), 250);
  server.play(
      op, {{"UID FETCH * (UID FLAGS)", "$ NO [SERVERBUG] sorry\r\n"}, {"UID SEARCH UID *", "* SEARCH 77\r\n$ OK\r\n"}});
  const auto r = op.take_result();
  ASSERT_EQ(r.refused.size(), 1U);
  EXPECT_EQ(r.refused[0].uid, 77U);
}

// RFC 9051 section 9: 90:* is *:90, too, when the last message is below 90.
TEST(fetch_operation, the_last_message_below_a_range_is_not_meant) {
  scripted server(plain);
  fetch_operation op(flags_of(uid_set::from(90)), 250);
  server.play(op, {{"UID FETCH 90:* (UID FLAGS)", "$ NO [SERVERBUG] sorry\r\n"},
                   {"UID SEARCH UID 90:*", "* SEARCH 77\r\n$ OK\r\n"}});
  EXPECT_FALSE(op.failure());
  EXPECT_TRUE(op.take_result().complete());
}

TEST(fetch_operation, sends_no_more_commands_than_allowed) {
  scripted server(plain);
  fetch_operation op(flags_of(uid_set::range(11, 18)), 3);
  server.play(
      op, {{"UID FETCH 11:18 (UID FLAGS)", "$ NO System Error (Failure)\r\n"},
           {"UID SEARCH UID 11:18", "* SEARCH 11 12 13 14 15 16 17 18\r\n$ OK\r\n"},
           {"UID FETCH 11:14 (UID FLAGS)", "$ NO System Error (Failure)\r\n"},
           {"UID FETCH 11:12 (UID FLAGS)", "* 1 FETCH (UID 11 FLAGS ())\r\n* 2 FETCH (UID 12 FLAGS ())\r\n$ OK\r\n"}});
  EXPECT_FALSE(op.failure());
  const auto r = op.take_result();
  EXPECT_THAT(uids(r.messages), ElementsAre(11, 12));
  EXPECT_EQ(r.not_asked, uid_set::range(13, 18));
  EXPECT_TRUE(r.refused.empty());
  EXPECT_FALSE(r.complete());
}

TEST(fetch_operation, what_is_about_more_than_a_message_ends_it) {
  for (const std::string answer :
       {"$ BAD what\r\n", "$ NO Request is throttled. Suggested Backoff Time: 81250 milliseconds\r\n"}) {
    scripted server(plain);
    fetch_operation op(flags_of(uid_set::of(11, 12)), 250);
    server.play(op, {{"UID FETCH 11:12 (UID FLAGS)", answer}});
    EXPECT_TRUE(op.failure()) << answer;
  }
}

TEST(fetch_operation, a_search_that_is_refused_leaves_the_reason_of_the_fetch) {
  scripted server(plain);
  fetch_operation op(flags_of(uid_set::of(11, 12)), 250);
  server.play(op, {{"UID FETCH 11:12 (UID FLAGS)", "$ NO [SERVERBUG] the fetch\r\n"},
                   {"UID SEARCH UID 11:12", "$ NO the search\r\n"}});
  EXPECT_EQ(op.failure().server_text(), "the fetch");
}

TEST(fetch_operation, keeps_to_the_limits_over_all_commands) {
  session_options options;
  options.limits.collected_responses = 2;
  scripted server(plain, true, options);
  fetch_operation op(flags_of(uid_set::range(11, 13)), 250);
  server.play(op, {{"UID FETCH 11:13 (UID FLAGS)",
                    "* 1 FETCH (UID 11 FLAGS ())\r\n* 2 FETCH (UID 12 FLAGS ())\r\n$ NO [SERVERBUG] sorry\r\n"},
                   {"UID SEARCH UID 11:13", "* SEARCH 11 12 13\r\n$ OK\r\n"}});
  EXPECT_FALSE(op.failure());

  fetch_operation more(flags_of(uid_set::range(11, 14)), 250);
  server.play(more, {{"UID FETCH 11:14 (UID FLAGS)", "* 1 FETCH (UID 11 FLAGS ())\r\n$ NO [SERVERBUG] sorry\r\n"},
                     {"UID SEARCH UID 11:14", "* SEARCH 11 12 13 14\r\n$ OK\r\n"},
                     {"UID FETCH 12 (UID FLAGS)", "* 2 FETCH (UID 12 FLAGS ())\r\n$ OK\r\n"},
                     {"UID FETCH 13:14 (UID FLAGS)", "* 3 FETCH (UID 13 FLAGS ())\r\n$ NO [SERVERBUG] sorry\r\n"}});
  EXPECT_EQ(more.failure().code(), errc::limit_exceeded);
  EXPECT_EQ(more.failure().limit_name(), "collected_responses");
}

TEST(fetch_operation, refuses_what_it_could_not_ask_for_again) {
  scripted server(plain);
  fetch_operation by_number(fetch(seq_set(1), fetch_items().flags()), 250);
  server.play(by_number, {});
  EXPECT_EQ(by_number.failure().code(), errc::invalid_argument);

  fetch to_sink = flags_of(uid_set(11));
  to_sink.to(sink_to([](const body_info&, std::string_view) { return true; }));
  fetch_operation to_a_sink(to_sink, 250);
  server.play(to_a_sink, {});
  EXPECT_EQ(to_a_sink.failure().code(), errc::invalid_argument);

  fetch_operation without_commands(flags_of(uid_set(11)), 0);
  server.play(without_commands, {});
  EXPECT_EQ(without_commands.failure().code(), errc::invalid_argument);

  fetch_operation without_messages(flags_of({}), 250);
  server.play(without_messages, {});
  EXPECT_EQ(without_messages.failure().code(), errc::invalid_argument);
}

TEST(fetch_operation, says_what_it_will_do) {
  EXPECT_THAT(fetch_operation(flags_of(uid_set(11)), 250).plan({}),
              ElementsAre("UID FETCH", testing::StartsWith("if the server refuses that: UID SEARCH")));
}

}  // namespace
}  // namespace imapxx::core
