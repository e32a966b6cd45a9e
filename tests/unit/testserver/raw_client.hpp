#pragma once

#include <imapxx/testserver/server.hpp>

#include <string>
#include <string_view>
#include <vector>

/// A client that only moves bytes, so that the tests of the server do not need the library.
class raw_client {
 public:
  explicit raw_client(int fd) : fd_(fd) {}
  explicit raw_client(imapxx::testserver::server& to) : fd_(to.connect_pair()) {}
  ~raw_client();
  raw_client(raw_client&& other) noexcept : fd_(other.fd_), in_(std::move(other.in_)) { other.fd_ = -1; }
  raw_client& operator=(raw_client&&) = delete;

  void send(std::string_view raw) const;
  /// One response: a line with the literals in it, without the last CRLF; "<closed>" at the end of the stream.
  std::string response();
  /// Sends "tag command" and returns all responses up to and with the tagged one.
  std::vector<std::string> command(std::string_view text);
  /// The same, without the tagged response, which must be OK.
  std::vector<std::string> data(std::string_view text);
  /// Only the tagged response, without its tag.
  std::string status(std::string_view text);
  /// Everything until the server closes.
  std::string rest();
  /// Is there nothing to read for some milliseconds?
  bool quiet() const;
  void shut_write() const;

 private:
  bool fill();

  int fd_;
  std::string in_;
  unsigned tag_ = 0;
};

/// A server with user1 (password pass), and a client that is greeted, logged in and has INBOX selected.
imapxx::testserver::server_options plain_options();
raw_client logged_in(imapxx::testserver::server& to);
raw_client selected(imapxx::testserver::server& to);
