// Where a download goes: files that are continued, sinks that fail, and servers that refuse or are gone.
#include "core/download_operation.hpp"
#include "support/temporary_directory.hpp"
#include "unit/core/partial_server.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::core {
namespace {

using namespace std::chrono_literals;

class download_to_file : public testing::Test {
 protected:
  [[nodiscard]] download target() const { return download(5).to_file(dir_.at("m.eml")); }
  /// A download in small windows that is given up after some flights. \return what the file holds then
  std::size_t interrupted(model& server, int flights) const {
    server.habits().partial_fetch_works = true;
    download_operation op(target().way(download_way::windows).window(64U << 10U));
    server.play(op, flights);
    EXPECT_FALSE(op.done());
    op.give_up(server);
    return dir_.read("m.eml.part").size();
  }
  test::temporary_directory dir_;
};

TEST_F(download_to_file, goes_on_where_another_connection_was_lost) {
  const auto body = body_of(600'000);
  std::size_t begun = 0;
  {
    model lost(body);
    begun = interrupted(lost, 3);
    ASSERT_GT(begun, 64'000U);
  }
  model server(body);
  std::vector<std::uint64_t> told;
  std::optional<std::uint64_t> of;
  download_operation op(target().sync().on_progress([&](std::uint64_t octets, std::optional<std::uint64_t> all) {
    told.push_back(octets);
    of = all;
  }));
  server.play(op);
  EXPECT_FALSE(op.failure()) << op.failure().what();
  const auto r = op.take_result();
  EXPECT_EQ(r.resumed_at, begun);
  EXPECT_EQ(r.octets, body.size());
  EXPECT_EQ(r.way, download_way::windows);  // of what is begun only the rest is asked for
  EXPECT_LE(server.sent, body.size() - begun);
  EXPECT_TRUE(dir_.read("m.eml") == body);
  ASSERT_FALSE(told.empty());
  EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
  EXPECT_EQ(told.back(), body.size());
  EXPECT_EQ(of, body.size());
}

// Another message than the one that was begun, in spite of UIDVALIDITY.
TEST_F(download_to_file, begins_anew_when_the_message_is_of_another_length) {
  {
    model lost(body_of(600'000));
    ASSERT_GT(interrupted(lost, 3), 0U);
  }
  const auto body = body_of(300'000);
  for (const auto way : {download_way::windows, download_way::one_literal}) {
    model server(body);
    download_operation op(target().replace().way(way));
    server.play(op);
    EXPECT_FALSE(op.failure()) << op.failure().what();
    EXPECT_TRUE(dir_.read("m.eml") == body);
    if (way == download_way::windows) {
      EXPECT_EQ(op.take_result().restarted, download_restart::length);
      EXPECT_EQ(op.take_result().resumed_at, 0U);
    }
  }
}

TEST_F(download_to_file, a_name_that_is_taken_is_refused_before_anything_is_asked) {
  dir_.put("m.eml", "mine");
  model server(body_of(100));
  download_operation op(target());
  server.play(op);
  EXPECT_EQ(op.failure().code(), errc::io);
  EXPECT_EQ(op.failure().system_error(), EEXIST);
  EXPECT_TRUE(server.commands.empty());
  EXPECT_EQ(dir_.read("m.eml"), "mine");
}

TEST_F(download_to_file, a_name_that_is_taken_meanwhile_is_not_replaced) {
  model server(body_of(1000));
  server.rules.otherwise = [this](const asked&) {
    dir_.put("m.eml", "mine");
    return std::string();
  };
  download_operation op(target());
  server.play(op);
  EXPECT_EQ(op.failure().system_error(), EEXIST);
  EXPECT_EQ(dir_.read("m.eml"), "mine");
}

TEST_F(download_to_file, a_disk_that_is_full_ends_it_and_the_next_one_goes_on) {
  const auto body = body_of(400'000);
  {
    model server(body);
    const test::file_size_limit full(200'000);
    download_operation op(target());
    server.play(op);
    EXPECT_EQ(op.failure().code(), errc::io);
    EXPECT_EQ(op.failure().system_error(), EFBIG);
    EXPECT_FALSE(op.failure().is_fatal());
  }
  model server(body);
  download_operation op(target());
  server.play(op);
  EXPECT_FALSE(op.failure()) << op.failure().what();
  EXPECT_TRUE(dir_.read("m.eml") == body);
}

TEST_F(download_to_file, binary_parts_have_a_journal_of_their_own) {
  model server(body_of(100'000));
  download_operation op(target().section("1.2").binary());
  server.play(op);
  EXPECT_FALSE(op.failure()) << op.failure().what();
  EXPECT_TRUE(dir_.read("m.eml") == server.body);
}

TEST(download_operation, to_a_descriptor) {
  std::FILE* const file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  model server(body_of(1000));
  download_operation op(download(5).to_fd(::fileno(file)));
  server.play(op);
  EXPECT_FALSE(op.failure()) << op.failure().what();
  std::array<char, 2000> room{};
  EXPECT_EQ(std::string_view(room.data(), std::fread(room.data(), 1, room.size(), (std::rewind(file), file))),
            server.body);
  std::fclose(file);
}

TEST(download_operation, a_sink_that_fails_ends_it) {
  class failing final : public body_sink {
   public:
    explicit failing(int point) : point_(point) {}
    result<void> begin(const body_info&) override { return step(0); }
    result<void> write(std::string_view) override { return step(1); }
    result<void> end(const body_info&) override { return step(2); }

   private:
    [[nodiscard]] result<void> step(int now) const {
      if (now == point_) return error(errc::aborted_by_caller, "no").set_fatal(false);
      return {};
    }
    int point_;
  };
  for (const std::size_t octets : {0U, 1000U}) {
    for (const int point : {0, 1, 2}) {
      for (const auto way : {download_way::one_literal, download_way::windows}) {
        model server(body_of(octets));
        download_operation op(download(5).to(std::make_shared<failing>(point)).way(way));
        server.play(op);
        const bool fails = octets != 0 || point != 1;  // of an empty body nothing is written
        EXPECT_EQ(op.failure().code(), fails ? errc::aborted_by_caller : errc::success) << octets << ", " << point;
      }
    }
  }
}

TEST(download_operation, needs_a_selected_mailbox) {
  model server(body_of(10), {}, "IMAP4rev1", false);
  collected out;
  download_operation op(to(out));
  server.play(op);
  EXPECT_EQ(op.failure().code(), errc::wrong_state);
}

TEST(download_operation, takes_parts_and_headers_in_pieces_too) {
  for (const std::string_view section : {"1.2", "HEADER", "1.MIME"}) {
    model server(body_of(300'000));
    collected out;
    download_operation op(in_windows(out).section(section));
    server.play(op);
    EXPECT_FALSE(op.failure()) << op.failure().what();
    EXPECT_EQ(out.text, server.body) << section;
    for (const auto& c : server.commands) EXPECT_FALSE(c.size) << section;  // that would be the message's
  }
  model server(body_of(300'000));
  collected out;
  download_operation op(in_windows(out).section("2").binary());
  server.play(op);
  EXPECT_EQ(out.text, server.body);
}

TEST(download_operation, tells_what_the_server_refused) {
  for (const auto way : {download_way::one_literal, download_way::windows}) {
    for (const std::string refusal : {"NO [NOPERM] not yours", "BAD what?"}) {
      model server(body_of(200'000));
      server.rules.refusal = refusal;
      collected out;
      download_operation op(to(out).way(way));
      server.play(op);
      EXPECT_EQ(op.failure().code(), refusal.starts_with("NO") ? errc::no : errc::bad);
      EXPECT_FALSE(op.failure().is_fatal());
      EXPECT_TRUE(out.text.empty());
    }
  }
}

TEST(download_operation, a_connection_that_ends_is_its_failure) {
  for (const auto way : {download_way::one_literal, download_way::windows}) {
    model server(body_of(3'000'000));
    server.habits().partial_fetch_works = true;
    collected out;
    download_operation op(to(out).way(way).window(1U << 20U));
    server.play(op, way == download_way::windows ? 1 : 0);
    if (way == download_way::one_literal) op.start(server, server.clock);
    server.hang_up(op);
    ASSERT_TRUE(op.done());
    EXPECT_TRUE(op.failure().is_fatal());
  }
}

TEST(download_operation, goes_on_by_itself_in_pieces_where_a_caller_left_off) {
  model server(body_of(300'000));
  collected out;
  out.text = server.body.substr(0, 1000);
  download_operation op(to(out).from(1000));
  server.play(op);
  EXPECT_EQ(op.take_result().way, download_way::windows);
  EXPECT_EQ(out.text, server.body);
}

TEST(download_operation, where_pieces_are_of_no_use_all_is_taken_at_once) {  // quirk F-18
  model server(body_of(300'000));
  server.habits().round_trip = 500ms;
  server.habits().no_partial_fetch = true;
  collected out;
  download_operation op(to(out));
  server.play(op);
  EXPECT_EQ(op.take_result().way, download_way::one_literal);
  EXPECT_EQ(out.text, server.body);
}

// A server may repeat what it has sent, or a part of it; what is known already ends nothing.
TEST(download_operation, a_piece_that_comes_again_is_passed_over) {
  for (const std::string_view again : {"", "abc"}) {
    server_rules rules;
    bool once = false;
    rules.otherwise = [&](const asked& a) {
      if (!a.body || !a.origin || *a.origin == 0 || std::exchange(once, true)) return std::string();
      return "* 2 FETCH (UID 5 BODY[]<0> {" + std::to_string(again.size()) + "}\r\n" + std::string(again) + ")\r\n";
    };
    model server(body_of(500'000), rules);
    server.habits().partial_fetch_works = true;
    collected out;
    download_operation op(in_windows(out).window(128U << 10U));
    server.play(op);
    EXPECT_TRUE(once);
    EXPECT_FALSE(op.failure()) << op.failure().what();
    EXPECT_TRUE(out.text == server.body) << again;
  }
}

TEST(download_operation, foretells_its_commands) {
  using testing::ElementsAre;
  const session_info info;
  collected out;
  EXPECT_THAT(download_operation(to(out)).plan(info), ElementsAre("UID FETCH 5 (UID RFC822.SIZE BODY.PEEK[])"));
  EXPECT_THAT(
      download_operation(in_windows(out).section("2").binary()).plan(info),
      ElementsAre("UID FETCH 5 (UID RFC822.SIZE)", "UID FETCH 5 (UID BINARY.PEEK[2]<origin.count>), several at once"));
}

TEST(download_window, without_a_round_trip_a_rate_tells_nothing) {
  download_window w;
  w.rate(100U << 20U, 1s);
  EXPECT_EQ(w.octets(), download_window::least);
  download_window fixed(1U << 20U);
  fixed.round_trip(50ms);
  fixed.rate(100U << 20U, 1s);
  EXPECT_EQ(fixed.octets(), 1U << 20U);
}

}  // namespace
}  // namespace imapxx::core
