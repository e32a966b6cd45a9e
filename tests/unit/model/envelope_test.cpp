#include <imapxx/model/envelope.hpp>

#include <gtest/gtest.h>

using namespace imapxx;

namespace {

address person(const char* mailbox) { return {std::nullopt, std::nullopt, mailbox, "example.org"}; }
address start(const char* name) { return {std::nullopt, std::nullopt, name, std::nullopt}; }
const address end{};

TEST(envelope, groups) {
  const auto groups =
      to_groups({person("a"), start("team"), person("b"), person("c"), end, person("d"), start("none"), end});
  ASSERT_EQ(groups.size(), 4U);
  EXPECT_EQ(groups[0], (address_group{std::nullopt, {person("a")}}));
  EXPECT_EQ(groups[1], (address_group{"team", {person("b"), person("c")}}));
  EXPECT_EQ(groups[2], (address_group{std::nullopt, {person("d")}}));
  EXPECT_EQ(groups[3], (address_group{"none", {}}));
}

// E-16: a group without an end, and a name that starts no group.
TEST(envelope, marks_that_do_not_pair) {
  EXPECT_EQ(to_groups({start("team"), person("b")}), (std::vector<address_group>{{"team", {person("b")}}}));
  EXPECT_EQ(to_groups({end, person("b"), end}), (std::vector<address_group>{{std::nullopt, {person("b")}}}));
  EXPECT_EQ(to_groups({start("undisclosed")}), (std::vector<address_group>{{std::nullopt, {start("undisclosed")}}}));
}

TEST(envelope, addr_spec) {
  EXPECT_EQ(person("a").addr_spec(), "a@example.org");
  EXPECT_EQ((address{std::nullopt, std::nullopt, "a", ""}).addr_spec(), "a");
}

// E-09: servers that leave Sender and Reply-To out.
TEST(envelope, sender_and_reply_to_fall_back_to_from) {
  envelope e;
  e.from = {person("a")};
  EXPECT_EQ(e.sender_or_from(), e.from);
  EXPECT_EQ(e.reply_to_or_from(), e.from);
  e.reply_to = {person("b")};
  EXPECT_EQ(e.reply_to_or_from(), e.reply_to);
}

}  // namespace
