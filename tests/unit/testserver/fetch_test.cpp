#include "raw_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

using imapxx::testserver::server;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

/// The message of RFC 3501, 6.4.5, as far as its part numbers go.
const std::string nested =
    "From: a@example.org\n"
    "Subject: outer\n"
    "MIME-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=o\n"
    "\n"
    "preamble\n"
    "--o\n"
    "Content-Type: text/plain\n"
    "\n"
    "one\n"
    "\n"
    "--o\n"
    "Content-Type: application/octet-stream\n"
    "Content-Transfer-Encoding: base64\n"
    "\n"
    "AAEC\n"
    "--o\n"
    "Content-Type: message/rfc822\n"
    "\n"
    "Subject: inner\n"
    "Content-Type: multipart/alternative; boundary=i\n"
    "\n"
    "--i\n"
    "\n"
    "plain\n"
    "--i\n"
    "Content-Type: text/html\n"
    "\n"
    "<p>\n"
    "--i--\n"
    "\n"
    "--o--\n"
    "epilogue\n";

class fetch_test : public testing::Test {
 protected:
  fetch_test() : s_(plain_options()) {}

  std::string fetch(const std::string& text, const std::string& items) {
    s_.append("user1", "INBOX", text);
    auto c = selected(s_);
    return c.data("FETCH * (" + items + ")").front();
  }

  server s_;
};

TEST_F(fetch_test, sections_follow_the_part_numbers_of_rfc3501) {
  s_.append("user1", "INBOX", nested);
  auto c = selected(s_);
  auto section = [&](const std::string& name) {
    auto row = c.data("FETCH 1 BODY.PEEK[" + name + "]").front();
    auto head = "* 1 FETCH (BODY[" + name + "] {";
    EXPECT_THAT(row, StartsWith(head));
    auto start = row.find("\r\n") + 2;
    return row.substr(start, row.size() - start - 1);
  };
  EXPECT_EQ(section("1"), "one\r\n");
  EXPECT_EQ(section("1.MIME"), "Content-Type: text/plain\r\n\r\n");
  EXPECT_EQ(section("2"), "AAEC");
  EXPECT_EQ(section("3.HEADER"), "Subject: inner\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n");
  EXPECT_EQ(section("3.HEADER.FIELDS (SUBJECT)"), "Subject: inner\r\n\r\n");
  EXPECT_EQ(section("3.TEXT"), "--i\r\n\r\nplain\r\n--i\r\nContent-Type: text/html\r\n\r\n<p>\r\n--i--\r\n");
  EXPECT_EQ(section("3.1"), "plain");
  EXPECT_EQ(section("3.2"), "<p>");
  EXPECT_EQ(section("3.2.MIME"), "Content-Type: text/html\r\n\r\n");
  EXPECT_EQ(section("4"), "");
  EXPECT_EQ(section("HEADER.FIELDS (SUBJECT X-NONE)"), "Subject: outer\r\n\r\n");
  EXPECT_EQ(section("HEADER.FIELDS.NOT (SUBJECT FROM MIME-VERSION)"),
            "Content-Type: multipart/mixed; boundary=o\r\n\r\n");
  EXPECT_THAT(section("TEXT"), StartsWith("preamble\r\n--o\r\n"));
}

TEST_F(fetch_test, bodystructure_counts_octets_and_lines) {
  EXPECT_EQ(
      fetch(nested, "BODYSTRUCTURE"),
      "* 1 FETCH (BODYSTRUCTURE ((\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 5 1 NIL NIL NIL "
      "NIL)(\"application\" \"octet-stream\" NIL NIL NIL \"base64\" 4 NIL NIL NIL NIL)(\"message\" \"rfc822\" NIL "
      "NIL NIL \"7bit\" 125 (NIL \"inner\" NIL NIL NIL NIL NIL NIL NIL NIL) ((\"text\" \"plain\" (\"charset\" "
      "\"us-ascii\") NIL NIL \"7bit\" 5 0 NIL NIL NIL NIL)(\"text\" \"html\" (\"charset\" \"us-ascii\") NIL NIL "
      "\"7bit\" 3 0 NIL NIL NIL NIL) \"alternative\" (\"boundary\" \"i\") NIL NIL NIL) 11 NIL NIL NIL NIL) "
      "\"mixed\" (\"boundary\" \"o\") NIL NIL NIL))");
}

TEST_F(fetch_test, body_has_no_extension_data) {
  EXPECT_EQ(fetch("Subject: x\n\nhi\n", "BODY"),
            "* 1 FETCH (BODY (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 4 1))");
}

TEST_F(fetch_test, extension_data) {
  EXPECT_EQ(fetch("MIME-Version: 1.0\n"
                  "Content-Type: image/png; name=\"a b.png\"\n"
                  "Content-ID: <1@x>\n"
                  "Content-Description: a picture\n"
                  "Content-Transfer-Encoding: base64\n"
                  "Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\n"
                  "Content-Disposition: attachment; filename*0*=utf-8''n%C3%A4; filename*1=me.png\n"
                  "Content-Language: en, de\n"
                  "Content-Location: http://example.org/\n"
                  "\n"
                  "AAAA\n",
                  "BODYSTRUCTURE"),
            "* 1 FETCH (BODYSTRUCTURE (\"image\" \"png\" (\"name\" \"a b.png\") \"<1@x>\" \"a picture\" \"base64\" 6 "
            "\"Q2hlY2sgSW50ZWdyaXR5IQ==\" (\"attachment\" (\"filename*\" \"utf-8''n%C3%A4me.png\")) (\"en\" \"de\") "
            "\"http://example.org/\"))");
}

/// The example of RFC 3501, 7.4.2.
TEST_F(fetch_test, envelope_of_the_rfc_example) {
  EXPECT_EQ(fetch("Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\n"
                  "From: Terry Gray <gray@cac.washington.edu>\n"
                  "Subject: IMAP4rev1 WG mtg summary and minutes\n"
                  "To: imap@cac.washington.edu\n"
                  "cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\n"
                  "Message-Id: <B27397-0100000@cac.washington.edu>\n"
                  "\n",
                  "ENVELOPE"),
            "* 1 FETCH (ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev1 WG mtg summary and minutes\" "
            "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((\"Terry Gray\" NIL \"gray\" "
            "\"cac.washington.edu\")) ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((NIL NIL \"imap\" "
            "\"cac.washington.edu\")) ((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")(\"John Klensin\" NIL \"KLENSIN\" "
            "\"MIT.EDU\")) NIL NIL \"<B27397-0100000@cac.washington.edu>\"))");
}

TEST_F(fetch_test, envelope_groups_and_comments) {
  EXPECT_THAT(fetch("To: Friends: a@x.org, \"B, C\" <b@x.org>;, undisclosed:;\n\n", "ENVELOPE"),
              HasSubstr("((NIL NIL \"Friends\" NIL)(NIL NIL \"a\" \"x.org\")(\"B, C\" NIL \"b\" \"x.org\")(NIL NIL NIL "
                        "NIL)(NIL NIL \"undisclosed\" NIL)(NIL NIL NIL NIL))"));
  EXPECT_THAT(fetch("To: c@x.org (Carol)\nFrom: <@r.org:d@x.org>\n\n", "ENVELOPE"),
              HasSubstr("((NIL \"@r.org\" \"d\" \"x.org\")) ((\"Carol\" NIL \"c\" \"x.org\"))"));
}

TEST_F(fetch_test, eight_bit_and_line_ends_go_into_literals) {
  EXPECT_THAT(fetch("Subject: Gr\xc3\xbc\xc3\x9f"
                    "e\n\n",
                    "ENVELOPE"),
              HasSubstr("{7}\r\nGr\xc3\xbc\xc3\x9f"
                        "e"));
}

TEST_F(fetch_test, binary_decodes) {
  EXPECT_EQ(fetch(nested, "BINARY.SIZE[2] BINARY.PEEK[2]<1.1>"),
            "* 1 FETCH (BINARY.SIZE[2] 3 BINARY[2]<1> {1}\r\n\x01)");
  EXPECT_EQ(fetch("MIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\na=3Db\n", "BINARY.PEEK[1]"),
            "* 2 FETCH (BINARY[1] {5}\r\na=b\r\n)");
  s_.append("user1", "INBOX", "Content-Type: text/plain\nContent-Transfer-Encoding: x-odd\n\nx\n");
  auto c = selected(s_);
  EXPECT_THAT(c.status("FETCH 3 BINARY[1]"), StartsWith("NO [UNKNOWN-CTE]"));
}

TEST_F(fetch_test, macros_and_uid) {
  s_.append("user1", "INBOX", "Subject: x\n\nhi\n", "\\Seen", "01-Jan-2026 00:00:00 +0000");
  auto c = selected(s_);
  EXPECT_THAT(c.data("UID FETCH 1:* FAST"),
              ElementsAre("* 1 FETCH (FLAGS (\\Seen \\Recent) UID 1 INTERNALDATE \"01-Jan-2026 00:00:00 +0000\" "
                          "RFC822.SIZE 18)"));
  EXPECT_THAT(c.data("UID FETCH 17 FLAGS"), ElementsAre());
  EXPECT_THAT(c.data("FETCH 1 FULL").front(), HasSubstr("ENVELOPE (NIL \"x\" NIL NIL NIL NIL NIL NIL NIL NIL) BODY ("));
}

TEST_F(fetch_test, nul_octets_never_stand_in_a_plain_literal) {
  EXPECT_EQ(fetch(std::string("A: b\n\nx\0y", 9), "BODY.PEEK[TEXT]"), "* 1 FETCH (BODY[TEXT] {3}\r\nx\x80y)");
}

}  // namespace
