#include "asio/async_core.hpp"

#include "core/idle_operation.hpp"

#include <asio/buffer.hpp>
#include <asio/execution_context.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <new>
#include <utility>

namespace imapxx::inline v0::detail {
namespace {

using clock = std::chrono::steady_clock;

// Events handled in one go, before other handlers of the executor get their turn.
constexpr int fair_share = 256;
// Reads and writes, likewise.
constexpr int fair_rounds = 16;
// A read of so much is probably not the last one: trying again costs less than waiting for readiness.
constexpr std::size_t worth_another_read = 4096;

/// Lets go of all handlers when the context ends: a coroutine that waits owns its client, which owns the handler, which
/// owns the coroutine.
class async_service final : public asio::execution_context::service {
 public:
  using key_type = async_service;
  static inline asio::execution_context::id id;  // NOLINT: the name and kind that Asio looks for
  explicit async_service(asio::execution_context& context) : service(context) {}

  void add(async_core* core) {
    const std::lock_guard lock(guard_);
    if (ending_.capacity() == cores_.size()) ending_.reserve(2 * cores_.size() + 1);
    cores_.push_back(core);
  }
  void remove(async_core* core) noexcept {
    const std::lock_guard lock(guard_);
    std::erase(cores_, core);
  }

 private:
  void shutdown() override {
    {
      const std::lock_guard lock(guard_);
      for (auto* c : cores_) {
        if (auto alive = c->weak_from_this().lock()) ending_.push_back(std::move(alive));
      }
    }
    for (const auto& c : ending_) c->shut_down();
    ending_.clear();
  }
  std::mutex guard_;
  std::vector<async_core*> cores_;
  std::vector<std::shared_ptr<async_core>> ending_;  ///< has room for all of them: a destructor calls `shutdown`
};

async_service& service_of(const asio::any_io_executor& ex) {
  return asio::use_service<async_service>(asio::query(ex, asio::execution::context));
}

error io_error(std::string_view what, const std::error_code& ec) {
  error e(errc::io, what);
  e.set_system_error(ec.value());
  return e;
}

bool would_block(const std::error_code& ec) {
  return ec == asio::error::would_block || ec == asio::error::try_again || ec == asio::error::interrupted;
}

}  // namespace

async_waiter::~async_waiter() = default;
async_request::~async_request() = default;

std::exception_ptr to_exception(const error& e) {
  if (!e) return nullptr;
  if (e.code() == errc::no || e.code() == errc::bad) return std::make_exception_ptr(status_error(e));
  return std::make_exception_ptr(e);
}

asio::awaitable<outcome> outcome_of(std::shared_ptr<async_core> core, std::shared_ptr<async_request> request,
                                    std::optional<std::chrono::milliseconds> limit) {
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, deliver_outcome::signature>(
      initiation<deliver_outcome>(std::move(core), limit), asio::use_awaitable, std::move(request));
}

std::uint64_t new_waiter_number() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

const asio::any_io_executor& executor_of(const async_core& core) noexcept { return core.executor(); }

void begin(const std::shared_ptr<async_core>& core, std::uint64_t number, std::unique_ptr<async_waiter> waiter,
           std::shared_ptr<async_request> request, std::optional<std::chrono::milliseconds> limit) {
  asio::dispatch(core->executor(),
                 [core, number, waiter = std::move(waiter), request = std::move(request), limit]() mutable {
                   core->begin(number, std::move(waiter), std::move(request), limit);
                 });
}

void cancel(const std::weak_ptr<async_core>& core, std::uint64_t number, asio::cancellation_type type) {
  auto alive = core.lock();
  if (!alive) return;
  const auto& executor = alive->executor();
  asio::dispatch(executor, [alive, number, type] { alive->cancel(number, type); });
}

async_core::async_core(asio::any_io_executor executor, connect_options options)
    : executor_(std::move(executor)), engine_(std::move(options), clock::now()), timer_(executor_) {
  service_of(executor_).add(this);
}

async_core::~async_core() { service_of(executor_).remove(this); }

// What ran out of memory may be half done, so nothing may follow it on this connection. The others hear of it in the
// next round.
template <class F>
auto async_core::ending_without_memory(F&& f) -> decltype(f()) {
  try {
    return f();
  } catch (const std::bad_alloc&) {
    engine_.break_off();
    wake_up();
    throw;
  }
}

// --- requests

void async_core::begin(std::uint64_t number, std::unique_ptr<async_waiter> waiter,
                       std::shared_ptr<async_request> request, std::optional<std::chrono::milliseconds> limit) {
  engine_.set_now(clock::now());
  starting_command_ = 0;
  starting_until_.reset();
  auto started = ending_without_memory([&] { return request->start(*this); });
  if (!started) {
    ready_.emplace_back(std::move(waiter), outcome(started.error()));
    return wake_up();
  }
  pending p;
  p.command = starting_command_;
  p.until = starting_until_;
  p.pumps = pumps_;
  if (limit && (!p.until || clock::now() + *limit < *p.until)) p.until = clock::now() + *limit;
  outcome how;
  if (request->done(*this, how)) {
    ready_.emplace_back(std::move(waiter), std::move(how));
    return wake_up();
  }
  p.waiter = std::move(waiter);
  p.request = std::move(request);
  if (p.until) ++limited_;
  if (p.command != 0) {
    by_command_[p.command] = number;
  } else {
    watchers_.push_back(number);
  }
  pending_.emplace(number, std::move(p));
  wake_up();
}

void async_core::end(pending_map::iterator at, outcome how) {
  auto& p = at->second;
  if (p.command != 0) {
    by_command_.erase(p.command);
  } else {
    std::erase(watchers_, at->first);
  }
  if (p.until) --limited_;
  ready_.emplace_back(std::move(p.waiter), std::move(how));
  pending_.erase(at);
}

void async_core::cancel(std::uint64_t number, asio::cancellation_type type) {
  const auto at = pending_.find(number);
  if (at == pending_.end()) return;
  using enum asio::cancellation_type;
  if ((type & (terminal | partial | total)) == none) return;
  // "total" promises that nothing was done: only what has not left yet can be taken back.
  const bool may_have_effects = (type & (terminal | partial)) != none;
  if (!may_have_effects && at->second.request->has_effects() && at->second.pumps != pumps_) return;
  at->second.request->stop(*this);
  end(at, outcome(error(errc::cancelled).set_fatal(engine_.protocol().closed())));
  wake_up();
}

void async_core::cancel_all() {
  while (!pending_.empty()) cancel(pending_.begin()->first, asio::cancellation_type::terminal);
}

void async_core::fail_all(const error& why) {
  while (!pending_.empty()) end(pending_.begin(), outcome(why));
}

void async_core::drop(const error& why) {
  if (connector_) connector_->cancel();
  connector_.reset();
  close_socket();
  fail_all(why);
  if (!ready_.empty()) wake_up();
}

void async_core::close_socket() {
  dropped_ = true;
  if (!connected()) return;
  send_now();  // a TLS alert tells the server why
  std::error_code ignored;
  (void)socket_->close(ignored);
}

void async_core::shut_down() noexcept {
  auto waiting = std::move(pending_);
  auto ready = std::move(ready_);
  pending_.clear();
  ready_.clear();
  by_command_.clear();
  watchers_.clear();
  limited_ = 0;
  dropped_ = shut_down_ = true;
  if (connector_) connector_->cancel();
  connector_.reset();
}

result<void> async_core::use_socket(stream_socket socket) {
  std::error_code ec;
  (void)socket.non_blocking(true, ec);
  if (ec) return io_error("the socket cannot be used without blocking", ec);
  socket_.emplace(std::move(socket));
  engine_.restart_clock(clock::now());
  return {};
}

result<void> async_core::adopt(int fd) {
  std::error_code ec;
  stream_socket s(executor_);
  // The protocol is only remembered, so that any stream socket will do.
  (void)s.assign(asio::generic::stream_protocol(asio::ip::tcp::v4()), fd, ec);
  if (ec) return io_error("the descriptor is no usable socket", ec);
  return use_socket(std::move(s));
}

result<command_id> async_core::submit(std::unique_ptr<command> cmd, bool streaming) {
  if (!usable() || dropped_) return engine_.gone();
  engine_.set_now(clock::now());
  auto id = engine_.submit(std::move(cmd), streaming);
  if (id) wake_up();
  return id;
}

// --- moving bytes

void async_core::wake_up() {
  if (scheduled_ || shut_down_) return;
  scheduled_ = true;
  try {
    asio::post(executor_, [self = shared_from_this()] {
      self->scheduled_ = false;
      self->pump();
    });
  } catch (...) {
    scheduled_ = false;
    throw;
  }
}

void async_core::pump() {
  ++pumps_;
  engine_.set_now(clock::now());
  ending_without_memory([this] {
    try {
      move();
      deliver();
    } catch (const std::bad_alloc&) {
      throw;
    } catch (...) {
      wake_up();  // an observer or a handler threw: the others go on
      throw;
    }
    // What was delivered may have begun something new: then the next round is on its way.
    if (!scheduled_) settle();
  });
}

void async_core::move() {
  if (connected() && !engine_.lost()) move_bytes();
  if (engine_.lost() && !dropped_) get_over_loss();
  if (connected()) return;
  look_at_watchers(true);
  if (dropped_) fail_all(engine_.gone());
}

void async_core::move_bytes() {
  for (int round = 0; round < fair_rounds; ++round) {
    if (!handle_events()) return wake_up();
    if (engine_.over()) return drop(engine_.gone());
    if (!connected() || engine_.lost()) return;
    const bool wrote = try_write();
    const bool read = !pending_.empty() && readable_ && try_read();
    if (!wrote && !read) return;
  }
  wake_up();
}

void async_core::get_over_loss() {
  if (connected()) {
    std::error_code ignored;
    (void)socket_->close(ignored);
  }
  if (!handle_events()) return wake_up();
  if (engine_.over()) return drop(engine_.gone());
  if (!engine_.wants_transport() || pending_.empty() || connector_) return;
  const auto& o = engine_.options();
  if (const auto limit = o.session_settings.timeouts.connect; limit.count() > 0) connect_until_ = clock::now() + limit;
  connector_ = std::make_shared<connector>(executor_, o.host_name, o.effective_port());
  connector_->start([self = weak_from_this()](result<stream_socket>& found) {
    if (const auto alive = self.lock()) alive->reached(found);
  });
}

void async_core::reached(result<stream_socket>& found) {
  connector_.reset();
  connect_until_.reset();
  if (dropped_) return;
  const auto now = clock::now();
  result<void> used = found ? use_socket(std::move(*found)) : result<void>(found.error());
  if (used) {
    readable_ = false;
    engine_.transport_ready(now);
  } else {
    engine_.transport_failed(used.error(), now);
  }
  wake_up();
}

// For a consumer that takes pieces without waiting. Others may hear of theirs meanwhile.
const fetch_event* async_core::advance(command_id stream, core::fetch_spool& spool) {
  if (!connected()) return nullptr;
  if (!engine_.is_done(stream)) {
    spool.rows_in_place(ending_without_memory([&] { return engine_.next_rows(stream, spool.places_for_rows()); }));
    if (spool.has_rows()) return spool.take_row();
  }
  engine_.wait_for_stream(stream);
  while (spool.empty() && !engine_.is_done(stream)) {
    engine_.keep_pieces();
    const auto what = engine_.handle_event();
    if (what == core::engine::progress::none) break;
    if (what == core::engine::progress::finished) on_finished(engine_.last());
    if (!watchers_.empty()) look_at_watchers(false);
  }
  engine_.wait_for_stream(0);
  if (!ready_.empty() || engine_.over()) wake_up();
  return nullptr;
}

/// \return whether all of them were handled
bool async_core::handle_events() {
  int handled = 0;
  // Without anybody who waits, only the end of the session is worth knowing.
  while (!pending_.empty() || engine_.protocol().closed()) {
    engine_.keep_pieces();
    const auto what = engine_.handle_event();
    if (what == core::engine::progress::none) break;
    if (what == core::engine::progress::finished) on_finished(engine_.last());
    if (!watchers_.empty()) look_at_watchers(false);
    if (++handled == fair_share) return false;
  }
  if (!watchers_.empty()) look_at_watchers(true);
  return true;
}

void async_core::on_finished(command_id id) {
  const auto number = by_command_.find(id);
  if (number == by_command_.end()) return;
  const auto at = pending_.find(number->second);
  outcome how;
  if (at->second.request->done(*this, how)) end(at, std::move(how));
}

/// `quiet`: there is no further event now.
void async_core::look_at_watchers(bool quiet) {
  for (std::size_t i = 0; i < watchers_.size();) {
    const auto at = pending_.find(watchers_[i]);
    auto& request = *at->second.request;
    outcome how;
    if ((quiet || !request.waits_for_quiet()) && request.done(*this, how)) {
      end(at, std::move(how));  // takes it from the list
    } else {
      ++i;
    }
  }
}

bool async_core::try_write() {
  const auto out = engine_.output();
  if (out.empty() || writing_) return false;
  std::error_code ec;
  const auto n = socket_->write_some(asio::buffer(out.data(), out.size()), ec);
  if (!ec) {
    engine_.sent(n);
    return true;
  }
  if (would_block(ec) || engine_.network_ended()) return false;
  // What the peer said before it hung up comes before the news that nothing can be written any more.
  std::error_code nothing;
  if (socket_->available(nothing) != 0) {
    readable_ = true;
    if (try_read()) return true;
  }
  engine_.ended(io_error("cannot write to the connection", ec));
  return true;
}

bool async_core::try_read() {
  if (engine_.network_ended()) return false;
  engine_.keep_pieces();
  const auto room = engine_.input_buffer();
  std::error_code ec;
  const auto n = socket_->read_some(asio::buffer(room.data(), room.size()), ec);
  if (!ec) {
    engine_.received(n);
    readable_ = n == room.size() || n >= worth_another_read;
    return true;
  }
  readable_ = false;
  if (would_block(ec)) return false;
  engine_.ended(ec == asio::error::eof ? error() : io_error("cannot read from the connection", ec));
  return true;
}

// Waits for what is missing, or for nothing when nobody waits for us: so that a context without work can end.
void async_core::settle() {
  if (pending_.empty()) return disarm();
  arm_timer();
  if (!connected()) return;
  if (!reading_ && !engine_.network_ended()) {
    reading_ = true;
    socket_->async_wait(stream_socket::wait_read, [self = shared_from_this()](const std::error_code& ec) {
      self->reading_ = false;
      if (!ec) self->readable_ = true;
      self->pump();
    });
  }
  if (!writing_ && !engine_.output().empty()) {
    writing_ = true;
    socket_->async_wait(stream_socket::wait_write, [self = shared_from_this()](const std::error_code&) {
      self->writing_ = false;
      self->pump();
    });
  }
}

void async_core::disarm() noexcept {
  std::error_code ignored;
  if ((reading_ || writing_) && connected()) (void)socket_->cancel(ignored);
  if (armed_at_) {
    armed_at_.reset();
    ++timer_round_;
    try {
      timer_.cancel();
    } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch): then it fires, and finds nothing to do
    }
  }
}

void async_core::deliver() {
  while (!ready_.empty()) {
    auto next = std::move(ready_.front());
    ready_.pop_front();
    auto* waiter = next.first.get();
    waiter->complete(std::move(next.first), std::move(next.second));
  }
}

// --- time

deadline_point async_core::next_time() const {
  deadline_point first = connect_until_;
  const auto take = [&first](deadline_point at) {
    if (at && (!first || *at < *first)) first = at;
  };
  if (usable()) {
    take(engine_.deadline().at);
    take(engine_.wakeup());
  } else {
    take(engine_.expires_at);
  }
  if (limited_ != 0) {
    for (const auto& [number, p] : pending_) take(p.until);
  }
  return first;
}

void async_core::arm_timer() {
  const auto at = next_time();
  // A timer that fires too early costs less than moving it with every command.
  if (!at || (armed_at_ && *armed_at_ <= *at)) return;
  armed_at_ = at;
  timer_.expires_at(*at);
  timer_.async_wait([self = shared_from_this(), round = ++timer_round_](const std::error_code&) {
    if (round == self->timer_round_) self->on_timer();
  });
}

void async_core::on_timer() {
  ending_without_memory([this] { look_at_clock(); });
  pump();
}

void async_core::look_at_clock() {
  armed_at_.reset();
  const auto now = clock::now();
  engine_.set_now(now);
  if (connected()) {
    const auto limit = engine_.deadline();
    if (limit.at && *limit.at <= now) engine_.expire(limit.in);
    engine_.wake(now);
  } else if (engine_.lost()) {
    if (connect_until_ && *connect_until_ <= now) {
      error late(errc::timeout, "cannot connect to port " + std::to_string(engine_.options().effective_port()) + ": " +
                                    (connector_ ? connector_->reasons() : std::string()));
      if (connector_) connector_->cancel();
      connector_.reset();
      connect_until_.reset();
      engine_.transport_failed(late.set_phase(phase::connect).set_host(engine_.options().host_name), now);
    }
    if (const auto limit = engine_.deadline(); limit.at && *limit.at <= now) engine_.expire(limit.in);
    engine_.wake(now);
  } else if (const auto at = engine_.expires_at; (connect_until_ && *connect_until_ <= now) || (at && *at <= now)) {
    const bool known = connector_ ? connector_->resolved() : engine_.greeted();
    error why(errc::timeout, known ? "cannot connect to port " + std::to_string(engine_.options().effective_port()) +
                                         (connector_ ? ": " + connector_->reasons() : std::string())
                                   : "the name look-up took too long");
    connect_until_.reset();
    drop(why.set_phase(known ? phase::connect : phase::resolve).set_host(engine_.options().host_name).set_fatal(true));
  }
  for (auto at = pending_.begin(); limited_ != 0 && at != pending_.end();) {
    const auto here = at++;
    if (!here->second.until || *here->second.until > now) continue;
    outcome how;
    here->second.request->stop(*this);
    here->second.request->late(how);
    if (how.failure) how.failure.set_fatal(engine_.protocol().closed());
    end(here, std::move(how));
  }
}

}  // namespace imapxx::inline v0::detail
