/// \file
/// Any command as one type, so that what carries commands is instantiated once.
#pragma once

#include <imapxx/command.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace imapxx::test {

/// A command whose type is forgotten. It forwards all that a command can be asked: what it left out, the session would
/// do another way than for the application's own commands.
class any_command final : public command {
 public:
  using result_type = std::shared_ptr<command>;
  explicit any_command(std::shared_ptr<command> c) : c_(std::move(c)) {}
  [[nodiscard]] const command_traits& traits() const noexcept override { return c_->traits(); }
  [[nodiscard]] result<void> check(const session_info& info) const override { return c_->check(info); }
  void prepare(const submit_context& context) override { c_->prepare(context); }
  [[nodiscard]] command_scope scope() const noexcept override { return c_->scope(); }
  [[nodiscard]] std::size_t split(std::size_t line_octets, std::size_t most) override {
    return c_->split(line_octets, most);
  }
  void use_part(std::size_t index) override { c_->use_part(index); }
  void encode(wire::encoder& out) override { c_->encode(out); }
  bool on_response(response& r) override { return c_->on_response(r); }
  bool on_fetch(const fetch_row& row) override { return c_->on_fetch(row); }
  [[nodiscard]] bool claims(const fetch_row& row) const override { return c_->claims(row); }
  body_sink* on_body(const body_info& info) override { return c_->on_body(info); }
  [[nodiscard]] bool wants_section(const body_info& info) const noexcept override { return c_->wants_section(info); }
  result<std::optional<secret>> on_continuation(std::string_view text) override { return c_->on_continuation(text); }
  result<void> on_complete(const status_response& status) override { return c_->on_complete(status); }
  [[nodiscard]] bool may_be_repeated() const noexcept override { return c_->may_be_repeated(); }
  void abandon() noexcept override { c_->abandon(); }
  [[nodiscard]] result_type take_result() { return std::move(c_); }

 private:
  std::shared_ptr<command> c_;
};

}  // namespace imapxx::test
