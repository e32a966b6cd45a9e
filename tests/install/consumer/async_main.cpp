// A user's coroutine: the asynchronous client against the embedded server.
#include <imapxx/asio.hpp>
#include <imapxx/testserver/server.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <cstdio>

asio::awaitable<std::size_t> count(imapxx::async_client& client) {
  co_await client.async_connect(imapxx::credentials("user", imapxx::secret("secret")).allow_plaintext());
  co_await client.examine("INBOX");
  const auto rows = co_await client.fetch(imapxx::uid_set::all(), imapxx::fetch_items().uid().envelope());
  co_await client.async_close();
  co_return rows.size();
}

int main() {
  imapxx::testserver::server server(imapxx::testserver::server_options().user("user", "secret"));
  server.start();
  server.append("user", "INBOX", "Subject: hello\r\n\r\nFrom the embedded server.\r\n");

  asio::io_context io;
  imapxx::async_client client(io, imapxx::connect_options("127.0.0.1", imapxx::security::plain, server.port()));
  std::size_t found = 0;
  asio::co_spawn(io, count(client), [&found](const std::exception_ptr& failed, std::size_t n) {
    if (failed) std::rethrow_exception(failed);
    found = n;
  });
  io.run();
  std::printf("%zu message\n", found);
  return found == 1 ? 0 : 1;
}
