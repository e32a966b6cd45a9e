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

TEST(explain, a_temporary_failure_is_no_wrong_password) {  // quirk A-11
  const auto in_login = [](std::string_view code, std::string_view text) {
    return hint_for(refused(errc::no, code, text).set_phase(phase::authenticate));
  };
  const std::string later = "try again later: this says nothing about the password";
  EXPECT_EQ(in_login("UNAVAILABLE", "Temporary authentication failure"), later);
  EXPECT_EQ(in_login("AUTHENTICATIONFAILED", "(#MBR1240) Please try again, TEMPORARILY unavailable"), later);
  EXPECT_EQ(in_login("LIMIT", "too many connections"), later);
  EXPECT_NE(in_login("AUTHENTICATIONFAILED", "Invalid credentials"), later);
  EXPECT_EQ(hint_for(refused(errc::no, "INUSE", "locked")), "try again later");
}

TEST(explain, every_error_has_an_exit_code_and_says_what_to_do_next) {
  for (int i = 1; i <= static_cast<int>(errc::internal_error); ++i) {
    const auto code = static_cast<errc>(i);
    const error e(code);
    const auto exit = code_of(e);
    EXPECT_NE(exit, exit_code::ok) << to_string(code);
    const bool bug =
        code == errc::internal_error || code == errc::out_of_memory || code == errc::wrong_state || code == errc::busy;
    EXPECT_EQ(exit == exit_code::internal, bug) << to_string(code);
    // NO without a code says all that is known; whoever cancels knows why.
    if (code != errc::no && code != errc::cancelled) {
      EXPECT_FALSE(hint_for(e).empty()) << to_string(code);
    }
  }
}

TEST(explain, a_lost_connection_says_whether_to_repeat) {
  for (const auto code : {errc::timeout, errc::closed, errc::bye, errc::io}) {
    error reading(code);
    reading.set_command("UID FETCH").set_safe_to_retry(true);
    EXPECT_NE(hint_for(reading).find("again"), std::string::npos);
    error writing(code);
    writing.set_command("APPEND");
    EXPECT_NE(hint_for(writing).find("nobody knows whether the server has carried out APPEND"), std::string::npos);
  }
}

}  // namespace
}  // namespace imapxx::cli
