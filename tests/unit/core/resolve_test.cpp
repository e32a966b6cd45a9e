// Commands that must be carried out exactly once: what the mailboxes say after a loss, and what is made of it.
#include "unit/core/aftermath.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::core {
namespace {

using namespace std::chrono_literals;
using kind = reconnect_event::kind;

/// In INBOX, with the messages of UID 5 and 6 on their way to `a`, whose next UID is 4.
class on_the_way {
 public:
  template <class Transfer>
  explicit on_the_way(Transfer cmd, std::string_view status_reply = {}) : t(plain_policy()) {
    t.selected();
    id = t.submit(std::move(cmd));
    t.answer(numbers_of_a, status_reply.empty() ? numbers(4) : std::string(status_reply));
    answer_fetch(t, "5:6", message(1, 5, 10, "five") + message(2, 6, 20, "six") + "$ OK\r\n");
    sent = t.output();
  }
  /// What is in the target since: nothing is if `rows` is empty and `uidnext` 4.
  void target_holds(int uidnext, const std::string& rows) {
    t.answer(numbers_of_a, numbers(uidnext));
    if (uidnext == 4) return;
    t.answer("EXAMINE a", "* 2 EXISTS\r\n$ OK\r\n");
    answer_fetch(t, "4:*", rows + "$ OK\r\n");
    t.answer("SELECT INBOX", lossy::mailbox("7"));
  }
  lossy t;
  command_id id = 0;
  std::string sent;
};

copy both_copied() { return copy(uid_set::range(5, 6), "a"); }
imapxx::move both_moved() { return imapxx::move(uid_set::range(5, 6), "a"); }

// --- COPY

TEST(resolve_copy, what_arrived_is_told_as_the_lost_copyuid_would_have) {  // RFC 4315 section 3
  on_the_way w(both_copied());
  EXPECT_EQ(w.sent, "$ UID COPY 5:6 a\n");
  come_back(w.t);
  w.target_holds(6, message(1, 4, 10, "five") + message(2, 5, 20, "six"));
  ASSERT_FALSE(w.t.outcome_of(w.id)) << w.t.last->failure.what();
  EXPECT_TRUE(w.t.heard(kind::resolved));
  const auto copied = static_cast<copy&>(*w.t.last->finished).take_result();
  EXPECT_EQ(copied.uidvalidity, 9U);
  EXPECT_EQ(copied.destination_of(5), 4U);
  EXPECT_EQ(copied.destination_of(6), 5U);
  EXPECT_EQ(w.t.output(), "");
}

TEST(resolve_copy, only_what_is_missing_is_copied_again_and_all_of_it_told) {
  on_the_way w(both_copied());
  come_back(w.t);
  w.target_holds(5, message(1, 4, 20, "six"));
  EXPECT_TRUE(w.t.heard(kind::not_done));
  w.t.answer(numbers_of_a, numbers(5));
  w.t.answer("UID COPY 5 a", "$ OK [COPYUID 9 5 8] done\r\n");
  ASSERT_FALSE(w.t.outcome_of(w.id)) << w.t.last->failure.what();
  const auto copied = static_cast<copy&>(*w.t.last->finished).take_result();
  EXPECT_EQ(copied.destination_of(6), 4U);
  EXPECT_EQ(copied.destination_of(5), 8U);
}

TEST(resolve_copy, a_refusal_of_the_rest_is_told_although_some_of_it_arrived) {
  on_the_way w(both_copied());
  come_back(w.t);
  w.target_holds(5, message(1, 4, 20, "six"));
  w.t.answer(numbers_of_a, numbers(5));
  w.t.answer("UID COPY 5 a", "$ NO [OVERQUOTA] full\r\n");
  EXPECT_EQ(w.t.outcome_of(w.id).code(), errc::no);
}

TEST(resolve_copy, other_messages_that_arrived_are_not_taken_for_ours) {
  on_the_way w(both_copied());
  come_back(w.t);
  w.target_holds(6, message(1, 4, 10, "other") + message(2, 5, 11, "five"));  // the same Message-ID, another size
  w.t.answer(numbers_of_a, numbers(6));
  w.t.answer("UID COPY 5:6 a", "$ NO [OVERQUOTA] full\r\n");
  EXPECT_EQ(w.t.outcome_of(w.id).response_code(), "OVERQUOTA");
}

TEST(resolve_copy, more_than_was_copied_is_unknown) {
  on_the_way w(both_copied());
  come_back(w.t);
  w.target_holds(7, message(1, 4, 10, "five") + message(2, 5, 10, "five") + message(3, 6, 20, "six"));
  const auto why = w.t.outcome_of(w.id);
  EXPECT_EQ(why.code(), errc::outcome_unknown);
  EXPECT_NE(why.message().find("4:5"), std::string_view::npos) << why.message();
}

TEST(resolve_copy, what_came_and_went_may_have_been_ours) {
  on_the_way w(both_copied());
  come_back(w.t);
  w.target_holds(6, message(1, 4, 10, "five"));
  EXPECT_EQ(w.t.outcome_of(w.id).code(), errc::outcome_unknown);
}

// Sequence numbers mean other messages on another connection.
TEST(resolve_copy, sequence_numbers_are_uids_from_the_beginning) {
  lossy t(plain_policy());
  t.selected();
  auto id = t.submit(copy(seq_set::range(1, 2), "a"));
  t.answer("UID SEARCH 1:2", "* SEARCH 5 6\r\n$ OK\r\n");
  t.answer(numbers_of_a, numbers(4));
  answer_fetch(t, "5:6", message(1, 5, 10, "five") + message(2, 6, 20, "six") + "$ OK\r\n");
  t.answer("UID COPY 5:6 a", "$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(id));

  id = t.submit(copy(seq_set(9), "a"));
  t.answer("UID SEARCH 9", "* SEARCH\r\n$ OK\r\n");
  EXPECT_EQ(t.outcome_of(id).code(), errc::invalid_argument);
  id = t.submit(copy(seq_set(9), "a"));
  t.answer("UID SEARCH 9", "$ NO [SERVERBUG] no\r\n");
  EXPECT_EQ(t.outcome_of(id).response_code(), "SERVERBUG");

  id = t.submit(copy(seq_set(1), "a"));
  EXPECT_EQ(t.output(), "$ UID SEARCH 1\n");
  come_back(t);
  EXPECT_EQ(t.outcome_of(id).code(), errc::mailbox_changed);
}

TEST(resolve_copy, of_messages_that_could_not_be_looked_at_only_an_empty_target_tells) {
  for (const bool came : {false, true}) {
    lossy t(plain_policy());
    t.selected();
    const auto id = t.submit(both_copied());
    t.answer(numbers_of_a, numbers(4));
    answer_fetch(t, "5:6", "$ NO [EXPUNGEISSUED] try later\r\n");
    EXPECT_EQ(t.output(), "$ UID COPY 5:6 a\n");
    come_back(t);
    t.answer(numbers_of_a, numbers(came ? 5 : 4));
    if (came) {
      t.answer("EXAMINE a", "* 1 EXISTS\r\n$ OK\r\n");
      answer_fetch(t, "4:*", message(1, 4, 10, "five") + "$ OK\r\n");
      t.answer("SELECT INBOX", lossy::mailbox("7"));
      EXPECT_EQ(t.outcome_of(id).code(), errc::outcome_unknown);
    } else {
      t.answer(numbers_of_a, numbers(4));
      answer_fetch(t, "5:6", "$ OK\r\n");  // they are gone
      t.answer("UID COPY 5:6 a", "$ OK\r\n");
      EXPECT_FALSE(t.outcome_of(id));
    }
  }
}

// --- MOVE

TEST(resolve_move, what_is_gone_here_and_there_instead_was_moved) {  // RFC 6851 section 3.3
  on_the_way w(both_moved());
  EXPECT_EQ(w.sent, "$ UID MOVE 5:6 a\n");
  come_back(w.t);
  w.t.answer("UID SEARCH UID 5:6", "* SEARCH\r\n$ OK\r\n");
  w.target_holds(6, message(1, 4, 10, "five") + message(2, 5, 20, "six"));
  ASSERT_FALSE(w.t.outcome_of(w.id)) << w.t.last->failure.what();
  EXPECT_EQ(static_cast<imapxx::move&>(*w.t.last->finished).take_result().destination_of(6), 5U);
}

TEST(resolve_move, what_is_left_here_is_moved_again) {
  on_the_way w(both_moved());
  come_back(w.t);
  w.t.answer("UID SEARCH UID 5:6", "* SEARCH 6\r\n$ OK\r\n");
  w.target_holds(5, message(1, 4, 10, "five"));
  w.t.answer(numbers_of_a, numbers(5));
  w.t.answer("UID MOVE 6 a", "* OK [COPYUID 9 6 5] x\r\n$ OK\r\n");
  ASSERT_FALSE(w.t.outcome_of(w.id)) << w.t.last->failure.what();
  const auto moved = static_cast<imapxx::move&>(*w.t.last->finished).take_result();
  EXPECT_EQ(moved.destination_of(5), 4U);
  EXPECT_EQ(moved.destination_of(6), 5U);
}

TEST(resolve_move, each_round_counts_in_the_end) {
  on_the_way w(both_moved());
  come_back(w.t);
  w.t.answer("UID SEARCH UID 5:6", "* SEARCH 5\r\n$ OK\r\n");
  w.target_holds(5, message(1, 4, 20, "six"));
  w.t.answer(numbers_of_a, numbers(5));
  EXPECT_EQ(w.t.output(), "$ UID MOVE 5 a\n");
  come_back(w.t);
  w.t.answer("UID SEARCH UID 5", "* SEARCH\r\n$ OK\r\n");
  w.t.answer(numbers_of_a, numbers(6));
  w.t.answer("EXAMINE a", "* 2 EXISTS\r\n$ OK\r\n");
  answer_fetch(w.t, "5:*", message(2, 5, 10, "five") + "$ OK\r\n");
  w.t.answer("SELECT INBOX", lossy::mailbox("7"));
  ASSERT_FALSE(w.t.outcome_of(w.id)) << w.t.last->failure.what();
  const auto moved = static_cast<imapxx::move&>(*w.t.last->finished).take_result();
  EXPECT_EQ(moved.destination_of(6), 4U);
  EXPECT_EQ(moved.destination_of(5), 5U);
}

TEST(resolve_move, what_is_in_both_or_in_neither_is_unknown) {
  struct row {
    const char* left;
    int uidnext;
    std::string arrived;
    bool known;
  };
  const row rows[] = {
      {" 5 6", 5, message(1, 4, 10, "five"), false},  // copied, not yet removed
      {"", 6, "", false},                             // came and has gone again
      {"", 4, "", true},                              // removed by somebody else before: nothing was there to move
  };
  for (const auto& r : rows) {
    on_the_way w(both_moved());
    come_back(w.t);
    w.t.answer("UID SEARCH UID 5:6", "* SEARCH" + std::string(r.left) + "\r\n$ OK\r\n");
    w.target_holds(r.uidnext, r.arrived);
    EXPECT_EQ(w.t.outcome_of(w.id).code(), r.known ? errc::success : errc::outcome_unknown) << r.left << r.uidnext;
    EXPECT_EQ(w.t.output(), "");
  }
}

TEST(resolve_move, without_a_look_at_the_mailbox_it_is_unknown) {
  on_the_way w(both_moved());
  come_back(w.t);
  w.t.answer("UID SEARCH UID 5:6", "$ NO [SERVERBUG] no\r\n");
  EXPECT_EQ(w.t.outcome_of(w.id).code(), errc::outcome_unknown);
}

TEST(resolve_move, of_messages_that_could_not_be_looked_at_is_unknown) {
  lossy t(plain_policy());
  t.selected();
  const auto id = t.submit(both_moved());
  t.answer(numbers_of_a, numbers(4));
  answer_fetch(t, "5:6", "$ NO no\r\n");
  EXPECT_EQ(t.output(), "$ UID MOVE 5:6 a\n");
  come_back(t);
  t.answer(numbers_of_a, numbers(4));
  EXPECT_EQ(t.outcome_of(id).code(), errc::outcome_unknown);
}

// --- the target

TEST(resolve_target, one_that_was_missing_and_still_is_got_nothing) {
  on_the_way w(both_copied(), "$ NO [NONEXISTENT] none\r\n");
  come_back(w.t);
  w.t.answer(numbers_of_a, "$ NO [NONEXISTENT] none\r\n");
  w.t.answer(numbers_of_a, "$ NO [NONEXISTENT] none\r\n");
  w.t.answer("UID COPY 5:6 a", "$ NO [TRYCREATE] none\r\n");
  EXPECT_EQ(w.t.outcome_of(w.id).response_code(), "TRYCREATE");
}

TEST(resolve_target, what_it_does_not_tell_makes_the_outcome_unknown) {
  const auto before = numbers(4);
  const std::string silent = "* STATUS a (UIDVALIDITY 9)\r\n$ OK\r\n";
  const std::string nameless = "* STATUS a (UIDNEXT 4)\r\n$ OK\r\n";
  const std::pair<std::string, std::string> rows[] = {
      {before, "$ NO [NOPERM] no more\r\n"},              // it was there
      {"$ NO [NONEXISTENT] none\r\n", numbers(5)},        // made by the command, or by somebody else
      {"$ BAD what\r\n", "$ NO [NONEXISTENT] none\r\n"},  // not known to have been missing
      {silent, before},
      {nameless, before},
      {before, silent},
      {before, numbers(4, 10)},
  };
  for (const auto& [told_before, told_after] : rows) {
    SCOPED_TRACE(told_before + told_after);
    on_the_way w(both_copied(), told_before);
    come_back(w.t);
    w.t.answer(numbers_of_a, told_after);
    EXPECT_EQ(w.t.outcome_of(w.id).code(), errc::outcome_unknown);
    EXPECT_EQ(w.t.output(), "");
  }
}

TEST(resolve_target, one_that_cannot_be_opened_or_read_is_left_and_the_outcome_unknown) {
  {
    on_the_way w(both_copied());
    come_back(w.t);
    w.t.answer(numbers_of_a, numbers(5));
    w.t.answer("EXAMINE a", "$ NO [NOPERM] no\r\n");
    w.t.answer("SELECT INBOX", lossy::mailbox("7"));  // a failed EXAMINE leaves nothing selected
    EXPECT_EQ(w.t.outcome_of(w.id).code(), errc::outcome_unknown);
  }
  on_the_way w(both_copied());
  come_back(w.t);
  w.t.answer(numbers_of_a, numbers(5));
  w.t.answer("EXAMINE a", "* 1 EXISTS\r\n$ OK\r\n");
  answer_fetch(w.t, "4:*", "$ NO [SERVERBUG] no\r\n");
  w.t.answer("SELECT INBOX", lossy::mailbox("7"));
  EXPECT_EQ(w.t.outcome_of(w.id).code(), errc::outcome_unknown);
}

TEST(resolve_target, the_selected_mailbox_is_not_opened_once_more) {
  lossy t(plain_policy());
  t.selected();
  const auto id = t.submit(copy(uid_set(5), "INBOX"));
  const std::string asked = "STATUS INBOX (UIDNEXT UIDVALIDITY)";
  t.answer(asked, "* STATUS INBOX (UIDNEXT 40 UIDVALIDITY 7)\r\n$ OK\r\n");
  answer_fetch(t, "5", message(1, 5, 10, "five") + "$ OK\r\n");
  EXPECT_EQ(t.output(), "$ UID COPY 5 INBOX\n");
  come_back(t);
  t.answer(asked, "* STATUS INBOX (UIDNEXT 41 UIDVALIDITY 7)\r\n$ OK\r\n");
  t.answer("NOOP", "$ OK\r\n");  // it may show only what it has announced
  answer_fetch(t, "40:*", message(4, 40, 10, "five") + "$ OK\r\n");
  ASSERT_FALSE(t.outcome_of(id)) << t.last->failure.what();
  EXPECT_EQ(static_cast<copy&>(*t.last->finished).take_result().destination_of(5), 40U);
}

TEST(resolve_target, another_loss_while_it_is_looked_at_only_begins_the_look_anew) {
  for (int lost_at = 0; lost_at < 5; ++lost_at) {
    SCOPED_TRACE(lost_at);
    on_the_way w(both_moved());
    come_back(w.t);
    const std::vector<std::pair<std::string, std::string>> steps = {
        {"$ UID SEARCH UID 5:6", "* SEARCH\r\n$ OK\r\n"},
        {"$ STATUS a ", numbers(6)},
        {"$ EXAMINE a", "* 2 EXISTS\r\n$ OK\r\n"},
        {"$ UID FETCH 4:* ", message(1, 4, 10, "five") + message(2, 5, 20, "six") + "$ OK\r\n"},
        {"$ SELECT INBOX", lossy::mailbox("7")}};
    const auto look = [&](int until) {
      for (int i = 0; i < until; ++i) {
        const auto& [sent, reply] = steps[static_cast<std::size_t>(i)];
        ASSERT_TRUE(w.t.output().starts_with(sent)) << sent;
        w.t.feed(reply);
      }
    };
    look(lost_at);
    EXPECT_NE(w.t.output(), "");
    come_back(w.t);
    look(5);
    EXPECT_FALSE(w.t.outcome_of(w.id)) << w.t.last->failure.what();
    EXPECT_EQ(w.t.output(), "");
  }
}

// --- the mailbox, and the connection

TEST(resolve, in_a_mailbox_with_other_uids_nothing_is_looked_for) {
  {
    on_the_way w(both_copied());
    come_back(w.t, "8");
    EXPECT_EQ(w.t.outcome_of(w.id).code(), errc::outcome_unknown);
    EXPECT_EQ(w.t.output(), "");
  }
  lossy t(plain_policy());  // lost before COPY was sent
  t.selected();
  const auto id = t.submit(both_copied());
  EXPECT_EQ(t.output(), "$ " + std::string(numbers_of_a) + "\n");
  come_back(t, "8");
  EXPECT_EQ(t.outcome_of(id).code(), errc::mailbox_changed);
  EXPECT_EQ(t.output(), "");
}

TEST(resolve, what_was_lost_before_it_was_sent_begins_anew) {
  lossy t(plain_policy());
  t.selected();
  const auto id = t.submit(both_copied());
  EXPECT_EQ(t.output(), "$ " + std::string(numbers_of_a) + "\n");
  come_back(t);
  t.answer(numbers_of_a, numbers(4));
  EXPECT_NE(t.output(), "");
  come_back(t);  // lost while the messages were looked at
  t.answer(numbers_of_a, numbers(6));
  answer_fetch(t, "5:6", message(1, 5, 10, "five") + "$ OK\r\n");
  t.answer("UID COPY 5 a", "$ OK [COPYUID 9 5 6] done\r\n");  // 6 is gone
  EXPECT_FALSE(t.outcome_of(id));
}

TEST(resolve, without_another_connection_only_what_was_sent_is_unknown) {
  const auto give_up = [](lossy& t) {
    t.lose();
    while (!t.heard(kind::gave_up)) {
      ASSERT_GT(t.wait(), 0ms);
      t.fail_to_connect(error(errc::connect, "refused"));
    }
  };
  {
    on_the_way w(both_copied());
    give_up(w.t);
    const auto why = w.t.outcome_of(w.id);
    EXPECT_EQ(why.code(), errc::outcome_unknown);
    EXPECT_FALSE(why.is_safe_to_retry());
    EXPECT_EQ(why.command(), "UID COPY");
  }
  {
    on_the_way w(both_copied());
    come_back(w.t);
    EXPECT_NE(w.t.output(), "");  // it is looked for
    give_up(w.t);
    EXPECT_EQ(w.t.outcome_of(w.id).code(), errc::outcome_unknown);
  }
  lossy t(plain_policy());
  t.selected();
  const auto id = t.submit(both_copied());
  (void)t.output();
  give_up(t);
  const auto why = t.outcome_of(id);
  EXPECT_EQ(why.code(), errc::connect);
  EXPECT_TRUE(why.is_safe_to_retry());
  EXPECT_EQ(why.command(), "UID COPY");
}

TEST(resolve, what_cannot_be_sent_is_refused_at_once) {
  lossy t(plain_policy());
  t.selected();
  EXPECT_EQ(t.submit(copy(uid_set(), "a")), 0U);
  EXPECT_EQ(t.refused.code(), errc::invalid_argument);
  EXPECT_EQ(t.output(), "");
}

TEST(resolve, one_that_is_abandoned_makes_room_for_the_next) {
  lossy t(plain_policy());
  t.selected();
  const auto gone = t.submit(both_copied());
  const auto next = t.submit(noop());
  EXPECT_EQ(t.output(), "$ " + std::string(numbers_of_a) + "\n");
  t.of().abandon(gone);
  t.feed(numbers(4));
  t.answer("NOOP", "$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(next));
  EXPECT_EQ(t.output(), "");
}

TEST(resolve, one_that_is_abandoned_before_the_new_connection_is_not_looked_for) {
  on_the_way w(both_copied());
  w.t.lose();
  w.t.of().abandon(w.id);
  const auto next = w.t.submit(noop());
  w.t.wait();
  w.t.connect();
  w.t.answer("SELECT INBOX", lossy::mailbox("7"));
  w.t.answer("NOOP", "$ OK\r\n");
  EXPECT_FALSE(w.t.outcome_of(next));
}

// The caller's next command must not meet the mailbox that was opened for the look.
TEST(resolve, one_that_is_abandoned_elsewhere_costs_the_connection) {
  on_the_way w(both_copied());
  come_back(w.t);
  w.t.answer(numbers_of_a, numbers(6));
  w.t.answer("EXAMINE a", "* 2 EXISTS\r\n$ OK\r\n");
  EXPECT_NE(w.t.output(), "");
  w.t.of().abandon(w.id);
  EXPECT_EQ(w.t.output(), "");
  EXPECT_TRUE(w.t.of().lost());
  const auto next = w.t.submit(uid_search(search_key::all()));
  w.t.wait();
  w.t.connect();
  w.t.answer("SELECT INBOX", lossy::mailbox("7"));
  w.t.answer("UID SEARCH ALL", "* SEARCH 5\r\n$ OK\r\n");
  EXPECT_FALSE(w.t.outcome_of(next));
}

}  // namespace
}  // namespace imapxx::core
