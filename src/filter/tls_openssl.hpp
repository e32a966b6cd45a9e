/// \file
/// TLS, client side, as a byte filter. OpenSSL stays behind the wall of this header.
#pragma once

#include <imapxx/options.hpp>
#include <imapxx/result.hpp>

#include "filter/filter.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace imapxx::inline v0::filter {

/// TLS 1.2 or 1.3 (RFC 8446) over OpenSSL. An idle connection keeps no record buffers: neither here nor in OpenSSL.
///
/// Errors in `failure()`: tls_certificate (chain or name), tls_handshake (everything else before the end of the
/// handshake), closed (the stream ended without close_notify), protocol_error (records that do not decrypt,
/// afterwards), out_of_memory.
class tls_filter final : public stream_filter {
 public:
  /// Errors: invalid_argument for a host that is no ASCII name or address, for CA or client certificate files that
  /// cannot be used.
  [[nodiscard]] static result<std::unique_ptr<tls_filter>> create(const tls_options& options, std::string_view host);
  ~tls_filter() override;

  status handshake() override;
  std::size_t put_network(std::string_view bytes) override;
  void network_closed() override;
  [[nodiscard]] std::string_view network_output() const override;
  void network_sent(std::size_t n) override;
  status read(std::span<char> out, std::size_t& n) override;
  std::size_t write(std::string_view plain) override;
  void shutdown() override;
  [[nodiscard]] const error& failure() const override;
  [[nodiscard]] protection info() const override;

  [[nodiscard]] std::string version() const;
  [[nodiscard]] std::string cipher() const;
  [[nodiscard]] bool session_reused() const;
  /// RFC 9266; empty before the end of the handshake and below TLS 1.3.
  [[nodiscard]] std::string channel_binding_tls_exporter() const;
  /// RFC 5929 section 3; empty before the end of the handshake and with TLS 1.3, which has none.
  [[nodiscard]] std::string channel_binding_tls_unique() const;

 private:
  struct state;
  explicit tls_filter(std::unique_ptr<state> s);
  status fail_with(int ssl_result);
  std::unique_ptr<state> state_;
};

/// `tls_filter::create` as the connection needs it.
[[nodiscard]] result<std::unique_ptr<stream_filter>> make_tls_filter(const tls_options& options, std::string_view host);

}  // namespace imapxx::inline v0::filter
