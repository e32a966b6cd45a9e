#include "base/read_buffer.hpp"

#include "base/big_block.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace {

using imapxx::base::read_buffer;
constexpr std::size_t block = read_buffer::block_octets;
constexpr std::size_t mib = std::size_t{1} << 20U;

void put(read_buffer& b, std::string_view text) {
  const auto room = b.prepare(text.size());
  ASSERT_GE(room.size(), text.size());
  std::copy(text.begin(), text.end(), room.begin());
  b.commit(text.size());
}

TEST(read_buffer, bytes_come_and_go) {
  read_buffer b(mib);
  EXPECT_EQ(b.pending(), "");
  put(b, "abc");
  put(b, "def");
  EXPECT_EQ(b.pending(), "abcdef");
  b.consume(2);
  EXPECT_EQ(b.pending(), "cdef");
  b.consume(100);
  EXPECT_EQ(b.pending(), "");
}

// What was consumed is room, too: exactly as much as is asked for needs no more memory.
TEST(read_buffer, room_in_front_is_used_before_memory_grows) {
  read_buffer b(4 * mib);
  put(b, std::string(block, 'a'));
  b.consume(block / 2);
  const auto room = b.prepare(block / 2);
  EXPECT_EQ(room.size(), block / 2);
  EXPECT_EQ(b.capacity(), block);
  EXPECT_EQ(b.pending(), std::string(block / 2, 'a'));
  b.consume(block / 2);
  EXPECT_EQ(b.prepare(block).size(), block);
  EXPECT_EQ(b.capacity(), block);
}

TEST(read_buffer, assigned_to_itself_it_stays_as_it_is) {
  read_buffer b(mib);
  put(b, "abc");
  auto& same = b;
  b = std::move(same);
  EXPECT_EQ(b.pending(), "abc");
}

TEST(read_buffer, empty_one_owns_nothing) {
  read_buffer b(mib);
  EXPECT_EQ(b.capacity(), 0U);
  put(b, "abc");
  EXPECT_EQ(b.capacity(), block);
  b.consume(3);
  b.release();
  EXPECT_EQ(b.capacity(), 0U);
}

TEST(read_buffer, released_block_is_leased_again) {
  read_buffer a(mib);
  const char* first = a.prepare(1).data();
  a.release();
  read_buffer b(mib);
  EXPECT_EQ(b.prepare(1).data(), first);
  read_buffer c(mib);
  EXPECT_NE(c.prepare(1).data(), first);
}

TEST(read_buffer, release_keeps_pending_octets_in_little_memory) {
  read_buffer b(mib);
  put(b, "0123456789");
  b.consume(4);
  b.release();
  EXPECT_EQ(b.pending(), "456789");
  EXPECT_LE(b.capacity(), 64U);
  put(b, "abc");
  EXPECT_EQ(b.pending(), "456789abc");
}

TEST(read_buffer, memory_follows_the_bytes_and_not_the_wish) {
  read_buffer b(std::size_t{1} << 40U);
  const auto room = b.prepare(std::size_t{1} << 39U);
  EXPECT_GE(room.size(), std::size_t{1});
  EXPECT_LE(b.capacity(), mib);
  while (b.pending().size() < 3 * mib) {
    const auto more = b.prepare(std::size_t{1} << 39U);
    b.commit(std::min(more.size(), block));
    EXPECT_LE(b.capacity(), b.pending().size() + mib + block + imapxx::base::huge_page);
  }
}

TEST(read_buffer, hard_maximum) {
  read_buffer b(1000);
  auto room = b.prepare(5000);
  EXPECT_EQ(room.size(), 1000U);
  b.commit(990);
  room = b.prepare(100);
  EXPECT_EQ(room.size(), 10U);
  b.commit(10);
  EXPECT_TRUE(b.prepare(1).empty());
  b.consume(1);
  EXPECT_EQ(b.prepare(1).size(), 1U);
}

TEST(read_buffer, what_was_consumed_is_put_back) {
  for (const std::size_t octets : {std::size_t{3}, std::size_t{3000}, 3 * mib}) {
    const std::string text(octets, 'x');
    read_buffer b(100);
    put(b, "abcdef");
    b.consume(4);
    auto room = b.put_back(octets);
    ASSERT_EQ(room.size(), octets);
    std::copy(text.begin(), text.end(), room.begin());
    EXPECT_EQ(b.pending(), text + "ef");
    b.consume(octets + 2);
    b.release();
    EXPECT_EQ(b.capacity(), 0U);
    room = b.put_back(octets);
    std::copy(text.begin(), text.end(), room.begin());
    EXPECT_EQ(b.pending(), text);
  }
}

TEST(read_buffer, commit_never_goes_beyond_the_room) {
  read_buffer b(mib);
  b.commit(10);
  EXPECT_EQ(b.pending().size(), 0U);
}

TEST(read_buffer, moves_leave_an_empty_one) {
  read_buffer a(1000);
  put(a, "abc");
  read_buffer b(std::move(a));
  EXPECT_EQ(b.pending(), "abc");
  EXPECT_EQ(a.pending(), "");  // NOLINT(bugprone-use-after-move): that is the test
  a = std::move(b);
  EXPECT_EQ(a.pending(), "abc");
  EXPECT_EQ(b.capacity(), 0U);  // NOLINT(bugprone-use-after-move)
  a.clear();
  EXPECT_EQ(a.capacity(), 0U);
}

TEST(read_buffer, may_be_destroyed_in_another_thread) {
  read_buffer a(mib);
  put(a, "abc");
  std::thread([b = std::move(a)]() mutable {
    put(b, "def");
    EXPECT_EQ(b.pending(), "abcdef");
    b.clear();
  }).join();
}

thread_local read_buffer late(mib);

TEST(read_buffer, may_outlive_the_pool_of_its_thread) {
  // It is made before the pool of its thread, and so destroyed after it.
  std::thread([] {
    put(late, "abc");
    EXPECT_EQ(late.pending(), "abc");
  }).join();
  read_buffer next(mib);
  put(next, "def");
  EXPECT_EQ(next.pending(), "def");
}

TEST(read_buffer, random_use_keeps_the_bytes_in_order) {
  std::mt19937 rng(1);
  read_buffer b(4 * mib);
  std::uint32_t written = 0;
  std::uint32_t read = 0;
  const auto octet = [](std::uint32_t n) { return static_cast<char>((n * 2654435761U) >> 24U); };
  for (int i = 0; i < 3000; ++i) {
    auto room = b.prepare(rng() % 20000);
    const std::size_t n = std::min<std::size_t>(room.size(), rng() % 20000);
    for (std::size_t k = 0; k < n; ++k) room[k] = octet(written++);
    b.commit(n);
    const auto pending = b.pending();
    const std::size_t take = std::min<std::size_t>(pending.size(), rng() % (i < 1500 ? 18000 : 26000));
    for (std::size_t k = 0; k < take; ++k) ASSERT_EQ(pending[k], octet(read++));
    b.consume(take);
    if (rng() % 10 == 0) b.release();
    ASSERT_EQ(b.pending().size(), written - read);
  }
}

}  // namespace
