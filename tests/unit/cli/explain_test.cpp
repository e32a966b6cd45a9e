#include "explain.hpp"

#include <gtest/gtest.h>

namespace imapxx::cli {
namespace {

error refused(errc kind, std::string_view code, std::string_view text) {
  return error(kind).set_status("A1", code, text);
}

TEST(explain, a_throttling_server_says_how_long_to_wait) {
  const auto e = refused(errc::bad, "", "Request is throttled. Suggested Backoff Time: 81250 milliseconds");
  EXPECT_EQ(hint_for(e), "the server is busy: try again in 82 seconds");
  EXPECT_EQ(hint_for(error(e).set_phase(phase::authenticate)), "the server is busy: try again in 82 seconds");
}

TEST(explain, refusals_and_their_exit_codes) {
  EXPECT_NE(hint_for(refused(errc::no, "TRYCREATE", "")).find("mkdir"), std::string::npos);
  EXPECT_EQ(code_of(refused(errc::no, "TRYCREATE", "")), exit_code::refused);
  const auto login = refused(errc::no, "AUTHENTICATIONFAILED", "no").set_phase(phase::authenticate);
  EXPECT_EQ(code_of(login), exit_code::login);
  EXPECT_NE(hint_for(login).find("password"), std::string::npos);
  EXPECT_EQ(code_of(error(errc::invalid_argument)), exit_code::usage);
  EXPECT_EQ(code_of(error(errc::tls_certificate)), exit_code::connection);
  EXPECT_EQ(code_of(error(errc::framing_lost)), exit_code::protocol);
}

}  // namespace
}  // namespace imapxx::cli
