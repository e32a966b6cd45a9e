/// \file
/// What an asynchronous client hands out: tickets, the data of a FETCH as it arrives, events.
#pragma once

#include <imapxx/asio/waiter.hpp>

#include <asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace imapxx::inline v0 {

namespace detail {
class stream_state;
class event_state;
class async_ticket_state;
using time_limit = std::optional<std::chrono::milliseconds>;

[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_piece(std::shared_ptr<stream_state> stream);
[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_event(std::shared_ptr<event_state> events);
[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_wait(const std::shared_ptr<async_ticket_state>& ticket);
[[nodiscard]] IMAPXX_API const std::shared_ptr<async_core>& core_of(const async_ticket_state& ticket) noexcept;
}  // namespace detail

/// A command on its way. Destroying it abandons the command. May outlive the client, and then only reports errors.
template <typed_command C>
class [[nodiscard]] async_ticket {
 public:
  explicit async_ticket(std::shared_ptr<detail::async_ticket_state> state) : state_(std::move(state)) {}
  /// Waits for the tagged response. Call it once.
  template <class Token = asio::use_awaitable_t<>>
  auto async_wait(Token&& token = Token()) {
    return detail::start<detail::deliver_command<C>>(detail::core_of(*state_), detail::request_wait(state_),
                                                     std::nullopt, std::forward<Token>(token));
  }

 private:
  std::shared_ptr<detail::async_ticket_state> state_;
};

/// An open FETCH. Back-pressure is not reading: the server waits when nobody asks for a piece. Other commands of the
/// client may be run meanwhile; what arrives for the stream then is kept in memory up to 8 MiB, and beyond that in an
/// unlinked temporary file. Destroying it early abandons the command. Belongs to the client's executor.
class IMAPXX_API async_fetch_stream {
 public:
  explicit async_fetch_stream(std::shared_ptr<detail::stream_state> state);
  ~async_fetch_stream();
  async_fetch_stream(async_fetch_stream&&) noexcept;
  async_fetch_stream& operator=(async_fetch_stream&&) noexcept;

  /// The next piece, or nullptr after the last one: `void(std::exception_ptr, const fetch_event*)`. Its views live
  /// until the following call; the handler must run on the client's executor. When the FETCH failed, the error comes
  /// behind all data before it. One call at a time.
  template <class Token = asio::use_awaitable_t<>>
  auto async_next(Token&& token = Token()) {
    return detail::start<detail::deliver_piece>(core(), detail::request_piece(state_), std::nullopt,
                                                std::forward<Token>(token));
  }
  /// A piece that is here already, or nullptr when `async_next` would have to wait (or has to tell the end). Many small
  /// rows cost much less so: `while (auto* e = co_await s.async_next()) do use(*e); while ((e = s.next_received()));`
  [[nodiscard]] const fetch_event* next_received();

 private:
  [[nodiscard]] const std::shared_ptr<detail::async_core>& core() const noexcept;
  std::shared_ptr<detail::stream_state> state_;
};

/// What the server says unasked, as one sequence: changes of the selected mailbox and responses that no command asked
/// for (NOTIFY). While somebody waits, IDLE runs and is renewed in time, or NOOP asks every `idle_poll` where IDLE is
/// missing; commands of the client may be run meanwhile. Destroying it ends IDLE. Belongs to the client's executor.
class IMAPXX_API async_event_stream {
 public:
  explicit async_event_stream(std::shared_ptr<detail::event_state> state);
  ~async_event_stream();
  async_event_stream(async_event_stream&&) noexcept;
  async_event_stream& operator=(async_event_stream&&) noexcept;

  /// The next event: `void(std::exception_ptr, push_event)`. One call at a time.
  template <class Token = asio::use_awaitable_t<>>
  auto async_next(Token&& token = Token()) {
    return async_next_within(std::nullopt, std::forward<Token>(token));
  }
  /// Fails with `errc::timeout` when nothing comes for so long; the stream and the connection go on.
  template <class Token = asio::use_awaitable_t<>>
  auto async_next_within(detail::time_limit limit, Token&& token = Token()) {
    return detail::start<detail::deliver_value<push_event>>(core(), detail::request_event(state_), limit,
                                                            std::forward<Token>(token));
  }

 private:
  [[nodiscard]] const std::shared_ptr<detail::async_core>& core() const noexcept;
  std::shared_ptr<detail::event_state> state_;
};

}  // namespace imapxx::inline v0
