#include "stopwatch.hpp"

#include <fcntl.h>
#include <sys/resource.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

namespace bench {
namespace {

long status_kib(const char* key) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(key, 0) == 0) return std::atol(line.c_str() + std::strlen(key) + 1);
  }
  return 0;
}

double cpu_ms() {
  rusage r{};
  getrusage(RUSAGE_SELF, &r);
  const auto ms = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_usec) / 1e3;
  };
  return ms(r.ru_utime) + ms(r.ru_stime);
}

}  // namespace

stopwatch::stopwatch() : idle_kib_(status_kib("VmRSS:")), cpu_(cpu_ms()), start_(std::chrono::steady_clock::now()) {
  std::ofstream("/proc/self/clear_refs") << "5";  // resets VmHWM
}

figures stopwatch::stop() const {
  figures f;
  f.wall_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start_).count();
  f.cpu_ms = cpu_ms() - cpu_;
  f.above_idle_mib = static_cast<double>(status_kib("VmHWM:") - idle_kib_) / 1024;
  return f;
}

int open_target(bool to_file) {
  return to_file ? ::open("/dev/shm/imapxx-bench", O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600) : -1;
}

}  // namespace bench
