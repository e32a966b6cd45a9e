/// \file
/// NAMESPACE.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/mailbox.hpp>

#include <utility>

namespace imapxx::inline v0 {

/// Asks for the prefixes of personal, other users' and shared mailboxes. RFC 9051 section 6.3.10, RFC 2342; requires
/// NAMESPACE or IMAP4rev2; authenticated or selected state. Errors: capability_required, incomplete_result, no, bad.
class IMAPXX_API namespace_list final : public command {
 public:
  using result_type = namespaces;
  static const command_traits traits_v;
  namespace_list();
  [[nodiscard]] const command_traits& traits() const noexcept override;
  void encode(wire::encoder& out) override;
  bool on_response(response& r) override;
  result<void> on_complete(const status_response& status) override;
  [[nodiscard]] result_type take_result() { return std::move(found_); }

 private:
  namespaces found_;
  bool answered_ = false;
};

}  // namespace imapxx::inline v0
