#include "args.hpp"

#include <gtest/gtest.h>

using namespace imapxx::cli;

namespace {

parsed read(std::vector<std::string> words) { return parse_arguments(words); }

TEST(args, options_before_and_behind_the_command) {
  for (const auto& words : {std::vector<std::string>{"--json", "--plain", "caps", "imap://h"},
                            std::vector<std::string>{"caps", "imap://h", "--json", "--plain"},
                            std::vector<std::string>{"--plain", "caps", "--json", "imap://h"}}) {
    const auto p = read(words);
    ASSERT_FALSE(p.done) << p.text;
    EXPECT_TRUE(p.args.common.json);
    EXPECT_TRUE(p.args.common.plain);
    EXPECT_EQ(p.args.common.url, "imap://h");
    EXPECT_TRUE(std::holds_alternative<caps_args>(p.args.command));
  }
}

TEST(args, fetch_with_numbers) {
  const auto p = read({"fetch", "imaps://h", "1:5", "--seq"});
  ASSERT_FALSE(p.done) << p.text;
  EXPECT_EQ(std::get<fetch_args>(p.args.command).numbers, "1:5");
  EXPECT_TRUE(p.args.common.by_sequence);
}

TEST(args, negated_search_words_are_no_options) {
  const auto p = read({"search", "imaps://h", "-seen", "-from:ann", "--json", "-v"});
  ASSERT_FALSE(p.done) << p.text;
  EXPECT_EQ(std::get<search_args>(p.args.command).words, (std::vector<std::string>{"-seen", "-from:ann"}));
  EXPECT_TRUE(p.args.common.json);
  EXPECT_TRUE(p.args.common.verbose);
}

TEST(args, removed_flags_are_no_options) {
  const auto p = read({"store", "imaps://h", "1:5", "+\\Seen", "-\\Flagged", "-seen"});
  ASSERT_FALSE(p.done) << p.text;
  EXPECT_EQ(std::get<store_args>(p.args.command).changes, (std::vector<std::string>{"+\\Seen", "-\\Flagged", "-seen"}));
}

TEST(args, repeated_options) {
  const auto p = read({"serve", "--user", "a:b", "--user", "c:d", "--eml", "x", "--port", "1430"});
  ASSERT_FALSE(p.done) << p.text;
  const auto& serve = std::get<serve_args>(p.args.command);
  EXPECT_EQ(serve.users, (std::vector<std::string>{"a:b", "c:d"}));
  EXPECT_EQ(serve.port, 1430);
}

TEST(args, an_option_takes_one_value_and_leaves_the_url_alone) {
  const auto p = read({"caps", "--auth", "PLAIN", "--auth", "LOGIN", "imaps://h/"});
  ASSERT_FALSE(p.done) << p.text;
  EXPECT_EQ(p.args.common.mechanisms, (std::vector<std::string>{"PLAIN", "LOGIN"}));
  EXPECT_EQ(p.args.common.url, "imaps://h/");
  const auto a = read({"append", "--flags", "seen,draft", "imaps://h/x", "a.eml"});
  ASSERT_FALSE(a.done) << a.text;
  EXPECT_EQ(std::get<append_args>(a.args.command).files, (std::vector<std::string>{"a.eml"}));
}

TEST(args, append_flags) {
  const auto p = read({"append", "imaps://h/x", "a.eml", "b.eml", "--flags", "seen,$Work"});
  ASSERT_FALSE(p.done) << p.text;
  EXPECT_EQ(std::get<append_args>(p.args.command).files, (std::vector<std::string>{"a.eml", "b.eml"}));
  EXPECT_EQ(std::get<append_args>(p.args.command).flags, (std::vector<std::string>{"seen", "$Work"}));
}

TEST(args, wrong_usage_is_2) {
  for (const auto& words :
       {std::vector<std::string>{}, std::vector<std::string>{"nonsense"}, std::vector<std::string>{"caps"},
        std::vector<std::string>{"caps", "imap://h", "--nonsense"},
        std::vector<std::string>{"expunge", "imap://h", "1", "--all"},
        std::vector<std::string>{"fetch", "imap://h", "--raw", "-o", "d"},
        std::vector<std::string>{"serve", "--port", "70000"},
        std::vector<std::string>{"caps", "imap://h", "--timeout", "-1"}}) {
    const auto p = read(words);
    ASSERT_TRUE(p.done);
    EXPECT_EQ(*p.done, 2);
    EXPECT_FALSE(p.text.empty());
  }
}

TEST(args, help_and_version) {
  EXPECT_EQ(read({"--version"}).done, 0);
  EXPECT_EQ(read({"--version"}).text.substr(0, 7), "imapxx ");
  for (const char* command :
       {"caps", "ls", "status", "search", "fetch", "append", "store", "cp", "mv", "expunge", "mkdir", "rmdir", "rename",
        "subscribe", "unsubscribe", "idle", "serve", "demo", "decode"}) {
    const auto p = read({command, "--help"});
    EXPECT_EQ(p.done, 0) << command;
    EXPECT_NE(p.text.find("Examples:\n  "), std::string::npos) << command;
  }
}

}  // namespace
