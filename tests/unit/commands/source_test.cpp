#include <imapxx/commands/append.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <sstream>
#include <string>

namespace imapxx::test {
namespace {

// Everything, read in pieces of `n`; "!" and the error's name behind what came before it.
std::string drain(literal_source& s, std::size_t n = 3) {
  std::string all;
  std::string piece(n, '\0');
  while (true) {
    auto got = s.read({piece.data(), piece.size()});
    if (!got) return all + "!" + std::string(to_string(got.error().code()));
    if (*got == 0) return all;
    all.append(piece, 0, *got);
  }
}

class file {
 public:
  explicit file(std::string_view text) : f_(std::tmpfile()) {
    std::fwrite(text.data(), 1, text.size(), f_);
    std::fflush(f_);
    ::lseek(fd(), 0, SEEK_SET);
  }
  ~file() { std::fclose(f_); }
  file(const file&) = delete;
  file& operator=(const file&) = delete;
  [[nodiscard]] int fd() const { return ::fileno(f_); }

 private:
  std::FILE* f_;
};

TEST(source_from_string, gives_all_octets) {
  auto s = source_from_string("hello\nworld");
  EXPECT_EQ(s->size(), 11U);
  EXPECT_EQ(drain(*s), "hello\nworld");
}

TEST(source_from_string, makes_crlf) {
  auto s = source_from_string("\na\nb\r\nc\r\r\n\n", line_ends::to_crlf);
  const std::string expected = "\r\na\r\nb\r\nc\r\r\n\r\n";
  EXPECT_EQ(s->size(), expected.size());
  EXPECT_EQ(drain(*s), expected);
}

TEST(source_from_fd, exact_size) {
  file f("0123456789");
  auto s = source_from_fd(f.fd(), 10);
  EXPECT_EQ(drain(*s), "0123456789");
}

TEST(source_from_fd, shorter_source_is_an_error) {  // threats 21
  file f("0123456789");
  auto s = source_from_fd(f.fd(), 11);
  EXPECT_EQ(drain(*s, 100), "0123456789!aborted_by_caller");
}

TEST(source_from_fd, longer_source_is_found_before_its_last_octets_leave) {  // threats 21
  file f("0123456789");
  auto s = source_from_fd(f.fd(), 9);
  const auto got = drain(*s, 4);
  EXPECT_TRUE(got.ends_with("!aborted_by_caller")) << got;
  EXPECT_LT(got.find('!'), 9U);
}

TEST(source_from_fd, pipe_that_stays_open) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "abcdef", 6), 6);
  auto s = source_from_fd(ends[0], 6);
  EXPECT_EQ(drain(*s), "abcdef");
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(source_from_fd, reports_errno) {
  auto s = source_from_fd(-1, 6);
  EXPECT_EQ(drain(*s), "!io");
}

TEST(source_from_stream, exact_shorter_longer) {
  std::istringstream exact("0123456789"), shorter("0123"), longer("0123456789AB");
  EXPECT_EQ(drain(*source_from_stream(exact, 10)), "0123456789");
  EXPECT_EQ(drain(*source_from_stream(shorter, 10)), "0123!aborted_by_caller");
  EXPECT_TRUE(drain(*source_from_stream(longer, 10)).ends_with("!aborted_by_caller"));
}

TEST(source_from_stream, stream_that_throws_at_its_end) {
  std::istringstream in("0123");
  in.exceptions(std::ios::failbit | std::ios::eofbit | std::ios::badbit);
  EXPECT_EQ(drain(*source_from_stream(in, 4), 100), "0123");
}

TEST(source_from_file, takes_the_rest_of_the_file) {
  file f("skip:0123\n45");
  ::lseek(f.fd(), 5, SEEK_SET);
  auto s = source_from_file(f.fd());
  ASSERT_TRUE(s);
  EXPECT_EQ((*s)->size(), 7U);
  EXPECT_EQ(drain(**s), "0123\n45");
}

TEST(source_from_file, counts_line_ends_beforehand) {
  std::string text, expected;
  for (int i = 0; i < 20'000; ++i) {  // several pieces, CR and LF on both sides of their borders
    text += i % 3 == 0 ? "line\r\n" : "l\n";
    expected += i % 3 == 0 ? "line\r\n" : "l\r\n";
  }
  file f(text);
  auto s = source_from_file(f.fd(), line_ends::to_crlf);
  ASSERT_TRUE(s);
  EXPECT_EQ((*s)->size(), expected.size());
  EXPECT_EQ(drain(**s, 1000), expected);
}

TEST(source_from_file, grown_or_shrunk_file_is_an_error) {
  file f("a\nb\n");
  auto grown = source_from_file(f.fd(), line_ends::to_crlf);
  ASSERT_TRUE(grown);
  ASSERT_EQ(::pwrite(f.fd(), "c\n", 2, 4), 2);
  EXPECT_TRUE(drain(**grown, 100).ends_with("!aborted_by_caller"));
  ::lseek(f.fd(), 0, SEEK_SET);
  auto shrunk = source_from_file(f.fd());
  ASSERT_TRUE(shrunk);
  ASSERT_EQ(::ftruncate(f.fd(), 2), 0);
  EXPECT_EQ(drain(**shrunk, 100), "a\n!aborted_by_caller");
}

TEST(source_from_file, refuses_pipes) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_EQ(source_from_file(ends[0]).error().code(), errc::invalid_argument);
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(source_from_file(-1).error().code(), errc::io);
}

TEST(source_from_seekable, with_and_without_conversion) {
  std::istringstream in("xx\nyy");
  in.ignore(1);
  auto kept = source_from_seekable(in);
  ASSERT_TRUE(kept);
  EXPECT_EQ(drain(**kept), "x\nyy");
  in.clear();
  in.seekg(0);
  auto converted = source_from_seekable(in, line_ends::to_crlf);
  ASSERT_TRUE(converted);
  EXPECT_EQ((*converted)->size(), 6U);
  EXPECT_EQ(drain(**converted), "xx\r\nyy");
}

TEST(source_from_seekable, refuses_a_stream_without_position) {
  std::istringstream in("x");
  in.setstate(std::ios::failbit);
  EXPECT_EQ(source_from_seekable(in).error().code(), errc::invalid_argument);
}

}  // namespace
}  // namespace imapxx::test
