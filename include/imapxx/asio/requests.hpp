/// \file
/// What an `async_client` can be asked for, as its library makes it. Not for use by itself.
#pragma once

#include <imapxx/asio/waiter.hpp>
#include <imapxx/commands.hpp>
#include <imapxx/download.hpp>
#include <imapxx/sasl.hpp>
#include <imapxx/start.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace imapxx::inline v0 {

namespace detail {
class async_ticket_state;
[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_connect(std::optional<credentials> who);
[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_login(credentials who);
[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_start(credentials who, start_plan plan);
[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_move(uid_set messages, mailbox_name to);
[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_move(seq_set messages, mailbox_name to);
[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_plain(list what);
[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_plain(search what);
[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_plain(uid_search what);
[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_plain(store what);
[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_fetch(fetch what, std::size_t most_commands);
[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_download(download what);
[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_append(mailbox_name to,
                                                                       std::vector<append_message> messages);
[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_poll(std::chrono::milliseconds timeout);
[[nodiscard]] IMAPXX_API std::shared_ptr<async_request> request_close();
[[nodiscard]] IMAPXX_API std::shared_ptr<async_ticket_state> submit_to(const std::shared_ptr<async_core>& core,
                                                                       std::unique_ptr<command> cmd);
}  // namespace detail

}  // namespace imapxx::inline v0
