#include "blocking/socket_posix.hpp"

#include "blocking/fd_stream.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <thread>

namespace imapxx::blocking {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using testing::HasSubstr;

endpoint loopback(const char* address, std::uint16_t port) {
  endpoint e;
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(port);
  ::inet_pton(AF_INET, address, &in.sin_addr);
  std::memcpy(&e.address, &in, sizeof in);
  e.size = sizeof in;
  return e;
}

/// A listening socket on 127.0.0.1.
class listener {
 public:
  explicit listener(int backlog = 16, const char* address = "127.0.0.1") : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const endpoint any = loopback(address, 0);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&any.address), any.size), 0);
    EXPECT_EQ(::listen(fd_, backlog), 0);
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&bound), &size);
    port = ntohs(bound.sin_port);
    where = loopback(address, port);
  }
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;
  ~listener() {
    close_fd(fd_);
    for (const int fd : fillers_) close_fd(fd);
  }
  [[nodiscard]] int accept() const { return ::accept(fd_, nullptr, nullptr); }
  void stop() { close_fd(std::exchange(fd_, -1)); }
  /// Fills the queue, so that further connects get no answer at all.
  void fill() {
    for (int i = 0; i < 4; ++i) {
      fillers_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
      ::connect(fillers_.back(), reinterpret_cast<const sockaddr*>(&where.address), where.size);
    }
    std::this_thread::sleep_for(20ms);
  }

  std::uint16_t port = 0;
  endpoint where;

 private:
  int fd_;
  std::vector<int> fillers_;
};

std::shared_ptr<cancel_event> new_cancel() { return cancel_event::create().value(); }

int option(int fd, int level, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  ::getsockopt(fd, level, name, &value, &size);
  return value;
}

TEST(connect_tcp, reaches_a_server) {
  const listener server;
  const auto s = connect_tcp("127.0.0.1", server.port, clock::now() + 5s, new_cancel());
  ASSERT_TRUE(s) << s.error().what();
  const int peer = server.accept();
  EXPECT_TRUE((*s)->transfer({}, "hello", {}));
  std::array<char, 10> got{};
  EXPECT_EQ(::recv(peer, got.data(), got.size(), 0), 5);

  const int fd = (*s)->native_handle();
  EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
  EXPECT_EQ(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_NE(::fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  close_fd(peer);
}

TEST(connect_tcp, localhost_by_name) {
  const listener server;
  const auto s = connect_tcp("localhost", server.port, clock::now() + 5s, new_cancel());
  EXPECT_TRUE(s) << s.error().what() << ": ::1 refuses, 127.0.0.1 does not";
}

TEST(connect_tcp, a_reset_is_an_error_and_no_signal) {
  const listener server;
  const auto s = connect_tcp("127.0.0.1", server.port, clock::now() + 5s, new_cancel()).value();
  const int peer = server.accept();
  const linger hard{1, 0};
  ::setsockopt(peer, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close_fd(peer);
  std::array<char, 10> in{};
  const auto moved = s->transfer(in, {}, clock::now() + 5s);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code(), errc::io);
  EXPECT_EQ(moved.error().system_error(), ECONNRESET);
}

TEST(connect_any, the_next_address_is_tried) {
  listener dead;
  dead.stop();
  const listener server(16, "127.0.0.2");
  const std::array<endpoint, 2> addresses{dead.where, server.where};
  const auto s = connect_any(addresses, "imap.example.org", 143, clock::now() + 5s, new_cancel());
  EXPECT_TRUE(s) << s.error().what();
}

TEST(connect_any, a_silent_address_costs_a_head_start_only) {
  listener silent(0);
  silent.fill();
  const listener server(16, "127.0.0.2");
  const std::array<endpoint, 2> addresses{silent.where, server.where};
  const auto start = clock::now();
  const auto s = connect_any(addresses, "imap.example.org", 143, start + 10s, new_cancel());
  EXPECT_TRUE(s) << s.error().what();
  EXPECT_GE(clock::now() - start, 200ms);
  EXPECT_LT(clock::now() - start, 3s);
}

TEST(connect_any, the_error_lists_every_address) {
  listener a;
  listener b(16, "127.0.0.2");
  a.stop();
  b.stop();
  const std::array<endpoint, 2> addresses{a.where, b.where};
  const auto s = connect_any(addresses, "imap.example.org", 143, clock::now() + 5s, new_cancel());
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code(), errc::connect);
  EXPECT_EQ(s.error().where(), phase::connect);
  EXPECT_EQ(s.error().host(), "imap.example.org");
  EXPECT_EQ(s.error().system_error(), ECONNREFUSED);
  EXPECT_THAT(std::string(s.error().message()),
              HasSubstr("127.0.0.1: Connection refused; 127.0.0.2: Connection refused"));
  EXPECT_THAT(std::string(s.error().message()), HasSubstr("port 143"));
}

TEST(connect_any, deadline) {
  listener silent(0);
  silent.fill();
  const std::array<endpoint, 1> addresses{silent.where};
  const auto start = clock::now();
  const auto s = connect_any(addresses, "imap.example.org", 143, start + 100ms, new_cancel());
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code(), errc::timeout);
  EXPECT_EQ(s.error().where(), phase::connect);
  EXPECT_THAT(std::string(s.error().message()), HasSubstr("127.0.0.1: no answer"));
  EXPECT_LT(clock::now() - start, 2s);
}

TEST(connect_any, cancel) {
  listener silent(0);
  silent.fill();
  const std::array<endpoint, 1> addresses{silent.where};
  const auto cancel = new_cancel();
  std::jthread other([&cancel] {
    std::this_thread::sleep_for(30ms);
    cancel->cancel();
  });
  const auto start = clock::now();
  const auto s = connect_any(addresses, "imap.example.org", 143, start + 10s, cancel);
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code(), errc::cancelled);
  EXPECT_LT(clock::now() - start, 5s);
}

TEST(connect_any, no_addresses) {
  EXPECT_EQ(connect_any({}, "imap.example.org", 143, {}, new_cancel()).error().code(), errc::connect);
}

}  // namespace
}  // namespace imapxx::blocking
