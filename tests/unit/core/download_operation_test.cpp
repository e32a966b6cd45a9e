// Downloads against a server made of rules: what RFC 9051 section 6.4.5 says, and what servers do instead
// (docs/QUIRKS.md F-17, F-18).
#include "core/download_operation.hpp"

#include "unit/core/partial_server.hpp"

#include <gtest/gtest.h>

#include <array>
#include <charconv>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::core {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t mebi = std::size_t{1} << 20U;

TEST(download_operation, is_one_literal_when_nothing_is_known_of_the_link) {
  model server(body_of(100'000));
  collected out;
  download_operation op(to(out));
  server.play(op);
  EXPECT_FALSE(op.failure()) << op.failure().what();
  EXPECT_EQ(out.text, server.body);
  ASSERT_EQ(server.commands.size(), 1U);
  EXPECT_TRUE(server.commands[0].size);
  EXPECT_FALSE(server.commands[0].origin);
  const auto r = op.take_result();
  EXPECT_EQ(r.way, download_way::one_literal);
  EXPECT_EQ(r.octets, 100'000U);
  EXPECT_EQ(r.announced, 100'000U);
  EXPECT_FALSE(r.size_differs());
  EXPECT_GE(*r.round_trip, 50ms);
}

TEST(download_operation, is_one_literal_on_a_short_way_and_pieces_on_a_long_one) {
  for (const auto trip : {1ms, 50ms}) {
    model server(body_of(mebi));
    server.habits().round_trip = trip;
    collected out;
    download_operation op(to(out));
    server.play(op);
    EXPECT_EQ(op.take_result().way, trip == 1ms ? download_way::one_literal : download_way::windows);
    EXPECT_EQ(out.text, server.body);
  }
}

TEST(download_operation, takes_one_round_trip_for_ten_mebibytes) {
  model server(body_of(10 * mebi));
  server.habits().round_trip = 50ms;
  collected out;
  download_operation op(to(out));
  server.play(op);
  EXPECT_EQ(out.text, server.body);
  EXPECT_EQ(server.flights, 1);
  EXPECT_EQ(server.sent, server.body.size());
}

TEST(download_operation, keeps_the_window_full_and_no_fuller) {
  model server(body_of(5 * mebi));
  server.habits().partial_fetch_works = true;
  collected out;
  download_operation op(in_windows(out).window(mebi).expected(5 * mebi));
  server.play(op, 1);
  std::uint64_t first = 0;
  for (const auto& c : server.commands) first += c.count;
  EXPECT_GE(first, mebi);
  EXPECT_LE(first, mebi + mebi / 8);
  server.play(op);
  EXPECT_EQ(out.text, server.body);
  EXPECT_EQ(server.sent, server.body.size());
}

TEST(download_operation, needs_no_size_beforehand) {
  for (const std::size_t octets : {std::size_t{0}, std::size_t{1}, std::size_t{65'536}, std::size_t{65'537}, mebi}) {
    model server(body_of(octets));
    collected out;
    download_operation op(in_windows(out));
    server.play(op);
    EXPECT_FALSE(op.failure()) << octets << ": " << op.failure().what();
    EXPECT_EQ(out.text, server.body) << octets;
  }
}

// Every way a server may answer, for several sizes and windows: what arrives is the body.
TEST(download_operation, brings_the_body_whatever_the_server_makes_of_partial_fetch) {
  const std::vector<std::pair<const char*, std::function<void(server_rules&)>>> kinds = {
      {"rfc", [](auto&) {}},
      {"ignores partial", [](auto& r) { r.ignores_partial = true; }},
      {"ignores partial, lies low", [](auto& r) { r.ignores_partial = true, r.size = 100; }},
      {"ignores partial, lies high", [](auto& r) { r.ignores_partial = true, r.size = 10 * mebi; }},
      {"<n.m>", [](auto& r) { r.echoes_length = true; }},
      {"no origin for 0", [](auto& r) { r.no_origin_for_zero = true; }},
      {"never an origin", [](auto& r) { r.no_origin = true; }},
      {"size too small", [](auto& r) { r.size = 70'000; }},
      {"size too big", [](auto& r) { r.size = 3 * mebi; }},
      {"size 0", [](auto& r) { r.size = 0; }},
      {"capped", [](auto& r) { r.cap = 10'000; }},
      {"capped, lies low", [](auto& r) { r.cap = 50'000, r.size = 90'000; }},
      {"refuses", [](auto& r) { r.refuses_partial = true; }},
      {"nothing past the end", [](auto& r) { r.nothing_past_end = true, r.size = 3 * mebi; }},
      {"ignores the count", [](auto& r) { r.ignores_count = true; }},
      {"uid last", [](auto& r) { r.uid_last = true; }}};
  for (const auto& [name, set] : kinds) {
    for (const std::size_t octets : {std::size_t{30'000}, std::size_t{200'000}, std::size_t{1'000'000}}) {
      for (const bool resumed : {false, true}) {
        server_rules rules;
        set(rules);
        model server(body_of(octets), rules);
        collected out;
        auto what = in_windows(out);
        if (resumed) what.from(out.text.assign(server.body, 0, 20'000).size());
        download_operation op(what);
        server.play(op);
        ASSERT_TRUE(op.done()) << name;
        EXPECT_FALSE(op.failure()) << name << ", " << octets << ": " << op.failure().what();
        EXPECT_TRUE(out.text == server.body) << name << ", " << octets << ", resumed " << resumed;
        EXPECT_LE(server.sent, 4 * octets) << name << ": " << octets;
      }
    }
  }
}

TEST(download_operation, remembers_that_partial_fetch_is_of_no_use_here) {  // quirk F-18
  server_rules rules;
  rules.ignores_partial = true;
  model server(body_of(300'000), rules);
  server.habits().round_trip = 50ms;
  collected out;
  download_operation op(to(out));
  server.play(op);
  EXPECT_TRUE(server.habits().no_partial_fetch);
  EXPECT_LE(server.sent, 2 * server.body.size());
  server.commands.clear();
  EXPECT_EQ(out.text, server.body);
}

TEST(download_operation, tells_when_the_announced_size_was_wrong) {  // quirk F-17
  for (const auto way : {download_way::one_literal, download_way::windows}) {
    server_rules rules;
    rules.size = 99'990;
    model server(body_of(100'000), rules);
    collected out;
    download_operation op(to(out).way(way));
    server.play(op);
    const auto r = op.take_result();
    EXPECT_EQ(r.octets, 100'000U);
    EXPECT_TRUE(r.size_differs());
  }
}

TEST(download_operation, says_that_there_is_no_such_message) {
  for (const auto way : {download_way::one_literal, download_way::windows}) {
    server_rules rules;
    rules.gone = true;
    model server(body_of(10), rules);
    collected out;
    download_operation op(to(out).way(way));
    server.play(op);
    EXPECT_EQ(op.failure().code(), errc::incomplete_result);
    EXPECT_FALSE(op.failure().is_fatal());
  }
}

TEST(download_operation, a_message_expunged_meanwhile_is_no_complete_one) {
  model server(body_of(3 * mebi));
  server.habits().partial_fetch_works = true;
  collected out;
  download_operation op(in_windows(out).window(mebi));
  server.play(op, 1);
  server.rules.gone = true;
  server.play(op);
  EXPECT_EQ(op.failure().code(), errc::incomplete_result);
}

TEST(download_operation, a_sink_that_refuses_ends_it_and_hears_no_more) {
  model server(body_of(2 * mebi));
  server.habits().partial_fetch_works = true;
  collected out;
  out.stop_at = 300'000;
  download_operation op(in_windows(out).window(mebi));
  server.play(op);
  EXPECT_EQ(op.failure().code(), errc::aborted_by_caller);
  EXPECT_EQ(out.text, server.body.substr(0, out.text.size()));
}

TEST(download_operation, sends_what_was_asked_for) {
  model server(body_of(1'000));
  collected out;
  download_operation part(to(out).section("2.MIME"));
  server.play(part);
  ASSERT_EQ(server.commands.size(), 1U);
  EXPECT_FALSE(server.commands[0].size);
  EXPECT_EQ(server.commands[0].item, "BODY[2.MIME]");

  model decoding(body_of(1'000));
  download_operation binary(to(out).section("1.2").binary());
  decoding.play(binary);
  EXPECT_EQ(decoding.commands.at(0).item, "BINARY[1.2]");
}

TEST(download_operation, refuses_what_makes_no_sense_before_anything_is_sent) {
  collected out;
  const std::vector<download> wrong = {download(0).to(out.sink),
                                       download(5),
                                       to(out).to_file("x"),
                                       to(out).section("no section"),
                                       to(out).section("HEADER.FIELDS (a\r\nA9 LOGOUT)"),
                                       to(out).section("HEADER.FIELDS (\"a b\")"),
                                       to(out).section("HEADER").binary(),
                                       to(out).window(1),
                                       download(5).to_file("x").from(10),
                                       to(out).journal_every(1)};
  for (const auto& what : wrong) {
    model server(body_of(10));
    download_operation op(what);
    op.start(server, server.clock);
    EXPECT_EQ(op.failure().code(), errc::invalid_argument);
  }
  model plain(body_of(10), {}, "IMAP4rev1");
  download_operation binary(to(out).section("1").binary());
  binary.start(plain, plain.clock);
  EXPECT_EQ(binary.failure().code(), errc::capability_required);
}

// A server that answers nonsense must not keep a download going for ever.
TEST(download_operation, ends_whatever_it_is_told) {
  const std::array<std::string_view, 7> nonsense = {
      "* 2 FETCH (UID 5 BODY[] NIL)\r\n",           "* 2 FETCH (UID 5 BODY[]<7> {3}\r\nabc)\r\n",
      "* 2 FETCH (UID 6 BODY[]<0> {3}\r\nabc)\r\n", "* 2 FETCH (UID 5 FLAGS ())\r\n",
      "* 2 FETCH (UID 5 BODY[1] {3}\r\nabc)\r\n",   "* 2 FETCH (UID 5 BODY[]<99999999999999> {0}\r\n)\r\n",
      "* 2 FETCH (UID 5 BODY[] {3}\r\nabc)\r\n"};
  for (const auto text : nonsense) {
    for (const auto way : {download_way::one_literal, download_way::windows}) {
      server_rules rules;
      rules.otherwise = [text](const asked& a) { return a.body ? std::string(text) : std::string(); };
      model server(body_of(200'000), rules);
      collected out;
      download_operation op(to(out).way(way));
      server.play(op, 50);
      EXPECT_TRUE(op.done()) << text;
    }
  }
}

TEST(download_operation, nil_is_an_empty_body_where_the_length_does_not_say_otherwise) {
  for (const std::string_view size : {"0", "3"}) {
    server_rules rules;
    rules.otherwise = [size](const asked& a) {
      return "* 2 FETCH (UID 5 RFC822.SIZE " + std::string(size) + (a.body ? " BODY[] NIL)\r\n" : ")\r\n");
    };
    model server(body_of(0), rules);
    collected out;
    download_operation op(to(out).way(download_way::one_literal));
    server.play(op);
    EXPECT_EQ(op.failure().code(), size == "0" ? errc::success : errc::incomplete_result) << op.failure().what();
    EXPECT_TRUE(out.text.empty());
    if (op.failure()) {
      EXPECT_NE(op.failure().message().find("did not send the whole body"), std::string_view::npos);
    }
  }
}

TEST(download_window, follows_round_trip_and_rate) {
  download_window w;
  w.round_trip(50ms);
  EXPECT_GE(w.octets(), 10 * mebi);
  w.rate(mebi, 1s);  // 1 MiB/s holds 52 KiB in 50 ms
  EXPECT_EQ(w.octets(), download_window::least);
  w.rate(100 * mebi, 1s);
  EXPECT_NEAR(static_cast<double>(w.octets()), 10.0 * mebi, 1000.0);
  w.rate(mebi, 10ms);  // less than a round trip tells nothing
  EXPECT_NEAR(static_cast<double>(w.octets()), 10.0 * mebi, 1000.0);
  w.cap_piece(1000);
  EXPECT_EQ(w.piece(), 1000U);
}

}  // namespace
}  // namespace imapxx::core
