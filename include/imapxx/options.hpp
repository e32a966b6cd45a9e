/// \file
/// How to reach a server and how to behave there. Every option class has fluent setters and is no aggregate.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/limits.hpp>
#include <imapxx/reconnect.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0 {

class observer;
class server_facts;

/// How a connection is protected. There is no "if available": STARTTLS that was asked for is required.
enum class security : std::uint8_t {
  tls,       ///< implicit TLS (port 993, RFC 8314)
  starttls,  ///< STARTTLS before anything else (port 143), or no connection
  plain      ///< no TLS at all; only for loopback and tunnels
};

class tls_context;  // OpenSSL's SSL_CTX behind a wall; shared by many connections

/// TLS settings. Verification of chain and host name is on from the constructor. Copyable; copies share the loaded
/// certificates.
class IMAPXX_API tls_options {
 public:
  tls_options();
  tls_options(const tls_options&);
  tls_options(tls_options&&) noexcept;
  tls_options& operator=(const tls_options&);
  tls_options& operator=(tls_options&&) noexcept;
  ~tls_options();
  /// PEM file of certification authorities to trust instead of the system's.
  tls_options& ca_file(std::string path);
  /// The same as PEM text.
  tls_options& ca_pem(std::string pem);
  /// Client certificate and key, PEM files.
  tls_options& certificate(std::string cert_file, std::string key_file);
  /// The name that the certificate must hold and that SNI announces, when it is not the host of `connect_options`.
  tls_options& server_name(std::string name);
  /// Switches all verification off. For tests only: whoever is on the path reads the password.
  tls_options& insecure_no_verification(bool yes = true);

  std::string ca_file_path;
  std::string ca_pem_text;
  std::string cert_file;
  std::string key_file;
  std::string expected_name;
  bool verify = true;
  /// Loaded at the first connection and shared by all copies: loading the system's CA bundle costs tens of milliseconds
  /// and most of a megabyte, so keep one object for all connections. Setting other certificates starts a new one. Null
  /// is allowed: then nothing is shared.
  std::shared_ptr<tls_context> context;
};

/// How a session behaves, whatever carries it.
class IMAPXX_API session_options {
 public:
  session_options();
  session_options(const session_options&);
  session_options(session_options&&) noexcept;
  session_options& operator=(const session_options&);
  session_options& operator=(session_options&&) noexcept;
  ~session_options();
  session_options& use_limits(const imapxx::v0::limits& l);
  session_options& use_timeouts(const imapxx::v0::timeouts& t);
  /// Who hears of unsolicited data, alerts and traces. Must outlive the session; called on the thread that drives it.
  session_options& observe(observer* o);
  /// The first tag's number; random by default, so that tags cannot be guessed. Fixed in tests and traces.
  session_options& first_tag(std::uint32_t n);
  /// How tags look: `letters` (1 to 16 letters or digits, not ending in a digit; default "A") and the number, filled up
  /// with zeros to at least `digits`. Other prefixes are refused (`errc::invalid_argument`) when a command is
  /// submitted.
  session_options& tag_prefix(std::string_view letters, std::size_t digits = 0);
  /// Keep the map from sequence numbers to UIDs (needs memory in proportion to the gaps between UIDs).
  session_options& track_uids(bool yes = true);
  /// Commands that may be outstanding at once, at most. The number starts at 20 and doubles as long as all goes well;
  /// it stays small on servers that are known to lose track, and after BAD (docs/QUIRKS.md S-19). 1 switches pipelining
  /// off.
  session_options& max_in_flight(std::size_t n);
  /// Use IMAP4rev2 when the server offers it (ENABLE IMAP4rev2 after log-in).
  session_options& enable_rev2(bool yes = true);

  imapxx::v0::limits limits;
  imapxx::v0::timeouts timeouts;
  imapxx::v0::observer* observer = nullptr;
  std::optional<std::uint32_t> tag_start;
  std::string tag_letters = "A";
  std::size_t tag_digits = 0;
  bool uid_map = false;
  bool rev2 = false;
  std::size_t window = 512;
};

/// Where to connect and how. `host` is a name or an address (IPv6 without brackets), in ASCII: internationalised names
/// as `xn--...` (RFC 5890); others are refused with `errc::invalid_argument`.
class IMAPXX_API connect_options {
 public:
  connect_options();
  connect_options(const connect_options&);
  connect_options(connect_options&&) noexcept;
  connect_options& operator=(const connect_options&);
  connect_options& operator=(connect_options&&) noexcept;
  ~connect_options();
  connect_options(std::string_view host, security s = security::tls, std::uint16_t port = 0);
  connect_options& host(std::string_view name);
  connect_options& port(std::uint16_t p);  ///< 0: 993 for TLS, else 143
  connect_options& protect(security s);
  connect_options& tls(tls_options t);
  connect_options& session(session_options s);
  /// What an earlier connection found out (`start_result::facts`): the greeting need not bring capabilities then, and
  /// `client::start` builds on the rest.
  connect_options& remember(const server_facts& facts);
  /// Runs this program with these arguments (no shell) and talks IMAP over its standard input and output, as
  /// IMAP4_stream does.
  connect_options& command(std::vector<std::string> argv);
  /// What becomes of a connection that was lost; nothing by default.
  connect_options& reconnect(reconnect_policy policy);

  std::string host_name;
  std::uint16_t port_number = 0;
  security mode = security::tls;
  tls_options tls_settings;
  session_options session_settings;
  std::vector<std::string> command_argv;
  std::shared_ptr<const server_facts> remembered;
  reconnect_policy reconnecting;
  [[nodiscard]] std::uint16_t effective_port() const noexcept {
    return port_number != 0 ? port_number : (mode == security::tls ? 993 : 143);
  }
};

}  // namespace imapxx::inline v0
