/// \file
/// A server that answers from memory: what it costs is writing, so that what is measured is the client.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

enum class workload { flags, envelopes, bodies, one_literal, search, base64 };

/// What is asked, and what stands in SELECT's answer.
struct question {
  workload what = workload::flags;
  std::string name;     ///< as on the command line
  std::string command;  ///< without tag
  std::uint32_t messages = 0;
  std::uint64_t expected = 0;  ///< rows, numbers or octets that the client must have seen
  std::string amount;          ///< for people: "1,000,000 messages"
};
/// \param scale divides the number of messages or octets, for a quick look
[[nodiscard]] question question_for(std::string_view name, unsigned scale);

/// Runs in a process of its own until it is killed.
class replay_server {
 public:
  replay_server(const question& q, bool tls);
  ~replay_server();
  replay_server(const replay_server&) = delete;
  replay_server& operator=(const replay_server&) = delete;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

 private:
  std::uint16_t port_ = 0;
  int pid_ = -1;
};

}  // namespace bench
