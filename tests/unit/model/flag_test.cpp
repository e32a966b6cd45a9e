#include <imapxx/model/capability.hpp>
#include <imapxx/model/flag.hpp>

#include <gtest/gtest.h>

using namespace imapxx;

namespace {

TEST(flag, case_does_not_matter) {
  EXPECT_EQ(flag("\\Seen"), flag("\\SEEN"));
  EXPECT_EQ(flag("$Junk"), flag("$junk"));
  EXPECT_FALSE(flag("\\Seen") == flag("Seen"));
}

TEST(flag, valid_ones_are_atoms) {
  for (const char* good : {"\\Seen", "$Forwarded", "a.b", "x+y"}) EXPECT_TRUE(flag(good).is_valid()) << good;
  for (const char* bad : {"", "\\", "a b", "a(b", "\\\\x", "a]b", "\\*", "caf\xc3\xa9", "a\"b", "a\x01"}) {
    EXPECT_FALSE(flag(bad).is_valid()) << bad;
  }
}

TEST(flag_list, keeps_the_first_spelling_and_the_order) {
  const auto l = flag_list::of("\\Seen", "b", "\\SEEN", "a");
  EXPECT_EQ(l.to_string(), "(\\Seen b a)");
  EXPECT_TRUE(l.contains("A"));
  EXPECT_EQ(flag_list().to_string(), "()");
}

// Above some size, another algorithm finds the repeated ones.
TEST(flag_list, long_lists_are_the_same) {
  std::vector<flag> many;
  flag_list expected;
  for (int i = 0; i < 200; ++i) {
    const auto name = (i % 2 == 0 ? "K" : "k") + std::to_string(i * 7 % 90);
    many.emplace_back(name);
    expected.insert(name);
  }
  EXPECT_EQ(flag_list::from(many).to_string(), expected.to_string());
  EXPECT_EQ(expected.size(), 90U);
}

TEST(flag_list, erase) {
  auto l = flag_list::of("a", "b");
  l.erase("A");
  EXPECT_EQ(l.to_string(), "(b)");
}

TEST(capability_set, words_without_regard_to_case) {
  const capability_set c("IMAP4rev1 auth=plain AUTH=SCRAM-SHA-1 APPENDLIMIT=1000 imap4REV1");
  EXPECT_EQ(c.size(), 4U);
  EXPECT_TRUE(c.imap4rev1());
  EXPECT_FALSE(c.imap4rev2());
  EXPECT_EQ(c.values("AUTH"), (std::vector<std::string>{"PLAIN", "SCRAM-SHA-1"}));
  EXPECT_EQ(c.value("appendlimit"), "1000");
  EXPECT_FALSE(c.value("QUOTA"));
  EXPECT_EQ(c.to_string(), "IMAP4rev1 auth=plain AUTH=SCRAM-SHA-1 APPENDLIMIT=1000");
}

// However a name is kept, what comes out is what the server wrote, in its order.
TEST(capability_set, spelling_and_order_of_the_server) {
  const std::vector<std::string_view> sent = {"IMAP4rev1",      "X-OWN",        "idle",   "IMAP4REV2",
                                              "LITERAL+",       "AUTH=plain",   "IDLE-2", "QUOTA=RES-STORAGE",
                                              "QUOTA=RES-NONE", "YET\tANOTHER", "ACL"};
  std::string line;
  for (const auto name : sent) line.append(name).append(" ");
  capability_set c(line);
  EXPECT_EQ(c.names(), sent);
  EXPECT_EQ(c.size(), sent.size());
  for (const auto name : sent) EXPECT_TRUE(c.contains(name)) << name;
  EXPECT_TRUE(c.contains("IDLE"));
  c.insert("Idle");
  EXPECT_EQ(c.size(), sent.size()) << "is there in another spelling";
  c.erase("IDLE");
  c.erase("yet\tanother");
  c.erase("AUTH");
  EXPECT_EQ(c.names(), (std::vector<std::string_view>{"IMAP4rev1", "X-OWN", "IMAP4REV2", "LITERAL+", "AUTH=plain",
                                                      "IDLE-2", "QUOTA=RES-STORAGE", "QUOTA=RES-NONE", "ACL"}));
  EXPECT_EQ(c.to_string(), "IMAP4rev1 X-OWN IMAP4REV2 LITERAL+ AUTH=plain IDLE-2 QUOTA=RES-STORAGE QUOTA=RES-NONE ACL");
  c.clear();
  EXPECT_TRUE(c.empty());
  EXPECT_EQ(c.size(), 0U);
}

TEST(capability_set, long_lists_are_the_same) {
  std::string text;
  capability_set expected;
  for (int i = 0; i < 300; ++i) {
    const auto name = (i % 2 == 0 ? "X" : "x") + std::to_string(i * 7 % 120);
    text += " " + name;
    expected.insert(name);
  }
  EXPECT_EQ(capability_set(text), expected);
}

}  // namespace
