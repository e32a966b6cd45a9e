#include <imapxx/imaplib/functions.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <clocale>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using imapxx::imaplib::bytes;
using imapxx::imaplib::Int2AP;
using imapxx::imaplib::Internaldate2tuple;
using imapxx::imaplib::ParseFlags;
using imapxx::imaplib::Time2Internaldate;

/// The process's zone while it lives.
class zone {
 public:
  explicit zone(const char* name) {
    if (const char* old = std::getenv("TZ")) before_ = old;
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  ~zone() {
    if (before_) {
      ::setenv("TZ", before_->c_str(), 1);
    } else {
      ::unsetenv("TZ");
    }
    ::tzset();
  }
  zone(const zone&) = delete;
  zone& operator=(const zone&) = delete;

 private:
  std::optional<std::string> before_;
};

std::time_t utc(const bytes& response) {
  auto t = Internaldate2tuple(response);
  if (!t) return -1;
  return std::mktime(&*t);
}

TEST(imaplib_functions, int2ap) {
  const std::pair<std::int64_t, const char*> table[] = {{0, ""},    {1, "B"},        {-17, "BB"},   {15, "P"},
                                                        {16, "BA"}, {65535, "PPPP"}, {4096, "BAAA"}};
  for (const auto& [number, letters] : table) EXPECT_EQ(Int2AP(number), letters);
  EXPECT_EQ(Int2AP(std::numeric_limits<std::int64_t>::min()), "IAAAAAAAAAAAAAAA");
}

TEST(imaplib_functions, parse_flags) {
  const std::pair<const char*, std::vector<bytes>> table[] = {
      {"* FLAGS (a) FLAGS (b)", {bytes("b")}},
      {R"(5 (FLAGS (\Seen  $Forwarded [x]) UID 3))", {bytes("\\Seen"), bytes("$Forwarded"), bytes("[x]")}},
      {"FLAGS ()", {}},
      {"flags (a)", {}},
      {"FLAGS(a)", {}},
      {"FLAGS (a) FLAGS (b", {bytes("a")}},
      {"PERMANENTFLAGS (\\*)", {bytes("\\*")}},
      {"x\nFLAGS (a)", {}},
      {"", {}},
  };
  for (const auto& [response, flags] : table) EXPECT_EQ(ParseFlags(bytes(response)), flags) << response;
}

// The moments are those of Python's own tests.
TEST(imaplib_functions, internaldate2tuple_counts_from_utc) {
  for (const char* name : {"UTC", "STD-1DST,M3.2.0,M11.1.0", "STD+3"}) {
    const zone here(name);
    EXPECT_EQ(utc(bytes("25 (INTERNALDATE \"01-Jan-2000 00:00:00 +0000\")")), 946684800);
    EXPECT_EQ(utc(bytes("25 (INTERNALDATE \"01-Jan-2000 11:30:00 +1130\")")), 946684800);
    EXPECT_EQ(utc(bytes("25 (INTERNALDATE \"31-Dec-1999 12:30:00 -1130\")")), 946684800);
    EXPECT_EQ(utc(bytes("INTERNALDATE \" 1-Jan-2000 00:00:00 +0000\"")), 946684800);
  }
  // The summer time of a zone is looked up for the moment itself.
  const zone here("MST+07MDT,M4.1.0,M10.5.0");
  EXPECT_EQ(utc(bytes("25 (INTERNALDATE \"02-Apr-2000 02:30:00 +0000\")")), 954642600);
  EXPECT_EQ(utc(bytes("25 (INTERNALDATE \"02-Apr-2000 03:30:00 +0000\")")), 954646200);
}

TEST(imaplib_functions, internaldate2tuple_is_broken_down) {
  const zone here("UTC");
  const auto t = Internaldate2tuple(bytes("INTERNALDATE \" 1-Jan-2000 00:00:00 +0000\""));
  ASSERT_TRUE(t.has_value());
  EXPECT_EQ(t->tm_year, 100);
  EXPECT_EQ(t->tm_mon, 0);
  EXPECT_EQ(t->tm_mday, 1);
  EXPECT_EQ(t->tm_wday, 6);
  EXPECT_EQ(t->tm_yday, 0);
  EXPECT_EQ(t->tm_isdst, 0);
  EXPECT_EQ(utc(bytes("INTERNALDATE \"01-Jan-2000 25:61:61 +0000\"")), 946684800 + 25 * 3600 + 61 * 60 + 61);
  EXPECT_EQ(utc(bytes("INTERNALDATE \"00-Mar-2000 00:00:00 +0000\"")), 951782400) << "29 February";
  EXPECT_EQ(utc(bytes("INTERNALDATE \"01-Jan-1999 00:00:00 +0000\" INTERNALDATE \"01-Jan-2000 00:00:00 +0000\"")),
            946684800);
}

TEST(imaplib_functions, internaldate2tuple_refuses) {
  for (const char* response :
       {"", "INTERNALDATE \"1-Jan-2000 00:00:00 +0000\"", "INTERNALDATE \"01-jan-2000 00:00:00 +0000\"",
        "INTERNALDATE \"01-JAN-2000 00:00:00 +0000\"", "INTERNALDATE \"01-Jan-2000 00:00:00 0000\"",
        "INTERNALDATE \"01-Jan-2000 00:00:00 +0000", "internaldate \"01-Jan-2000 00:00:00 +0000\"",
        "INTERNALDATE \"41-Jan-2000 00:00:00 +0000\"", "x\nINTERNALDATE \"01-Jan-2000 00:00:00 +0000\""})
    EXPECT_FALSE(Internaldate2tuple(bytes(response)).has_value()) << response;
  EXPECT_THROW((void)Internaldate2tuple(bytes("INTERNALDATE \"01-Abc-2000 00:00:00 +0000\"")), std::out_of_range);
  EXPECT_THROW((void)Internaldate2tuple(bytes("INTERNALDATE \"01-Jan-0000 00:00:00 +0000\"")), std::out_of_range);
}

TEST(imaplib_functions, time2internaldate_of_seconds) {
  {
    const zone here("UTC");
    EXPECT_EQ(Time2Internaldate(0), "\"01-Jan-1970 00:00:00 +0000\"");
    EXPECT_EQ(Time2Internaldate(-1), "\"31-Dec-1969 23:59:59 +0000\"");
    EXPECT_EQ(Time2Internaldate(-0.5), "\"31-Dec-1969 23:59:59 +0000\"");
    EXPECT_EQ(Time2Internaldate(0.9999999), "\"01-Jan-1970 00:00:01 +0000\"");
    EXPECT_EQ(Time2Internaldate(std::chrono::system_clock::time_point(std::chrono::milliseconds(-1))),
              "\"31-Dec-1969 23:59:59 +0000\"");
  }
  const zone here("STD-1DST,M3.2.0,M11.1.0");
  EXPECT_EQ(Time2Internaldate(2000000000), "\"18-May-2033 05:33:20 +0200\"");
  EXPECT_EQ(Time2Internaldate(2000000000.0), "\"18-May-2033 05:33:20 +0200\"");
  EXPECT_EQ(Time2Internaldate(std::chrono::system_clock::from_time_t(2000000000)), "\"18-May-2033 05:33:20 +0200\"");
  EXPECT_EQ(Time2Internaldate(std::int64_t{1000000000}), "\"09-Sep-2001 03:46:40 +0200\"");
  EXPECT_THROW((void)Time2Internaldate(std::int64_t{253402300800}), std::invalid_argument);
  EXPECT_THROW((void)Time2Internaldate(std::numeric_limits<double>::quiet_NaN()), std::invalid_argument);
  EXPECT_THROW((void)Time2Internaldate(1e300), std::invalid_argument);
}

TEST(imaplib_functions, time2internaldate_of_a_broken_down_time) {
  const zone here("STD-1DST,M3.2.0,M11.1.0");
  std::tm t{};
  t.tm_year = 133;
  t.tm_mon = 4;
  t.tm_mday = 18;
  t.tm_hour = 5;
  t.tm_min = 33;
  t.tm_sec = 20;
  t.tm_gmtoff = 7200;
  EXPECT_EQ(Time2Internaldate(t), "\"18-May-2033 05:33:20 +0200\"");
  t.tm_gmtoff = -34200;
  EXPECT_EQ(Time2Internaldate(t), "\"18-May-2033 05:33:20 -0930\"");
  t.tm_isdst = -1;
  EXPECT_EQ(Time2Internaldate(t), "\"18-May-2033 05:33:20 +0200\"");
  EXPECT_EQ(Time2Internaldate(t, true), "\"18-May-2033 05:33:20 +0200\"");
  t.tm_isdst = 1;
  EXPECT_EQ(Time2Internaldate(t, true), "\"18-May-2033 05:33:20 +0200\"");
  t.tm_isdst = 0;
  EXPECT_EQ(Time2Internaldate(t, true), "\"18-May-2033 05:33:20 +0100\"");
  t.tm_mon = 0;
  t.tm_isdst = -1;
  EXPECT_EQ(Time2Internaldate(t), "\"18-Jan-2033 05:33:20 +0100\"");
  t.tm_mon = 12;
  EXPECT_THROW((void)Time2Internaldate(t), std::invalid_argument);
}

TEST(imaplib_functions, time2internaldate_takes_a_quoted_string_as_it_is) {
  EXPECT_EQ(Time2Internaldate("\"01-Jan-1970 00:00:00 +0000\""), "\"01-Jan-1970 00:00:00 +0000\"");
  EXPECT_EQ(Time2Internaldate("\"anything\""), "\"anything\"");
  EXPECT_THROW((void)Time2Internaldate("01-Jan-1970 00:00:00 +0000"), std::invalid_argument);
  EXPECT_THROW((void)Time2Internaldate(""), std::invalid_argument);
}

TEST(imaplib_functions, months_are_english_in_every_locale) {
  const zone here("UTC");
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8"}) {
    std::setlocale(LC_ALL, name);  // where it is installed; otherwise nothing changes
    EXPECT_EQ(Time2Internaldate(76406400), "\"03-Jun-1972 08:00:00 +0000\"");
    EXPECT_EQ(utc(bytes("INTERNALDATE \"03-Jun-1972 08:00:00 +0000\"")), 76406400);
  }
  std::setlocale(LC_ALL, before.c_str());
}

TEST(imaplib_functions, debug_level_can_be_set) {
  EXPECT_EQ(imapxx::imaplib::Debug(), 0);
  imapxx::imaplib::Debug() = 4;
  EXPECT_EQ(imapxx::imaplib::Debug(), 4);
  imapxx::imaplib::Debug() = 0;
}

}  // namespace
