#include "core/secret_echo.hpp"

#include <gtest/gtest.h>

#include <string>

namespace imapxx::core {
namespace {

TEST(secret_echo, is_replaced_by_a_mark) {
  secret_echo echo;
  echo.said("hunter22");
  std::string text = "* OK hello hunter22, and hunter22";
  EXPECT_TRUE(echo.is_in(text));
  echo.remove_from(text);
  EXPECT_EQ(text, "* OK hello <redacted>, and <redacted>");
}

// A trace of it is read again, by the literal's size.
TEST(secret_echo, keeps_the_length_where_there_is_a_literal) {
  secret_echo echo;
  echo.said("hunter22");
  std::string text = "* LIST () \"/\" {10}\r\na hunter22";
  echo.remove_from(text);
  EXPECT_EQ(text, "* LIST () \"/\" {10}\r\na ********");
}

}  // namespace
}  // namespace imapxx::core
