/// \file
/// A byte filter between the network and the session, without I/O: TLS (and later DEFLATE).
#pragma once

#include <imapxx/error.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace imapxx::inline v0::filter {

/// What a filter knows about the protection it gives; empty strings where it gives none.
class protection {
 public:
  protection() = default;

  bool tls = false;             ///< a finished TLS handshake stands behind this, never the protocol state
  bool session_reused = false;  ///< abbreviated handshake
  bool verified = false;        ///< chain and name were checked
  std::string version;          ///< "TLSv1.3"
  std::string cipher;           ///< "TLS_AES_256_GCM_SHA384"
  std::string tls_unique;       ///< RFC 5929 section 3, TLS 1.2 only
  std::string tls_exporter;     ///< RFC 9266, TLS 1.3 only
};

/// Network bytes in, plain bytes out, and the reverse. The caller owns the clock, the socket and the plain buffers; the
/// filter holds at most one record of input. Not thread-safe; everything about one connection happens on one thread.
///
/// After every call `network_output` may have grown (handshake, alerts, key updates, close_notify) and is to be sent,
/// after a failure too: the alert tells the peer why.
class stream_filter {
 public:
  enum class status : unsigned char { ok, want_input, want_output, closed, failed };
  virtual ~stream_filter() = default;

  /// Goes on with the handshake. `ok`: done (output may still wait). `want_output`: send `network_output` first.
  /// `want_input`: `put_network` more. Repeat afterwards.
  virtual status handshake() = 0;
  /// Gives network bytes; the filter copies what it can take. \return how many it took; the rest after the next `read`
  /// or `handshake`
  virtual std::size_t put_network(std::string_view bytes) = 0;
  /// The network stream has ended. Whether that was proper (`closed`) or a truncation (`failed`) is what `read` says.
  virtual void network_closed() = 0;
  /// Network bytes that wait to be sent; drop them with `network_sent`. The view ends with the next call of any
  /// non-const function.
  [[nodiscard]] virtual std::string_view network_output() const = 0;
  virtual void network_sent(std::size_t n) = 0;
  /// Moves decoded bytes into `out`, which is not empty. `ok` with `n` > 0, or why there are none (`closed`: the peer
  /// ended the stream properly).
  virtual status read(std::span<char> out, std::size_t& n) = 0;
  /// Encodes plain bytes. \return how many were taken; 0 when `network_output` must be drained first, before the end of
  /// the handshake, and after `shutdown` or a failure
  virtual std::size_t write(std::string_view plain) = 0;
  /// Starts the orderly end (close_notify); drain `network_output` afterwards.
  virtual void shutdown() = 0;
  /// After `failed`.
  [[nodiscard]] virtual const error& failure() const = 0;
  /// What was negotiated; after the handshake.
  [[nodiscard]] virtual protection info() const { return {}; }
};

}  // namespace imapxx::inline v0::filter
