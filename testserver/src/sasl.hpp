#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace imapxx::testserver::detail {

/// What a SASL mechanism asks the user database.
class sasl_users {
 public:
  virtual ~sasl_users() = default;
  virtual std::optional<std::string> password_of(const std::string& user) const = 0;
  virtual bool accepts_token(const std::string& user, const std::string& token) const = 0;
};

/// What the TLS connection gives for channel binding; empty without TLS.
struct channel_binding {
  std::string tls_exporter;  ///< RFC 9266
  std::string tls_unique;    ///< RFC 5929, TLS 1.2 only
};

/// Server side of one authentication exchange.
class sasl_exchange {
 public:
  enum class result {
    more,  ///< send `output` as a challenge
    done,  ///< `user()` is authenticated; `output` is additional data, sent when not empty
    failed
  };

  virtual ~sasl_exchange() = default;
  virtual result step(const std::string& input, std::string& output) = 0;
  virtual std::string user() const = 0;
  /// The client speaks first (RFC 4422, section 5).
  virtual bool client_first() const = 0;

  /// nullptr for a mechanism that is not known.
  static std::unique_ptr<sasl_exchange> create(const std::string& mechanism, const sasl_users& users,
                                               const channel_binding& binding);
};

}  // namespace imapxx::testserver::detail
