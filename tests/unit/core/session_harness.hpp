/// \file
/// Drives a session by a script, without I/O: what is fed, what must come out.
#pragma once

#include <imapxx/commands.hpp>
#include <imapxx/sasl.hpp>
#include <imapxx/session.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::test {

/// An event of the session that owns its data.
struct seen_event {
  session_event::kind what = session_event::kind::none;
  command_id id = 0;
  std::string text;  // row text, chunk, status text
  std::string tag;   // completed
  body_info body;
  error failure;
  std::unique_ptr<command> finished;
};

/// Remembers what the observer is told, one line each.
class recording_observer final : public observer {
 public:
  void on_mailbox_event(const mailbox_event& e) override;
  void on_alert(std::string_view text) override;
  void on_status(const status_response& s) override;
  void on_unclaimed(const response& r) override;
  void on_unparsed(const unparsed_item& u) override;
  void on_trace(trace_direction d, std::string_view text) override;
  [[nodiscard]] bool wants_trace() const noexcept override { return true; }
  std::vector<std::string> lines;
  std::vector<std::string> trace;
};

/// The harness. Tags start at A1. Each function fails the test where the session does something else.
class session_test {
 public:
  explicit session_test(session_options options = {});

  /// Feeds bytes and collects the events they lead to.
  session_test& feed(std::string_view bytes);
  /// As `feed`, octet by octet.
  session_test& drip(std::string_view bytes);
  session_test& eof();
  /// All output so far, taken away.
  std::string output();
  session_test& expect_output(std::string_view expected);
  /// Sends only so many octets of what waits.
  std::string output_some(std::size_t n);
  template <class C>
  command_id submit(C cmd, bool streaming = false) {
    auto id = protocol.submit(std::make_unique<C>(std::move(cmd)), streaming);
    EXPECT_TRUE(id) << id.error().what();
    collect();
    return id ? *id : 0;
  }
  template <class C>
  error refused(C cmd) {
    auto id = protocol.submit(std::make_unique<C>(std::move(cmd)));
    if (!id) return id.error();
    collect();
    return failure_of(*id);
  }
  /// The failure with which `id` completed; fails the test when it has not.
  error failure_of(command_id id);
  session_test& expect_done(command_id id);
  template <class C>
  auto result_of(command_id id) {
    for (auto& e : events) {
      if (e.what == session_event::kind::completed && e.id == id) {
        EXPECT_FALSE(e.failure) << e.failure.what();
        return static_cast<C&>(*e.finished).take_result();
      }
    }
    ADD_FAILURE() << "command " << id << " has not completed";
    return typename C::result_type();
  }
  [[nodiscard]] bool completed(command_id id) const;
  /// Greeting with capabilities, logged in and with a mailbox of `exists` messages selected; all output of that is
  /// dropped.
  session_test& greeted(std::string_view capabilities = "IMAP4rev1");
  session_test& authenticated(std::string_view capabilities = "IMAP4rev1");
  session_test& selected(std::uint32_t exists = 10, std::string_view capabilities = "IMAP4rev1");
  /// The tag that the n-th next command will have is not predictable from outside but for this: tags count up from A1.
  [[nodiscard]] std::string last_tag() const { return last_tag_; }

  recording_observer observed;
  session protocol;
  std::vector<seen_event> events;
  void collect();

 private:
  std::string last_tag_;
};

[[nodiscard]] session_options test_options(observer* o);
/// Puts octets before a session, and lets it do nothing with them yet.
void receive(session& s, std::string_view octets);
/// One row without an event, from a session or from what stands around it.
template <class Source>
[[nodiscard]] bool next_row(Source& from, command_id id, fetch_row& into) {
  return from.next_rows(id, {&into, 1}) == 1;
}
/// AUTHENTICATE with a mechanism that waits for a challenge (RFC 2195), allowed in the clear.
[[nodiscard]] authenticate cram_md5();

}  // namespace imapxx::test
