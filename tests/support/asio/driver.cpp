#include "support/asio/driver.hpp"

#include <imapxx/asio.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/strand.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_future.hpp>

#include <future>
#include <thread>

namespace imapxx::test {
namespace {

using namespace std::chrono_literals;

/// Waits, by its way of waiting, for an operation that is started with some token.
class loop {
 public:
  explicit loop(way w) : way_(w) {
    if (way_ == way::strand) {
      pool_.emplace(2);
      executor_ = asio::make_strand(pool_->get_executor());
      return;
    }
    executor_ = io_.get_executor();
    if (way_ == way::future) {
      work_.emplace(asio::make_work_guard(io_));
      thread_ = std::thread([this] { io_.run(); });
    }
  }
  ~loop() { stop(); }
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;

  void stop() {
    work_.reset();
    if (thread_.joinable()) thread_.join();
    if (pool_) pool_->join();
  }
  [[nodiscard]] const asio::any_io_executor& executor() const { return executor_; }

  /// `start` is called with a token.
  template <class T, class Start>
  T wait(Start start) {
    if (way_ == way::future) return start(asio::use_future).get();
    outcome<T> o;
    auto future = o.promise.get_future();
    if (way_ == way::awaitable) {
      asio::co_spawn(executor_, awaiting<T>(&start, &o), [](const std::exception_ptr& e) {
        if (e) std::rethrow_exception(e);
      });
    } else if constexpr (std::is_void_v<T>) {
      start([&o](std::exception_ptr e) { o.done(e); });
    } else {
      start([&o](std::exception_ptr e, T value) { o.done(e, std::move(value)); });
    }
    run_until_ready(future);
    return future.get();
  }
  /// Calls `f` where the client lives.
  template <class F>
  auto there(F f) -> decltype(f()) {
    if (way_ == way::callback || way_ == way::awaitable) return f();
    std::packaged_task<decltype(f())()> task(std::move(f));
    auto future = task.get_future();
    asio::post(executor_, [&task] { task(); });  // as a token, a packaged_task would be asked for its future
    return future.get();
  }

 private:
  template <class T>
  struct outcome {
    std::promise<T> promise;
    template <class... V>
    void done(const std::exception_ptr& e, V&&... value) {
      if (e) return promise.set_exception(e);
      promise.set_value(std::forward<V>(value)...);
    }
  };
  template <class T, class Start>
  static asio::awaitable<void> awaiting(Start* start, outcome<T>* o) {
    std::exception_ptr failed;
    try {
      if constexpr (std::is_void_v<T>) {
        co_await (*start)(asio::use_awaitable);
        o->promise.set_value();
      } else {
        o->promise.set_value(co_await (*start)(asio::use_awaitable));
      }
    } catch (...) {
      failed = std::current_exception();
    }
    if (failed) o->promise.set_exception(failed);
  }
  template <class Future>
  void run_until_ready(Future& f) {
    if (way_ == way::strand) return f.wait();
    io_.restart();
    while (f.wait_for(0s) != std::future_status::ready) {
      if (io_.run_one() == 0) throw std::logic_error("the context has no work, but the operation is not over");
    }
  }

  way way_;
  asio::io_context io_{1};
  std::optional<asio::thread_pool> pool_;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
  asio::any_io_executor executor_;
  std::thread thread_;
};

/// As the blocking client's `try_...` functions: an error instead of an exception.
template <class F>
auto caught(F f) -> result<decltype(f())> {
  try {
    if constexpr (std::is_void_v<decltype(f())>) {
      f();
      return {};
    } else {
      return f();
    }
  } catch (const error& e) {
    return e;
  }
}

class asio_driver;

class asio_ticket final : public driver::ticket {
 public:
  asio_ticket(loop& l, async_ticket<any_command> t) : loop_(l), t_(std::move(t)) {}
  ~asio_ticket() override {
    loop_.there([this] { t_.reset(); });
  }
  finished_command wait() override {
    return caught([this] {
      return loop_.wait<std::shared_ptr<command>>(
          [this](auto&& token) { return t_->async_wait(std::forward<decltype(token)>(token)); });
    });
  }

 private:
  loop& loop_;
  std::optional<async_ticket<any_command>> t_;
};

class asio_stream final : public driver::stream {
 public:
  asio_stream(loop& l, async_fetch_stream s) : loop_(l), s_(std::move(s)) {}
  ~asio_stream() override {
    loop_.there([this] { s_.reset(); });
  }
  result<const fetch_event*> try_next() override {
    // By turns, so that both ways of asking are used.
    if ((++calls_ & 1U) != 0) {
      if (const auto* e = loop_.there([this] { return s_->next_received(); })) return e;
    }
    return caught([this] {
      return loop_.wait<const fetch_event*>(
          [this](auto&& token) { return s_->async_next(std::forward<decltype(token)>(token)); });
    });
  }

 private:
  loop& loop_;
  std::optional<async_fetch_stream> s_;
  unsigned calls_ = 0;
};

class asio_driver final : public driver {
 public:
  asio_driver(connect_options options, way w) : loop_(w) { c_.emplace(loop_.executor(), std::move(options)); }
  ~asio_driver() override {
    loop_.there([this] { c_.reset(); });
    loop_.stop();
  }
  result<void> connect() override {
    return caught([this] { wait<void>([](auto m) { return m.connect(); }); });
  }
  result<void> authenticate(const credentials& who) override {
    return caught([&] { wait<void>([&](auto m) { return m.authenticate_as(who); }); });
  }
  finished_command run(any_command cmd) override {
    return caught([&] { return wait<std::shared_ptr<command>>([&](auto m) { return m.run(std::move(cmd)); }); });
  }
  std::unique_ptr<ticket> submit(any_command cmd) override {
    return loop_.there([&] { return std::make_unique<asio_ticket>(loop_, c_->submit(std::move(cmd))); });
  }
  std::unique_ptr<stream> open(fetch cmd) override {
    return loop_.there([&] { return std::make_unique<asio_stream>(loop_, c_->stream(std::move(cmd))); });
  }
  result<move_result> move(const uid_set& messages, const mailbox_name& to) override {
    return caught([&] { return wait<move_result>([&](auto m) { return m.move_messages(messages, to); }); });
  }
  result<move_result> move(const seq_set& messages, const mailbox_name& to) override {
    return caught([&] { return wait<move_result>([&](auto m) { return m.move_messages(messages, to); }); });
  }
  result<std::vector<list_entry>> plain(list what) override {
    return caught([&] { return wait<std::vector<list_entry>>([&](auto m) { return m.list_mailboxes(what); }); });
  }
  result<seq_search_result> plain(search what) override {
    return caught([&] { return wait<seq_search_result>([&](auto m) { return m.search_messages(what); }); });
  }
  result<uid_search_result> plain(uid_search what) override {
    return caught([&] { return wait<uid_search_result>([&](auto m) { return m.search_messages(what); }); });
  }
  result<store_result> plain(store what) override {
    return caught([&] { return wait<store_result>([&](auto m) { return m.store_flags(what); }); });
  }
  result<fetch_messages_result> plain(fetch what) override {
    return caught([&] { return wait<fetch_messages_result>([&](auto m) { return m.fetch_messages(what); }); });
  }
  bool idle(std::chrono::milliseconds duration, const std::function<bool(const mailbox_event&)>& stop) override {
    const auto until = std::chrono::steady_clock::now() + duration;
    std::optional<async_event_stream> events;
    loop_.there([&] { events.emplace(c_->events()); });
    struct closing {
      loop& l;
      std::optional<async_event_stream>& e;
      ~closing() {
        l.there([this] { e.reset(); });
      }
    } const at_end{loop_, events};
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
      if (left.count() <= 0) return false;
      push_event e;
      try {
        e = loop_.wait<push_event>(
            [&](auto&& token) { return events->async_next_within(left, std::forward<decltype(token)>(token)); });
      } catch (const error& why) {
        if (why.code() == errc::timeout && !why.is_fatal()) return false;
        throw;
      }
      if (e.what == push_event::kind::mailbox && stop(e.change)) return true;
    }
  }
  void idle_poll(std::chrono::milliseconds every) override {
    loop_.there([&] { c_->idle_poll(every); });
  }
  bool poll(std::chrono::milliseconds timeout) override {
    return wait<bool>([&](auto m) { return m.poll(timeout); });
  }
  void flush() override { (void)poll(0ms); }
  void cancel() override { c_->cancel(); }
  void expires_after(std::optional<std::chrono::milliseconds> t) override {
    loop_.there([&] { c_->expires_after(t); });
  }
  void close() override {
    if (!connected()) return;
    loop_.wait<void>([&](auto&& token) {
      // `close` has no exception to tell, so it goes through one that has.
      return asio::async_initiate<decltype(token), void(std::exception_ptr)>(
          [this](auto handler) {
            c_->async_close([h = std::make_shared<decltype(handler)>(std::move(handler))] {
              std::move (*h)(std::exception_ptr());
            });
          },
          token);
    });
  }
  bool connected() const override {
    return loop_.there([&] { return c_->connected(); });
  }
  bool tls() const override {
    return loop_.there([&] { return c_->tls(); });
  }
  std::string tls_description() const override {
    return loop_.there([&] { return c_->tls_description(); });
  }
  const session& protocol() const override {
    // What the caller looks at lies still: nothing waits.
    return *loop_.there([&] { return &c_->protocol(); });
  }

 private:
  template <class T, class F>
  T wait(F f) {
    return loop_.wait<T>([&](auto&& token) { return f(c_->with(std::forward<decltype(token)>(token))); });
  }
  mutable loop loop_;
  std::optional<async_client> c_;
};

}  // namespace

const char* name_of(way w) {
  switch (w) {
    case way::callback: return "callback";
    case way::future: return "future";
    case way::awaitable: return "awaitable";
    case way::strand: return "strand";
  }
  return "?";
}

std::unique_ptr<driver> make_asio_driver(connect_options options, way w) {
  return std::make_unique<asio_driver>(std::move(options), w);
}

}  // namespace imapxx::test
