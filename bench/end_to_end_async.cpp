#include <imapxx/asio.hpp>

#include "library.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <future>
#include <vector>

namespace bench {
namespace {

asio::awaitable<std::uint64_t> stream_rows(imapxx::async_client& c, const question& q) {
  std::uint64_t check = 0;
  auto rows = c.stream(fetch_for(q));
  while (const auto* e = co_await rows.async_next()) {
    do {
      if (e->what == imapxx::fetch_event::kind::row) check += use(q, *e->row);
    } while ((e = rows.next_received()) != nullptr);
  }
  co_return check;
}

asio::awaitable<std::uint64_t> work(imapxx::async_client& c, const question& q, const contender& who, target& to) {
  std::uint64_t check = 0;
  if (q.what == workload::search) {
    const auto found = co_await c.uid_search(imapxx::search_key::all());
    check = found.size();
  } else if (who.name == "stream") {
    check = co_await stream_rows(c, q);
  } else if (who.name == "sink") {
    auto cmd = fetch_for(q);
    cmd.to(to.sink(q));
    co_await c.run(std::move(cmd));
    check = to.octets();
  } else {
    const auto rows = co_await c.run(fetch_for(q));
    if (who.name == "values") {
      std::vector<imapxx::fetch_data> all;
      all.reserve(rows.size());
      for (const auto& row : rows) all.push_back(row.to_data());
      check = all.size();
    } else {
      for (const auto& row : rows) check += use(q, row);
    }
  }
  co_return check;
}

asio::awaitable<figures> measured(imapxx::async_client& c, const question& q, const contender& who) {
  co_await c.async_connect(imapxx::credentials("a", "b").allow_plaintext());
  co_await c.examine("INBOX");
  target to(who);
  const stopwatch watch;
  const auto check = co_await work(c, q, who, to);
  const auto f = watch.stop();
  expect(check, q.expected);
  co_return f;
}

}  // namespace

figures run_async(const question& q, std::uint16_t port, const contender& who) {
  asio::io_context io(1);
  imapxx::async_client c(io, options_for(port, who));
  auto done = asio::co_spawn(io, measured(c, q, who), asio::use_future);
  io.run();
  return done.get();
}

}  // namespace bench
