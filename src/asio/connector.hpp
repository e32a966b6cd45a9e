/// \file
/// From a host name to a connected socket: all addresses, the next one started before the last one has failed.
#pragma once

#include <imapxx/result.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/generic/stream_protocol.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0::detail {

using stream_socket = asio::generic::stream_protocol::socket;

/// One attempt to reach a host (RFC 8305). Calls back once, on the executor and never from within `start`, unless
/// `cancel` was called before. Errors: invalid_argument, resolve, connect.
class connector final : public std::enable_shared_from_this<connector> {
 public:
  using callback = std::function<void(result<stream_socket>&)>;
  connector(asio::any_io_executor executor, std::string host, std::uint16_t port);
  void start(callback done);
  /// Drops the attempts that are under way; nothing is called any more.
  void cancel() noexcept;
  /// Whether the name was looked up: what comes too late later is too late for connecting.
  [[nodiscard]] bool resolved() const noexcept { return resolved_; }
  /// "192.0.2.1: Connection refused; 2001:db8::1: no answer"
  [[nodiscard]] std::string reasons() const;

 private:
  using endpoint = asio::ip::tcp::endpoint;
  struct attempt {
    explicit attempt(const asio::any_io_executor& ex) : socket(ex) {}
    asio::ip::tcp::socket socket;
    std::error_code reason;
  };
  void look_up();
  void use(const std::vector<endpoint>& found);
  void start_next();
  void wait_for(std::size_t index);
  void on_connected(std::size_t index, const std::error_code& ec);
  void finish(result<stream_socket> outcome);
  void fail(errc code, const std::string& why, phase in, const std::error_code& reason = {});

  asio::any_io_executor executor_;
  std::string host_;
  std::uint16_t port_;
  callback done_;
  asio::ip::tcp::resolver resolver_;
  asio::steady_timer timer_;
  std::vector<endpoint> addresses_;
  std::vector<std::unique_ptr<attempt>> attempts_;
  std::size_t running_ = 0;
  bool resolved_ = false;
};

}  // namespace imapxx::inline v0::detail
