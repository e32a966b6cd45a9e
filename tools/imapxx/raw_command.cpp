#include "raw_command.hpp"

#include "shell_words.hpp"

#include <algorithm>
#include <mutex>
#include <set>

namespace imapxx::cli {
namespace {

constexpr std::string_view redacted = "<redacted>";

// Traits keep a view of the name for as long as an error may name the command: for ever.
std::string_view kept_for_ever(std::string_view name) {
  static auto* names = new std::set<std::string, std::less<>>;
  return *names->emplace(name).first;
}

bool dialogue(std::string_view name) noexcept { return name == "AUTHENTICATE"; }

}  // namespace

std::size_t credentials_at(std::string_view line) noexcept {
  std::size_t at = 0;
  const auto skip_word = [&] {
    at = std::min(line.find(' ', at), line.size());
    at = std::min(line.find_first_not_of(' ', at), line.size());
  };
  const auto first = first_word(line);
  if (same_word(first, "LOGIN")) {
    at = static_cast<std::size_t>(first.data() - line.data());
    skip_word();
    return at;
  }
  if (same_word(first, "AUTHENTICATE")) {
    at = static_cast<std::size_t>(first.data() - line.data());
    skip_word();
    skip_word();
    return at;
  }
  return line.size();
}

command_traits raw_command::traits_for(std::string_view name) {
  constexpr auto everything = static_cast<answer>(0xFFFFFFFFU);
  command_traits t(kept_for_ever(name), states::any);
  // No time limit of the library's: a person may be typing the answer to a challenge.
  t.answered_by(everything).exclusive().without_total_deadline();
  if (name == "SELECT" || name == "EXAMINE" || name == "CLOSE" || name == "UNSELECT") t.selects();
  if (name == "LOGIN" || name == "AUTHENTICATE") t.in_phase(phase::authenticate);
  if (name == "IDLE") t.in_phase(phase::idle);
  if (name == "LOGOUT") t.in_phase(phase::logout);
  return t;
}

raw_command::raw_command(std::string_view name, std::vector<raw_piece> pieces, handler& to)
    : traits_(traits_for(name)), pieces_(std::move(pieces)), to_(&to) {}

result<void> raw_command::check(const session_info& info) const {
  if (traits_.name == "LOGIN" && info.capabilities.contains("LOGINDISABLED"))
    return error(errc::login_disabled, "the server says LOGINDISABLED");
  return {};
}

// `hidden_in`: octets of this and the following texts that may be shown.
void raw_command::encode_text(wire::encoder& out, std::string_view text, std::size_t& open) const {
  const auto shown = std::min(open, text.size());
  if (shown != 0) out.raw(text.substr(0, shown));
  if (shown < text.size()) out.begin_secret().raw(text.substr(shown)).end_secret();
  open -= shown;
}

void raw_command::encode(wire::encoder& out) {
  const auto& first = pieces_.front().text;
  const auto credentials = credentials_at(first);
  const bool secret_follows = credentials < first.size() || traits_.name == "LOGIN" || dialogue(traits_.name);
  std::size_t open = secret_follows ? credentials : static_cast<std::size_t>(-1);
  for (const auto& p : pieces_) {
    encode_text(out, p.text, open);
    if (secret_follows) open = 0;
    if (p.literal == raw_piece::form::none) continue;
    if (secret_follows) out.begin_secret();
    if (p.literal == raw_piece::form::file) {
      out.literal_as(p.source, p.wait, p.binary);
    } else {
      out.literal_as(p.octets, p.wait, p.binary);
    }
    if (secret_follows) out.end_secret();
  }
}

// Shows the command in the steps in which it leaves, which the trace does not.
void raw_command::prepare(const submit_context& context) {
  std::string line = std::string(context.tag) + " ";
  const auto credentials = credentials_at(pieces_.front().text);
  const bool hide = credentials < pieces_.front().text.size() || pieces_.size() > 1;
  const bool secret_command = hide && (traits_.name == "LOGIN" || dialogue(traits_.name));
  bool first = true;
  bool waits = false;
  for (const auto& p : pieces_) {
    if (!secret_command) {
      line += p.text;
    } else if (first) {
      line += p.text.substr(0, credentials);
      if (credentials < p.text.size()) line += redacted;
    }
    first = false;
    if (p.literal == raw_piece::form::none) continue;
    if (secret_command) {
      if (!line.ends_with(redacted)) line += redacted;
      continue;
    }
    const auto size = p.literal == raw_piece::form::file ? p.source->size() : p.octets.size();
    line += (p.binary ? "~{" : "{") + std::to_string(size) + (p.wait ? "}" : "+}");
    to_->written(line, waits);
    waits = p.wait;
    line =
        p.literal == raw_piece::form::file ? "<" + std::to_string(size) + " octets of " + p.file_name + ">" : p.octets;
  }
  to_->written(line, waits);
}

bool raw_command::on_response(response& r) {
  if (const auto* l = std::get_if<list_response>(&r)) to_->listed(l->entry);
  return true;
}

result<std::optional<secret>> raw_command::on_continuation(std::string_view text) {
  if (!dialogue(traits_.name)) return std::optional<secret>();
  return to_->answer(text);
}

// NO and BAD are answers like any other here.
result<void> raw_command::on_complete(const status_response& status) {
  result_ = {status.kind, status.code.name, status.text};
  for (auto& p : pieces_) {
    secret::wipe(p.text);
    secret::wipe(p.octets);
  }
  return {};
}

}  // namespace imapxx::cli
