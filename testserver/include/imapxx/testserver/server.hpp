#pragma once

#include <imapxx/testserver/export.hpp>
#include <imapxx/testserver/faults.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// An IMAP server in memory, for the tests and demos of IMAP clients. It is not a mail host: nothing is stored on disk,
/// passwords are plain text, and there are no quotas, access rights or protection against a hostile client.
namespace imapxx::testserver {

/// plain: no TLS; starttls: offered by the STARTTLS command; implicit: TLS from the first byte.
enum class tls_mode { plain, starttls, implicit };

/// What is wrong with the server's certificate, for tests of what a client must refuse.
enum class certificate_kind {
  good,
  expired,
  not_yet_valid,
  other_host,        ///< for imap.example.org and 192.0.2.1
  address_as_name,   ///< 127.0.0.1 stands in it as a host name
  common_name_only,  ///< 127.0.0.1 stands in the subject only
  self_signed,
  unknown_authority,       ///< signed by an authority of the same name as the trusted one
  missing_intermediate,    ///< the authority between it and the trusted one is not sent
  issuer_is_no_authority,  ///< signed with the key of another server's certificate
  for_clients,             ///< extended key usage clientAuth
  weak_key,                ///< RSA with 1024 bits
  weak_signature           ///< SHA-1
};

/// How a server shall be. Every setter returns the object, so that calls can be chained.
class IMAPXX_TESTSERVER_API server_options {
 public:
  server_options();
  ~server_options();
  server_options(const server_options&);
  server_options(server_options&&) noexcept;
  server_options& operator=(const server_options&);
  server_options& operator=(server_options&&) noexcept;

  /// Adds a user with an INBOX.
  server_options& user(std::string name, std::string password);
  /// Accepts `token` for XOAUTH2 and OAUTHBEARER of a user that was added before.
  server_options& token(std::string user, std::string token);
  /// Creates a mailbox (UTF-8 name) for a user that was added before.
  server_options& mailbox(std::string user, std::string name, std::string special_use = {});
  /// 0, the default, lets the system choose.
  server_options& port(std::uint16_t number);
  /// An IPv4 or IPv6 address to listen on; 127.0.0.1 by default.
  server_options& address(std::string ip);
  server_options& security(tls_mode mode);
  /// A certificate that a client must not accept; `server::ca_pem` stays the authority it should have come from.
  server_options& certificate(certificate_kind kind);
  /// LOGIN and PLAIN are refused while the connection is not encrypted.
  server_options& login_disabled(bool on = true);
  /// Replaces the whole list, separated by spaces. What is not listed is not served either.
  server_options& capabilities(std::string_view list);
  server_options& add_capability(std::string name);
  server_options& remove_capability(std::string_view name);
  /// Text of the greeting.
  server_options& greeting(std::string text);
  /// Greets with PREAUTH as this user.
  server_options& preauth(std::string user);
  /// Hierarchy separator, '/' by default.
  server_options& separator(char c);
  /// UIDVALIDITY of the first mailbox, 1700000000 by default; each further one counts up.
  server_options& uid_validity(std::uint32_t first);
  /// Refuses larger messages with TOOBIG and announces APPENDLIMIT (RFC 7889).
  server_options& append_limit(std::uint64_t octets);
  /// Faults of every connection that has none of its own.
  server_options& faults(testserver::faults plan);
  /// Octets that the transcript of one connection keeps; 4 MiB by default, 0 turns it off.
  server_options& transcript_limit(std::size_t octets);

 private:
  friend class server;
  struct data;
  std::unique_ptr<data> data_;
};

/// One message as `server::snapshot` saw it.
class message_snapshot {
 public:
  message_snapshot(std::uint32_t uid, std::vector<std::string> flags, std::string date, std::string content)
      : uid_(uid), flags_(std::move(flags)), date_(std::move(date)), content_(std::move(content)) {}
  std::uint32_t uid() const { return uid_; }
  /// Sorted; without \Recent.
  const std::vector<std::string>& flags() const { return flags_; }
  /// INTERNALDATE in UTC: 17-Jul-2026 02:44:25 +0000
  const std::string& date() const { return date_; }
  const std::string& content() const { return content_; }

 private:
  std::uint32_t uid_;
  std::vector<std::string> flags_;
  std::string date_;
  std::string content_;
};

/// State of a mailbox at one moment.
class mailbox_snapshot {
 public:
  mailbox_snapshot(std::uint32_t uid_validity, std::uint32_t uid_next, std::vector<message_snapshot> messages)
      : uid_validity_(uid_validity), uid_next_(uid_next), messages_(std::move(messages)) {}
  std::uint32_t uid_validity() const { return uid_validity_; }
  std::uint32_t uid_next() const { return uid_next_; }
  const std::vector<message_snapshot>& messages() const { return messages_; }
  std::vector<std::uint32_t> uids() const {
    std::vector<std::uint32_t> r;
    r.reserve(messages_.size());
    for (const message_snapshot& m : messages_) r.push_back(m.uid());
    return r;
  }

 private:
  std::uint32_t uid_validity_;
  std::uint32_t uid_next_;
  std::vector<message_snapshot> messages_;
};

/// The server. One thread accepts, one thread serves each connection; the destructor stops them all.
/// Every member function may be called from any thread at any time. Functions that name a user or mailbox that does
/// not exist, or a file that cannot be read, throw std::runtime_error.
class IMAPXX_TESTSERVER_API server {
 public:
  explicit server(server_options options);
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Listens and returns; throws std::system_error when the address is taken.
  void start();
  /// Closes every connection and joins every thread.
  void stop();
  std::uint16_t port() const;
  /// Certificate authority of the certificate for localhost, 127.0.0.1 and ::1, made when the server was constructed.
  const std::string& ca_pem() const;

  /// Serves a connected stream socket, which the server then owns. TCP and start() are not needed.
  void serve_fd(int fd);
  /// The client's end of a new socket pair whose other end is served; the caller closes it.
  int connect_pair();

  void add_user(const std::string& name, const std::string& password);
  void add_token(const std::string& user, const std::string& token);
  void create_mailbox(const std::string& user, const std::string& name, const std::string& special_use = {});
  /// Stores a message (LF becomes CRLF) and returns its UID. `flags`: "\\Seen $Forwarded"; `date`: an IMAP date-time,
  /// now when empty. Connected clients see it as if it had been delivered.
  std::uint32_t append(const std::string& user, const std::string& mailbox, std::string_view message,
                       std::string_view flags = {}, std::string_view date = {});
  /// Replaces the flags of a message.
  void set_flags(const std::string& user, const std::string& mailbox, std::uint32_t uid, std::string_view flags);
  void expunge(const std::string& user, const std::string& mailbox, std::uint32_t uid);
  /// A .eml file, or all of a directory in the order of their names; returns the number of messages.
  std::size_t load_eml(const std::string& user, const std::string& mailbox, const std::filesystem::path& path);
  /// A Maildir with its `.sub.folders`; the flags in the file names are kept.
  std::size_t load_maildir(const std::string& user, const std::filesystem::path& path);
  std::size_t load_mbox(const std::string& user, const std::string& mailbox, const std::filesystem::path& path);
  mailbox_snapshot snapshot(const std::string& user, const std::string& mailbox) const;
  /// UTF-8 names of all mailboxes.
  std::vector<std::string> mailboxes(const std::string& user) const;

  /// Faults of the connections that follow, instead of those in the options.
  void set_faults(faults plan);
  /// Closes all connections at once, without BYE.
  void drop_connections();
  std::size_t connection_count() const;
  /// Commands received so far by all connections.
  std::size_t command_count() const;
  /// Everything connection `index` (0 is the first) received and sent after TLS was taken away, one "C: " or "S: "
  /// entry a line, without line ends. Literals are split at their line ends as well.
  std::vector<std::string> transcript(std::size_t index) const;
  /// The same as raw bytes of one direction.
  std::string received(std::size_t index) const;
  std::string sent(std::size_t index) const;
  /// Mechanism and user of the last successful authentication of a connection: "SCRAM-SHA-256 user1".
  std::string authenticated(std::size_t index) const;

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace imapxx::testserver
