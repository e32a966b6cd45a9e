/// \file
/// ENABLE.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/capability.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {

/// Switches extensions on that change what the server sends. RFC 9051 section 6.3.1, RFC 5161; requires ENABLE or
/// IMAP4rev2; authenticated state (with a mailbox selected some extensions cannot be enabled). The result is what was
/// newly enabled. Errors: invalid_argument (no name, or one that is no atom), capability_required, no, bad.
class IMAPXX_API enable final : public command {
 public:
  using result_type = capability_set;
  static const command_traits traits_v;
  explicit enable(std::vector<std::string> names);
  /// `enable("CONDSTORE", "UTF8=ACCEPT")`
  template <class... Name>
    requires(sizeof...(Name) > 0 && (std::is_convertible_v<const Name&, std::string_view> && ...))
  explicit enable(const Name&... names) : enable(std::vector<std::string>{std::string(std::string_view(names))...}) {}

  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  void encode(wire::encoder& out) override;
  bool on_response(response& r) override;
  [[nodiscard]] result_type take_result() { return std::move(enabled_); }

 private:
  std::vector<std::string> names_;
  capability_set enabled_;
};

}  // namespace imapxx::inline v0
