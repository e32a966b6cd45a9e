#include "flags.hpp"

#include "exit_code.hpp"

#include <gtest/gtest.h>

using namespace imapxx::cli;
using imapxx::store_mode;

namespace {

TEST(flags, system_flags_need_no_backslash) {
  EXPECT_EQ(parse_flag("seen").name(), "\\Seen");
  EXPECT_EQ(parse_flag("\\SEEN").name(), "\\Seen");
  EXPECT_EQ(parse_flag("$Work").name(), "$Work");
  EXPECT_EQ(parse_flags({"seen,flagged", "$Work"}).to_string(), "(\\Seen \\Flagged $Work)");
}

TEST(flags, changes) {
  const auto changes = parse_changes({"+seen", "-flagged", "+$Work"});
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].mode, store_mode::remove);
  EXPECT_EQ(changes[0].flags.to_string(), "(\\Flagged)");
  EXPECT_EQ(changes[1].mode, store_mode::add);
  EXPECT_EQ(changes[1].flags.to_string(), "(\\Seen $Work)");
}

TEST(flags, replacing_by_nothing_clears) {
  const auto changes = parse_changes({"="});
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].mode, store_mode::replace);
  EXPECT_TRUE(changes[0].flags.empty());
}

TEST(flags, refused) {
  const std::vector<std::vector<std::string>> wrong = {
      {"seen"}, {"+"}, {"+a b"}, {"+a\r\nb"}, {""}, {"+\\Recent"}, {"=seen", "+flagged"}, {"+seen", "-seen"}, {"+\\"}};
  for (const auto& words : wrong) EXPECT_THROW((void)parse_changes(words), failure) << words[0];
}

}  // namespace
