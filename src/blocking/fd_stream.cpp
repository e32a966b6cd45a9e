#include "blocking/fd_stream.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <ctime>

namespace imapxx::inline v0 {

stream::~stream() = default;

namespace blocking {

namespace {

// Behind a read of so much there is probably more: trying costs less than asking first whether there is.
constexpr std::size_t worth_another_read = std::size_t{16} << 10U;

error io_error(std::string_view what, int error_number) {
  error e(errc::io, what);
  e.set_system_error(error_number);
  return e;
}

ssize_t receive(int fd, void* to, std::size_t n) { return ::recv(fd, to, n, 0); }
ssize_t send_quietly(int fd, const void* from, std::size_t n) { return ::send(fd, from, n, MSG_NOSIGNAL); }
ssize_t read_file(int fd, void* to, std::size_t n) { return ::read(fd, to, n); }

/// Pipes have no MSG_NOSIGNAL, and the process's signal handlers are not ours to change: block SIGPIPE in this thread,
/// and take it away if this very write raised it.
ssize_t write_without_sigpipe(int fd, const void* from, std::size_t n) {
  sigset_t pipe_signal;
  sigset_t pending;
  sigset_t before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigemptyset(&pending);
  sigpending(&pending);
  const bool was_pending = sigismember(&pending, SIGPIPE) == 1;
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  const ssize_t written = ::write(fd, from, n);
  const int error_number = errno;
  if (written < 0 && error_number == EPIPE && !was_pending) {
    const timespec at_once{};
    while (sigtimedwait(&pipe_signal, nullptr, &at_once) < 0 && errno == EINTR) {
    }
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error_number;
  return written;
}

bool would_block(int error_number) {
  return error_number == EAGAIN || error_number == EWOULDBLOCK || error_number == EINTR;
}

bool make_non_blocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  return flags >= 0 && ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

bool is_socket(int fd) {
  struct stat about{};
  return ::fstat(fd, &about) == 0 && S_ISSOCK(about.st_mode);
}

}  // namespace

const io_calls& io_calls::socket() noexcept {
  static const io_calls calls = [] {
    io_calls c;
    c.read = &receive;
    c.write = &send_quietly;
    c.poll = &::poll;
    return c;
  }();
  return calls;
}

const io_calls& io_calls::file() noexcept {
  static const io_calls calls = [] {
    io_calls c;
    c.read = &read_file;
    c.write = &write_without_sigpipe;
    c.poll = &::poll;
    return c;
  }();
  return calls;
}

int poll_timeout(deadline_point until) noexcept {
  if (!until) return -1;
  const auto now = std::chrono::steady_clock::now();
  if (*until <= now) return 0;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - now).count();
  return static_cast<int>(std::min<decltype(left)>(left, INT_MAX));
}

bool has_passed(deadline_point until) noexcept {
  return until && *until != stream::no_wait && *until <= std::chrono::steady_clock::now();
}

void close_fd(int fd) noexcept {
  const int saved = errno;
  if (fd >= 0) ::close(fd);
  errno = saved;
}

class fd_stream::readiness {
 public:
  bool in = false;
  bool out = false;
};

fd_stream::fd_stream(int in, int out, std::shared_ptr<cancel_event> cancelled, const io_calls& calls) noexcept
    : in_(in), out_(out), cancel_(std::move(cancelled)), calls_(&calls) {}

fd_stream::~fd_stream() { fd_stream::close(); }

void fd_stream::close() noexcept {
  close_fd(in_);
  if (out_ != in_) close_fd(out_);
  in_ = out_ = -1;
}

/// One poll(2) for both directions and the cancellation. Nothing is ready when the deadline passed or a signal came.
result<fd_stream::readiness> fd_stream::wait(bool reading, bool writing, deadline_point until) const {
  std::array<pollfd, 3> fds{};
  fds[0] = {cancel_->fd(), POLLIN, 0};
  // poll(2) skips negative descriptors.
  fds[1] = {reading ? in_ : -1, POLLIN, 0};
  fds[2] = {writing ? out_ : -1, POLLOUT, 0};
  const int n = calls_->poll(fds.data(), fds.size(), poll_timeout(until));
  // EAGAIN: the kernel had no memory just then (POSIX: try again).
  if (n < 0 && errno != EINTR && errno != EAGAIN) return io_error("cannot wait for the connection", errno);
  if (cancel_->cancelled()) return errc::cancelled;
  readiness ready;
  if (n <= 0) return ready;
  ready.in = fds[1].revents != 0;
  ready.out = fds[2].revents != 0;
  return ready;
}

error fd_stream::read_some(std::span<char> in, transferred& moved) const {
  const ssize_t n = calls_->read(in_, in.data(), in.size());
  if (n > 0) moved.read = static_cast<std::size_t>(n);
  if (n == 0) moved.eof = true;
  if (n < 0 && !would_block(errno)) return io_error("cannot read from the connection", errno);
  return {};
}

error fd_stream::write_some(std::string_view out, transferred& moved) const {
  const ssize_t n = calls_->write(out_, out.data(), out.size());
  if (n > 0) moved.written = static_cast<std::size_t>(n);
  if (n < 0 && !would_block(errno)) return io_error("cannot write to the connection", errno);
  return {};
}

result<transferred> fd_stream::transfer(std::span<char> in, std::string_view out, deadline_point until) {
  transferred moved;
  if (in_ < 0) return error(errc::closed, "the stream was closed");
  if (cancel_->cancelled()) return errc::cancelled;
  if (in.empty() && out.empty()) return moved;
  if (has_passed(until)) return errc::timeout;
  if (more_likely_ && out.empty() && !in.empty()) {
    const auto failed = read_some(in, moved);
    more_likely_ = moved.read >= worth_another_read;
    if (moved.read != 0 || moved.eof) return moved;
    if (failed) return failed;
  }
  for (;;) {
    const auto ready = wait(!in.empty(), !out.empty(), until);
    if (!ready) return ready.error();
    error failed;
    if (ready->in) failed = read_some(in, moved);
    if (ready->out && !failed) failed = write_some(out, moved);
    more_likely_ = moved.read >= worth_another_read;
    // What the peer said before it hung up comes before the news that nothing can be written any more.
    if (moved.read != 0 || moved.written != 0 || moved.eof) return moved;
    if (failed) return failed;
    if (until && *until <= std::chrono::steady_clock::now()) return errc::timeout;
  }
}

result<std::unique_ptr<stream>> make_fd_stream(int fd_in, int fd_out, std::shared_ptr<cancel_event> cancelled) {
  fd_guard in(fd_in);
  fd_guard out(fd_out == fd_in ? -1 : fd_out);
  if (!make_non_blocking(fd_in) || !make_non_blocking(fd_out)) return io_error("not a usable descriptor", errno);
  if (cancelled == nullptr) {
    if (auto failed = cancel_event::create().get(cancelled)) return failed;
  }
  const io_calls& calls = is_socket(fd_in) && is_socket(fd_out) ? io_calls::socket() : io_calls::file();
  auto made = std::make_unique<fd_stream>(fd_in, fd_out, std::move(cancelled), calls);
  in.release();
  out.release();
  return std::unique_ptr<stream>(std::move(made));
}

}  // namespace blocking

}  // namespace imapxx::inline v0
