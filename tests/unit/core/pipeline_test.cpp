// What the session makes of the rules: what leaves together, what goes round what, what is divided.
#include <imapxx/session.hpp>

#include "unit/core/session_harness.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace imapxx {
namespace {

using test::session_test;

std::size_t lines(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(session_planner, the_window_grows_while_all_goes_well) {  // quirk S-19
  session_test t;
  t.selected();
  for (std::uint32_t i = 1; i <= 200; ++i) t.submit(fetch(uid_set(i), fetch_items().flags()));
  std::size_t answered = 0;
  std::vector<std::size_t> flights;
  while (answered < 200) {
    const auto out = t.output();
    flights.push_back(lines(out));
    ASSERT_NE(flights.back(), 0U);
    std::string answers;
    for (std::size_t at = 0; at < out.size(); at = out.find('\n', at) + 1)
      answers += out.substr(at, out.find(' ', at) - at) + " OK\r\n";
    answered += flights.back();
    t.feed(answers);
  }
  // 20 at first; the log-in and SELECT of the harness have left one place less to the first doubling.
  EXPECT_EQ(flights.front(), 20U);
  EXPECT_LE(flights.size(), 4U);
}

TEST(session_planner, readers_go_round_what_must_wait) {
  session_test t;
  t.selected(10, "IMAP4rev1");
  t.submit(uid_search(search_key::seen()));
  const auto held = t.submit(uid_search(search_key::unseen()));
  const auto round = t.submit(status("a", status_items().messages()));
  t.expect_output("A2 UID SEARCH SEEN\r\nA3 STATUS a (MESSAGES)\r\n");
  t.feed("* STATUS a (MESSAGES 3)\r\nA3 OK\r\n").expect_done(round);
  EXPECT_EQ(t.output(), "");
  t.feed("* SEARCH 1\r\nA2 OK\r\n").expect_output("A4 UID SEARCH UNSEEN\r\n");
  t.feed("* SEARCH 2\r\nA4 OK\r\n");
  EXPECT_EQ(t.result_of<uid_search>(held).to_string(), "2");
}

TEST(session_planner, nothing_goes_round_what_changes_something) {
  session_test t;
  t.selected();
  t.submit(fetch(uid_set(1), fetch_items().flags()));
  t.submit(store(uid_set(1), store_mode::add, flag_list::of(flags::seen)));
  t.submit(fetch(uid_set(2), fetch_items().flags()));
  t.expect_output("A2 UID FETCH 1 (UID FLAGS)\r\n").feed("A2 OK\r\n");
  t.expect_output("A3 UID STORE 1 +FLAGS (\\Seen)\r\nA4 UID FETCH 2 (UID FLAGS)\r\n");
}

TEST(session_planner, nothing_leaves_inside_a_literal) {
  session_test t;
  t.selected();
  t.submit(uid_search(search_key::seen()));
  t.submit(uid_search(search_key::unseen()));                                         // waits
  t.submit(status(mailbox_name(std::string(1000, 'x')), status_items().messages()));  // as a literal
  t.submit(status("b", status_items().messages()));
  t.expect_output("A2 UID SEARCH SEEN\r\nA3 STATUS {1000}\r\n");
  t.feed("* SEARCH 1\r\nA2 OK\r\n");
  EXPECT_EQ(t.output(), "");
  t.feed("+ go\r\n");
  t.expect_output(std::string(1000, 'x') + " (MESSAGES)\r\nA4 UID SEARCH UNSEEN\r\nA5 STATUS b (MESSAGES)\r\n");
}

TEST(session_planner, searches_with_return_share_a_flight_and_keep_their_answers) {
  session_test t;
  t.selected(10, "IMAP4rev1 ESEARCH");
  const auto a = t.submit(uid_search(search_key::seen()).returning(search_return().all()));
  const auto b = t.submit(uid_search(search_key::unseen()).returning(search_return().all()));
  t.expect_output("A2 UID SEARCH RETURN (ALL) SEEN\r\nA3 UID SEARCH RETURN (ALL) UNSEEN\r\n");
  t.feed("* ESEARCH (TAG \"A3\") UID ALL 4:5\r\n* ESEARCH (TAG \"A2\") UID ALL 1:2\r\nA3 OK\r\nA2 OK\r\n");
  EXPECT_EQ(t.result_of<uid_search>(a).to_string(), "1:2");
  EXPECT_EQ(t.result_of<uid_search>(b).to_string(), "4:5");
}

TEST(session_planner, a_server_that_names_no_tag_gets_one_search_at_a_time) {  // quirk Q-05
  session_test t;
  t.selected(10, "IMAP4rev1 ESEARCH");
  t.submit(uid_search(search_key::seen()).returning(search_return().all()));
  t.expect_output("A2 UID SEARCH RETURN (ALL) SEEN\r\n").feed("* SEARCH 1\r\nA2 OK\r\n");
  t.submit(uid_search(search_key::seen()).returning(search_return().all()));
  t.submit(uid_search(search_key::unseen()).returning(search_return().all()));
  t.expect_output("A3 UID SEARCH RETURN (ALL) SEEN\r\n");
}

// RFC 7162 section 4 has servers take 8192 octets; Courier takes less.
TEST(session_planner, a_long_set_is_divided_and_answered_as_one) {
  session_test t;
  t.selected();
  uid_set odd;
  for (std::uint32_t i = 1; i < 8000; i += 2) odd.insert(i);
  const auto id = t.submit(fetch(odd, fetch_items().flags()));
  const auto out = t.output();
  uid_set asked;
  std::string answers;
  std::size_t at = 0;
  while (at < out.size()) {
    const auto line = out.substr(at, out.find("\r\n", at) + 2 - at);
    at += line.size();
    EXPECT_LE(line.size(), 4000U);
    const auto set = line.substr(line.find("FETCH ") + 6, line.find(" (UID") - line.find("FETCH ") - 6);
    const auto part = uid_set::parse(set);
    EXPECT_TRUE((asked & part).empty());
    asked |= part;
    const auto first = std::to_string(*part.begin());
    // Answered backwards: the last line first.
    answers =
        "* " + first + " FETCH (UID " + first + " FLAGS ())\r\n" + line.substr(0, line.find(' ')) + " OK\r\n" + answers;
  }
  EXPECT_EQ(asked, odd);
  const auto count = lines(out);
  EXPECT_GT(count, 1U);
  const auto last = answers.rfind("\r\n", answers.size() - 3);
  t.feed(answers.substr(0, last + 2));
  EXPECT_FALSE(t.completed(id));
  t.feed(answers.substr(last + 2)).expect_done(id);
  EXPECT_EQ(t.result_of<fetch>(id).size(), count);
}

TEST(session_planner, the_first_failure_of_a_divided_command_is_its_failure) {
  session_test t;
  t.selected();
  uid_set odd;
  for (std::uint32_t i = 1; i < 2600; i += 2) odd.insert(i);
  const auto id = t.submit(store(odd, store_mode::add, flag_list::of(flags::seen)));
  const auto out = t.output();
  ASSERT_EQ(lines(out), 2U);
  t.feed("A2 NO [LIMIT] too much\r\n");
  EXPECT_FALSE(t.completed(id));
  t.feed("A3 OK\r\n");
  EXPECT_EQ(t.failure_of(id).response_code(), "LIMIT");
  EXPECT_EQ(t.protocol.commands_outstanding(), 0U);
}

TEST(session_planner, an_answer_to_a_line_that_has_not_left_is_an_error) {
  session_test t;
  t.selected();
  uid_set odd;
  for (std::uint32_t i = 1; i < 2600; i += 2) odd.insert(i);
  t.submit(fetch(odd, fetch_items().flags()));
  const auto first = t.output_some(4010);
  EXPECT_LT(first.find("\r\n"), 4010U);
  t.feed("A2 OK\r\n");  // of the line that has left
  EXPECT_FALSE(t.protocol.closed());
  t.feed("A3 OK\r\n");
  EXPECT_TRUE(t.protocol.closed());
}

TEST(session_planner, sequence_numbers_of_move_are_not_divided) {
  session_test t;
  t.selected(10, "IMAP4rev1 MOVE");
  seq_set odd;
  for (std::uint32_t i = 1; i < 4500; i += 2) odd.insert(i);
  t.submit(move(odd, "x"));
  EXPECT_EQ(lines(t.output()), 1U);
}

}  // namespace
}  // namespace imapxx
