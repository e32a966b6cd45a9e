// Makes the traffic that scripts/check_flights.sh looks at through strace: the embedded server runs in a child process,
// so that only the client's system calls are traced. What is sent between two marks on standard error is one flight, or
// as many as the mark says.
#include <imapxx/asio.hpp>
#include <imapxx/client.hpp>
#include <imapxx/testserver/server.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

void mark(std::string_view text) {
  const auto line = "MARK " + std::string(text) + "\n";
  if (::write(STDERR_FILENO, line.data(), line.size()) < 0) std::perror("write");
}

// One step: what follows need not wait for a dialogue.
imapxx::credentials joe() {
  return imapxx::credentials("joe", imapxx::secret("pw")).mechanism("PLAIN").allow_plaintext();
}

/// \return the server's process
pid_t start_server(std::uint16_t& port) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    imapxx::testserver::server server(imapxx::testserver::server_options().user("joe", "pw"));
    for (int i = 0; i < 120; ++i) server.append("joe", "INBOX", "Subject: x\r\n\r\ny\r\n");
    for (int i = 0; i < 20; ++i) server.create_mailbox("joe", "box" + std::to_string(i));
    server.start();
    const auto number = server.port();
    if (::write(ends[1], &number, sizeof number) < 0) ::_exit(1);
    for (;;) ::pause();
  }
  ::close(ends[1]);
  if (child < 0 || ::read(ends[0], &port, sizeof port) != sizeof port) throw std::runtime_error("no server");
  ::close(ends[0]);
  return child;
}

imapxx::start_plan newest() {
  return imapxx::start_plan().open("INBOX").fetch_newest(50, imapxx::fetch_items().envelope());
}

void blocking(const imapxx::connect_options& options) {
  imapxx::client c(options);
  mark("2 start-up at first contact: the log-in with SELECT, and FETCH");
  const auto first = c.start(joe(), newest());
  mark("0 end");
  auto known = options;
  imapxx::client again(known.remember(first.facts));
  mark("1 start-up with what is remembered: all in one");
  (void)again.start(joe(), newest());
  mark("1 twenty commands given to submit");
  std::vector<imapxx::ticket<imapxx::status>> asked;
  for (int i = 0; i < 20; ++i)
    asked.push_back(again.submit(imapxx::status("box" + std::to_string(i), imapxx::status_items().messages())));
  for (auto& t : asked) (void)t.wait();
  mark("1 an APPEND whose literal need not wait");
  again.append("INBOX", std::string("Subject: small\r\n\r\n"));
  mark("0 end");
}

void in_coroutines(const imapxx::connect_options& options) {
  asio::io_context context;
  imapxx::async_client c(context, options);
  int left = 20;
  const auto one = [&](int i) -> asio::awaitable<void> {
    const imapxx::mailbox_name name("box" + std::to_string(i));
    (void)co_await c.status(name, imapxx::status_items().messages());
    if (--left == 0) mark("0 end");
  };
  const auto all = [&]() -> asio::awaitable<void> {
    co_await c.async_connect();
    const auto plan = newest();
    mark("2 asio: start-up at first contact");
    (void)co_await c.async_start(joe(), plan);
    mark("1 asio: twenty coroutines");
    for (int i = 0; i < 20; ++i) asio::co_spawn(context, one(i), asio::detached);
  };
  asio::co_spawn(context, all(), asio::detached);
  context.run();
}

}  // namespace

int main() {
  pid_t server = -1;
  int result = 0;
  try {
    std::uint16_t port = 0;
    server = start_server(port);
    const imapxx::connect_options options("127.0.0.1", imapxx::security::plain, port);
    blocking(options);
    in_coroutines(options);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "flights: %s\n", e.what());
    result = 1;
  }
  if (server > 0) {
    ::kill(server, SIGKILL);
    ::waitpid(server, nullptr, 0);
  }
  return result;
}
