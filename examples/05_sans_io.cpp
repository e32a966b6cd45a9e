// The protocol engine in a loop of your own: the session moves no bytes, this program does. Here over TCP without TLS,
// to a server on this machine:
//   example_05_sans_io PORT USER PASSWORD
#include <imapxx/commands.hpp>
#include <imapxx/session.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

int connect_to(unsigned short port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) std::exit(1);
  return fd;
}

// Sends what waits and reads what came; false when the server has gone.
bool move_bytes(int fd, imapxx::session& s) {
  const auto out = s.output();
  pollfd wait{fd, static_cast<short>(out.empty() ? POLLIN : POLLIN | POLLOUT), 0};
  if (::poll(&wait, 1, 30'000) <= 0) return false;
  if ((wait.revents & POLLOUT) != 0) {
    if (const auto n = ::send(fd, out.data(), out.size(), MSG_NOSIGNAL); n > 0)
      s.output_sent(static_cast<std::size_t>(n));
  }
  if ((wait.revents & (POLLIN | POLLHUP)) != 0) {
    const auto room = s.input_buffer();
    const auto n = ::recv(fd, room.data(), room.size(), 0);
    if (n <= 0) return false;
    s.input_received(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  using kind = imapxx::session_event::kind;
  const int fd = connect_to(static_cast<unsigned short>(std::strtoul(argv[1], nullptr, 10)));
  imapxx::session s;
  imapxx::command_id listing = 0;
  bool done = false;
  while (!done) {
    auto e = s.next();
    if (e.what == kind::none && !move_bytes(fd, s)) s.input_closed({});
    if (e.what == kind::greeting) {
      auto in = std::make_unique<imapxx::login>(argv[2], imapxx::secret(argv[3]));
      in->allow_plaintext();  // loopback
      if (!s.submit(std::move(in))) break;
      // Queued behind the log-in; the session sends it when that has succeeded.
      if (auto id = s.submit(std::make_unique<imapxx::list>("", "*"))) listing = *id;
    }
    if (e.what == kind::completed && e.id == listing && !e.failure) {
      for (const auto& entry : static_cast<imapxx::list&>(*e.finished).take_result())
        std::puts(entry.name.utf8().c_str());
      done = true;
    }
    if (e.what == kind::closed) {
      std::fprintf(stderr, "%s\n", e.failure.what());
      break;
    }
  }
  ::close(fd);
  return done ? 0 : 1;
}
