#include "blocking/process_stream.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>

namespace imapxx::blocking {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

result<std::unique_ptr<stream>> run(const std::vector<std::string>& argv) {
  return make_process_stream(argv, cancel_event::create().value());
}

/// Everything until the end of the stream.
std::string read_all(stream& s) {
  std::string text;
  std::array<char, 1000> in{};
  for (;;) {
    const auto moved = s.transfer(in, {}, clock::now() + 5s);
    if (!moved) return text + "<" + moved.error().what() + ">";
    if (moved->eof) return text;
    text.append(in.data(), moved->read);
  }
}

bool no_children() { return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

TEST(process_stream, talks_to_a_program) {
  const auto s = run({"cat"}).value();
  std::array<char, 100> in{};
  ASSERT_TRUE(s->transfer({}, "A1 NOOP\r\n", {}));
  const auto moved = s->transfer(in, {}, clock::now() + 5s);
  ASSERT_TRUE(moved);
  EXPECT_EQ(std::string_view(in.data(), moved->read), "A1 NOOP\r\n");
  s->close();
  EXPECT_TRUE(no_children());
}

TEST(process_stream, arguments_meet_no_shell) {
  const auto s = run({"printf", "%s|", "$HOME", "`id`; echo x", "", "two words", "*"}).value();
  EXPECT_EQ(read_all(*s), "$HOME|`id`; echo x||two words|*|");
}

TEST(process_stream, what_cannot_be_started) {
  for (const std::vector<std::string>& argv :
       {std::vector<std::string>{}, {""}, {std::string("ca\0t", 4)}, {"cat", std::string("a\0b", 3)}}) {
    EXPECT_EQ(run(argv).error().code(), errc::invalid_argument);
  }
  const auto missing = run({"/nonexistent/program"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), errc::connect);
  EXPECT_EQ(missing.error().where(), phase::connect);
  EXPECT_EQ(missing.error().system_error(), ENOENT);
  EXPECT_THAT(missing.error().what(), testing::HasSubstr("/nonexistent/program"));
  EXPECT_TRUE(no_children());
}

TEST(process_stream, the_end_of_the_program_is_the_end_of_the_stream) {
  const auto s = run({"sh", "-c", "echo bye; exit 3"}).value();
  EXPECT_EQ(read_all(*s), "bye\n");
  s->close();
  EXPECT_TRUE(no_children());
}

TEST(process_stream, writing_to_a_program_that_ended_raises_no_signal) {
  const auto s = run({"true"}).value();
  read_all(*s);
  // The system closes the program's two ends in an order of its own.
  const auto until = clock::now() + 5s;
  auto written = s->transfer({}, "x", until);
  while (written) written = s->transfer({}, "x", until);
  EXPECT_EQ(written.error().system_error(), EPIPE);
}

TEST(process_stream, close_lets_a_program_end_by_itself) {
  std::string path = testing::TempDir() + "imapxx-XXXXXX";
  ::close(::mkstemp(path.data()));
  {
    const auto s = run({"sh", "-c", "echo ready; cat >/dev/null; echo ended >\"$0\"", path}).value();
    std::array<char, 10> in{};
    ASSERT_TRUE(s->transfer(in, {}, clock::now() + 5s));
  }
  EXPECT_TRUE(no_children());
  std::string said;
  std::ifstream(path) >> said;
  EXPECT_EQ(said, "ended") << "the end of its input is enough";
  std::remove(path.c_str());
}

TEST(process_stream, close_ends_a_stubborn_program) {
  const auto s = run({"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"}).value();
  std::array<char, 10> in{};
  ASSERT_TRUE(s->transfer(in, {}, clock::now() + 5s));
  const auto start = clock::now();
  s->close();
  EXPECT_LT(clock::now() - start, 2s);
  EXPECT_TRUE(no_children());
}

TEST(process_stream, an_application_that_reaps_everything_does_no_harm) {
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  const auto start = clock::now();
  {
    const auto s = run({"cat"}).value();
  }
  EXPECT_LT(clock::now() - start, 2s);
  std::signal(SIGCHLD, before);
}

TEST(process_stream, the_program_starts_with_a_clean_state) {
  const std::string list = "ls /proc/self/fd | tr '\\n' ' '";
  std::array<char, 500> expected{};
  FILE* plain = ::popen(list.c_str(), "r");
  ASSERT_NE(std::fgets(expected.data(), expected.size(), plain), nullptr);
  ::pclose(plain);

  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const auto ignored = std::signal(SIGPIPE, SIG_IGN);
  const auto other = run({"cat"}).value();
  const auto s = run({"sh", "-c", list + "; echo; grep -E '^Sig(Blk|Ign)' /proc/self/status"}).value();
  const std::string text = read_all(*s);
  std::signal(SIGPIPE, ignored);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(text.substr(0, text.find('\n')), expected.data()) << "no descriptor of another stream is inherited";
  EXPECT_THAT(text, testing::HasSubstr("SigBlk:\t0000000000000000"));
  const std::size_t at = text.find("SigIgn:\t");
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(std::stoull(text.substr(at + 8), nullptr, 16) >> (SIGPIPE - 1) & 1U, 0U) << text;
}

TEST(process_stream, works_without_standard_streams) {
  // In a child, so that the test program keeps its own.
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::close(0);
    ::close(1);
    ::close(2);
    const auto s = run({"printf", "hello"});
    // What this process prints by mistake must not end up in the dialogue.
    ::_exit(s && (*s)->native_handle() > 2 && read_all(**s) == "hello" ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(process_stream, cancel) {
  const auto s = run({"cat"}).value();
  s->cancel();
  std::array<char, 10> in{};
  EXPECT_EQ(s->transfer(in, {}, {}).error().code(), errc::cancelled);
}

}  // namespace
}  // namespace imapxx::blocking
