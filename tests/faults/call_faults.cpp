#include "faults/call_faults.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <initializer_list>

// What `ld --wrap` calls the true functions and ours.
// NOLINTBEGIN(bugprone-reserved-identifier)
#define IMAPXX_WRAPPED(type, name, ...)       \
  extern "C" type __real_##name(__VA_ARGS__); \
  extern "C" type __wrap_##name(__VA_ARGS__)
IMAPXX_WRAPPED(int, poll, pollfd* fds, nfds_t n, int timeout);
IMAPXX_WRAPPED(int, epoll_wait, int fd, epoll_event* events, int n, int timeout);
IMAPXX_WRAPPED(ssize_t, recv, int fd, void* to, std::size_t n, int flags);
IMAPXX_WRAPPED(ssize_t, send, int fd, const void* from, std::size_t n, int flags);
IMAPXX_WRAPPED(ssize_t, read, int fd, void* to, std::size_t n);
IMAPXX_WRAPPED(ssize_t, write, int fd, const void* from, std::size_t n);
IMAPXX_WRAPPED(ssize_t, recvmsg, int fd, msghdr* m, int flags);
IMAPXX_WRAPPED(ssize_t, sendmsg, int fd, const msghdr* m, int flags);
IMAPXX_WRAPPED(int, connect, int fd, const sockaddr* to, socklen_t n);
IMAPXX_WRAPPED(int, socket, int family, int type, int protocol);
IMAPXX_WRAPPED(int, getaddrinfo, const char* host, const char* service, const addrinfo* hints, addrinfo** found);
IMAPXX_WRAPPED(std::size_t, fwrite, const void* from, std::size_t size, std::size_t n, std::FILE* to);
IMAPXX_WRAPPED(int, fflush, std::FILE* f);
IMAPXX_WRAPPED(std::FILE*, tmpfile, void);
// NOLINTEND(bugprone-reserved-identifier)

namespace imapxx::faults {
namespace {

struct tally {
  bool watching = false;
  fault what = fault::interrupted;
  std::uint64_t made = 0;
  std::uint64_t from = 0;  // 0: never
  std::uint64_t until = 0;
  std::uint64_t struck = 0;
  const char* victim = "";
};
thread_local constinit tally here;

// Whether this call, which can fail in these ways, is one that shall.
bool strikes(const char* name, std::initializer_list<fault> ways) noexcept {
  if (!here.watching) return false;
  ++here.made;
  if (here.from == 0 || here.made < here.from || here.made > here.until) return false;
  if (std::find(ways.begin(), ways.end(), here.what) == ways.end()) return false;
  if (here.struck++ == 0) here.victim = name;
  return true;
}

int error_of(bool writing) noexcept {
  switch (here.what) {
    case fault::interrupted: return EINTR;
    case fault::again: return EAGAIN;
    case fault::reset: return writing ? EPIPE : ECONNRESET;
    case fault::no_resource: return ENOMEM;
    case fault::no_space: return ENOSPC;
    case fault::short_count: break;
  }
  return 0;
}

// A transfer of `n` octets: how many it may move, or -1 with errno.
ssize_t allowed(const char* name, std::size_t n, bool writing, bool is_socket) noexcept {
  const bool strike = is_socket ? strikes(name, {fault::interrupted, fault::again, fault::short_count, fault::reset})
                                : strikes(name, {fault::interrupted, fault::again, fault::short_count});
  if (!strike) return static_cast<ssize_t>(n);
  if (here.what == fault::short_count) return n == 0 ? 0 : 1;
  errno = error_of(writing);
  return -1;
}

}  // namespace

const char* name_of(fault f) noexcept {
  switch (f) {
    case fault::interrupted: return "EINTR";
    case fault::again: return "EAGAIN";
    case fault::short_count: return "one octet";
    case fault::reset: return "reset";
    case fault::no_resource: return "no resource";
    case fault::no_space: return "ENOSPC";
  }
  return "?";
}

call_watch::call_watch() noexcept { here = tally{.watching = true}; }
call_watch::call_watch(std::uint64_t k, fault f, std::uint64_t more) noexcept {
  here = tally{.watching = true, .what = f, .from = k, .until = k + more};
}
call_watch::~call_watch() { here.watching = false; }
std::uint64_t call_watch::made() noexcept { return here.made; }
std::uint64_t call_watch::struck() noexcept { return here.struck; }
const char* call_watch::victim() noexcept { return here.victim; }

}  // namespace imapxx::faults

namespace f = imapxx::faults;
using imapxx::faults::fault;

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier)
int __wrap_poll(pollfd* fds, nfds_t n, int timeout) {
  if (!f::strikes("poll", {fault::interrupted, fault::again, fault::no_resource})) return __real_poll(fds, n, timeout);
  errno = f::error_of(false);
  return -1;
}
int __wrap_epoll_wait(int fd, epoll_event* events, int n, int timeout) {
  if (!f::strikes("epoll_wait", {fault::interrupted})) return __real_epoll_wait(fd, events, n, timeout);
  errno = EINTR;
  return -1;
}
ssize_t __wrap_recv(int fd, void* to, std::size_t n, int flags) {
  const auto most = f::allowed("recv", n, false, true);
  return most < 0 ? most : __real_recv(fd, to, static_cast<std::size_t>(most), flags);
}
ssize_t __wrap_send(int fd, const void* from, std::size_t n, int flags) {
  const auto most = f::allowed("send", n, true, true);
  return most < 0 ? most : __real_send(fd, from, static_cast<std::size_t>(most), flags);
}
ssize_t __wrap_read(int fd, void* to, std::size_t n) {
  const auto most = f::allowed("read", n, false, false);
  return most < 0 ? most : __real_read(fd, to, static_cast<std::size_t>(most));
}
ssize_t __wrap_write(int fd, const void* from, std::size_t n) {
  if (f::here.what == fault::no_space && f::strikes("write", {fault::no_space})) return errno = ENOSPC, -1;
  const auto most = f::allowed("write", n, true, false);
  return most < 0 ? most : __real_write(fd, from, static_cast<std::size_t>(most));
}
ssize_t __wrap_recvmsg(int fd, msghdr* m, int flags) {
  const auto most = f::allowed("recvmsg", 2, false, true);
  if (most < 0) return most;
  if (most == 2 || m->msg_iovlen == 0) return __real_recvmsg(fd, m, flags);
  return __real_recv(fd, m->msg_iov[0].iov_base, std::min<std::size_t>(m->msg_iov[0].iov_len, 1), flags);
}
ssize_t __wrap_sendmsg(int fd, const msghdr* m, int flags) {
  const auto most = f::allowed("sendmsg", 2, true, true);
  if (most < 0) return most;
  if (most == 2 || m->msg_iovlen == 0) return __real_sendmsg(fd, m, flags);
  return __real_send(fd, m->msg_iov[0].iov_base, std::min<std::size_t>(m->msg_iov[0].iov_len, 1), flags);
}
int __wrap_connect(int fd, const sockaddr* to, socklen_t n) {
  if (!f::strikes("connect", {fault::interrupted, fault::reset})) return __real_connect(fd, to, n);
  // An interrupted connect goes on by itself (POSIX).
  if (f::here.what == fault::interrupted) (void)__real_connect(fd, to, n);
  errno = f::here.what == fault::interrupted ? EINTR : ECONNREFUSED;
  return -1;
}
int __wrap_socket(int family, int type, int protocol) {
  if (!f::strikes("socket", {fault::no_resource})) return __real_socket(family, type, protocol);
  errno = EMFILE;
  return -1;
}
int __wrap_getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found) {
  if (!f::strikes("getaddrinfo", {fault::interrupted, fault::no_resource}))
    return __real_getaddrinfo(host, service, hints, found);
  errno = EINTR;
  return f::here.what == fault::interrupted ? EAI_SYSTEM : EAI_AGAIN;
}
std::size_t __wrap_fwrite(const void* from, std::size_t size, std::size_t n, std::FILE* to) {
  if (!f::strikes("fwrite", {fault::no_space})) return __real_fwrite(from, size, n, to);
  errno = ENOSPC;
  return 0;
}
int __wrap_fflush(std::FILE* file) {
  if (!f::strikes("fflush", {fault::no_space})) return __real_fflush(file);
  errno = ENOSPC;
  return EOF;
}
std::FILE* __wrap_tmpfile() {
  if (!f::strikes("tmpfile", {fault::no_space})) return __real_tmpfile();
  errno = ENOSPC;
  return nullptr;
}
// NOLINTEND(bugprone-reserved-identifier)
}
