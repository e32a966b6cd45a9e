#include <imapxx/model/mailbox_name.hpp>

#include <gtest/gtest.h>

using namespace imapxx;

namespace {

TEST(mailbox_name, made_by_a_program) {
  const mailbox_name n("Entwürfe & mehr");
  EXPECT_EQ(n.raw(), "Entw&APw-rfe &- mehr");
  EXPECT_EQ(n.utf8(), "Entwürfe & mehr");
  EXPECT_TRUE(n.decoded());
  EXPECT_TRUE(n.is_valid());
}

// RFC 3501 section 5.1.3: the example of the standard.
TEST(mailbox_name, from_a_server) {
  const auto n = mailbox_name::from_wire("~peter/mail/&U,BTFw-/&ZeVnLIqe-");
  EXPECT_EQ(n.utf8(), "~peter/mail/台北/日本語");
  EXPECT_EQ(n.raw(), "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
  EXPECT_EQ(n.split('/'), (std::vector<std::string>{"~peter", "mail", "台北", "日本語"}));
  EXPECT_EQ(n, mailbox_name("~peter/mail/台北/日本語"));
}

TEST(mailbox_name, what_cannot_be_decoded_stays) {
  const auto n = mailbox_name::from_wire("B&W\xff");
  EXPECT_FALSE(n.decoded());
  EXPECT_EQ(n.raw(), "B&W\xff");
  EXPECT_EQ(n.utf8(), "B&W\xef\xbf\xbd");
  EXPECT_TRUE(n.is_valid());
}

TEST(mailbox_name, utf8_on_the_wire) {
  const auto n = mailbox_name::from_wire("Käse &-", true);
  EXPECT_TRUE(n.decoded());
  EXPECT_EQ(n.utf8(), "Käse &-");
}

TEST(mailbox_name, inbox_in_any_case) {
  EXPECT_EQ(mailbox_name("inbox"), mailbox_name("INBOX"));
  EXPECT_FALSE(mailbox_name("inbox") < mailbox_name("INBOX"));
  EXPECT_FALSE(mailbox_name("Work") == mailbox_name("WORK"));
  EXPECT_TRUE(mailbox_name("InBoX").is_inbox());
}

TEST(mailbox_name, what_cannot_be_sent) {
  EXPECT_FALSE(mailbox_name("").is_valid());
  EXPECT_FALSE(mailbox_name("\xff").is_valid());
  EXPECT_FALSE(mailbox_name::from_wire("a\r\nb").is_valid());
  EXPECT_FALSE(mailbox_name::from_wire(std::string_view("a\0b", 3)).is_valid());
}

TEST(mailbox_name, flat_names_are_not_split) {
  EXPECT_EQ(mailbox_name("a/b").split('\0'), (std::vector<std::string>{"a/b"}));
}

}  // namespace
