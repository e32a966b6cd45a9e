/// \file
/// The sessions that were recorded from real servers (tests/fixtures/sessions), and a session that lives through one
/// of them.
#pragma once

#include <imapxx/session.hpp>

#include "recorded/scenarios.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::test {

/// What one side sent before the other answered.
struct recorded_piece {
  bool from_server = false;
  std::string octets;
};

struct recording {
  std::filesystem::path file;
  recorded_scenario scenario;
  std::string box;
  std::vector<recorded_piece> pieces;
  std::size_t server_octets = 0;

  [[nodiscard]] std::string name() const { return file.stem().string(); }
  /// Everything that the client sent.
  [[nodiscard]] std::string sent() const;
};

/// Line ends as `\r` and `\n`, a backslash doubled: the spelling of the files.
[[nodiscard]] std::string escape_recorded(std::string_view text);
/// The wire name of the mailbox that the recorder used on this kind of server.
[[nodiscard]] const char* recorded_box(std::string_view server);
/// All that are in the repository, sorted by name.
[[nodiscard]] const std::vector<recording>& recordings();

/// The scenario's commands with LOGIN, and SELECT where it has that, in front.
[[nodiscard]] std::vector<std::function<std::unique_ptr<command>()>> recorded_commands(const recorded_scenario& s,
                                                                                       const std::string& box);

/// LOGIN, SELECT and the scenario's commands on a session without I/O, each submitted when the one before it is over.
class recorded_client {
 public:
  recorded_client(const recorded_scenario& s, const std::string& box);

  [[nodiscard]] session& protocol() noexcept { return protocol_; }
  void feed(std::string_view octets);
  void collect();
  std::string take_output();
  [[nodiscard]] bool finished() const { return next_ == total() && completed_ == submitted_; }
  [[nodiscard]] std::size_t total() const { return commands_.size(); }

  std::size_t submitted_ = 0, completed_ = 0, closed_ = 0;
  error first_error_, last_failure_;

 private:
  void submit_next();
  std::vector<std::function<std::unique_ptr<command>()>> commands_;
  session protocol_;
  std::size_t next_ = 0;
};

/// Plays the server's part up to `cut` octets, `chunk` at a time. `waits` is called when the client has not sent what
/// it should have. \return what the client sent
std::string play(const recording& r, recorded_client& c, std::size_t cut, std::size_t chunk,
                 const std::function<void(const std::string&)>& waits = {});

}  // namespace imapxx::test
