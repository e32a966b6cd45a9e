// Downloads and loops that read a mailbox while commands run, with both clients, against the embedded server.
#include <imapxx/asio.hpp>
#include <imapxx/client.hpp>
#include <imapxx/testserver/server.hpp>

#include "support/temporary_directory.hpp"

#include <asio/io_context.hpp>
#include <asio/use_future.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <vector>

namespace imapxx {
namespace {

using namespace std::chrono_literals;
namespace ts = testserver;
namespace fs = std::filesystem;

std::string message_of(std::size_t octets) {
  std::string text = "Subject: big\r\n\r\n";
  for (unsigned n = 0; text.size() + 2 < octets; ++n) {
    auto line = std::to_string(n * 2654435761U) + std::string(n % 60, 'x');
    line.resize(std::min(line.size(), octets - text.size() - 2));
    text += line + "\r\n";
  }
  return text;
}

/// A server with one big message, and both clients to download it with.
class both_clients : public testing::TestWithParam<bool> {
 protected:
  both_clients() : server_(settings()) {}
  static ts::server_options settings() {
    ts::server_options o;
    o.user("joe", "secret-word").transcript_limit(std::size_t{64} << 10U);
    return o;
  }
  void SetUp() override {
    server_.append("joe", "INBOX", body_);
    server_.start();
  }

  /// On a connection of its own; what fails is thrown.
  download_result get(download what) {
    const auto options = connect_options("127.0.0.1", security::plain, server_.port());
    const auto who = credentials("joe", secret("secret-word")).allow_plaintext();
    if (!GetParam()) {
      client c(options, who);
      c.select("INBOX");
      return c.download_message(std::move(what));
    }
    asio::io_context io;
    async_client c(io, options);
    const auto finished = [&io](auto future) {
      io.restart();
      io.run();
      return future.get();
    };
    finished(c.async_connect(who, asio::use_future));
    finished(c.with(asio::use_future).select("INBOX"));
    return finished(c.with(asio::use_future).download_message(std::move(what)));
  }
  std::string body_ = message_of(std::size_t{3} << 20U);
  ts::server server_;
  test::temporary_directory dir_;
};

TEST_P(both_clients, download_in_either_way) {
  for (const auto way : {download_way::automatic, download_way::one_literal, download_way::windows}) {
    std::ostringstream out;
    std::uint64_t last = 0;
    const auto r = get(download(1)
                           .to(sink_to_stream(out))
                           .way(way)
                           .on_progress([&last](std::uint64_t done, std::optional<std::uint64_t>) { last = done; }));
    EXPECT_TRUE(out.str() == body_);
    EXPECT_EQ(r.octets, body_.size());
    EXPECT_EQ(r.received, body_.size());
    EXPECT_EQ(last, body_.size());
    EXPECT_FALSE(r.size_differs());
    EXPECT_EQ(r.commands > 1, way == download_way::windows);
  }
}

TEST_P(both_clients, go_on_with_a_file_on_another_connection) {
  ts::faults cut;
  cut.cut_after(std::uint64_t{2} << 20U);
  server_.set_faults(cut);
  const auto to_file = [this] {
    return download(1).to_file(dir_.at("m.eml")).journal_every(std::uint64_t{256} << 10U);
  };
  EXPECT_THROW((void)get(to_file()), error);
  EXPECT_FALSE(fs::exists(dir_.at("m.eml")));
  server_.set_faults(ts::faults());
  const auto journal = download_journal::parse(dir_.read("m.eml.journal"));
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->uid, 1U);
  EXPECT_GT(journal->offset, std::uint64_t{1} << 20U);
  const auto r = get(to_file());
  EXPECT_EQ(r.resumed_at, journal->offset);
  EXPECT_LE(r.received, body_.size() - r.resumed_at);
  EXPECT_EQ(r.restarted, download_restart::none);
  EXPECT_TRUE(dir_.read("m.eml") == body_);
  EXPECT_EQ(std::distance(fs::directory_iterator(dir_.path()), fs::directory_iterator()), 1);
}

TEST_P(both_clients, leave_a_usable_connection_behind_what_is_missing) {
  std::ostringstream out;
  try {
    (void)get(download(77).to(sink_to_stream(out)));
    FAIL() << "there is no such message";
  } catch (const error& e) {
    EXPECT_EQ(e.code(), errc::incomplete_result);
    EXPECT_FALSE(e.is_fatal());
  }
}

INSTANTIATE_TEST_SUITE_P(, both_clients, testing::Bool(),
                         [](const auto& kind) { return kind.param ? "asynchronous" : "blocking"; });

TEST(download_message, a_cancelled_one_keeps_what_has_come) {
  ts::server_options o;
  o.user("joe", "secret-word");
  ts::server server(o);
  const auto body = message_of(std::size_t{8} << 20U);
  server.append("joe", "INBOX", body);
  server.start();
  const test::temporary_directory dir;
  const auto path = dir.at("m.eml");
  const auto log_in = [&] {
    client c(connect_options("127.0.0.1", security::plain, server.port()),
             credentials("joe", secret("secret-word")).allow_plaintext());
    c.select("INBOX");
    return c;
  };
  auto c = log_in();
  bool cancelled = false;
  try {
    (void)c.download_message(download(1).to_file(path).on_progress([&](std::uint64_t done, auto) {
      if (done > (std::uint64_t{1} << 20U) && !std::exchange(cancelled, true)) c.cancel();
    }));
    FAIL() << "it was cancelled";
  } catch (const error& e) {
    EXPECT_EQ(e.code(), errc::cancelled);
  }
  auto again = log_in();
  const auto r = again.download_message(download(1).to_file(path));
  EXPECT_GT(r.resumed_at, std::uint64_t{1} << 20U);
  EXPECT_EQ(fs::file_size(path), body.size());
}

}  // namespace
}  // namespace imapxx
