#include <imapxx/client.hpp>

#include "library.hpp"

#include <vector>

namespace bench {
namespace {

std::uint64_t work(imapxx::client& c, const question& q, const contender& who, target& to) {
  std::uint64_t check = 0;
  if (q.what == workload::search) return c.uid_search(imapxx::search_key::all()).size();
  if (who.name == "stream") {
    auto rows = c.stream(fetch_for(q));
    while (const auto* row = rows.next_row()) check += use(q, *row);
  } else if (who.name == "sink") {
    auto cmd = fetch_for(q);
    cmd.to(to.sink(q));
    c.run(std::move(cmd));
    check = to.octets();
  } else if (who.name == "values") {
    const auto rows = c.run(fetch_for(q));
    std::vector<imapxx::fetch_data> all;
    all.reserve(rows.size());
    for (const auto& row : rows) all.push_back(row.to_data());
    check = all.size();
  } else {
    for (const auto& row : c.run(fetch_for(q))) check += use(q, row);
  }
  return check;
}

}  // namespace

figures run_blocking(const question& q, std::uint16_t port, const contender& who) {
  imapxx::client c(options_for(port, who), imapxx::credentials("a", "b").allow_plaintext());
  c.examine("INBOX");
  target to(who);
  const stopwatch watch;
  const auto check = work(c, q, who, to);
  const auto f = watch.stop();
  expect(check, q.expected);
  return f;
}

}  // namespace bench
