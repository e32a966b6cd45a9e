// Sessions recorded from real servers: replayed whole, octet by octet, and cut at every octet.
//
// To record them anew (after a change of recorded/scenarios.hpp), with the server's environment as
// tests/interop/servers/*.sh prints it:
//   IMAPXX_SERVER=dovecot IMAPXX_HOST=... IMAPXX_PORT=... recorded_test --gtest_also_run_disabled_tests
//   --gtest_filter='*DISABLED_record*'
#include <imapxx/session.hpp>

#include "blocking/cancel_event.hpp"
#include "blocking/socket_posix.hpp"
#include "recorded/scenarios.hpp"
#include "support/paths.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace imapxx::test {
namespace {

namespace fs = std::filesystem;
using kind = session_event::kind;

const char* const box_names[] = {"recorded", "INBOX.recorded"};

struct piece {
  bool from_server = false;
  std::string octets;
};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\\') {
      out += "\\\\";
    } else {
      out += c;
    }
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      const char c = text[++i];
      out += c == 'r' ? '\r' : c == 'n' ? '\n' : c;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::vector<piece> load(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::vector<piece> all;
  for (std::string line; std::getline(in, line);) {
    if (line.size() < 3) continue;
    all.push_back({line.starts_with("S: "), unescaped(std::string_view(line).substr(3))});
  }
  return all;
}

// LOGIN, SELECT and the scenario's commands, each submitted when the one before it is over.
class runner {
 public:
  explicit runner(const recorded_scenario& s, const std::string& box)
      : scenario_(s), box_(box), protocol_([] {
          session_options o;
          o.first_tag(1);
          return o;
        }()) {}

  session& protocol() noexcept { return protocol_; }
  void feed(std::string_view octets) {
    while (!octets.empty()) {
      auto room = protocol_.input_buffer();
      const auto n = std::min(room.size(), octets.size());
      std::memcpy(room.data(), octets.data(), n);
      protocol_.input_received(n);
      octets.remove_prefix(n);
      collect();
    }
  }
  void collect() {
    for (auto e = protocol_.next(); e.what != kind::none; e = protocol_.next()) {
      if (e.what == kind::greeting) submit_next();
      if (e.what == kind::completed) {
        ++completed_;
        last_failure_ = e.failure;
        if (e.failure && e.failure.code() != errc::no) first_error_ = first_error_ ? first_error_ : e.failure;
        if (!protocol_.closed()) submit_next();
      }
      if (e.what == kind::closed) ++closed_;
    }
  }
  std::string take_output() {
    std::string out;
    for (auto piece = protocol_.output(); !piece.empty(); piece = protocol_.output()) {
      out += piece;
      protocol_.output_sent(piece.size());
      collect();
    }
    return out;
  }
  [[nodiscard]] bool finished() const { return next_ == total() && completed_ == submitted_; }
  [[nodiscard]] std::size_t total() const { return scenario_.commands.size() + (scenario_.selects ? 2U : 1U); }

  std::size_t submitted_ = 0, completed_ = 0, closed_ = 0;
  error first_error_, last_failure_;

 private:
  void submit_next() {
    if (next_ == total()) return;
    std::unique_ptr<command> cmd;
    if (next_ == 0) {
      auto l = std::make_unique<login>("user4", secret("pass"));
      l->allow_plaintext();
      cmd = std::move(l);
    } else if (next_ == 1 && scenario_.selects) {
      cmd = std::make_unique<select>(mailbox_name(box_));
    } else {
      cmd = scenario_.commands[next_ - (scenario_.selects ? 2U : 1U)]();
    }
    ++next_;
    if (protocol_.submit(std::move(cmd))) ++submitted_;
  }
  const recorded_scenario& scenario_;
  std::string box_;
  session protocol_;
  std::size_t next_ = 0;
};

struct recording {
  fs::path file;
  recorded_scenario scenario;
  std::string box;
  std::vector<piece> pieces;
  std::size_t server_octets = 0;
};

const std::vector<recording>& recordings() {
  static const std::vector<recording> all = [] {
    std::vector<recording> found;
    for (const auto& entry : fs::directory_iterator(fixture_dir() / "sessions")) {
      const auto stem = entry.path().stem().string();
      const bool courier = stem.starts_with("courier");
      for (auto& s : recorded_scenarios(box_names[courier ? 1 : 0])) {
        if (!stem.ends_with(std::string("-") + s.name)) continue;
        recording r{entry.path(), s, box_names[courier ? 1 : 0], load(entry.path()), 0};
        for (const auto& p : r.pieces) r.server_octets += p.from_server ? p.octets.size() : 0;
        found.push_back(std::move(r));
      }
    }
    return found;
  }();
  return all;
}

// Plays the server's part up to `cut` octets, `chunk` at a time, then ends the stream. \return what the client sent
std::string play(const recording& r, runner& c, std::size_t cut, std::size_t chunk) {
  std::string sent;
  std::size_t expected = 0, played = 0;
  for (const auto& p : r.pieces) {
    if (!p.from_server) {
      expected += p.octets.size();
      continue;
    }
    sent += c.take_output();
    if (sent.size() < expected && played < cut && !c.protocol().closed()) {
      ADD_FAILURE() << r.file << ": the session waits, with " << sent.size() << " of " << expected << " octets sent";
      return sent;
    }
    for (std::size_t at = 0; at < p.octets.size() && played < cut;) {
      const auto n = std::min({chunk, p.octets.size() - at, cut - played});
      c.feed(std::string_view(p.octets).substr(at, n));
      at += n;
      played += n;
    }
    if (played == cut) break;
  }
  sent += c.take_output();
  return sent;
}

TEST(recorded_sessions, there_are_at_least_twenty) { EXPECT_GE(recordings().size(), 20U); }

TEST(recorded_sessions, replay_to_the_same_octets) {
  for (const auto& r : recordings()) {
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
      runner c(r.scenario, r.box);
      const auto sent = play(r, c, r.server_octets, chunk);
      std::string recorded;
      for (const auto& p : r.pieces) recorded += p.from_server ? std::string() : p.octets;
      EXPECT_EQ(sent, recorded) << r.file << " in chunks of " << chunk;
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
      runner c(r.scenario, r.box);
      (void)play(r, c, cut, 100'000);
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
      runner c(r.scenario, r.box);
      (void)play(r, c, cut, 100'000);
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

void move_until_done(session& s, runner& c, stream& wire, std::ofstream& out) {
  while (!c.finished() && !s.closed()) {
    c.collect();
    const auto waiting = s.output();
    const auto room = s.input_buffer();
    auto moved = wire.transfer(room, waiting, std::chrono::steady_clock::now() + std::chrono::seconds(20)).value();
    if (moved.written != 0) out << "C: " << escaped(waiting.substr(0, moved.written)) << "\n";
    if (moved.read != 0) out << "S: " << escaped(std::string_view(room.data(), moved.read)) << "\n";
    s.output_sent(moved.written);
    s.input_received(moved.read);
    c.collect();
  }
}

TEST(recorded_sessions, DISABLED_record) {
  const char* server = std::getenv("IMAPXX_SERVER");
  const char* port = std::getenv("IMAPXX_PORT");
  ASSERT_TRUE(server != nullptr && port != nullptr);
  const std::string box = box_names[std::string_view(server) == "courier" ? 1 : 0];
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
    runner prepare(preparation, box);
    auto first = connect();
    move_until_done(prepare.protocol(), prepare, *first, nowhere);
    std::ofstream out(fixture_dir() / "sessions" / (std::string(server) + "-" + s.name + ".txt"));
    runner c(s, box);
    auto wire = connect();
    move_until_done(c.protocol(), c, *wire, out);
    EXPECT_TRUE(c.finished()) << s.name;
  }
}

}  // namespace
}  // namespace imapxx::test
