// The scenarios of lost connections on the asynchronous client.
#include "threats/lost_sockets.hpp"

#include <imapxx/asio.hpp>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>
#include <gtest/gtest.h>

#include <thread>

namespace imapxx::threats {
namespace {

class async_runner final : public lost_runner {
 public:
  explicit async_runner(connect_options o)
      : work_(context_.get_executor()),
        thread_([this] { context_.run(); }),
        c_(std::make_unique<async_client>(context_, std::move(o))) {
    c_->async_connect(credentials("ann", secret("pw")).allow_plaintext(), asio::use_future).get();
  }
  ~async_runner() override {
    c_->async_close(asio::use_future).get();
    work_.reset();
    thread_.join();
  }
  result<mailbox_view> run(select cmd) override { return wait(std::move(cmd)); }
  result<append_result> run(append cmd) override { return wait(std::move(cmd)); }
  result<copy_result> run(imapxx::move cmd) override { return wait(std::move(cmd)); }
  result<uid_search_result> run(uid_search cmd) override { return wait(std::move(cmd)); }
  result<void> run(expunge cmd) override {
    auto done = wait(std::move(cmd));
    return done ? result<void>() : result<void>(done.error());
  }

 private:
  template <class C>
  result<typename C::result_type> wait(C cmd) {
    try {
      return c_->async_run(std::move(cmd), asio::use_future).get();
    } catch (const error& e) {
      return e;
    }
  }
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
  std::unique_ptr<async_client> c_;
};

std::unique_ptr<lost_runner> async(connect_options o) { return std::make_unique<async_runner>(std::move(o)); }

TEST(lost_sockets, append_is_there_once_async) { append_is_there_once(async); }
TEST(lost_sockets, move_is_in_one_place_async) { move_is_in_one_place(async); }
TEST(lost_sockets, searches_go_on_and_expunge_does_not_async) { searches_go_on_and_expunge_does_not(async); }
TEST(lost_sockets, nothing_is_done_without_a_policy_async) { nothing_is_done_without_a_policy(async); }
TEST(lost_sockets, a_server_that_stays_away_is_given_up_async) { a_server_that_stays_away_is_given_up(async); }

}  // namespace
}  // namespace imapxx::threats
