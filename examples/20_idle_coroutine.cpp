// Hears of new mail without polling, and fetches it on the same connection.
//   IMAPXX_PASSWORD=secret ./example_20_idle_coroutine mail.example.org ann
#include <imapxx/asio.hpp>

#include "arguments.hpp"

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <cstdio>

namespace {

// Prints the messages from `first` on. \return the UID behind the last one
asio::awaitable<std::uint32_t> show(imapxx::async_client& c, std::uint32_t first) {
  const auto rows = co_await c.fetch(imapxx::uid_set::from(first), imapxx::fetch_items().envelope());
  for (auto row : rows) {
    if (row.uid() < first) continue;  // "n:*" holds the last message in any case
    std::printf("%s\n", row.envelope()->subject.value_or("").c_str());
    first = *row.uid() + 1;
  }
  std::fflush(stdout);
  co_return first;
}

asio::awaitable<void> watch(imapxx::async_client& c, imapxx::credentials who) {
  co_await c.async_connect(std::move(who));
  const auto inbox = co_await c.examine("INBOX");
  std::printf("%u messages\n", inbox.exists);
  std::fflush(stdout);
  auto next_uid = inbox.uidnext.value_or(1);
  if (!inbox.uidnext && inbox.exists != 0) {  // not every server tells it
    const auto last = co_await c.fetch(imapxx::uid_set::last(), imapxx::fetch_items().uid());
    for (auto row : last) next_uid = row.uid().value_or(0) + 1;
  }
  auto events = c.events();
  for (;;) {
    // IDLE is renewed in time, and gives way to the FETCH below.
    const auto e = co_await events.async_next();
    if (e.what == imapxx::push_event::kind::mailbox && e.change.what == imapxx::mailbox_event::kind::exists)
      next_uid = co_await show(c, next_uid);
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const auto a = example::read_arguments(argc, argv);
  asio::io_context io;
  imapxx::async_client c(io, a.where);
  asio::co_spawn(io, watch(c, a.who), [](const std::exception_ptr& e) {
    if (e) std::rethrow_exception(e);
  });
  io.run();
  return 0;
} catch (const imapxx::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
