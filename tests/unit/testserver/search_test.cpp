#include "raw_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

using imapxx::testserver::server;
using testing::ElementsAre;
using testing::StartsWith;

namespace {

class search_test : public testing::Test {
 protected:
  search_test() : s_(plain_options()), c_(filled(s_)) {}

  static raw_client filled(server& s) {
    s.append("user1", "INBOX",
             "Date: Mon, 5 Jan 2026 23:30:00 -0800\nFrom: Ann Example <ann@example.org>\nTo: bob@example.com\n"
             "Subject: =?utf-8?q?Caf=C3=A9?= plans\nX-Mood: happy\n\nHello world\n",
             "\\Seen $Work", "06-Jan-2026 07:30:05 +0000");
    s.append("user1", "INBOX",
             "Date: Tue, 6 Jan 2026 10:00:00 +0000\nFrom: bob@example.com\nCc: carol@example.net\nSubject: Lunch\n"
             "MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: base64\n\n"
             "R3L832U=\n",  // Grüße without its s: the German word for greeting in ISO 8859-1
             "\\Answered \\Flagged", "07-Jan-2026 00:00:00 +0000");
    s.append("user1", "INBOX", "Subject: no date\nBcc: dave@example.org\n\n" + std::string(3000, 'x') + "\n",
             "\\Deleted \\Draft", "01-Jan-2020 12:00:00 +0000");
    return selected(s);
  }

  std::string search(const std::string& keys) {
    auto r = c_.data("SEARCH " + keys);
    return r.size() == 1 ? r.front().substr(std::string("* SEARCH").size()) : "?";
  }

  server s_;
  raw_client c_;
};

TEST_F(search_test, flags) {
  EXPECT_EQ(search("ALL"), " 1 2 3");
  EXPECT_EQ(search("SEEN"), " 1");
  EXPECT_EQ(search("UNSEEN"), " 2 3");
  EXPECT_EQ(search("ANSWERED FLAGGED"), " 2");
  EXPECT_EQ(search("DELETED DRAFT"), " 3");
  EXPECT_EQ(search("UNANSWERED UNDELETED UNFLAGGED UNDRAFT"), " 1");
  EXPECT_EQ(search("KEYWORD $work"), " 1");
  EXPECT_EQ(search("UNKEYWORD $Work"), " 2 3");
  EXPECT_EQ(search("NEW"), " 2 3");
  EXPECT_EQ(search("RECENT"), " 1 2 3");
  EXPECT_EQ(search("OLD"), "");
}

TEST_F(search_test, dates_disregard_time_and_zone) {
  EXPECT_EQ(search("ON 6-Jan-2026"), " 1");
  EXPECT_EQ(search("BEFORE 6-Jan-2026"), " 3");
  EXPECT_EQ(search("SINCE \"07-Jan-2026\""), " 2");
  EXPECT_EQ(search("SENTON 5-Jan-2026"), " 1");
  EXPECT_EQ(search("SENTSINCE 6-Jan-2026"), " 2");
  EXPECT_EQ(search("SENTBEFORE 1-Jan-2000"), " 3");
  EXPECT_EQ(search("OLDER 1000"), " 1 2 3");
  EXPECT_EQ(search("YOUNGER 1"), "");
}

TEST_F(search_test, sizes_and_sets) {
  EXPECT_EQ(search("LARGER 3000"), " 3");
  EXPECT_EQ(search("SMALLER 3000"), " 1 2");
  EXPECT_EQ(search("2:*"), " 2 3");
  EXPECT_EQ(search("UID 1,3"), " 1 3");
  EXPECT_EQ(search("UID 99:*"), " 3");
}

TEST_F(search_test, headers_are_decoded_and_case_does_not_matter) {
  EXPECT_EQ(search("CHARSET UTF-8 SUBJECT \"CAFÉ PLANS\""), " 1");
  EXPECT_EQ(search("SUBJECT cafe"), " 1");
  EXPECT_EQ(search("FROM ann"), " 1");
  EXPECT_EQ(search("FROM \"bob@EXAMPLE\""), " 2");
  EXPECT_EQ(search("TO bob"), " 1");
  EXPECT_EQ(search("CC carol"), " 2");
  EXPECT_EQ(search("BCC dave"), " 3");
  EXPECT_EQ(search("HEADER X-Mood \"\""), " 1");
  EXPECT_EQ(search("HEADER X-Mood HAPP"), " 1");
  EXPECT_EQ(search("HEADER X-Mood sad"), "");
}

TEST_F(search_test, bodies_are_decoded) {
  EXPECT_EQ(search("BODY \"hello world\""), " 1");
  EXPECT_EQ(search("CHARSET UTF-8 BODY {6+}\r\nGrüß"), " 2");
  EXPECT_EQ(search("CHARSET ISO-8859-1 BODY {4+}\r\ngr\xfc\xdf"), " 2");
  EXPECT_EQ(search("BODY lunch"), "");
  EXPECT_EQ(search("TEXT lunch"), " 2");
}

TEST_F(search_test, boolean_operators) {
  EXPECT_EQ(search("OR SEEN DELETED"), " 1 3");
  EXPECT_EQ(search("NOT (SEEN)"), " 2 3");
  EXPECT_EQ(search("NOT OR SEEN (ANSWERED FLAGGED)"), " 3");
  EXPECT_EQ(search("OR (OR SEEN DRAFT) NOT UNFLAGGED NOT 1"), " 2 3");
}

TEST_F(search_test, unknown_charset) {
  EXPECT_THAT(c_.status("SEARCH CHARSET X-NONE ALL"), StartsWith("NO [BADCHARSET"));
}

TEST_F(search_test, esearch) {
  EXPECT_THAT(c_.data("SEARCH RETURN (MIN MAX COUNT ALL) UNSEEN"),
              ElementsAre("* ESEARCH (TAG \"t3\") MIN 2 MAX 3 ALL 2:3 COUNT 2"));
  EXPECT_THAT(c_.data("UID SEARCH RETURN () 1"), ElementsAre("* ESEARCH (TAG \"t4\") UID ALL 1"));
  EXPECT_THAT(c_.data("SEARCH RETURN (MIN COUNT) KEYWORD none"), ElementsAre("* ESEARCH (TAG \"t5\") COUNT 0"));
}

TEST_F(search_test, saved_result) {
  EXPECT_THAT(c_.data("SEARCH RETURN (SAVE) UNSEEN"), ElementsAre());
  EXPECT_THAT(c_.data("FETCH $ UID"), ElementsAre("* 2 FETCH (UID 2)", "* 3 FETCH (UID 3)"));
  EXPECT_EQ(search("$ DELETED"), " 3");
  EXPECT_THAT(c_.data("SEARCH RETURN (SAVE MIN) ALL"), ElementsAre("* ESEARCH (TAG \"t6\") MIN 1"));
  EXPECT_THAT(c_.data("UID FETCH $ FLAGS"), ElementsAre("* 1 FETCH (FLAGS (\\Seen \\Recent $Work) UID 1)"));
}

TEST_F(search_test, uid_search) { EXPECT_THAT(c_.data("UID SEARCH DELETED"), ElementsAre("* SEARCH 3")); }

}  // namespace
