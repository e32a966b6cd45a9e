// Downloads beside a plain FETCH of the same message, over a link with a long round trip; and a reference that saves a
// whole mailbox as files with as little work as possible, for bench/download_mailbox.py.
//   download [--mebibytes N] [--round-trip MS] [--rounds N]
//   download --save HOST PORT USER PASSWORD CA_FILE DIRECTORY
#include <imapxx/client.hpp>
#include <imapxx/testserver/server.hpp>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;
using std::chrono::milliseconds;

double ms_since(clock_type::time_point t) {
  return std::chrono::duration<double, std::milli>(clock_type::now() - t).count();
}

double median(std::vector<double> all) {
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

int listen_on_loopback(std::uint16_t& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof a;
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&a), size) != 0 || ::listen(fd, 8) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&a), &size) != 0)
    throw std::runtime_error("no port to listen on");
  port = ntohs(a.sin_port);
  return fd;
}

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  a.sin_port = htons(port);
  if (fd < 0 || ::connect(fd, reinterpret_cast<sockaddr*>(&a), sizeof a) != 0)
    throw std::runtime_error("the server cannot be reached");
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

/// One direction of a link: octets leave `delay` after they came, as many at once as there are.
class delayed_way {
 public:
  delayed_way(int from, int to, milliseconds delay) : from_(from), to_(to), delay_(delay) {
    reader_ = std::thread([this] { read_all(); });
    writer_ = std::thread([this] { write_all(); });
  }
  ~delayed_way() {
    reader_.join();
    writer_.join();
  }
  delayed_way(const delayed_way&) = delete;
  delayed_way& operator=(const delayed_way&) = delete;

 private:
  struct piece {
    clock_type::time_point due;
    std::string octets;
  };
  void read_all() {
    std::vector<char> room(std::size_t{256} << 10U);
    for (;;) {
      const auto n = ::read(from_, room.data(), room.size());
      const std::lock_guard lock(mutex_);
      queue_.push_back({clock_type::now() + delay_, std::string(room.data(), n > 0 ? static_cast<std::size_t>(n) : 0)});
      more_.notify_one();
      if (n <= 0) return;
    }
  }
  void write_all() {
    for (;;) {
      piece p;
      {
        std::unique_lock lock(mutex_);
        more_.wait(lock, [this] { return !queue_.empty(); });
        p = std::move(queue_.front());
        queue_.pop_front();
      }
      std::this_thread::sleep_until(p.due);
      if (p.octets.empty()) break;
      for (std::string_view rest = p.octets; !rest.empty();) {
        const auto n = ::send(to_, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (n <= 0) break;
        rest.remove_prefix(static_cast<std::size_t>(n));
      }
    }
    ::shutdown(to_, SHUT_WR);
  }
  int from_, to_;
  milliseconds delay_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<piece> queue_;
  std::thread reader_, writer_;
};

/// Passes connections on to a port, one after another.
class delaying_proxy {
 public:
  delaying_proxy(std::uint16_t to, milliseconds round_trip) : to_(to), delay_(round_trip / 2) {
    listener_ = listen_on_loopback(port_);
    thread_ = std::thread([this] { serve(); });
  }
  ~delaying_proxy() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  delaying_proxy(const delaying_proxy&) = delete;
  delaying_proxy& operator=(const delaying_proxy&) = delete;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

 private:
  void serve() {
    for (int near = 0; (near = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      const int on = 1;
      ::setsockopt(near, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      const int far = connect_to(to_);
      {
        const delayed_way there(near, far, delay_);
        const delayed_way back(far, near, delay_);
      }
      ::close(near);
      ::close(far);
    }
  }
  std::uint16_t to_;
  milliseconds delay_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::thread thread_;
};

struct way_of_fetching {
  const char* name;
  std::function<void(imapxx::client&, int)> fetch;
  std::vector<double> ms;
};

int compare(std::size_t octets, milliseconds round_trip, int rounds) {
  imapxx::testserver::server_options o;
  o.user("joe", "secret").transcript_limit(0);
  imapxx::testserver::server server(std::move(o));
  server.append("joe", "INBOX", "Subject: big\r\n\r\n" + std::string(octets, 'x'));
  server.start();
  delaying_proxy proxy(server.port(), round_trip);
  std::string file = "/tmp/imapxx-download-XXXXXX";
  const int temporary = ::mkstemp(file.data());
  using imapxx::download;
  std::vector<way_of_fetching> ways = {
      {"plain FETCH to a descriptor",
       [](imapxx::client& c, int fd) {
         c.run(std::move(
             imapxx::fetch(imapxx::uid_set(1), imapxx::fetch_items().body_peek()).to(imapxx::sink_to_fd(fd))));
       },
       {}},
      {"download to a descriptor", [](imapxx::client& c, int fd) { c.download_message(download(1).to_fd(fd)); }, {}},
      {"download to a file, with journal",
       [&](imapxx::client& c, int) {
         c.download_message(download(1).to_file(file).replace().journal_every(std::uint64_t{4} << 20U));
       },
       {}},
      {"pieces of 64 KiB, one after another",
       [octets](imapxx::client& c, int fd) {
         constexpr std::size_t piece = std::size_t{64} << 10U;
         for (std::size_t at = 0; at < octets; at += piece)
           c.run(std::move(imapxx::fetch(imapxx::uid_set(1), imapxx::fetch_items().body_peek("", at, piece))
                               .to(imapxx::sink_to_fd(fd))));
       },
       {}}};
  for (int round = 0; round < rounds; ++round) {
    for (auto& w : ways) {
      imapxx::client c(imapxx::connect_options("127.0.0.1", imapxx::security::plain, proxy.port()),
                       imapxx::credentials("joe", imapxx::secret("secret")).allow_plaintext());
      c.examine("INBOX");
      if (::ftruncate(temporary, 0) != 0 || ::lseek(temporary, 0, SEEK_SET) != 0) return 1;
      const auto started = clock_type::now();
      w.fetch(c, temporary);
      w.ms.push_back(ms_since(started));
    }
  }
  ::close(temporary);
  ::unlink(file.c_str());
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  std::printf("%zu MiB, %lld ms round trip, median of %d, server and proxy in the same process\n", octets >> 20U,
              static_cast<long long>(round_trip.count()), rounds);
  const auto reference = median(ways.front().ms);
  for (const auto& w : ways) std::printf("%-40s %8.1f ms  %6.2fx\n", w.name, median(w.ms), median(w.ms) / reference);
  return 0;
}

/// The least that saves a mailbox: one UID FETCH, SSL_read into 256 KiB, literals cut out, one file each.
class reference_saver {
 public:
  reference_saver(const char* host, const char* port, const char* ca) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host, port, &hints, &found) != 0) throw std::runtime_error("no such host");
    for (auto* a = found; a != nullptr && fd_ < 0; a = a->ai_next) {
      fd_ = ::socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, 0);
      if (fd_ >= 0 && ::connect(fd_, a->ai_addr, a->ai_addrlen) != 0) ::close(std::exchange(fd_, -1));
    }
    ::freeaddrinfo(found);
    auto* context = ::SSL_CTX_new(::TLS_client_method());
    if (fd_ < 0 || ::SSL_CTX_load_verify_locations(context, ca, nullptr) != 1)
      throw std::runtime_error("no connection");
    ssl_ = ::SSL_new(context);
    ::SSL_set_fd(ssl_, fd_);
    ::SSL_set_tlsext_host_name(ssl_, host);
    if (::SSL_connect(ssl_) != 1) throw std::runtime_error("no TLS");
  }
  void command(const std::string& line) {
    ::SSL_write(ssl_, line.data(), static_cast<int>(line.size()));
    while (next_line().rfind(line.substr(0, line.find(' ') + 1), 0) != 0) {
    }
  }
  std::size_t save(const std::string& directory) {
    const std::string line = "f UID FETCH 1:* (UID BODY.PEEK[])\r\n";
    ::SSL_write(ssl_, line.data(), static_cast<int>(line.size()));
    std::size_t messages = 0;
    for (;;) {
      const auto text = next_line();
      if (text.rfind("f ", 0) == 0) return messages;
      const auto open = text.rfind('{');
      const auto uid = text.find("UID ");
      if (open == std::string::npos || uid == std::string::npos) continue;
      save_literal(directory + "/" + std::to_string(std::strtoul(text.c_str() + uid + 4, nullptr, 10)) + ".eml",
                   std::strtoul(text.c_str() + open + 1, nullptr, 10));
      ++messages;
    }
  }

 private:
  void more() {
    const int n = ::SSL_read(ssl_, room_.data(), static_cast<int>(room_.size()));
    if (n <= 0) throw std::runtime_error("the server has gone");
    at_ = 0;
    end_ = static_cast<std::size_t>(n);
  }
  std::string next_line() {
    std::string line;
    for (;;) {
      if (at_ == end_) more();
      const auto* lf = static_cast<const char*>(std::memchr(room_.data() + at_, '\n', end_ - at_));
      const auto n = lf != nullptr ? static_cast<std::size_t>(lf - (room_.data() + at_)) + 1 : end_ - at_;
      line.append(room_.data() + at_, n);
      at_ += n;
      if (lf != nullptr) return line;
    }
  }
  void save_literal(const std::string& path, std::size_t octets) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) throw std::runtime_error(path);
    while (octets != 0) {
      if (at_ == end_) more();
      const auto n = std::min(octets, end_ - at_);
      if (::write(file, room_.data() + at_, n) != static_cast<ssize_t>(n)) throw std::runtime_error(path);
      at_ += n;
      octets -= n;
    }
    ::close(file);
  }
  int fd_ = -1;
  SSL* ssl_ = nullptr;
  std::array<char, std::size_t{256} << 10U> room_{};
  std::size_t at_ = 0, end_ = 0;
};

int save(char** words) {
  const auto saver = std::make_unique<reference_saver>(words[0], words[1], words[4]);
  saver->command(std::string("l LOGIN ") + words[2] + " " + words[3] + "\r\n");
  saver->command("e EXAMINE INBOX\r\n");
  ::mkdir(words[5], 0700);
  std::printf("%zu messages\n", saver->save(words[5]));
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  std::size_t mebibytes = 10;
  int round_trip = 50;
  int rounds = 5;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--save" && i + 6 < argc) return save(argv + i + 1);
    if (i + 1 == argc) return 2;
    const int n = std::atoi(argv[++i]);
    if (word == "--mebibytes") mebibytes = static_cast<std::size_t>(n);
    if (word == "--round-trip") round_trip = n;
    if (word == "--rounds") rounds = n;
  }
  return compare(mebibytes << 20U, milliseconds(round_trip), rounds);
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
