#include <imapxx/commands/append.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <sstream>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<append>);

TEST(append, example_of_rfc9051) {  // section 6.3.12
  const std::string message =
      "Date: Mon, 7 Feb 1994 21:52:25 -0800 (PST)\r\n"
      "From: Fred Foobar <foobar@Blurdybloop.example>\r\n"
      "Subject: afternoon meeting\r\n"
      "To: mooch@owatagu.siam.edu.example\r\n"
      "Message-Id: <B27397-0100000@Blurdybloop.example>\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n"
      "\r\n"
      "Hello Joe, do you think we can meet at 3:30 tomorrow?\r\n";
  probe p;
  auto c = append("saved-messages", message).flags(flag_list::of(flags::seen));
  EXPECT_EQ(p.checked(c), errc::success);
  EXPECT_EQ(p.wire(c), "APPEND saved-messages (\\Seen) {" + std::to_string(message.size()) + "}\r\n" + message);
  EXPECT_FALSE(p.complete(c, "A1 OK APPEND completed"));
  EXPECT_FALSE(c.take_result().uid());
}

TEST(append, date_is_padded_with_a_blank) {  // quirk P-08
  using namespace std::chrono;
  probe p;
  auto c = append("x", "m").date(date_time(sys_days(year(2024) / 2 / 1) + 7h + 5min, 60));
  EXPECT_EQ(p.wire(c), "APPEND x \" 1-Feb-2024 08:05:00 +0100\" {1}\r\nm");
}

TEST(append, literal_waits_for_the_server) {
  probe p;
  append c("x", "message");
  p.wire(c);
  wire::encoder out;
  c.encode(out);
  ASSERT_EQ(out.segments().size(), 2U);
  EXPECT_TRUE(out.segments()[1].wait_before);
  EXPECT_EQ(out.segments()[1].source->size(), 7U);
}

TEST(append, non_synchronizing_where_offered) {
  probe p;
  p.context.literals = wire::literal_support::minus;
  append c("x", "message");
  EXPECT_EQ(p.wire(c), "APPEND x {7+}\r\nmessage");
}

TEST(append, tells_where_the_message_went) {  // RFC 4315 section 3, example
  probe p;
  append c("saved-messages", "m");
  EXPECT_FALSE(p.complete(c, "A1 OK [APPENDUID 38505 3955] APPEND completed"));
  const auto r = c.take_result();
  EXPECT_EQ(r.uidvalidity, 38505U);
  EXPECT_EQ(r.uid(), 3955U);
}

TEST(append, useless_appenduid_is_ignored) {  // quirk P-04
  probe p;
  append c("x", "m");
  EXPECT_FALSE(p.complete(c, "A1 OK [APPENDUID 12] done"));
  EXPECT_FALSE(c.take_result().uidvalidity);
}

TEST(append, reports_trycreate) {
  probe p;
  append c("x", "m");
  const auto why = p.complete(c, "A1 NO [TRYCREATE] no such mailbox");
  EXPECT_EQ(why.code(), errc::no);
  EXPECT_EQ(why.response_code(), "TRYCREATE");
}

TEST(append, nul_needs_binary) {  // RFC 3516 section 4.4
  const std::string message("a\0b", 3);
  probe p;
  EXPECT_EQ(p.checked(append("x", message)), errc::invalid_argument);
  probe b("BINARY");
  b.context.binary = true;
  append c("x", message);
  EXPECT_EQ(b.checked(c), errc::success);
  EXPECT_EQ(b.wire(c), std::string("APPEND x ~{3}\r\na\0b", 18));
}

TEST(append, refuses_bad_arguments) {
  probe p("IMAP4rev1 APPENDLIMIT=3");
  EXPECT_EQ(p.checked(append("x", "abc")), errc::success);
  EXPECT_EQ(p.checked(append("x", "abcd")), errc::invalid_argument);
  EXPECT_EQ(p.checked(append("x", "")), errc::invalid_argument);
  EXPECT_EQ(p.checked(append("x", std::shared_ptr<literal_source>())), errc::invalid_argument);
  EXPECT_EQ(p.checked(append("a\nb", "m")), errc::invalid_argument);
  EXPECT_EQ(p.checked(append("x", "m").flags(flag_list::of("\\Recent"))), errc::invalid_argument);
  EXPECT_EQ(p.checked(append("x", "m").flags(flag_list::of("a b"))), errc::invalid_argument);
  EXPECT_EQ(p.checked(append("x", "m").flags(flag_list::of("\\Seen)\r\nA2 LOGOUT"))), errc::invalid_argument);
}

TEST(append, streams_from_its_source) {
  probe p;
  std::istringstream in("0123456789");
  append c("x", source_from_stream(in, 10));
  EXPECT_EQ(p.wire(c), "APPEND x {10}\r\n0123456789");
  EXPECT_TRUE(c.traits().stall_deadline);
}

}  // namespace
}  // namespace imapxx::test
