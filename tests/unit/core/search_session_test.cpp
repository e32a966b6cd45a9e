// A SEARCH response is read while it arrives: wherever it is cut, all that can be seen is as if it had come in one
// piece.
#include <imapxx/commands.hpp>
#include <imapxx/response.hpp>
#include <imapxx/session.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx {
namespace {

class hearing final : public observer {
 public:
  explicit hearing(bool traces) : traces_(traces) {}
  void on_raw(std::string_view text) override { heard += "raw " + std::string(text) + "\n"; }
  void on_trace(trace_direction, std::string_view text) override { heard += "trace " + std::string(text) + "\n"; }
  [[nodiscard]] bool wants_trace() const noexcept override { return traces_; }
  void on_unparsed(const unparsed_item& u) override { heard += "unparsed " + u.raw + "\n"; }
  void on_unclaimed(const response&) override { heard += "unclaimed\n"; }
  std::string heard;

 private:
  bool traces_;
};

/// A session with UID SEARCH under way, and what it tells.
class searching {
 public:
  explicit searching(hearing* to, const limits& l = {}) : session_(options(to, l)) {
    feed("* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n");
    submit(std::make_unique<select>("INBOX"));
    feed("* 9 EXISTS\r\nA1 OK [READ-WRITE] done\r\n");
    submit(std::make_unique<uid_search>(search_key::all()));
  }
  void feed(std::string_view octets) {
    while (!octets.empty() && !session_.closed()) {
      const auto room = session_.input_buffer();
      ASSERT_FALSE(room.empty());
      const auto n = std::min(room.size(), octets.size());
      std::memcpy(room.data(), octets.data(), n);
      session_.input_received(n);
      octets.remove_prefix(n);
      collect();
    }
  }
  void eof() {
    session_.input_closed(error());
    collect();
  }
  [[nodiscard]] const std::string& told() const { return told_; }
  [[nodiscard]] const error& failure() const { return failure_; }

 private:
  static session_options options(hearing* to, const limits& l) {
    session_options o;
    o.first_tag(1).use_limits(l);
    return to != nullptr ? o.observe(to) : o;
  }
  void submit(std::unique_ptr<command> c) {
    ASSERT_TRUE(session_.submit(std::move(c)));
    session_.output_sent(session_.output().size());
  }
  void collect() {
    for (;;) {
      auto e = session_.next();
      if (e.what == session_event::kind::none) return;
      told_ += std::to_string(static_cast<int>(e.what)) + " " + std::string(to_string(e.failure.code())) + "\n";
      if (e.failure) failure_ = e.failure;
      if (auto* s = dynamic_cast<uid_search*>(e.finished.get())) {
        auto found = s->take_result();
        told_ += found.numbers().to_string() + " " + std::to_string(found.modseq.value_or(0)) + "\n";
      }
    }
  }
  session session_;
  std::string told_;
  error failure_;
};

const std::vector<std::string_view> lines = {
    "* SEARCH 2 84 882\r\n",
    "* SEARCH 1 2 3 4 9 10 4294967295\r\n",
    "* SEARCH\r\n",
    "* SEARCH \r\n",
    "* search 1 4 7\r\n",
    "*  SEARCH 1 4 7\r\n",
    "* SEARCH 5 3 3 1\r\n",
    "* SEARCH 1 3 3 8\r\n",
    "* SEARCH 0 3 5\r\n",
    "* SEARCH 03 5\r\n",
    "* SEARCH 3  5 \r\n",
    "* SEARCH 3 5\n",
    "* SEARCH 3 5\r\r\n",
    "* SEARCH 3 \r5\r\n",
    "* SEARCH 3 4294967296 4294967297\r\n",
    "* SEARCH 3 12345678901234567890\r\n",
    "* SEARCH 2 5 6 (MODSEQ 917162500)\r\n",
    "* SEARCH (MODSEQ 7)\r\n",
    "* SEARCH 2 5 x\r\n",
    "* SEARCH 2 5 {3}\r\nabc 7\r\n",
    "* SEARCH 2 5\r\n* SEARCH 7 9\r\n",
    "* SEARCH 2 5\r\n\r\n* 3 EXISTS\r\n",
};

/// All that can be seen of a session that gets these pieces and then the completion.
std::string seen(const std::vector<std::string_view>& pieces, bool observed, bool traced) {
  reset_leniency();
  hearing to(traced);
  searching s(observed ? &to : nullptr);
  for (const auto piece : pieces) s.feed(piece);
  s.feed("A2 OK done\r\n");
  auto out = to.heard + s.told();
  for (const auto& l : leniency()) out += std::string(l.quirk) + " " + std::to_string(l.count) + "\n";
  return out;
}

TEST(search_session, cut_at_every_place) {
  for (const auto line : lines) {
    for (const auto& [observed, traced] : {std::pair(false, false), std::pair(true, false), std::pair(true, true)}) {
      const auto whole = seen({line}, observed, traced);
      for (std::size_t a = 1; a < line.size(); ++a)
        EXPECT_EQ(seen({line.substr(0, a), line.substr(a)}, observed, traced), whole) << line << " cut at " << a;
    }
  }
}

TEST(search_session, cut_at_any_two_places) {
  for (const auto line : lines) {
    const auto whole = seen({line}, true, false);
    for (std::size_t a = 1; a + 1 < line.size(); ++a) {
      for (std::size_t b = a + 1; b < line.size(); ++b)
        ASSERT_EQ(seen({line.substr(0, a), line.substr(a, b - a), line.substr(b)}, true, false), whole)
            << line << " cut at " << a << " and " << b;
    }
  }
}

std::string many_numbers(std::uint32_t count) {
  std::string line = "* SEARCH";
  for (std::uint32_t n = 1; n <= count; ++n) line += " " + std::to_string(n * 2);
  return line;
}

TEST(search_session, many_numbers_in_pieces) {
  const auto numbers = many_numbers(20'000);
  for (const auto* const rest : {"\r\n", " (MODSEQ 12)\r\n", " 7 5 3\r\n"}) {
    const auto line = numbers + rest;
    const auto whole = seen({line}, true, false);
    for (const std::size_t length : {997U, 4096U, 100'000U}) {
      std::vector<std::string_view> pieces;
      for (std::size_t at = 0; at < line.size(); at += length)
        pieces.push_back(std::string_view(line).substr(at, length));
      EXPECT_TRUE(seen(pieces, true, false) == whole) << length << rest;
    }
  }
}

TEST(search_session, limit_of_a_response) {
  limits l;
  l.response_octets = l.body_in_memory_octets = 2000;
  const auto numbers = many_numbers(1000);
  for (const std::size_t length : {50U, 1999U, 2003U}) {
    searching s(nullptr, l);
    for (std::size_t at = 0; at < numbers.size(); at += length) s.feed(std::string_view(numbers).substr(at, length));
    EXPECT_EQ(s.failure().code(), errc::limit_exceeded);
    EXPECT_EQ(s.failure().limit_name(), "response_octets");
  }
  // As many octets as are allowed, and one more.
  for (const bool more : {false, true}) {
    const auto exact = numbers.substr(0, 1994) + (more ? " 99999" : " 9999");
    ASSERT_EQ(exact.size(), more ? 2000U : 1999U);
    l.response_octets = 1999;
    searching s(nullptr, l);
    s.feed(exact.substr(0, 700));
    s.feed(exact.substr(700) + "\r\nA2 OK done\r\n");
    EXPECT_EQ(s.failure().code() == errc::limit_exceeded, more) << s.told();
  }
}

TEST(search_session, stream_that_ends_within_the_numbers) {
  searching s(nullptr);
  s.feed("* SEARCH 1 2 3 ");
  s.eof();
  EXPECT_EQ(s.failure().code(), errc::closed);
}

}  // namespace
}  // namespace imapxx
