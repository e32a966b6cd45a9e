// A command out of a trace: it is written as it was, and answered as the library's own command of that kind is.
#pragma once

#include <imapxx/command.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace imapxx::cli {

/// Writes the recorded octets, and leaves the responses to the library's command, if it has one of that kind.
class recorded_command final : public command {
 public:
  /// What `encode` found out.
  struct findings {
    std::optional<std::string> written_otherwise;  ///< what the library would write, when that is something else
  };

  /// \param text without tag and final CRLF
  /// \param answers of a SASL dialogue, as recorded
  /// \param checked false: sent in any state, and no command of the library's takes the answers
  recorded_command(std::string text, std::deque<std::string> answers, bool checked, std::shared_ptr<findings> to);

  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  void prepare(const submit_context& context) override;
  void encode(wire::encoder& out) override;
  bool on_response(response& r) override;
  bool on_fetch(const fetch_row& row) override;
  [[nodiscard]] bool claims(const fetch_row& row) const override;
  [[nodiscard]] bool wants_section(const body_info& info) const noexcept override;
  result<std::optional<secret>> on_continuation(std::string_view text) override;
  result<void> on_complete(const status_response& status) override;
  [[nodiscard]] bool known() const noexcept { return typed_ != nullptr; }

 private:
  void compare(const wire::encode_context& context);
  void write(wire::encoder& out, std::string_view text) const;

  std::string text_;
  std::deque<std::string> answers_;
  std::unique_ptr<command> typed_;
  bool comparable_ = false;
  command_traits traits_;
  std::shared_ptr<findings> findings_;
};

/// The library's command for a text such as `UID FETCH 1:* (FLAGS)`; nullptr when there is none.
struct typed_text {
  std::unique_ptr<command> cmd;
  bool complete = false;  ///< it would be written with all that stands in the text
};
[[nodiscard]] typed_text typed_command(std::string_view text);

}  // namespace imapxx::cli
