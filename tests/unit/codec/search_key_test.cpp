#include <imapxx/error.hpp>
#include <imapxx/model/search_key.hpp>
#include <imapxx/wire/encoder.hpp>

#include <gtest/gtest.h>

using namespace imapxx;
using key = search_key;

namespace {

std::string encoded(const key& k) {
  wire::encoder out;
  k.encode(out);
  EXPECT_FALSE(out.failure()) << out.failure().what();
  return std::string(out.text());
}

// RFC 9051 section 6.4.4 and RFC 3501 section 6.4.4, every key.
TEST(search_key, all_keys_of_both_standards) {
  const date d(1994, 2, 1);
  const std::pair<key, const char*> table[] = {
      {key::all(), "ALL"},
      {key::answered(), "ANSWERED"},
      {key::unanswered(), "UNANSWERED"},
      {key::deleted(), "DELETED"},
      {key::undeleted(), "UNDELETED"},
      {key::draft(), "DRAFT"},
      {key::undraft(), "UNDRAFT"},
      {key::flagged(), "FLAGGED"},
      {key::unflagged(), "UNFLAGGED"},
      {key::seen(), "SEEN"},
      {key::unseen(), "UNSEEN"},
      {key::recent(), "RECENT"},
      {key::new_(), "NEW"},
      {key::old(), "OLD"},
      {key::keyword("$Junk"), "KEYWORD $Junk"},
      {key::unkeyword("$Junk"), "UNKEYWORD $Junk"},
      {key::bcc("x"), "BCC \"x\""},
      {key::body("x"), "BODY \"x\""},
      {key::cc("x"), "CC \"x\""},
      {key::from("Smith"), "FROM \"Smith\""},
      {key::subject("a b"), "SUBJECT \"a b\""},
      {key::text("x"), "TEXT \"x\""},
      {key::to("x"), "TO \"x\""},
      {key::header("Message-ID", "<a@x>"), "HEADER Message-ID \"<a@x>\""},
      {key::header("X-Flag", ""), "HEADER X-Flag \"\""},
      {key::before(d), "BEFORE 1-Feb-1994"},
      {key::on(d), "ON 1-Feb-1994"},
      {key::since(d), "SINCE 1-Feb-1994"},
      {key::sent_before(d), "SENTBEFORE 1-Feb-1994"},
      {key::sent_on(d), "SENTON 1-Feb-1994"},
      {key::sent_since(d), "SENTSINCE 1-Feb-1994"},
      {key::saved_before(d), "SAVEDBEFORE 1-Feb-1994"},
      {key::saved_on(d), "SAVEDON 1-Feb-1994"},
      {key::saved_since(d), "SAVEDSINCE 1-Feb-1994"},
      {key::save_date_supported(), "SAVEDATESUPPORTED"},
      {key::older(3600), "OLDER 3600"},
      {key::younger(60), "YOUNGER 60"},
      {key::larger(0), "LARGER 0"},
      {key::smaller(5'000'000'000), "SMALLER 5000000000"},
      {key::uid(uid_set::parse("1:3,7:*")), "UID 1:3,7:*"},
      {key::seq(seq_set::parse("2,4")), "2,4"},
      {key::saved_result(), "$"},
      {key::modseq(620162338), "MODSEQ 620162338"},
      {key::modseq(620162338, "\\Draft"), "MODSEQ \"/flags/\\\\Draft\" all 620162338"},
      {key::modseq(5, "$Junk", modseq_entry::priv), "MODSEQ \"/flags/$Junk\" priv 5"},
      {key::emailid("M1"), "EMAILID M1"},
      {key::threadid("T1"), "THREADID T1"},
      {key::fuzzy(key::subject("budget")), "FUZZY SUBJECT \"budget\""},
      {key::gm_raw("has:attachment in:unread"), "X-GM-RAW \"has:attachment in:unread\""},
  };
  for (const auto& [k, text] : table) EXPECT_EQ(encoded(k), text);
}

TEST(search_key, combinations) {
  EXPECT_EQ(encoded(key::seen() && key::flagged()), "SEEN FLAGGED");
  EXPECT_EQ(encoded(key::seen() || key::flagged()), "OR SEEN FLAGGED");
  EXPECT_EQ(encoded(!key::seen()), "NOT SEEN");
  EXPECT_EQ(encoded(!(key::seen() && key::flagged())), "NOT (SEEN FLAGGED)");
  EXPECT_EQ(encoded((key::seen() && key::flagged()) || !key::draft()), "OR (SEEN FLAGGED) NOT DRAFT");
  EXPECT_EQ(encoded(key::and_(key::or_(key::seen(), key::draft()), key::not_(key::all()))), "OR SEEN DRAFT NOT ALL");
  EXPECT_EQ(encoded(key::all() && key::seen()), "SEEN");
  EXPECT_EQ(encoded(key::all() || key::seen()), "OR ALL SEEN");
}

// RFC 9051 section 6.4.4: OR takes two keys.
TEST(search_key, many_alternatives_become_a_balanced_tree) {
  EXPECT_EQ(encoded(key::any_of(key::seen(), key::draft(), key::flagged())), "OR OR SEEN DRAFT FLAGGED");
  EXPECT_EQ(encoded(key::any_of(key::seen(), key::draft(), key::flagged(), key::deleted())),
            "OR OR SEEN DRAFT OR FLAGGED DELETED");
  EXPECT_EQ(encoded(key::any_of(std::vector<key>{})), "NOT ALL");
  EXPECT_EQ(encoded(key::all_of(std::vector<key>{})), "ALL");
  EXPECT_EQ(encoded(key::all_of(key::seen(), key::draft(), key::flagged())), "SEEN DRAFT FLAGGED");
  std::vector<key> many;
  for (int i = 0; i < 50'000; ++i) many.push_back(key::from("a"));
  const auto text = encoded(key::any_of(std::move(many)));
  EXPECT_EQ(text.substr(0, 47), "OR OR OR OR OR OR OR OR OR OR OR OR OR OR OR OR");
  EXPECT_EQ(text.substr(48, 4), "FROM");
}

// Q-03a: sets and flags first, texts last.
TEST(search_key, cheap_keys_first) {
  EXPECT_EQ(encoded(key::text("x") && key::since(date(1994, 2, 1)) && key::unseen() && key::uid(uid_set(7))),
            "UID 7 UNSEEN SINCE 1-Feb-1994 TEXT \"x\"");
  EXPECT_EQ(encoded((key::from("x") || key::subject("x")) && !key::deleted()),
            "NOT DELETED OR FROM \"x\" SUBJECT \"x\"");
  EXPECT_EQ(encoded(!(key::text("x") && key::unseen())), "NOT (UNSEEN TEXT \"x\")");
}

TEST(search_key, charset) {
  EXPECT_FALSE(key::subject("tea").needs_charset());
  EXPECT_TRUE(key::subject("Käse").needs_charset());
  EXPECT_TRUE((!(key::seen() || key::header("Subject", "ß"))).needs_charset());
  EXPECT_EQ(encoded(key::subject("Käse")), "SUBJECT {5}\r\nKäse");
}

TEST(search_key, what_it_needs) {
  const auto k =
      (key::older(5) || key::modseq(3)) && key::younger(7) && key::fuzzy(key::text("x")) && !key::emailid("M");
  EXPECT_EQ(k.required_capabilities(), (std::vector<std::string>{"CONDSTORE", "OBJECTID", "SEARCH=FUZZY", "WITHIN"}));
  EXPECT_TRUE(key::seen().required_capabilities().empty());
}

TEST(search_key, refuses_what_cannot_be_meant) {
  EXPECT_THROW((void)key::uid(uid_set()), error);
  EXPECT_THROW((void)key::seq(seq_set()), error);
  EXPECT_THROW((void)key::keyword("\\Seen"), error);
  EXPECT_THROW((void)key::keyword("a b"), error);
  EXPECT_THROW((void)key::unkeyword(""), error);
  EXPECT_THROW((void)key::older(0), error);
  EXPECT_THROW((void)key::younger(0), error);
  EXPECT_THROW((void)key::header("", "x"), error);
  EXPECT_THROW((void)key::header("a b", "x"), error);
  EXPECT_THROW((void)key::header("a:b", "x"), error);
  EXPECT_THROW((void)key::text("\xff"), error);
  EXPECT_THROW((void)key::emailid("a b"), error);
  EXPECT_THROW((void)key::threadid(""), error);
  EXPECT_THROW((void)key::modseq(1, "a b"), error);
}

TEST(search_key, line_ends_make_a_literal_and_nul_an_error) {
  EXPECT_EQ(encoded(key::text("a\r\nb")), "TEXT {4}\r\na\r\nb");
  wire::encoder out;
  key::text(std::string_view("a\0b", 3)).encode(out);
  EXPECT_EQ(out.failure().code(), errc::invalid_argument);
}

TEST(search_key, for_people) { EXPECT_EQ((key::unseen() && key::from("a\"b")).to_string(), "UNSEEN FROM \"a\\\"b\""); }

}  // namespace
