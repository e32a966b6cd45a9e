#include "blocking/resolver.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>

namespace imapxx::blocking {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

std::atomic<bool> release{false};

int hanging_lookup(const char* /*host*/, const char* /*port*/, const addrinfo* /*hints*/, addrinfo** /*found*/) {
  while (!release) std::this_thread::sleep_for(1ms);
  return EAI_NONAME;
}
int unexpected_lookup(const char* /*host*/, const char* /*port*/, const addrinfo* /*hints*/, addrinfo** /*found*/) {
  ADD_FAILURE() << "no look-up was needed";
  return EAI_FAIL;
}
int unknown_lookup(const char* /*host*/, const char* /*port*/, const addrinfo* /*hints*/, addrinfo** /*found*/) {
  return EAI_NONAME;
}
int broken_lookup(const char* /*host*/, const char* /*port*/, const addrinfo* /*hints*/, addrinfo** /*found*/) {
  errno = EMFILE;
  return EAI_SYSTEM;
}
int empty_lookup(const char* /*host*/, const char* /*port*/, const addrinfo* /*hints*/, addrinfo** found) {
  *found = nullptr;
  return 0;
}
std::atomic<bool> signals_blocked{false};
int two_addresses(const char* host, const char* port, const addrinfo* hints, addrinfo** found) {
  EXPECT_STREQ(host, "imap.example.org");
  EXPECT_STREQ(port, "993");
  EXPECT_EQ(hints->ai_socktype, SOCK_STREAM);
  sigset_t mask;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  signals_blocked = ::sigismember(&mask, SIGINT) == 1;
  addrinfo* second = nullptr;
  const int code = ::getaddrinfo("2001:db8::1", port, hints, found);
  EXPECT_EQ(::getaddrinfo("192.0.2.1", port, hints, &second), 0);
  (*found)->ai_next = second;
  return code;
}

TEST(resolve, addresses_need_no_look_up) {
  const auto cancel = cancel_event::create().value();
  for (const char* address : {"127.0.0.1", "::1", "2001:db8::1"}) {
    const auto found = resolve(address, 143, {}, *cancel, &unexpected_lookup);
    ASSERT_TRUE(found) << found.error().what();
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().text(), address);
  }
}

TEST(resolve, all_addresses_in_the_given_order) {
  const auto cancel = cancel_event::create().value();
  const auto found = resolve("imap.example.org", 993, clock::now() + 5s, *cancel, &two_addresses);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(found->at(0).text(), "2001:db8::1");
  EXPECT_EQ(found->at(0).family(), AF_INET6);
  EXPECT_EQ(found->at(1).text(), "192.0.2.1");
  EXPECT_TRUE(signals_blocked) << "signal handlers of the application must not run in the library's thread";
}

TEST(resolve, failures_name_the_host) {
  const auto cancel = cancel_event::create().value();
  for (const auto lookup : {&unknown_lookup, &broken_lookup, &empty_lookup}) {
    const auto found = resolve("nowhere.example", 143, {}, *cancel, lookup);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), errc::resolve);
    EXPECT_EQ(found.error().where(), phase::resolve);
    EXPECT_EQ(found.error().host(), "nowhere.example");
    EXPECT_EQ(found.error().system_error(), lookup == &broken_lookup ? EMFILE : 0);
  }
}

TEST(resolve, what_is_no_host_name) {
  const auto cancel = cancel_event::create().value();
  for (const char* host : {"", " ", "a b", "a\nb",
                           "b\xc3\xbc"
                           "cher.example"}) {
    const auto found = resolve(host, 143, {}, *cancel, &unexpected_lookup);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), errc::invalid_argument);
  }
}

TEST(resolve, deadline_and_cancel_cover_a_hanging_look_up) {
  release = false;
  const auto cancel = cancel_event::create().value();
  const auto start = clock::now();
  const auto late = resolve("slow.example", 143, start + 50ms, *cancel, &hanging_lookup);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code(), errc::timeout);
  EXPECT_EQ(late.error().where(), phase::resolve);
  EXPECT_LT(clock::now() - start, 2s);

  std::jthread other([&cancel] {
    std::this_thread::sleep_for(30ms);
    cancel->cancel();
  });
  const auto cancelled = resolve("slow.example", 143, clock::now() + 10s, *cancel, &hanging_lookup);
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code(), errc::cancelled);
  other.join();
  EXPECT_EQ(resolve("127.0.0.1", 143, {}, *cancel).error().code(), errc::cancelled) << "cancel sticks";
  cancel->reset();
  EXPECT_EQ(resolve("slow.example", 143, clock::now() - 1s, *cancel, &unexpected_lookup).error().code(), errc::timeout);
  release = true;  // lets the threads go; they own what they still need
  std::this_thread::sleep_for(20ms);
}

}  // namespace
}  // namespace imapxx::blocking
