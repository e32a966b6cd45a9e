#include <imapxx/command.hpp>

namespace imapxx::inline v0 {

std::string_view to_string(session_state s) noexcept {
  switch (s) {
    case session_state::none: return "none";
    case session_state::not_authenticated: return "not authenticated";
    case session_state::authenticated: return "authenticated";
    case session_state::selected: return "selected";
    case session_state::logout: return "logout";
  }
  return "";
}

command::~command() = default;

result<void> command::check(const session_info&) const { return {}; }

void command::prepare(const submit_context&) {}

command_scope command::scope() const noexcept { return {}; }

std::size_t command::split(std::size_t, std::size_t) { return 1; }

void command::use_part(std::size_t) {}

bool command::on_response(response&) { return false; }

bool command::on_fetch(const fetch_row&) { return false; }

bool command::claims(const fetch_row&) const { return false; }

body_sink* command::on_body(const body_info&) { return nullptr; }

bool command::wants_section(const body_info&) const noexcept { return false; }

result<std::optional<secret>> command::on_continuation(std::string_view) { return std::optional<secret>(); }

bool command::may_be_repeated() const noexcept { return traits().copy != nullptr && !traits().uses_sequence_numbers; }
result<void> command::on_complete(const status_response& status) {
  if (status.kind == status_kind::ok) return {};
  return error(status.kind == status_kind::no ? errc::no : errc::bad)
      .set_command(traits().name)
      .set_status(status.tag, status.code.name, status.text);
}

void command::abandon() noexcept {}

}  // namespace imapxx::inline v0
