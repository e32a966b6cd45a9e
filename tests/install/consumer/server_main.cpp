// A user's test: the embedded server inside the program, and the blocking client of the library against it.
#include <imapxx/client.hpp>
#include <imapxx/testserver/server.hpp>

#include <cstdio>

int main() {
  imapxx::testserver::server server(imapxx::testserver::server_options().user("user", "secret"));
  server.start();
  server.append("user", "INBOX", "Subject: hello\r\n\r\nFrom the embedded server.\r\n");

  imapxx::connect_options where("127.0.0.1", imapxx::security::plain, server.port());
  imapxx::client client(where, imapxx::credentials("user", imapxx::secret("secret")).allow_plaintext());
  client.examine("INBOX");
  const auto rows = client.fetch(imapxx::uid_set::all(), imapxx::fetch_items().uid().envelope());
  std::printf("%zu message\n", rows.size());
  client.close();
  return rows.size() == 1 ? 0 : 1;
}
