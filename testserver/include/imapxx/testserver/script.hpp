#pragma once

#include <imapxx/testserver/export.hpp>
#include <imapxx/testserver/server.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace imapxx::testserver {

/// A fixed dialogue, as seen by the server. "$tag" in what is sent stands for the tag of the last command that
/// `expect_command` took.
class IMAPXX_TESTSERVER_API script {
 public:
  enum class action { send, line, command, any_line, octets, start_tls, pause, close, stall };

  script() = default;

  /// Raw octets; line ends must be part of them.
  script& send(std::string raw) { return add(action::send, std::move(raw)); }
  /// The client's next line must be exactly this (without its CRLF).
  script& expect(std::string line) { return add(action::line, std::move(line)); }
  /// The next line must be a tag, a space and exactly this.
  script& expect_command(std::string command) { return add(action::command, std::move(command)); }
  /// Any line.
  script& expect_any() { return add(action::any_line, {}); }
  /// The next octets must be these: a literal.
  script& expect_octets(std::string octets) { return add(action::octets, std::move(octets)); }
  /// TLS handshake as server.
  script& start_tls() { return add(action::start_tls, {}); }
  script& pause(std::chrono::milliseconds time);
  script& close() { return add(action::close, {}); }
  /// Reads and ignores until the client goes away.
  script& stall() { return add(action::stall, {}); }

  /// `expect_command(command)`, then `untagged` and "$tag OK done".
  script& exchange(std::string command, std::string untagged = {});

  const std::vector<std::pair<action, std::string>>& steps() const { return steps_; }

 private:
  script& add(action what, std::string text);

  std::vector<std::pair<action, std::string>> steps_;
};

/// Plays scripts to real sockets: the first connection gets the first script, and so on; a connection without a script
/// of its own gets the last one. After its last step a connection is closed. Thread-safe.
class IMAPXX_TESTSERVER_API scripted_server {
 public:
  explicit scripted_server(script steps, tls_mode security = tls_mode::plain);
  explicit scripted_server(std::vector<script> scripts, tls_mode security = tls_mode::plain);
  ~scripted_server();
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;

  /// Listens on 127.0.0.1; throws std::system_error.
  void start();
  std::uint16_t port() const;
  const std::string& ca_pem() const;
  /// The client's end of a socket pair; the caller closes it.
  int connect_pair();
  /// Until `connections` scripts came to their end, at most `limit`; false when they did not.
  bool wait_finished(std::size_t connections = 1, std::chrono::milliseconds limit = std::chrono::seconds(10)) const;
  /// What the client did differently from the script; empty when all went well.
  std::vector<std::string> errors() const;
  /// All octets connection `index` sent.
  std::string received(std::size_t index) const;
  void stop();

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace imapxx::testserver
