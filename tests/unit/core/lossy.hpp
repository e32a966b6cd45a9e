/// \file
/// A connection that is lost and made again, on a clock of the test's.
#pragma once

#include <imapxx/commands.hpp>

#include "core/connect_operation.hpp"
#include "core/engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::core {

inline session_options counted_tags() { return session_options().first_tag(1); }

/// The engine, with the test as its driver and its server.
class lossy {
 public:
  explicit lossy(reconnect_policy policy, bool logs_in = false)
      : engine_(connect_options("mail.example.org", security::plain)
                    .session(counted_tags())
                    .reconnect(policy.notify([this](const reconnect_event& e) { told.push_back(e); })),
                now) {
    connect_operation op(security::plain);
    engine_.attach(op);
    op.start(engine_, now);
    feed(logs_in ? "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n" : greeting);
    EXPECT_TRUE(op.done());
    engine_.detach(op);
    engine_.expect_losses();
  }
  /// What the client sends now, tags as `$`.
  std::string output() {
    handle();
    std::string all;
    for (auto out = engine_.output(); !out.empty(); out = engine_.output()) {
      all += out;
      engine_.sent(out.size());
      handle();
    }
    std::string lines;
    for (std::size_t at = 0; at < all.size();) {
      const auto end = all.find("\r\n", at);
      const auto line = all.substr(at, end - at);
      at = end == std::string::npos ? all.size() : end + 2;
      const auto space = line.find(' ');
      const bool tagged = space != std::string::npos && line.starts_with("A") && line[1] >= '0' && line[1] <= '9';
      if (tagged) tag_ = line.substr(0, space);
      lines += (tagged ? "$" + line.substr(space) : line) + "\n";
    }
    return lines;
  }
  /// `$` is the tag of the last command that was sent.
  void feed(std::string_view text) {
    std::string bytes;
    for (const char c : text) bytes += c == '$' ? tag_ : std::string(1, c);
    const auto room = engine_.input_buffer();
    ASSERT_GE(room.size(), bytes.size());
    std::copy(bytes.begin(), bytes.end(), room.begin());
    engine_.received(bytes.size());
    handle();
  }
  void answer(std::string_view command, std::string_view reply) {
    ASSERT_EQ(output(), "$ " + std::string(command) + "\n");
    feed(reply);
  }
  void lose() {
    engine_.ended(error());
    handle();
    EXPECT_TRUE(engine_.lost());
  }
  /// Time goes on to the next attempt. \return how long that took
  std::chrono::milliseconds wait() {
    const auto at = engine_.wakeup();
    if (!at) return std::chrono::milliseconds(-1);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(*at - now);
    now = *at;
    engine_.wake(now);
    handle();
    return took;
  }
  void connect(std::string_view hello = greeting) {
    ASSERT_TRUE(engine_.wants_transport());
    engine_.transport_ready(now);
    feed(hello);
  }
  void fail_to_connect(const error& why) {
    ASSERT_TRUE(engine_.wants_transport());
    engine_.transport_failed(why, now);
    handle();
  }
  template <class C>
  command_id submit(C cmd) {
    engine_.set_now(now);
    auto id = engine_.submit(std::make_unique<C>(std::move(cmd)));
    if (!id) refused = id.error();
    return id ? *id : 0;
  }
  /// How a command ended; `internal_error` while it has not.
  error outcome_of(command_id id) {
    handle();
    last = engine_.take(id);
    return last ? last->failure : error(errc::internal_error, "not over");
  }
  void selected(std::string_view uidvalidity = "7") {
    const auto id = submit(select("INBOX"));
    answer("SELECT INBOX", mailbox(uidvalidity));
    EXPECT_FALSE(outcome_of(id));
  }
  static std::string mailbox(std::string_view uidvalidity, std::string_view exists = "3") {
    return "* " + std::string(exists) + " EXISTS\r\n* OK [UIDVALIDITY " + std::string(uidvalidity) +
           "] x\r\n* OK [UIDNEXT 40] x\r\n$ OK [READ-WRITE] done\r\n";
  }
  [[nodiscard]] bool heard(reconnect_event::kind k) const {
    return std::any_of(told.begin(), told.end(), [k](const auto& e) { return e.what == k; });
  }

  static constexpr std::string_view greeting =
      "* PREAUTH [CAPABILITY IMAP4rev1 ENABLE UIDPLUS MOVE CONDSTORE LITERAL+ IDLE] hi\r\n";
  time_point now{};
  std::vector<reconnect_event> told;
  error refused;
  std::optional<outcome> last;
  engine& of() { return engine_; }

 private:
  void handle() {
    engine_.set_now(now);
    while (engine_.handle_event() != engine::progress::none) {
    }
  }
  engine engine_;
  std::string tag_;
};

inline reconnect_policy plain_policy() {
  using namespace std::chrono_literals;
  return reconnect_policy().attempts(3).back_off(1000ms, 8000ms).random([] { return 0.0; });
}

}  // namespace imapxx::core
