// What seldom happens around the loss of a connection: commands in front of the policy, servers that are another one
// the next time, and callers who leave in the middle.
#include "unit/core/aftermath.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace imapxx::core {
namespace {

using namespace std::chrono_literals;
using kind = reconnect_event::kind;

constexpr std::string_view message_text = "Message-ID: <1@x>\r\n\r\nhi\r\n";

append to_mailbox(std::string_view name) { return append(mailbox_name(name), std::string(message_text)); }

void greet(engine& e, std::string_view bytes) {
  const auto room = e.input_buffer();
  ASSERT_GE(room.size(), bytes.size());
  std::copy(bytes.begin(), bytes.end(), room.begin());
  e.received(bytes.size());
  while (e.handle_event() != engine::progress::none) {
  }
}

// A session may have commands before losses are expected: these are the session's alone.
TEST(reconnect, commands_in_front_of_the_policy_end_as_without_it) {
  engine e(connect_options("mail.example.org", security::plain).session(counted_tags()).reconnect(plain_policy()), {});
  greet(e, "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n");
  const auto before = e.submit(std::make_unique<select>("INBOX"), false);
  ASSERT_TRUE(before);
  e.expect_losses();
  e.expect_losses();  // once more changes nothing
  greet(e, "");
  e.sent(e.output().size());
  greet(e, "* 3 EXISTS\r\nA1 OK done\r\n");
  const auto outcome = e.take(*before);
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(outcome->failure);
}

TEST(reconnect, a_server_that_logs_in_by_itself_is_not_told_a_password) {
  lossy t(plain_policy());
  t.of().remember(credentials("ann", secret("pw")).allow_plaintext());
  const auto id = t.submit(noop());
  EXPECT_EQ(t.output(), "$ NOOP\n");
  t.lose();
  t.wait();
  t.connect();  // PREAUTH
  t.answer("NOOP", "$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(id));
}

TEST(reconnect, without_credentials_the_mailbox_cannot_be_opened) {
  lossy t(plain_policy());
  t.selected();
  t.lose();
  const auto id = t.submit(uid_search(search_key::all()));
  t.wait();
  t.connect("* OK [CAPABILITY IMAP4rev1] who are you\r\n");
  EXPECT_EQ(t.output(), "");
  EXPECT_EQ(t.outcome_of(id).code(), errc::wrong_state);
}

TEST(reconnect, a_connection_that_is_lost_while_it_is_made_ready_is_one_attempt) {
  lossy t(plain_policy());
  const auto e = t.submit(enable("CONDSTORE"));
  t.answer("ENABLE CONDSTORE", "* ENABLED CONDSTORE\r\n$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(e));
  const auto id = t.submit(noop());
  EXPECT_EQ(t.output(), "$ NOOP\n");
  t.lose();
  t.wait();
  t.connect();
  EXPECT_EQ(t.output(), "$ ENABLE CONDSTORE\n");
  t.lose();
  EXPECT_GT(t.wait(), 0ms);
  t.connect();
  t.answer("ENABLE CONDSTORE", "$ NO not any more\r\n");  // goes on without
  t.answer("NOOP", "$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(id));
}

TEST(reconnect, a_mailbox_that_tells_no_uidvalidity_is_another_one) {
  lossy t(plain_policy());
  t.selected();
  t.lose();
  const auto id = t.submit(uid_search(search_key::all()));
  t.wait();
  t.connect();
  t.answer("SELECT INBOX", "* 3 EXISTS\r\n$ OK done\r\n");
  EXPECT_EQ(t.outcome_of(id).code(), errc::mailbox_changed);
}

TEST(reconnect, a_server_that_can_no_longer_do_it_is_not_asked_again) {
  lossy t(plain_policy());
  t.selected();
  const auto id = t.submit(idle());
  EXPECT_EQ(t.output(), "$ IDLE\n");
  t.lose();
  t.wait();
  t.connect("* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n");
  t.answer("SELECT INBOX", lossy::mailbox("7"));
  EXPECT_EQ(t.outcome_of(id).code(), errc::capability_required);
  EXPECT_EQ(t.output(), "");
}

TEST(reconnect, what_is_submitted_while_the_end_is_not_told_yet_waits) {
  lossy t(plain_policy());
  const auto first = t.submit(noop());
  EXPECT_EQ(t.output(), "$ NOOP\n");
  t.of().link().expire(error(errc::closed, "gone"));
  const auto second = t.submit(noop());
  EXPECT_NE(second, 0U);
  EXPECT_EQ(t.output(), "");
  EXPECT_TRUE(t.of().lost());
  t.wait();
  t.connect();
  EXPECT_EQ(t.output(), "$ NOOP\n$ NOOP\n");
  t.feed("A2 OK\r\nA3 OK\r\n");
  (void)first;
}

// The APPEND first, and the NOOP behind it only when that is over.
void follow_on_the_new_connection(lossy& t, command_id append_id, command_id behind) {
  t.wait();
  t.connect();
  t.answer(numbers_of_a, numbers(4));
  EXPECT_TRUE(t.output().starts_with("$ APPEND a "));
  t.feed("$ OK done\r\n");
  EXPECT_FALSE(t.outcome_of(append_id));
  t.answer("NOOP", "$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(behind));
}

TEST(reconnect, one_that_is_looked_after_stops_those_behind_it_on_the_new_connection_too) {
  lossy t(plain_policy());
  t.lose();
  const auto id = t.submit(to_mailbox("a"));
  const auto behind = t.submit(noop());
  follow_on_the_new_connection(t, id, behind);
}

TEST(reconnect, a_loss_behind_one_that_is_looked_after_keeps_the_order) {
  lossy t(plain_policy());
  const auto id = t.submit(to_mailbox("a"));
  const auto behind = t.submit(noop());
  EXPECT_EQ(t.output(), "$ " + std::string(numbers_of_a) + "\n");
  t.lose();
  follow_on_the_new_connection(t, id, behind);
}

TEST(reconnect, one_behind_it_may_be_given_up) {
  lossy t(plain_policy());
  const auto id = t.submit(to_mailbox("a"));
  const auto behind = t.submit(noop());
  EXPECT_EQ(t.output(), "$ " + std::string(numbers_of_a) + "\n");
  t.of().abandon(behind);
  t.feed(numbers(4));
  (void)t.output();
  t.feed("$ OK done\r\n");
  EXPECT_FALSE(t.outcome_of(id));
  EXPECT_EQ(t.output(), "");
}

TEST(reconnect, one_that_waits_for_the_server_to_settle_may_be_given_up) {
  lossy t(plain_policy().settle(20s));
  const auto id = t.submit(to_mailbox("a"));
  t.answer(numbers_of_a, numbers(4));
  (void)t.output();
  t.of().expire(phase::command);
  (void)t.output();
  t.wait();
  t.connect();
  t.answer(numbers_of_a, numbers(4));
  ASSERT_TRUE(t.of().wakeup());
  t.of().abandon(id);
  EXPECT_FALSE(t.of().wakeup());
  const auto next = t.submit(noop());
  t.answer("NOOP", "$ OK\r\n");
  EXPECT_FALSE(t.outcome_of(next));
}

// Its UIDs mean other messages now: it is opened as any other mailbox is, for a look.
TEST(reconnect, a_target_that_was_selected_and_is_renumbered_is_examined) {
  lossy t(plain_policy());
  t.selected();
  const std::string asked = "STATUS INBOX (UIDNEXT UIDVALIDITY)";
  const auto id = t.submit(to_mailbox("INBOX"));
  t.answer(asked, "* STATUS INBOX (UIDNEXT 40 UIDVALIDITY 9)\r\n$ OK\r\n");
  (void)t.output();
  come_back(t, "8");
  t.answer(asked, "* STATUS INBOX (UIDNEXT 41 UIDVALIDITY 9)\r\n$ OK\r\n");
  t.answer("EXAMINE INBOX", "* 1 EXISTS\r\n$ OK\r\n");
  answer_fetch(t, "40:*", message(1, 40, static_cast<int>(message_text.size()), "1@x") + "$ OK\r\n");
  t.answer("SELECT INBOX", lossy::mailbox("8"));
  EXPECT_FALSE(t.outcome_of(id)) << t.last->failure.what();
}

TEST(reconnect, behind_a_close_or_logout_that_is_lost_nothing_is_carried_over) {
  {
    lossy t(plain_policy());
    t.selected();
    (void)t.submit(close());
    const auto behind = t.submit(noop());
    EXPECT_EQ(t.output(), "$ CLOSE\n");
    t.lose();
    EXPECT_EQ(t.outcome_of(behind).code(), errc::closed);
    EXPECT_TRUE(t.last->failure.is_safe_to_retry());
  }
  lossy t(plain_policy());
  const auto before = t.submit(noop());
  (void)t.submit(logout());
  (void)t.output();
  t.of().ended(error());
  EXPECT_EQ(t.output(), "");
  EXPECT_EQ(t.outcome_of(before).code(), errc::closed);
  EXPECT_TRUE(t.of().over());
}

/// SELECT of an application's own, which the library cannot repeat.
class own_select final : public command {
 public:
  using result_type = int;
  static constexpr command_traits traits_v = command_traits("SELECT", states::authenticated).selects();
  [[nodiscard]] const command_traits& traits() const noexcept override { return traits_v; }
  void encode(wire::encoder& out) override { out.raw("SELECT mine"); }
  [[nodiscard]] static int take_result() { return 0; }
};

TEST(reconnect, a_mailbox_that_was_selected_in_an_unknown_way_is_not_guessed) {
  lossy t(plain_policy());
  const auto id = t.submit(own_select());
  t.answer("SELECT mine", lossy::mailbox("7"));
  EXPECT_FALSE(t.outcome_of(id));
  t.lose();
  const auto next = t.submit(uid_search(search_key::all()));
  t.wait();
  t.connect();
  EXPECT_EQ(t.outcome_of(next).code(), errc::mailbox_changed);
  EXPECT_EQ(t.output(), "");
}

TEST(reconnect, a_subprocess_is_begun_again_without_tls) {
  engine e(connect_options("mail.example.org", security::tls)
               .command({"ssh", "mail.example.org", "imapd"})
               .session(counted_tags())
               .reconnect(plain_policy()),
           {});
  greet(e, "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n");
  e.expect_losses();
  e.ended(error());
  while (e.handle_event() != engine::progress::none) {
  }
  ASSERT_TRUE(e.lost());
  const auto id = e.submit(std::make_unique<noop>(), false);
  ASSERT_TRUE(id);
  ASSERT_TRUE(e.wakeup());
  e.wake(*e.wakeup());
  ASSERT_TRUE(e.wants_transport());
  e.transport_ready(e.now());
  greet(e, "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n");
  EXPECT_TRUE(e.output().ends_with(" NOOP\r\n"));
  EXPECT_FALSE(e.tls());
}

}  // namespace
}  // namespace imapxx::core
