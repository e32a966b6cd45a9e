#include "blocking/fd_stream.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <thread>

namespace imapxx::blocking {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// A stream over one end of a socket pair; the test holds the other.
class pair {
 public:
  explicit pair(const io_calls& calls = io_calls::socket()) {
    std::array<int, 2> fds{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()), 0);
    peer = fds[1];
    ::fcntl(fds[0], F_SETFL, O_NONBLOCK);
    cancel = cancel_event::create().value();
    stream = std::make_unique<fd_stream>(fds[0], fds[0], cancel, calls);
  }
  pair(const pair&) = delete;
  pair& operator=(const pair&) = delete;
  ~pair() { close_fd(peer); }
  void hang_up() { close_fd(std::exchange(peer, -1)); }
  void send(std::string_view bytes) const {
    ASSERT_EQ(::send(peer, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }

  int peer = -1;
  std::shared_ptr<cancel_event> cancel;
  std::unique_ptr<fd_stream> stream;
};

errc code_of(const result<transferred>& r) { return r.error().code(); }

TEST(fd_stream, moves_both_directions_in_one_call) {
  pair p;
  p.send("* OK\r\n");
  std::array<char, 100> in{};
  const auto moved = p.stream->transfer(in, "A1 NOOP\r\n", {});
  ASSERT_TRUE(moved);
  EXPECT_EQ(std::string_view(in.data(), moved->read), "* OK\r\n");
  EXPECT_EQ(moved->written, 9U);
  EXPECT_FALSE(moved->eof);
  std::array<char, 100> got{};
  EXPECT_EQ(::recv(p.peer, got.data(), got.size(), 0), 9);
  EXPECT_GE(p.stream->native_handle(), 0);
}

TEST(fd_stream, nothing_to_do_is_done_at_once) {
  pair p;
  const auto moved = p.stream->transfer({}, {}, {});
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->read + moved->written, 0U);
  EXPECT_FALSE(moved->eof);
}

TEST(fd_stream, end_of_stream_comes_after_the_last_octets) {
  pair p;
  p.send("* BYE\r\n");
  p.hang_up();
  std::array<char, 100> in{};
  auto moved = p.stream->transfer(in, "A1 NOOP\r\n", {});
  ASSERT_TRUE(moved) << "what the peer said comes before the broken pipe";
  EXPECT_EQ(moved->read, 7U);
  moved = p.stream->transfer(in, {}, {});
  ASSERT_TRUE(moved);
  EXPECT_TRUE(moved->eof);
  const auto written = p.stream->transfer({}, "A1 NOOP\r\n", {});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code(), errc::io);
  EXPECT_EQ(written.error().system_error(), EPIPE);
}

TEST(fd_stream, waits_no_longer_than_the_deadline) {
  pair p;
  std::array<char, 10> in{};
  const auto start = clock::now();
  EXPECT_EQ(code_of(p.stream->transfer(in, {}, start + 50ms)), errc::timeout);
  EXPECT_GE(clock::now() - start, 50ms);
  EXPECT_LT(clock::now() - start, 1s);
  p.send("x");
  const auto moved = p.stream->transfer(in, {}, clock::now() + 10s);
  ASSERT_TRUE(moved) << "usable after a timeout";
  EXPECT_EQ(moved->read, 1U);
}

TEST(fd_stream, a_passed_deadline_is_over_even_if_octets_wait) {
  pair p;
  p.send("x");
  std::array<char, 10> in{};
  EXPECT_EQ(code_of(p.stream->transfer(in, "y", clock::now() - 1ms)), errc::timeout);
}

TEST(fd_stream, a_dripping_peer_cannot_stretch_the_deadline) {
  pair p;
  std::jthread drip([&p](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      ::send(p.peer, "x", 1, MSG_NOSIGNAL);
      std::this_thread::sleep_for(2ms);
    }
  });
  std::array<char, 10> in{};
  const auto until = clock::now() + 60ms;
  result<transferred> moved = transferred();
  while (moved) moved = p.stream->transfer(in, {}, until);
  EXPECT_EQ(code_of(moved), errc::timeout);
  EXPECT_LT(clock::now(), until + 1s);
}

TEST(fd_stream, no_wait_takes_what_is_there) {
  pair p;
  std::array<char, 10> in{};
  EXPECT_EQ(code_of(p.stream->transfer(in, {}, stream::no_wait)), errc::timeout);
  p.send("x");
  const auto moved = p.stream->transfer(in, {}, stream::no_wait);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->read, 1U);
}

TEST(fd_stream, cancel_from_another_thread_ends_the_wait_and_sticks) {
  pair p;
  std::array<char, 10> in{};
  const auto start = clock::now();
  std::jthread other([&p] {
    std::this_thread::sleep_for(30ms);
    p.stream->cancel();
  });
  EXPECT_EQ(code_of(p.stream->transfer(in, {}, start + 10s)), errc::cancelled);
  EXPECT_LT(clock::now() - start, 5s);
  p.send("x");
  EXPECT_EQ(code_of(p.stream->transfer(in, "y", {})), errc::cancelled);
  EXPECT_EQ(code_of(p.stream->transfer({}, {}, {})), errc::cancelled);
  p.stream->reset_cancel();
  const auto moved = p.stream->transfer(in, {}, {});
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->read, 1U);
  EXPECT_EQ(code_of(p.stream->transfer(in, {}, clock::now() + 10ms)), errc::timeout) << "the event was taken back";
}

TEST(fd_stream, cancel_many_times) {
  pair p;
  for (int i = 0; i < 1000; ++i) p.cancel->cancel();
  p.cancel->reset();
  EXPECT_FALSE(p.cancel->cancelled());
  std::array<char, 10> in{};
  EXPECT_EQ(code_of(p.stream->transfer(in, {}, clock::now() + 10ms)), errc::timeout);
}

TEST(fd_stream, two_full_pipes_do_not_deadlock) {
  pair p;
  const std::string much(4U << 20U, 'x');
  // A peer that reads only after it has written everything.
  std::jthread peer([&p, &much] {
    for (std::size_t sent = 0; sent < much.size();) {
      sent += static_cast<std::size_t>(::send(p.peer, much.data() + sent, much.size() - sent, 0));
    }
    std::string got(65536, '\0');
    for (std::size_t received = 0; received < much.size();) {
      received += static_cast<std::size_t>(::recv(p.peer, got.data(), got.size(), 0));
    }
  });
  std::string in(65536, '\0');
  std::string_view out = much;
  std::size_t read = 0;
  while (read < much.size() || !out.empty()) {
    const std::size_t left = std::min(in.size(), much.size() - read);
    const auto moved = p.stream->transfer(std::span(in).first(left), out, clock::now() + 10s);
    ASSERT_TRUE(moved) << moved.error().what();
    read += moved->read;
    out.remove_prefix(moved->written);
  }
}

TEST(fd_stream, closed_is_closed) {
  pair p;
  p.stream->close();
  p.stream->close();
  std::array<char, 10> in{};
  EXPECT_EQ(code_of(p.stream->transfer(in, "x", {})), errc::closed);
  EXPECT_EQ(p.stream->native_handle(), -1);
  EXPECT_EQ(::recv(p.peer, in.data(), in.size(), 0), 0);
}

TEST(fd_stream, pipes_raise_no_signal) {
  for (const bool handler_is_default : {true, false}) {
    SCOPED_TRACE(handler_is_default);
    const auto before = std::signal(SIGPIPE, handler_is_default ? SIG_DFL : SIG_IGN);
    std::array<int, 2> to{};
    std::array<int, 2> from{};
    ASSERT_EQ(::pipe(to.data()) + ::pipe(from.data()), 0);
    const auto s = make_fd_stream(from[0], to[1]).value();
    EXPECT_TRUE(s->transfer({}, "hello", {}));
    close_fd(to[0]);
    const auto written = s->transfer({}, "hello", {});
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().system_error(), EPIPE);
    sigset_t pending;
    sigset_t blocked;
    ::sigpending(&pending);
    ::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    EXPECT_EQ(::sigismember(&pending, SIGPIPE), 0);
    EXPECT_EQ(::sigismember(&blocked, SIGPIPE), 0) << "the mask is as it was";
    close_fd(from[1]);
    std::signal(SIGPIPE, before);
  }
}

TEST(fd_stream, one_fd_for_both_directions_is_closed_once) {
  std::array<int, 2> fds{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds.data()), 0);
  auto s = make_fd_stream(fds[0], fds[0]).value();
  EXPECT_NE(::fcntl(fds[0], F_GETFL) & O_NONBLOCK, 0);
  s.reset();
  EXPECT_EQ(::fcntl(fds[0], F_GETFD), -1);
  EXPECT_NE(::fcntl(fds[1], F_GETFD), -1);
  close_fd(fds[1]);
}

TEST(fd_stream, bad_descriptors_are_an_error) {
  const auto made = make_fd_stream(-1, -1);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), errc::io);
}

/// A system that misbehaves at the k-th call, and is stingy at all others.
struct faults {
  static inline int call = 0;
  static inline int fail_at = -1;
  static inline int error_number = 0;

  static bool strikes() { return call++ == fail_at; }
  static ssize_t fail() {
    errno = error_number;
    return -1;
  }
  static ssize_t read(int fd, void* to, std::size_t /*n*/) { return strikes() ? fail() : ::recv(fd, to, 1, 0); }
  static ssize_t write(int fd, const void* from, std::size_t /*n*/) {
    return strikes() ? fail() : ::send(fd, from, 1, MSG_NOSIGNAL);
  }
  static int poll(pollfd* fds, nfds_t n, int timeout) {
    return strikes() ? static_cast<int>(fail()) : ::poll(fds, n, timeout);
  }
  static io_calls calls() {
    io_calls c;
    c.read = &read;
    c.write = &write;
    c.poll = &poll;
    return c;
  }
};

/// A little dialogue. \return the first error, or what was read
std::string dialogue(fd_stream& s, int peer) {
  std::string_view out = "A1 CAPABILITY\r\n";
  std::array<char, 100> in{};
  std::string read;
  bool answered = false;
  while (read.size() < 6) {
    const auto moved = s.transfer(in, out, clock::now() + 5s);
    if (!moved)
      return std::string(to_string(moved.error().code())) + " " + std::to_string(moved.error().system_error());
    read.append(in.data(), moved->read);
    out.remove_prefix(moved->written);
    std::array<char, 100> got{};
    if (out.empty() && !answered) {
      EXPECT_EQ(::recv(peer, got.data(), got.size(), MSG_DONTWAIT), 15);
      EXPECT_EQ(::send(peer, "A1 OK\n", 6, 0), 6);
      answered = true;
    }
  }
  return read;
}

TEST(fd_stream, survives_interruptions_at_every_call) {
  static const io_calls calls = faults::calls();
  for (const int error_number : {EINTR, EAGAIN}) {
    for (int k = 0;; ++k) {
      faults::call = 0;
      faults::fail_at = k;
      faults::error_number = error_number;
      // poll(2) never says EAGAIN on Linux.
      pair p(calls);
      const std::string outcome = dialogue(*p.stream, p.peer);
      const bool was_poll = outcome.starts_with("io");
      if (was_poll) {
        EXPECT_EQ(error_number, EAGAIN);
      } else {
        EXPECT_EQ(outcome, "A1 OK\n") << k;
      }
      if (faults::call <= k) break;
    }
  }
}

TEST(fd_stream, reports_errors_at_every_call) {
  static const io_calls calls = faults::calls();
  int reported = 0;
  int k = 0;
  for (;; ++k) {
    faults::call = 0;
    faults::fail_at = k;
    faults::error_number = ECONNRESET;
    pair p(calls);
    const std::string outcome = dialogue(*p.stream, p.peer);
    if (faults::call <= k) break;
    EXPECT_EQ(outcome, "io " + std::to_string(ECONNRESET)) << k;
    ++reported;
  }
  EXPECT_EQ(reported, k);
  EXPECT_GE(k, 2 * (15 + 6)) << "one octet a call, and a poll for each";
}

TEST(fd_stream, poll_timeout_rounds_up_and_never_overflows) {
  EXPECT_EQ(poll_timeout({}), -1);
  EXPECT_EQ(poll_timeout(clock::now() - 1s), 0);
  EXPECT_EQ(poll_timeout(stream::no_wait), 0);
  EXPECT_EQ(poll_timeout(clock::now() + 100us), 1);
  EXPECT_EQ(poll_timeout(clock::time_point::max()), INT_MAX);
}

}  // namespace
}  // namespace imapxx::blocking
