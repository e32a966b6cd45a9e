// The library beside a loop that reads the same octets and throws them away, in one interleaved run, each in a process
// of its own. `end_to_end [--rounds N] [--scale N] [--only NAME] [--markdown]`.
#include <imapxx/client.hpp>

#include "replay_server.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;

struct figures {
  double wall_ms = 0;
  double cpu_ms = 0;
  double above_idle_mib = 0;
};

struct contender {
  std::string name;
  std::string workload;
  bool tls = false;
  bool to_file = false;
  double goal = 0;  ///< times the reference; 0: is the reference
};

const std::vector<contender>& contenders() {
  static const std::vector<contender> all = {
      {"ref", "flags"},
      {"stream", "flags", false, false, 3},
      {"owned", "flags", false, false, 5},
      {"ref", "envelopes"},
      {"stream", "envelopes", false, false, 6},
      {"owned", "envelopes", false, false, 15},
      {"ref", "bodies"},
      {"sink", "bodies", false, false, 1.1},
      {"ref", "bodies", true},
      {"sink", "bodies", true, false, 1.1},
      {"ref", "literal", false, true},
      {"sink", "literal", false, true, 1.1},
      {"ref", "search"},
      {"owned", "search", false, false, 3},
  };
  return all;
}

long status_kib(const char* key) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(key)) return std::atol(line.c_str() + std::strlen(key) + 1);
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

// Measures from construction to `stop`.
class stopwatch {
 public:
  stopwatch() : idle_kib_(status_kib("VmRSS:")), cpu_(cpu_ms()), start_(clock_type::now()) {
    std::ofstream("/proc/self/clear_refs") << "5";  // resets VmHWM
  }
  figures stop() const {
    figures f;
    f.wall_ms = std::chrono::duration<double, std::milli>(clock_type::now() - start_).count();
    f.cpu_ms = cpu_ms() - cpu_;
    f.above_idle_mib = static_cast<double>(status_kib("VmHWM:") - idle_kib_) / 1024;
    return f;
  }

 private:
  long idle_kib_;
  double cpu_;
  clock_type::time_point start_;
};

int open_target(bool to_file) {
  return to_file ? ::open("/dev/shm/imapxx-bench", O_CREAT | O_TRUNC | O_WRONLY, 0600) : -1;
}

// --- the reference

figures run_reference(const bench::question& q, std::uint16_t port, const contender& who) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) throw std::runtime_error("cannot connect");
  SSL* ssl = nullptr;
  if (who.tls) {
    ssl = SSL_new(SSL_CTX_new(TLS_client_method()));
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) != 1) throw std::runtime_error("no TLS");
  }
  std::vector<char> block(std::size_t{256} << 10U);
  const int target = open_target(who.to_file);
  const auto until = [&](const std::string& end) {
    std::string tail;
    for (;;) {
      const auto n = ssl != nullptr ? SSL_read(ssl, block.data(), static_cast<int>(block.size()))
                                    : static_cast<int>(::read(fd, block.data(), block.size()));
      if (n <= 0) throw std::runtime_error("the stream ended");
      const std::string_view got(block.data(), static_cast<std::size_t>(n));
      if (target >= 0 && ::write(target, got.data(), got.size()) < 0) throw std::runtime_error("cannot write");
      tail += got.substr(got.size() - std::min<std::size_t>(got.size(), 64));
      if (tail.find(end) != std::string::npos) return;
      tail.erase(0, tail.size() - std::min<std::size_t>(tail.size(), 64));
    }
  };
  const auto say = [&](const std::string& line) {
    const auto size = static_cast<int>(line.size());
    const auto n =
        ssl != nullptr ? SSL_write(ssl, line.data(), size) : static_cast<int>(::write(fd, line.data(), line.size()));
    if (n != size) throw std::runtime_error("cannot write");
  };
  until("replay\r\n");
  say("T1 LOGIN a b\r\n");
  until("T1 OK");
  say("T2 EXAMINE INBOX\r\n");
  until("T2 OK");
  const stopwatch watch;
  say("T3 " + q.command + "\r\n");
  until("T3 OK done\r\n");
  return watch.stop();
}

// --- the library

imapxx::fetch_items envelope_items() {
  return imapxx::fetch_items().envelope().bodystructure().internaldate().rfc822_size();
}

figures run_library(const bench::question& q, std::uint16_t port, const contender& who) {
  imapxx::connect_options options("127.0.0.1", who.tls ? imapxx::security::tls : imapxx::security::plain, port);
  options.tls(imapxx::tls_options().insecure_no_verification());
  imapxx::client c(options, imapxx::credentials("a", "b").allow_plaintext());
  c.examine("INBOX");
  const auto everything = imapxx::uid_set::all();
  std::uint64_t check = 0;
  std::uint64_t expected = q.messages;
  const int target = open_target(who.to_file);
  const stopwatch watch;
  if (q.name == "flags" && who.name == "stream") {
    auto rows = c.stream(imapxx::fetch(everything, imapxx::fetch_items().flags()));
    while (const auto* row = rows.next_row()) check += row->uid() && !row->flags()->empty() ? 1U : 0U;
  } else if (q.name == "flags") {
    const auto rows = c.fetch(everything, imapxx::fetch_items().flags());
    for (const auto& row : rows) check += row.uid() && !row.flags()->empty() ? 1U : 0U;
  } else if (q.name == "envelopes" && who.name == "stream") {
    auto rows = c.stream(imapxx::fetch(everything, envelope_items()));
    while (const auto* row = rows.next_row()) {
      check += row->envelope() && row->bodystructure() && row->internaldate() && row->rfc822_size() ? 1U : 0U;
    }
  } else if (q.name == "envelopes") {
    std::vector<imapxx::fetch_data> all;
    for (const auto& row : c.fetch(everything, envelope_items())) all.push_back(row.to_data());
    check = all.size();
  } else if (q.name == "search") {
    check = c.uid_search(imapxx::search_key::all()).size();
  } else {
    auto sink = target >= 0 ? imapxx::sink_to_fd(target)
                            : imapxx::sink_to([&](const imapxx::body_info&, std::string_view octets) {
                                check += octets.size();
                                return true;
                              });
    imapxx::fetch cmd(everything, imapxx::fetch_items().body_peek());
    cmd.to(sink);
    c.run(std::move(cmd));
    if (target >= 0) check = static_cast<std::uint64_t>(::lseek(target, 0, SEEK_CUR));
    expected = q.name == "bodies" ? std::uint64_t{q.messages} * 100'000 : std::uint64_t{q.messages} << 20U;
  }
  const auto f = watch.stop();
  if (check != expected) throw std::runtime_error("the library lost something: " + std::to_string(check));
  return f;
}

// In a process of its own, so that memory and CPU time are its own.
figures measure(const bench::question& q, std::uint16_t port, const contender& who) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  const auto pid = ::fork();
  if (pid == 0) {
    try {
      const auto f = who.name == "ref" ? run_reference(q, port, who) : run_library(q, port, who);
      if (::write(ends[1], &f, sizeof f) != sizeof f) std::_Exit(1);
      std::_Exit(0);
    } catch (const std::exception& e) {
      std::fprintf(stderr, "%s %s: %s\n", q.name.c_str(), who.name.c_str(), e.what());
      std::_Exit(1);
    }
  }
  ::close(ends[1]);
  figures f;
  const bool got = ::read(ends[0], &f, sizeof f) == sizeof f;
  ::close(ends[0]);
  ::waitpid(pid, nullptr, 0);
  if (!got) throw std::runtime_error("a measurement failed");
  return f;
}

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  int rounds = 5;
  unsigned scale = 1;
  std::string only;
  double fail_above = 0;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--rounds") rounds = std::atoi(argv[i + 1]);
    if (option == "--scale") scale = static_cast<unsigned>(std::atoi(argv[i + 1]));
    if (option == "--only") only = argv[i + 1];
    if (option == "--fail-above") fail_above = std::atof(argv[i + 1]);
  }
  std::printf("| work | way | median ms | CPU ms | times the reference | goal | MiB above idle |\n");
  std::printf("|---|---|---|---|---|---|---|\n");
  bool failed = false;
  for (std::size_t first = 0; first < contenders().size();) {
    const auto& reference = contenders()[first];
    auto last = first + 1;
    while (last < contenders().size() && contenders()[last].name != "ref") ++last;
    const auto group = std::vector<contender>(contenders().begin() + static_cast<std::ptrdiff_t>(first),
                                              contenders().begin() + static_cast<std::ptrdiff_t>(last));
    first = last;
    if (!only.empty() && reference.workload != only) continue;
    const auto q = bench::question_for(reference.workload, scale);
    const bench::replay_server server(q, scale, reference.tls);
    std::vector<std::vector<double>> wall(group.size());
    std::vector<std::vector<double>> cpu(group.size());
    std::vector<std::vector<double>> ratio(group.size());
    std::vector<std::vector<double>> memory(group.size());
    for (int round = 0; round <= rounds; ++round) {
      double ref_ms = 1;
      for (std::size_t i = 0; i < group.size(); ++i) {
        const auto f = measure(q, server.port(), group[i]);
        if (i == 0) ref_ms = f.wall_ms;
        if (round == 0) continue;  // warms caches
        wall[i].push_back(f.wall_ms);
        cpu[i].push_back(f.cpu_ms);
        ratio[i].push_back(f.wall_ms / ref_ms);
        memory[i].push_back(f.above_idle_mib);
      }
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
      const auto times = median(ratio[i]);
      std::printf("| %s%s, %u | %s | %.0f | %.0f | %.2f | %s | %.1f |\n", group[i].workload.c_str(),
                  group[i].tls ? " (TLS)" : "", q.messages, group[i].name.c_str(), median(wall[i]), median(cpu[i]),
                  times, group[i].goal > 0 ? std::to_string(group[i].goal).substr(0, 4).c_str() : "",
                  median(memory[i]));
      if (fail_above > 0 && group[i].goal > 0 && times > group[i].goal * fail_above) failed = true;
    }
    std::fflush(stdout);
  }
  if (failed) std::fprintf(stderr, "end_to_end: slower than allowed\n");
  return failed ? 1 : 0;
}
