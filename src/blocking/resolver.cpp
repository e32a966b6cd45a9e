#include "blocking/resolver.hpp"

#include "blocking/fd_stream.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

namespace imapxx::inline v0::blocking {

namespace {

/// What the looking-up thread and the waiting one share; it lives as long as the slower of the two. `done_fd` becoming
/// readable publishes the rest.
class lookup_state {
 public:
  lookup_state(std::string_view host_name, std::uint16_t port_number, lookup_function f)
      : done_fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        host(host_name),
        port(std::to_string(port_number)),
        lookup(f) {}
  lookup_state(const lookup_state&) = delete;
  lookup_state& operator=(const lookup_state&) = delete;
  ~lookup_state() {
    close_fd(done_fd);
    if (found != nullptr) ::freeaddrinfo(found);
  }

  void run(int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | flags;
    code = lookup(host.c_str(), port.c_str(), &hints, &found);
    error_number = errno;
  }
  void run_and_tell() {
    run(0);
    finished.store(true, std::memory_order_release);
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto n = ::write(done_fd, &one, sizeof one);
  }

  const int done_fd;
  const std::string host;
  const std::string port;
  const lookup_function lookup;
  std::atomic<bool> finished{false};
  int code = EAI_FAIL;
  int error_number = 0;
  addrinfo* found = nullptr;
};

error failure(errc code, std::string_view host, std::string_view why = {}) {
  error e(code, why);
  e.set_phase(phase::resolve).set_host(host);
  return e;
}

std::vector<endpoint> endpoints_of(const addrinfo* list) {
  std::vector<endpoint> all;
  for (; list != nullptr; list = list->ai_next) {
    if (list->ai_addrlen > sizeof(sockaddr_storage)) continue;
    endpoint e;
    std::memcpy(&e.address, list->ai_addr, list->ai_addrlen);
    e.size = list->ai_addrlen;
    all.push_back(e);
  }
  return all;
}

result<std::vector<endpoint>> outcome(const lookup_state& state) {
  if (state.code == EAI_SYSTEM) {
    error e = failure(errc::resolve, state.host, "the host name cannot be looked up");
    e.set_system_error(state.error_number);
    return e;
  }
  if (state.code != 0) {
    return failure(errc::resolve, state.host,
                   "the host name cannot be looked up: " + std::string(::gai_strerror(state.code)));
  }
  auto all = endpoints_of(state.found);
  if (all.empty()) return failure(errc::resolve, state.host, "the host name has no address");
  return all;
}

/// A detached thread that runs no signal handler of the application.
bool start(const std::shared_ptr<lookup_state>& state) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  bool started = true;
  try {
    std::thread([state] { state->run_and_tell(); }).detach();
  } catch (const std::system_error&) {
    started = false;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return started;
}

result<void> wait_for(const lookup_state& state, deadline_point until, const cancel_event& cancelled) {
  for (;;) {
    std::array<pollfd, 2> fds{{{state.done_fd, POLLIN, 0}, {cancelled.fd(), POLLIN, 0}}};
    const int n = ::poll(fds.data(), fds.size(), poll_timeout(until));
    if (cancelled.cancelled()) return failure(errc::cancelled, state.host);
    if (state.finished.load(std::memory_order_acquire)) return {};
    if (n < 0 && errno != EINTR && errno != EAGAIN) {
      error e = failure(errc::io, state.host, "cannot wait for the name look-up");
      e.set_system_error(errno);
      return e;
    }
    if (until && *until <= std::chrono::steady_clock::now()) {
      return failure(errc::timeout, state.host, "the name look-up took too long");
    }
  }
}

}  // namespace

std::string endpoint::text() const {
  std::array<char, NI_MAXHOST> host{};
  const int done = ::getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host.data(), host.size(), nullptr,
                                 0, NI_NUMERICHOST);
  return done == 0 ? host.data() : "?";
}

result<std::vector<endpoint>> resolve(std::string_view host, std::uint16_t port, deadline_point until,
                                      const cancel_event& cancelled, lookup_function lookup) {
  // Other names never reach DNS as they were meant; internationalised ones are to be given as A-labels (RFC 5890).
  const bool plain = std::all_of(host.begin(), host.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (host.empty() || !plain) {
    return failure(errc::invalid_argument, host,
                   "not a host name or address in ASCII (internationalised names: xn--...)");
  }
  if (cancelled.cancelled()) return failure(errc::cancelled, host);
  if (has_passed(until)) return failure(errc::timeout, host, "no time left for the name look-up");

  lookup_state numeric(host, port, &::getaddrinfo);
  numeric.run(AI_NUMERICHOST);
  if (numeric.code == 0) return outcome(numeric);

  const auto state = std::make_shared<lookup_state>(host, port, lookup);
  if (state->done_fd < 0 || !start(state)) {
    return failure(errc::resolve, host, "no thread or descriptor left for the name look-up");
  }
  if (auto waited = wait_for(*state, until, cancelled); !waited) return waited.error();
  return outcome(*state);
}

}  // namespace imapxx::inline v0::blocking
