// Sessions recorded from real servers: replayed whole, octet by octet, and cut at every octet.
//
// To record them anew (after a change of recorded/scenarios.hpp), with the server's environment as
// tests/interop/servers/*.sh prints it:
//   IMAPXX_SERVER=dovecot IMAPXX_HOST=... IMAPXX_PORT=... recorded_test --gtest_also_run_disabled_tests
//   --gtest_filter='*DISABLED_record*'
#include <imapxx/session.hpp>

#include "blocking/cancel_event.hpp"
#include "blocking/socket_posix.hpp"
#include "support/core/recordings.hpp"
#include "support/paths.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace imapxx::test {
namespace {

// Plays the whole recording up to `cut`; a client that does not send what it sent then is a failure.
std::string play_to(const recording& r, recorded_client& c, std::size_t cut, std::size_t chunk) {
  return play(r, c, cut, chunk, [&](const std::string& sent) {
    ADD_FAILURE() << r.file << ": the session waits after " << sent.size() << " octets";
  });
}

TEST(recorded_sessions, there_are_at_least_twenty) { EXPECT_GE(recordings().size(), 20U); }

TEST(recorded_sessions, replay_to_the_same_octets) {
  for (const auto& r : recordings()) {
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
      recorded_client c(r.scenario, r.box);
      const auto sent = play_to(r, c, r.server_octets, chunk);
      EXPECT_EQ(sent, r.sent()) << r.file << " in chunks of " << chunk;
      EXPECT_TRUE(c.finished()) << r.file;
      EXPECT_FALSE(c.first_error_) << r.file << ": " << c.first_error_.what();
      EXPECT_FALSE(c.protocol().closed()) << r.file;
    }
  }
}

TEST(recorded_sessions, cut_at_every_octet_end_in_the_right_error) {
  std::size_t cuts = 0;
  for (const auto& r : recordings()) {
    for (std::size_t cut = 0; cut < r.server_octets; ++cut, ++cuts) {
      recorded_client c(r.scenario, r.box);
      (void)play_to(r, c, cut, 100'000);
      c.protocol().input_closed(error());
      c.collect();
      ASSERT_TRUE(c.protocol().closed()) << r.file << " cut at " << cut;
      ASSERT_EQ(c.closed_, 1U) << r.file << " cut at " << cut;
      ASSERT_EQ(c.completed_, c.submitted_) << r.file << " cut at " << cut;
      if (c.submitted_ != 0 && c.first_error_) {
        ASSERT_EQ(c.first_error_.code(), errc::closed) << r.file << " cut at " << cut << ": " << c.first_error_.what();
        ASSERT_TRUE(c.first_error_.is_fatal());
      }
    }
  }
  RecordProperty("cuts", static_cast<int>(cuts));
  EXPECT_GT(cuts, 20'000U);
}

TEST(recorded_sessions, time_out_at_every_hundredth_octet) {
  for (const auto& r : recordings()) {
    for (std::size_t cut = 0; cut < r.server_octets; cut += 100) {
      recorded_client c(r.scenario, r.box);
      (void)play_to(r, c, cut, 100'000);
      const auto hint = c.protocol().deadline();
      if (c.submitted_ > c.completed_ || c.submitted_ == 0) {
        ASSERT_TRUE(hint.after) << r.file << " at " << cut;
      }
      c.protocol().expire(error(errc::timeout, "the clock said so"));
      c.collect();
      ASSERT_EQ(c.completed_, c.submitted_);
      if (c.first_error_) {
        ASSERT_EQ(c.first_error_.code(), errc::timeout);
      }
    }
  }
}

// --- the recorder

void move_until_done(session& s, recorded_client& c, stream& wire, std::ofstream& out) {
  while (!c.finished() && !s.closed()) {
    c.collect();
    const auto waiting = s.output();
    const auto room = s.input_buffer();
    auto moved = wire.transfer(room, waiting, std::chrono::steady_clock::now() + std::chrono::seconds(20)).value();
    if (moved.written != 0) out << "C: " << escape_recorded(waiting.substr(0, moved.written)) << "\n";
    if (moved.read != 0) out << "S: " << escape_recorded(std::string_view(room.data(), moved.read)) << "\n";
    s.output_sent(moved.written);
    s.input_received(moved.read);
    c.collect();
  }
}

TEST(recorded_sessions, DISABLED_record) {
  const char* server = std::getenv("IMAPXX_SERVER");
  const char* port = std::getenv("IMAPXX_PORT");
  ASSERT_TRUE(server != nullptr && port != nullptr);
  const std::string box = recorded_box(server);
  const recorded_scenario preparation{
      "prepare",
      false,
      {[&] { return std::make_unique<delete_mailbox>(box); }, [&] { return std::make_unique<create>(box); },
       [&] {
         return std::make_unique<append>(
             box, std::string("Date: Mon, 2 Feb 2026 10:00:00 +0100\r\nFrom: Ann Example <ann@example.org>\r\n"
                              "To: bob@example.com\r\nSubject: Plain \"tea\"\r\nMessage-ID: "
                              "<one@example.org>\r\n\r\nThe kettle is on.\r\nA2 OK not a tag\r\n"));
       },
       [&] {
         return std::make_unique<append>(
             box, std::string("From: bob@example.com\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\n"
                              "Content-Type: multipart/mixed; boundary=sep\r\n\r\n--sep\r\nContent-Type: "
                              "text/plain\r\n\r\nfirst {3}\r\n--sep\r\n"
                              "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: "
                              "base64\r\n\r\nAAEC\r\n--sep--\r\n"));
       }}};
  const auto connect = [&] {
    return blocking::connect_tcp("127.0.0.1", static_cast<std::uint16_t>(std::stoi(port)), std::nullopt,
                                 blocking::cancel_event::create().value())
        .value();
  };
  for (const auto& s : recorded_scenarios(box)) {
    std::ofstream nowhere("/dev/null");
    recorded_client prepare(preparation, box);
    auto first = connect();
    move_until_done(prepare.protocol(), prepare, *first, nowhere);
    std::ofstream out(fixture_dir() / "sessions" / (std::string(server) + "-" + s.name + ".txt"));
    recorded_client c(s, box);
    auto wire = connect();
    move_until_done(c.protocol(), c, *wire, out);
    EXPECT_TRUE(c.finished()) << s.name;
  }
}

}  // namespace
}  // namespace imapxx::test
