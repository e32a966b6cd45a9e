/// \file
/// A server of few words, for tests of operations: what must be sent, and what is answered.
#pragma once

#include "core/operation.hpp"
#include "unit/core/answering.hpp"
#include "unit/core/session_harness.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace imapxx::core {

/// A line that must be sent, and what the server answers; `$` is the tag.
struct exchange {
  std::string sent;
  std::string answer;
};

/// Plays the server for operations on a session with a mailbox of 10 messages, or one that is not logged in.
class scripted final : public operation_host {
 public:
  explicit scripted(std::string_view capabilities, bool logged_in = true, const session_options& options = {})
      : t_(options) {
    if (capabilities.empty()) {
      t_.feed("* OK hi\r\n");  // tells none
    } else {
      logged_in ? t_.selected(10, capabilities) : t_.greeted(capabilities);
    }
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
    for (const auto& [sent, reply] : script) {
      const auto line = t_.output();
      if (sent == "DONE") {
        ASSERT_EQ(line, "DONE\r\n");
      } else {
        tag = line.substr(0, line.find(' '));
        ASSERT_EQ(line, tag + " " + sent + "\r\n");
      }
      std::string bytes;
      for (const char c : reply) bytes += c == '$' ? tag : std::string(1, c);
      answer(op, bytes);
    }
  }
  void answer(operation& op, std::string_view bytes) { core::answer(t_, op, *this, bytes); }

 private:
  test::session_test t_;
};

}  // namespace imapxx::core
