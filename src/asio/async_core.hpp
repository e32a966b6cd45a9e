/// \file
/// The asynchronous driver: waits for readiness with Asio, moves bytes itself, and tells waiters how things ended.
#pragma once

#include <imapxx/asio.hpp>

#include "asio/connector.hpp"
#include "base/fifo.hpp"
#include "core/engine.hpp"

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace imapxx::inline v0::core {
class idle_operation;
}

namespace imapxx::inline v0::detail {

class async_core;

/// One kind of operation, as it was asked for and while it waits. Lives on the client's executor.
class async_request {
 public:
  async_request() = default;
  async_request(const async_request&) = delete;
  async_request& operator=(const async_request&) = delete;
  virtual ~async_request();

  /// An error ends it at once. What it must wait for it tells the core.
  virtual result<void> start(async_core& core) = 0;
  /// Whether it is over, and how.
  virtual bool done(async_core& core, outcome& how) = 0;
  /// Nobody waits any more: whatever was under way is to be abandoned.
  virtual void stop(async_core& core) noexcept = 0;
  /// Its time is over.
  virtual void late(outcome& how) { how.failure = error(errc::timeout, "the operation took longer than allowed"); }
  /// Whether the peer can have noticed something of it.
  [[nodiscard]] virtual bool has_effects() const noexcept { return true; }
  /// Whether everything that was received is to be handled first.
  [[nodiscard]] virtual bool waits_for_quiet() const noexcept { return false; }
};

/// Shared by the client, its tickets, its streams and the handlers of pending waits. Everything but `cancel_from` and
/// the entry points in waiter.hpp belongs to the executor.
class async_core final : public std::enable_shared_from_this<async_core> {
 public:
  async_core(asio::any_io_executor executor, connect_options options);
  ~async_core();
  async_core(const async_core&) = delete;
  async_core& operator=(const async_core&) = delete;

  [[nodiscard]] const asio::any_io_executor& executor() const noexcept { return executor_; }
  [[nodiscard]] core::engine& engine() noexcept { return engine_; }
  [[nodiscard]] const core::engine& engine() const noexcept { return engine_; }

  void begin(std::uint64_t number, std::unique_ptr<async_waiter> waiter, std::shared_ptr<async_request> request,
             std::optional<std::chrono::milliseconds> limit);
  void cancel(std::uint64_t number, asio::cancellation_type type);
  void cancel_all();
  /// Closes; everything that waits ends with `why`.
  void drop(const error& why);
  void close_socket();
  /// The executor's context ends: lets go of all handlers without calling them.
  void shut_down() noexcept;

  // --- for requests
  [[nodiscard]] bool connected() const noexcept { return socket_ && socket_->is_open(); }
  [[nodiscard]] bool has_socket() const noexcept { return socket_.has_value(); }
  /// Connected, or about to be again.
  [[nodiscard]] bool usable() const noexcept { return connected() || (engine_.lost() && !dropped_); }
  result<void> use_socket(stream_socket socket);
  result<void> adopt(int fd);
  result<command_id> submit(std::unique_ptr<command> cmd, bool streaming = false);
  /// The present request is over when this command is; others are looked at after each event.
  void wait_for(command_id id) { starting_command_ = id; }
  /// The present request is over then, late.
  void until(core::time_point at) { starting_until_ = at; }
  void connect_until(deadline_point at) noexcept { connect_until_ = at; }
  std::shared_ptr<connector>& race() noexcept { return connector_; }
  /// Moves bytes soon, on the executor.
  void wake_up();
  /// Sends what can be sent without waiting.
  void send_now() { (void)try_write(); }
  /// Handles what has been received until the stream has a piece. \return a row that needs no place in the spool, else
  /// nullptr: the spool has the piece, or there is none
  const fetch_event* advance(command_id stream, core::fetch_spool& spool);

  // --- IDLE, which all event streams share
  void add_events(event_state* s);
  void remove_events(event_state* s) noexcept;
  /// \return why there is none
  error ensure_idle();

  std::chrono::milliseconds idle_poll{60'000};

 private:
  struct pending {
    std::unique_ptr<async_waiter> waiter;
    std::shared_ptr<async_request> request;
    deadline_point until;
    command_id command = 0;
    std::uint64_t pumps = 0;  ///< how often bytes had been moved when it began
  };
  using pending_map = std::map<std::uint64_t, pending>;

  void pump();
  void move();
  void move_bytes();
  void get_over_loss();
  void reached(result<stream_socket>& found);
  bool handle_events();
  bool try_write();
  bool try_read();
  void on_finished(command_id id);
  void look_at_watchers(bool quiet);
  void settle();
  void disarm() noexcept;
  void arm_timer();
  void on_timer();
  void look_at_clock();
  template <class F>
  auto ending_without_memory(F&& f) -> decltype(f());
  void deliver();
  void end(pending_map::iterator at, outcome how);
  void fail_all(const error& why);
  [[nodiscard]] deadline_point next_time() const;

  asio::any_io_executor executor_;
  core::engine engine_;
  std::optional<stream_socket> socket_;
  asio::steady_timer timer_;
  std::shared_ptr<connector> connector_;
  deadline_point connect_until_;
  pending_map pending_;
  std::map<command_id, std::uint64_t> by_command_;
  std::vector<std::uint64_t> watchers_;                                 ///< pending without a command of their own
  std::list<std::pair<std::unique_ptr<async_waiter>, outcome>> ready_;  // costs nothing while it is empty
  std::unique_ptr<core::idle_operation> idle_;
  std::vector<event_state*> events_;
  command_id starting_command_ = 0;
  deadline_point starting_until_;
  deadline_point armed_at_;
  std::uint64_t pumps_ = 0;
  std::uint64_t timer_round_ = 0;
  std::size_t limited_ = 0;  ///< pending with a deadline of their own
  bool scheduled_ = false;
  bool reading_ = false;   ///< waits for readability
  bool writing_ = false;   ///< waits for writability
  bool readable_ = false;  ///< the last read may have left something
  bool dropped_ = false;
  bool shut_down_ = false;
};

/// What a streaming FETCH and its consumer share.
class stream_state {
 public:
  stream_state(std::shared_ptr<async_core> c, result<command_id> submitted);
  std::shared_ptr<async_core> core;
  command_id id = 0;
  error refused;
  bool over = false;
  core::fetch_spool spool;
};

/// What an event stream and its consumer share.
class event_state {
 public:
  explicit event_state(std::shared_ptr<async_core> c) : core(std::move(c)) {}
  void push(std::shared_ptr<push_event> e);
  std::shared_ptr<async_core> core;
  base::fifo<std::shared_ptr<push_event>> queue;
};

class async_ticket_state {
 public:
  async_ticket_state(std::shared_ptr<async_core> c, result<command_id> submitted);
  ~async_ticket_state();
  async_ticket_state(const async_ticket_state&) = delete;
  async_ticket_state& operator=(const async_ticket_state&) = delete;
  std::shared_ptr<async_core> core;
  command_id id = 0;
  error refused;
};

}  // namespace imapxx::inline v0::detail
