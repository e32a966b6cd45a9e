/// \file
/// Scenarios of lost connections on sockets, for both drivers.
#pragma once

#include <imapxx/commands.hpp>
#include <imapxx/options.hpp>
#include <imapxx/sasl.hpp>
#include <imapxx/testserver/server.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

namespace imapxx::threats {

namespace ts = testserver;
using namespace std::chrono_literals;

/// A client that is logged in, on one of the drivers.
class lost_runner {
 public:
  virtual ~lost_runner() = default;
  virtual result<mailbox_view> run(select cmd) = 0;
  virtual result<append_result> run(append cmd) = 0;
  virtual result<copy_result> run(imapxx::move cmd) = 0;
  virtual result<uid_search_result> run(uid_search cmd) = 0;
  virtual result<void> run(expunge cmd) = 0;
};
using make_runner = std::function<std::unique_ptr<lost_runner>(connect_options)>;

inline const std::string& lost_message() {
  static const std::string text = "Message-ID: <9@example.org>\r\nSubject: nine\r\n\r\nText.\r\n";
  return text;
}

inline reconnect_policy quick() { return reconnect_policy().attempts(3).back_off(1ms, 5ms); }

struct lost_server {
  lost_server() : server(ts::server_options().user("ann", "pw").mailbox("ann", "Archive")) {
    server.append("ann", "INBOX", "Message-ID: <1@example.org>\r\nSubject: one\r\n\r\n1\r\n");
    server.append("ann", "INBOX", lost_message());
    server.start();
  }
  [[nodiscard]] connect_options options(reconnect_policy policy) const {
    return connect_options("127.0.0.1", security::plain, server.port()).reconnect(std::move(policy));
  }
  [[nodiscard]] int copies(const std::string& box) const {
    int n = 0;
    const auto now = server.snapshot("ann", box);
    for (const auto& m : now.messages()) n += m.content() == lost_message() ? 1 : 0;
    return n;
  }
  ts::server server;
};

/// Calls `act` and `check` with the answer to `act` cut at some octets of it; at all of them in the long test.
template <class Act, class Check>
void cut_answers(const make_runner& make, const Act& act, const Check& check) {
  std::size_t before = 0;
  std::size_t after = 0;
  {
    lost_server s;
    auto c = make(s.options(quick()));
    ASSERT_TRUE(c->run(select("INBOX")));
    before = s.server.sent(0).size();
    check(s, act(*c));
    after = s.server.sent(0).size();
  }
  const bool all = std::getenv("IMAPXX_SOAK") != nullptr;  // NOLINT(concurrency-mt-unsafe)
  const std::size_t step = all ? 1 : std::max<std::size_t>(1, (after - before) / 6);
  for (auto at = before; at < after && !testing::Test::HasFailure(); at += step) {
    SCOPED_TRACE(at - before);
    lost_server s;
    s.server.set_faults(ts::faults().cut_after(at));
    auto c = make(s.options(quick()));
    s.server.set_faults({});
    if (!c->run(select("INBOX"))) continue;
    check(s, act(*c));
  }
}

inline void append_is_there_once(const make_runner& make) {
  cut_answers(
      make, [](lost_runner& c) { return c.run(append("Archive", lost_message())); },
      [](const lost_server& s, const result<append_result>& got) {
        ASSERT_TRUE(got) << got.error().what();
        EXPECT_EQ(s.copies("Archive"), 1);
        EXPECT_EQ(got->uid(), s.server.snapshot("ann", "Archive").messages().front().uid());
      });
}

inline void move_is_in_one_place(const make_runner& make) {
  cut_answers(
      make, [](lost_runner& c) { return c.run(imapxx::move(uid_set(2), "Archive")); },
      [](const lost_server& s, const result<copy_result>& got) {
        ASSERT_TRUE(got) << got.error().what();
        EXPECT_EQ(s.copies("INBOX"), 0);
        EXPECT_EQ(s.copies("Archive"), 1);
        EXPECT_EQ(got->destination_of(2), s.server.snapshot("ann", "Archive").messages().front().uid());
      });
}

inline void searches_go_on_and_expunge_does_not(const make_runner& make) {
  lost_server s;
  s.server.set_faults(ts::faults().add(ts::when("UID SEARCH").drop()).add(ts::when("EXPUNGE").drop()));
  auto c = make(s.options(quick()));
  ASSERT_TRUE(c->run(select("INBOX")));
  s.server.set_faults(ts::faults().add(ts::when("EXPUNGE").drop()));
  const auto found = c->run(uid_search(search_key::all()));
  ASSERT_TRUE(found) << found.error().what();
  EXPECT_EQ(found->size(), 2U);
  const auto removed = c->run(expunge());
  EXPECT_EQ(removed.error().code(), errc::closed);
  EXPECT_FALSE(removed.error().is_safe_to_retry());
  EXPECT_TRUE(c->run(uid_search(search_key::all())));  // and on it goes
}

inline void nothing_is_done_without_a_policy(const make_runner& make) {
  lost_server s;
  s.server.set_faults(ts::faults().add(ts::when("UID SEARCH").drop()));
  auto c = make(s.options(reconnect_policy()));
  ASSERT_TRUE(c->run(select("INBOX")));
  EXPECT_EQ(c->run(uid_search(search_key::all())).error().code(), errc::closed);
  EXPECT_FALSE(c->run(uid_search(search_key::all())));
}

inline void a_server_that_stays_away_is_given_up(const make_runner& make) {
  lost_server s;
  auto c = make(s.options(quick()));
  ASSERT_TRUE(c->run(select("INBOX")));
  s.server.stop();
  const auto why = c->run(uid_search(search_key::all())).error();
  EXPECT_EQ(why.code(), errc::connect) << why.what();
  EXPECT_TRUE(why.is_safe_to_retry());
  EXPECT_TRUE(why.is_fatal());
}

}  // namespace imapxx::threats
