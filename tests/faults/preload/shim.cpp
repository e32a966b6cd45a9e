// To be preloaded into the tool: lets one of its system calls fail. What and when stands in the environment:
//
//   IMAPXX_FAULT=FAULT:K[:CALL]  FAULT is EINTR, EAGAIN, SHORT, RESET, ENOSPC or KILL; K counts the calls of the kinds
//   that
//                                can fail so, or only those of CALL, from 1
//   IMAPXX_FAULT_COUNT=FILE      the number of such calls is written there at the end
//
// It keeps to what can be done before main() and in signal handlers: no allocation, no stdio.
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): raise() of POSIX
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

enum class fault : std::uint8_t { none, interrupted, again, short_count, reset, no_space, unsupported, kill };

struct plan {
  fault what = fault::none;
  unsigned long at = 0;
  const char* only = nullptr;
  const char* count_file = nullptr;
};

fault parse_fault(const char* text, std::size_t n) {
  const struct {
    const char* name;
    fault what;
  } names[] = {{"EINTR", fault::interrupted}, {"EAGAIN", fault::again},    {"SHORT", fault::short_count},
               {"RESET", fault::reset},       {"ENOSPC", fault::no_space}, {"EINVAL", fault::unsupported},
               {"KILL", fault::kill}};
  for (const auto& known : names) {
    if (std::strlen(known.name) == n && std::memcmp(known.name, text, n) == 0) return known.what;
  }
  return fault::none;
}

plan read_plan() {
  plan p;
  p.count_file = std::getenv("IMAPXX_FAULT_COUNT");
  const char* text = std::getenv("IMAPXX_FAULT");
  const char* colon = text != nullptr ? std::strchr(text, ':') : nullptr;
  if (colon == nullptr) return p;
  p.what = parse_fault(text, static_cast<std::size_t>(colon - text));
  char* end = nullptr;
  p.at = std::strtoul(colon + 1, &end, 10);
  if (*end == ':') p.only = end + 1;
  return p;
}

const plan& the_plan() {
  static const plan p = read_plan();
  return p;
}

std::atomic<unsigned long> made{0};

bool is_socket(int fd) {
  struct stat about{};
  return ::fstat(fd, &about) == 0 && S_ISSOCK(about.st_mode);
}

// `can`: whether this call may fail in the way that is planned.
bool strikes(const char* name, bool can) {
  const auto& p = the_plan();
  if (p.what == fault::none || !can || (p.only != nullptr && std::strcmp(p.only, name) != 0)) return false;
  // What a file system does not know it never does.
  if (const auto n = ++made; p.what == fault::unsupported ? n < p.at || p.at == 0 : n != p.at) return false;
  if (p.what == fault::kill) ::kill(::getpid(), SIGKILL);
  return true;
}

bool is(fault f) { return the_plan().what == f; }

int error_number(bool writing) {
  switch (the_plan().what) {
    case fault::interrupted: return EINTR;
    case fault::again: return EAGAIN;
    case fault::reset: return writing ? EPIPE : ECONNRESET;
    case fault::no_space: return ENOSPC;
    case fault::unsupported: return EINVAL;
    default: return EIO;
  }
}

// A transfer: how many of `n` octets it may move, or -1 with errno.
ssize_t allowed(const char* name, int fd, std::size_t n, bool writing) {
  const bool socket = is_socket(fd);
  bool can = is(fault::interrupted) || is(fault::short_count) || is(fault::kill);
  can = can || (is(fault::again) && socket) || (is(fault::reset) && socket) ||
        (is(fault::no_space) && writing && !socket);
  if (!strikes(name, can)) return static_cast<ssize_t>(n);
  if (is(fault::short_count)) return n == 0 ? 0 : 1;
  errno = error_number(writing);
  return -1;
}

template <class F>
F next(const char* name) {
  F f;
  void* found = ::dlsym(RTLD_NEXT, name);
  std::memcpy(static_cast<void*>(&f), static_cast<const void*>(&found), sizeof f);
  return f;
}

__attribute__((destructor)) void tell() {
  const auto& p = the_plan();
  if (p.count_file == nullptr) return;
  const int fd = ::open(p.count_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  char text[32];
  const int n = std::snprintf(text, sizeof text, "%lu", made.load());
  static const auto real = next<ssize_t (*)(int, const void*, std::size_t)>("write");
  if (fd >= 0 && n > 0) (void)real(fd, text, static_cast<std::size_t>(n));
  ::close(fd);
}

}  // namespace

#define IMAPXX_NEXT(type, name, ...) static const auto real = next<type (*)(__VA_ARGS__)>(#name)

// NOLINTBEGIN(readability-identifier-naming)
extern "C" {
ssize_t recv(int fd, void* to, std::size_t n, int flags) {
  IMAPXX_NEXT(ssize_t, recv, int, void*, std::size_t, int);
  const auto most = allowed("recv", fd, n, false);
  return most < 0 ? most : real(fd, to, static_cast<std::size_t>(most), flags);
}
ssize_t __recv_chk(int fd, void* to, std::size_t n, std::size_t, int flags) { return recv(fd, to, n, flags); }
ssize_t send(int fd, const void* from, std::size_t n, int flags) {
  IMAPXX_NEXT(ssize_t, send, int, const void*, std::size_t, int);
  const auto most = allowed("send", fd, n, true);
  return most < 0 ? most : real(fd, from, static_cast<std::size_t>(most), flags);
}
ssize_t read(int fd, void* to, std::size_t n) {
  IMAPXX_NEXT(ssize_t, read, int, void*, std::size_t);
  const auto most = allowed("read", fd, n, false);
  return most < 0 ? most : real(fd, to, static_cast<std::size_t>(most));
}
ssize_t __read_chk(int fd, void* to, std::size_t n, std::size_t) { return read(fd, to, n); }
ssize_t write(int fd, const void* from, std::size_t n) {
  IMAPXX_NEXT(ssize_t, write, int, const void*, std::size_t);
  const auto most = allowed("write", fd, n, true);
  return most < 0 ? most : real(fd, from, static_cast<std::size_t>(most));
}
int poll(pollfd* fds, nfds_t n, int timeout) {
  IMAPXX_NEXT(int, poll, pollfd*, nfds_t, int);
  if (!strikes("poll", is(fault::interrupted) || is(fault::again))) return real(fds, n, timeout);
  errno = error_number(false);
  return -1;
}
int __poll_chk(pollfd* fds, nfds_t n, int timeout, std::size_t) { return poll(fds, n, timeout); }
int connect(int fd, const sockaddr* to, socklen_t size) {
  IMAPXX_NEXT(int, connect, int, const sockaddr*, socklen_t);
  if (!strikes("connect", is(fault::interrupted) || is(fault::reset))) return real(fd, to, size);
  // An interrupted connect goes on by itself (POSIX).
  if (is(fault::interrupted)) (void)real(fd, to, size);
  errno = is(fault::interrupted) ? EINTR : ECONNREFUSED;
  return -1;
}
int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found) {
  IMAPXX_NEXT(int, getaddrinfo, const char*, const char*, const addrinfo*, addrinfo**);
  if (!strikes("getaddrinfo", is(fault::reset))) return real(host, service, hints, found);
  return EAI_AGAIN;
}
int fsync(int fd) {
  IMAPXX_NEXT(int, fsync, int);
  if (!strikes("fsync", is(fault::interrupted) || is(fault::no_space) || is(fault::kill))) return real(fd);
  errno = error_number(true);
  return -1;
}
int openat(int from, const char* name, int flags, ...) {
  IMAPXX_NEXT(int, openat, int, const char*, int, ...);
  va_list more;
  va_start(more, flags);
  const bool creates = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
  const mode_t mode = creates ? va_arg(more, mode_t) : 0;
  va_end(more);
  const bool can = (flags & O_TMPFILE) == O_TMPFILE && is(fault::unsupported);
  if (!strikes("openat", can)) return real(from, name, flags, mode);
  errno = error_number(true);
  return -1;
}
int linkat(int from, const char* name, int to, const char* other, int flags) {
  IMAPXX_NEXT(int, linkat, int, const char*, int, const char*, int);
  if (!strikes("linkat", is(fault::no_space) || is(fault::kill))) return real(from, name, to, other, flags);
  errno = ENOSPC;
  return -1;
}
int renameat2(int from, const char* name, int to, const char* other, unsigned flags) {
  IMAPXX_NEXT(int, renameat2, int, const char*, int, const char*, unsigned);
  const bool can = is(fault::no_space) || is(fault::unsupported) || is(fault::kill);
  if (!strikes("renameat2", can)) return real(from, name, to, other, flags);
  errno = error_number(true);
  return -1;
}
int renameat(int from, const char* name, int to, const char* other) {
  IMAPXX_NEXT(int, renameat, int, const char*, int, const char*);
  if (!strikes("renameat", is(fault::no_space) || is(fault::kill))) return real(from, name, to, other);
  errno = ENOSPC;
  return -1;
}
}
// NOLINTEND(readability-identifier-naming)
