#pragma once

#include <imapxx/testserver/server.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::testserver::detail {

/// What all connections of a server share and none changes.
struct server_config {
  std::vector<std::string> capabilities;
  tls_mode security = tls_mode::plain;
  certificate_kind certificate = certificate_kind::good;
  bool login_disabled = false;
  std::string greeting = "imapxx test server ready";
  std::string preauth_user;
  std::uint64_t append_limit = 0;
  std::size_t transcript_limit = 0;

  bool has(std::string_view capability) const;
};

}  // namespace imapxx::testserver::detail
