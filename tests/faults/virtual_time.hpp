/// \file
/// Both ends of a recorded session on a clock that only moves when everybody waits: deadlines are exact.
#pragma once

#include "core/engine.hpp"
#include "support/core/recordings.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace imapxx::faults {

using std::chrono::milliseconds;
using time_point = core::time_point;

/// What the network does to the server's octets from `at` on.
struct slowness {
  enum class kind : std::uint8_t {
    none,
    cut,      ///< the stream ends there
    silence,  ///< nothing more comes
    delay,    ///< they come `by` later
    drip      ///< each takes `by`
  };
  kind what = kind::none;
  std::size_t at = 0;
  milliseconds by{0};
};

/// The server's part: an octet can be read when the client has sent what was recorded in front of it, and the network
/// has let it through.
class virtual_server {
 public:
  virtual_server(const test::recording& r, slowness s, time_point now) : recording_(r), slow_(s), ready_at_(now) {}

  void received(std::size_t n, time_point now);
  /// What can be read now; at most one piece of the recording, or one octet while it drips.
  [[nodiscard]] std::string_view readable(time_point now) const;
  void taken(std::size_t n, time_point now);
  [[nodiscard]] bool ended() const;
  /// When something can be read; nullopt: never, as long as the client only waits.
  [[nodiscard]] std::optional<time_point> next_time() const;

 private:
  [[nodiscard]] const test::recorded_piece* current() const;
  void advance(time_point now);
  const test::recording& recording_;
  slowness slow_;
  std::size_t piece_ = 0;     ///< of the recording
  std::size_t in_piece_ = 0;  ///< octets of it that are done
  std::size_t played_ = 0;    ///< the server's octets, all in all
  time_point ready_at_;       ///< of the next octet, once it is the server's turn
  bool delayed_ = false;
};

/// How a session on the virtual clock went.
struct virtual_outcome {
  error failure;
  milliseconds took{0};  ///< from the start to the end or the failure
  std::size_t completed = 0;
  bool stuck = false;  ///< waited for nothing: a hang
};

/// Plays the part of both drivers: moves octets, keeps the deadlines that the engine names.
class virtual_driver {
 public:
  virtual_driver(const test::recording& r, slowness s, connect_options options);
  /// Connects and runs all commands of the recording, or as far as it goes.
  virtual_outcome run(std::optional<milliseconds> expires_after = std::nullopt);

 private:
  /// Until `done`, or the connection is over. \return false when nothing would ever happen
  template <class Done>
  bool drive(Done done);
  [[nodiscard]] bool step();
  const test::recording& recording_;
  time_point start_{std::chrono::hours(1)};
  time_point now_ = start_;
  core::engine engine_;
  virtual_server server_;
};

}  // namespace imapxx::faults
