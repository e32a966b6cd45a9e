#pragma once

#include "command_line.hpp"
#include "fault_filter.hpp"
#include "memory_store.hpp"
#include "server_config.hpp"
#include "session.hpp"
#include "tls_identity.hpp"
#include "transport.hpp"

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

namespace imapxx::testserver::detail {

/// What a connection received and sent; read by the test while the connection's thread writes.
class connection_log {
 public:
  explicit connection_log(std::size_t limit) : limit_(limit) {}

  void add(bool from_client, std::string_view data);
  void set_login(std::string text);
  std::vector<std::string> lines() const;
  std::string bytes(bool from_client) const;
  std::string login() const;

 private:
  struct chunk {
    bool from_client;
    std::string data;
  };
  mutable std::mutex mutex_;
  std::size_t limit_;
  std::size_t size_ = 0;
  std::vector<chunk> chunks_;
  std::string login_;
};

/// Shared by all connections of a server.
struct server_core {
  server_core(char separator, std::uint32_t uid_validity) : store(separator, uid_validity) {}

  server_config config;
  memory_store store;
  tls_identity identity;
  std::atomic<std::size_t> commands{0};
};

/// Serves one client; run() is the whole life of its thread.
class connection final : private client_io, private store_watcher {
 public:
  connection(server_core& core, unique_fd fd, faults plan);
  ~connection() override;
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  void run();
  /// From any thread: ends run().
  void shut_down();
  const connection_log& log() const { return log_; }
  bool finished() const { return finished_; }

 private:
  bool read_line(std::string& line) override;
  void flush(std::string& out) override;
  bool wait_for_event(bool& client_data) override;
  bool start_tls() override;
  channel_binding binding() override { return transport_.binding(); }
  void mailbox_changed(const mailbox& box) override;

  void serve();
  void greet();
  bool read_octets(std::size_t n, std::string& to);
  bool fill();
  bool read_command(std::vector<command_piece>& pieces);
  /// False when the literal was refused and the command is over.
  bool accept_literal(const literal_announcement& a, const std::vector<command_piece>& pieces);
  void refuse(const std::vector<command_piece>& pieces, const std::string& answer);
  void one_command(std::vector<command_piece> pieces);
  void raw_reply(const command_rule& rule);
  void stall();
  void finish();

  server_core& core_;
  transport transport_;
  unique_fd wake_;
  fault_filter faults_;
  connection_log log_;
  session session_;
  std::string in_;
  std::size_t in_pos_ = 0;
  unsigned commands_ = 0;
  bool open_ = true;
  bool refused_ = false;
  std::atomic<const mailbox*> watched_{nullptr};
  std::mutex end_mutex_;  ///< between finish() and shut_down()
  std::atomic<bool> finished_{false};
};

}  // namespace imapxx::testserver::detail
