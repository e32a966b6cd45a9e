#include "blocking/client_core.hpp"

#include <imapxx/commands/simple.hpp>

#include "blocking/process_stream.hpp"
#include "blocking/socket_posix.hpp"
#include "core/connect_operation.hpp"

#include <poll.h>

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

namespace imapxx::inline v0::detail {
namespace {

using clock = std::chrono::steady_clock;

// What `submit` may queue before it sends by itself.
constexpr std::size_t send_at_octets = std::size_t{64} << 10U;

// The operation hears of events for as long as this lives: it may be left by an exception of a callback.
class attached {
 public:
  attached(core::engine& e, core::operation& op) : engine_(e), op_(op) { engine_.attach(op_); }
  ~attached() { engine_.detach(op_); }
  attached(const attached&) = delete;
  attached& operator=(const attached&) = delete;

 private:
  core::engine& engine_;
  core::operation& op_;
};

}  // namespace

client_core::client_core(connect_options options, std::shared_ptr<blocking::cancel_event> cancelled)
    : cancel_(std::move(cancelled)), engine_(std::move(options), clock::now()) {}

result<std::shared_ptr<client_core>> client_core::connect(connect_options options, std::unique_ptr<stream> transport) {
  auto cancelled = blocking::cancel_event::create();
  if (!cancelled) return cancelled.error();
  auto core = std::make_shared<client_core>(std::move(options), std::move(cancelled).value());
  const auto& settings = core->engine_.options();
  const bool own_transport = transport == nullptr;
  if (transport) {
    core->transport_ = std::move(transport);
  } else {
    auto opened = core->open_transport(clock::now());
    if (!opened) return opened.error().set_host(settings.host_name);
    core->transport_ = std::move(opened).value();
  }
  core->engine_.restart_clock(clock::now());
  core::connect_operation op(settings.command_argv.empty() ? settings.mode : security::plain,
                             settings.remembered != nullptr);
  if (auto ok = core->perform(op); !ok) {
    core->drop();
    return ok.error().set_host(settings.host_name);
  }
  if (own_transport) core->engine_.expect_losses();
  return core;
}

result<std::unique_ptr<stream>> client_core::open_transport(core::time_point started) {
  const auto& settings = engine_.options();
  if (!settings.command_argv.empty()) return blocking::make_process_stream(settings.command_argv, cancel_);
  if (settings.host_name.empty())
    return error(errc::invalid_argument, "no host to connect to").set_phase(phase::connect);
  deadline_point until;
  if (const auto limit = settings.session_settings.timeouts.connect; limit.count() > 0) until = started + limit;
  return blocking::connect_tcp(settings.host_name, settings.effective_port(), until, cancel_);
}

// What ran out of memory may be half done, so nothing may follow it on this connection.
template <class F>
auto client_core::ending_without_memory(F&& f) -> decltype(f()) {
  try {
    return f();
  } catch (const std::bad_alloc&) {
    engine_.break_off();
    if (transport_) transport_->close();
    transport_.reset();
    throw;
  }
}

result<command_id> client_core::submit(std::unique_ptr<command> cmd, bool streaming) {
  if (!usable()) return gone();
  engine_.set_now(clock::now());
  return ending_without_memory([&]() -> result<command_id> {
    auto id = engine_.submit(std::move(cmd), streaming);
    if (id && engine_.output().size() >= send_at_octets) {
      auto ok = send_pending(stream::no_wait);
      // Where losses are expected, the next wait finds this one, and gets over it.
      if (!ok && ok.error().code() != errc::timeout && !engine_.expects_losses()) return ok.error();
    }
    return id;
  });
}

error client_core::move_bytes(deadline_point until) {
  const auto limit = engine_.deadline();
  const bool fatal = limit.at && (!until || *limit.at <= *until);
  const auto at = fatal ? limit.at : until;
  const auto out = engine_.output();
  const auto room = engine_.network_ended() ? std::span<char>() : engine_.input_buffer();
  if (engine_.network_ended() && out.empty()) {
    // The session has said all that it had to say of a stream that ended.
    return engine_.over().value_or(error(errc::closed, "the server closed the connection"));
  }
  auto moved = transport_->transfer(room, out, at);
  engine_.set_now(clock::now());
  if (!moved) {
    auto why = moved.error();
    if (why.code() == errc::timeout) {
      if (!fatal) return why;
      engine_.expire(limit.in);  // the session reports it to every command
      return {};
    }
    if (why.code() == errc::cancelled) return why;
    engine_.ended(why);
    return {};
  }
  engine_.sent(moved->written);
  engine_.received(moved->read);
  if (moved->eof) engine_.ended(error());
  return {};
}

error client_core::drive(const condition& done, deadline_point until) {
  return ending_without_memory([&] { return drive_on(done, until); });
}

error client_core::drive_on(const condition& done, deadline_point until) {
  engine_.keep_pieces();
  for (;;) {
    if (done()) return {};
    if (engine_.handle_event() != core::engine::progress::none) continue;
    if (done()) return {};
    if (engine_.over()) return gone();
    if (engine_.lost()) {
      if (auto why = get_over_loss(until)) return why;
      continue;
    }
    if (!transport_) return gone();
    const auto wake = engine_.wakeup();
    auto why = move_bytes(wake && (!until || *wake < *until) ? wake : until);
    if (!why) continue;
    if (why.code() == errc::timeout && wake && *wake <= clock::now()) {
      engine_.wake(clock::now());
      continue;
    }
    if (why.code() == errc::cancelled) cancel_->reset();
    return why;
  }
}

error client_core::get_over_loss(deadline_point until) {
  if (transport_) transport_->close();
  transport_.reset();
  if (engine_.wants_transport()) {
    auto opened = open_transport(clock::now());
    if (opened) {
      transport_ = std::move(opened).value();
      engine_.transport_ready(clock::now());
    } else if (opened.error().code() == errc::cancelled) {
      cancel_->reset();
      return opened.error();
    } else {
      engine_.transport_failed(opened.error().set_host(engine_.options().host_name), clock::now());
    }
    return {};
  }
  const auto wake = engine_.wakeup();
  const auto limit = engine_.deadline();
  if (!wake) return gone();  // nothing asks for a connection
  auto at = *wake;
  if (limit.at) at = std::min(at, *limit.at);
  if (until) at = std::min(at, *until);
  if (!sleep_until(at)) {
    cancel_->reset();
    return error(errc::cancelled);
  }
  const auto now = clock::now();
  engine_.set_now(now);
  if (limit.at && *limit.at <= now) {
    engine_.expire(limit.in);
  } else if (*wake <= now) {
    engine_.wake(now);
  } else if (until && *until <= now) {
    return error(errc::timeout);
  }
  return {};
}

// \return false when it was cancelled
bool client_core::sleep_until(core::time_point at) const {
  using std::chrono::milliseconds;
  for (;;) {
    if (cancel_->cancelled()) return false;
    const auto now = clock::now();
    if (now >= at) return true;
    const auto left = std::chrono::ceil<milliseconds>(at - now);
    pollfd stop{cancel_->fd(), POLLIN, 0};
    (void)::poll(&stop, 1, static_cast<int>(std::min<std::int64_t>(left.count(), std::numeric_limits<int>::max())));
  }
}

result<void> client_core::perform(core::operation& op) {
  if (!usable()) return gone();
  engine_.set_now(clock::now());
  const attached listening(engine_, op);
  ending_without_memory([&] { op.start(engine_, clock::now()); });
  const auto why = drive([&] { return op.done(); }, std::nullopt);
  if (op.done()) return op.failure() ? result<void>(op.failure()) : result<void>();
  op.give_up(engine_);
  if (why.code() == errc::cancelled) return error(why).set_fatal(protocol().closed());
  return why;
}

result<std::unique_ptr<command>> client_core::wait(command_id id) {
  if (!usable() && !is_done(id)) return gone();
  const auto why = drive([&] { return is_done(id); }, std::nullopt);
  auto o = engine_.take(id);
  if (!o) {
    abandon(id);
    return error(why).set_fatal(why.code() == errc::cancelled ? protocol().closed() : true);
  }
  if (o->failure) return o->failure;
  return std::move(o->finished);
}

const fetch_event* client_core::received_row(command_id id, core::fetch_spool& spool) {
  if (!spool.empty()) return nullptr;
  spool.release_current();
  spool.rows_in_place(ending_without_memory([&] { return engine_.next_rows(id, spool.places_for_rows()); }));
  return spool.has_rows() ? spool.take_row() : nullptr;
}

result<void> client_core::fill(command_id id, core::fetch_spool& spool) {
  engine_.wait_for_stream(id);
  const auto why = drive([&] { return !spool.empty() || is_done(id); }, std::nullopt);
  engine_.wait_for_stream(0);
  if (why && spool.empty() && !is_done(id)) return why;
  return {};
}

result<void> client_core::send_pending(deadline_point until) {
  while (transport_ && !engine_.output().empty()) {
    auto moved = transport_->transfer({}, engine_.output(), until);
    if (!moved) return moved.error();
    engine_.set_now(clock::now());
    engine_.sent(moved->written);
  }
  return {};
}

result<void> client_core::flush() {
  // Reads as well: a server that will not read before it has written must not bring both to a standstill.
  const auto why = drive([&] { return engine_.output().empty(); }, std::nullopt);
  return why ? result<void>(why) : result<void>();
}

result<bool> client_core::poll(std::chrono::milliseconds timeout) {
  if (!usable()) return gone();
  engine_.set_now(clock::now());
  if (engine_.idle_too_long() || engine_.lost()) {
    if (auto kept = submit(std::make_unique<noop>(), false)) engine_.forget(*kept);
  }
  const auto before = engine_.octets_received();
  const auto why =
      drive([&] { return engine_.octets_received() != before; },
            timeout.count() <= 0 ? deadline_point(stream::no_wait) : deadline_point(clock::now() + timeout));
  ending_without_memory([this] {
    while (engine_.handle_event() != core::engine::progress::none) {
    }
  });
  if (engine_.over()) return *engine_.over();
  if (why && why.code() != errc::timeout) return why;
  return engine_.octets_received() != before;
}

void client_core::close() noexcept {
  try {
    if (transport_ && !engine_.over() && !engine_.lost() && engine_.greeted()) {
      const auto limit = engine_.options().session_settings.timeouts.logout;
      const auto until = clock::now() + (limit.count() > 0 ? limit : std::chrono::milliseconds(1000));
      if (auto id = submit(std::make_unique<logout>(), false)) {
        (void)drive([&, key = *id] { return is_done(key); }, until);
      }
      engine_.link().shutdown();
      (void)send_pending(stream::no_wait);
    }
  } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): closing goes on without the courtesy of LOGOUT
  }
  drop();
}

void client_core::drop() noexcept {
  if (transport_) {
    try {
      (void)send_pending(stream::no_wait);  // a TLS alert tells the server why
    } catch (const std::bad_alloc&) {       // NOLINT(bugprone-empty-catch): then it is not told
    }
    transport_->close();
  }
  transport_.reset();
}

}  // namespace imapxx::inline v0::detail
