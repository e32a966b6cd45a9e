#include "blocking/process_stream.hpp"

#include "blocking/fd_stream.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>
#include <utility>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX declares it nowhere

namespace imapxx::inline v0::blocking {

namespace {

constexpr std::chrono::milliseconds grace_alone{500};
constexpr std::chrono::milliseconds grace_after_term{300};

error failure(errc code, std::string_view message, int error_number = 0) {
  error e(code, message);
  e.set_phase(phase::connect).set_system_error(error_number);
  return e;
}

/// Two pipes whose descriptors lie above 2: those below are the child's to fill, even when this process runs without
/// standard streams.
class pipes {
 public:
  pipes() = default;
  pipes(const pipes&) = delete;
  pipes& operator=(const pipes&) = delete;
  ~pipes() {
    for (const int fd : fds_) close_fd(fd);
  }
  bool open() { return open_pair(0) && open_pair(2); }
  [[nodiscard]] int child_in() const noexcept { return fds_[0]; }
  [[nodiscard]] int child_out() const noexcept { return fds_[3]; }
  int take_to_child() noexcept { return std::exchange(fds_[1], -1); }
  int take_from_child() noexcept { return std::exchange(fds_[2], -1); }

 private:
  bool open_pair(std::size_t at) {
    std::array<int, 2> pair{-1, -1};
    if (::pipe2(pair.data(), O_CLOEXEC) != 0) return false;
    fds_[at] = pair[0];
    fds_[at + 1] = pair[1];
    for (std::size_t i = at; i < at + 2; ++i) {
      if (fds_[i] > STDERR_FILENO) continue;
      const int higher = ::fcntl(fds_[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
      if (higher < 0) return false;
      close_fd(std::exchange(fds_[i], higher));
    }
    return true;
  }
  std::array<int, 4> fds_{-1, -1, -1, -1};
};

/// posix_spawnp(3) with the pipes as standard streams and the signal state of a fresh program. \return 0 or an errno
int spawn(const std::vector<std::string>& argv, const pipes& p, pid_t& child) {
  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
  // posix_spawn takes char* const[] for historical reasons and does not write.
  for (const std::string& a : argv) arguments.push_back(const_cast<char*>(a.c_str()));
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (const int failed = ::posix_spawn_file_actions_init(&actions); failed != 0) return failed;
  if (const int failed = ::posix_spawnattr_init(&attributes); failed != 0) {
    ::posix_spawn_file_actions_destroy(&actions);
    return failed;
  }
  sigset_t none;
  sigset_t defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  int failed = ::posix_spawn_file_actions_adddup2(&actions, p.child_in(), STDIN_FILENO);
  if (failed == 0) failed = ::posix_spawn_file_actions_adddup2(&actions, p.child_out(), STDOUT_FILENO);
  if (failed == 0) failed = ::posix_spawnp(&child, arguments[0], &actions, &attributes, arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  return failed;
}

class process_stream final : public fd_stream {
 public:
  process_stream(int in, int out, pid_t child, std::shared_ptr<cancel_event> cancelled) noexcept
      : fd_stream(in, out, std::move(cancelled), io_calls::file()), child_(child) {}
  ~process_stream() override { process_stream::close(); }

  void close() noexcept override {
    fd_stream::close();
    if (child_ <= 0) return;
    if (!ended_within(grace_alone)) {
      ::kill(child_, SIGTERM);
      if (!ended_within(grace_after_term)) {
        ::kill(child_, SIGKILL);
        while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
        }
      }
    }
    child_ = 0;
  }

 private:
  /// ECHILD: the application reaps every child itself, or ignores SIGCHLD.
  [[nodiscard]] bool reaped() const noexcept {
    const pid_t got = ::waitpid(child_, nullptr, WNOHANG);
    return got == child_ || (got < 0 && errno == ECHILD);
  }
  [[nodiscard]] bool ended_within(std::chrono::milliseconds time) const noexcept {
    const auto until = std::chrono::steady_clock::now() + time;
    std::chrono::milliseconds nap{1};
    while (!reaped()) {
      if (std::chrono::steady_clock::now() >= until) return false;
      std::this_thread::sleep_for(nap);
      nap = std::min(nap * 2, std::chrono::milliseconds(20));
    }
    return true;
  }

  pid_t child_;
};

}  // namespace

result<std::unique_ptr<stream>> make_process_stream(const std::vector<std::string>& argv,
                                                    std::shared_ptr<cancel_event> cancelled) {
  if (argv.empty() || argv.front().empty()) return failure(errc::invalid_argument, "no program to run");
  for (const std::string& a : argv) {
    if (a.find('\0') != std::string::npos) {
      return failure(errc::invalid_argument, "a NUL octet in the arguments of a program");
    }
  }
  pipes p;
  if (!p.open()) return failure(errc::io, "cannot create pipes", errno);
  pid_t child = 0;
  if (const int failed = spawn(argv, p, child); failed != 0) {
    return failure(errc::connect, "cannot run " + argv.front(), failed);
  }
  const int in = p.take_from_child();
  const int out = p.take_to_child();
  auto made = std::make_unique<process_stream>(in, out, child, std::move(cancelled));
  for (const int fd : {in, out}) {
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) return failure(errc::io, "cannot use pipes", errno);
  }
  return std::unique_ptr<stream>(std::move(made));
}

}  // namespace imapxx::inline v0::blocking
