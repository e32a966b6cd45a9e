/// \file
/// The asynchronous client, on standalone Asio (target `imapxx::asio`). See docs/async.md.
#pragma once

#include <imapxx/asio/requests.hpp>
#include <imapxx/asio/streams.hpp>
#include <imapxx/asio/waiter.hpp>
#include <imapxx/command_methods.hpp>
#include <imapxx/commands.hpp>
#include <imapxx/download.hpp>
#include <imapxx/fetch_messages.hpp>
#include <imapxx/move_result.hpp>
#include <imapxx/options.hpp>
#include <imapxx/sasl.hpp>
#include <imapxx/session.hpp>
#include <imapxx/start.hpp>

#include <asio/use_awaitable.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {

/// Operations of a client with one completion token: made by `async_client::with`, used at once.
///     client.with(asio::use_future).within(5s).fetch(uids, items)
template <class Token>
class async_methods : public command_methods<async_methods<Token>> {
 public:
  async_methods(std::shared_ptr<detail::async_core> core, Token token)
      : core_(std::move(core)), token_(std::move(token)) {}

  /// The operation fails with `errc::timeout` when it takes longer. As with a cancellation, the connection survives
  /// where the rest of the answer can be drained.
  async_methods& within(std::chrono::milliseconds limit) {
    limit_ = limit;
    return *this;
  }

  template <typed_command C>
  auto run(C cmd) {
    return detail::start<detail::deliver_command<C>>(core_, detail::request_run(std::make_unique<C>(std::move(cmd))),
                                                     limit_, std::move(token_));
  }
  template <typed_command C>
  auto try_run(C cmd) {
    return detail::start<detail::deliver_result<C>>(core_, detail::request_run(std::make_unique<C>(std::move(cmd))),
                                                    limit_, std::move(token_));
  }
  auto connect() { return go<detail::deliver_error>(detail::request_connect(std::nullopt)); }
  auto connect(credentials who) { return go<detail::deliver_error>(detail::request_connect(std::move(who))); }
  auto authenticate_as(credentials who) { return go<detail::deliver_error>(detail::request_login(std::move(who))); }
  auto start(credentials who, start_plan plan) {
    return go<detail::deliver_value<start_result>>(detail::request_start(std::move(who), std::move(plan)));
  }
  auto move_messages(const uid_set& messages, const mailbox_name& to) {
    return go<detail::deliver_value<move_result>>(detail::request_move(messages, to));
  }
  auto move_messages(const seq_set& messages, const mailbox_name& to) {
    return go<detail::deliver_value<move_result>>(detail::request_move(messages, to));
  }
  auto append_messages(const mailbox_name& mailbox, std::vector<append_message> messages) {
    return go<detail::deliver_value<append_messages_result>>(detail::request_append(mailbox, std::move(messages)));
  }
  auto list_mailboxes(imapxx::v0::list what) { return plain<std::vector<list_entry>>(std::move(what)); }
  auto search_messages(imapxx::v0::search what) { return plain<seq_search_result>(std::move(what)); }
  auto search_messages(imapxx::v0::uid_search what) { return plain<uid_search_result>(std::move(what)); }
  auto store_flags(imapxx::v0::store what) { return plain<store_result>(std::move(what)); }
  auto fetch_messages(imapxx::v0::fetch what, std::size_t most_commands = fetch_messages_result::default_commands) {
    return go<detail::deliver_value<fetch_messages_result>>(detail::request_fetch(std::move(what), most_commands));
  }
  auto download_message(download what) {
    return go<detail::deliver_value<download_result>>(detail::request_download(std::move(what)));
  }
  auto poll(std::chrono::milliseconds timeout) { return go<detail::deliver_truth>(detail::request_poll(timeout)); }
  auto close() { return go<detail::deliver_nothing>(detail::request_close()); }

 private:
  template <class Deliver>
  auto go(std::shared_ptr<detail::async_request> request) {
    return detail::start<Deliver>(core_, std::move(request), limit_, std::move(token_));
  }
  template <class T, class C>
  auto plain(C what) {
    return go<detail::deliver_value<T>>(detail::request_plain(std::move(what)));
  }
  std::shared_ptr<detail::async_core> core_;
  Token token_;
  detail::time_limit limit_;
};

/// A connection to one server on an Asio executor.
///
/// *Tokens*: every operation takes any completion token (callback, `use_future`, `use_awaitable`, deferred ...); the
/// methods without one are for `co_await`. Signatures are `void(std::exception_ptr[, T])`: the exception is what the
/// blocking client would throw (`error`, `status_error`); `async_try_run` has `void(result<T>)`. Handlers run on their
/// associated executor, by default the client's.
/// *Executor*: it must run one thing at a time (an io_context that one thread runs, or a strand). Then operations may
/// be started, and `cancel` called, from any thread; everything else belongs to the executor.
/// *Activity*: bytes are moved while at least one operation waits, never otherwise; commands that are started together
/// leave together, as far as RFC 9051 section 5.5 allows. Cancellation slots, and `within`, end one operation at once;
/// what is left of its answer is read and dropped by those that follow, within `limits::drain_octets`; in the middle of
/// a literal, TLS or SASL the connection ends. Of the types of cancellation, `total` works as long as nothing was sent.
/// *Deadlines* are those of `session_options::timeouts` and `expires_after`, with the blocking client's meaning.
class IMAPXX_API async_client : public command_methods<async_client> {
 public:
  async_client(asio::any_io_executor executor, connect_options options);
  template <class Context>
    requires requires(Context& c) {
      { c.get_executor() } -> std::convertible_to<asio::any_io_executor>;
    }
  async_client(Context& context, connect_options options)
      : async_client(asio::any_io_executor(context.get_executor()), std::move(options)) {}
  /// Closes without LOGOUT; operations that wait end with `errc::closed`.
  ~async_client();
  async_client(async_client&&) noexcept;
  async_client& operator=(async_client&&) noexcept;

  /// A connected stream socket of the application's, which `async_connect` uses instead of looking up and connecting;
  /// owned from now on. Errors: io
  [[nodiscard]] result<void> adopt(int connected_socket);

  /// Name look-up, TCP (all addresses, RFC 8305), TLS as the options say, greeting, capabilities; with credentials also
  /// log-in. Once for each client. Errors: those of `client`'s constructors.
  template <class Token = asio::use_awaitable_t<>>
  auto async_connect(Token&& token = Token()) {
    return with(std::forward<Token>(token)).connect();
  }
  template <class Token = asio::use_awaitable_t<>>
  auto async_connect(credentials who, Token&& token = Token()) {
    return with(std::forward<Token>(token)).connect(std::move(who));
  }
  /// As `client::authenticate_as`.
  template <class Token = asio::use_awaitable_t<>>
  auto async_authenticate_as(credentials who, Token&& token = Token()) {
    return with(std::forward<Token>(token)).authenticate_as(std::move(who));
  }
  /// As `client::start`, on a client that is connected and not logged in.
  template <class Token = asio::use_awaitable_t<>>
  auto async_start(credentials who, start_plan plan, Token&& token = Token()) {
    return with(std::forward<Token>(token)).start(std::move(who), std::move(plan));
  }
  /// As `client::move_messages`.
  template <class Set, class Token = asio::use_awaitable_t<>>
  auto async_move_messages(const Set& messages, const mailbox_name& to, Token&& token = Token()) {
    return with(std::forward<Token>(token)).move_messages(messages, to);
  }
  /// As the methods of `client` with these names.
  auto list_mailboxes(imapxx::v0::list what) { return awaiting().list_mailboxes(std::move(what)); }
  auto search_messages(imapxx::v0::search what) { return awaiting().search_messages(std::move(what)); }
  auto search_messages(imapxx::v0::uid_search what) { return awaiting().search_messages(std::move(what)); }
  auto append_messages(const mailbox_name& mailbox, std::vector<append_message> messages) {
    return awaiting().append_messages(mailbox, std::move(messages));
  }
  auto store_flags(imapxx::v0::store what) { return awaiting().store_flags(std::move(what)); }
  auto fetch_messages(imapxx::v0::fetch what, std::size_t most_commands = fetch_messages_result::default_commands) {
    return awaiting().fetch_messages(std::move(what), most_commands);
  }
  auto download_message(download what) { return awaiting().download_message(std::move(what)); }
  /// Sends a command and waits for its result.
  template <typed_command C, class Token = asio::use_awaitable_t<>>
  auto async_run(C cmd, Token&& token = Token()) {
    return with(std::forward<Token>(token)).run(std::move(cmd));
  }
  template <typed_command C, class Token = asio::use_awaitable_t<>>
  auto async_try_run(C cmd, Token&& token = Token()) {
    return with(std::forward<Token>(token)).try_run(std::move(cmd));
  }
  /// As `client::poll`: whether anything came within `timeout`.
  template <class Token = asio::use_awaitable_t<>>
  auto async_poll(std::chrono::milliseconds timeout, Token&& token = Token()) {
    return with(std::forward<Token>(token)).poll(timeout);
  }
  /// LOGOUT, and closes; waits for the answer at most `timeouts::logout`. Never fails: `void()`.
  template <class Token = asio::use_awaitable_t<>>
  auto async_close(Token&& token = Token()) {
    return with(std::forward<Token>(token)).close();
  }
  /// All named methods, and those above, with this token.
  template <class Token>
  [[nodiscard]] auto with(Token&& token) const {
    return async_methods<std::decay_t<Token>>(core_, std::forward<Token>(token));
  }
  /// The same for `co_await`, with a time limit.
  [[nodiscard]] auto within(std::chrono::milliseconds limit) const {
    auto m = awaiting();
    m.within(limit);
    return m;
  }
  /// What the named methods call; for `co_await`.
  template <typed_command C>
  auto run(C cmd) {
    return awaiting().run(std::move(cmd));
  }
  template <typed_command C>
  auto try_run(C cmd) {
    return awaiting().try_run(std::move(cmd));
  }

  /// Queues a command, to be waited for later. On the client's executor.
  template <typed_command C>
  [[nodiscard]] async_ticket<C> submit(C cmd) {
    return async_ticket<C>(detail::submit_to(core_, std::make_unique<C>(std::move(cmd))));
  }
  /// Delivers FETCH data while it arrives, in bounded memory. On the client's executor.
  [[nodiscard]] async_fetch_stream stream(imapxx::v0::fetch cmd);
  /// On the client's executor.
  [[nodiscard]] async_event_stream events();
  /// How often NOOP replaces a missing IDLE. Default 60 s.
  async_client& idle_poll(std::chrono::milliseconds every);

  /// Ends all operations that wait now with `errc::cancelled`. From any thread.
  void cancel() noexcept;
  /// All operations from now on must be over by then. nullopt: only the options' timeouts.
  async_client& expires_after(std::optional<std::chrono::milliseconds> duration);

  [[nodiscard]] const asio::any_io_executor& get_executor() const noexcept;
  [[nodiscard]] bool connected() const noexcept;
  [[nodiscard]] const mailbox_view& mailbox() const noexcept;
  [[nodiscard]] session_state state() const noexcept;
  [[nodiscard]] const capability_set& capabilities() const noexcept;
  [[nodiscard]] bool tls() const noexcept;
  [[nodiscard]] std::string tls_description() const;
  [[nodiscard]] const std::string& greeting() const noexcept;
  [[nodiscard]] std::vector<std::string> plan_move() const;
  [[nodiscard]] const session& protocol() const noexcept;

 private:
  [[nodiscard]] async_methods<asio::use_awaitable_t<>> awaiting() const { return {core_, asio::use_awaitable_t<>()}; }
  std::shared_ptr<detail::async_core> core_;
};

}  // namespace imapxx::inline v0
