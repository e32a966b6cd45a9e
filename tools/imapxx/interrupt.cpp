#include "interrupt.hpp"

#include "exit_code.hpp"

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>
#include <utility>

namespace imapxx::cli {
namespace {

// Never destroyed: the watching thread is detached and may outlive main.
struct state {
  std::mutex mutex;
  std::condition_variable came;
  std::function<void()> action;
  std::function<void()> last_words;
  std::atomic<bool> interrupted{false};
};
state& shared() {
  static auto* s = new state;
  return *s;
}

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int s : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, s);
  return set;
}

void watch() {
  const auto set = watched_signals();
  auto& s = shared();
  for (;;) {
    int number = 0;
    if (sigwait(&set, &number) != 0) continue;
    std::unique_lock lock(s.mutex);
    const bool again = s.interrupted.exchange(true);
    if (again || !s.action) {
      if (s.last_words) s.last_words();
      ::_exit(static_cast<int>(exit_code::interrupted));
    }
    s.action();
    s.came.notify_all();
  }
}

}  // namespace

void watch_for_interrupts() {
  auto set = watched_signals();
  // A program started with nohup keeps SIGHUP ignored.
  struct sigaction old{};
  if (sigaction(SIGHUP, nullptr, &old) == 0 && old.sa_handler == SIG_IGN) sigdelset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);
  std::thread(watch).detach();
}

bool interrupted() noexcept { return shared().interrupted; }

void forget_interrupt() noexcept { shared().interrupted = false; }

void wait_for_interrupt() {
  auto& s = shared();
  std::unique_lock lock(s.mutex);
  s.came.wait(lock, [&] { return s.interrupted.load(); });
}

on_interrupt::on_interrupt(std::function<void()> action) {
  auto& s = shared();
  const std::lock_guard lock(s.mutex);
  s.action = std::move(action);
}

on_interrupt::~on_interrupt() {
  auto& s = shared();
  const std::lock_guard lock(s.mutex);
  s.action = nullptr;
}

void before_sudden_end(std::function<void()> action) {
  auto& s = shared();
  const std::lock_guard lock(s.mutex);
  s.last_words = std::move(action);
}

void restore_signals_in_child() noexcept {
  const auto set = watched_signals();
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
  struct sigaction normal{};
  normal.sa_handler = SIG_DFL;
  sigaction(SIGPIPE, &normal, nullptr);
}

}  // namespace imapxx::cli
