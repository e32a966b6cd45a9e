/// \file
/// A session with the filters between it and the network: what the drivers move bytes for. Still without I/O.
#pragma once

#include <imapxx/options.hpp>
#include <imapxx/sasl.hpp>
#include <imapxx/session.hpp>

#include "filter/filter.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace imapxx::inline v0::core {

/// What `connection::next` asks of its driver.
class step {
 public:
  enum class kind : std::uint8_t {
    io,        ///< send `output()` if there is any, and read
    event,     ///< `event` holds something of the session's
    tls_ready  ///< the handshake is over, everything that follows is protected
  };
  kind what = kind::io;
  session_event event;
};

/// Passes on to the application what the session reports, but nothing that came in the clear while TLS is required: it
/// is not the server's word (only traces show it).
class clear_text_guard final : public observer {
 public:
  clear_text_guard(observer* to, bool trusted) noexcept : to_(to), trusted_(trusted) {}
  void trust() noexcept { trusted_ = true; }

  void on_mailbox_event(const mailbox_event& e) override;
  void on_alert(std::string_view text) override;
  void on_status(const status_response& s) override;
  void on_unclaimed(const response& r) override;
  void on_unparsed(const unparsed_item& u) override;
  [[nodiscard]] bool wants_trace() const noexcept override;
  void on_raw(std::string_view text) override;
  void on_trace(trace_direction d, std::string_view text) override;

 private:
  observer* to_;
  bool trusted_;
};

/// Session plus TLS: network bytes in and out. Owns no socket and no clock. Not thread-safe.
///
/// Calling protocol: `next` until it says `io`; then send from `output` (`output_sent`) and read into `input_buffer`
/// (`input_received`); repeat.
class connection {
 public:
  /// `options` must outlive it. `to` hears of what is told, instead of the observer that they name; it may be nullptr.
  connection(const connect_options& options, std::string_view host, observer* to);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  [[nodiscard]] session& protocol() noexcept { return session_; }
  [[nodiscard]] const session& protocol() const noexcept { return session_; }
  [[nodiscard]] const std::string& host() const noexcept { return host_; }
  [[nodiscard]] const connect_options& options() const noexcept { return options_; }

  /// Starts the handshake: at once for implicit TLS, or after the tagged OK of STARTTLS. Errors: those of the TLS
  /// filter, starttls_injection.
  result<void> start_tls();
  /// As `start_tls`, with a filter that is there already.
  result<void> start_tls(std::unique_ptr<filter::stream_filter> with);
  /// Whether the bytes are protected by a finished handshake: said by the TLS object, never by the protocol's state.
  [[nodiscard]] bool tls() const noexcept { return tls_up_; }
  [[nodiscard]] bool handshaking() const noexcept { return filter_ != nullptr && !tls_up_; }
  /// What SASL mechanisms may need to know.
  [[nodiscard]] sasl_context sasl() const;
  [[nodiscard]] filter::stream_filter* tls_filter() const noexcept { return filter_.get(); }

  [[nodiscard]] step next();
  /// As `session::next_rows`.
  [[nodiscard]] std::size_t next_rows(command_id id, std::span<fetch_row> into);

  [[nodiscard]] std::span<char> input_buffer();
  void input_received(std::size_t n);
  void input_closed(const error& why);
  [[nodiscard]] std::string_view output();
  void output_sent(std::size_t n);
  void expire(const error& why);
  /// Queues the orderly end of TLS; send `output()` once more if it can go without waiting.
  void shutdown();
  [[nodiscard]] deadline_hint deadline() const noexcept;

 private:
  [[nodiscard]] result<void> may_start_tls();
  std::size_t decode(std::string_view protected_bytes);
  void pump_in();
  void pump_out();
  void fail(error why);

  const connect_options& options_;
  std::string host_;
  clear_text_guard guard_;
  session session_;
  std::unique_ptr<filter::stream_filter> filter_;
  std::string pending_in_;      ///< protected bytes that the filter could not take yet
  std::size_t pending_at_ = 0;  ///< octets of it that the filter has taken
  bool tls_up_ = false;
  bool more_ = false;  ///< the filter may hold bytes that the session had no room for
  bool network_ended_ = false;
  std::optional<error> network_error_;
};

}  // namespace imapxx::inline v0::core
