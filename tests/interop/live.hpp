/// \file
/// One scenario of the interop suite: a server, a user, and a mailbox with known messages.
#pragma once

#include <imapxx/testserver/server.hpp>

#include "support/driver.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::interop {

/// The suite runs on both clients: IMAPXX_DRIVER=blocking (the default), or asio and a way of `test::way` ("asio" alone
/// is "asio-awaitable").
using client = test::any_client;
template <class C>
using ticket = test::any_ticket<C>;

/// The server that the environment names (IMAPXX_SERVER, IMAPXX_HOST, IMAPXX_PORT, IMAPXX_TLS_PORT, IMAPXX_CA_FILE);
/// "embedded" is started here.
class live_server {
 public:
  static live_server& get();
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] bool embedded() const noexcept { return name_ == "embedded"; }
  [[nodiscard]] connect_options options(security mode = security::tls) const;
  [[nodiscard]] static credentials user(int number = 1);

 private:
  live_server();
  std::string name_;
  std::string host_ = "localhost";
  std::uint16_t plain_port_ = 0;
  std::uint16_t tls_port_ = 0;
  std::string ca_file_;
  std::unique_ptr<testserver::server> plain_;  // also STARTTLS
  std::unique_ptr<testserver::server> tls_;
};

/// What a scenario works with: a logged-in client whose mailbox `box` holds `messages()` and is selected.
class live {
 public:
  explicit live(std::string scenario);
  ~live();
  live(const live&) = delete;
  live& operator=(const live&) = delete;

  client& c() noexcept { return *client_; }
  [[nodiscard]] const mailbox_name& box() const noexcept { return box_; }
  /// A name beside `box`, in the namespace where this server lets users make mailboxes; removed at the end.
  mailbox_name other(std::string_view suffix);
  [[nodiscard]] char separator() const noexcept { return separator_; }
  [[nodiscard]] const std::string& prefix() const noexcept { return prefix_; }
  [[nodiscard]] std::unique_ptr<client> another(int user = 1) const;
  [[nodiscard]] bool has(std::string_view capability) const { return client_->capabilities().contains(capability); }
  /// The UIDs of the messages in `box`, in order.
  std::vector<std::uint32_t> uids();
  void fill(const mailbox_name& into);

 private:
  void remove(const mailbox_name& name) noexcept;
  std::unique_ptr<client> client_;
  std::string prefix_;
  char separator_ = '/';
  std::string scenario_;
  mailbox_name box_;
  std::vector<mailbox_name> made_;
};

/// The messages that every scenario starts with.
const std::vector<std::string>& messages();

/// A row of the suite's table. It is skipped where the server does not offer one capability of each word of `needs`
/// ("MOVE|IMAP4rev2 UIDPLUS").
struct scenario {
  const char* name;
  const char* needs;
  std::function<void(live&)> run;
};
std::vector<scenario>& scenarios();
struct register_scenario {
  register_scenario(const char* name, const char* needs, std::function<void(live&)> run) {
    scenarios().push_back({name, needs, std::move(run)});
  }
};

/// SCENARIO(name, "CAPABILITIES") { ... uses `l` ... }
#define SCENARIO(name, needs)                                                      \
  static void scenario_##name(live& l);                                            \
  static const register_scenario registered_##name(#name, needs, scenario_##name); \
  static void scenario_##name([[maybe_unused]] live& l)

}  // namespace imapxx::interop
