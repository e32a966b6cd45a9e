/// \file
/// The commands without arguments: CAPABILITY, NOOP, CHECK, LOGOUT.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>

#include <utility>

namespace imapxx::inline v0 {

/// Asks what the server offers. RFC 9051 section 6.1.1; any state. The session keeps the answer, too.
/// Errors: incomplete_result when the server says OK without a list.
class IMAPXX_API capability final : public command {
 public:
  using result_type = capability_set;
  static const command_traits traits_v;
  capability();

  [[nodiscard]] const command_traits& traits() const noexcept override;
  void encode(wire::encoder& out) override;
  bool on_response(response& r) override;
  result<void> on_complete(const status_response& status) override;
  [[nodiscard]] result_type take_result() { return std::move(found_); }

 private:
  capability_set found_;
};

/// Does nothing but let the server tell what is new. RFC 9051 section 6.1.2; any state.
class IMAPXX_API noop final : public command {
 public:
  using result_type = void;
  static const command_traits traits_v;
  noop();

  [[nodiscard]] const command_traits& traits() const noexcept override;
  void encode(wire::encoder& out) override;
  void take_result() noexcept {}
};

/// Asks for a checkpoint of the selected mailbox. RFC 3501 section 6.4.1 (gone from RFC 9051); selected state.
class IMAPXX_API check final : public command {
 public:
  using result_type = void;
  static const command_traits traits_v;
  check();

  [[nodiscard]] const command_traits& traits() const noexcept override;
  void encode(wire::encoder& out) override;
  void take_result() noexcept {}
};

/// Ends the session. RFC 9051 section 6.1.3; any state. Never fails: whatever the server answers, the session is over.
class IMAPXX_API logout final : public command {
 public:
  using result_type = void;
  static const command_traits traits_v;
  logout();

  [[nodiscard]] const command_traits& traits() const noexcept override;
  void encode(wire::encoder& out) override;
  result<void> on_complete(const status_response& status) override;
  void take_result() noexcept {}
};

}  // namespace imapxx::inline v0
