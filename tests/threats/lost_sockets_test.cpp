// Threats 39 and 46 on sockets: the server carries a command out and the connection ends somewhere in its answer.
#include "threats/lost_sockets.hpp"

#include <imapxx/client.hpp>

#include <gtest/gtest.h>

namespace imapxx::threats {
namespace {

class blocking_runner final : public lost_runner {
 public:
  explicit blocking_runner(connect_options o) : c_(std::move(o), credentials("ann", secret("pw")).allow_plaintext()) {}
  result<mailbox_view> run(select cmd) override { return c_.try_run(std::move(cmd)); }
  result<append_result> run(append cmd) override { return c_.try_run(std::move(cmd)); }
  result<copy_result> run(imapxx::move cmd) override { return c_.try_run(std::move(cmd)); }
  result<uid_search_result> run(uid_search cmd) override { return c_.try_run(std::move(cmd)); }
  result<void> run(expunge cmd) override {
    auto done = c_.try_run(std::move(cmd));
    return done ? result<void>() : result<void>(done.error());
  }

 private:
  client c_;
};

std::unique_ptr<lost_runner> blocking(connect_options o) { return std::make_unique<blocking_runner>(std::move(o)); }

TEST(lost_sockets, append_is_there_once) { append_is_there_once(blocking); }
TEST(lost_sockets, move_is_in_one_place) { move_is_in_one_place(blocking); }
TEST(lost_sockets, searches_go_on_and_expunge_does_not) { searches_go_on_and_expunge_does_not(blocking); }
TEST(lost_sockets, nothing_is_done_without_a_policy) { nothing_is_done_without_a_policy(blocking); }
TEST(lost_sockets, a_server_that_stays_away_is_given_up) { a_server_that_stays_away_is_given_up(blocking); }

TEST(lost_sockets, cancel_ends_the_wait_for_the_next_attempt) {
  lost_server s;
  client* waiting = nullptr;
  // The listener hears of the wait right before it begins, and ends it.
  const auto policy = quick().back_off(10min, 10min).total(0ms).notify([&waiting](const reconnect_event& e) {
    if (e.what == reconnect_event::kind::waiting) waiting->cancel();
  });
  client c(s.options(policy), credentials("ann", secret("pw")).allow_plaintext());
  waiting = &c;
  s.server.drop_connections();
  EXPECT_EQ(c.try_run(noop()).error().code(), errc::cancelled);
}

}  // namespace
}  // namespace imapxx::threats
