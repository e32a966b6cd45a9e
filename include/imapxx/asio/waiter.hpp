/// \file
/// How a completion handler of any kind is kept until its operation ends: one erased class, so that nothing of the
/// client but these few lines is compiled for each handler.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/error.hpp>
#include <imapxx/event.hpp>
#include <imapxx/export.hpp>
#include <imapxx/fetch_stream.hpp>
#include <imapxx/result.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/dispatch.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace imapxx::inline v0 {

/// One thing that the server said unasked. More kinds may come.
class push_event {
 public:
  enum class kind : std::uint8_t {
    mailbox,  ///< `change`: something in the selected mailbox
    data,     ///< `data`: any other response that no command asked for, such as STATUS and LIST of NOTIFY (RFC 5465)
    overflow  ///< nobody asked for so long that events were dropped; the client's `mailbox()` is up to date
  };
  push_event() = default;
  kind what = kind::mailbox;
  mailbox_event change;
  std::shared_ptr<const response> data;
};

namespace detail {

class async_core;
class async_request;  // what is to be done; made by the functions below

/// How an operation ended. Which member counts depends on the operation.
class outcome {
 public:
  outcome() = default;
  explicit outcome(error why) : failure(std::move(why)) {}
  error failure;
  std::unique_ptr<command> finished;
  std::shared_ptr<void> value;  ///< of the type that the operation's `deliver_value` names
  const fetch_event* piece = nullptr;
  bool truth = false;
};

/// A completion handler that waits.
class IMAPXX_API async_waiter {
 public:
  async_waiter() = default;
  async_waiter(const async_waiter&) = delete;
  async_waiter& operator=(const async_waiter&) = delete;
  virtual ~async_waiter();
  /// Calls the handler on its own executor, perhaps before this returns. `self` is this object.
  virtual void complete(std::unique_ptr<async_waiter> self, outcome o) = 0;
};

template <class Handler, class Deliver>
class waiter_of final : public async_waiter {
 public:
  waiter_of(Handler h, const asio::any_io_executor& otherwise)
      : handler_(std::move(h)), work_(asio::get_associated_executor(handler_, otherwise)) {}

  void complete(std::unique_ptr<async_waiter> self, outcome o) override {
    std::unique_ptr<waiter_of> me(static_cast<waiter_of*>(self.release()));
    // Dispatched on the handler's own type of executor: not every one (use_future's) converts to any_io_executor.
    const auto executor = work_.get_executor();
    asio::dispatch(executor, [me = std::move(me), o = std::move(o)]() mutable {
      Handler handler(std::move(me->handler_));
      me.reset();
      if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) slot.clear();
      Deliver()(handler, o);
    });
  }

 private:
  Handler handler_;
  asio::executor_work_guard<asio::associated_executor_t<Handler, asio::any_io_executor>> work_;
};

// --- the part that is compiled once
[[nodiscard]] IMAPXX_API const asio::any_io_executor& executor_of(const async_core& core) noexcept;
[[nodiscard]] IMAPXX_API std::uint64_t new_waiter_number() noexcept;
/// Starts the request on the client's executor.
IMAPXX_API void begin(const std::shared_ptr<async_core>& core, std::uint64_t number,
                      std::unique_ptr<async_waiter> waiter, std::shared_ptr<async_request> request,
                      std::optional<std::chrono::milliseconds> limit);
IMAPXX_API void cancel(const std::weak_ptr<async_core>& core, std::uint64_t number, asio::cancellation_type type);
/// `error` or `status_error`; null for success.
[[nodiscard]] IMAPXX_API std::exception_ptr to_exception(const error& e);
[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_run(std::unique_ptr<command> cmd);

/// What a cancellation slot keeps.
class canceller {
 public:
  canceller(std::weak_ptr<async_core> core, std::uint64_t number) : core_(std::move(core)), number_(number) {}
  void operator()(asio::cancellation_type type) const { cancel(core_, number_, type); }

 private:
  std::weak_ptr<async_core> core_;
  std::uint64_t number_;
};

template <class Deliver>
class initiation {
 public:
  initiation(std::shared_ptr<async_core> core, std::optional<std::chrono::milliseconds> limit)
      : core_(std::move(core)), limit_(limit) {}

  template <class Handler>
  void operator()(Handler&& handler, std::shared_ptr<async_request> request) const {
    using handler_type = std::decay_t<Handler>;
    const auto number = new_waiter_number();
    if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected())
      slot.template emplace<canceller>(core_, number);
    begin(core_, number,
          std::make_unique<waiter_of<handler_type, Deliver>>(std::forward<Handler>(handler), executor_of(*core_)),
          std::move(request), limit_);
  }

 private:
  std::shared_ptr<async_core> core_;
  std::optional<std::chrono::milliseconds> limit_;
};

/// The outcome of a request, for coroutines: compiled once, whatever becomes of the outcome.
[[nodiscard]] IMAPXX_API asio::awaitable<outcome> outcome_of(std::shared_ptr<async_core> core,
                                                             std::shared_ptr<async_request> request,
                                                             std::optional<std::chrono::milliseconds> limit);

template <class Deliver>
asio::awaitable<typename Deliver::value_type> awaited(asio::awaitable<outcome> pending) {
  auto o = co_await std::move(pending);
  co_return Deliver::take(o);
}

/// Starts `request` with any completion token.
template <class Deliver, class Token>
auto start(const std::shared_ptr<async_core>& core, std::shared_ptr<async_request> request,
           std::optional<std::chrono::milliseconds> limit, Token&& token) {
  if constexpr (std::is_same_v<std::decay_t<Token>, asio::use_awaitable_t<>>) {
    return awaited<Deliver>(outcome_of(core, std::move(request), limit));
  } else {
    std::decay_t<Token> own(std::forward<Token>(token));
    return asio::async_initiate<std::decay_t<Token>, typename Deliver::signature>(initiation<Deliver>(core, limit), own,
                                                                                  std::move(request));
  }
}

// --- from outcomes to what handlers are called with, and what coroutines are given (`take`)

/// The outcome itself.
class deliver_outcome {
 public:
  using signature = void(outcome);
  template <class Handler>
  void operator()(Handler& handler, outcome& o) const {
    std::move(handler)(std::move(o));
  }
};

/// Nothing can fail.
class deliver_nothing {
 public:
  using value_type = void;
  using signature = void();
  template <class Handler>
  void operator()(Handler& handler, outcome&) const {
    std::move(handler)();
  }
  static void take(outcome&) noexcept {}
};

/// An exception or nothing.
class deliver_error {
 public:
  using value_type = void;
  using signature = void(std::exception_ptr);
  template <class Handler>
  void operator()(Handler& handler, outcome& o) const {
    std::move(handler)(to_exception(o.failure));
  }
  static void take(outcome& o) {
    if (o.failure) throw_error(o.failure);
  }
};

/// An exception, or what `From::found` finds in the outcome.
template <class From>
class deliver {
 public:
  using value_type = typename From::value_type;
  using signature = void(std::exception_ptr, value_type);
  template <class Handler>
  void operator()(Handler& handler, outcome& o) const {
    std::move(handler)(to_exception(o.failure), o.failure ? value_type() : From::found(o));
  }
  static value_type take(outcome& o) {
    deliver_error::take(o);
    return From::found(o);
  }
};

template <class C>
class from_command {
 public:
  using value_type = typename C::result_type;
  static value_type found(outcome& o) { return static_cast<C&>(*o.finished).take_result(); }
};
template <class C>
using deliver_command =
    std::conditional_t<std::is_void_v<typename C::result_type>, deliver_error, deliver<from_command<C>>>;

/// Of a command, without exceptions.
template <class C>
class deliver_result {
 public:
  using value_type = result<typename C::result_type>;
  using signature = void(value_type);
  template <class Handler>
  void operator()(Handler& handler, outcome& o) const {
    std::move(handler)(take(o));
  }
  static value_type take(outcome& o) {
    if (o.failure) return std::move(o.failure);
    if constexpr (std::is_void_v<typename C::result_type>) {
      return {};
    } else {
      return from_command<C>::found(o);
    }
  }
};

template <class T>
class from_value {
 public:
  using value_type = T;
  static value_type found(outcome& o) { return o.value ? std::move(*static_cast<T*>(o.value.get())) : T(); }
};
template <class T>
using deliver_value = deliver<from_value<T>>;

class from_truth {
 public:
  using value_type = bool;
  static bool found(const outcome& o) noexcept { return o.truth; }
};
using deliver_truth = deliver<from_truth>;

class from_piece {
 public:
  using value_type = const fetch_event*;
  static const fetch_event* found(const outcome& o) noexcept { return o.piece; }
};
using deliver_piece = deliver<from_piece>;

}  // namespace detail
}  // namespace imapxx::inline v0
