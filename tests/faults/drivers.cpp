#include "faults/drivers.hpp"

#include <cstdlib>

#ifdef ASIO_SEPARATE_COMPILATION
#include "support/asio/driver.hpp"
#endif

namespace imapxx::faults {

using namespace std::chrono_literals;

bool soaking() { return std::getenv("IMAPXX_SOAK") != nullptr; }

std::vector<named_driver> drivers() {
  std::vector<named_driver> all = {{"blocking", &test::make_blocking_driver}};
#ifdef ASIO_SEPARATE_COMPILATION
  all.push_back({"asio", [](connect_options o) { return test::make_asio_driver(std::move(o), test::way::callback); }});
#endif
  return all;
}

connect_options options_for(std::uint16_t port) {
  timeouts t;
  t.connect = t.handshake = t.greeting = t.command = t.stall = 60s;
  session_options session;
  session.use_timeouts(t).first_tag(1);
  return connect_options("127.0.0.1", security::plain, port).session(std::move(session));
}

outcome live_through(const test::recording& r, connect_options options, const test::driver_maker& make) {
  outcome o;
  using clock = std::chrono::steady_clock;
  auto began = clock::now();
  const auto failed = [&](const error& why) {
    o.failure = why;
    o.last_call = clock::now() - began;
    return o;
  };
  const auto d = make(std::move(options));
  if (auto ok = d->connect(); !ok) return failed(ok.error());
  for (const auto& next : test::recorded_commands(r.scenario, r.box)) {
    began = clock::now();
    auto done = d->run(test::any_command(next()));
    if (!done && done.error().code() != errc::no) return failed(done.error());
    ++o.completed;
  }
  return o;
}

}  // namespace imapxx::faults
