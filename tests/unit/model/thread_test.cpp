#include <imapxx/model/extensions.hpp>

#include <gtest/gtest.h>

using namespace imapxx;

namespace {

TEST(thread_node, walk_gives_depths) {
  thread_node a(3);
  a.children.emplace_back(6);
  a.children.front().children.emplace_back(4);
  a.children.front().children.emplace_back(44);
  const std::vector<thread_node> threads{thread_node(2), a};
  EXPECT_EQ(walk(threads), (std::vector<thread_step>{{2, 0}, {3, 0}, {6, 1}, {4, 2}, {44, 2}}));
}

// A chain of half a million answers: neither copying, comparing nor destroying it may need stack for each.
TEST(thread_node, long_chains) {
  thread_node chain(1);
  for (message_number n = 2; n < 500'000; ++n) {
    thread_node parent(n);
    parent.children.push_back(std::move(chain));
    chain = std::move(parent);
  }
  const thread_node copy = chain;
  EXPECT_TRUE(copy == chain);
  thread_node assigned;
  assigned = copy;
  assigned = thread_node(7);
  EXPECT_EQ(assigned.number, 7U);
}

}  // namespace
