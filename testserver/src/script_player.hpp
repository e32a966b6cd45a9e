#pragma once

#include <imapxx/testserver/script.hpp>

#include "transport.hpp"

#include <mutex>
#include <string>
#include <vector>

namespace imapxx::testserver::detail {

/// Plays one script on one connection; run() is the whole life of its thread.
class script_player {
 public:
  script_player(script steps, unique_fd fd, bool implicit_tls, ssl_ctx_st* context);

  void run();
  void shut_down();
  bool finished() const;
  std::string received() const;
  std::vector<std::string> errors() const;

 private:
  bool play(const std::pair<script::action, std::string>& step);
  bool take_line(std::string& line);
  bool take_octets(std::size_t n, std::string& octets);
  bool fill();
  bool mismatch(const std::string& expected, const std::string& got);
  bool expect_command(const std::string& wanted);
  bool send(std::string raw);

  script script_;
  transport transport_;
  bool implicit_tls_;
  ssl_ctx_st* context_;
  std::string in_;
  std::string tag_;
  mutable std::mutex mutex_;
  std::string received_;
  std::vector<std::string> errors_;
  bool finished_ = false;
};

}  // namespace imapxx::testserver::detail
