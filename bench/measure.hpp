/// \file
/// What one measurement of the end-to-end benchmark is, and how it is taken.
#pragma once

#include "replay_server.hpp"
#include "stopwatch.hpp"

#include <cstdint>
#include <string>

namespace bench {

/// One way to do one piece of work.
struct contender {
  std::string name;      ///< "ref", or what the library does: "stream", "owned", "values", "sink"
  std::string workload;  ///< see `question_for`
  bool tls = false;
  bool to_file = false;   ///< bodies go to a file
  double goal = 0;        ///< times the reference; 0: is the reference
  bool async = false;     ///< the asynchronous driver
  std::string command{};  ///< another client: a program, see peers/peer.hpp
};

/// The library's part on the two drivers. \throws what the library throws, and std::runtime_error when data were lost
[[nodiscard]] figures run_blocking(const question& q, std::uint16_t port, const contender& who);
[[nodiscard]] figures run_async(const question& q, std::uint16_t port, const contender& who);

}  // namespace bench
