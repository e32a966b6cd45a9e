#include <imapxx/transports.hpp>

#include "blocking/cancel_event.hpp"
#include "blocking/process_stream.hpp"
#include "blocking/socket_posix.hpp"
#include "filter/tls_openssl.hpp"

#include <array>
#include <chrono>
#include <utility>

namespace imapxx::inline v0 {
namespace {

using filter_status = filter::stream_filter::status;

// Ciphertext of one read: a full TLS record and then some.
constexpr std::size_t network_block = std::size_t{32} << 10U;

class stream_over_tls final : public stream {
 public:
  stream_over_tls(std::unique_ptr<stream> under, std::unique_ptr<filter::stream_filter> tls)
      : under_(std::move(under)), tls_(std::move(tls)) {}
  ~stream_over_tls() override { stream_over_tls::close(); }

  error handshake(deadline_point until) {
    for (;;) {
      const auto status = tls_->handshake();
      if (status == filter_status::ok) return send_all(until);
      if (status == filter_status::failed || status == filter_status::closed) {
        // The alert tells the server why; whether it arrives is not our trouble.
        static_cast<void>(send_all(no_wait));
        return tls_->failure();
      }
      if (auto failed = exchange(until, status == filter_status::want_input)) return failed;
    }
  }

  result<transferred> transfer(std::span<char> in, std::string_view out, deadline_point until) override {
    transferred moved;
    if (!under_) return error(errc::closed, "the stream was closed");
    for (;;) {
      if (!out.empty()) moved.written += tls_->write(out.substr(moved.written));
      if (!in.empty()) {
        const auto status = tls_->read(in, moved.read);
        if (status == filter_status::failed) return tls_->failure();
        moved.eof = status == filter_status::closed;
      }
      const bool sent_all = tls_->network_output().empty();
      if (moved.read != 0 || moved.eof || (moved.written != 0 && sent_all)) return moved;
      if (in.empty() && sent_all && moved.written == out.size()) return moved;
      if (auto failed = exchange(until, !in.empty())) {
        // What the filter took is on its way: a later call sends it.
        if (moved.written != 0) return moved;
        return failed;
      }
    }
  }

  [[nodiscard]] int native_handle() const noexcept override { return under_ ? under_->native_handle() : -1; }
  void cancel() noexcept override {
    if (under_) under_->cancel();
  }
  void reset_cancel() noexcept override {
    if (under_) under_->reset_cancel();
  }
  void close() noexcept override {
    if (!under_) return;
    try {
      tls_->shutdown();
      static_cast<void>(send_all(no_wait));
    } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): then the peer misses a close_notify
    }
    under_->close();
    under_.reset();
  }

 private:
  error send_all(deadline_point until) {
    while (!tls_->network_output().empty()) {
      if (auto failed = exchange(until, false)) return failed;
    }
    return {};
  }

  // Moves octets between filter and stream, at least in one direction.
  error exchange(deadline_point until, bool reading) {
    std::array<char, network_block> block;
    std::span<char> in(block);
    if (!reading || pending_at_ != pending_.size()) in = {};
    if (pending_at_ != pending_.size()) {
      pending_at_ += tls_->put_network(std::string_view(pending_).substr(pending_at_));
      if (tls_->network_output().empty()) return {};
    }
    auto moved = under_->transfer(in, tls_->network_output(), until);
    if (!moved) return moved.error();
    tls_->network_sent(moved->written);
    const std::string_view got(block.data(), moved->read);
    const auto taken = tls_->put_network(got);
    pending_.assign(got.substr(taken));
    pending_at_ = 0;
    if (moved->eof) tls_->network_closed();
    return {};
  }

  std::unique_ptr<stream> under_;
  std::unique_ptr<filter::stream_filter> tls_;
  std::string pending_;  ///< ciphertext that the filter could not take yet
  std::size_t pending_at_ = 0;
};

}  // namespace

result<std::unique_ptr<stream>> connect_stream(std::string_view host, std::uint16_t port, deadline_point until) {
  std::shared_ptr<blocking::cancel_event> cancelled;
  if (auto failed = blocking::cancel_event::create().get(cancelled)) return failed;
  return blocking::connect_tcp(host, port, until, std::move(cancelled));
}

result<std::unique_ptr<stream>> command_stream(const std::vector<std::string>& argv) {
  std::shared_ptr<blocking::cancel_event> cancelled;
  if (auto failed = blocking::cancel_event::create().get(cancelled)) return failed;
  return blocking::make_process_stream(argv, std::move(cancelled));
}

result<std::unique_ptr<stream>> tls_stream(std::unique_ptr<stream> under, const tls_options& options,
                                           std::string_view host, deadline_point until) {
  if (!under) return error(errc::invalid_argument, "no stream for TLS");
  auto made =
      filter::make_tls_filter(options, options.expected_name.empty() ? host : std::string_view(options.expected_name));
  if (!made) return made.error().set_phase(phase::tls).set_host(host);
  auto tls = std::make_unique<stream_over_tls>(std::move(under), std::move(made).value());
  if (auto failed = tls->handshake(until)) return failed.set_phase(phase::tls).set_host(host);
  return std::unique_ptr<stream>(std::move(tls));
}

}  // namespace imapxx::inline v0
