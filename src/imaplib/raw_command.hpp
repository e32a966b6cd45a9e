/// \file
/// A command whose octets the caller has put together, and whose answers it takes raw, from the observer.
#pragma once

#include <imapxx/command.hpp>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace imapxx::inline v0::imaplib {

class raw_command final : public command {
 public:
  /// What the server's `+` is answered with; nullopt: nothing.
  using dialogue = std::function<std::optional<secret>(std::string_view challenge)>;

  explicit raw_command(std::string name);
  raw_command(const raw_command&) = delete;  // the traits point at the name
  raw_command& operator=(const raw_command&) = delete;
  ~raw_command() override = default;

  raw_command& text(std::string_view octets);
  raw_command& hidden(secret octets);
  raw_command& literal(std::string octets);
  raw_command& answer_with(dialogue d);
  raw_command& alone();  ///< nothing else may be in flight: STARTTLS, AUTHENTICATE, IDLE, LOGOUT
  raw_command& selects();

  [[nodiscard]] const command_traits& traits() const noexcept override { return traits_; }
  void encode(wire::encoder& out) override;
  // Every untagged response is taken: which one answers what is for the reader of `untagged_responses` to say.
  bool on_response(response&) override { return true; }
  bool on_fetch(const fetch_row&) override { return true; }
  [[nodiscard]] bool claims(const fetch_row&) const noexcept override { return true; }
  result<std::optional<secret>> on_continuation(std::string_view challenge) override;
  result<void> on_complete(const status_response& s) override;

 private:
  struct piece {
    enum class kind : std::uint8_t { text, hidden, literal } what = kind::text;
    std::string octets;
    secret hidden;
  };
  std::string name_;
  command_traits traits_;
  std::vector<piece> pieces_;
  dialogue dialogue_;
};

}  // namespace imapxx::inline v0::imaplib
