#include "blocking/cancel_event.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace imapxx::inline v0::blocking {

result<std::shared_ptr<cancel_event>> cancel_event::create() {
  // Before the descriptor, which nobody would close if there were no memory for its owner.
  const std::shared_ptr<cancel_event> made(new cancel_event(-1));
  made->fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (made->fd_ >= 0) return made;
  error e(errc::io, "cannot create an event");
  e.set_system_error(errno);
  return e;
}

cancel_event::~cancel_event() {
  if (fd_ >= 0) ::close(fd_);
}

void cancel_event::cancel() noexcept {
  const int saved = errno;
  cancelled_.store(true, std::memory_order_release);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto n =
      ::write(fd_, &one, sizeof one);  // fails only when the counter is full: readable anyway
  errno = saved;
}

void cancel_event::reset() noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto n = ::read(fd_, &count, sizeof count);
  cancelled_.store(false, std::memory_order_release);
}

}  // namespace imapxx::inline v0::blocking
