// Many connections in an epoll loop: each has a session, the loop moves the bytes and watches the deadlines. Prints how
// many messages the INBOX of each user has. Over TCP without TLS, to a server on this machine:
//   example_19_epoll PORT USER PASSWORD [USER PASSWORD ...]
#include <imapxx/commands.hpp>
#include <imapxx/session.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;

/// One user's connection. Never blocks: it moves what can be moved, and says what it waits for.
class connection {
 public:
  connection(int epoll, std::uint16_t port, std::string user, std::string password)
      : epoll_(epoll), user_(std::move(user)), password_(std::move(password)) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd_ < 0 || (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS)) {
      std::perror("connect");
      std::exit(1);
    }
    epoll_event wanted{EPOLLIN, {.ptr = this}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd_, &wanted);
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  connection(connection&&) = delete;
  connection& operator=(connection&&) = delete;
  ~connection() { ::close(fd_); }

  [[nodiscard]] bool over() const { return over_; }
  [[nodiscard]] bool succeeded() const { return succeeded_; }

  void receive() {
    const auto room = session_.input_buffer();
    const auto n = ::recv(fd_, room.data(), room.size(), 0);
    if (n > 0) {
      session_.input_received(static_cast<std::size_t>(n));
      progress_ = clock_type::now();
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
      session_.input_closed({});
    }
  }

  /// What came is handled before anything is sent: an answer may be what lets the next command leave.
  void work() {
    for (auto e = session_.next(); e.what != imapxx::session_event::kind::none && !over_; e = session_.next())
      handle(e);
    while (!over_) {
      const auto out = session_.output();
      if (out.empty()) break;
      const auto n = ::send(fd_, out.data(), out.size(), MSG_NOSIGNAL);
      if (n < 0) break;  // not connected yet, no room, or gone, which `receive` will learn
      session_.output_sent(static_cast<std::size_t>(n));
      progress_ = clock_type::now();
    }
    if (over_) {
      ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd_, nullptr);
      return;
    }
    const bool writes = !session_.output().empty();
    if (std::exchange(writes_, writes) == writes) return;
    epoll_event wanted{writes ? EPOLLIN | EPOLLOUT : EPOLLIN, {.ptr = this}};
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd_, &wanted);
  }

  /// When the session must be told that it took too long.
  [[nodiscard]] clock_type::time_point deadline() const {
    const auto hint = session_.deadline();
    if (over_ || !hint.after) return clock_type::time_point::max();
    return (hint.since_progress ? progress_ : submitted_) + *hint.after;
  }
  void expire() { session_.expire(imapxx::error(imapxx::errc::timeout, "the server takes too long")); }

 private:
  void handle(imapxx::session_event& e) {
    using kind = imapxx::session_event::kind;
    if (e.what == kind::greeting) {
      auto in = std::make_unique<imapxx::login>(user_, imapxx::secret(password_));
      in->allow_plaintext();  // loopback
      (void)session_.submit(std::move(in));
      // Queued behind the log-in; the session sends it when that has succeeded.
      if (auto id =
              session_.submit(std::make_unique<imapxx::status>("INBOX", imapxx::status_items().messages().unseen())))
        asked_ = *id;
      submitted_ = clock_type::now();
    } else if (e.what == kind::completed && e.id == asked_ && !e.failure) {
      const auto inbox = static_cast<imapxx::status&>(*e.finished).take_result();
      std::printf("%s: %llu messages, %llu unseen\n", user_.c_str(),
                  static_cast<unsigned long long>(inbox.messages.value_or(0)),
                  static_cast<unsigned long long>(inbox.unseen.value_or(0)));
      over_ = succeeded_ = true;
    } else if (e.what == kind::completed && e.failure) {
      std::fprintf(stderr, "%s: %s\n", user_.c_str(), e.failure.what());
      over_ = true;
    } else if (e.what == kind::closed) {
      std::fprintf(stderr, "%s: %s\n", user_.c_str(), e.failure.what());
      over_ = true;
    }
  }

  int epoll_;
  int fd_ = -1;
  std::string user_, password_;
  imapxx::session session_;
  imapxx::command_id asked_ = 0;
  clock_type::time_point progress_ = clock_type::now(), submitted_ = progress_;
  bool writes_ = false, over_ = false, succeeded_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4 || argc % 2 != 0) return 2;
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  const auto port = static_cast<std::uint16_t>(std::strtoul(argv[1], nullptr, 10));
  std::vector<std::unique_ptr<connection>> all;
  for (int i = 2; i + 1 < argc; i += 2) all.push_back(std::make_unique<connection>(epoll, port, argv[i], argv[i + 1]));
  const auto left = [&] { return std::any_of(all.begin(), all.end(), [](const auto& c) { return !c->over(); }); };
  while (left()) {
    auto wake = clock_type::time_point::max();
    for (const auto& c : all) wake = std::min(wake, c->deadline());
    int timeout = -1;
    if (wake != clock_type::time_point::max()) {
      const auto wait = std::chrono::ceil<std::chrono::milliseconds>(wake - clock_type::now());
      timeout = static_cast<int>(std::max<std::chrono::milliseconds::rep>(0, wait.count()));
    }
    std::array<epoll_event, 64> ready{};
    const int n = ::epoll_wait(epoll, ready.data(), static_cast<int>(ready.size()), timeout);
    for (int i = 0; i < n; ++i) {
      const auto& event = ready.at(static_cast<std::size_t>(i));
      auto* c = static_cast<connection*>(event.data.ptr);
      if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) c->receive();
      c->work();
    }
    const auto now = clock_type::now();
    for (const auto& c : all) {
      if (c->deadline() > now) continue;
      c->expire();
      c->work();
    }
  }
  const bool good = std::all_of(all.begin(), all.end(), [](const auto& c) { return c->succeeded(); });
  ::close(epoll);
  return good ? 0 : 1;
}
