#pragma once

#include "server_config.hpp"

#include <string>
#include <utility>
#include <vector>

namespace imapxx::testserver {

struct server_options::data {
  struct mailbox_entry {
    std::string user;
    std::string name;
    std::string special_use;
  };
  detail::server_config config;
  std::vector<std::pair<std::string, std::string>> users;
  std::vector<std::pair<std::string, std::string>> tokens;
  std::vector<mailbox_entry> mailboxes;
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  char separator = '/';
  std::uint32_t uid_validity = 1700000000;
  testserver::faults plan;
};

}  // namespace imapxx::testserver
