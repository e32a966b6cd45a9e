/// \file
/// Every limit on what a peer can make this client do, in one place, with its default and the reason for it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace imapxx::inline v0 {

/// Bounds on what a server may send. Each is reported by its name in `error::limit_name()` when it is hit.
/// A class with public members and a declared constructor: cheap to copy, not an aggregate.
class limits {
 public:
  limits() = default;

  /// Octets of one line without its literals. 1 MiB: the longest honest lines are flag and capability lists.
  std::size_t line_octets = std::size_t{1} << 20U;
  /// Octets of one response, literals that go to a sink not counted. Number lists (SEARCH, ESEARCH, SORT, THREAD,
  /// VANISHED) count only here.
  std::size_t response_octets = std::size_t{128} << 20U;
  /// Octets of a literal that is no message body (mailbox names, envelope fields, response codes). Quoted strings are
  /// bounded by their line.
  std::size_t string_octets = std::size_t{64} << 10U;
  /// Octets of a message body collected into memory. Bodies that go to a sink have no limit but the caller's.
  std::size_t body_in_memory_octets = std::size_t{64} << 20U;
  /// Untagged responses that no command in flight asked for, for each command.
  std::uint64_t unasked_responses = 100'000;
  /// Responses collected for one command.
  std::uint64_t collected_responses = 4'000'000;
  /// Octets collected for one command.
  std::uint64_t collected_octets = std::uint64_t{256} << 20U;
  /// Depth of parentheses (BODYSTRUCTURE, THREAD, extension data).
  std::size_t nesting = 64;
  /// Ranges of one number set in a response; sets are never expanded.
  std::size_t set_ranges = 1'000'000;
  /// Elements of one list of flags, capabilities or addresses.
  std::size_t list_elements = 10'000;
  /// Octets of one continuation request (RFC 9051 section 7.6), and of one decoded SASL challenge.
  std::size_t continuation_octets = std::size_t{64} << 10U;
  /// Challenges in one SASL exchange.
  std::size_t sasl_steps = 10;
  /// SCRAM iteration counts that are computed at all (RFC 5802 recommends at least 4096; two millions take seconds).
  std::uint32_t scram_iterations_min = 4096;
  std::uint32_t scram_iterations_max = 2'000'000;
  /// Octets that are read and thrown away to save a connection after a cancelled command.
  std::size_t drain_octets = std::size_t{1} << 20U;
};

/// Time allowed for each phase. Zero means: no limit.
class timeouts {
 public:
  timeouts() = default;

  std::chrono::milliseconds connect{30'000};    ///< name look-up and TCP, all addresses together
  std::chrono::milliseconds greeting{30'000};   ///< first bytes of the server
  std::chrono::milliseconds handshake{30'000};  ///< TLS
  std::chrono::milliseconds command{120'000};   ///< from the first octet of a command to its tagged response
  /// Without progress of the peer, for streaming, APPEND and IDLE, which have no end that could be foreseen.
  std::chrono::milliseconds stall{60'000};
  std::chrono::milliseconds logout{1'000};  ///< `close()` waits no longer for LOGOUT's answer
  /// IDLE is re-issued, and a quiet connection is kept alive with NOOP, before the server's 30-minute timer (RFC 9051
  /// section 5.4).
  std::chrono::milliseconds idle_refresh{std::chrono::minutes(28)};
};

}  // namespace imapxx::inline v0
