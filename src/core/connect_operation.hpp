/// \file
/// From the first byte to an authenticated session (RFC 9051 sections 6.1, 6.2; RFC 8314 for the choice of TLS).
#pragma once

#include <imapxx/options.hpp>

#include "core/operation.hpp"

#include <string>
#include <vector>

namespace imapxx::inline v0::core {

/// TLS as `mode` says, the greeting, and the capabilities that hold afterwards. Ends in the state that the greeting
/// gave.
class connect_operation final : public operation {
 public:
  /// `known`: capabilities are remembered, so that they are not asked for when the greeting has none.
  explicit connect_operation(security mode, bool known = false) noexcept : mode_(mode), known_(known) {}
  void start(operation_host& host, time_point now) override;
  void on_greeting(operation_host& host, const status_response& greeting) override;
  void on_tls_ready(operation_host& host) override;
  [[nodiscard]] std::vector<std::string> plan(const session_info& info) const override;

 private:
  void learn_capabilities(operation_host& host);
  void upgrade(operation_host& host);
  security mode_;
  bool known_;
};

/// Log-in with the strongest mechanism that both sides allow, and the capabilities that hold afterwards.
class login_operation : public operation {
 public:
  explicit login_operation(credentials who, bool enable_rev2 = false) : who_(std::move(who)), rev2_(enable_rev2) {}
  void start(operation_host& host, time_point now) override;
  [[nodiscard]] std::vector<std::string> plan(const session_info& info) const override;

 protected:
  /// Capabilities to go by when the server has told none yet; empty: it is asked.
  [[nodiscard]] virtual capability_set remembered() const { return {}; }
  /// A command that logs in has just been submitted. `one_step`: it has no continuation.
  virtual void on_sent(operation_host& host, bool one_step);
  /// It succeeded; `finish` belongs to whoever overrides this.
  virtual void on_logged_in(operation_host& host);
  virtual void on_failed(operation_host& host, const error& why);
  [[nodiscard]] bool wants_rev2() const noexcept { return rev2_; }

 private:
  void choose(operation_host& host);
  void try_next(operation_host& host);
  void enable(operation_host& host);
  void on_refused(operation_host& host, const error& why);

  credentials who_;
  bool rev2_;
  std::vector<std::string> mechanisms_;
  std::size_t next_ = 0;
  bool takes_first_ = false;
};

}  // namespace imapxx::inline v0::core
