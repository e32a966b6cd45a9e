// The library beside a loop that reads the same octets and throws them away, in one interleaved run, each in a process
// of its own. `end_to_end [--rounds N] [--scale N] [--only NAME] [--fail-above N] [--write FILE] [--peer
// NAME=COMMAND]...`; peers are other clients (bench/peers.py).
#include "measure.hpp"
#include "report.hpp"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bench {
namespace {

// The goals: beside the reference in the same run. A file is written by the reference, too.
const std::vector<contender>& contenders() {
  static const std::vector<contender> all = [] {
    std::vector<contender> list;
    const auto add = [&](const char* workload, bool tls, bool to_file,
                         std::initializer_list<std::pair<const char*, double>> ways) {
      list.push_back({"ref", workload, tls, to_file});
      for (const auto& [name, goal] : ways) {
        for (const bool async : {false, true}) list.push_back({name, workload, tls, to_file, goal, async});
      }
    };
    add("flags", false, false, {{"stream", 3}, {"owned", 5}});
    add("envelopes", false, false, {{"stream", 6}, {"owned", 15}, {"values", 15}});
    add("bodies", false, false, {{"sink", 1.1}});
    add("bodies", true, false, {{"sink", 1.1}});
    add("literal", false, true, {{"sink", 1.1}});
    add("search", false, false, {{"owned", 3}});
    add("base64", false, true, {{"sink", 1.5}});
    return list;
  }();
  return all;
}

// --- the reference

figures run_reference(const question& q, std::uint16_t port, const contender& who) {
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

// Another client: its program says the figures. One that cannot do the work has none (0 ms).
figures run_peer(const question& q, std::uint16_t port, const contender& who) {
  const auto line =
      who.command + " " + std::to_string(port) + " " + q.name + (who.tls ? " 1 " : " 0 ") + std::to_string(q.messages);
  figures f;
  auto* const out = ::popen(line.c_str(), "r");
  if (out == nullptr) throw std::runtime_error("cannot run " + who.command);
  const int got = std::fscanf(out, "%lf %lf %lf", &f.wall_ms, &f.cpu_ms, &f.above_idle_mib);
  const int status = ::pclose(out);
  constexpr int cannot = 77;
  if (WIFEXITED(status) && WEXITSTATUS(status) == cannot) return {};
  if (status == 0 && got == 3) return f;
  std::fprintf(stderr, "%s failed on %s\n", who.name.c_str(), q.name.c_str());
  return {};
}

// In a process of its own, so that memory and CPU time are its own.
figures measure(const question& q, std::uint16_t port, const contender& who) {
  if (!who.command.empty()) return run_peer(q, port, who);
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  const auto pid = ::fork();
  if (pid == 0) {
    try {
      const auto f = who.name == "ref" ? run_reference(q, port, who)
                     : who.async       ? run_async(q, port, who)
                                       : run_blocking(q, port, who);
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

struct settings {
  int rounds = 5;
  unsigned scale = 1;
  std::string only;
  std::string write_to;
  double fail_above = 0;
  std::vector<contender> peers{};
};

// NAME=COMMAND
contender peer_of(std::string_view text) {
  contender who;
  const auto at = std::min(text.find('='), text.size());
  who.name = text.substr(0, at);
  who.command = text.substr(std::min(text.size(), at + 1));
  return who;
}

settings read_arguments(int argc, char** argv) {
  settings s;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i];
    if (option == "--rounds") s.rounds = std::atoi(argv[i + 1]);
    if (option == "--scale") s.scale = static_cast<unsigned>(std::atoi(argv[i + 1]));
    if (option == "--only") s.only = argv[i + 1];
    if (option == "--write") s.write_to = argv[i + 1];
    if (option == "--fail-above") s.fail_above = std::atof(argv[i + 1]);
    if (option == "--peer") s.peers.push_back(peer_of(argv[i + 1]));
  }
  return s;
}

/// One reference and the ways that are measured against it, in turn, so that what else the machine does hits all alike.
class comparison {
 public:
  explicit comparison(std::vector<contender> group) : group_(std::move(group)), samples_(group_.size()) {}

  void run(const settings& s, const question& q) {
    const replay_server server(q, group_.front().tls);
    for (int round = 0; round <= s.rounds; ++round) {
      double reference_ms = 1;
      for (std::size_t i = 0; i < group_.size(); ++i) {
        const auto f = measure(q, server.port(), group_[i]);
        if (i == 0) reference_ms = f.wall_ms;
        if (round == 0 || f.wall_ms == 0) continue;  // warms caches
        samples_[i].wall.push_back(f.wall_ms);
        samples_[i].cpu.push_back(f.cpu_ms);
        samples_[i].times.push_back(f.wall_ms / reference_ms);
        samples_[i].memory.push_back(f.above_idle_mib);
      }
    }
  }
  [[nodiscard]] std::string table(const question& q) const {
    std::string out;
    for (std::size_t i = 0; i < group_.size(); ++i) {
      const auto& who = group_[i];
      if (samples_[i].wall.empty()) continue;
      char goal[16] = "";
      if (who.goal > 0) std::snprintf(goal, sizeof goal, "%.3g", who.goal);
      const char* const driver = who.goal == 0 ? "" : who.async ? "asynchronous" : "blocking";
      char row[256];
      std::snprintf(row, sizeof row, "| %s%s, %s | %s | %s | %.1f | %.1f | %.2f | %s | %.1f |\n", who.workload.c_str(),
                    who.tls ? " (TLS)" : "", q.amount.c_str(), who.name.c_str(), driver, median(samples_[i].wall),
                    median(samples_[i].cpu), median(samples_[i].times), goal, median(samples_[i].memory));
      out += row;
    }
    return out;
  }
  [[nodiscard]] bool within(double factor) const {
    for (std::size_t i = 0; i < group_.size(); ++i) {
      if (group_[i].goal > 0 && median(samples_[i].times) > group_[i].goal * factor) return false;
    }
    return true;
  }

 private:
  struct sample {
    std::vector<double> wall, cpu, times, memory;
  };
  std::vector<contender> group_;
  std::vector<sample> samples_;
};

std::string heading(const settings& s) {
  const bool alone = s.peers.empty();
  std::string out = alone ? "## Against a bare read loop\n\n" : "## Beside other clients\n\n";
  out +=
      "`ref` reads the same answer into a buffer of 256 KiB and throws it away (`literal` and `base64`: writes it to a "
      "file in memory, as the\nlibrary does). Rows are looked at through views, as they come (`stream`) or in the "
      "`fetch_results` they were collected in\n(`owned`); `values` makes an owning `fetch_data` of each. ";
  if (!alone) out += "A peer collects what its own calls return; \"unparsed\": octets that nobody has read yet. ";
  const auto rounds = std::to_string(s.rounds);
  out += "Medians of " + rounds + " interleaved rounds; \"times\" is the median of each round's ratio. ";
  if (s.scale > 1) out += "Amounts divided by " + std::to_string(s.scale) + ". ";
  out += std::string("Repeat: `") + (alone ? "build/bench/bench/end_to_end" : "python3 bench/peers.py build/bench") +
         " --rounds " + rounds + (s.scale > 1 ? " --scale " + std::to_string(s.scale) : std::string()) +
         "`.\nMachine: " + machine_class() +
         ".\n\n| work | way | driver | median ms | CPU ms | times ref | goal | peak MiB above idle |\n"
         "|---|---|---|---|---|---|---|---|\n";
  return out;
}

int run(const settings& s) {
  auto report = heading(s);
  std::fputs(report.c_str(), stdout);
  bool failed = false;
  const auto& all = contenders();
  for (auto first = all.begin(); first != all.end();) {
    const auto last = std::find_if(first + 1, all.end(), [](const auto& c) { return c.name == "ref"; });
    std::vector<contender> group(first, last);
    for (const auto& peer : s.peers) {
      group.push_back(*first);
      group.back().name = peer.name;
      group.back().command = peer.command;
    }
    comparison c(group);
    const auto q = question_for(first->workload, s.scale);
    first = last;
    if (!s.only.empty() && q.name != s.only) continue;
    c.run(s, q);
    const auto rows = c.table(q);
    report += rows;
    std::fputs(rows.c_str(), stdout);
    std::fflush(stdout);
    failed = failed || (s.fail_above > 0 && !c.within(s.fail_above));
  }
  if (!s.write_to.empty() && !write_section(s.write_to, s.peers.empty() ? "end_to_end" : "peers", report)) {
    std::fprintf(stderr, "end_to_end: cannot write %s\n", s.write_to.c_str());
    return 1;
  }
  if (failed) std::fprintf(stderr, "end_to_end: slower than %g times its goals\n", s.fail_above);
  return failed ? 1 : 0;
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
  try {
    return bench::run(bench::read_arguments(argc, argv));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "end_to_end: %s\n", e.what());
    return 2;
  }
}
