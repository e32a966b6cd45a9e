/// \file
/// What a scenario may do with a client, whichever driver carries it: each scenario is written once and runs on every
/// driver.
#pragma once

#include <imapxx/client.hpp>
#include <imapxx/testserver/script.hpp>
#include <imapxx/testserver/server.hpp>

#include "support/any_command.hpp"
#include "support/loopback_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace imapxx::threats {

namespace ts = testserver;
using test::any_command;
using namespace std::chrono_literals;

class front {
 public:
  virtual ~front() = default;
  /// Success, or why not.
  virtual error connect(connect_options options) = 0;
  virtual error log_in(const credentials& who) = 0;
  template <typed_command C>
  result<typename C::result_type> run(C cmd) {
    auto inner = std::make_shared<C>(std::move(cmd));
    if (auto why = run_any(inner)) return why;
    if constexpr (std::is_void_v<typename C::result_type>) {
      inner->take_result();
      return {};
    } else {
      return inner->take_result();
    }
  }
  virtual error idle(std::chrono::milliseconds duration, const std::function<bool(const mailbox_event&)>& stop) = 0;
  /// All calls from now on end by then.
  virtual void expires_after(std::chrono::milliseconds duration) = 0;
  /// From any thread.
  virtual void cancel() = 0;
  virtual void close() = 0;
  [[nodiscard]] virtual bool tls() const = 0;
  /// Only after a `connect` that succeeded.
  [[nodiscard]] virtual const session& protocol() const = 0;

 protected:
  virtual error run_any(std::shared_ptr<command> cmd) = 0;
};

struct driver {
  const char* name;
  std::unique_ptr<front> (*make)();
};
[[nodiscard]] std::vector<driver> drivers();
/// Where the library is built with it.
[[nodiscard]] std::optional<driver> asio_driver();

/// Remembers all that an application is told: `heard` what it may believe, `trace` what is only shown.
class listener final : public observer {
 public:
  void on_mailbox_event(const mailbox_event& e) override;
  void on_alert(std::string_view text) override;
  void on_status(const status_response& s) override;
  void on_unclaimed(const response& r) override;
  void on_unparsed(const unparsed_item& u) override;
  void on_trace(trace_direction d, std::string_view text) override;
  [[nodiscard]] bool wants_trace() const noexcept override { return true; }
  std::string heard;
  std::string trace;
};

/// The test fixture: a client on the driver under test, and shorthands.
class threat : public testing::TestWithParam<driver> {
 protected:
  std::unique_ptr<front> client = GetParam().make();
  listener ears;

  /// Another client; the old one is gone.
  void renew();
  /// To a server of this process.
  [[nodiscard]] connect_options to(std::uint16_t port, security mode, const std::string& ca = {});
  [[nodiscard]] connect_options to(const ts::server& s, security mode) { return to(s.port(), mode, s.ca_pem()); }
  [[nodiscard]] connect_options to(const ts::scripted_server& s, security mode) {
    return to(s.port(), mode, s.ca_pem());
  }
};

[[nodiscard]] inline const std::string& password() {
  static const std::string word = "s3cret-pa55word";
  return word;
}
/// With short time-outs, where silence is part of the scenario.
[[nodiscard]] connect_options hasty(connect_options options);
[[nodiscard]] ts::server_options account(ts::tls_mode mode = ts::tls_mode::plain);
[[nodiscard]] credentials ann();
/// Started.
struct running {
  explicit running(ts::server_options o) : server(std::move(o)) { server.start(); }
  ts::server server;
};
struct playing {
  explicit playing(ts::script s, ts::tls_mode mode = ts::tls_mode::plain) : server(std::move(s), mode) {
    server.start();
  }
  ts::scripted_server server;
};

/// A server whose behaviour is a function: for answers that depend on what the client said.
class dialogue_server {
 public:
  class peer {
   public:
    explicit peer(int fd) : fd_(fd) {}
    /// The next line without its CRLF; empty at the end.
    std::string line();
    void send(std::string_view octets);
    /// The tag of a line.
    static std::string tag(const std::string& line) { return line.substr(0, line.find(' ')); }

   private:
    friend class dialogue_server;
    int fd_;
    std::string in_;
    std::string received_;
  };
  explicit dialogue_server(std::function<void(peer&)> talk);
  [[nodiscard]] std::uint16_t port() const noexcept { return server_.port(); }
  [[nodiscard]] int connections() const noexcept { return connections_; }
  [[nodiscard]] std::string received() const;

 private:
  void serve(int fd);
  std::function<void(peer&)> talk_;
  std::atomic<int> connections_ = 0;
  mutable std::mutex mutex_;
  std::string received_;
  test::loopback_server server_;  // the last: its thread uses the others
};

}  // namespace imapxx::threats
