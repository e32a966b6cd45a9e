// Threats 39, 44 and 46: the connection is cut at every octet of an exchange, in both directions, and afterwards every
// message is exactly once where it belongs. The engine runs without I/O of its own on a clock of the test's; the other
// end is the embedded server.
#include <imapxx/commands.hpp>
#include <imapxx/testserver/server.hpp>

#include "core/connect_operation.hpp"
#include "core/engine.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imapxx {
namespace {

namespace ts = testserver;
using namespace std::chrono_literals;

constexpr auto never = UINT64_MAX;

std::string message(int n, bool with_id = true) {
  return "From: ann@example.org\r\nSubject: number " + std::to_string(n) + "\r\n" +
         (with_id ? "Message-ID: <" + std::to_string(n) + "@example.org>\r\n" : "") + "\r\nText " + std::to_string(n) +
         ".\r\n";
}

/// An engine on a line that can be cut.
class cut_line {
 public:
  cut_line(ts::server& server, const reconnect_policy& policy)
      : server_(server), engine_(connect_options("localhost", security::plain).reconnect(policy), now_) {
    open();
    core::connect_operation op(security::plain);
    engine_.attach(op);
    op.start(engine_, now_);
    drive([&] { return op.done(); });
    engine_.detach(op);
    engine_.expect_losses();
  }
  ~cut_line() { close(); }
  cut_line(const cut_line&) = delete;
  cut_line& operator=(const cut_line&) = delete;

  template <class C>
  result<typename C::result_type> run(C cmd) {
    engine_.set_now(now_);
    auto id = engine_.submit(std::make_unique<C>(std::move(cmd)));
    if (!id) return id.error();
    drive([&] { return engine_.is_done(*id); });
    auto o = engine_.take(*id);
    if (!o) return error(errc::internal_error, "no outcome");
    if (o->failure) return o->failure;
    if constexpr (std::is_void_v<typename C::result_type>) {
      return {};
    } else {
      return static_cast<C&>(*o->finished).take_result();
    }
  }
  /// From now on so many octets get through.
  void cut_after(std::uint64_t to_server, std::uint64_t to_client) {
    to_server_ = to_server;
    to_client_ = to_client;
    sent_ = received_ = 0;
  }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  [[nodiscard]] std::uint64_t received() const { return received_; }
  [[nodiscard]] int connections() const { return connections_; }
  core::engine& engine() { return engine_; }

  std::function<void()> on_loss;  ///< while there is no connection

 private:
  void open() {
    fd_ = server_.connect_pair();
    ++connections_;
  }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void drive(const std::function<bool()>& done) {
    while (!done()) {
      engine_.set_now(now_);
      if (engine_.handle_event() != core::engine::progress::none) continue;
      if (done() || engine_.over()) return;
      if (engine_.lost()) {
        if (!reconnect()) return;
      } else if (!move()) {
        return;
      }
    }
  }
  bool reconnect() {
    close();
    if (on_loss) std::exchange(on_loss, nullptr)();
    if (engine_.wants_transport()) {
      open();
      engine_.transport_ready(now_);
      return true;
    }
    const auto at = engine_.wakeup();
    if (!at) return false;
    now_ = *at;
    engine_.wake(now_);
    return true;
  }
  bool move() {
    const auto out = engine_.output();
    if (!out.empty()) {
      const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), to_server_ - sent_));
      if (n != 0 && ::write(fd_, out.data(), n) != static_cast<ssize_t>(n)) return lose();
      sent_ += n;
      engine_.sent(n);
      return sent_ < to_server_ || lose();
    }
    pollfd ready{fd_, POLLIN, 0};
    if (::poll(&ready, 1, 30'000) <= 0) {
      ADD_FAILURE() << "the server says nothing";
      return false;
    }
    const auto room = engine_.input_buffer();
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), to_client_ - received_));
    const auto n = most == 0 ? 0 : ::read(fd_, room.data(), most);
    if (n > 0) {
      received_ += static_cast<std::uint64_t>(n);
      engine_.received(static_cast<std::size_t>(n));
      return received_ < to_client_ || lose();
    }
    return lose();
  }
  /// The server handles what it has received, and is gone; what it says is lost.
  bool lose() {
    ::shutdown(fd_, SHUT_WR);
    char dropped[4096];
    while (::read(fd_, dropped, sizeof dropped) > 0) {
    }
    to_server_ = to_client_ = never;
    engine_.ended(error());
    return true;
  }

  ts::server& server_;
  core::time_point now_{};
  core::engine engine_;
  int fd_ = -1;
  int connections_ = 0;
  std::uint64_t to_server_ = never, to_client_ = never, sent_ = 0, received_ = 0;
};

reconnect_policy patient() {
  return reconnect_policy().attempts(3).random([] { return 0.5; });
}

/// What the server offers, and how its mailboxes stand before.
struct setting {
  const char* name;
  std::vector<const char*> without;
};

std::vector<setting> settings() {
  return {{"everything", {}},
          {"no UIDPLUS", {"UIDPLUS"}},
          {"no LITERAL+", {"LITERAL+", "LITERAL-"}},
          {"nothing", {"UIDPLUS", "MOVE", "LITERAL+", "LITERAL-", "ESEARCH", "CONDSTORE", "IMAP4rev2"}}};
}

class world {
 public:
  explicit world(const setting& s) : server_(options(s)) {}
  ts::server& server() { return server_; }
  /// New mailboxes: `from` with three messages, `to` with one of them in a similar form.
  void prepare() {
    ++round_;
    strangers = 0;
    server_.create_mailbox("ann", from());
    server_.create_mailbox("ann", to());
    for (int i = 1; i <= 3; ++i) server_.append("ann", from(), message(i), "\\Seen");
    server_.append("ann", to(), message(7));
  }
  [[nodiscard]] std::string from() const { return "from" + std::to_string(round_); }
  [[nodiscard]] std::string to() const { return "to" + std::to_string(round_); }
  [[nodiscard]] int copies(const std::string& box, const std::string& text) const {
    int n = 0;
    const auto now = server_.snapshot("ann", box);
    for (const auto& m : now.messages()) n += m.content() == text ? 1 : 0;
    return n;
  }
  [[nodiscard]] std::optional<std::uint32_t> uid_of(const std::string& box, const std::string& text) const {
    const auto now = server_.snapshot("ann", box);
    for (const auto& m : now.messages()) {
      if (m.content() == text) return m.uid();
    }
    return std::nullopt;
  }
  int strangers = 0;  ///< messages that another client has added

 private:
  static ts::server_options options(const setting& s) {
    auto o = ts::server_options().user("ann", "secret").preauth("ann");
    for (const auto* c : s.without) o.remove_capability(c);
    return o;
  }
  ts::server server_;
  int round_ = 0;
};

using outcome_check = std::function<void(world&, const error&)>;
/// Runs on a prepared world, and returns why it failed.
using scenario = std::function<error(world&, cut_line&)>;
using meddler = std::function<void(world&)>;

/// One run. \return octets in both directions
std::pair<std::uint64_t, std::uint64_t> play(world& w, const scenario& act, const outcome_check& check,
                                             const meddler& meddle, std::uint64_t to_server, std::uint64_t to_client) {
  w.prepare();
  cut_line line(w.server(), patient());
  EXPECT_TRUE(line.run(select(w.from())));
  if (meddle) {
    line.on_loss = [&] {
      ++w.strangers;
      meddle(w);
    };
  }
  line.cut_after(to_server, to_client);
  const auto why = act(w, line);
  const auto octets = std::make_pair(line.sent(), line.received());
  check(w, why);
  // Whatever happened, the caller's mailbox is selected, and the client is of use.
  EXPECT_TRUE(line.run(noop()));
  EXPECT_EQ(line.engine().protocol().mailbox().name, mailbox_name(w.from()));
  EXPECT_LE(line.connections(), 2);
  return octets;
}

/// Cut behind each octet of the exchange. Every `step`th where the whole takes too long for every day.
void cut_everywhere(const setting& s, const scenario& act, const outcome_check& check, const meddler& meddle = {}) {
  SCOPED_TRACE(s.name);
  world w(s);
  const auto [to_server, to_client] = play(w, act, check, {}, never, never);
  const std::uint64_t step =
      std::getenv("IMAPXX_SOAK") != nullptr ? 1 : (meddle ? 7 : 3);  // NOLINT(concurrency-mt-unsafe)
  for (std::uint64_t n = 0; n <= to_server && !testing::Test::HasFailure(); n += step) {
    SCOPED_TRACE("to the server " + std::to_string(n));
    play(w, act, check, meddle, n, never);
  }
  for (std::uint64_t n = 0; n <= to_client && !testing::Test::HasFailure(); n += step) {
    SCOPED_TRACE("to the client " + std::to_string(n));
    play(w, act, check, meddle, never, n);
  }
}

// --- APPEND

scenario appending(const std::string& text, std::optional<append_result>& got) {
  return [text, &got](world& w, cut_line& line) {
    auto done = line.run(append(w.to(), text));
    got = done ? std::optional(*done) : std::nullopt;
    return done ? error() : done.error();
  };
}

TEST(lost_connection, append_cut_at_every_octet_is_there_once) {
  std::optional<append_result> got;
  for (const bool with_id : {true, false}) {
    const auto text = message(50, with_id);
    for (const auto& s : settings()) {
      cut_everywhere(s, appending(text, got), [&](world& w, const error& why) {
        EXPECT_FALSE(why) << why.what();
        EXPECT_EQ(w.copies(w.to(), text), 1);
        const auto uid = got ? got->uid() : std::nullopt;
        EXPECT_TRUE(uid ? uid == w.uid_of(w.to(), text) : !s.without.empty());
      });
      if (HasFailure()) return;
    }
  }
}

TEST(lost_connection, append_beside_another_writer_is_neither_lost_nor_doubled) {
  const auto text = message(50);
  std::optional<append_result> got;
  cut_everywhere(
      settings().front(), appending(text, got),
      [&](world& w, const error& why) {
        EXPECT_TRUE(!why || why.code() == errc::outcome_unknown) << why.what();
        EXPECT_GE(w.copies(w.to(), text), 1);
        EXPECT_LE(w.copies(w.to(), text), 1 + w.strangers);  // at most one of ours
      },
      [&](world& w) { w.server().append("ann", w.to(), text); });
}

TEST(lost_connection, append_beside_other_mail_is_not_in_doubt) {
  const auto text = message(50);
  std::optional<append_result> got;
  cut_everywhere(
      settings().front(), appending(text, got),
      [&](world& w, const error& why) {
        EXPECT_FALSE(why) << why.what();
        EXPECT_EQ(w.copies(w.to(), text), 1);
      },
      [&](world& w) { w.server().append("ann", w.to(), message(51)); });
}

// --- COPY and MOVE

TEST(lost_connection, copy_cut_at_every_octet_is_there_once) {
  std::optional<copy_result> got;
  for (const auto& s : settings()) {
    cut_everywhere(
        s,
        [&](world& w, cut_line& line) {
          auto done = line.run(copy(uid_set::range(1, 2), w.to()));
          got = done ? std::optional(*done) : std::nullopt;
          return done ? error() : done.error();
        },
        [&](world& w, const error& why) {
          EXPECT_FALSE(why) << why.what();
          for (int i = 1; i <= 3; ++i) {
            EXPECT_EQ(w.copies(w.from(), message(i)), 1);
            EXPECT_EQ(w.copies(w.to(), message(i)), i == 3 ? 0 : 1);
          }
          if (s.without.empty()) {
            ASSERT_TRUE(got && got->destination_of(2));
            EXPECT_EQ(got->destination_of(2), w.uid_of(w.to(), message(2)));
          }
        });
    if (HasFailure()) return;
  }
}

TEST(lost_connection, move_cut_at_every_octet_is_in_one_place) {
  std::optional<copy_result> got;
  for (const auto& s : settings()) {
    if (s.without.size() > 2) continue;  // no MOVE
    cut_everywhere(
        s,
        [&](world& w, cut_line& line) {
          auto done = line.run(imapxx::move(uid_set::range(2, 3), w.to()));
          got = done ? std::optional(*done) : std::nullopt;
          return done ? error() : done.error();
        },
        [&](world& w, const error& why) {
          EXPECT_FALSE(why) << why.what();
          for (int i = 1; i <= 3; ++i) {
            EXPECT_EQ(w.copies(w.from(), message(i)), i == 1 ? 1 : 0);
            EXPECT_EQ(w.copies(w.to(), message(i)), i == 1 ? 0 : 1);
          }
          if (s.without.empty()) {
            ASSERT_TRUE(got && got->destination_of(3));
            EXPECT_EQ(got->destination_of(3), w.uid_of(w.to(), message(3)));
          }
        });
    if (HasFailure()) return;
  }
}

TEST(lost_connection, move_beside_another_writer_is_neither_lost_nor_doubled) {
  cut_everywhere(
      settings().front(), [](world& w, cut_line& line) { return line.run(imapxx::move(uid_set(2), w.to())).error(); },
      [](world& w, const error& why) {
        EXPECT_TRUE(!why || why.code() == errc::outcome_unknown) << why.what();
        const auto here = w.copies(w.from(), message(2));
        const auto there = w.copies(w.to(), message(2));
        EXPECT_GE(there, w.strangers);
        EXPECT_EQ(here + there, 1 + w.strangers);
        EXPECT_TRUE(why || here == 0);
      },
      [](world& w) { w.server().append("ann", w.to(), message(2), "\\Seen"); });
}

}  // namespace
}  // namespace imapxx
