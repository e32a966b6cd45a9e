/// \file
/// ID: who is who.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/extensions.hpp>

#include <string_view>
#include <utility>

namespace imapxx::inline v0 {

/// Tells the server about this client, and asks the same of it. RFC 2971; requires ID; any state. For statistics and
/// bug reports only: nothing may depend on the answer. At most 30 fields, names of at most 30 octets and values of at
/// most 1024, no name twice (section 3.3). The result is empty when the server tells nothing. Errors: invalid_argument,
/// capability_required, no, bad.
class IMAPXX_API id final : public command {
 public:
  using result_type = id_fields;
  static const command_traits traits_v;
  id();  ///< tells nothing: `ID NIL`
  explicit id(id_fields fields);
  /// Adds a field, such as `field("name", "example")`.
  id& field(std::string_view name, std::string_view value);

  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  void encode(wire::encoder& out) override;
  bool on_response(response& r) override;
  [[nodiscard]] result_type take_result() { return std::move(found_); }

 private:
  id_fields fields_;
  id_fields found_;
};

}  // namespace imapxx::inline v0
