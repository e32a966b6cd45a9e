// Many connections of one thread that idle: memory of each, and the processor's time while nothing happens.
// `idle [--plain N] [--tls N] [--seconds S] [--fail-above MIB]`
#include <imapxx/asio.hpp>

#include "idle_server.hpp"

#include <asio/io_context.hpp>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;

// VmRSS of this process, in KiB.
long resident() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == "VmRSS:") {
      long n = 0;
      status >> n;
      return n;
    }
  return 0;
}

double cpu_ms() {
  rusage u{};
  (void)::getrusage(RUSAGE_SELF, &u);
  const auto ms = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_usec) / 1e3;
  };
  return ms(u.ru_utime) + ms(u.ru_stime);
}

// Connects, logs in, selects and waits for events, with callbacks.
class one_connection {
 public:
  one_connection(asio::io_context& io, const imapxx::connect_options& options, int& idling)
      : client_(io.get_executor(), options), idling_(idling) {}
  void start() {
    client_.with([this](const std::exception_ptr& e) { connected(e); })
        .connect(imapxx::credentials("ann", imapxx::secret("secret")).allow_plaintext());
  }

 private:
  void connected(const std::exception_ptr& failed) {
    if (failed) std::rethrow_exception(failed);
    client_.with([this](const std::exception_ptr& e, const imapxx::mailbox_view&) { selected(e); }).select("INBOX");
  }
  void selected(const std::exception_ptr& failed) {
    if (failed) std::rethrow_exception(failed);
    events_ = std::make_unique<imapxx::async_event_stream>(client_.events());
    events_->async_next([](const std::exception_ptr&, const imapxx::push_event&) {});
    ++idling_;
  }
  imapxx::async_client client_;
  std::unique_ptr<imapxx::async_event_stream> events_;
  int& idling_;
};

struct figures {
  long before_kib = 0;
  long all_kib = 0;
  double heap_kib_each = 0;
  double cpu_ms_idle = 0;
};

figures measure(int connections, bool tls, int seconds) {
  const bench::idle_server server(tls);
  // Not destroyed: a profiler sees at the end what idle connections hold.
  auto& io = *new asio::io_context(1);
  imapxx::connect_options options("127.0.0.1", tls ? imapxx::security::tls : imapxx::security::plain, server.port());
  if (tls) options.tls(imapxx::tls_options().ca_pem(server.pem()));
  figures f;
  static int idling = 0;
  auto& all = *new std::vector<std::unique_ptr<one_connection>>();
  all.reserve(static_cast<std::size_t>(connections));
  f.before_kib = resident();
  const auto heap_before = ::mallinfo2().uordblks;
  while (static_cast<int>(all.size()) < connections) {
    all.push_back(std::make_unique<one_connection>(io, options, idling));
    all.back()->start();
    constexpr int at_once = 100;
    while (static_cast<int>(all.size()) - idling >= at_once) io.run_one();
  }
  while (idling < connections) io.run_one();
  io.run_for(2s);  // IDLE is accepted
  f.all_kib = resident();
  f.heap_kib_each = static_cast<double>(::mallinfo2().uordblks - heap_before) / 1024.0 / connections;
  const auto cpu = cpu_ms();
  io.run_for(std::chrono::seconds(seconds));
  f.cpu_ms_idle = cpu_ms() - cpu;
  return f;
}

// In a process of its own: what one measurement leaves in the heap is not the next one's.
bool report(int connections, bool tls, int seconds, double limit_mib, bool alone) {
  std::fflush(stdout);
  const auto child = alone ? 0 : ::fork();  // a profiler sees this process
  if (child == 0) {
    const auto f = measure(connections, tls, seconds);
    const auto mib = static_cast<double>(f.all_kib) / 1024.0;
    std::printf("| %d%s | %.1f | %.1f | %.1f | %.1f | %.0f |\n", connections, tls ? " (TLS)" : "", mib,
                static_cast<double>(f.all_kib - f.before_kib) / connections, f.heap_kib_each,
                static_cast<double>(f.before_kib) / 1024.0, f.cpu_ms_idle);
    std::fflush(stdout);
    std::_Exit(limit_mib > 0 && mib > limit_mib ? 1 : 0);
  }
  int status = 1;
  (void)::waitpid(child, &status, 0);
  return status == 0;
}

}  // namespace

int main(int argc, char** argv) {
  int plain = 5000, tls = 1000, seconds = 5;
  double limit = 0;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--plain") plain = std::atoi(argv[i + 1]);
    if (option == "--tls") tls = std::atoi(argv[i + 1]);
    if (option == "--seconds") seconds = std::atoi(argv[i + 1]);
    if (option == "--fail-above") limit = std::atof(argv[i + 1]);
  }
  rlimit files{};
  (void)::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &files);
  std::printf(
      "| connections | VmRSS in all, MiB | KiB each | of the heap, KiB each | before, MiB | CPU ms in %d s idle |\n",
      seconds);
  std::printf("|---|---|---|---|---|---|\n");
  bool good = true;
  if (plain > 0) good = report(plain, false, seconds, limit, tls == 0) && good;
  if (tls > 0) good = report(tls, true, seconds, limit, plain == 0) && good;
  return good ? 0 : 1;
}
