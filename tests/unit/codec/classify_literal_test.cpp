#include "codec/fetch.hpp"

#include <gtest/gtest.h>

using namespace imapxx;
using codec::classify_literal;

namespace {

std::string shown(const codec::pending_literal& p) {
  if (!p.is_fetch) return "no fetch";
  std::string out = std::to_string(p.seq);
  if (p.uid) out += " uid " + std::to_string(*p.uid);
  if (p.sec) {
    out += " section [" + p.sec->to_string() + "]";
    if (p.sec->origin) out += "<" + std::to_string(*p.sec->origin) + ">";
  }
  return out;
}

TEST(classify_literal, values_of_top_level_sections) {
  EXPECT_EQ(shown(classify_literal("* 5 FETCH (UID 7 BODY[] {1000}\r\n")), "5 uid 7 section []");
  EXPECT_EQ(shown(classify_literal("* 5 FETCH (BODY[1.HEADER]<10> ~{1000}\r\n")), "5 section [1.HEADER]<10>");
  EXPECT_EQ(shown(classify_literal("* 5 fetch (FLAGS (\\Seen) RFC822.TEXT {1}\r\n")), "5 section []");
  EXPECT_EQ(shown(classify_literal("* 77 UIDFETCH (BINARY[2] ~{1}\r\n")), "0 uid 77 section [2]");
  EXPECT_EQ(shown(classify_literal("* 5 FETCH (BODY[HEADER.FIELDS (\"A)\" B)] {5}\r\n")),
            "5 section [HEADER.FIELDS (\"A)\" B)]");
}

TEST(classify_literal, other_literals) {
  EXPECT_EQ(shown(classify_literal("* 5 FETCH (UID 7 ENVELOPE (NIL {4}\r\n")), "5 uid 7");
  EXPECT_EQ(shown(classify_literal("* 5 FETCH (BODY[HEADER.FIELDS ({4}\r\n")), "5");
  EXPECT_EQ(shown(classify_literal("* 5 FETCH (X-ODD {4}\r\n")), "5");
  EXPECT_EQ(shown(classify_literal("* 5 FETCH (BODY (\"BODY[]\" {4}\r\n")), "5");
  EXPECT_EQ(shown(classify_literal("* LIST () \"/\" {4}\r\n")), "no fetch");
  EXPECT_EQ(shown(classify_literal("* 5 EXISTS {4}\r\n")), "no fetch");
  EXPECT_EQ(shown(classify_literal("A1 OK FETCH (BODY[] {4}\r\n")), "no fetch");
}

TEST(classify_literal, behind_literals_that_were_collected_or_streamed) {
  EXPECT_EQ(shown(classify_literal("* 5 FETCH (BODY[1] {3}\r\n) ( BODY[2] {4}\r\n")), "5 section [2]");
  EXPECT_EQ(shown(classify_literal("* 5 FETCH (BODY[1] {300!}\r\n UID 9 BODY[2] {4}\r\n")), "5 uid 9 section [2]");
  EXPECT_EQ(shown(classify_literal("* 5 FETCH (ENVELOPE ({1}\r\n( NIL) BODY[2] {4}\r\n")), "5 section [2]");
}

// The octets of a response are looked at once, however many literals it has.
TEST(classify_literal, goes_on_where_it_stopped) {
  codec::literal_classifier c;
  std::string text = "* 5 FETCH (BODY[1] {3}\r\n";
  EXPECT_EQ(shown(c.classify(text)), "5 section [1]");
  text += "abc ENVELOPE (NIL {2}\r\n";
  EXPECT_EQ(shown(c.classify(text)), "5");
  text += ") NIL) UID 8 BODY[2] {9}\r\n";
  EXPECT_EQ(shown(c.classify(text)), "5 uid 8 section [2]");
  text.insert(text.size() - 3, "!");  // this one is streamed
  text += " BODY[3] {0}\r\n";
  EXPECT_EQ(shown(c.classify(text)), "5 uid 8 section [3]");
  c.reset();
  EXPECT_EQ(shown(c.classify("* 6 FETCH (BODY[] {1}\r\n")), "6 section []");
}

}  // namespace
