#include <imapxx/mime/message.hpp>

#include <gtest/gtest.h>

namespace imapxx::inline v0::mime {
namespace {

std::string read(const std::string& octets) { return readable_text(message(octets)); }

TEST(readable_text, fields_then_text) {
  EXPECT_EQ(read("X-Other: no\r\nSubject: =?utf-8?q?=C3=A9?=\r\nFrom: a@example.org\r\n\r\nline\r\nnext\r\n"),
            "From: a@example.org\nSubject: \xC3\xA9\n\nline\nnext\n");
  EXPECT_EQ(read("\nbody"), "body\n");
}

TEST(readable_text, plain_is_preferred_to_html) {
  const std::string plain = "--b\nContent-Type: text/plain\n\nplain\n";
  const std::string html = "--b\nContent-Type: text/html\n\n<p>html</p>\n";
  const std::string head = "Content-Type: multipart/alternative; boundary=b\n\n";
  EXPECT_EQ(read(head + plain + html + "--b--"), "plain\n");
  EXPECT_EQ(read(head + html + plain + "--b--"), "plain\n");
  EXPECT_EQ(read(head + html + "--b--"), "html\n");
  EXPECT_EQ(read("Content-Type: multipart/mixed; boundary=b\n\n" + plain + html + "--b--"), "plain\n\nhtml\n");
}

TEST(readable_text, related_shows_its_root) {
  EXPECT_EQ(read("Content-Type: multipart/related; boundary=b; start=\"<r@x>\"\n\n--b\n\nother\n--b\nContent-ID: "
                 "<r@x>\n\nroot\n--b--"),
            "root\n");
}

TEST(readable_text, nested_messages_and_attachments) {
  EXPECT_EQ(read("Subject: outer\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n--b\nContent-Type: "
                 "message/rfc822\n\n"
                 "Subject: inner\n\ninside\n--b\nContent-Type: application/pdf; "
                 "name=\"a\x1B.pdf\"\nContent-Transfer-Encoding: base64\n\n"
                 "AAAA\n--b--\n"),
            "Subject: outer\n\nhello\n\n---------- message 2 ----------\nSubject: inner\n\ninside\n\n"
            "---------- end of message 2 ----------\n\nAttachments:\n  3  a.pdf  (application/pdf, 3 octets)\n");
}

TEST(readable_text, text_attachments_are_listed_not_shown) {
  EXPECT_EQ(read("Content-Disposition: attachment; filename=x.txt\n\nsecret"),
            "Attachments:\n  1  x.txt  (text/plain, 6 octets)\n");
}

TEST(readable_text, controls_do_not_reach_the_terminal) {
  const auto text = read(
      "Subject: a\x1B[2Jb\nTo: x\xE2\x80\xAEy\n\n\x1B[31mred\x07\tok\xC2\x9B"
      "1m\x7F\rnext\f\n");
  for (const char c : text) EXPECT_TRUE(c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= 0x20) << int{c};
  EXPECT_EQ(text.find("\xC2\x9B"), std::string::npos);
  EXPECT_EQ(text.find("\xE2\x80\xAE"), std::string::npos);
  EXPECT_NE(text.find("\tok"), std::string::npos);
  EXPECT_NE(text.find("\nnext\n"), std::string::npos);
}

TEST(readable_text, header_fields_cannot_forge_lines) {
  const auto text = read("Subject: =?utf-8?q?x=0AFrom:_boss=40example.org?=\n\nbody");
  EXPECT_EQ(text.find("\nFrom:"), std::string::npos);
}

TEST(readable_text, multipart_without_parts_is_shown_as_it_stands) {
  EXPECT_EQ(read("Content-Type: multipart/mixed\n\n--b\n\nx\n"), "--b\n\nx\n");
}

TEST(readable_text, of_one_part) {
  const message m("Subject: s\n\nbody");
  EXPECT_EQ(readable_text(m.root()), "body\n");
}

}  // namespace
}  // namespace imapxx::inline v0::mime
