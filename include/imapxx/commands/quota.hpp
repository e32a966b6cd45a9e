/// \file
/// GETQUOTA and GETQUOTAROOT.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/extensions.hpp>
#include <imapxx/model/mailbox_name.hpp>

#include <string>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {

/// Asks for the use and the limits of one quota root. RFC 9208 section 4.1.2; requires QUOTA; authenticated or selected
/// state. STORAGE counts in units of 1024 octets. Errors: invalid_argument (NUL in the name), capability_required,
/// incomplete_result (OK without an answer), no, bad.
class IMAPXX_API getquota final : public command {
 public:
  using result_type = quota;
  static const command_traits traits_v;
  explicit getquota(std::string root);
  [[nodiscard]] const command_traits& traits() const noexcept override;
  void encode(wire::encoder& out) override;
  bool on_response(response& r) override;
  result<void> on_complete(const status_response& status) override;
  [[nodiscard]] result_type take_result() { return std::move(found_); }

 private:
  std::string root_;
  quota found_;
  bool answered_ = false;
};

/// A mailbox's quota roots, and their quotas where the server told them.
class mailbox_quota {
 public:
  mailbox_quota() = default;
  std::vector<std::string> roots;
  std::vector<quota> quotas;
};

/// Asks which quota roots a mailbox counts against. RFC 9208 section 4.1.3; requires QUOTA; authenticated or selected
/// state. Errors: as `getquota`.
class IMAPXX_API getquotaroot final : public command {
 public:
  using result_type = mailbox_quota;
  static const command_traits traits_v;
  explicit getquotaroot(mailbox_name mailbox);
  [[nodiscard]] const command_traits& traits() const noexcept override;
  void encode(wire::encoder& out) override;
  bool on_response(response& r) override;
  result<void> on_complete(const status_response& status) override;
  [[nodiscard]] result_type take_result() { return std::move(found_); }

 private:
  mailbox_name mailbox_;
  mailbox_quota found_;
  bool answered_ = false;
};

}  // namespace imapxx::inline v0
