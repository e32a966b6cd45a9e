#include <imapxx/command.hpp>
#include <imapxx/sink.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace imapxx::test {
namespace {

TEST(sink_to, gives_info_and_pieces) {
  std::string got;
  std::uint32_t seq = 0;
  auto sink = sink_to([&](const body_info& info, std::string_view piece) {
    seq = info.seq;
    got += piece;
    return true;
  });
  body_info info;
  info.seq = 7;
  ASSERT_TRUE(sink->begin(info));
  ASSERT_TRUE(sink->write("ab"));
  ASSERT_TRUE(sink->write("c"));
  ASSERT_TRUE(sink->end(info));
  EXPECT_EQ(got, "abc");
  EXPECT_EQ(seq, 7U);
}

TEST(sink_to, false_aborts) {
  auto sink = sink_to([](const body_info&, std::string_view) { return false; });
  const auto why = sink->write("x").error();
  EXPECT_EQ(why.code(), errc::aborted_by_caller);
  EXPECT_FALSE(why.is_fatal());
}

TEST(sink_to_stream, writes_and_reports_a_bad_stream) {
  std::ostringstream out;
  auto sink = sink_to_stream(out);
  ASSERT_TRUE(sink->write("hello "));
  ASSERT_TRUE(sink->write("world"));
  EXPECT_EQ(out.str(), "hello world");
  out.setstate(std::ios::badbit);
  EXPECT_EQ(sink->write("x").error().code(), errc::io);
}

TEST(sink_to_stream, stream_exceptions_become_errors) {
  std::ostringstream out;
  auto sink = sink_to_stream(out);
  out.setstate(std::ios::badbit);
  try {
    out.exceptions(std::ios::badbit);
  } catch (const std::ios::failure&) {
  }
  EXPECT_EQ(sink->write("x").error().code(), errc::io);
}

TEST(sink_to_fd, writes_through_a_full_nonblocking_pipe) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
  const std::string body(std::size_t{1} << 20U, 'x');
  std::string got;
  std::thread reader([&] {
    std::vector<char> piece(4096);
    ssize_t n = 0;
    while ((n = ::read(ends[0], piece.data(), piece.size())) > 0) got.append(piece.data(), static_cast<std::size_t>(n));
  });
  EXPECT_TRUE(sink_to_fd(ends[1])->write(body));
  ::close(ends[1]);
  reader.join();
  ::close(ends[0]);
  EXPECT_EQ(got, body);
}

TEST(sink_to_fd, reports_errno) {
  const int fd = ::open("/dev/full", O_WRONLY);
  ASSERT_GE(fd, 0);
  const auto why = sink_to_fd(fd)->write("x").error();
  ::close(fd);
  EXPECT_EQ(why.code(), errc::io);
  EXPECT_EQ(why.system_error(), ENOSPC);
  EXPECT_FALSE(why.is_fatal());
}

}  // namespace
}  // namespace imapxx::test
