#include "words.hpp"

#include "exit_code.hpp"

#include <gtest/gtest.h>

#include <chrono>

using namespace imapxx::cli;
using imapxx::date;
using imapxx::search_key;
using std::chrono::day;
using std::chrono::month;
using std::chrono::year;

namespace {

constexpr auto today = year(2026) / month(3) / day(1);

search_key parse(std::vector<std::string> words) { return parse_words(words, today); }

void expect_refused(const std::vector<std::string>& words) {
  try {
    const auto key = parse_words(words, today);
    ADD_FAILURE() << words.front() << " became " << key.to_string();
  } catch (const failure& f) {
    EXPECT_EQ(f.code(), exit_code::usage);
  }
}

TEST(words, nothing_means_everything) { EXPECT_EQ(parse({}), search_key::all()); }

TEST(words, the_example_of_the_manual) {
  EXPECT_EQ(
      parse({"from:example.org", "since:2026-01-01", "unseen"}),
      search_key::all_of(search_key::from("example.org"), search_key::since(date(2026, 1, 1)), search_key::unseen()));
}

TEST(words, one_argument_is_cut_at_spaces) {
  EXPECT_EQ(parse({"unseen from:example.org"}), search_key::unseen() && search_key::from("example.org"));
  EXPECT_EQ(parse({"from:ann since:2026-01-01"}), search_key::from("ann") && search_key::since(date(2026, 1, 1)));
}

TEST(words, values_with_spaces) {
  EXPECT_EQ(parse({"subject:\"a b\""}), search_key::subject("a b"));
  EXPECT_EQ(parse({"subject:a b"}), search_key::subject("a b"));  // the shell took the quotes away
  EXPECT_EQ(parse({"-subject:a b"}), !search_key::subject("a b"));
  EXPECT_EQ(parse({R"(subject:"say \"hi\"")"}), search_key::subject("say \"hi\""));
  EXPECT_EQ(parse({"subject:\"(draft)\""}), search_key::subject("(draft)"));
}

TEST(words, unclear_values_are_asked_about) { expect_refused({"from:bob unseen"}); }

TEST(words, units_of_size) {
  EXPECT_EQ(parse({"larger:1M"}), search_key::larger(1048576));
  EXPECT_EQ(parse({"smaller:20k"}), search_key::smaller(20480));
  EXPECT_EQ(parse({"larger:2GiB"}), search_key::larger(2147483648));
  EXPECT_EQ(parse({"larger:1500"}), search_key::larger(1500));
}

TEST(words, days) {
  EXPECT_EQ(parse({"on:1-Feb-2026"}), search_key::on(date(2026, 2, 1)));
  EXPECT_EQ(parse({"since:today"}), search_key::since(date(2026, 3, 1)));
  EXPECT_EQ(parse({"before:yesterday"}), search_key::before(date(2026, 2, 28)));
  EXPECT_EQ(parse({"since:7d"}), search_key::since(date(2026, 2, 22)));
  EXPECT_EQ(parse({"since:1w"}), search_key::since(date(2026, 2, 22)));
}

TEST(words, intervals) {
  EXPECT_EQ(parse({"older:3d"}), search_key::older(259200));
  EXPECT_EQ(parse({"younger:90m"}), search_key::younger(5400));
}

TEST(words, negation) {
  EXPECT_EQ(parse({"-seen"}), !search_key::seen());
  EXPECT_EQ(parse({"not", "from:ann"}), !search_key::from("ann"));
  EXPECT_EQ(parse({"NOT", "SEEN"}), !search_key::seen());
  EXPECT_EQ(parse({"-(seen from:ann)"}), !(search_key::seen() && search_key::from("ann")));
}

TEST(words, or_binds_closer_than_side_by_side) {
  EXPECT_EQ(parse({"from:bob", "or", "from:eve", "unseen"}),
            (search_key::from("bob") || search_key::from("eve")) && search_key::unseen());
}

TEST(words, capital_or_stands_in_front) {
  EXPECT_EQ(parse({"OR FROM bob SUBJECT \"tea time\" SINCE 1-Feb-2026"}),
            (search_key::from("bob") || search_key::subject("tea time")) && search_key::since(date(2026, 2, 1)));
}

TEST(words, keys_of_the_rfc) {
  EXPECT_EQ(parse({"HEADER Message-ID <1@example.org>"}), search_key::header("Message-ID", "<1@example.org>"));
  EXPECT_EQ(parse({"KEYWORD $Work"}), search_key::keyword("$Work"));
  EXPECT_EQ(parse({"UID 1:5"}), search_key::uid(imapxx::uid_set::range(1, 5)));
  EXPECT_EQ(parse({"1:5"}), search_key::seq(imapxx::seq_set::range(1, 5)));
  EXPECT_EQ(parse({"LARGER 1000"}), search_key::larger(1000));
  EXPECT_EQ(parse({"MODSEQ 17"}), search_key::modseq(17));
  EXPECT_EQ(parse({"(FLAGGED DELETED)"}), search_key::flagged() && search_key::deleted());
}

TEST(words, headers) {
  EXPECT_EQ(parse({"header:List-Id=dev"}), search_key::header("List-Id", "dev"));
  EXPECT_EQ(parse({"header:List-Id"}), search_key::header("List-Id", ""));
}

TEST(words, refused) {
  for (const char* word : {"invoice", "from:", "since:2026-02-30", "larger:many", "larger:-1", "or", "older:0", "uid:0",
                           "(seen", "seen)", "subject:\"open", "NOT", "OR SEEN", "keyword:\\Seen", "is:nothing",
                           "larger:99999999999999999999", "subject:\xff"})
    expect_refused({word});
}

TEST(words, deep_nesting_is_refused_and_not_followed) { expect_refused({std::string(100000, '(')}); }

}  // namespace
