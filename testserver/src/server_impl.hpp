#pragma once

#include "connection.hpp"
#include "options_data.hpp"
#include "tcp_listener.hpp"

#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace imapxx::testserver {

class server::impl {
 public:
  explicit impl(server_options::data options);
  ~impl();
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;

  void start();
  void stop();
  std::uint16_t port() const { return listener_.port(); }
  void serve(detail::unique_fd fd);
  void drop_connections();

  /// Throw std::runtime_error when it does not exist; need the store's lock.
  detail::user_ptr user(const std::string& name) const;
  detail::mailbox_ptr mailbox(const std::string& user_name, const std::string& name) const;

  struct client {
    std::unique_ptr<detail::connection> link;
    std::thread thread;
  };

  /// Connection by number of arrival; throws std::out_of_range.
  const detail::connection& link(std::size_t index) const;

  server_options::data options;
  mutable detail::server_core core;
  mutable std::mutex mutex;  ///< guards what follows
  std::vector<client> clients;
  faults plan;

 private:
  detail::tcp_listener listener_;
  bool stopped_ = false;
};

}  // namespace imapxx::testserver
