#include "credentials.hpp"

#include <gtest/gtest.h>

using namespace imapxx::cli;

namespace {

constexpr std::string_view file = R"(# comment machine mail.example.org
machine mail.example.org login ann password one
machine mail.example.org
  login bob
  password "two \" words"
macdef init
machine mail.example.org login eve password trap

machine imap.example.net login carl account x password three
default login anyone password four
)";

std::string password(std::string_view host, std::string_view user) {
  const auto e = find_in_netrc(file, host, user);
  return e ? std::string(e->password.expose()) : "none";
}

TEST(netrc, first_entry_of_the_host) {
  const auto e = find_in_netrc(file, "mail.example.org", "");
  ASSERT_TRUE(e);
  EXPECT_EQ(e->login, "ann");
  EXPECT_EQ(e->password.expose(), "one");
}

TEST(netrc, entry_of_the_user) {
  EXPECT_EQ(password("mail.example.org", "bob"), "two \" words");
  EXPECT_EQ(password("imap.example.net", "carl"), "three");
}

TEST(netrc, macros_are_skipped) { EXPECT_EQ(password("mail.example.org", "eve"), "none"); }

TEST(netrc, default_entry) {
  EXPECT_EQ(password("elsewhere.example.org", "anyone"), "four");
  EXPECT_EQ(password("elsewhere.example.org", "ann"), "none");
}

TEST(netrc, broken_files) {
  for (const char* text : {"", "machine", "machine h login", "machine h password", "password x", "machine h login \"a"})
    EXPECT_FALSE(find_in_netrc(text, "h", "")) << text;
}

}  // namespace
