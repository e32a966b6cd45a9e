/// \file
/// A byte filter between the network and the session, without I/O: TLS (and later DEFLATE).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <imapxx/error.hpp>

namespace imapxx::inline v0::filter {

/// Network bytes in, plain bytes out, and the reverse. The caller owns the clock, the socket and the plain buffers; the filter holds at most one
/// record. Not thread-safe; everything about one connection happens on one thread.
class stream_filter {
 public:
  enum class status : unsigned char { ok, want_input, want_output, closed, failed };
  virtual ~stream_filter() = default;

  /// Goes on with the handshake. `ok`: done. `want_input`/`want_output`: see the two functions below; repeat afterwards.
  virtual status handshake() = 0;
  /// Gives network bytes; the filter takes what it can. \return how many it took
  virtual std::size_t put_network(std::string_view bytes) = 0;
  /// Network bytes that wait to be sent; drop them with `network_sent`.
  [[nodiscard]] virtual std::string_view network_output() const = 0;
  virtual void network_sent(std::size_t n) = 0;
  /// Moves decoded bytes into `out`. `ok` with `n` > 0, or why there are none (`closed`: the peer ended the stream properly).
  virtual status read(std::span<char> out, std::size_t& n) = 0;
  /// Encodes plain bytes. \return how many were taken; 0 when `network_output` must be drained first
  virtual std::size_t write(std::string_view plain) = 0;
  /// Starts the orderly end (close_notify); drain `network_output` afterwards.
  virtual void shutdown() = 0;
  /// After `failed`.
  [[nodiscard]] virtual const error& failure() const = 0;
};

}  // namespace imapxx::inline v0::filter
