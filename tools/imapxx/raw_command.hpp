// A command as the person at the keyboard wrote it.
#pragma once

#include <imapxx/command.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::cli {

/// A part of a typed command: text, and the literal that ends it.
struct raw_piece {
  enum class form : std::uint8_t { none, octets, file };
  raw_piece() = default;
  explicit raw_piece(std::string all) : text(std::move(all)) {}
  std::string text;
  form literal = form::none;
  std::string octets;                      ///< form octets
  std::shared_ptr<literal_source> source;  ///< form file
  std::string file_name;                   ///< form file: for display
  bool wait = true;                        ///< {n} and not {n+}
  bool binary = false;                     ///< ~{n}
};

/// Octets from which on a typed line holds credentials (its length when it holds none): the arguments of LOGIN, and the
/// initial response of AUTHENTICATE.
[[nodiscard]] std::size_t credentials_at(std::string_view line) noexcept;

/// Sends text as it is and leaves the judgement to the server. Every response that comes while it is in flight is its
/// own. Credentials are hidden from `written` and from traces.
class raw_command final : public command {
 public:
  /// The tagged response, as far as the shell needs it.
  struct result_type {
    status_kind status = status_kind::ok;
    std::string code, text;
  };
  class handler {
   public:
    virtual ~handler() = default;
    /// A line of the command leaves (tag included), or would leave after the server's next `+` when `waits`.
    virtual void written(std::string_view lines, bool waits) = 0;
    /// The server asks for a line (AUTHENTICATE). nullopt: nothing is sent.
    virtual std::optional<secret> answer(std::string_view challenge) = 0;
    virtual void listed(const list_entry& entry) = 0;
  };

  /// Every response may be the answer to this one, and nothing else is outstanding beside it. \param name in capitals
  [[nodiscard]] static command_traits traits_for(std::string_view name);
  /// \param name in capitals: "UID FETCH"
  raw_command(std::string_view name, std::vector<raw_piece> pieces, handler& to);

  [[nodiscard]] const command_traits& traits() const noexcept override { return traits_; }
  [[nodiscard]] result<void> check(const session_info& info) const override;
  void prepare(const submit_context& context) override;
  void encode(wire::encoder& out) override;
  bool on_response(response& r) override;
  bool on_fetch(const fetch_row&) override { return true; }
  [[nodiscard]] bool claims(const fetch_row&) const noexcept override { return true; }
  result<std::optional<secret>> on_continuation(std::string_view text) override;
  result<void> on_complete(const status_response& status) override;
  [[nodiscard]] result_type take_result() { return std::move(result_); }

 private:
  void encode_text(wire::encoder& out, std::string_view text, std::size_t& hidden_in) const;
  command_traits traits_;
  std::vector<raw_piece> pieces_;
  handler* to_;
  result_type result_;
};

}  // namespace imapxx::cli
